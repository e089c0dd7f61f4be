/** The bytes of all copies of bodies that are being passed; without room, a body is not kept. */
export class CopyBudget {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes room for bytes. False: there is not so much. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false
    this.#bytes += bytes
    return true
  }

  /** Returns room. */
  free(bytes: number): void {
    this.#bytes -= bytes
  }
}

/** The copy of a body that is being passed. */
export class BodyCopy {
  readonly #budget: CopyBudget
  #chunks: Buffer[] = []
  #bytes = 0
  #isKept = true

  constructor(budget: CopyBudget) {
    this.#budget = budget
  }

  /** The body until now; undefined if there was no room for it. */
  get body(): Buffer | undefined {
    return this.#isKept ? Buffer.concat(this.#chunks) : undefined
  }

  add(chunk: Buffer): void {
    if (!this.#isKept) return
    if (this.#budget.take(chunk.length)) {
      this.#chunks.push(chunk)
      this.#bytes += chunk.length
    } else {
      this.drop()
      this.#isKept = false
    }
  }

  /** Gives its room back. */
  drop(): void {
    this.#budget.free(this.#bytes)
    this.#chunks = []
    this.#bytes = 0
  }
}
