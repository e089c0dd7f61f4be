import { matchesEndpoint } from './endpoint-pattern.ts'
import { findMismatches, type Mismatch } from './pattern.ts'
import type { RuleRequest, When } from './rule.ts'

/** What is wrong with a request for conditions of its endpoint; `nth` is not looked at. */
export function* conditionMisses(when: When, request: RuleRequest): Generator<Mismatch> {
  if (when.as !== 'any' && when.as !== request.as) {
    yield { path: 'as', expected: when.as, got: request.as }
  }
  for (const key of ['tag', 'user', 'encoding', 'request'] as const) {
    const pattern = when[key]
    if (pattern !== undefined) yield* findMismatches(pattern, request[key], key)
  }
}

/** Whether a request of the conditions' endpoint meets all of them but `nth`. */
export function meetsConditions(when: When, request: RuleRequest): boolean {
  return conditionMisses(when, request).next().done === true
}

/** Whether a request, of whatever endpoint, meets all conditions but `nth`. */
export function matchesRequest(when: When, request: RuleRequest): boolean {
  return matchesEndpoint(when.endpoint, request.endpoint) && meetsConditions(when, request)
}
