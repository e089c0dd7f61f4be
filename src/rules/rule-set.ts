import { firstOf } from '../documents/first-of.ts'
import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { conditionMiss, type Mismatch } from '../patterns/pattern.ts'
import { MAX_READ, TextSearch } from '../patterns/text-search.ts'
import { Choice } from './choice.ts'
import { FixtureRules } from './fixture-rules.ts'
import type { KeptRules } from './kept-items.ts'
import { conditionMisses, meetsConditions } from './match-request.ts'
import { OwnRule, OwnRules } from './own-rules.ts'
import { byRank, type IndexedRule, mergeByRank, type PlacedRule } from './placed-rule.ts'
import type { Rule, RuleRequest } from './rule.ts'
import { RuleBudget } from './rule-budget.ts'
import { RuleError } from './rule-error.ts'
import type { Tally } from './tally.ts'

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

/** What a set needs besides its rules. */
export interface RuleSetOptions {
  /** That of all scopes. Default: unlimited. */
  readonly budget?: RuleBudget
  /** Called after rules were added, replaced or removed. Default: no notification. */
  readonly changed?: () => void
}

/** The rules of a set without fixtures. */
const NONE: readonly Rule[] = []

/** Maximum number of rules in a set. */
export const MAX_RULES = 100_000

/** Maximum number of rules that `explain` compares. */
const MAX_EXPLAINED = 200

/**
 * The rules of one scope, in order of precedence: the first that matches answers. Rules from the
 * control API precede the rules from fixtures; of the former, those added last come first.
 *
 * Sets with the same list of fixture rules share it and its index: a set holds only what differs
 * from the list, and the counters of rules that matched.
 */
export class RuleSet {
  readonly #budget: RuleBudget
  readonly #changed: () => void
  readonly #own = new OwnRules()
  #list = NONE
  #fixtures = new FixtureRules([], 1)
  #made = 0

