import type { RecordType } from './record-type.ts'
import { TableBudget } from './table-budget.ts'

/** The maximum number of types that are kept; the one that was not used for longest goes first. */
export const MAX_TYPES = 1000

/**
 * The types that a scope named to clients, which then ask `/show/types` for them by their ids. Types are
 * equal if their ids are.
 */
export class TypeTable {
  readonly #budget: TableBudget
  readonly #types = new Map<string, RecordType>()

  /** `budget` is that of all scopes. Default: unlimited. */
  constructor(budget = new TableBudget(Number.POSITIVE_INFINITY)) {
    this.#budget = budget
  }

  /** Keeps a type that a table or a result has. */
  keep(type: RecordType): void {
    const known = this.#types.get(type.id)
    if (known === undefined) this.#makeRoom(this.#budget.newTypeBytes(type))
    this.#use(known ?? type)
  }

  /** As keep, of a type that a client defines. Throws TableError if it does not fit, even alone. */
  add(type: RecordType): void {
    const known = this.#types.get(type.id)
    if (known === undefined) {
      const bytes = this.#budget.newTypeBytes(type)
      this.#makeRoom(bytes)
      if (!this.#budget.fits(bytes)) this.#budget.assertFits(bytes)
    }
    this.#use(known ?? type)
  }

  /** Forgets all types. */
  clear(): void {
    for (const type of this.#types.values()) this.#forget(type)
  }

  /** All types, the one that was not used for longest first. */
  list(): RecordType[] {
    return [...this.#types.values()]
  }

  /** The type with an id; undefined if it was never named, or long ago. */
  find(id: string): RecordType | undefined {
    return this.#types.get(id)
  }

  /** Moves a type behind all others. */
  #use(type: RecordType): void {
    if (!this.#types.delete(type.id)) this.#budget.takeType(type)
    this.#types.set(type.id, type)
  }

  /** Forgets the types that were not used for longest, until so many more bytes fit. */
  #makeRoom(bytes: number): void {
    for (const oldest of this.#types.values()) {
      if (this.#types.size < MAX_TYPES && this.#budget.fits(bytes)) return
      this.#forget(oldest)
    }
  }

  #forget(type: RecordType): void {
    this.#types.delete(type.id)
    this.#budget.releaseType(type)
  }
}
