import type { RecordSchema } from '../avro/avro-schema.ts'
import type { AvroMap, AvroRecord, AvroValue } from '../avro/avro-value.ts'

/** Strings that need no escapes in JSON: printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/

const NOT_ASCII = /[\u007f-\uffff]/

/** Characters that are escaped at a time: `replace` needs a hundred bytes for each match. */
const PART_LENGTH = 2 * 1024

/** Each field name and its JSON text `"name":`, cached by record. */
const fieldKeys = new WeakMap<RecordSchema, readonly (readonly [string, string])[]>()

/** Receives JSON text piece by piece. */
interface JsonSink {
  put(piece: string): void
}

class TextSink implements JsonSink {
  text = ''

  put(piece: string): void {
    this.text += piece
  }
}

class LengthSink implements JsonSink {
  length = 0

  put(piece: string): void {
    this.length += piece.length
  }
}

class BytesSink implements JsonSink {
  readonly bytes: Buffer
  #length = 0

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length)
  }

  put(piece: string): void {
    this.#length += this.bytes.write(piece, this.#length, 'latin1')
  }
}

/** Passes JSON in ASCII on as the content of a JSON string. */
class QuotedSink implements JsonSink {
  readonly #sink: JsonSink

  constructor(sink: JsonSink) {
    this.#sink = sink
  }

  put(piece: string): void {
    this.#sink.put(piece.replace(/["\\]/g, '\\$&'))
  }
}

/**
 * Writes a record as JSON text: fields in record order, longs as bare integers with every digit,
 * bytes as a string with one character U+0000 to U+00FF a byte (Avro's JSON encoding), and ASCII
 * only, since the Python client 7.2.3 decodes answers as Latin-1.
 */
export function writeRecord(schema: RecordSchema, record: AvroRecord): string {
  const sink = new TextSink()
  putRecord(sink, { schema, record })
  return sink.text
}

/** A record of a schema. */
export interface SchemaRecord {
  readonly schema: RecordSchema
  readonly record: AvroRecord
}

/**
 * Writes a JSON text that has another one, a record, as a string between `before` and `after`. The
 * bytes are all that it needs: the record is written twice, first to know their number.
 */
export function writeNested(
  content: SchemaRecord,
  { before, after }: { readonly before: string; readonly after: string },
): Buffer {
  const put = (sink: JsonSink) => {
    sink.put(before)
    putRecord(new QuotedSink(sink), content)
    sink.put(after)
  }
  const counted = new LengthSink()
  put(counted)
  const written = new BytesSink(counted.length)
  put(written)
  return written.bytes
}

function putRecord(sink: JsonSink, { schema, record }: SchemaRecord): void {
  let before = '{'
  for (const [name, key] of keysOf(schema)) {
    sink.put(before + key)
    putValue(sink, record[name] ?? null)
    before = ','
  }
  sink.put(before === '{' ? '{}' : '}')
}

function keysOf(schema: RecordSchema): readonly (readonly [string, string])[] {
  const known = fieldKeys.get(schema)
  if (known) return known
  const keys = schema.fields.map(({ name }) => [name, `"${name}":`] as const)
  fieldKeys.set(schema, keys)
  return keys
}

function putValue(sink: JsonSink, value: AvroValue): void {
  if (typeof value === 'string') putString(sink, value)
  else if (typeof value === 'number') sink.put(writeNumber(value))
  else if (typeof value !== 'object' || value === null) sink.put(String(value))
  else if (Buffer.isBuffer(value)) putString(sink, value.toString('latin1'))
  else if (isList(value)) putList(sink, value)
  else putMap(sink, value)
}

function isList(value: AvroValue): value is readonly AvroValue[] {
  return Array.isArray(value)
}

function putList(sink: JsonSink, list: readonly AvroValue[]): void {
  let before = '['
  for (const item of list) {
    sink.put(before)
    putValue(sink, item)
    before = ','
  }
  sink.put(before === '[' ? '[]' : ']')
}

function putMap(sink: JsonSink, map: AvroMap): void {
  let before = '{'
  for (const key of Object.keys(map)) {
    sink.put(before)
    putString(sink, key)
    sink.put(':')
    putValue(sink, map[key] ?? null)
    before = ','
  }
  sink.put(before === '{' ? '{}' : '}')
}

/** JSON cannot express NaN and infinities; like Avro 1.12, this writes them as strings. */
function writeNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

function putString(sink: JsonSink, value: string): void {
  if (value.length > PART_LENGTH) putParts(sink, value)
  else sink.put(PLAIN.test(value) ? `"${value}"` : writePart(value))
}

function putParts(sink: JsonSink, value: string): void {
  sink.put('"')
  for (let at = 0; at < value.length; at += PART_LENGTH) {
    const part = value.slice(at, at + PART_LENGTH)
    sink.put(PLAIN.test(part) ? part : writePart(part).slice(1, -1))
  }
  sink.put('"')
}

/** Every unit of a character that is not ASCII has its own escape: a part may end in one. */
function writePart(value: string): string {
  const text = JSON.stringify(value)
  return NOT_ASCII.test(text) ? text.replace(/[\u007f-\uffff]/g, escapeUnit) : text
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
