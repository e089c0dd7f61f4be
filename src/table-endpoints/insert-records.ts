import type { RecordSchema } from '../avro/avro-schema.ts'
import { AvroError, checkBytes } from '../avro/check-bytes.ts'
import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import type { RecordType } from '../tables/record-type.ts'
import { packRecords, type StoredRow } from '../tables/stored-row.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { readJsonRecord } from '../wire/json-record.ts'
import { jsonText } from '../wire/json-writer.ts'
import { readSentColumns } from './sent-columns.ts'

type InsertRecords = EndpointTypes['/insert/records']['request']

/**
 * Adds the records of a request to a known table, in their order. Differs: primary keys have no
 * effect, so no record is updated. Records for an unknown table are counted and not kept.
 *
 * @throws GpudbError that names the record if one is not of the table's type, TableError if there are
 *   too many; nothing is inserted.
 */
export const insertRecords = defineDataEndpoint(
  '/insert/records',
  (request, { scope: { tables } }) => {
    const table = tables.find(request.table_name)
    if (table === undefined) return undefined
    const rows = readRecords(request, table.type)
    tables.insert(table, rows)
    const wantsIds = request.options['return_record_ids'] === 'true'
    return {
      count_inserted: rows.length,
      count_updated: 0,
      record_ids: wantsIds ? tables.nextRecordIds(rows.length) : [],
    }
  },
)

function readRecords(request: InsertRecords, type: RecordType): readonly StoredRow[] {
  const { list_encoding: encoding } = request
  switch (encoding) {
    case 'json':
      return request.list_str.map((text, index) => {
        return checkJson(type, { text, name: `list_str[${index}]` })
      })
    case '':
    case 'binary':
      return packRecords(readAvro(request, type))
    default: {
      const shown = JSON.stringify(encoding.slice(0, 40))
      throw new GpudbError(`Cannot insert records: list_encoding ${shown} is not binary or json`)
    }
  }
}

/** The records as they came; those that omit columns are written with them, as null. */
function readAvro({ list, table_name: name, options }: InsertRecords, type: RecordType) {
  const sent = readSentColumns(options['request_schema_str'] ?? '', type)
  const { schema } = sent ?? type.codec
  for (const [index, bytes] of list.entries()) checkAvro(schema, { bytes, index, name })
  if (sent === undefined) return list
  const nulls = Object.fromEntries(type.columns.map((column) => [column.name, null]))
  return list.map((bytes) => type.codec.encode({ ...nulls, ...sent.decode(bytes) }))
}

/**
 * The JSON text of a record as it came, or as it is with the columns that it omits.
 *
 * @throws GpudbError if it is no record of the type.
 */
export function checkJson({ codec }: RecordType, text: { text: string; name: string }): string {
  const { record, isWhole } = readJsonRecord(codec.schema, text)
  return isWhole ? text.text : jsonText.record(codec.schema, record)
}

function checkAvro(
  schema: RecordSchema,
  { bytes, index, name }: { readonly bytes: Buffer; readonly index: number; readonly name: string },
): void {
  try {
    checkBytes(schema, bytes)
  } catch (cause) {
    /* c8 ignore next -- checkBytes throws nothing else */
    if (!(cause instanceof AvroError)) throw cause
    const problem = `list[${index}]: at byte ${cause.offset}, ${cause.reason}`
    throw new GpudbError(`Cannot insert records into ${name}: ${problem}`, { cause })
  }
}
