import type { ByteBudget } from './byte-budget.ts'

/** An object that several owners hold. */
interface Part {
  readonly bytes: number
  owners: number
}

/** Counts objects in a budget that several owners may hold: each one once, by its identity. */
export class SharedBytes {
  readonly #budget: ByteBudget
  readonly #parts = new Map<object, Part>()

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** Whether an object is counted already. */
  holds(object: object): boolean {
    return this.#parts.has(object)
  }

  /** Counts an object for one more owner; `measure` estimates its bytes when it is new. */
  take<Kind extends object>(object: Kind, measure: (object: Kind) => number): void {
    const known = this.#parts.get(object)
    if (known) {
      known.owners += 1
      return
    }
    const bytes = measure(object)
    this.#parts.set(object, { bytes, owners: 1 })
    this.#budget.take(bytes)
  }

  /** Ends the hold of one owner. The object is counted until the last one. */
  release(object: object): void {
    const part = this.#parts.get(object)
    /* c8 ignore next -- an owner releases only what it has taken */
    if (part === undefined) return
    part.owners -= 1
    if (part.owners > 0) return
    this.#parts.delete(object)
    this.#budget.release(part.bytes)
  }
}
