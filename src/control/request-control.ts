import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { countText } from '../documents/count-text.ts'
import { within } from '../documents/reading.ts'
import { CLOSED, duration } from '../documents/schema-kinds.ts'
import { FixtureWhen, id } from '../fixtures/fixture-format.ts'
import { readWhen } from '../fixtures/read-rule.ts'
import { matchesEndpoint } from '../rules/endpoint-pattern.ts'
import type { When } from '../rules/rule.ts'
import type { Journal } from '../scope/journal.ts'
import { assertNotEvicted } from './assert-not-evicted.ts'
import { checkInput } from './check-input.ts'
import type { ScopeContext } from './control-context.ts'
import { ControlError, refuseInput } from './control-error.ts'
import { count, missedTimes, Paging, page, Times } from './control-kinds.ts'
import { nearestRequest } from './nearest-request.ts'
import {
  meets,
  type RecordedRequest,
  type RequestDocument,
  readRequest,
  toRequestDocument,
} from './recorded-request.ts'
import { splitSignal, type WaitSignal, waitUntil } from './wait-until.ts'

const text = (description: string) => Type.String({ description, expected: 'a text' })

/** The requests to list. Omitted keys match every request. */
export const RequestFilter = Type.Object(
  {
    endpoint: Type.Optional(text('The endpoint; * stands for any text.')),
    status: Type.Optional(count('The HTTP status of the answer.')),
    rule: Type.Optional(text('The name of the rule that answered.')),
    job: Type.Optional(id('The id of the job that was created or polled.')),
    after: Type.Optional(count('Only requests with a higher id.')),
    ...Paging,
  },
  CLOSED,
)
export type RequestFilter = Static<typeof RequestFilter>

/** The purpose of a RequestFilter, for the error that rejects it. */
export const TO_LIST_REQUESTS = { action: 'list requests' }

/** The requests to count, by the conditions of rules. */
export const RequestCount = Type.Object({ when: FixtureWhen }, CLOSED)
export type RequestCount = Static<typeof RequestCount>

/** The requests that must have come, and how many. */
export const RequestVerify = Type.Object({ when: FixtureWhen, times: Times }, CLOSED)
export type RequestVerify = Static<typeof RequestVerify>

/** The requests to wait for, how many, and how long. */
export const RequestWait = Type.Object(
  {
    when: FixtureWhen,
    at_least: Type.Optional(count('How many. Omitted: 1.')),
    timeout: Type.Optional(duration({ description: 'How long, in real time. Omitted: 5s.' })),
  },
  CLOSED,
)
export type RequestWait = Static<typeof RequestWait>

