/**
 * Counts the bytes of one kind of content in all scopes together, against a maximum. It only counts:
 * the owners of the content estimate its size, and remove or reject what does not fit.
 */
export class ByteBudget {
  readonly maxBytes: number
  #usedBytes = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** The bytes that are in use; more than the maximum if an owner took them without asking. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Whether so many more bytes are within the maximum. */
  fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.maxBytes
  }

  /** Counts bytes as used, whether they fit or not. */
  take(bytes: number): void {
    this.#usedBytes += bytes
  }

  /** Counts bytes as unused, which were taken before. */
  release(bytes: number): void {
    this.#usedBytes -= bytes
  }
}
