import type { JobRecord, JobValue } from '../jobs/job.ts'
import type { Cell, RowSet } from '../jobs/result.ts'
import { dynamicSchema } from '../tables/dynamic-schema.ts'
import { type Page, pageOf } from '../tables/page.ts'
import { toRecord } from '../tables/record-type.ts'
import { rowsFormOf } from '../tables/row-endpoints.ts'
import { type RowSource, sourceOf } from '../tables/row-source.ts'
import type { StoredRow } from '../tables/stored-row.ts'
import { jsonText } from '../wire/json-writer.ts'
import type { ResultUse } from './complete-result.ts'
import { wantsGeoJson, writeFeatures } from './geo-json.ts'
import { toBinary, toCells, toJson } from './stored-rows.ts'

const NO_BYTES = Buffer.alloc(0)

type Slice = { readonly rows: readonly StoredRow[]; readonly page: Page; readonly total: bigint }

/** As `sourceFields`, of the rows of a fixture. */
export function rowFields(set: RowSet, use: ResultUse): JobRecord {
  return sourceFields(sourceOf(set), use)
}

/**
 * The fields of a response that rows define, in the form of the endpoint: the page that the request
 * asks for, in the encoding that its field `encoding` names, whatever the encoding of the call.
 */
export function sourceFields(source: RowSource, use: ResultUse): JobRecord {
  const slice = sliceOf(source, use.request)
  switch (rowsFormOf(use.endpoint)) {
    case 'records':
      return recordFields(source, { slice, use })
    case 'series':
      return seriesFields(source, { slice, use })
    case 'collection':
      return collectionFields(source, { slice, use })
    case 'objects':
      return { ...objectFields(source, slice), ...totals(slice) }
    case 'columns':
    case undefined:
      return { ...columnFields(source, { slice, use }), ...totals(slice) }
  }
}

/** The fields of rows in a record with a dynamic schema. */
function columnFields(source: RowSource, { slice, use }: SliceUse): JobRecord {
  const schema = dynamicSchema(source.columns)
  const record = schema.record(slice.rows.map((row) => toCells(source, row)))
  const isJson = wantsJson(use.request)
  return {
    response_schema_str: schema.text,
    binary_encoded_response: isJson ? NO_BYTES : schema.codec.encode(record),
    json_encoded_response: isJson ? jsonText.record(schema.codec.schema, record) : '',
    paging_table: optionOf(use.request, 'paging_table'),
  }
}

function recordFields(source: RowSource, { slice, use }: SliceUse): JobRecord {
  const type = nameType(source, use)
  const records = encodeRecords(source, { slice, use })
  return {
    type_name: type.id,
    type_schema: type.schemaText,
    ...totals(slice),
    records_binary: records.binary,
    records_json: records.json,
  }
}

/** All rows are one series. */
function seriesFields(source: RowSource, { slice, use }: SliceUse): JobRecord {
  const type = nameType(source, use)
  const { binary, json } = encodeRecords(source, { slice, use })
  return {
    table_names: [String(use.request['table_name'])],
    type_names: [type.id],
    type_schemas: [type.schemaText],
    list_records_binary: [binary],
    list_records_json: [json],
  }
}

/** The names of the types are those of the records, one for each. */
function collectionFields(source: RowSource, { slice, use }: SliceUse): JobRecord {
  const type = nameType(source, use)
  const { binary, json } = encodeRecords(source, { slice, use })
  return {
    type_names: slice.rows.map(() => type.id),
    records_binary: binary,
    records_json: json,
  }
}

/** Bytes are in base64, as JSON records have them. */
function objectFields(source: RowSource, { rows }: Slice): JobRecord {
  const { columns } = source
  return {
    column_headers: columns.map(({ name }) => name),
    column_datatypes: columns.map(({ type }) => type),
    records: rows.map((row) => toRecord(columns, toCells(source, row).map(jsonCell))),
  }
}

function jsonCell(cell: Cell): Cell {
  return Buffer.isBuffer(cell) ? cell.toString('base64') : cell
}

interface SliceUse {
  readonly slice: Slice
  readonly use: ResultUse
}

function sliceOf(source: RowSource, { offset, limit }: JobRecord): Slice {
  const page = pageOf(source.count, { offset: toLong(offset, 0n), limit: toLong(limit, -9999n) })
  return { rows: source.slice(page.from, page.to), page, total: BigInt(source.count) }
}

function totals({ page, total }: Slice): JobRecord {
  return { total_number_of_records: total, has_more_records: page.hasMore }
}

/** `/get/records/byseries` has an int where others have a long; `/aggregate/unpivot` has neither. */
function toLong(value: JobValue | undefined, missing: bigint): bigint {
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : missing
}

/** The type of the records, which the scope keeps: clients ask `/show/types` for it. */
function nameType({ type }: RowSource, { scope }: ResultUse): RowSource['type'] {
  scope.types.keep(type)
  return type
}

function encodeRecords(
  { type }: RowSource,
  { slice, use }: SliceUse,
): { readonly binary: readonly Buffer[]; readonly json: readonly string[] } {
  const isGeoJson = wantsGeoJson(use.request)
  if (!isGeoJson && !wantsJson(use.request)) {
    return { binary: slice.rows.map((row) => toBinary(type, row)), json: [] }
  }
  const json = slice.rows.map((row) => toJson(type, row))
  return { binary: [], json: isGeoJson ? [writeFeatures(json)] : json }
}

/** Whether the rows travel as JSON: the field of the request decides, not the encoding of the call. */
export function wantsJson(request: JobRecord): boolean {
  return request['encoding'] === 'json'
}

/** An option of a request; empty if it is absent. */
export function optionOf({ options }: JobRecord, name: string): JobValue {
  const isMap = typeof options === 'object' && options !== null && !Buffer.isBuffer(options)
  return (isMap && Object.hasOwn(options, name) ? Reflect.get(options, name) : undefined) ?? ''
}
