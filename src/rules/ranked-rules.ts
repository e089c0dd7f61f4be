import { firstOf } from '../documents/first-of.ts'
import { FixtureRules } from './fixture-rules.ts'
import type { KeptRules } from './kept-items.ts'
import { OwnRule, OwnRules } from './own-rules.ts'
import { byRank, type IndexedRule, mergeByRank, type PlacedRule } from './placed-rule.ts'
import type { Rule, RuleOrigin, RuleRequest } from './rule.ts'
import { RuleError } from './rule-error.ts'
import type { Tally } from './tally.ts'

/** A rule of a scope, with its id and its number of answers. */
export interface ListedRule {
  /** Unique in its scope: `rule-1` and so on, never used again. */
  readonly id: string
  readonly origin: RuleOrigin
  readonly rule: Rule
  /** Number of requests that the rule has answered. */
  readonly answered: number
}

/**
 * The rules of one scope, with their ids and counters, in one order: those from the control API, then
 * those from fixtures.
 */
export class RankedRules {
  readonly #own = new OwnRules()
  #fixtures = new FixtureRules([], 1)
  #made = 0

  get size(): number {
    return this.#own.size + this.#fixtures.size
  }

  /** The rules from the control API, in order of their addition. */
  get own(): Pick<OwnRules, 'size' | 'values'> {
    return this.#own
  }

  /** The id that the next added rule gets. */
  get nextId(): string {
    return nameRule(this.#made + 1)
  }

  /** Returns a rule by its id. Throws RuleError if it does not exist. */
  get(id: string): PlacedRule {
    const number = /^rule-[1-9]\d*$/.test(id) ? Number(id.slice('rule-'.length)) : 0
    const placed = this.#own.find(id) ?? this.#fixtures.find(number)
    if (placed) return placed
    throw new RuleError('RULE_NOT_FOUND', `Cannot find the rule ${id}: no rule has this id`)
  }

  /** All rules, in order of precedence. */
  values(): PlacedRule[] {
    return [...this.#own.values(), ...this.#fixtures.values()].sort(byRank)
  }

  /** Some of all rules, in order of precedence. */
  some(max: number): PlacedRule[] {
    const own = firstOf(this.#own.values(), max)
    const fixtures = firstOf(this.#fixtures.values(), max - own.length)
    return [...own, ...fixtures].sort(byRank)
  }

  describe(placed: PlacedRule): ListedRule {
    const { rule } = placed
    if (placed instanceof OwnRule) {
      return { id: placed.id, origin: 'control', rule, answered: placed.answered }
    }
    const id = nameRule(this.#fixtures.numberOf(placed))
    return { id, origin: 'fixture', rule, answered: this.#fixtures.answered(placed) }
  }

  /** The counters of a rule. */
  tally(placed: PlacedRule): Tally {
    return placed instanceof OwnRule ? placed : this.#fixtures.tally(placed)
  }

  /** Adds rules from the control API before all others, in their order, each with a new id. */
  add(rules: readonly Rule[]): OwnRule[] {
    const firstRank = this.#own.reserve(rules.length)
    return rules.map((rule, index) => {
      this.#made += 1
      return this.#own.add({ id: nameRule(this.#made), rule, rank: firstRank + index })
    })
  }

  /** Adds a rule from the control API with the id and at the place of one that was deleted. */
  addAt(id: string, { rule, rank }: PlacedRule): OwnRule {
    return this.#own.add({ id, rule, rank })
  }

  delete(placed: PlacedRule): void {
    if (placed instanceof OwnRule) this.#own.delete(placed)
    else this.#fixtures.delete(placed)
  }

  /** Deletes all rules from the control API. */
  clearOwn(): void {
    this.#own.clear()
  }

  /** Replaces the rules from fixtures; those that were kept keep their counters. */
  replaceFixtures(rules: readonly Rule[], kept: KeptRules): void {
    // A rule that replaced one of the former fixtures comes before the new ones.
    this.#own.rankBeforeFixtures()
    const former = this.#fixtures
    this.#fixtures = new FixtureRules(rules, this.#made + 1)
    this.#fixtures.takeCounters({ former, kept })
    this.#made += rules.length
  }

  /** The rules that a request may meet, in order of precedence. */
  candidatesOf(request: RuleRequest): {
    readonly rules: Iterable<IndexedRule>
    readonly haveNth: boolean
  } {
    const own = this.#own.candidatesOf(request)
    const fixtures = this.#fixtures.candidatesOf(request)
    const rules = mergeByRank([...own.lists, ...fixtures.lists])
    return { rules, haveNth: own.haveNth || fixtures.haveNth }
  }

  /** The rules for the endpoint of a request, in order of precedence. */
  rulesFor(request: RuleRequest): Iterable<PlacedRule> {
    return mergeByRank([...this.#own.rulesFor(request), ...this.#fixtures.rulesFor(request)])
  }
}

function nameRule(number: number): string {
  return `rule-${number}`
}
