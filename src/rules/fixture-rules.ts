import type { KeptRules } from './kept-items.ts'
import { type IndexedRule, indexedRule, type PlacedRule } from './placed-rule.ts'
import type { Rule, RuleRequest } from './rule.ts'
import { type Candidates, RuleIndex } from './rule-index.ts'
import { RuleTallies } from './rule-tallies.ts'
import type { Tally } from './tally.ts'

/** The indexes of lists of rules, which all scopes with the same list share. */
const INDEXES = new WeakMap<readonly Rule[], RuleIndex<IndexedRule>>()

/**
 * The rules of one scope from fixtures. Scopes share the list and its index: a scope holds only the
 * ranks of the rules that it lacks, and the counters of those that matched.
 */
export class FixtureRules {
  readonly #rules: readonly Rule[]
  /** The number in the id of the first rule. */
  readonly #firstNumber: number
  #index: RuleIndex<IndexedRule> | undefined
  readonly #deleted = new Set<number>()
  readonly #tallies = new RuleTallies()

  /** `rules` must not change later. */
  constructor(rules: readonly Rule[], firstNumber: number) {
    this.#rules = rules
    this.#firstNumber = firstNumber
  }

  get size(): number {
    return this.#rules.length - this.#deleted.size
  }

  /** The rule with the number in its id; undefined if absent. */
  find(number: number): PlacedRule | undefined {
    const rank = number - this.#firstNumber
    const rule = this.#rules[rank]
    return rule && !this.#deleted.has(rank) ? { rule, rank } : undefined
  }

  /** The number in the id of a rule. */
  numberOf({ rank }: PlacedRule): number {
    return this.#firstNumber + rank
  }

  /** The rules in order of precedence. */
  *values(): Generator<PlacedRule, void, undefined> {
    for (const [rank, rule] of this.#rules.entries()) {
      if (!this.#deleted.has(rank)) yield { rule, rank }
    }
  }

  candidatesOf(request: RuleRequest): Candidates<IndexedRule> {
    this.#index ??= indexRules(this.#rules)
    const { lists, haveNth } = this.#index.candidatesOf(request)
    return { lists: this.#withoutDeleted(lists), haveNth }
  }

  /** The rules for the endpoint of a request, as RuleIndex returns them. */
  rulesFor(request: RuleRequest): readonly Iterable<PlacedRule>[] {
    this.#index ??= indexRules(this.#rules)
    return this.#withoutDeleted(this.#index.rulesFor(request))
  }

  #withoutDeleted(lists: readonly Iterable<IndexedRule>[]): readonly Iterable<IndexedRule>[] {
    return this.#deleted.size === 0 ? lists : lists.map((rules) => this.#notDeleted(rules))
  }

  *#notDeleted(rules: Iterable<IndexedRule>): Generator<IndexedRule, void, undefined> {
    for (const placed of rules) if (!this.#deleted.has(placed.rank)) yield placed
  }

  delete({ rank }: PlacedRule): void {
    this.#deleted.add(rank)
  }

  /** The number of answers of a rule. */
  answered({ rank }: PlacedRule): number {
    return this.#tallies.find(rank)?.answered ?? 0
  }

  /** Takes over the counters of rules that did not change. */
  takeCounters({
    former,
    kept,
  }: {
    readonly former: FixtureRules
    readonly kept: KeptRules
  }): void {
    if (former.#tallies.isEmpty) return
    const ranks = new Map(former.#rules.map((rule, rank) => [rule, rank] as const))
    for (const [rank, rule] of this.#rules.entries()) {
      const old = kept.get(rule)
      const oldRank = old && ranks.get(old)
      if (oldRank === undefined || former.#deleted.has(oldRank)) continue
      const tally = former.#tallies.find(oldRank)
      if (tally && tally.met > 0) this.#tallies.set(rank, tally)
    }
  }

  /** The counters of a rule, created when they are first needed. */
  tally({ rank }: PlacedRule): Tally {
    return this.#tallies.tally(rank)
  }
}

function indexRules(rules: readonly Rule[]): RuleIndex<IndexedRule> {
  const known = INDEXES.get(rules)
  if (known) return known
  const index = new RuleIndex(rules.map(indexedRule))
  INDEXES.set(rules, index)
  return index
}
