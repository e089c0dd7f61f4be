import type { Clock } from './clock.ts'

/** A clock that starts at another clock's time and runs faster or slower than it. */
export class ScaledClock implements Clock {
  readonly #source: Clock
  readonly #scale: number
  readonly #startMs: number

  constructor(source: Clock, scale: number) {
    this.#source = source
    this.#scale = scale
    this.#startMs = source.now()
  }

  now(): number {
    return Math.floor(this.#startMs + (this.#source.now() - this.#startMs) * this.#scale)
  }

  polled(): void {}

  wait(ms: number): Promise<void> {
    return this.#source.wait(Math.ceil(ms / this.#scale))
  }
}
