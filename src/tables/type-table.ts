import type { RecordType } from './record-type.ts'

/** The maximum number of types that are kept; the one that was not used for longest goes first. */
export const MAX_TYPES = 1000

/** The types that a scope named to clients, which then ask `/show/types` for them by their ids. */
export class TypeTable {
  readonly #types = new Map<string, RecordType>()

  /** Keeps a type. Types are equal if their ids are. */
  keep(type: RecordType): void {
    this.#types.delete(type.id)
    this.#types.set(type.id, type)
    for (const id of this.#types.keys()) {
      if (this.#types.size <= MAX_TYPES) break
      this.#types.delete(id)
    }
  }

  /** All types, the one that was not used for longest first. */
  list(): RecordType[] {
    return [...this.#types.values()]
  }

  /** The type with an id; undefined if it was never named, or long ago. */
  find(id: string): RecordType | undefined {
    return this.#types.get(id)
  }
}