  /**
   * `rules` are the rules from fixtures, in order of precedence. Throws RuleError as
   * `replaceFixtures` does.
   */
  constructor(rules: readonly Rule[] = [], options: RuleSetOptions = {}) {
    const { budget = new RuleBudget(Number.POSITIVE_INFINITY), changed = () => {} } = options
    this.#budget = budget
    this.#changed = changed
    budget.addList(this.#list)
    this.replaceFixtures(rules)
  }

  get size(): number {
    return this.#own.size + this.#fixtures.size
  }

  /** The id that the next added rule gets. */
  get nextId(): string {
    return nameRule(this.#made + 1)
  }

  /** All rules, in order of precedence. */
  list(): ListedRule[] {
    const all = [...this.#own.values(), ...this.#fixtures.values()]
    return all.sort(byRank).map((placed) => this.#describe(placed))
  }

  /** Returns a rule by its id. Throws RuleError if it does not exist. */
  get(id: string): ListedRule {
    return this.#describe(this.#find(id))
  }

  /**
   * Adds rules from the control API before all others, in their order, each with a new id.
   *
   * @throws RuleError if there would be too many rules, or too many bytes of them; the set is then
   *   unchanged.
   */
  add(rules: readonly Rule[]): ListedRule[] {
    this.assertRoomToAdd(rules)
    const firstRank = this.#own.reserve(rules.length)
    const added = rules.map((rule, index) => {
      this.#made += 1
      const id = nameRule(this.#made)
      return this.#describe(this.#addOwn({ id, rule, rank: firstRank + index }))
    })
    if (added.length > 0) this.#changed()
    return added
  }

  /**
   * Replaces the rule with an id; its counters restart.
   *
   * @throws RuleError if it does not exist, or the new one does not fit; the set is then unchanged.
   */
  put(id: string, rule: Rule): ListedRule {
    const old = this.#find(id)
    this.#budget.assertFits([rule], old instanceof OwnRule ? [old.rule] : [])
    this.remove(id)
    return this.#describe(this.#addOwn({ id, rule, rank: old.rank }))
  }

  /** Removes a rule. Throws RuleError if it does not exist. */
  remove(id: string): void {
    const placed = this.#find(id)
    if (placed instanceof OwnRule) {
      this.#own.delete(placed)
      this.#budget.remove(placed.rule)
    } else this.#fixtures.delete(placed)
    this.#changed()
  }

  /** Removes all rules, also those from fixtures. */
  clear(): void {
    for (const { rule } of this.#own.values()) this.#budget.remove(rule)
    this.#own.clear()
    this.replaceFixtures(NONE)
  }

  /** Throws RuleError if `add` with these rules would exceed a maximum. */
  assertRoomToAdd(rules: readonly Rule[]): void {
    assertFew(this.size + rules.length)
    this.#budget.assertFits(rules)
  }

  /** Throws RuleError if `replaceFixtures` with these rules would exceed a maximum. */
  assertRoom(rules: readonly Rule[]): void {
    assertFew(this.#own.size + rules.length)
    this.#budget.assertFits(rules, this.#list)
  }

  /**
   * Replaces the rules from fixtures; rules from the control API keep their place and counters, and
   * those from fixtures that did not change keep their counters. `rules` must not change later: sets
   * with the same list share its index.
   *
   * @throws RuleError if there would be too many rules, or too many bytes of them; the set is then
   *   unchanged.
   */
  replaceFixtures(rules: readonly Rule[], kept: KeptRules = new Map()): void {
    this.assertRoom(rules)
    this.#budget.addList(rules)
    this.#budget.removeList(this.#list)
    this.#list = rules
    // A rule that replaced one of the former fixtures comes before the new ones.
    this.#own.rankBeforeFixtures()
    const former = this.#fixtures
    this.#fixtures = new FixtureRules(rules, this.#made + 1)
    this.#fixtures.takeCounters({ former, kept })
    this.#made += rules.length
    this.#changed()
  }

  #addOwn(parts: Pick<OwnRule, 'id' | 'rule' | 'rank'>): OwnRule {
    this.#budget.add(parts.rule)
    return this.#own.add(parts)
  }

  /**
   * The rule that answers a request, counted as answered; undefined if no rule matches.
   *
   * @throws MatchError as `match` does.
   */
  choose(request: RuleRequest): Rule | undefined {
    const choice = this.match(request)
    choice.count()
    return choice.rule
  }

  /**
   * The rule that would answer a request: `count` counts it, once it has been answered.
   *
   * @throws MatchError if the regular expressions of the rules read too much.
   */
  match(request: RuleRequest): Choice {
    const choice = new Choice()
    if (this.size === 0) return choice
    const { rules, haveNth } = this.#candidatesOf(request)
    const search = new TextSearch(MAX_READ)
    for (const placed of rules) {
      const { rule } = placed
      // Only rules with nth count requests that another rule answers.
      const isOver = choice.rule !== undefined
      if (isOver && !haveNth) break
      if (isOver && rule.when.nth === undefined) continue
      if (isMet(placed, request, search)) choice.meet(placed, this.#tally(placed))
      search.assertDecided()
    }
    return choice
  }

  /** Whether any rule is for the endpoint of a request, whatever its other conditions. */
  isAbout(request: RuleRequest): boolean {
    return firstOf(this.#rulesFor(request), 1).length > 0
  }

  /**
   * Explains why no rule matched: the rule of the endpoint with the fewest mismatches, or of any
   * endpoint if this one has no rules. Undefined if the set is empty. Compares at most 200 rules, and
   * fewer if their regular expressions read too much.
   */
  explain(request: RuleRequest): NearestMiss | undefined {
    const near = this.#near(request)
    let nearest: NearestMiss | undefined
    const search = new TextSearch(MAX_READ)
    for (const placed of near.length > 0 ? near : this.#some()) {
      const mismatches = this.#misses(placed, request, search)
      if (search.isOver) break
      if (nearest === undefined || mismatches.length < nearest.mismatches.length) {
        nearest = { rule: placed.rule, mismatches }
      }
    }
    return nearest
  }

  /** Some rules for the endpoint of a request, in order of precedence: of many, those most like it. */
  #near(request: RuleRequest): PlacedRule[] {
    const near = firstOf(this.#candidatesOf(request).rules, MAX_EXPLAINED)
    const others = firstOf(this.#rulesFor(request), MAX_EXPLAINED)
    return firstOf(new Set([...near, ...others]), MAX_EXPLAINED).sort(byRank)
  }

  /** Some rules of any endpoint, in order of precedence. */
  #some(): PlacedRule[] {
    const own = firstOf(this.#own.values(), MAX_EXPLAINED)
    const fixtures = firstOf(this.#fixtures.values(), MAX_EXPLAINED - own.length)
    return [...own, ...fixtures].sort(byRank)
  }

  /** The rules that a request may meet, in order of precedence. */
  #candidatesOf(request: RuleRequest): {
    readonly rules: Iterable<IndexedRule>
    readonly haveNth: boolean
  } {
    const own = this.#own.candidatesOf(request)
    const fixtures = this.#fixtures.candidatesOf(request)
    const rules = mergeByRank([...own.lists, ...fixtures.lists])
    return { rules, haveNth: own.haveNth || fixtures.haveNth }
  }

  /** The rules for the endpoint of a request, in order of precedence. */
  #rulesFor(request: RuleRequest): Iterable<PlacedRule> {
    return mergeByRank([...this.#own.rulesFor(request), ...this.#fixtures.rulesFor(request)])
  }

  /** Returns a rule by its id. Throws RuleError if it does not exist. */
  #find(id: string): PlacedRule {
    const number = /^rule-[1-9]\d*$/.test(id) ? Number(id.slice('rule-'.length)) : 0
    const placed = this.#own.find(id) ?? this.#fixtures.find(number)
    if (placed) return placed
    throw new RuleError('RULE_NOT_FOUND', `Cannot find the rule ${id}: no rule has this id`)
  }

  #describe(placed: PlacedRule): ListedRule {
    const { rule } = placed
    if (placed instanceof OwnRule) {
      return { id: placed.id, origin: 'control', rule, answered: placed.answered }
    }
    const id = nameRule(this.#fixtures.numberOf(placed))
    return { id, origin: 'fixture', rule, answered: this.#fixtures.answered(placed) }
  }

  #misses(placed: PlacedRule, request: RuleRequest, search: TextSearch): Mismatch[] {
    const { rule } = placed
    const { endpoint, nth } = rule.when
    const misses = conditionMisses(rule.when, request, search)
    if (!matchesEndpoint(endpoint, request.endpoint)) {
      misses.unshift(conditionMiss('endpoint', { expected: endpoint, got: request.endpoint }))
    }
    const { met, answered } = this.#tally(placed)
    if (nth !== undefined && nth !== met) {
      misses.push(conditionMiss('nth', { expected: `request ${nth}`, got: `request ${met}` }))
    }
    if (rule.times !== undefined && answered >= rule.times) {
      const expected = `at most ${rule.times}`
      misses.push(conditionMiss('times', { expected, got: 'one more' }))
    }
    return misses
  }

  #tally(placed: PlacedRule): Tally {
    return placed instanceof OwnRule ? placed : this.#fixtures.tally(placed)
  }
}

function assertFew(count: number): void {
  if (count <= MAX_RULES) return
  const reason = `the maximum is ${MAX_RULES}`
  throw new RuleError('TOO_MANY_RULES', `Cannot take ${count} rules: ${reason}`)
}

/** Whether a request meets the conditions of a rule that was found for it, except `nth`. */
function isMet(
  { rule, hasSoleText }: IndexedRule,
  request: RuleRequest,
  search: TextSearch,
): boolean {
  // The index has compared a text that is the only condition.
  return hasSoleText || meetsConditions(rule.when, request, search)
}

function nameRule(number: number): string {
  return `rule-${number}`
}
