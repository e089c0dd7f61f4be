import { LiveEvents } from '../page-state/live-events.ts'
import type { Store } from '../page-state/store.ts'
import { follow } from '../page-state/stream.ts'

/** The mock sends a heartbeat every 15 s: a stream that is silent for longer is dead. */
const MAX_SILENCE_MS = 40_000

/** Follows the events of the mock for as long as the page is open. */
export function connect(store: Store): Promise<void> {
  const events = new LiveEvents(store)
  return follow({
    open: async () => {
      await tokenEntered(store)
      const controller = new AbortController()
      const stream = await store.api.openEvents(controller.signal)
      return stream.pipeThrough(endsWhenSilent(controller))
    },
    onEvent: (event) => events.handle(event),
    onEnd: (error) => events.end(error),
    wait: store.pace.wait,
    isWanted: () => true,
  })
}

/** Resolves when no token is asked for. */
function tokenEntered({ tokenPrompt }: Store): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = tokenPrompt.subscribe((prompt) => {
      if (prompt !== undefined) return
      resolve()
      // The first call comes before `subscribe` has returned.
      queueMicrotask(() => unsubscribe())
    })
  })
}

function endsWhenSilent(controller: AbortController): TransformStream<Uint8Array, Uint8Array> {
  const end = () => controller.abort(new Error('the mock has sent nothing for too long'))
  let timer = setTimeout(end, MAX_SILENCE_MS)
  return new TransformStream({
    transform(piece, output) {
      clearTimeout(timer)
      timer = setTimeout(end, MAX_SILENCE_MS)
      output.enqueue(piece)
    },
    flush: () => clearTimeout(timer),
  })
}
