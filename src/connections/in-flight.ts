import { startRealTimer } from '../clock/time-source.ts'

/** Bodies and answers of at most this size are not counted: most calls pay a comparison only. */
export const SMALL_BYTES = 64 * 1024

/** The message about an answer for which `hasRoom` is false. */
export const NO_ROOM =
  'Cannot keep the answer: too many large answers wait for their time or their readers, raise max-body-bytes'

/** Answers that are being sent may have this many times the limit: most are read at once. */
const SENDING_FACTOR = 2

/** The response of a request that holds bytes; Node's ServerResponse. */
export interface Holder {
  once(event: 'close', listener: () => void): unknown
  destroy(): unknown
}

/** The limits of the bytes in flight. */
export interface InFlightOptions {
  /** The maximum of all counted bodies and answers together, in bytes. */
  readonly maxBytes: number
  /** How long a client may take to read a counted answer, in ms of real time; 0 for any time. */
  readonly sendTimeoutMs: number
}

/** A body that waits until there is room. */
interface Arrival {
  readonly bytes: number
  readonly start: () => void
}

/** The bytes that one request holds. */
interface Share {
  readonly bytes: number
  readonly isBody: boolean
}

/**
 * Bounds the memory of large bodies that are received and of large answers that are not yet sent,
 * over all connections. A body waits for room in order of arrival; if no other body is being
 * received, it starts in any case, so that unread answers do not stop the uploads. The next
 * bodies wait for a large answer; one for which there is no room is replaced by an error.
 */
export class InFlight {
  readonly #options: InFlightOptions
  readonly #shares = new Map<Holder, Share>()
  readonly #waiting = new Map<Holder, Arrival>()
  readonly #known = new WeakSet<Holder>()
  #bytes = 0
  #bodies = 0
  #answerBytes = 0

  constructor(options: InFlightOptions) {
    this.#options = options
  }

  /** The counted bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** The number of bodies that wait for room. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Whether nothing is counted and nothing waits. */
  get isEmpty(): boolean {
    return this.#shares.size === 0 && this.#waiting.size === 0
  }

  /** Calls `start` when there is room for a body; never if its connection closes before that. */
  admit(holder: Holder, arrival: Arrival): void {
    this.#watch(holder)
    this.#waiting.set(holder, arrival)
    this.#startNext()
  }

  /** Gives the place of a waiting body up: it will not be read. */
  withdraw(holder: Holder): void {
    this.#waiting.delete(holder)
  }

  /** Replaces the bytes of a body, whose length was not known, by its length. */
  resize(holder: Holder, bytes: number): void {
    if (this.#shares.has(holder)) this.#set(holder, { bytes, isBody: true })
    this.#startNext()
  }

  /**
   * Whether there is room for an answer of so many bytes, besides those that wait for their time or
   * for their readers. A delayed one must be within the limit together with them, another one within
   * SENDING_FACTOR times the limit; there is always room for one.
   */
  hasRoom({ bytes, delayMs }: { readonly bytes: number; readonly delayMs: number }): boolean {
    if (bytes <= SMALL_BYTES || this.#answerBytes === 0) return true
    const factor = delayMs === 0 ? SENDING_FACTOR : 1
    return this.#answerBytes + bytes <= factor * this.#options.maxBytes
  }

  /** Replaces the body of a request, which was handled, by its answer of so many bytes. */
  answered(holder: Holder, bytes: number): void {
    this.#drop(holder)
    if (bytes > SMALL_BYTES) {
      this.#watch(holder)
      this.#set(holder, { bytes, isBody: false })
    }
    this.#startNext()
  }

  /** Closes the connection of an answer that the client does not read in time. */
  sending(holder: Holder): void {
    const { sendTimeoutMs } = this.#options
    if (sendTimeoutMs === 0) return
    holder.once(
      'close',
      startRealTimer(sendTimeoutMs, () => void holder.destroy()),
    )
  }

  #watch(holder: Holder): void {
    if (this.#known.has(holder)) return
    this.#known.add(holder)
    holder.once('close', () => {
      this.#waiting.delete(holder)
      this.#drop(holder)
      this.#startNext()
    })
  }

  #startNext(): void {
    for (const [holder, { bytes, start }] of this.#waiting) {
      if (this.#bodies > 0 && this.#bytes + bytes > this.#options.maxBytes) return
      this.#waiting.delete(holder)
      this.#set(holder, { bytes, isBody: true })
      start()
    }
  }

  #set(holder: Holder, share: Share): void {
    this.#drop(holder)
    this.#shares.set(holder, share)
    this.#bytes += share.bytes
    if (share.isBody) this.#bodies += 1
    else this.#answerBytes += share.bytes
  }

  #drop(holder: Holder): void {
    const share = this.#shares.get(holder)
    if (share === undefined) return
    this.#shares.delete(holder)
    this.#bytes -= share.bytes
    if (share.isBody) this.#bodies -= 1
    else this.#answerBytes -= share.bytes
  }
}
