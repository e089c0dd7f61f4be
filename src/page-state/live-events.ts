import type { StreamEvent } from '../documents/event-parser.ts'
import { ApiError } from './api.ts'
import { CALLS } from './call.ts'
import type { ChangesDocument, HelloDocument } from './documents.ts'
import { parseJson } from './json-text.ts'
import { listNames, staleLists } from './lists.ts'
import type { Store } from './store.ts'

/** Applies the events of a stream to the store. */
export class LiveEvents {
  readonly #store: Store
  #instance: string | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** Handles an event. Unknown ones are of a later version, and ignored. */
  handle({ event, data }: StreamEvent): void {
    if (event === 'hello') this.#greet(parseJson<HelloDocument>(data))
    if (event === 'changes') this.#change(parseJson<ChangesDocument>(data))
  }

  /** The stream has ended, or did not open. */
  end(error: unknown): void {
    const store = this.#store
    if (error instanceof ApiError && error.code === 'UNAUTHORIZED') store.askToken()
    // Nothing is fetched without a token.
    if (store.tokenPrompt.peek() === undefined) store.connection.value = 'disconnected'
  }

  /** All may have changed while the page did not listen. */
  #greet({ instance, version, exists, clock }: HelloDocument): void {
    const store = this.#store
    if (this.#instance !== undefined && this.#instance !== instance) {
      store.notice.value = { kind: 'done', text: 'The mock was restarted' }
    }
    this.#instance = instance
    store.version.value = version
    store.exists.value = exists
    store.setClock(clock)
    for (const name of listNames(store.lists)) store.lists[name].invalidate()
    store.connection.value = 'live'
  }

  #change(changes: ChangesDocument): void {
    const store = this.#store
    if (changes.scope !== undefined) this.#changeScope(changes.scope)
    if (changes.clock !== undefined) store.setClock(changes.clock)
    for (const name of staleLists(changes)) store.lists[name].invalidate()
    // Reports are large: only its button makes another one.
    store.lists.report.markStale()
  }

  #changeScope(change: NonNullable<ChangesDocument['scope']>): void {
    const store = this.#store
    const { place, lists } = store
    const verb = { created: 'was created', reset: 'was reset', removed: 'was removed' }[change]
    // The notice of the button says the same, and has its command.
    if (change !== 'reset' || !isOfReset(store)) {
      store.notice.value = { kind: 'done', text: `The scope ${place.scope} ${verb}` }
    }
    store.exists.value = change !== 'removed'
    if (change === 'removed') store.setClock(null)
    for (const name of listNames(lists)) lists[name].clear()
  }
}

function isOfReset(store: Store): boolean {
  const notice = store.notice.peek()
  return notice?.kind === 'done' && notice.curl === store.curlOf(CALLS.reset())
}
