import type { RecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../avro/avro-value.ts'

/**
 * Writes a record as JSON text: fields in record order, longs as bare integers with every digit,
 * bytes as a string with one character U+0000 to U+00FF a byte (Avro's JSON encoding), and ASCII
 * only, since the Python client 7.2.3 decodes answers as Latin-1.
 */
export function writeRecord(schema: RecordSchema, record: AvroRecord): string {
  const fields = schema.fields.map(({ name }) => `"${name}":${writeValue(record[name] ?? null)}`)
  return `{${fields.join(',')}}`
}

function writeValue(value: AvroValue): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Buffer.isBuffer(value)) return writeString(value.toString('latin1'))
  if (isList(value)) return `[${value.map(writeValue).join(',')}]`
  const entries = Object.entries(value)
  return `{${entries.map(([key, item]) => `${writeString(key)}:${writeValue(item)}`).join(',')}}`
}

function isList(value: AvroValue): value is readonly AvroValue[] {
  return Array.isArray(value)
}

/** JSON has no word for what is not finite; as Avro does since 1.12, it is written as a string. */
function writeNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

function writeString(value: string): string {
  const text = JSON.stringify(value)
  return /[\u007f-\uffff]/.test(text) ? text.replace(/[\u007f-\uffff]/g, escapeUnit) : text
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
