import { matchesEndpoint } from './endpoint-pattern.ts'
import type { Rule, RuleRequest } from './rule.ts'

/** Rules by endpoint: the cost of a choice depends only on the number of rules of the endpoint. */
export class RuleIndex {
  readonly #wild: readonly (readonly [number, Rule])[]
  readonly #exact = new Map<string, (readonly [number, Rule])[]>()
  /** Cached results of `candidatesOf`, by endpoint; with a `=` in front for `exactOnly`. */
  readonly #candidates = new Map<string, readonly Rule[]>()

  constructor(rules: readonly Rule[]) {
    const ranked = rules.map((rule, rank) => [rank, rule] as const)
    this.#wild = ranked.filter(([, { when }]) => when.endpoint.includes('*'))
    for (const entry of ranked) {
      const { endpoint } = entry[1].when
      if (endpoint.includes('*')) continue
      const bucket = this.#exact.get(endpoint) ?? []
      bucket.push(entry)
      this.#exact.set(endpoint, bucket)
    }
  }

  /** The rules for the endpoint of a request, in order of precedence. */
  candidatesOf({ endpoint, exactOnly }: RuleRequest): readonly Rule[] {
    const key = exactOnly ? `=${endpoint}` : endpoint
    const known = this.#candidates.get(key)
    if (known) return known
    const wild = this.#wild.filter(
      ([, { when }]) => !exactOnly && matchesEndpoint(when.endpoint, endpoint),
    )
    const ranked = [...(this.#exact.get(endpoint) ?? []), ...wild]
    const rules = ranked.sort(([left], [right]) => left - right).map(([, rule]) => rule)
    this.#candidates.set(key, rules)
    return rules
  }
}
