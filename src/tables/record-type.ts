import { createHash } from 'node:crypto'
import type { FieldSchema, RecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import type { Column, Row } from '../jobs/result.ts'
import { cellSchema } from './dynamic-schema.ts'

/** The type of the records of a table. */
export interface RecordType {
  /** The id: equal for equal types, different for different ones. */
  readonly id: string
  /** The Avro schema of a record, as in `type_schema`. */
  readonly schemaText: string
  readonly label: string
  /** The properties of each column, such as `["data", "nullable", "char16"]`. */
  readonly properties: Readonly<Record<string, readonly string[]>>
  readonly columns: readonly Column[]
  /** Reads and writes a record. */
  readonly codec: RecordCodec<RecordSchema>
}

/** The types of columns that were used. */
const types = new WeakMap<readonly Column[], RecordType>()

/** The type of records with these columns, which have different names. */
export function recordType(columns: readonly Column[]): RecordType {
  const known = types.get(columns)
  if (known) return known
  const fields: FieldSchema[] = columns.map(({ name, item, nullable }) => ({
    name,
    type: cellSchema(item, nullable),
  }))
  const schema = { type: 'record', name: 'type_name', fields } as const
  const schemaText = JSON.stringify(schema)
  const properties = Object.fromEntries(
    columns.map((column) => [column.name, propertiesOf(column)]),
  )
  const id = typeId({ schemaText, properties, label: '' })
  const codec = new RecordCodec(schema)
  const made = { id, schemaText, label: '', properties, columns, codec }
  types.set(columns, made)
  return made
}

/** The id of a type, a decimal number as of the real server: the same for the same definition. */
export function typeId(
  definition: Pick<RecordType, 'schemaText' | 'properties' | 'label'>,
): string {
  const { schemaText, properties, label } = definition
  const digest = createHash('sha256').update(JSON.stringify([schemaText, properties, label]))
  return String(digest.digest().readBigUInt64BE() >> 1n)
}

/** A row as a record with a field for each column. */
export function toRecord(columns: readonly Column[], row: Row): AvroRecord {
  return Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]))
}

function propertiesOf({ type, item, nullable }: Column): readonly string[] {
  return ['data', ...(nullable ? ['nullable'] : []), ...(type === item ? [] : [type])]
}
