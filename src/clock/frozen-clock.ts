import type { Clock } from './clock.ts'

/** A clock that stands still until it is advanced. */
export class FrozenClock implements Clock {
  #nowMs: number

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  polled(): void {}

  /** Moves time on. Throws RangeError unless `ms` is a whole number of at least 0. */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new RangeError(`Cannot advance the clock by ${ms} ms: give a whole number from 0`)
    }
    this.#nowMs += ms
  }
}
