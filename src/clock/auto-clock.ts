import type { Clock } from './clock.ts'

/** A clock that stands still, but that every poll of a job moves on: a test never waits. */
export class AutoClock implements Clock {
  readonly #stepMs: number
  #nowMs: number

  constructor(startMs: number, stepMs: number) {
    this.#nowMs = startMs
    this.#stepMs = stepMs
  }

  now(): number {
    return this.#nowMs
  }

  polled(): void {
    this.#nowMs += this.#stepMs
  }

  async wait(ms: number): Promise<void> {
    this.#nowMs += ms
  }
}
