import { matchesEndpoint } from './endpoint-pattern.ts'
import { findMismatches, type Mismatch } from './pattern.ts'
import type { Rule, RuleRequest } from './rule.ts'

/** The rule that came nearest to a request that none matched. */
export interface NearestMiss {
  readonly rule: Rule
  readonly mismatches: readonly Mismatch[]
}

/** How often a rule was met in one scope. */
interface Tally {
  /** Requests that matched all but `nth`, whichever rule answered them. */
  met: number
  answered: number
}

/**
 * The rules of one scope, in order: the first that matches answers. They are indexed by endpoint,
 * so choosing costs by the rules of that endpoint alone.
 */
export class RuleSet {
  readonly #rules: readonly Rule[]
  readonly #wild: readonly (readonly [number, Rule])[]
  readonly #exact = new Map<string, (readonly [number, Rule])[]>()
  /** By endpoint, with a `=` before those for which only rules that name it in full are asked. */
  readonly #candidates = new Map<string, readonly Rule[]>()
  readonly #tallies = new Map<Rule, Tally>()

  constructor(rules: readonly Rule[]) {
    this.#rules = rules
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

  /** How many rules there are. */
  get size(): number {
    return this.#rules.length
  }

  /** The rule that answers a request; finding one counts as its answer. */
  choose(request: RuleRequest): Rule | undefined {
    if (this.#rules.length === 0) return undefined
    const candidates = this.#candidatesOf(request)
    for (const rule of candidates) {
      if (rule.when.nth !== undefined && matches(rule, request)) this.#tally(rule).met += 1
    }
    return candidates.find((rule) => this.#takes(rule, request))
  }

  /** Whether there are rules for the endpoint of a request. */
  isAbout(request: RuleRequest): boolean {
    return this.#candidatesOf(request).length > 0
  }

  /** Why no rule matched: the one with the fewest mismatches, among those of the endpoint first. */
  explain(request: RuleRequest): NearestMiss | undefined {
    const own = this.#candidatesOf(request)
    let nearest: NearestMiss | undefined
    for (const rule of own.length > 0 ? own : this.#rules.slice(0, MAX_EXPLAINED)) {
      const mismatches = [...this.#misses(rule, request)]
      if (nearest === undefined || mismatches.length < nearest.mismatches.length) {
        nearest = { rule, mismatches }
      }
    }
    return nearest
  }

  #candidatesOf({ endpoint, exactOnly }: RuleRequest): readonly Rule[] {
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

  #takes(rule: Rule, request: RuleRequest): boolean {
    if (!matches(rule, request)) return false
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
    yield* conditionMisses(rule, request)
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

/** How many rules are looked at where the endpoint has none of its own. */
const MAX_EXPLAINED = 1000

/** What is wrong with a request for a rule of its endpoint. */
function* conditionMisses({ when }: Rule, request: RuleRequest): Generator<Mismatch> {
  if (when.as !== 'any' && when.as !== request.as) {
    yield { path: 'as', expected: when.as, got: request.as }
  }
  for (const key of ['tag', 'user', 'encoding', 'request'] as const) {
    const pattern = when[key]
    if (pattern !== undefined) yield* findMismatches(pattern, request[key], key)
  }
}

function matches(rule: Rule, request: RuleRequest): boolean {
  return conditionMisses(rule, request).next().done === true
}
