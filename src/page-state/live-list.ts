import { signal } from '@preact/signals'
import { ApiError } from './api.ts'

/** The time of the machine, to spare a busy mock. */
export interface Pace {
  /** In milliseconds, such as `performance.now()`. */
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
}

/** A list rests for so many times the duration of its last fetch: long lists are fetched less often. */
const REST_FACTOR = 3

/** The longest rest, in milliseconds. */
const MAX_REST_MS = 5000

/**
 * A document that is kept up to date while it is on screen. At most one fetch of it is in flight;
 * changes during a fetch, and the rest after it, cause one more, however many they are. What is not on screen is not
 * fetched, but known to be stale.
 */
export class LiveList<Document> {
  /** Undefined before the first fetch, and when the scope does not exist. */
  readonly document = signal<Document | undefined>(undefined)
  /** Why the last fetch failed. */
  readonly error = signal<ApiError | undefined>(undefined)
  readonly isStale = signal(true)
  readonly #load: () => Promise<Document>
  readonly #pace: Pace
  #isShown = false
  #isLoading = false
  /** Counts what was wanted: a fetch that began for something else brings nothing. */
  #wanted = 0
  #endRest: () => void = () => undefined

  /** `load` fetches the document. */
  constructor(load: () => Promise<Document>, pace: Pace) {
    this.#load = load
    this.#pace = pace
  }

  /** Says whether the document is on screen. */
  setShown(isShown: boolean): void {
    this.#isShown = isShown
    this.#refresh()
  }

  /** Says that the document has changed. */
  invalidate(): void {
    this.markStale()
    this.#refresh()
  }

  /** Says that the document has changed, without fetching it before it is next asked for. */
  markStale(): void {
    this.isStale.value = true
  }

  /** Says that another document is wanted, at once: a fetch in flight brings the wrong one. */
  renew(): void {
    this.#wanted += 1
    this.#endRest()
    this.invalidate()
  }

  /** Forgets the document, also one in flight: it is of something that is gone. */
  clear(): void {
    this.#wanted += 1
    this.document.value = undefined
    this.error.value = undefined
    this.invalidate()
  }

  #refresh(): void {
    if (this.#isShown && this.isStale.peek() && !this.#isLoading) void this.#fetchAll()
  }

  async #fetchAll(): Promise<void> {
    this.#isLoading = true
    while (this.#isShown && this.isStale.peek()) {
      this.isStale.value = false
      const restEnded = new Promise<void>((resolve) => {
        this.#endRest = resolve
      })
      const startedAtMs = this.#pace.now()
      await this.#fetch()
      const tookMs = this.#pace.now() - startedAtMs
      const rest = this.#pace.wait(Math.min(tookMs * REST_FACTOR, MAX_REST_MS))
      await Promise.race([rest, restEnded])
    }
    this.#isLoading = false
  }

  async #fetch(): Promise<void> {
    const wanted = this.#wanted
    const isWanted = () => wanted === this.#wanted
    try {
      const document = await this.#load()
      if (!isWanted()) return
      this.document.value = document
      this.error.value = undefined
    } catch (error) {
      if (isWanted()) this.#fail(error)
    }
  }

  #fail(reason: unknown): void {
    const error = reason instanceof ApiError ? reason : new ApiError('DEFECT', String(reason))
    this.error.value = error
    if (error.code.endsWith('_NOT_FOUND')) this.document.value = undefined
  }
}
