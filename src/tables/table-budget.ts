import { ByteBudget } from '../jobs/byte-budget.ts'
import { SharedBytes } from '../jobs/shared-bytes.ts'
import type { RecordType } from './record-type.ts'
import { type StoredRow, storedRowBytes } from './stored-row.ts'
import type { TableSeed } from './table.ts'
import { TableError } from './table-error.ts'

const TABLE_BYTES = 500
const COLUMN_BYTES = 600

/** The bytes of lists of rows that never change, measured once: a reset needs them again. */
const listBytes = new WeakMap<readonly StoredRow[], number>()

/**
 * The bytes of the tables of all scopes, as an estimate. A list of rows from fixtures counts once
 * for all scopes that have it.
 */
export class TableBudget {
  readonly #budget: ByteBudget
  readonly #shared: SharedBytes

  constructor(maxBytes: number) {
    this.#budget = new ByteBudget(maxBytes)
    this.#shared = new SharedBytes(this.#budget)
  }

  /** The bytes of all tables. */
  get usedBytes(): number {
    return this.#budget.usedBytes
  }

  /** Throws TableError if tables do not fit. */
  assertSeedsFit(seeds: readonly TableSeed[]): void {
    const lists = new Set(seeds.map(({ rows }) => rows).filter((rows) => !this.#shared.holds(rows)))
    let bytes = seeds.reduce((sum, { type }) => sum + definitionBytes(type), 0)
    for (const rows of lists) bytes += rowsBytes(rows)
    this.assertFits(bytes)
  }

  /** Throws TableError if so many bytes do not fit. */
  assertFits(bytes: number): void {
    if (this.#budget.fits(bytes)) return
    const { usedBytes, maxBytes } = this.#budget
    const reason = `the tables of all scopes have ${usedBytes} of at most ${maxBytes} bytes`
    const message = `Cannot take ${bytes} bytes for tables: ${reason}, raise max-table-bytes`
    throw new TableError('TOO_MANY_TABLE_BYTES', message)
  }

  /** Counts a list of rows for one more table. */
  takeRows(rows: readonly StoredRow[]): void {
    this.#shared.take(rows, rowsBytes)
  }

  /** Counts a list of rows no more for one of the tables. */
  releaseRows(rows: readonly StoredRow[]): void {
    this.#shared.release(rows)
  }

  /** Counts what is a table's own. */
  take(bytes: number): void {
    this.#budget.take(bytes)
  }

  /** Counts what is a table's own no more. */
  release(bytes: number): void {
    this.#budget.release(bytes)
  }
}

/** An estimate of what a table without rows takes in memory. */
export function definitionBytes({ columns, schemaText }: RecordType): number {
  return TABLE_BYTES + columns.length * COLUMN_BYTES + schemaText.length
}

/** An estimate of what rows take in memory. Linear in their number when it is first asked for. */
function rowsBytes(rows: readonly StoredRow[]): number {
  const known = listBytes.get(rows)
  if (known !== undefined) return known
  const bytes = rows.reduce((sum, row) => sum + storedRowBytes(row), 0)
  listBytes.set(rows, bytes)
  return bytes
}
