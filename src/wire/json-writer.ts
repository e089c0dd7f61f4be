import type { MessageSchema } from '../avro/avro-schema.ts'
import type { AvroMap, AvroRecord, AvroValue } from '../avro/avro-value.ts'

/** Strings that need no escapes in JSON: printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/

const NOT_ASCII = /[\u007f-\uffff]/

/** Characters that are escaped at a time: `replace` needs a hundred bytes for each match. */
export const PART_LENGTH = 2 * 1024

/** Each field name and its JSON text `"name":`, cached by record. */
const fieldKeys = new WeakMap<MessageSchema, readonly (readonly [string, string])[]>()

/**
 * Writes a record as JSON text: fields in record order, longs as bare integers with every digit,
 * bytes as a string with one character U+0000 to U+00FF a byte (Avro's JSON encoding), and ASCII
 * only, since the Python client 7.2.3 decodes answers as Latin-1.
 */
export function writeRecord(schema: MessageSchema, record: AvroRecord): string {
  let text = '{'
  for (const [name, key] of keysOf(schema)) {
    text += (text.length > 1 ? ',' : '') + key + writeValue(record[name] ?? null)
  }
  return `${text}}`
}

/** Each field of a record and its JSON text `"name":`, in record order. */
export function keysOf(schema: MessageSchema): readonly (readonly [string, string])[] {
  const known = fieldKeys.get(schema)
  if (known) return known
  const keys = schema.fields.map(({ name }) => [name, `"${name}":`] as const)
  fieldKeys.set(schema, keys)
  return keys
}

/** Writes a value as `writeRecord` does. */
export function writeValue(value: AvroValue): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Buffer.isBuffer(value)) return writeBytes(value)
  return isList(value) ? `[${value.map(writeValue).join(',')}]` : writeMap(value)
}

/** Whether a value is a list. */
export function isList(value: AvroValue): value is readonly AvroValue[] {
  return Array.isArray(value)
}

function writeMap(map: AvroMap): string {
  let text = '{'
  for (const key of Object.keys(map)) {
    text += `${text.length > 1 ? ',' : ''}${writeString(key)}:${writeValue(map[key] ?? null)}`
  }
  return `${text}}`
}

/** JSON cannot express NaN and infinities; like Avro 1.12, this writes them as strings. */
function writeNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

/** Writes a text as a JSON string in ASCII. */
export function writeString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`
  if (value.length <= PART_LENGTH) return writePart(value)
  return `"${Array.from(escapedParts(value)).join('')}"`
}

/**
 * The content of a string in JSON, part by part. Every unit of a character that is not ASCII has its
 * own escape: a part may end in one.
 */
export function* escapedParts(value: string): Generator<string, void, undefined> {
  for (let at = 0; at < value.length; at += PART_LENGTH) {
    const part = value.slice(at, at + PART_LENGTH)
    yield PLAIN.test(part) ? part : writePart(part).slice(1, -1)
  }
}

/** A text that is JSON already, or is to be sent as if it were, in ASCII. */
export function writeRaw(text: string): string {
  return NOT_ASCII.test(text) ? text.replace(/[\u007f-\uffff]/g, escapeUnit) : text
}

/** Bytes as a string with one character U+0000 to U+00FF a byte. */
export function writeBytes(bytes: Buffer): string {
  return writeString(bytes.toString('latin1'))
}

function writePart(value: string): string {
  return writeRaw(JSON.stringify(value))
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
