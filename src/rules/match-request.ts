import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import {
  conditionMiss,
  findMismatches,
  type Mismatch,
  matchesPattern,
} from '../patterns/pattern.ts'
import { TextSearch } from '../patterns/text-search.ts'
import { PATTERN_KEYS, type RuleRequest, type When } from './rule.ts'

/** Maximum number of mismatches that are found: a condition can have one for each of its keys. */
const MAX_MISSES = 20

/** The first conditions that a request fails, without `endpoint` and `nth`, which are not checked. */
export function conditionMisses(
  when: When,
  request: RuleRequest,
  search: TextSearch = new TextSearch(),
): Mismatch[] {
  const misses: Mismatch[] = []
  for (const miss of allMisses(when, request, search)) {
    if (misses.length === MAX_MISSES) break
    misses.push(miss)
  }
  return misses
}

function* allMisses(when: When, request: RuleRequest, search: TextSearch): Generator<Mismatch> {
  if (when.as !== 'any' && when.as !== request.as) {
    yield conditionMiss('as', { expected: when.as, got: request.as })
  }
  for (const key of PATTERN_KEYS) {
    const pattern = when[key]
    if (pattern !== undefined) yield* findMismatches(pattern, request[key], { path: key, search })
  }
}

/** Whether a request meets all conditions except `endpoint` and `nth`, which are not checked. */
export function meetsConditions(
  when: When,
  request: RuleRequest,
  search: TextSearch = new TextSearch(),
): boolean {
  if (when.as !== 'any' && when.as !== request.as) return false
  for (const key of PATTERN_KEYS) {
    const pattern = when[key]
    if (pattern !== undefined && !matchesPattern(pattern, request[key], search)) return false
  }
  return true
}

/** Whether a request meets all conditions except `nth`, which is not checked. */
export function matchesRequest(when: When, request: RuleRequest): boolean {
  if (!matchesEndpoint(when.endpoint, request.endpoint)) return false
  return meetsConditions(when, request)
}
