import type { RecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import { AvroError, checkBytes } from '../avro/check-bytes.ts'
import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { boundedColumns, type FitForm, fitCells } from '../tables/fit-cells.ts'
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
  const { list_encoding: encoding, options } = request
  const truncates = options['truncate_strings'] === 'true'
  switch (encoding) {
    case 'json':
      return request.list_str.map((text, index) => {
        return checkJson(type, { text, name: `list_str[${index}]`, truncates })
      })
    case '':
    case 'binary':
      return packRecords(fitAvro(readAvro(request, type), { type, truncates }))
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

/** The records as they came; those with strings that are too long are written again. */
function fitAvro(
  records: readonly Buffer[],
  { type, truncates }: { readonly type: RecordType; readonly truncates: boolean },
): readonly Buffer[] {
  if (boundedColumns(type).length === 0) return records
  return records.map((bytes, index) => {
    const given = type.codec.decode(bytes)
    const record = fit(given, { type, truncates, name: `list[${index}]` })
    return record === given ? bytes : type.codec.encode(record)
  })
}

/** A record as JSON text, and how it is read. */
interface JsonRecordText extends FitForm {
  readonly text: string
  /** Says in errors what the text is. */
  readonly name: string
}

/**
 * The JSON text of a record as it came, or as it is with the columns that it omits.
 *
 * @throws GpudbError if it is no record of the type.
 */
export function checkJson(type: RecordType, { text, name, truncates }: JsonRecordText): string {
  const { schema } = type.codec
  const { record: given, isWhole } = readJsonRecord(schema, { text, name })
  const record = fit(given, { type, truncates, name })
  return isWhole && record === given ? text : jsonText.record(schema, record)
}

function fit(
  given: AvroRecord,
  { type, name, ...form }: FitForm & { readonly type: RecordType; readonly name: string },
): AvroRecord {
  const fitting = fitCells(type, given, form)
  if ('record' in fitting) return fitting.record
  throw new GpudbError(`Cannot read ${name}: ${fitting.problem}`)
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
