import { writeValue } from '../fixture-format/fixture-dialect.ts'
import type { FixtureThen } from '../fixture-format/fixture-format.ts'
import type { Column, RowSet } from '../jobs/result.ts'
import { type ColumnText, isFieldName } from '../tables/read-columns.ts'

/** Writes columns and rows as the keys of a fixture. */
export function writeRowSet({
  columns,
  rows,
}: RowSet): Required<Pick<FixtureThen, 'columns' | 'rows'>> {
  return {
    columns: columns.map(writeColumn),
    rows: rows.map((row) => row.map(writeValue)),
  }
}

/** A short text, if the name can be told from the type in it. */
function writeColumn({ name, type, nullable }: Column): ColumnText {
  if (!isFieldName(name)) return { name, type, nullable }
  return `${name} ${type}${nullable ? '?' : ''}`
}
