import type { ScopeContext } from '../control-parts/control-context.ts'
import { quoteText } from '../documents/quote-text.ts'
import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { conditionMiss, describeMismatch, type Mismatch } from '../patterns/pattern.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { conditionMisses } from '../rules/match-request.ts'
import type { Journal } from '../scope/journal.ts'
import { type RecordedRequest, readRequest } from './recorded-request.ts'
import { namesEndpoint, type RequestConditions } from './request-search.ts'
import type { Steps } from './steps.ts'

/** How many differences an explanation names. */
const MAX_MISMATCHES = 5

/** How many requests are compared: an explanation costs more than a match. */
export const MAX_LOOKED_AT = 1000

interface Miss {
  readonly id: number
  readonly misses: readonly Mismatch[]
  /** Hides what is secret in the request. */
  readonly redaction: Redaction
}

/**
 * Describes the request of the endpoint with the fewest mismatches, for an error message. Each
 * request that is decoded is a step, and is not kept.
 */
export function* nearestRequest(
  journal: Journal,
  { when, context }: { readonly when: RequestConditions; readonly context: ScopeContext },
): Steps<string> {
  const { redaction } = context.scope()
  let nearest: Miss | undefined
  for (const entry of journal.since(journal.lastId - MAX_LOOKED_AT)) {
    if (!entry.decoded || !namesEndpoint(when, entry)) continue
    const near = missOf(readRequest(entry, context), { when, redaction })
    if (nearest === undefined || near.misses.length < nearest.misses.length) nearest = near
    yield
  }
  if (nearest === undefined) return `; no request of ${when.endpoint} came`
  if (nearest.misses.length > 0) return describe(nearest)
  return `; fewer than ${when.nth} requests meet the other conditions`
}

/** The mismatches of a request, as the direct call or as the job, whichever has fewer. */
function missOf(
  { entry, asked }: RecordedRequest,
  { when, redaction }: { readonly when: RequestConditions; readonly redaction: Redaction },
): Miss {
  const { fault } = when
  const isStruck = fault === undefined || entry.faults.includes(fault)
  const got = entry.faults.length === 0 ? 'nothing' : entry.faults.join(', ')
  const missed = isStruck ? [] : [conditionMiss('fault', { expected: quoteText(fault), got })]
  const [misses = []] = asked
    .filter(({ endpoint }) => matchesEndpoint(when.endpoint, endpoint))
    .map((request) => [...conditionMisses(when, request)])
    .sort((left, right) => left.length - right.length)
  const requests = asked.map(({ request }) => request)
  return {
    id: entry.id,
    misses: [...missed, ...misses],
    redaction: redaction.knowing(requests, when.request),
  }
}

function describe({ id, misses, redaction }: Miss): string {
  const shown = misses.slice(0, MAX_MISMATCHES).map((miss) => describeMismatch(miss, redaction))
  return `; the nearest is request ${id}: ${shown.join('; ')}`
}
