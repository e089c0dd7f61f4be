import { setImmediate } from 'node:timers'

/** Resolves in the next turn of the event loop: all promises that are resolved by now have run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
