import { firstOf } from '../documents/first-of.ts'
import { MAX_READ, TextSearch } from '../patterns/text-search.ts'
import { Choice } from './choice.ts'
import type { KeptRules } from './kept-items.ts'
import { meetsConditions } from './match-request.ts'
import { findNearestMiss, type NearestMiss } from './nearest-miss.ts'
import { OwnRule } from './own-rules.ts'
import type { IndexedRule, PlacedRule } from './placed-rule.ts'
import { type ListedRule, RankedRules } from './ranked-rules.ts'
import type { Rule, RuleRequest } from './rule.ts'
import { RuleBudget } from './rule-budget.ts'
import { RuleError } from './rule-error.ts'

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
  readonly #rules = new RankedRules()
  /** Those from fixtures, as they were given. */
  #fixtures = NONE

  /**
   * `rules` are the rules from fixtures, in order of precedence. Throws RuleError as
   * `replaceFixtures` does.
   */
  constructor(rules: readonly Rule[] = [], options: RuleSetOptions = {}) {
    const { budget = new RuleBudget(Number.POSITIVE_INFINITY), changed = () => {} } = options
    this.#budget = budget
    this.#changed = changed
    budget.addList(this.#fixtures)
    this.replaceFixtures(rules)
  }

  get size(): number {
    return this.#rules.size
  }

  /** The id that the next added rule gets. */
  get nextId(): string {
    return this.#rules.nextId
  }

  /** All rules, in order of precedence. */
  list(): ListedRule[] {
    return this.#rules.values().map((placed) => this.#rules.describe(placed))
  }

  /** Returns a rule by its id. Throws RuleError if it does not exist. */
  get(id: string): ListedRule {
    return this.#rules.describe(this.#rules.get(id))
  }

  /**
   * Adds rules from the control API before all others, in their order, each with a new id.
   *
   * @throws RuleError if there would be too many rules, or too many bytes of them; the set is then
   *   unchanged.
   */
  add(rules: readonly Rule[]): ListedRule[] {
    this.assertRoomToAdd(rules)
    const added = this.#rules.add(rules)
    for (const rule of rules) this.#budget.add(rule)
    if (added.length > 0) this.#changed()
    return added.map((placed) => this.#rules.describe(placed))
  }

  /**
   * Replaces the rule with an id; its counters restart.
   *
   * @throws RuleError if it does not exist, or the new one does not fit; the set is then unchanged.
   */
  put(id: string, rule: Rule): ListedRule {
    const old = this.#rules.get(id)
    this.#budget.assertFits([rule], old instanceof OwnRule ? [old.rule] : [])
    this.#delete(old)
    const placed = this.#rules.addAt(id, { rule, rank: old.rank })
    this.#budget.add(rule)
    this.#changed()
    return this.#rules.describe(placed)
  }

  /** Removes a rule. Throws RuleError if it does not exist. */
  remove(id: string): void {
    this.#delete(this.#rules.get(id))
    this.#changed()
  }

  /** Removes all rules, also those from fixtures. */
  clear(): void {
    for (const { rule } of this.#rules.own.values()) this.#budget.remove(rule)
    this.#rules.clearOwn()
    this.replaceFixtures(NONE)
  }

  /** Throws RuleError if `add` with these rules would exceed a maximum. */
  assertRoomToAdd(rules: readonly Rule[]): void {
    assertFew(this.size + rules.length)
    this.#budget.assertFits(rules)
  }

  /** Throws RuleError if `replaceFixtures` with these rules would exceed a maximum. */
  assertRoom(rules: readonly Rule[]): void {
    assertFew(this.#rules.own.size + rules.length)
    this.#budget.assertFits(rules, this.#fixtures)
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
    this.#budget.removeList(this.#fixtures)
    this.#fixtures = rules
    this.#rules.replaceFixtures(rules, kept)
    this.#changed()
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
    const { rules, haveNth } = this.#rules.candidatesOf(request)
    const search = new TextSearch(MAX_READ)
    for (const placed of rules) {
      const { rule } = placed
      // Only rules with nth count requests that another rule answers.
      const isOver = choice.rule !== undefined
      if (isOver && !haveNth) break
      if (isOver && rule.when.nth === undefined) continue
      if (isMet(placed, request, search)) choice.meet(placed, this.#rules.tally(placed))
      search.assertDecided()
    }
    return choice
  }

  /** Whether any rule is for the endpoint of a request, whatever its other conditions. */
  isAbout(request: RuleRequest): boolean {
    return firstOf(this.#rules.rulesFor(request), 1).length > 0
  }

  /** The rule that was nearest to a request that no rule matched; undefined if the set is empty. */
  explain(request: RuleRequest): NearestMiss | undefined {
    return findNearestMiss(this.#rules, request)
  }

  #delete(placed: PlacedRule): void {
    this.#rules.delete(placed)
    if (placed instanceof OwnRule) this.#budget.remove(placed.rule)
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
