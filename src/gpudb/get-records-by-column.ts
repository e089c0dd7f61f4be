import { didYouMean } from '../documents/did-you-mean.ts'
import { isJobList, type JobRecord } from '../jobs/job.ts'
import type { Column } from '../jobs/result.ts'
import type { RecordType } from '../tables/record-type.ts'
import type { RowSource } from '../tables/row-source.ts'
import type { Table } from '../tables/table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { readTable } from './get-records.ts'
import { toCells } from './stored-rows.ts'

/** The columns of a known table that the request names, in its order; all of them for `*`. */
export const getRecordsByColumn = readTable('/get/records/bycolumn', pickColumns)

/** The columns that were last asked for of a type: the pages of a table share a schema. */
const picked = new WeakMap<
  RecordType,
  { readonly key: string; readonly columns: readonly Column[] }
>()

function pickColumns(table: Table, { column_names: list }: JobRecord): RowSource {
  const names = isJobList(list) ? list.map((name) => String(name).trim()) : []
  if (names.length === 0 || names.join() === '*') return table
  const indexes = names.map((name) => findColumn(table, name))
  const columns = columnsOf(table, indexes)
  return {
    columns,
    type: table.type,
    count: table.count,
    slice: (from, to) =>
      table.slice(from, to).map((row) => {
        const cells = toCells(table, row)
        return indexes.map((index) => cells[index] ?? null)
      }),
  }
}

function findColumn({ name: table, columns }: Table, name: string): number {
  const index = columns.findIndex((column) => column.name === name)
  if (index >= 0) return index
  const names = columns.map((column) => column.name)
  const reason = `it has no column ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, names)}`
  throw new GpudbError(`Cannot read the table ${table}: ${reason}`)
}

function columnsOf({ type }: Table, indexes: readonly number[]): readonly Column[] {
  const key = indexes.join()
  const known = picked.get(type)
  if (known?.key === key) return known.columns
  const columns = indexes.flatMap((index) => type.columns[index] ?? [])
  picked.set(type, { key, columns })
  return columns
}
