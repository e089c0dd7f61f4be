import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { assertNotEvicted } from '../control-parts/assert-not-evicted.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError } from '../control-parts/control-error.ts'
import { countFrom1 } from '../control-parts/control-kinds.ts'
import { splitSignal, type WaitSignal, waitUntil } from '../control-parts/wait-until.ts'
import { countText } from '../documents/count-text.ts'
import { CLOSED, duration } from '../documents/schema-kinds.ts'
import type { Journal } from '../scope/journal.ts'
import type { Scope } from '../scope/scope.ts'
import { describeRequests } from './describe-requests.ts'
import { type RecordedRequest, type RequestDocument, readRequest } from './recorded-request.ts'
import {
  meetsConditionsOf,
  type RequestConditions,
  RequestWhen,
  readRequestWhen,
} from './request-search.ts'
import { doInTurns, type Steps } from './steps.ts'

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

/** The requests that a wait was for, the oldest first. */
export interface RequestsFound {
  readonly count: number
  readonly requests: RequestDocument[]
}

const TO_WAIT = { action: 'wait for requests' }

/** Resolves once enough requests of a scope match conditions; rejects as RequestControl.wait does. */
export async function waitForRequests(
  options: RequestWait & WaitSignal,
  context: ScopeContext,
): Promise<RequestsFound> {
  const { signal, input } = splitSignal(options, TO_WAIT)
  const { when, at_least = 1, timeout = '5s' } = checkInput(RequestWait, input, TO_WAIT)
  const { action } = TO_WAIT
  const conditions = readRequestWhen(when, { ...context, action })
  const scope = context.scope()
  assertNotEvicted(scope, action)
  const wanted = countText(at_least, 'request')
  if (at_least > scope.journal.capacity) {
    const reason = `the journal holds ${scope.journal.capacity} at most`
    throw new ControlError('WAIT_CANNOT_HOLD', `Cannot wait for ${wanted}: ${reason}`)
  }
  const feed = RequestFeed.of(scope, context)
  const waiter = feed.join(conditions)
  try {
    await doInTurns(feed.lookBack(waiter))
    const look = () => {
      feed.update()
      return waiter.found.size >= at_least ? waiter.found : undefined
    }
    const timeoutMs = parseDuration(timeout)
    const found = await waitUntil(look, { scope, timeoutMs, signal, action })
    if (found) return describeFound(found, { journal: scope.journal, context })
  } finally {
    feed.leave(waiter)
  }
  const number = waiter.found.size
  const message = `Cannot wait longer for ${wanted}: after ${timeout}, ${number} came`
  throw new ControlError('WAIT_TIMED_OUT', message, { found: { count: number } })
}

/** Those that the journal has dropped meanwhile are counted, but not shown. */
function describeFound(
  ids: ReadonlySet<number>,
  { journal, context }: { readonly journal: Journal; readonly context: ScopeContext },
): RequestsFound {
  const sorted = [...ids].sort((left, right) => left - right)
  const entries = sorted.flatMap((id) => journal.find(id) ?? [])
  return { count: ids.size, requests: describeRequests(entries, context) }
}

/** One waiter: what it waits for, and the ids of the requests that it has found. */
export interface Waiter {
  readonly when: RequestConditions
  readonly found: Set<number>
}

/** The feeds of scopes that have had a waiter. */
const feeds = new WeakMap<Scope, RequestFeed>()

/**
 * Shows each new request of a scope to everyone who waits for requests in it: it is decoded once,
 * however many wait. A waiter holds ids, so that the journal can drop what it found.
 */
export class RequestFeed {
  readonly #scope: Scope
  readonly #context: ScopeContext
  readonly #waiters = new Set<Waiter>()
  #lastId = 0

  private constructor(scope: Scope, context: ScopeContext) {
    this.#scope = scope
    this.#context = context
  }

  /** The feed of a scope. */
  static of(scope: Scope, context: ScopeContext): RequestFeed {
    const feed = feeds.get(scope) ?? new RequestFeed(scope, context)
    feeds.set(scope, feed)
    return feed
  }

  /** Adds a waiter, who from now on sees new requests. */
  join(when: RequestConditions): Waiter {
    this.update()
    const waiter = { when, found: new Set<number>() }
    this.#waiters.add(waiter)
    return waiter
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  /** Shows a waiter the requests that came before it joined; each one to decode is a step. */
  *lookBack({ when, found }: Waiter): Steps<void> {
    const untilId = this.#lastId
    for (const entry of this.#scope.journal.since(0)) {
      if (entry.id > untilId) return
      let isDecoded = false
      const decode = () => {
        isDecoded = true
        return readRequest(entry, this.#context)
      }
      if (meetsConditionsOf(when, { entry, decode })) found.add(entry.id)
      if (isDecoded) yield
    }
  }

  /** Shows the requests that are new to all waiters. */
  update(): void {
    const { journal } = this.#scope
    const sinceId = this.#lastId
    this.#lastId = journal.lastId
    if (this.#waiters.size === 0) return
    for (const entry of journal.since(sinceId)) {
      let decoded: RecordedRequest | undefined
      const decode = () => {
        decoded ??= readRequest(entry, this.#context)
        return decoded
      }
      for (const { when, found } of this.#waiters) {
        if (meetsConditionsOf(when, { entry, decode })) found.add(entry.id)
      }
    }
  }
}
