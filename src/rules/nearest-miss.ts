import { firstOf } from '../documents/first-of.ts'
import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { conditionMiss, type Mismatch } from '../patterns/pattern.ts'
import { MAX_READ, TextSearch } from '../patterns/text-search.ts'
import { conditionMisses } from './match-request.ts'
import { byRank, type PlacedRule } from './placed-rule.ts'
import type { RankedRules } from './ranked-rules.ts'
import type { Rule, RuleRequest } from './rule.ts'
import type { Tally } from './tally.ts'

/** For a request without a matching rule: the rule with the fewest mismatches. */
export interface NearestMiss {
  readonly rule: Rule
  readonly mismatches: readonly Mismatch[]
}

/** Maximum number of rules that are compared. */
const MAX_EXPLAINED = 200

/**
 * Explains why no rule matched: the rule of the endpoint with the fewest mismatches, or of any
 * endpoint if this one has no rules. Undefined without rules. Compares at most 200 rules, and fewer
 * if their regular expressions read too much.
 */
export function findNearestMiss(rules: RankedRules, request: RuleRequest): NearestMiss | undefined {
  const near = rulesNear(rules, request)
  let nearest: NearestMiss | undefined
  const search = new TextSearch(MAX_READ)
  for (const placed of near.length > 0 ? near : rules.some(MAX_EXPLAINED)) {
    const { rule } = placed
    const mismatches = findMisses(rule, request, { tally: rules.tally(placed), search })
    if (search.isOver) break
    if (nearest === undefined || mismatches.length < nearest.mismatches.length) {
      nearest = { rule, mismatches }
    }
  }
  return nearest
}

/** Some rules for the endpoint of a request, in order of precedence: of many, those most like it. */
function rulesNear(rules: RankedRules, request: RuleRequest): PlacedRule[] {
  const near = firstOf(rules.candidatesOf(request).rules, MAX_EXPLAINED)
  const others = firstOf(rules.rulesFor(request), MAX_EXPLAINED)
  return firstOf(new Set([...near, ...others]), MAX_EXPLAINED).sort(byRank)
}

function findMisses(
  { when, times }: Rule,
  request: RuleRequest,
  { tally, search }: { readonly tally: Tally; readonly search: TextSearch },
): Mismatch[] {
  const { endpoint, nth } = when
  const { met, answered } = tally
  const misses = conditionMisses(when, request, search)
  if (!matchesEndpoint(endpoint, request.endpoint)) {
    misses.unshift(conditionMiss('endpoint', { expected: endpoint, got: request.endpoint }))
  }
  if (nth !== undefined && nth !== met) {
    misses.push(conditionMiss('nth', { expected: `request ${nth}`, got: `request ${met}` }))
  }
  if (times !== undefined && answered >= times) {
    misses.push(conditionMiss('times', { expected: `at most ${times}`, got: 'one more' }))
  }
  return misses
}
