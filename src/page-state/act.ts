import { ApiError } from './api.ts'
import type { Call } from './call.ts'
import { parseJson } from './json-text.ts'
import { listNames } from './lists.ts'
import type { Store } from './store.ts'

/**
 * Makes the call of a button and reports what came of it, with the command that does the same.
 * Returns the text of the answer; undefined if the call failed.
 */
export async function act(store: Store, call: Call, done: string): Promise<string | undefined> {
  const curl = store.curlOf(call)
  const clock = store.clock.peek()
  try {
    const text = await store.api.send(call)
    // An event that came meanwhile is as new as the answer, or newer, or the next one is.
    const isKnown = store.connection.peek() === 'live' && store.clock.peek() !== clock
    if (call.path.startsWith('clock') && !isKnown) store.setClock(parseJson(text))
    store.notice.value = { kind: 'done', text: done, curl }
    refetch(store)
    return text
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'UNAUTHORIZED') store.askToken()
    store.notice.value = { kind: 'failed', text: error.message, curl }
    refetch(store)
    return undefined
  }
}

/** Does not wait for the event: the stream may be disconnected. */
function refetch({ lists }: Store): void {
  for (const name of listNames(lists)) if (name !== 'report') lists[name].invalidate()
  lists.report.markStale()
}
