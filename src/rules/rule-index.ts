import { matchesEndpoint } from './endpoint-pattern.ts'
import type { Rule, RuleRequest } from './rule.ts'

/** Rules by endpoint, so that choosing one costs by the rules of that endpoint alone. */
export class RuleIndex {
  readonly #wild: readonly (readonly [number, Rule])[]
  readonly #exact = new Map<string, (readonly [number, Rule])[]>()
  /** By endpoint, with a `=` before those for which only rules that name it in full are asked. */
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

  /** The rules that may answer a request, in the order in which they are asked. */
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
