import { matchesEndpoint } from '../rules/endpoint-pattern.ts'
import { conditionMisses } from '../rules/match-request.ts'
import { describeMismatch } from '../rules/pattern.ts'
import type { When } from '../rules/rule.ts'
import { REDACTED } from '../rules/secret-keys.ts'
import type { RecordedRequest } from './recorded-request.ts'
import { holdsSecret } from './redact.ts'

/** How many differences an explanation names. */
const MAX_MISMATCHES = 5

/** How many requests are compared: an explanation costs more than a match. */
const MAX_LOOKED_AT = 1000

/** Describes the request of the endpoint with the fewest mismatches, for an error message. */
export function nearestRequest(requests: readonly RecordedRequest[], when: When): string {
  const misses = requests
    .slice(-MAX_LOOKED_AT)
    .flatMap(({ entry, asked }) =>
      asked
        .filter(({ endpoint }) => matchesEndpoint(when.endpoint, endpoint))
        .map((request) => ({ id: entry.id, asked, misses: [...conditionMisses(when, request)] })),
    )
  const [nearest] = misses.sort((left, right) => left.misses.length - right.misses.length)
  if (nearest === undefined) return `; no request of ${when.endpoint} came`
  const isSecret = holdsSecret(nearest.asked)
  const shown = nearest.misses
    .slice(0, MAX_MISMATCHES)
    .map((miss) => describeMismatch(isSecret ? { ...miss, got: REDACTED } : miss))
  return `; the nearest is request ${nearest.id}: ${shown.join('; ')}`
}
