import type { Clock } from './clock.ts'

interface Waiting {
  readonly dueMs: number
  readonly resolve: () => void
}

/** A clock that stands still until it is advanced. */
export class FrozenClock implements Clock {
  #nowMs: number
  #waiting: readonly Waiting[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  polled(): void {}

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0) return resolve()
      this.#waiting = [...this.#waiting, { dueMs: this.#nowMs + ms, resolve }]
    })
  }

  /** Moves time on, and lets those who wait go on in the order of their time. Throws RangeError unless `ms` is a whole number of at least 0. */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new RangeError(`Cannot advance the clock by ${ms} ms: give a whole number from 0`)
    }
    this.#nowMs += ms
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= this.#nowMs)
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > this.#nowMs)
    for (const { resolve } of due.sort((left, right) => left.dueMs - right.dueMs)) resolve()
  }
}
