import type { Column, RowSet } from '../jobs/result.ts'
import { type RecordType, recordType } from './record-type.ts'
import type { StoredRow } from './stored-row.ts'

/** Rows of which a response returns a page: a table, or the rows of a fixture. */
export interface RowSource {
  readonly columns: readonly Column[]
  /** The type of the records; only a source whose columns can be fields has one. */
  readonly type: RecordType
  /** The number of rows. */
  readonly count: number
  /** The rows from one index to before another. */
  slice(from: number, to: number): readonly StoredRow[]
}

/** The rows of a fixture as a source. Their type is made when it is asked for. */
export function sourceOf({ columns, rows }: RowSet): RowSource {
  return {
    columns,
    get type() {
      return recordType(columns)
    },
    count: rows.length,
    slice: (from, to) => rows.slice(from, to),
  }
}
