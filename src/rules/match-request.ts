import { matchesEndpoint } from './endpoint-pattern.ts'
import { findMismatches, type Mismatch } from './pattern.ts'
import type { RuleRequest, When } from './rule.ts'

/** The conditions that a request fails, without `endpoint` and `nth`, which are not checked. */
export function* conditionMisses(when: When, request: RuleRequest): Generator<Mismatch> {
  if (when.as !== 'any' && when.as !== request.as) {
    yield { path: 'as', expected: when.as, got: request.as }
  }
  for (const key of ['tag', 'user', 'encoding', 'request'] as const) {
    const pattern = when[key]
    if (pattern !== undefined) yield* findMismatches(pattern, request[key], key)
  }
}

/** Whether a request meets all conditions except `endpoint` and `nth`, which are not checked. */
export function meetsConditions(when: When, request: RuleRequest): boolean {
  return conditionMisses(when, request).next().done === true
}

/** Whether a request meets all conditions except `nth`, which is not checked. */
export function matchesRequest(when: When, request: RuleRequest): boolean {
  return matchesEndpoint(when.endpoint, request.endpoint) && meetsConditions(when, request)
}
