import { clearInterval, setInterval } from 'node:timers'

/** Keeps the process alive until the end of a test; the timers of the product do not. */
export function stayAlive(test: { teardown(handler: () => void): void }): void {
  const alive = setInterval(() => {}, 1000)
  test.teardown(() => clearInterval(alive))
}