/** A part of a list of requests, the oldest first. */
export interface RequestList {
  readonly requests: RequestDocument[]
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

const TO_COUNT = { action: 'count requests' }
const TO_VERIFY = { action: 'verify requests' }
const TO_WAIT = { action: 'wait for requests' }

/** The requests that a scope received. */
export class RequestControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** The requests that match a filter, the oldest first: all of them unless `limit` is given. */
  list(filter: RequestFilter = {}): RequestList {
    const checked = checkInput(RequestFilter, filter, TO_LIST_REQUESTS)
    const { endpoint, status, rule, after = 0 } = checked
    const job = checked.job === undefined ? undefined : BigInt(checked.job)
    const wanted = this.#journal.list().filter((entry) => {
      const same = (status ?? entry.status) === entry.status && (rule ?? entry.rule) === entry.rule
      const named = endpoint === undefined || matchesEndpoint(endpoint, entry.endpoint)
      return same && named && (job ?? entry.jobId) === entry.jobId && entry.id > after
    })
    const requests = page(wanted, checked).map((entry) => this.#describe(this.#read(entry)))
    return { requests, total: wanted.length, dropped: this.#journal.dropped }
  }

  /** Removes all requests. */
  clear(): void {
    this.#journal.clear()
  }

  /** Counts the requests that match conditions. Throws ControlError if those are invalid. */
  count(wanted: RequestCount): RequestTally {
    const { when } = checkInput(RequestCount, wanted, TO_COUNT)
    assertNotEvicted(this.#context.scope(), TO_COUNT.action)
    const matching = this.#matching(this.#readWhen(when, TO_COUNT.action))
    return { count: matching.length, dropped: this.#journal.dropped }
  }

  /**
   * Asserts how many requests match conditions.
   *
   * @throws ControlError if more or fewer match, too many were dropped to know, or the conditions
   *   are invalid.
   */
  verify(wanted: RequestVerify): RequestTally {
    const { when, times } = checkInput(RequestVerify, wanted, TO_VERIFY)
    assertNotEvicted(this.#context.scope(), TO_VERIFY.action)
    const conditions = this.#readWhen(when, TO_VERIFY.action)
    const number = this.#matching(conditions).length
    const { dropped } = this.#journal
    const tally = { count: number, dropped }
    const missed = missedTimes(times, { number, noun: 'matching request' })
    if (missed !== undefined) {
      const nearest = number === 0 ? this.#nearest(conditions) : ''
      const message = `Expected ${missed}, got ${number}${nearest}`
      throw new ControlError('NOT_VERIFIED', message, { found: tally })
    }
    if (dropped === 0 || isCertain({ when: conditions, times })) return tally
    const reason = `the journal dropped ${countText(dropped, 'request')} that may match`
    const message = `Cannot verify requests: ${reason}, raise journal-requests`
    throw new ControlError('NOT_VERIFIED', message, { found: tally })
  }

  /**
   * Resolves once enough requests match conditions; those in the journal count.
   *
   * @throws ControlError if the time is over, the journal cannot hold so many or the signal is
   *   aborted; ScopeError if the scope is reset meanwhile.
   */
  async wait(options: RequestWait & WaitSignal): Promise<RequestsFound> {
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
    const search = new Search(scope.journal, (entry) => meets(this.#read(entry), conditions))
    const look = () => (search.look() >= at_least ? search.found : undefined)
    const timeoutMs = parseDuration(timeout)
    const found = await waitUntil(look, { scope, timeoutMs, signal, action })
    if (found) {
      const requests = found.map((entry) => this.#describe(this.#read(entry)))
      return { count: found.length, requests }
    }
    const number = search.found.length
    const message = `Cannot wait longer for ${wanted}: after ${timeout}, ${number} came`
    throw new ControlError('WAIT_TIMED_OUT', message, { found: { count: number } })
  }

  /** All requests that neither a rule nor a behaviour of the endpoint itself answered. */
  unmatched(): RequestDocument[] {
    return this.#all()
      .filter(({ entry }) => entry.unmatched)
      .map((request) => this.#describe(request))
  }

  #nearest(when: When): string {
    return nearestRequest(this.#all(), { when, redaction: this.#context.scope().redaction })
  }

  get #journal(): Journal {
    return this.#context.scope().journal
  }

  #describe(request: RecordedRequest): RequestDocument {
    return toRequestDocument(request, this.#context.scope().redaction)
  }

  #read(entry: RecordedRequest['entry']): RecordedRequest {
    return readRequest(entry, this.#context)
  }

  #all(): RecordedRequest[] {
    return this.#journal.list().map((entry) => this.#read(entry))
  }

  #matching(when: When): RecordedRequest[] {
    const matching = this.#all().filter((request) => meets(request, when))
    return when.nth === undefined ? matching : matching.slice(when.nth - 1, when.nth)
  }

  #readWhen(text: FixtureWhen, action: string): When {
    const reading = readWhen(text, this.#context.catalogue)
    if ('value' in reading) return reading.value
    throw refuseInput(within(['when'], reading.problems), { action, code: 'BAD_FIXTURES' })
  }
}

/** Whether requests that were dropped could not change the outcome: more of them only help. */
function isCertain({ when, times }: { readonly when: When; readonly times: Times }): boolean {
  return when.nth === undefined && times.exactly === undefined && times.at_most === undefined
}

/** Searches a journal again and again, each time only the requests that came since. */
class Search {
  readonly found: RecordedRequest['entry'][] = []
  readonly #journal: Journal
  readonly #matches: (entry: RecordedRequest['entry']) => boolean
  #lastId = 0

  constructor(journal: Journal, matches: (entry: RecordedRequest['entry']) => boolean) {
    this.#journal = journal
    this.#matches = matches
  }

  /** Returns how many were found in all. */
  look(): number {
    for (const entry of this.#journal.since(this.#lastId)) {
      if (this.#matches(entry)) this.found.push(entry)
    }
    this.#lastId = this.#journal.lastId
    return this.found.length
  }
}
