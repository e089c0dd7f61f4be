import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { assertNotEvicted } from '../control-parts/assert-not-evicted.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError, refuseInput } from '../control-parts/control-error.ts'
import {
  count,
  countFrom1,
  endpointFilter,
  isAlwaysMet,
  Listing,
  missedTimes,
  page,
  Times,
} from '../control-parts/control-kinds.ts'
import { assertOpen, splitSignal, type WaitSignal, waitUntil } from '../control-parts/wait-until.ts'
import { countText } from '../documents/count-text.ts'
import { combine, unless, within } from '../documents/reading.ts'
import { CLOSED, duration } from '../documents/schema-kinds.ts'
import { id } from '../fixture-format/job-name-format.ts'
import { FixtureWhen } from '../fixture-format/when-format.ts'
import { readWhen } from '../fixtures/read-rule.ts'
import { endpointMatcher } from '../patterns/endpoint-pattern.ts'
import type { Journal } from '../scope/journal.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import { describeRequests } from './describe-requests.ts'
import { checkRequestNames } from './filter-names.ts'
import { nearestRequest } from './nearest-request.ts'
import {
  type BriefRequestDocument,
  type RequestDocument,
  toBriefRequest,
} from './recorded-request.ts'
import { RequestFeed } from './request-feed.ts'
import { countMatching, type RequestConditions } from './request-search.ts'
import { doAtOnce, doInTurns, type Steps } from './steps.ts'

const text = (description: string) => Type.String({ description, expected: 'a text' })

/** The requests to list. Omitted keys match every request. */
export const RequestFilter = Type.Object(
  {
    endpoint: Type.Optional(endpointFilter('The endpoint; * stands for any text.')),
    status: Type.Optional(count('The HTTP status of the answer.')),
    rule: Type.Optional(text('The name of the rule that answered.')),
    fault: Type.Optional(text('The name of a fault that struck it.')),
    job: Type.Optional(id('The id of the job that was created or polled.')),
    cluster: Type.Optional(text('The name of the cluster that was called.')),
    user: Type.Optional(text('The name of the user; empty: requests without one.')),
    unmatched: Type.Optional(
      Type.Boolean({
        description: 'Whether neither a rule nor a behaviour of the endpoint itself answered.',
        expected: 'true or false',
      }),
    ),
    after: Type.Optional(count('Only requests with a higher id.')),
    ...Listing,
  },
  CLOSED,
)
export type RequestFilter = Static<typeof RequestFilter>

/** The purpose of a RequestFilter, for the error that rejects it. */
export const TO_LIST_REQUESTS = { action: 'list requests' }

/** The conditions of rules, and what became of the request. */
const RequestWhen = Type.Object(
  {
    ...FixtureWhen.properties,
    fault: Type.Optional(text('The name of a fault that struck it.')),
  },
  CLOSED,
)
type RequestWhen = Static<typeof RequestWhen>

/** The requests to count, by the conditions of rules. */
export const RequestCount = Type.Object({ when: RequestWhen }, CLOSED)
export type RequestCount = Static<typeof RequestCount>

/** The requests that must have come, and how many. */
export const RequestVerify = Type.Object({ when: RequestWhen, times: Times }, CLOSED)
export type RequestVerify = Static<typeof RequestVerify>

/** The requests to wait for, how many, and how long. */
export const RequestWait = Type.Object(
  {
    when: RequestWhen,
    at_least: Type.Optional(countFrom1('How many. Omitted: 1.')),
    timeout: Type.Optional(duration({ description: 'How long, in real time. Omitted: 5s.' })),
  },
  CLOSED,
)
export type RequestWait = Static<typeof RequestWait>

/** A part of a list of requests. */
export interface RequestList<Document extends BriefRequestDocument = RequestDocument> {
  readonly requests: Document[]
  /** The number of requests that match, whatever part of them is returned. */
  readonly total: number
  /** Requests that the journal no longer holds. */
  readonly dropped: number
}

