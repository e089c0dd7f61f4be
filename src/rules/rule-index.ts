import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { ConditionTree } from './condition-tree.ts'
import { deleteByRank, insertByRank, type PlacedRule } from './placed-rule.ts'
import type { RuleRequest } from './rule.ts'

/** The rules that a request may meet. */
export interface Candidates<Placed extends PlacedRule> {
  /** Each rule is in one of the lists, each list in order of precedence. */
  readonly lists: readonly Iterable<Placed>[]
  /** Whether a rule of the endpoint has `nth`, which counts requests that another rule answers. */
  readonly haveNth: boolean
}

/**
 * Rules by endpoint and by a condition: neither a choice nor a change costs more for more rules, if
 * their conditions differ.
 */
export class RuleIndex<Placed extends PlacedRule> {
  readonly #exact = new Map<string, EndpointRules<Placed>>()
  readonly #wild = new Map<string, EndpointRules<Placed>>()
  /** Those of `#wild` that match an endpoint, cached until rules of another one come or go. */
  readonly #matching = new Map<string, readonly EndpointRules<Placed>[]>()

  constructor(rules: Iterable<Placed> = []) {
    for (const placed of rules) this.add(placed)
  }

  add(placed: Placed): void {
    const { endpoint } = placed.rule.when
    const byEndpoint = this.#mapOf(endpoint)
    const known = byEndpoint.get(endpoint)
    const rules = known ?? new EndpointRules<Placed>()
    rules.add(placed)
    if (known) return
    byEndpoint.set(endpoint, rules)
    this.#matching.clear()
  }

  delete(placed: Placed): void {
    const { endpoint } = placed.rule.when
    const byEndpoint = this.#mapOf(endpoint)
    const rules = byEndpoint.get(endpoint)
    rules?.delete(placed)
    if (rules === undefined || rules.all.length > 0) return
    byEndpoint.delete(endpoint)
    this.#matching.clear()
  }

  candidatesOf(request: RuleRequest): Candidates<Placed> {
    const found = this.#find(request)
    return {
      lists: found.flatMap(({ conditions }) => conditions.find(request)),
      haveNth: found.some(({ haveNth }) => haveNth),
    }
  }

  /** The rules for the endpoint of a request, whatever their other conditions; lists as above. */
  rulesFor(request: RuleRequest): Candidates<Placed>['lists'] {
    return this.#find(request).map(({ all }) => all)
  }

  #mapOf(endpoint: string): Map<string, EndpointRules<Placed>> {
    return endpoint.includes('*') ? this.#wild : this.#exact
  }

  #find({ endpoint, exactOnly }: RuleRequest): readonly EndpointRules<Placed>[] {
    const exact = this.#exact.get(endpoint)
    const wild = exactOnly ? [] : this.#matchingOf(endpoint)
    return exact ? [exact, ...wild] : wild
  }

  #matchingOf(endpoint: string): readonly EndpointRules<Placed>[] {
    const known = this.#matching.get(endpoint)
    if (known) return known
    const found = [...this.#wild].filter(([pattern]) => matchesEndpoint(pattern, endpoint))
    const matching = found.map(([, rules]) => rules)
    this.#matching.set(endpoint, matching)
    return matching
  }
}

/** The rules with the same endpoint, or the same pattern of endpoints. */
class EndpointRules<Placed extends PlacedRule> {
  readonly all: Placed[] = []
  readonly conditions = new ConditionTree<Placed>()
  #nths = 0

  get haveNth(): boolean {
    return this.#nths > 0
  }

  add(placed: Placed): void {
    insertByRank(this.all, placed)
    this.conditions.add(placed)
    if (placed.rule.when.nth !== undefined) this.#nths += 1
  }

  delete(placed: Placed): void {
    deleteByRank(this.all, placed)
    this.conditions.delete(placed)
    if (placed.rule.when.nth !== undefined) this.#nths -= 1
  }
}
