import type { AvroRecord, AvroValue } from '../avro/avro-value.ts'
import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { RecordType } from '../tables/record-type.ts'
import { jsonText } from '../wire/json-writer.ts'
import { checkJson } from './insert-records.ts'

/**
 * Adds the JSON records of a request to a known table, as `/insert/records` does.
 *
 * @throws GpudbError that names the record if one is not of the table's type, TableError if there are
 *   too many; nothing is inserted.
 */
export const insertRecordsJson = defineDataEndpoint(
  '/insert/records/json',
  ({ table_name: name, records, options }, { scope: { tables } }) => {
    const table = tables.find(name)
    if (table === undefined) return undefined
    const truncates = options['truncate_strings'] === 'true'
    const rows = records.map((record, index) => {
      const text = jsonText.value(withBytes(record, table.type))
      return checkJson(table.type, { text, name: `records[${index}]`, truncates })
    })
    tables.insert(table, rows)
    return { count_inserted: BigInt(rows.length) }
  },
)

/** The record with its bytes, which are in base64 in this endpoint only, as they are stored. */
function withBytes(record: AvroRecord, { columns }: RecordType): AvroRecord {
  const names = columns.filter(({ item }) => item === 'bytes').map(({ name }) => name)
  if (names.length === 0) return record
  const entries = Object.entries(record).map(([name, value]): [string, AvroValue] => {
    const isBase64 = typeof value === 'string' && names.includes(name)
    return [name, isBase64 ? Buffer.from(value, 'base64') : value]
  })
  return Object.fromEntries(entries)
}
