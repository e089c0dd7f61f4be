import { setImmediate } from 'node:timers'

/** Resolves in the next turn of the event loop, after the callbacks of all resolved promises. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
