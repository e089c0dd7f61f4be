/**
 * Tells those who wait in a scope that something in it has changed. They are called after the work
 * that made the change, and once for all changes that come in a row.
 */
export class ChangeSignal {
  readonly #listeners = new Set<() => void>()
  #isDue = false

  /** How many listen. */
  get size(): number {
    return this.#listeners.size
  }

  /** Calls back after every change from now on. Gives what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Says that something has changed. */
  fire(): void {
    if (this.#listeners.size === 0 || this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      // One that listens from here on waits for the next change.
      for (const listener of [...this.#listeners]) {
        if (this.#listeners.has(listener)) listener()
      }
    })
  }
}
