import { didYouMean } from '../documents/did-you-mean.ts'
import { toCells } from '../gpudb-parts/stored-rows.ts'
import type { Column } from '../jobs/result.ts'
import type { RecordType } from '../tables/record-type.ts'
import type { RowSource } from '../tables/row-source.ts'
import type { Table } from '../tables/table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { readTable } from './get-records.ts'

/** The columns of a known table that the request names, in its order; all of them for `*`. */
export const getRecordsByColumn = readTable(
  '/get/records/bycolumn',
  (table, { column_names: names }) => pickColumns(table, names),
)

/** The same as JSON objects; the names are a text, and without any all columns are meant. */
export const getRecordsJson = readTable('/get/records/json', (table, { column_names: names }) =>
  pickColumns(table, names === '' ? [] : names.split(',')),
)

/** The columns that were last asked for of a type: the pages of a table share a schema. */
const picked = new WeakMap<
  RecordType,
  { readonly key: string; readonly columns: readonly Column[] }
>()

/** A column with its place in the rows. */
type PlacedColumn = readonly [index: number, column: Column]

function pickColumns(table: Table, list: readonly string[]): RowSource {
  const names = list.map((name) => name.trim())
  if (names.length === 0 || names.join() === '*') return table
  const places = new Map<string, PlacedColumn>(
    table.columns.map((column, index) => [column.name, [index, column]]),
  )
  const found = names.map((name) => places.get(name) ?? refuse(table, name))
  return {
    columns: shareColumns(table, found),
    type: table.type,
    count: table.count,
    slice: (from, to) =>
      table.slice(from, to).map((row) => {
        const cells = toCells(table, row)
        return found.map(([index]) => cells[index] ?? null)
      }),
  }
}

function refuse({ name: table, columns }: Table, name: string): never {
  const names = columns.map((column) => column.name)
  const reason = `it has no column ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, names)}`
  throw new GpudbError(`Cannot read the table ${table}: ${reason}`)
}

/** One list for consecutive requests with the same columns. */
function shareColumns({ type }: Table, found: readonly PlacedColumn[]): readonly Column[] {
  const key = found.map(([index]) => index).join()
  const known = picked.get(type)
  if (known?.key === key) return known.columns
  const columns = found.map(([, column]) => column)
  picked.set(type, { key, columns })
  return columns
}
