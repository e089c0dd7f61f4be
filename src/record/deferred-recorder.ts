import type { TimeSource } from '../clock/time-source.ts'
import type { Exchange } from '../exchanges/exchange.ts'
import type { Recorder } from './passage.ts'

/** Smaller exchanges are recorded in a few milliseconds. */
const LARGE_BYTES = 512 * 1024

/** The maximum bytes that wait; beyond that, the oldest exchanges are recorded at once. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024

/** How long no call must pass until a large exchange is recorded, in ms. */
const IDLE_MS = 1000

/** What a deferred recorder needs. */
export interface DeferredRecorderOptions {
  readonly recorder: Recorder
  readonly time: TimeSource
  readonly calls: { readonly inFlight: number }
}

/**
 * Records large exchanges, which takes seconds, when no calls pass: those would wait. Exchanges
 * after a large one wait behind it, so that all are recorded in their order.
 */
export class DeferredRecorder implements Recorder {
  readonly #options: DeferredRecorderOptions
  readonly #waiting: Exchange[] = []
  #bytes = 0
  #cancel: () => void = () => undefined

  constructor(options: DeferredRecorderOptions) {
    this.#options = options
  }

  add(exchange: Exchange): void {
    if (this.#waiting.length === 0 && !isLarge(exchange)) {
      this.#options.recorder.add(exchange)
      return
    }
    this.#waiting.push(exchange)
    this.#bytes += bytesOf(exchange)
    while (this.#bytes > MAX_WAITING_BYTES) this.#record(1)
    this.postpone()
  }

  /** A call passes: what is waiting goes on to. */
  postpone(): void {
    this.#cancel()
    if (this.#waiting.length === 0) return
    this.#cancel = this.#options.time.startTimer(IDLE_MS, () => this.#recordOne())
  }

  /** Records everything that waits. */
  flush(): void {
    this.#cancel()
    this.#record(this.#waiting.length)
  }

  /** Records a large exchange, and the small ones behind it. */
  #recordOne(): void {
    if (this.#options.calls.inFlight === 0) {
      const next = this.#waiting.slice(1).findIndex(isLarge)
      this.#record(next < 0 ? this.#waiting.length : next + 1)
    }
    this.postpone()
  }

  /** Records the first ones. */
  #record(count: number): void {
    for (const exchange of this.#waiting.splice(0, count)) {
      this.#bytes -= bytesOf(exchange)
      this.#options.recorder.add(exchange)
    }
  }
}

function isLarge(exchange: Exchange): boolean {
  return bytesOf(exchange) >= LARGE_BYTES
}

function bytesOf({ request, answer }: Exchange): number {
  return request.length + answer.length
}
