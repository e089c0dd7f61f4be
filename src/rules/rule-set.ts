import { matchesEndpoint } from './endpoint-pattern.ts'
import { conditionMisses, meetsConditions } from './match-request.ts'
import type { Mismatch } from './pattern.ts'
import type { Rule, RuleRequest } from './rule.ts'
import { RuleError } from './rule-error.ts'
import { RuleIndex } from './rule-index.ts'

/** For a request without a matching rule: the rule with the fewest mismatches. */
export interface NearestMiss {
  readonly rule: Rule
  readonly mismatches: readonly Mismatch[]
}

/** Where a rule came from: a fixture file, or the control API. */
export const RULE_ORIGINS = ['fixture', 'control'] as const
export type RuleOrigin = (typeof RULE_ORIGINS)[number]

/** A rule of a scope, with its id and its number of answers. */
export interface ListedRule {
  /** Unique in its scope: `rule-1` and so on, never used again. */
  readonly id: string
  readonly origin: RuleOrigin
  readonly rule: Rule
  /** Number of requests that the rule has answered. */
  readonly answered: number
}

/** The counters of a rule in one scope. */
interface Tally {
  /** Number of requests that matched all conditions except `nth`, whichever rule answered them. */
  met: number
  answered: number
}

type Entry = Omit<ListedRule, 'answered'>

/** Maximum number of rules in a set. */
const MAX_RULES = 100_000

/** Maximum number of rules that `explain` compares if the endpoint has no rules. */
const MAX_EXPLAINED = 1000

/**
 * The rules of one scope, in order of precedence: the first that matches answers. Rules from the
 * control API precede the rules from fixtures; of the former, those added last come first.
 */
export class RuleSet {
  readonly #tallies = new Map<Rule, Tally>()
  #entries: readonly Entry[] = []
  #index = new RuleIndex([])
  #made = 0

  /** `rules` are the rules from fixtures, in order of precedence. */
  constructor(rules: readonly Rule[] = []) {
    this.replaceFixtures(rules)
  }

  get size(): number {
    return this.#entries.length
  }

