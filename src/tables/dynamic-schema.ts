import type { FieldSchema, RecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import type { CellKind, Column, Row } from '../jobs/result.ts'

/** A result set in the form of endpoints with a dynamic schema, such as `/execute/sql`. */
export interface DynamicSchema {
  /** The text of `response_schema_str`. */
  readonly text: string
  /** Reads and writes the record of the columns. */
  readonly codec: RecordCodec<RecordSchema>
  /** The record of some rows: a list for each column, then their names and their types. */
  record(rows: readonly Row[]): AvroRecord
}

/** The schemas of columns that were used: a result has many pages. */
const schemas = new WeakMap<readonly Column[], DynamicSchema>()

/**
 * The schema of a result set: `column_1` to `column_n`, each a list, then `column_headers` and
 * `column_datatypes`. Java 7.2.3.15 reads the last two by their position; Java and Python's C
 * decoder take null only as the second branch of a union. Python evaluates the text as Python, in
 * which a bare `null` has no meaning.
 */
export function dynamicSchema(columns: readonly Column[]): DynamicSchema {
  const known = schemas.get(columns)
  if (known) return known
  const fields: FieldSchema[] = columns.map(({ item, nullable }, index) => ({
    name: `column_${index + 1}`,
    type: { type: 'array', items: cellSchema(item, nullable) },
  }))
  const texts: FieldSchema['type'] = { type: 'array', items: 'string' }
  fields.push({ name: 'column_headers', type: texts }, { name: 'column_datatypes', type: texts })
  const schema: RecordSchema = { type: 'record', name: 'generic_response', fields }
  const made: DynamicSchema = {
    text: JSON.stringify(schema),
    codec: new RecordCodec(schema),
    record: (rows) => toRecord(columns, rows),
  }
  schemas.set(columns, made)
  return made
}

/** The Avro type of a cell; null is the second branch. */
export function cellSchema(item: CellKind, nullable: boolean): FieldSchema['type'] {
  return nullable ? [item, 'null'] : item
}

function toRecord(columns: readonly Column[], rows: readonly Row[]): AvroRecord {
  const lists = columns.map((_, index) => {
    return [`column_${index + 1}`, rows.map((row) => row[index] ?? null)] as const
  })
  return {
    ...Object.fromEntries(lists),
    column_headers: columns.map(({ name }) => name),
    column_datatypes: columns.map(({ type }) => type),
  }
}
