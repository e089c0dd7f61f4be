import type { ScopeContext } from '../control-parts/control-context.ts'
import type { Scope } from '../scope/scope.ts'
import { type RecordedRequest, readRequest } from './recorded-request.ts'
import { meetsConditionsOf, type RequestConditions } from './request-search.ts'
import type { Steps } from './steps.ts'

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