  /** The id that the next added rule gets. */
  get nextId(): string {
    return nameRule(this.#made + 1)
  }

  /** All rules, in order of precedence. */
  list(): ListedRule[] {
    return this.#entries.map((entry) => this.#describe(entry))
  }

  /** Returns a rule by its id. Throws RuleError if it does not exist. */
  get(id: string): ListedRule {
    return this.#describe(this.#entry(id))
  }

  /**
   * Adds rules from the control API before all others, in their order, each with a new id.
   *
   * @throws RuleError if there would be too many rules; the set is then unchanged.
   */
  add(rules: readonly Rule[]): ListedRule[] {
    assertFew(this.#entries.length + rules.length)
    const entries = rules.map((rule) => this.#name(rule, 'control'))
    this.#replace([...entries, ...this.#entries])
    return entries.map((entry) => this.#describe(entry))
  }

  /** Replaces the rule with an id; its counters restart. Throws RuleError if it does not exist. */
  put(id: string, rule: Rule): ListedRule {
    const old = this.#entry(id)
    const entry: Entry = { id, origin: 'control', rule }
    this.#replace(this.#entries.map((other) => (other === old ? entry : other)))
    return this.#describe(entry)
  }

  /** Removes a rule. Throws RuleError if it does not exist. */
  remove(id: string): void {
    const old = this.#entry(id)
    this.#replace(this.#entries.filter((entry) => entry !== old))
  }

  /** Removes all rules, also those from fixtures. */
  clear(): void {
    this.#replace([])
  }

  /** Throws RuleError if `replaceFixtures` with `count` rules would exceed the maximum. */
  assertRoom(count: number): void {
    assertFew(this.#own().length + count)
  }

  /**
   * Replaces the rules from fixtures; rules from the control API keep their place and counters.
   *
   * @throws RuleError if there would be too many rules; the set is then unchanged.
   */
  replaceFixtures(rules: readonly Rule[]): void {
    this.assertRoom(rules.length)
    const own = this.#own()
    this.#replace(own)
    this.#replace([...own, ...rules.map((rule) => this.#name(rule, 'fixture'))])
  }

  /** The rule that answers a request, counted as answered; undefined if no rule matches. */
  choose(request: RuleRequest): Rule | undefined {
    if (this.#entries.length === 0) return undefined
    const candidates = this.#index.candidatesOf(request)
    for (const rule of candidates) {
      const counts = rule.when.nth !== undefined && meetsConditions(rule.when, request)
      if (counts) this.#tally(rule).met += 1
    }
    return candidates.find((rule) => this.#takes(rule, request))
  }

  /** Whether any rule is for the endpoint of a request, whatever its other conditions. */
  isAbout(request: RuleRequest): boolean {
    return this.#index.candidatesOf(request).length > 0
  }

  /**
   * Explains why no rule matched: the rule of the endpoint with the fewest mismatches, or of any
   * endpoint if this one has no rules. Undefined if the set is empty.
   */
  explain(request: RuleRequest): NearestMiss | undefined {
    const own = this.#index.candidatesOf(request)
    const others = this.#entries.slice(0, MAX_EXPLAINED).map(({ rule }) => rule)
    let nearest: NearestMiss | undefined
    for (const rule of own.length > 0 ? own : others) {
      const mismatches = [...this.#misses(rule, request)]
      if (nearest === undefined || mismatches.length < nearest.mismatches.length) {
        nearest = { rule, mismatches }
      }
    }
    return nearest
  }

  #own(): Entry[] {
    return this.#entries.filter(({ origin }) => origin === 'control')
  }

  #entry(id: string): Entry {
    const entry = this.#entries.find((other) => other.id === id)
    if (entry) return entry
    throw new RuleError('RULE_NOT_FOUND', `Cannot find the rule ${id}: no rule has this id`)
  }

  #name(rule: Rule, origin: RuleOrigin): Entry {
    this.#made += 1
    return { id: nameRule(this.#made), origin, rule }
  }

  #describe(entry: Entry): ListedRule {
    return { ...entry, answered: this.#tallies.get(entry.rule)?.answered ?? 0 }
  }

  #replace(entries: readonly Entry[]): void {
    const rules = entries.map(({ rule }) => rule)
    const kept = new Set(rules)
    for (const rule of this.#tallies.keys()) if (!kept.has(rule)) this.#tallies.delete(rule)
    this.#entries = entries
    this.#index = new RuleIndex(rules)
  }

  #takes(rule: Rule, request: RuleRequest): boolean {
    if (!meetsConditions(rule.when, request)) return false
    const tally = this.#tally(rule)
    if (rule.when.nth !== undefined && rule.when.nth !== tally.met) return false
    if (tally.answered >= (rule.times ?? Number.POSITIVE_INFINITY)) return false
    tally.answered += 1
    return true
  }

  *#misses(rule: Rule, request: RuleRequest): Generator<Mismatch> {
    const { endpoint } = rule.when
    if (!matchesEndpoint(endpoint, request.endpoint)) {
      yield { path: 'endpoint', expected: endpoint, got: request.endpoint }
    }
    yield* conditionMisses(rule.when, request)
    const { met, answered } = this.#tally(rule)
    const { nth } = rule.when
    if (nth !== undefined && nth !== met) {
      yield { path: 'nth', expected: `request ${nth}`, got: `request ${met}` }
    }
    if (rule.times !== undefined && answered >= rule.times) {
      yield { path: 'times', expected: `at most ${rule.times}`, got: 'one more' }
    }
  }

  #tally(rule: Rule): Tally {
    const tally = this.#tallies.get(rule) ?? { met: 0, answered: 0 }
    this.#tallies.set(rule, tally)
    return tally
  }
}

function assertFew(count: number): void {
  if (count <= MAX_RULES) return
  const reason = `the maximum is ${MAX_RULES}`
  throw new RuleError('TOO_MANY_RULES', `Cannot take ${count} rules: ${reason}`)
}

function nameRule(number: number): string {
  return `rule-${number}`
}
