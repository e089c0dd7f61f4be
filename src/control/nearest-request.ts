import { matchesEndpoint } from '../rules/endpoint-pattern.ts'
import { conditionMisses } from '../rules/match-request.ts'
import { describeMismatch } from '../rules/pattern.ts'
import type { Redaction } from '../rules/redaction.ts'
import type { When } from '../rules/rule.ts'
import type { RecordedRequest } from './recorded-request.ts'

/** How many differences an explanation names. */
const MAX_MISMATCHES = 5

/** How many requests are compared: an explanation costs more than a match. */
const MAX_LOOKED_AT = 1000

/** Describes the request of the endpoint with the fewest mismatches, for an error message. */
export function nearestRequest(
  requests: readonly RecordedRequest[],
  { when, redaction }: { readonly when: When; readonly redaction: Redaction },
): string {
  const misses = requests
    .slice(-MAX_LOOKED_AT)
    .flatMap(({ entry, asked }) =>
      asked
        .filter(({ endpoint }) => matchesEndpoint(when.endpoint, endpoint))
        .map((request) => ({ id: entry.id, asked, misses: [...conditionMisses(when, request)] })),
    )
  const [nearest] = misses.sort((left, right) => left.misses.length - right.misses.length)
  if (nearest === undefined) return `; no request of ${when.endpoint} came`
  const knowing = redaction.knowing(
    nearest.asked.map(({ request }) => request),
    when.request,
  )
  const shown = nearest.misses
    .slice(0, MAX_MISMATCHES)
    .map((miss) => describeMismatch(miss, knowing))
  return `; the nearest is request ${nearest.id}: ${shown.join('; ')}`
}
