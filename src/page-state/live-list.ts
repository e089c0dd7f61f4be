import { signal } from '@preact/signals'
import { ApiError } from './api.ts'

/**
 * A document that is kept up to date while it is on screen. At most one fetch of it is in flight;
 * changes during a fetch cause one more, however many they are. What is not on screen is not
 * fetched, but known to be stale.
 */
export class LiveList<Document> {
  /** Undefined before the first fetch, and when the scope does not exist. */
  readonly document = signal<Document | undefined>(undefined)
  /** Why the last fetch failed. */
  readonly error = signal<ApiError | undefined>(undefined)
  readonly isStale = signal(true)
  readonly #load: () => Promise<Document>
  #isShown = false
  #isLoading = false

  /** `load` fetches the document. */
  constructor(load: () => Promise<Document>) {
    this.#load = load
  }

  /** Says whether the document is on screen. */
  setShown(isShown: boolean): void {
    this.#isShown = isShown
    this.#refresh()
  }

  /** Says that the document has changed, or another one is wanted. */
  invalidate(): void {
    this.markStale()
    this.#refresh()
  }

  /** Says that the document has changed, without fetching it before it is next asked for. */
  markStale(): void {
    this.isStale.value = true
  }

  /** Forgets the document: it is of something that is gone. */
  clear(): void {
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
      await this.#fetch()
    }
    this.#isLoading = false
  }

  async #fetch(): Promise<void> {
    try {
      this.document.value = await this.#load()
      this.error.value = undefined
    } catch (error) {
      this.error.value = error instanceof ApiError ? error : new ApiError('DEFECT', String(error))
      if (this.error.value.code.endsWith('_NOT_FOUND')) this.document.value = undefined
    }
  }
}
