import { matchesEndpoint } from './endpoint-pattern.ts'
import { conditionMisses, meetsConditions } from './match-request.ts'
import type { Mismatch } from './pattern.ts'
import type { Rule, RuleRequest } from './rule.ts'
import { RuleError } from './rule-error.ts'
import { RuleIndex } from './rule-index.ts'

/** The rule that came nearest to a request that none matched. */
export interface NearestMiss {
  readonly rule: Rule
  readonly mismatches: readonly Mismatch[]
}

/** Where a rule came from: from the fixture files, or from a test through the control API. */
export const RULE_ORIGINS = ['fixture', 'control'] as const
export type RuleOrigin = (typeof RULE_ORIGINS)[number]

/** A rule of a scope. */
export interface ListedRule {
  /** Names it in its scope. */
  readonly id: string
  readonly origin: RuleOrigin
  readonly rule: Rule
  /** How often it has answered. */
  readonly answered: number
}

/** How often a rule was met in one scope. */
interface Tally {
  /** Requests that matched all but `nth`, whichever rule answered them. */
  met: number
  answered: number
}

type Entry = Omit<ListedRule, 'answered'>

/** How many rules there may be; one more is refused. */
const MAX_RULES = 100_000

/** How many rules are looked at where the endpoint has none of its own. */
const MAX_EXPLAINED = 1000

/**
 * The rules of one scope, in order: the first that matches answers. Those of a test come before
 * those of the fixtures, and of those the newest first.
 */
export class RuleSet {
  readonly #tallies = new Map<Rule, Tally>()
  #entries: readonly Entry[] = []
  #index = new RuleIndex([])
  #made = 0

  /** `rules` are those of the fixtures, in the order in which they are asked. */
  constructor(rules: readonly Rule[] = []) {
    this.replaceFixtures(rules)
  }

  /** How many rules there are. */
  get size(): number {
    return this.#entries.length
  }

  /** The id of the rule that is added next. */
  get nextId(): string {
    return nameRule(this.#made + 1)
  }

  /** All rules, in the order in which they are asked. */
  list(): ListedRule[] {
    return this.#entries.map((entry) => this.#describe(entry))
  }

  /** A rule by its id. Throws RuleError where there is none. */
  get(id: string): ListedRule {
    return this.#describe(this.#entry(id))
  }

  /**
   * Puts rules of a test before all others, in their order, and gives them ids.
   *
   * @throws RuleError where there would be too many; nothing is changed then.
   */
  add(rules: readonly Rule[]): ListedRule[] {
    assertFew(this.#entries.length + rules.length)
    const entries = rules.map((rule) => this.#name(rule, 'control'))
    this.#replace([...entries, ...this.#entries])
    return entries.map((entry) => this.#describe(entry))
  }

  /** Puts a rule in the place of the one with an id. Throws RuleError where there is none. */
  put(id: string, rule: Rule): ListedRule {
    const old = this.#entry(id)
    const entry: Entry = { id, origin: 'control', rule }
    this.#replace(this.#entries.map((other) => (other === old ? entry : other)))
    return this.#describe(entry)
  }

  /** Takes a rule away. Throws RuleError where there is none. */
  remove(id: string): void {
    const old = this.#entry(id)
    this.#replace(this.#entries.filter((entry) => entry !== old))
  }

  /** Takes all rules away. */
  clear(): void {
    this.#replace([])
  }

  /** Throws RuleError if `count` rules of fixtures would be too many with those of tests. */
  assertRoom(count: number): void {
    assertFew(this.#own().length + count)
  }

  /**
   * Replaces the rules of fixtures; those of tests stay, and their counts.
   *
   * @throws RuleError if there would be too many; nothing is changed then.
   */
  replaceFixtures(rules: readonly Rule[]): void {
    this.assertRoom(rules.length)
    const own = this.#own()
    this.#replace(own)
    this.#replace([...own, ...rules.map((rule) => this.#name(rule, 'fixture'))])
  }

  /** The rule that answers a request; finding one counts as its answer. */
  choose(request: RuleRequest): Rule | undefined {
    if (this.#entries.length === 0) return undefined
    const candidates = this.#index.candidatesOf(request)
    for (const rule of candidates) {
      const counts = rule.when.nth !== undefined && meetsConditions(rule.when, request)
      if (counts) this.#tally(rule).met += 1
    }
    return candidates.find((rule) => this.#takes(rule, request))
  }

  /** Whether there are rules for the endpoint of a request. */
  isAbout(request: RuleRequest): boolean {
    return this.#index.candidatesOf(request).length > 0
  }

  /** Why no rule matched: the one with the fewest mismatches, among those of the endpoint first. */
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
    throw new RuleError('RULE_NOT_FOUND', `Cannot find the rule ${id}: there is none`)
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
  const reason = `there may be ${MAX_RULES} at most`
  throw new RuleError('TOO_MANY_RULES', `Cannot take ${count} rules: ${reason}`)
}

function nameRule(number: number): string {
  return `rule-${number}`
}
