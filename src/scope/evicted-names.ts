/** The maximum number of remembered names. */
export const MAX_NAMES = 100_000

/**
 * The names of evicted scopes. If there are more than can be remembered, any name may have been
 * among them.
 */
export class EvictedNames {
  readonly #maxNames: number
  readonly #names = new Set<string>()
  #hasForgotten = false

  constructor(maxNames = MAX_NAMES) {
    this.#maxNames = maxNames
  }

  add(name: string): void {
    if (this.#names.size < this.#maxNames) this.#names.add(name)
    else this.#hasForgotten ||= !this.#names.has(name)
  }

  /** Whether a scope of this name was evicted, or may have been. */
  has(name: string): boolean {
    return this.#hasForgotten || this.#names.has(name)
  }

  /** Forgets a name: a test removed or created the scope itself. */
  delete(name: string): void {
    this.#names.delete(name)
  }
}
