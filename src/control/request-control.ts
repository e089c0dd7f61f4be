import { type Static, Type } from '@sinclair/typebox'
import { assertNotEvicted } from '../control-parts/assert-not-evicted.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError, refuseInput } from '../control-parts/control-error.ts'
import { count, isAlwaysMet, missedTimes, page, Times } from '../control-parts/control-kinds.ts'
import { assertOpen, type WaitSignal } from '../control-parts/wait-until.ts'
import { countText } from '../documents/count-text.ts'
import { CLOSED } from '../documents/schema-kinds.ts'
import type { Scope } from '../scope/scope.ts'
import { describeRequests } from './describe-requests.ts'
import { nearestRequest } from './nearest-request.ts'
import {
  type BriefRequestDocument,
  type RequestDocument,
  toBriefRequest,
} from './recorded-request.ts'
import { type RequestFilter, readRequestFilter, requestMatcher } from './request-filter.ts'
import {
  countMatching,
  findUnread,
  type RequestConditions,
  RequestWhen,
  readRequestWhen,
} from './request-search.ts'
import { doAtOnce, doInTurns, type Steps } from './steps.ts'
import { type RequestsFound, type RequestWait, waitForRequests } from './wait-for-requests.ts'

/** The requests to count, by the conditions of rules. */
export const RequestCount = Type.Object({ when: RequestWhen }, CLOSED)
export type RequestCount = Static<typeof RequestCount>

/** The requests that must have come, and how many. */
export const RequestVerify = Type.Object({ when: RequestWhen, times: Times }, CLOSED)
export type RequestVerify = Static<typeof RequestVerify>

/** A part of a list of requests. */
export interface RequestList<Document extends BriefRequestDocument = RequestDocument> {
  readonly requests: Document[]
  /** The number of requests that match, whatever part of them is returned. */
  readonly total: number
  /** Requests that the journal no longer holds. */
  readonly dropped: number
}

/** How many requests match, and how many others may have matched. */
export const RequestTally = Type.Object({
  count: count('How many match.'),
  dropped: count('Requests that the journal no longer holds.'),
})
export type RequestTally = Static<typeof RequestTally>

const ALWAYS_MET = {
  path: ['times'],
  part: 'value',
  message: 'any number of requests meets this',
} as const

const TO_COUNT = { action: 'count requests' }
const TO_VERIFY = { action: 'verify requests' }

/** The requests that a scope received. */
export class RequestControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /**
   * The requests that match a filter, all of them unless `limit` is given. With `brief`, they are
   * without headers, records and body.
   */
  list(filter?: RequestFilter & { readonly brief?: false }): RequestList
  list(filter: RequestFilter): RequestList<BriefRequestDocument>
  list(filter: RequestFilter = {}): RequestList<BriefRequestDocument> {
    this.#context.assertUsable()
    const checked = readRequestFilter(filter, this.#context)
    const { journal } = this.#context.scope()
    const wanted = journal.list().filter(requestMatcher(checked))
    const shown = page(wanted, checked)
    const requests = checked.brief
      ? shown.map((entry) => toBriefRequest(entry, this.#context))
      : describeRequests(shown, this.#context)
    return { requests, total: wanted.length, dropped: journal.dropped }
  }

  /** Removes all requests. */
  clear(): void {
    const { journal, changes } = this.#context.scope()
    journal.clear()
    changes.fire('requests')
  }

  /** Counts the requests that match conditions. Throws ControlError if those are invalid. */
  count(wanted: RequestCount): RequestTally {
    return doAtOnce(this.#counting(wanted))
  }

  /** As count, but other calls are answered while it decodes requests. */
  countInTurns(wanted: RequestCount): Promise<RequestTally> {
    return doInTurns(this.#counting(wanted))
  }

  /**
   * Asserts how many requests match conditions.
   *
   * @throws ControlError if more or fewer match, too many were dropped to know, or the conditions
   *   are invalid; ScopeError if the scope was evicted.
   */
  verify(wanted: RequestVerify): RequestTally {
    return doAtOnce(this.#verifying(wanted))
  }

  /** As verify, but other calls are answered while it decodes requests. */
  verifyInTurns(wanted: RequestVerify): Promise<RequestTally> {
    return doInTurns(this.#verifying(wanted))
  }

  /**
   * Resolves once enough requests match conditions; those in the journal count.
   *
   * @throws ControlError if the time is over, the journal cannot hold so many or the signal is
   *   aborted; ScopeError if the scope is reset meanwhile.
   */
  async wait(options: RequestWait & WaitSignal): Promise<RequestsFound> {
    this.#context.assertUsable()
    return await waitForRequests(options, this.#context)
  }

  /** All requests that neither a rule nor a behaviour of the endpoint itself answered. */
  unmatched(): RequestDocument[] {
    const entries = this.#context.scope().journal.list()
    return describeRequests(
      entries.filter(({ unmatched }) => unmatched),
      this.#context,
    )
  }

  *#counting(wanted: RequestCount): Steps<RequestTally> {
    this.#context.assertUsable()
    const { when } = checkInput(RequestCount, wanted, TO_COUNT)
    const scope = this.#context.scope()
    assertNotEvicted(scope, TO_COUNT.action)
    return yield* this.#tally(scope, readRequestWhen(when, { ...this.#context, ...TO_COUNT }))
  }

  *#verifying(wanted: RequestVerify): Steps<RequestTally> {
    this.#context.assertUsable()
    const { when, times } = checkInput(RequestVerify, wanted, TO_VERIFY)
    if (isAlwaysMet(times)) throw refuseInput([ALWAYS_MET], TO_VERIFY)
    const scope = this.#context.scope()
    assertNotEvicted(scope, TO_VERIFY.action)
    const conditions = readRequestWhen(when, { ...this.#context, ...TO_VERIFY })
    const tally = yield* this.#tally(scope, conditions)
    const { count: number, dropped } = tally
    const missed = missedTimes(times, { number, noun: 'matching request' })
    if (missed !== undefined) {
      const search = { when: conditions, context: this.#context }
      const nearest = number === 0 ? yield* nearestRequest(scope.journal, search) : ''
      const message = `Expected ${missed}, got ${number}${nearest}`
      throw new ControlError('NOT_VERIFIED', message, { found: tally })
    }
    const isCertain = !isLimited({ when: conditions, times })
    const doubt = isCertain ? undefined : this.#doubt(scope, { when: conditions, dropped })
    if (doubt === undefined) return tally
    throw new ControlError('NOT_VERIFIED', `Cannot verify requests: ${doubt}`, { found: tally })
  }

  /** Why more requests than were counted may match. */
  #doubt(
    { journal }: Scope,
    { when, dropped }: { readonly when: RequestConditions; readonly dropped: number },
  ): string | undefined {
    if (dropped > 0) {
      const requests = countText(dropped, 'request')
      return `the journal dropped ${requests} that may match, raise journal-requests`
    }
    const unread = findUnread(journal, { when, context: this.#context })
    return unread && `request ${unread.id} could not be decoded, and may match`
  }

  *#tally(scope: Scope, when: RequestConditions): Steps<RequestTally> {
    const count = yield* countMatching(scope.journal, { when, context: this.#context })
    assertOpen(scope)
    return { count, dropped: scope.journal.dropped }
  }
}

/** Whether more matching requests than were counted could change an outcome that is as expected. */
function isLimited({
  when,
  times,
}: {
  readonly when: RequestConditions
  readonly times: Times
}): boolean {
  return when.nth !== undefined || times.exactly !== undefined || times.at_most !== undefined
}
