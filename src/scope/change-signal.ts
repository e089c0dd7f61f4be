import { runSoon } from '../clock/time-source.ts'

/**
 * Notifies the waiters of a scope that something in it has changed. They are called after the task
 * that made the change, once for all changes of that task.
 */
export class ChangeSignal {
  readonly #listeners = new Set<() => void>()
  #isDue = false

  /** The number of listeners. */
  get size(): number {
    return this.#listeners.size
  }

  /** Calls back after every later change. Returns a function that ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Reports a change. */
  fire(): void {
    if (this.#listeners.size === 0 || this.#isDue) return
    this.#isDue = true
    runSoon(() => this.#notify())
  }

  #notify(): void {
    this.#isDue = false
    // A listener that is added from here on waits for the next change.
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) listener()
    }
  }
}
