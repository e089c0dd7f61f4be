import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { within } from '../documents/reading.ts'
import { duration } from '../documents/schema-kinds.ts'
import { FixtureWhen } from '../fixtures/fixture-format.ts'
import { readWhen } from '../fixtures/read-rule.ts'
import { readRecorded } from '../gpudb/read-recorded.ts'
import { matchesEndpoint } from '../rules/endpoint-pattern.ts'
import type { When } from '../rules/rule.ts'
import type { Journal } from '../scope/journal.ts'
import type { ScopeContext } from './control-context.ts'
import { ControlError, refuseInput } from './control-error.ts'
import { CLOSED, count, countText, missedTimes, Paging, page, Times } from './control-kinds.ts'
import { nearestRequest } from './nearest-request.ts'
import {
  meets,
  type RecordedRequest,
  type RequestDocument,
  toRequestDocument,
} from './recorded-request.ts'
import { waitUntil } from './wait-until.ts'

/** Which requests are wanted; what is left out is not looked at. */
export const RequestFilter = Type.Object(
  {
    endpoint: Type.Optional(Type.String({ description: 'The endpoint; * stands for any text.' })),
    status: Type.Optional(countText('The HTTP status of the answer.')),
    rule: Type.Optional(Type.String({ description: 'The name of the rule that answered.' })),
    job: Type.Optional(countText('The id of the job that was created or polled.')),
    after: Type.Optional(countText('Only requests with a higher id.')),
    ...Paging,
  },
  CLOSED,
)
export type RequestFilter = Static<typeof RequestFilter>

/** Which requests are counted: by the conditions that rules have. */
export const RequestCount = Type.Object({ when: FixtureWhen }, CLOSED)
export type RequestCount = Static<typeof RequestCount>

/** Which requests there must have been, and how many. */
export const RequestVerify = Type.Object({ when: FixtureWhen, times: Times }, CLOSED)
export type RequestVerify = Static<typeof RequestVerify>

/** Which requests are waited for, how many, and how long. */
export const RequestWait = Type.Object(
  {
    when: FixtureWhen,
    at_least: Type.Optional(count('How many. Left out: 1.')),
    timeout: Type.Optional(duration({ description: 'How long, in real time. Left out: 5s.' })),
  },
  CLOSED,
)
export type RequestWait = Static<typeof RequestWait>

/** How many requests match, and how many may have that were dropped. */
export const RequestTally = Type.Object({
  count: count('How many match.'),
  dropped: count('Requests that the journal no longer holds.'),
})
export type RequestTally = Static<typeof RequestTally>

