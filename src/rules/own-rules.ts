import { byRank, hasSoleText, type IndexedRule, isLimited } from './placed-rule.ts'
import type { Rule, RuleRequest } from './rule.ts'
import { type Candidates, RuleIndex } from './rule-index.ts'
import type { Tally } from './tally.ts'

/** A rule from the control API, with its counters. */
export class OwnRule implements IndexedRule, Tally {
  readonly id: string
  readonly rule: Rule
  /** Below zero, or the rank of the rule from fixtures that it replaced. */
  rank: number
  readonly hasSoleText: boolean
  readonly isLimited: boolean
  met = 0
  answered = 0

  constructor({ id, rule, rank }: Pick<OwnRule, 'id' | 'rule' | 'rank'>) {
    this.id = id
    this.rule = rule
    this.rank = rank
    this.hasSoleText = hasSoleText(rule.when)
    this.isLimited = isLimited(rule)
  }
}

const NO_CANDIDATES: Candidates<OwnRule> = { lists: [], haveNth: false }

/** The rules of one scope from the control API. A change costs the same for any number of rules. */
export class OwnRules {
  readonly #rules = new Map<string, OwnRule>()
  readonly #index = new RuleIndex<OwnRule>()
  #lowestRank = 0

  get size(): number {
    return this.#rules.size
  }

  find(id: string): OwnRule | undefined {
    return this.#rules.get(id)
  }

  /** The rules in order of precedence. */
  list(): OwnRule[] {
    return [...this.#rules.values()].sort(byRank)
  }

  /** The rules in order of their addition. */
  values(): Iterable<OwnRule> {
    return this.#rules.values()
  }

  candidatesOf(request: RuleRequest): Candidates<OwnRule> {
    // Most scopes have none, and the indexes of many scopes are not in the cache of the processor.
    return this.size === 0 ? NO_CANDIDATES : this.#index.candidatesOf(request)
  }

  /** The rules for the endpoint of a request, as RuleIndex returns them. */
  rulesFor(request: RuleRequest): readonly Iterable<OwnRule>[] {
    return this.#index.rulesFor(request)
  }

  /** Reserves `count` ranks before those of all other rules; returns the first. */
  reserve(count: number): number {
    this.#lowestRank -= count
    return this.#lowestRank
  }

  /** Adds a rule; one with its id must have been deleted. */
  add(parts: Pick<OwnRule, 'id' | 'rule' | 'rank'>): OwnRule {
    const own = new OwnRule(parts)
    this.#rules.set(own.id, own)
    this.#index.add(own)
    return own
  }

  delete(own: OwnRule): void {
    this.#rules.delete(own.id)
    this.#index.delete(own)
  }

  clear(): void {
    for (const own of this.#rules.values()) this.delete(own)
  }

  /** Ranks all rules below zero, in their order. */
  rankBeforeFixtures(): void {
    // The order is the same, so that the index stays right.
    for (const [index, own] of this.list().entries()) own.rank = index - this.size
    this.#lowestRank = -this.size
  }
}
