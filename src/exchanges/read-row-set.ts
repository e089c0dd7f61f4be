import { isRecordSchema, type RecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import { AvroError } from '../avro/check-bytes.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import { fieldsOf } from '../documents/field-of.ts'
import { isJsonObject, type JsonValue, RoundedNumber } from '../documents/json-value.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Cell, CellKind, Column, Row, RowSet } from '../jobs/result.ts'
import { findColumnType } from '../tables/column-type.ts'
import { DefinitionError, readType } from '../tables/read-type.ts'
import type { RecordType } from '../tables/record-type.ts'
import { rowsFormOf } from '../tables/row-endpoints.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { readJsonRecord } from '../wire/json-record.ts'
import { parseJson } from '../wire/json-text.ts'
import type { Note } from './drift.ts'

/** The maximum number of values in the columns of a result. */
const MAX_CELLS = 5_000_000

const ITEMS: readonly CellKind[] = ['int', 'long', 'float', 'double', 'string', 'bytes']

/** Reads the rows in a response; undefined if it has none, or none that columns can describe. */
export function readRowSet(
  response: JobRecord,
  { endpoint, note }: { readonly endpoint: string; readonly note: Note },
): RowSet | undefined {
  try {
    switch (rowsFormOf(endpoint)) {
      case 'columns':
        return readColumnLists(response, note)
      case 'records':
        return readRecords(String(response['type_schema']), listsOf(response, ''))
      case 'series':
        return readSeries(response)
      case 'objects':
        return readObjects(response, note)
      case 'collection':
      case undefined:
        return undefined
    }
  } catch (error) {
    const isKnown = error instanceof AvroError || error instanceof GpudbError
    /* c8 ignore next -- not about the rows: a bug of this code */
    if (!isKnown && !(error instanceof DefinitionError)) throw error
    note('response', 'the rows are not of the type that the answer names')
    return undefined
  }
}

/** Reads a record with a dynamic schema: a list for each column, their names and their types. */
function readColumnLists(response: JobRecord, note: Note): RowSet | undefined {
  const schema = parseSchema(response['response_schema_str'])
  if (schema === undefined) return undefined
  const { binary_encoded_response: bytes, json_encoded_response: text } = response
  const isBinary = Buffer.isBuffer(bytes) && bytes.length > 0
  const record = isBinary
    ? new RecordCodec(schema).decode(bytes, MAX_CELLS)
    : toRecord(parseJson(String(text), 'the rows'))
  const types = listOf(record['column_datatypes'])
  const columns = listOf(record['column_headers']).map((name, index) => {
    const field = schema.fields[index]
    return readColumn({ name: String(name), type: String(types[index]), item: field?.type, note })
  })
  if (columns.length === 0 || !columns.every((column) => column !== undefined)) return undefined
  const lists = columns.map((_, index) => listOf(record[`column_${index + 1}`]))
  const rows = lists[0]?.map((_, index): Row => {
    return columns.map((column, at) => toCell(lists[at]?.[index], column))
  })
  return rows && { columns, rows, hasTemplates: false }
}

/** The schema of columns; undefined for any other text. */
function parseSchema(text: unknown): RecordSchema | undefined {
  const value = typeof text === 'string' && text !== '' ? parseJson(text, 'the schema') : undefined
  return isRecordSchema(value) ? value : undefined
}

interface GivenColumn {
  readonly name: string
  readonly type: string
  /** The schema of its list. */
  readonly item: RecordSchema['fields'][number]['type'] | undefined
  readonly note: Note
}

function readColumn({ name, type, item: list, note }: GivenColumn): Column | undefined {
  const isList = typeof list === 'object' && !Array.isArray(list) && list.type === 'array'
  const items = isList ? list.items : undefined
  const branches: readonly unknown[] = Array.isArray(items) ? items : [items]
  const item = ITEMS.find((kind) => branches.includes(kind))
  const known = findColumnType(type)
  if (known === undefined) note('response.column_datatypes', `the type ${type} is unknown`)
  else if (known.item !== item)
    note('response.column_datatypes', `the type ${type} is sent as ${item}`)
  if (known === undefined || known.item !== item) return undefined
  return { name, ...known, nullable: branches.includes('null') }
}

/** Reads records of a table, in Avro or in JSON. */
function readRecords(schemaText: string, lists: RecordLists): RowSet | undefined {
  if (schemaText === '') return undefined
  const type = readType({ schemaText, label: '', properties: {} })
  const records = [
    ...lists.binary.map((bytes) => type.codec.decode(bytes)),
    ...lists.json.map((text) => {
      return readJsonRecord(type.codec.schema, { text, name: 'the record' }).record
    }),
  ]
  return {
    columns: type.columns,
    rows: records.map((record) => rowOf(type, record)),
    hasTemplates: false,
  }
}

type RecordLists = { readonly binary: readonly Buffer[]; readonly json: readonly string[] }

function listsOf(response: JobRecord, prefix: '' | 'list_'): RecordLists {
  const [binary = [], json = []] = ['binary', 'json'].map((form) => {
    const list = listOf(response[`${prefix}records_${form}`])
    return prefix === '' ? list : listOf(list[0])
  })
  return { binary: binary.filter(Buffer.isBuffer), json: json.map(String) }
}

/** The records of one series; of several, a rule has none. */
function readSeries(response: JobRecord): RowSet | undefined {
  const schemas = listOf(response['type_schemas'])
  return schemas.length === 1
    ? readRecords(String(schemas[0]), listsOf(response, 'list_'))
    : undefined
}

/** Reads JSON objects with the names and the types of the columns; a column may be null in all. */
function readObjects(response: JobRecord, note: Note): RowSet | undefined {
  const types = listOf(response['column_datatypes'])
  const records = listOf(response['records']).map((record) => new Map(fieldsOf(record)))
  const columns = listOf(response['column_headers']).map((header, index): Column | undefined => {
    const name = String(header)
    const known = findColumnType(String(types[index]))
    if (known === undefined)
      note('response.column_datatypes', `the type ${types[index]} is unknown`)
    return (
      known && { name, ...known, nullable: records.some((record) => record.get(name) === null) }
    )
  })
  if (columns.length === 0 || !columns.every((column) => column !== undefined)) return undefined
  const rows = records.map(
    (record): Row =>
      columns.map((column) => {
        const value = record.get(column.name)
        const isBytes = column.item === 'bytes' && typeof value === 'string'
        return isBytes ? Buffer.from(value, 'base64') : toCell(value, column)
      }),
  )
  return { columns, rows, hasTemplates: false }
}

function rowOf({ columns }: RecordType, record: AvroRecord): Row {
  return columns.map((column) => toCell(record[column.name], column))
}

/** A value of a column as a cell. In JSON, bytes are characters, and numbers have one form. */
function toCell(value: unknown, { item }: Column): Cell {
  if (typeof value === 'string') return textCell(value, item)
  if (value instanceof RoundedNumber) return value.value
  if (typeof value === 'number') return item === 'long' ? toLong(value) : value
  if (typeof value === 'bigint') return item === 'long' ? value : Number(value)
  return Buffer.isBuffer(value) ? value : null
}

function textCell(text: string, item: CellKind): Cell {
  if (item === 'bytes') return Buffer.from(text, 'latin1')
  const isNumber = item === 'double' || item === 'float'
  return isNumber && /^(?:NaN|-?Infinity)$/.test(text) ? Number(text) : text
}

function toLong(value: number): Cell {
  return Number.isSafeInteger(value) ? BigInt(value) : value
}

function toRecord(value: JsonValue): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