/** The requests that a scope received. */
export class RequestControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** The requests that a filter wants, the oldest first, and how many there are in all. */
  list(filter: RequestFilter = {}): {
    readonly requests: RequestDocument[]
    readonly total: number
    readonly dropped: number
  } {
    const entries = this.#journal.list().filter((entry) => {
      const { status = entry.status, rule = entry.rule, after = 0 } = filter
      const job = filter.job ?? String(entry.jobId)
      const same = Number(status) === entry.status && rule === entry.rule
      return same && job === String(entry.jobId) && entry.id > Number(after)
    })
    const { endpoint } = filter
    const wanted =
      endpoint === undefined
        ? entries
        : entries.filter((entry) => matchesEndpoint(endpoint, entry.endpoint))
    const requests = page(wanted, filter).map((entry) => toRequestDocument(this.#read(entry)))
    return { requests, total: wanted.length, dropped: this.#journal.dropped }
  }

  /** Forgets all requests. */
  clear(): void {
    this.#journal.clear()
  }

  /** Counts the requests that meet conditions. Throws ControlError where those are wrong. */
  count({ when }: RequestCount): RequestTally {
    return { count: this.#matching(this.#readWhen(when)).length, dropped: this.#journal.dropped }
  }

  /**
   * Makes sure of how often a request came.
   *
   * @throws ControlError where it came more or less often, or too many requests were dropped to
   *   tell, or the conditions are wrong.
   */
  verify({ when, times }: RequestVerify): RequestTally {
    const conditions = this.#readWhen(when)
    const number = this.#matching(conditions).length
    const { dropped } = this.#journal
    const tally = { count: number, dropped }
    const missed = missedTimes(number, times)
    if (missed !== undefined) {
      const nearest = number === 0 ? nearestRequest(this.#all(), conditions) : ''
      const message = `Expected ${missed} requests that match, got ${number}${nearest}`
      throw new ControlError('NOT_VERIFIED', message, { found: tally })
    }
    const isOpen = times.exactly !== undefined || times.at_most !== undefined
    if (dropped > 0 && isOpen) {
      const message = `Cannot tell whether more came: ${dropped} requests were dropped, raise journal-requests`
      throw new ControlError('NOT_VERIFIED', message, { found: tally })
    }
    return tally
  }

  /**
   * Comes back once requests that meet conditions have come: those in the journal count.
   *
   * @throws ControlError where the time is over, or the journal cannot hold so many; ScopeError
   *   where the scope is reset meanwhile.
   */
  async wait(
    { when, at_least = 1, timeout = '5s' }: RequestWait,
    signal?: AbortSignal,
  ): Promise<{ readonly count: number; readonly requests: RequestDocument[] }> {
    const conditions = this.#readWhen(when)
    const scope = this.#context.scope()
    if (at_least > scope.journal.capacity) {
      const reason = `the journal holds ${scope.journal.capacity} at most`
      throw new ControlError('WAIT_CANNOT_HOLD', `Cannot wait for ${at_least} requests: ${reason}`)
    }
    const search = new Search(scope.journal, (entry) => meets(this.#read(entry), conditions))
    const look = () => (search.look() >= at_least ? search.found : undefined)
    const found = await waitUntil(look, { scope, timeoutMs: parseDuration(timeout), signal })
    if (found) {
      const requests = found.map((entry) => toRequestDocument(this.#read(entry)))
      return { count: found.length, requests }
    }
    const number = search.found.length
    const message = `Cannot wait longer for ${at_least} requests: after ${timeout} there are ${number}`
    throw new ControlError('WAIT_TIMED_OUT', message, { found: { count: number } })
  }

  /** The requests that neither a rule nor a behaviour of the endpoint itself answered. */
  unmatched(): RequestDocument[] {
    return this.#all()
      .filter(({ entry }) => entry.unmatched)
      .map(toRequestDocument)
  }

  get #journal(): Journal {
    return this.#context.scope().journal
  }

  #read(entry: RecordedRequest['entry']): RecordedRequest {
    return { entry, asked: readRecorded(entry, this.#context) }
  }

  #all(): RecordedRequest[] {
    return this.#journal.list().map((entry) => this.#read(entry))
  }

  #matching(when: When): RecordedRequest[] {
    const matching = this.#all().filter((request) => meets(request, when))
    return when.nth === undefined ? matching : matching.slice(when.nth - 1, when.nth)
  }

  #readWhen(text: FixtureWhen): When {
    const reading = readWhen(text, this.#context.catalogue)
    if ('when' in reading) return reading.when
    throw refuseInput('BAD_FIXTURES', 'the conditions', within(['when'], reading.problems))
  }
}

/** Looks through a journal again and again, each time only at what has come since. */
class Search {
  readonly found: RecordedRequest['entry'][] = []
  readonly #journal: Journal
  readonly #matches: (entry: RecordedRequest['entry']) => boolean
  #lastId = 0

  constructor(journal: Journal, matches: (entry: RecordedRequest['entry']) => boolean) {
    this.#journal = journal
    this.#matches = matches
  }

  /** Gives how many were found in all. */
  look(): number {
    for (const entry of this.#journal.since(this.#lastId)) {
      if (this.#matches(entry)) this.found.push(entry)
    }
    this.#lastId = this.#journal.lastId
    return this.found.length
  }
}
