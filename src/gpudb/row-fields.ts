import type { JobRecord, JobValue } from '../jobs/job.ts'
import type { Cell, Row, RowSet } from '../jobs/result.ts'
import { dynamicSchema } from '../tables/dynamic-schema.ts'
import { type Page, pageOf } from '../tables/page.ts'
import { type RecordType, recordType, toRecord } from '../tables/record-type.ts'
import { rowsFormOf } from '../tables/row-endpoints.ts'
import { writeRecord } from '../wire/json-writer.ts'
import type { ResultUse } from './complete-result.ts'
import { wantsGeoJson, writeFeatures } from './geo-json.ts'

const NO_BYTES = Buffer.alloc(0)

/** The maximum number of rows of a series, if the request has no limit of its own. */
type Slice = { readonly rows: readonly Row[]; readonly page: Page; readonly total: bigint }

/**
 * The fields of a response that rows define, in the form of the endpoint: the page that the request
 * asks for, in the encoding that its field `encoding` names, whatever the encoding of the call.
 */
export function rowFields(set: RowSet, use: ResultUse): JobRecord {
  const slice = sliceOf(set, use.request)
  switch (rowsFormOf(use.endpoint)) {
    case 'records':
      return recordFields(set, { slice, use })
    case 'series':
      return seriesFields(set, { slice, use })
    case 'collection':
      return collectionFields(set, { slice, use })
    case 'objects':
      return { ...objectFields(set, slice), ...totals(slice) }
    case 'columns':
    case undefined:
      return { ...columnFields(set, { slice, use }), ...totals(slice) }
  }
}

/** The fields of rows in a record with a dynamic schema. */
function columnFields({ columns }: RowSet, { slice, use }: SliceUse): JobRecord {
  const schema = dynamicSchema(columns)
  const record = schema.record(slice.rows)
  const isJson = wantsJson(use.request)
  return {
    response_schema_str: schema.text,
    binary_encoded_response: isJson ? NO_BYTES : schema.codec.encode(record),
    json_encoded_response: isJson ? writeRecord(schema.codec.schema, record) : '',
    paging_table: optionOf(use.request, 'paging_table'),
  }
}

function recordFields(set: RowSet, { slice, use }: SliceUse): JobRecord {
  const type = nameType(set, use)
  const records = encodeRecords(type, { slice, use })
  return {
    type_name: type.id,
    type_schema: type.schemaText,
    ...totals(slice),
    records_binary: records.binary,
    records_json: records.json,
  }
}

/** All rows are one series. */
function seriesFields(set: RowSet, { slice, use }: SliceUse): JobRecord {
  const type = nameType(set, use)
  const { binary, json } = encodeRecords(type, { slice, use })
  return {
    table_names: [String(use.request['table_name'])],
    type_names: [type.id],
    type_schemas: [type.schemaText],
    list_records_binary: [binary],
    list_records_json: [json],
  }
}

/** The names of the types are those of the records, one for each. */
function collectionFields(set: RowSet, { slice, use }: SliceUse): JobRecord {
  const type = nameType(set, use)
  const { binary, json } = encodeRecords(type, { slice, use })
  return {
    type_names: slice.rows.map(() => type.id),
    records_binary: binary,
    records_json: json,
  }
}

/** Bytes are in base64, as JSON records have them. */
function objectFields({ columns }: RowSet, { rows }: Slice): JobRecord {
  return {
    column_headers: columns.map(({ name }) => name),
    column_datatypes: columns.map(({ type }) => type),
    records: rows.map((row) => toRecord(columns, row.map(jsonCell))),
  }
}

function jsonCell(cell: Cell): Cell {
  return Buffer.isBuffer(cell) ? cell.toString('base64') : cell
}

interface SliceUse {
  readonly slice: Slice
  readonly use: ResultUse
}

function sliceOf({ rows }: RowSet, { offset, limit }: JobRecord): Slice {
  const page = pageOf(rows.length, { offset: toLong(offset, 0n), limit: toLong(limit, -9999n) })
  return { rows: rows.slice(page.from, page.to), page, total: BigInt(rows.length) }
}

function totals({ page, total }: Slice): JobRecord {
  return { total_number_of_records: total, has_more_records: page.hasMore }
}

/** `/get/records/byseries` has an int where others have a long; `/aggregate/unpivot` has neither. */
function toLong(value: JobValue | undefined, missing: bigint): bigint {
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : missing
}

/** The type of the records, which the scope keeps: clients ask `/show/types` for it. */
function nameType({ columns }: RowSet, { scope }: ResultUse): RecordType {
  const type = recordType(columns)
  scope.types.keep(type)
  return type
}

function encodeRecords(
  { columns, codec }: RecordType,
  { slice, use }: SliceUse,
): { readonly binary: readonly Buffer[]; readonly json: readonly string[] } {
  const records = slice.rows.map((row) => toRecord(columns, row))
  const isGeoJson = wantsGeoJson(use.request)
  if (!isGeoJson && !wantsJson(use.request)) {
    return { binary: records.map((record) => codec.encode(record)), json: [] }
  }
  const json = records.map((record) => writeRecord(codec.schema, record))
  return { binary: [], json: isGeoJson ? [writeFeatures(json)] : json }
}

/** Whether the rows travel as JSON: the field of the request decides, not the encoding of the call. */
export function wantsJson(request: JobRecord): boolean {
  return request['encoding'] === 'json'
}

function optionOf({ options }: JobRecord, name: string): JobValue {
  const isMap = typeof options === 'object' && options !== null && !Buffer.isBuffer(options)
  return (isMap && Object.hasOwn(options, name) ? Reflect.get(options, name) : undefined) ?? ''
}
