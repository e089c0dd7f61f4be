import { isJsonObject, type JsonValue } from '../documents/json-value.ts'
import { type JsonProblem, type Reading, readEach, unless } from '../documents/reading.ts'
import type { Column } from '../jobs/result.ts'
import { describeUnknownType, findColumnType } from './column-type.ts'

/** A column as it is written: `note char16?`, or its parts. */
export type ColumnText =
  | string
  | { readonly name: string; readonly type: string; readonly nullable?: boolean }

/** The maximum number of columns of a table or a result (documentation 7.2). */
export const MAX_COLUMNS = 8000

/** A name, a blank, a type; a question mark at the end means nullable. */
const COLUMN = /^(.*\S)\s+([a-z]\w*(?:\s*\([^()]*\))?)(\s*\?)?$/is

/** Whether a text is a name that a field of an Avro record may have (Avro 1.11). */
export function isFieldName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text)
}

/** Reads columns; the shape of their texts must have been checked. */
export function readColumns(texts: readonly ColumnText[]): Reading<readonly Column[]> {
  if (texts.length === 0) return refuse('there is no column, a client needs at least one')
  if (texts.length > MAX_COLUMNS) {
    return refuse(`there are ${texts.length} columns, the maximum is ${MAX_COLUMNS}`)
  }
  const { items, problems } = readEach(texts, readColumn)
  return unless(
    problems,
    items.map(([, column]) => column),
  )
}

/**
 * Finds columns that a record cannot have: two with one name, and names that Avro does not allow.
 * Results of queries may have both, records and tables may not.
 */
export function checkFieldNames(columns: readonly Column[]): JsonProblem[] {
  const seen = new Set<string>()
  return columns.flatMap(({ name }, index) => {
    const isRepeated = seen.has(name)
    seen.add(name)
    if (!isRepeated && isFieldName(name)) return []
    const message = isRepeated
      ? `there are two columns ${JSON.stringify(name)}`
      : `the column ${JSON.stringify(name)} cannot be a field: use letters, digits and '_'`
    return [{ path: [index], part: 'value' as const, message }]
  })
}

function readColumn(text: ColumnText): Reading<Column> {
  const parts = typeof text === 'string' ? splitText(text) : text
  if (parts === undefined) {
    return refuse(`expected a name and a type such as "id int", got ${JSON.stringify(text)}`)
  }
  const { name, type, nullable = false } = parts
  const known = findColumnType(type.replace(/\s+/g, ''))
  if (known === undefined) return refuse(describeUnknownType(type))
  return { value: { name, ...known, nullable } }
}

function splitText(text: string): Exclude<ColumnText, string> | undefined {
  const [, name, type, mark] = COLUMN.exec(text.trim()) ?? []
  if (name === undefined || type === undefined) return undefined
  return { name, type, nullable: mark !== undefined }
}

function refuse<Value>(message: string): Reading<Value> {
  return { problems: [{ path: [], part: 'value', message }] }
}

/** Whether a value is the text of a column. */
export function isColumnText(value: JsonValue): value is ColumnText & JsonValue {
  if (typeof value === 'string') return true
  if (!isJsonObject(value)) return false
  const { name, type, nullable, ...others } = value
  const isNullable = nullable === undefined || typeof nullable === 'boolean'
  const isNamed = typeof name === 'string' && typeof type === 'string'
  return isNamed && isNullable && Object.keys(others).length === 0
}
