import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  RoundedNumber,
} from '../documents/json-value.ts'
import { type GivenResponse, pick, type ReadResult, thenOf } from '../exchanges/given-response.ts'
import type { AnswerParts, ResultPage } from '../exchanges/kept-answer.ts'
import { readRowSet } from '../exchanges/read-row-set.ts'
import { writeFields } from '../fixture-format/fixture-dialect.ts'
import type { FixtureThen } from '../fixture-format/fixture-format.ts'
import { writeRowSet } from '../fixture-writing/write-row-set.ts'
import { ROW_FIELDS } from '../fixtures/read-result-rows.ts'
import { sourceFields } from '../gpudb-parts/row-fields.ts'
import type { JobRecord, JobValue } from '../jobs/job.ts'
import type { Cell, Column, Row, RowSet } from '../jobs/result.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { checkFieldNames, readColumns } from '../tables/read-columns.ts'
import { readRows } from '../tables/read-rows.ts'
import { rowsFormOf } from '../tables/row-endpoints.ts'
import { type RowSource, sourceOf } from '../tables/row-source.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { parseJson } from '../wire/json-text.ts'
import { canonicalJson } from './canonical-json.ts'
import { isSameValue } from './same-value.ts'

/** Fields in which names and values are apart. */
const OPAQUE = [
  'binary_encoded_response',
  'json_encoded_response',
  'records_binary',
  'list_records_binary',
]

/** The response with secrets in its rows replaced; undefined if that cannot be done. */
export function withoutRowSecrets(result: ReadResult, redaction: Redaction): JobRecord | undefined {
  const { response, note } = result
  const set = readRowSet(response, { ...result, note: () => undefined })
  if (set === undefined) {
    const isSuspect = OPAQUE.some((name) => hasSuspect(response[name], redaction))
    if (isSuspect) note('response', 'the rows may hold a secret and are not kept')
    return isSuspect ? undefined : response
  }
  const rows = set.rows.map((row) => redactRow(row, set.columns, redaction))
  if (rows.every((row, index) => row === set.rows[index])) return response
  const fields = sourceFields(pageSource({ ...set, rows }, result), result)
  const names = Object.keys(fields).filter((name) => ROW_FIELDS.has(name))
  return { ...response, ...pick(fields, names) }
}

function hasSuspect(value: JobValue | undefined, redaction: Redaction): boolean {
  if (Buffer.isBuffer(value)) return redaction.isSuspect(value)
  if (typeof value === 'string') return redaction.isSuspect(Buffer.from(value))
  return Array.isArray(value) && value.some((item: JobValue) => hasSuspect(item, redaction))
}

/** A cell is secret by the name of its column, or by its own text. */
function redactRow(row: Row, columns: readonly Column[], redaction: Redaction): Row {
  let isSame = true
  const cells = columns.map(({ name }, index): Cell => {
    const cell = row[index] ?? null
    if (typeof cell !== 'string' && !Buffer.isBuffer(cell)) return cell
    const [shown = null] = Object.values(redaction.value({ [name]: cell }))
    if (shown !== cell) isSame = false
    return shown
  })
  return isSame ? row : cells
}

/** Writes a response as columns and rows; undefined if they do not give the same response again. */
export function writeRows(given: GivenResponse): AnswerParts | undefined {
  const set = readRowSet(given.response, given)
  if (set === undefined || !isLoadable(set, given.endpoint)) return undefined
  const page = findPage(set, given)
  const alone = differences(sourceOf(set), given)
  if (alone === undefined) {
    const text = fieldsOnly(given)
    return page && { text, page }
  }
  return { text: thenOfRows(set, alone), page }
}

/** The keys of columns, rows and other fields. */
export function thenOfRows(set: RowSet, fields: JsonObject): FixtureThen {
  const { columns, rows } = writeRowSet(set)
  return { columns: [...columns], rows: [...rows], ...thenOf(fields) }
}

/** The page that a set is of a whole, if the whole could answer like this. */
function findPage(set: RowSet, given: GivenResponse): ResultPage | undefined {
  const { request, response } = given
  const total = Number(response['total_number_of_records'] ?? -1)
  const offset = offsetOf(request)
  const isInside = offset >= 0 && offset + set.rows.length <= total
  const fields = isInside ? differences(pageSource(set, given, total), given) : undefined
  return fields && { set, offset, total, fields }
}

/** Rows as the part of a whole that the request asks for. */
function pageSource(
  set: RowSet,
  { request }: Pick<GivenResponse, 'request'>,
  total = set.rows.length + offsetOf(request),
): RowSource {
  const source = sourceOf(set)
  const offset = offsetOf(request)
  return {
    columns: set.columns,
    get type() {
      return source.type
    },
    count: total,
    slice: (from, to) => (from === offset && to - from === set.rows.length ? set.rows : []),
  }
}

/** An endpoint without an offset answers all rows. */
function offsetOf({ offset }: JobRecord): number {
  return Number(offset ?? 0)
}

/** The fields that rows do not give; undefined if a rule with rows cannot give them either. */
function differences(source: RowSource, given: GivenResponse): JsonObject | undefined {
  const { response, shown, request, catalogue, endpoint } = given
  const fields = sourceFields(source, given)
  const completed = catalogue.get(endpoint).completeResponse(fields, request)
  const other = Object.keys(response).filter(
    (name) => !isSameField(name, completed[name], response[name]),
  )
  return other.some((name) => ROW_FIELDS.has(name)) ? undefined : writeFields(pick(shown, other))
}

/** As isSameValue; JSON in a text, such as a schema, may have blanks and another order of keys. */
function isSameField(
  name: string,
  one: JobValue | undefined,
  other: JobValue | undefined,
): boolean {
  if (isSameValue(one, other)) return true
  return /json|schema/.test(name) && jsonIn(one) === jsonIn(other)
}

/** The JSON in a text, or in each text of a list, in one form. */
function jsonIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(jsonIn).join('\n')
  const text = String(value)
  try {
    return canonicalJson(plainNumbers(parseJson(text, 'the rows')))
  } catch (error) {
    /* c8 ignore next -- not about the text: a bug of this code */
    if (!(error instanceof GpudbError)) throw error
    return text
  }
}

/** Numbers have one form: JSON does not say whether one is a long. */
function plainNumbers(value: JsonValue): JsonValue {
  if (isJsonList(value)) return value.map(plainNumbers)
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof RoundedNumber) return value.value
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainNumbers(item)]))
}

/** Whether a fixture file with this set is valid, and has the same cells. */
function isLoadable(set: RowSet, endpoint: string): boolean {
  const { columns, rows } = writeRowSet(set)
  const read = readColumns(columns)
  if ('problems' in read) return false
  const isRecord = rowsFormOf(endpoint) !== 'columns'
  if (isRecord && checkFieldNames(read.value).length > 0) return false
  const cells = readRows(rows, read.value, { templates: 'filled' })
  if ('problems' in cells || cells.value.hasTemplates) return false
  return isSameValue(cells.value.rows, set.rows)
}

function fieldsOnly({ response, shown }: GivenResponse): FixtureThen {
  return thenOf(writeFields(pick(shown, Object.keys(response))))
}
