import type { MessageSchema } from '../avro/avro-schema.ts'
import type { AvroMap, AvroRecord, AvroValue } from '../avro/avro-value.ts'
import { isList, PART_LENGTH, quotedJson } from './json-writer.ts'

/** A record of a schema. */
export interface SchemaRecord {
  readonly schema: MessageSchema
  readonly record: AvroRecord
}

/**
 * Writes a JSON text that has another one, a record, as a string between `before` and `after`, in
 * ASCII. The bytes are all that it allocates: the record is written twice, first to count them.
 */
export function writeNested(
  content: SchemaRecord,
  { before, after }: { readonly before: string; readonly after: string },
): Buffer {
  let length = before.length + after.length
  putRecord(content, (piece) => {
    length += piece.length
  })
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = bytes.write(before, 'latin1')
  putRecord(content, (piece) => {
    at += bytes.write(piece, at, 'latin1')
  })
  bytes.write(after, at, 'latin1')
  return bytes
}

/** Receives JSON text piece by piece, as the content of a string. */
type Put = (piece: string) => void

function putRecord({ schema, record }: SchemaRecord, put: Put): void {
  put('{')
  for (const { name, key } of quotedJson.keysOf(schema)) {
    put(key)
    putValue(record[name] ?? null, put)
  }
  put('}')
}

/** Only what may be large is written in pieces. */
function putValue(value: AvroValue, put: Put): void {
  if (typeof value === 'string') putString(value, put)
  else if (typeof value !== 'object' || value === null) put(quotedJson.value(value))
  else if (Buffer.isBuffer(value)) putString(value.toString('latin1'), put)
  else if (isList(value)) putList(value, put)
  else putMap(value, put)
}

function putList(list: readonly AvroValue[], put: Put): void {
  let before = '['
  for (const item of list) {
    put(before)
    putValue(item, put)
    before = ','
  }
  put(before === '[' ? '[]' : ']')
}

function putMap(map: AvroMap, put: Put): void {
  let before = '{'
  for (const key of Object.keys(map)) {
    put(before)
    putString(key, put)
    put(':')
    putValue(map[key] ?? null, put)
    before = ','
  }
  put(before === '{' ? '{}' : '}')
}

function putString(text: string, put: Put): void {
  if (text.length <= PART_LENGTH) {
    put(quotedJson.string(text))
    return
  }
  put(quotedJson.quote)
  for (const part of quotedJson.parts(text)) put(part)
  put(quotedJson.quote)
}
