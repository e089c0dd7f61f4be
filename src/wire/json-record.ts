import type { RecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../avro/avro-value.ts'
import { readRecord } from '../avro/json-reader.ts'
import { GpudbError } from './gpudb-error.ts'
import { parseJson } from './json-text.ts'
import { describeProblems, WIRE_DIALECT } from './message.ts'

/**
 * Reads a record of a table from JSON text. A column that may be null can be missing: it is null, and
 * `isWhole` is false. `name` says in errors what the text is.
 *
 * @throws GpudbError with each invalid field.
 */
export function readJsonRecord(
  schema: RecordSchema,
  { text, name }: { readonly text: string; readonly name: string },
): { readonly record: AvroRecord; readonly isWhole: boolean } {
  const dialect = { ...WIRE_DIALECT, absent: 'leave out' } as const
  const reading = readRecord(schema, { value: parseJson(text, name), dialect })
  if ('problems' in reading) {
    throw new GpudbError(`Cannot read ${name}: ${describeProblems(reading.problems)}`)
  }
  const given = reading.value
  const absent = schema.fields.filter((field) => !Object.hasOwn(given, field.name))
  const needed = absent.find(({ type }) => !(Array.isArray(type) && type.includes('null')))
  if (needed) throw new GpudbError(`Cannot read ${name}: the field ${needed.name} is missing`)
  const nulls = absent.map((field): [string, AvroValue] => [field.name, null])
  return { record: { ...given, ...Object.fromEntries(nulls) }, isWhole: absent.length === 0 }
}