/** The requests that a wait was for, the oldest first. */
export interface RequestsFound {
  readonly count: number
  readonly requests: RequestDocument[]
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
const TO_WAIT = { action: 'wait for requests' }

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
    const checked = checkInput(RequestFilter, filter, TO_LIST_REQUESTS)
    const problems = checkRequestNames(checked, this.#context)
    if (problems.length > 0) throw refuseInput(problems, TO_LIST_REQUESTS)
    const { journal } = this.#context.scope()
    const wanted = journal.list().filter(entryMatcher(checked))
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
    const { signal, input } = splitSignal(options, TO_WAIT)
    const { when, at_least = 1, timeout = '5s' } = checkInput(RequestWait, input, TO_WAIT)
    const { action } = TO_WAIT
    const conditions = this.#readWhen(when, action)
    const scope = this.#context.scope()
    assertNotEvicted(scope, action)
    const wanted = countText(at_least, 'request')
    if (at_least > scope.journal.capacity) {
      const reason = `the journal holds ${scope.journal.capacity} at most`
      throw new ControlError('WAIT_CANNOT_HOLD', `Cannot wait for ${wanted}: ${reason}`)
    }
    const feed = RequestFeed.of(scope, this.#context)
    const waiter = feed.join(conditions)
    try {
      await doInTurns(feed.lookBack(waiter))
      const look = () => {
        feed.update()
        return waiter.found.size >= at_least ? waiter.found : undefined
      }
      const timeoutMs = parseDuration(timeout)
      const found = await waitUntil(look, { scope, timeoutMs, signal, action })
      if (found) return this.#describeFound(found, scope.journal)
    } finally {
      feed.leave(waiter)
    }
    const number = waiter.found.size
    const message = `Cannot wait longer for ${wanted}: after ${timeout}, ${number} came`
    throw new ControlError('WAIT_TIMED_OUT', message, { found: { count: number } })
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
    return yield* this.#tally(scope, this.#readWhen(when, TO_COUNT.action))
  }

  *#verifying(wanted: RequestVerify): Steps<RequestTally> {
    this.#context.assertUsable()
    const { when, times } = checkInput(RequestVerify, wanted, TO_VERIFY)
    if (isAlwaysMet(times)) throw refuseInput([ALWAYS_MET], TO_VERIFY)
    const scope = this.#context.scope()
    assertNotEvicted(scope, TO_VERIFY.action)
    const conditions = this.#readWhen(when, TO_VERIFY.action)
    const tally = yield* this.#tally(scope, conditions)
    const { count: number, dropped } = tally
    const missed = missedTimes(times, { number, noun: 'matching request' })
    if (missed !== undefined) {
      const search = { when: conditions, context: this.#context }
      const nearest = number === 0 ? yield* nearestRequest(scope.journal, search) : ''
      const message = `Expected ${missed}, got ${number}${nearest}`
      throw new ControlError('NOT_VERIFIED', message, { found: tally })
    }
    if (dropped === 0 || isCertain({ when: conditions, times })) return tally
    const reason = `the journal dropped ${countText(dropped, 'request')} that may match`
    const message = `Cannot verify requests: ${reason}, raise journal-requests`
    throw new ControlError('NOT_VERIFIED', message, { found: tally })
  }

  *#tally(scope: Scope, when: RequestConditions): Steps<RequestTally> {
    const count = yield* countMatching(scope.journal, { when, context: this.#context })
    assertOpen(scope)
    return { count, dropped: scope.journal.dropped }
  }

  /** Those that the journal has dropped meanwhile are counted, but not shown. */
  #describeFound(ids: ReadonlySet<number>, journal: Journal): RequestsFound {
    const sorted = [...ids].sort((left, right) => left - right)
    const entries = sorted.flatMap((id) => journal.find(id) ?? [])
    return { count: ids.size, requests: describeRequests(entries, this.#context) }
  }

  #readWhen({ fault, ...text }: RequestWhen, action: string): RequestConditions {
    const { cluster } = text
    const struck = fault === undefined ? {} : { fault }
    const names = cluster === undefined ? struck : { ...struck, cluster }
    const parts = combine({
      // The names are checked as those of lists are.
      when: readWhen(text, { ...this.#context, known: { clusters: undefined } }),
      struck: unless(checkRequestNames(names, this.#context), struck),
    })
    if ('value' in parts) return { ...parts.value.when, ...parts.value.struck }
    throw refuseInput(within(['when'], parts.problems), { action, code: 'BAD_FIXTURES' })
  }
}

/** Whether requests that were dropped could not change the outcome: more of them only help. */
function isCertain({
  when,
  times,
}: {
  readonly when: RequestConditions
  readonly times: Times
}): boolean {
  return when.nth === undefined && times.exactly === undefined && times.at_most === undefined
}

/** A function that returns whether an entry of the journal is in a list. */
function entryMatcher(filter: RequestFilter): (entry: JournalEntry) => boolean {
  const { endpoint, status, rule, fault, cluster, user, unmatched, after = 0 } = filter
  const job = filter.job === undefined ? undefined : BigInt(filter.job)
  const isNamed = endpoint === undefined ? () => true : endpointMatcher(endpoint)
  return (entry) => {
    const same = (status ?? entry.status) === entry.status && (rule ?? entry.rule) === entry.rule
    const isNewer = (job ?? entry.jobId) === entry.jobId && entry.id > after
    const isStruck = fault === undefined || entry.faults.includes(fault)
    const isThere = (cluster ?? entry.cluster) === entry.cluster
    return same && isNewer && isStruck && isThere && isNamed(entry.endpoint) && isOf(entry)
  }

  function isOf(entry: JournalEntry): boolean {
    return (user ?? entry.user) === entry.user && (unmatched ?? entry.unmatched) === entry.unmatched
  }
}
