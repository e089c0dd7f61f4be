import type { Column } from '../jobs/result.ts'
import type { RecordType } from './record-type.ts'
import type { RowSource } from './row-source.ts'
import type { StoredRow } from './stored-row.ts'

/** What defines a table, and the rows with which it starts. All scopes share the rows. */
export interface TableSeed {
  /** Such as `orders` or, with its schema, `sales.orders`. */
  readonly name: string
  readonly type: RecordType
  readonly rows: readonly StoredRow[]
}

/** The maximum length of the name of a table, in characters. */
export const MAX_TABLE_NAME = 500

/** A table without rows has this list. */
export const NO_ROWS: readonly StoredRow[] = []

/** A table of one scope. It shares the rows with which it started; rows that are added are its own. */
export class Table implements RowSource {
  readonly name: string
  readonly type: RecordType
  /** The bytes of what is its own, as an estimate. */
  ownBytes: number
  #first: readonly StoredRow[]
  #added: StoredRow[] = []

  constructor({ name, type, rows }: TableSeed, ownBytes: number) {
    this.name = name
    this.type = type
    this.ownBytes = ownBytes
    this.#first = rows
  }

  get columns(): readonly Column[] {
    return this.type.columns
  }

  get count(): number {
    return this.#first.length + this.#added.length
  }

  /** The rows that it shares with other scopes. */
  get sharedRows(): readonly StoredRow[] {
    return this.#first
  }

  /** The name of its schema; empty without one. */
  get schemaName(): string {
    return schemaOf(this.name)
  }

  slice(from: number, to: number): readonly StoredRow[] {
    const { length } = this.#first
    const added = this.#added.slice(Math.max(from - length, 0), Math.max(to - length, 0))
    return from < length ? [...this.#first.slice(from, to), ...added] : added
  }

  /** Adds rows after all others. */
  add(rows: readonly StoredRow[]): void {
    for (const row of rows) this.#added.push(row)
  }

  /** Removes all rows. */
  clear(): void {
    this.#first = NO_ROWS
    this.#added = []
  }
}

/** The schema in the name of a table, `sales` of `sales.orders`; empty without one. */
export function schemaOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('.'), 0))
}
