import { ByteBudget } from '../jobs/byte-budget.ts'
import { textBytes, valueBytes } from '../jobs/content-bytes.ts'
import { SharedBytes } from '../jobs/shared-bytes.ts'
import type { RecordType } from './record-type.ts'
import { type StoredRow, storedRowBytes } from './stored-row.ts'
import type { TableSeed } from './table.ts'
import { TableError } from './table-error.ts'

const TABLE_BYTES = 500
/** A type without columns, whose codec may have been used. */
const TYPE_BYTES = 2000
const COLUMN_BYTES = 600

/** The bytes of lists of rows that never change, measured once: a reset needs them again. */
const listBytes = new WeakMap<readonly StoredRow[], number>()

/**
 * The bytes of the tables, the types and the schemas of all scopes, as an estimate. A type counts once
 * for all tables and scopes that have it, and so does a list of rows from fixtures.
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
    let bytes = seeds.reduce((sum, { name }) => sum + tableBytes(name), 0)
    for (const rows of this.#newOf(seeds.map((seed) => seed.rows))) bytes += rowsBytes(rows)
    for (const type of this.#newOf(seeds.map((seed) => seed.type))) bytes += typeBytes(type)
    this.assertFits(bytes)
  }

  /** The bytes that a type needs if it is not there yet. Linear in its texts. */
  newTypeBytes(type: RecordType): number {
    return this.#shared.holds(type) ? 0 : typeBytes(type)
  }

  /** Whether so many more bytes are within the maximum; none always are. */
  fits(bytes: number): boolean {
    return bytes === 0 || this.#budget.fits(bytes)
  }

  /** Counts a type for one more table, or for one more scope that names it. */
  takeType(type: RecordType): void {
    this.#shared.take(type, typeBytes)
  }

  /** Counts a type no more for one of them. */
  releaseType(type: RecordType): void {
    this.#shared.release(type)
  }

  /** Those of some objects that are not counted yet, each once. */
  #newOf<Part extends object>(parts: readonly Part[]): Set<Part> {
    return new Set(parts.filter((part) => !this.#shared.holds(part)))
  }

  /** Throws TableError if so many bytes do not fit. */
  assertFits(bytes: number): void {
    if (this.#budget.fits(bytes)) return
    const { usedBytes, maxBytes } = this.#budget
    const reason = `the tables and types of all scopes have ${usedBytes} of at most ${maxBytes} bytes`
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

/** An estimate of what a table takes in memory, or a schema, besides its type and its rows. */
export function tableBytes(name: string): number {
  return TABLE_BYTES + textBytes(name)
}

/** An estimate of what a type takes in memory. A client chooses each of its texts. */
function typeBytes({ columns, schemaText, label, properties }: RecordType): number {
  const texts = textBytes(schemaText) + textBytes(label) + valueBytes(properties)
  return TYPE_BYTES + columns.length * COLUMN_BYTES + texts
}

/** An estimate of what rows take in memory. Linear in their number when it is first asked for. */
function rowsBytes(rows: readonly StoredRow[]): number {
  const known = listBytes.get(rows)
  if (known !== undefined) return known
  const bytes = rows.reduce((sum, row) => sum + storedRowBytes(row), 0)
  listBytes.set(rows, bytes)
  return bytes
}
