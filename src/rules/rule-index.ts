import { matchesEndpoint } from './endpoint-pattern.ts'
import type { Rule, RuleRequest } from './rule.ts'

/** A rule at its place in the order of precedence: that of the lowest rank is tried first. */
export interface PlacedRule {
  readonly rule: Rule
  readonly rank: number
}

/** Compares rules by their precedence. */
export function byRank(left: PlacedRule, right: PlacedRule): number {
  return left.rank - right.rank
}

/** The rules for an endpoint. */
export interface Candidates<Placed extends PlacedRule> {
  /** In order of precedence. */
  readonly rules: readonly Placed[]
  /** Whether any of them has `nth`, which counts requests that another rule answers. */
  readonly haveNth: boolean
}

/**
 * Rules by endpoint: the cost of a choice depends only on the number of rules of the endpoint. A
 * change costs the same however many rules there are; the rules of an endpoint are sorted again
 * when they are next asked for.
 */
export class RuleIndex<Placed extends PlacedRule> {
  readonly #exact = new Map<string, Set<Placed>>()
  readonly #wild = new Set<Placed>()
  /** Cached results of `candidatesOf`, by endpoint. */
  readonly #all = new Map<string, Candidates<Placed>>()
  /** The same without the rules with a `*`. */
  readonly #exactOnly = new Map<string, Candidates<Placed>>()

  constructor(rules: Iterable<Placed> = []) {
    for (const placed of rules) this.add(placed)
  }

  add(placed: Placed): void {
    const { endpoint } = placed.rule.when
    this.#forget(endpoint)
    if (endpoint.includes('*')) {
      this.#wild.add(placed)
      return
    }
    const same = this.#exact.get(endpoint)
    if (same) same.add(placed)
    else this.#exact.set(endpoint, new Set([placed]))
  }

  delete(placed: Placed): void {
    const { endpoint } = placed.rule.when
    this.#forget(endpoint)
    if (endpoint.includes('*')) this.#wild.delete(placed)
    else this.#exact.get(endpoint)?.delete(placed)
  }

  /** The rules for the endpoint of a request. */
  candidatesOf({ endpoint, exactOnly }: RuleRequest): Candidates<Placed> {
    const cache = exactOnly ? this.#exactOnly : this.#all
    const known = cache.get(endpoint)
    if (known) return known
    const wild = exactOnly
      ? []
      : [...this.#wild].filter(({ rule }) => matchesEndpoint(rule.when.endpoint, endpoint))
    const rules = [...(this.#exact.get(endpoint) ?? []), ...wild]
    rules.sort(byRank)
    const haveNth = rules.some(({ rule }) => rule.when.nth !== undefined)
    const candidates = { rules, haveNth }
    cache.set(endpoint, candidates)
    return candidates
  }

  #forget(endpoint: string): void {
    if (endpoint.includes('*')) {
      this.#all.clear()
    } else {
      this.#all.delete(endpoint)
      this.#exactOnly.delete(endpoint)
    }
  }
}
