import type { MessageSchema } from '../avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../avro/avro-value.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import { jsonText } from './json-writer.ts'
import { decodeMessage } from './message.ts'

/** A message inside another one: the record that has it in a field, bytes for Avro, text for JSON. */
export interface Held {
  readonly codec: RecordCodec
  readonly record: AvroRecord
  readonly name: string
}

/** No bytes. */
export const NO_BYTES = Buffer.alloc(0)

/** The bytes of a message in a field. */
export function heldBytes(value: AvroValue | undefined): Buffer {
  if (typeof value === 'string') return Buffer.from(value, charsetOf(value))
  return Buffer.isBuffer(value) ? value : NO_BYTES
}

/** The record with other bytes in the field. */
export function changed({ record, name }: Held, change: (bytes: Buffer) => Buffer): AvroRecord {
  const held = record[name]
  const bytes = change(heldBytes(held))
  return { ...record, [name]: typeof held === 'string' ? bytes.toString(charsetOf(held)) : bytes }
}

/** One byte for each character of ASCII, so that every changed byte is a character too. */
function charsetOf(text: string): 'latin1' | 'utf8' {
  return /^[\0-\x7f]*$/.test(text) ? 'latin1' : 'utf8'
}

/** Reads a record in JSON. Throws GpudbError if it is something else. */
export function decodeJson(codec: RecordCodec, bytes: Buffer): AvroRecord {
  const message = { encoding: 'json', bytes, name: 'the answer', maxBytes: bytes.length } as const
  return decodeMessage(codec, message)
}

/** Writes a record in JSON or in Avro. */
export function encodeRecord(
  codec: RecordCodec,
  { record, isJson }: { readonly record: AvroRecord; readonly isJson: boolean },
): Buffer {
  return isJson
    ? Buffer.from(jsonText.record(codec.schema, record), 'latin1')
    : codec.encode(record)
}

/** The codec of a record without some fields: the same if it has none of them. */
export function shorten(codec: RecordCodec, names: readonly string[]): RecordCodec {
  const { schema } = codec
  const fields = schema.fields.filter(({ name }) => !names.includes(name))
  if (fields.length === schema.fields.length) return codec
  const shorter: MessageSchema = { ...schema, fields }
  return new RecordCodec(shorter)
}

/** Encodes a record in Avro with another length before a field of bytes or text. */
export function withLength({ codec, record, name }: Held, length: number): Buffer {
  const isText = typeof record[name] === 'string'
  const whole = codec.encode(record)
  const empty = codec.encode({ ...record, [name]: isText ? '' : NO_BYTES })
  const one = codec.encode({ ...record, [name]: isText ? ' ' : Buffer.alloc(1) })
  // Up to the length, which is the first difference, both are the same.
  const at = empty.findIndex((byte, index) => byte !== one[index])
  const tail = empty.length - at - 1
  const held = record[name]
  const size = Buffer.byteLength(Buffer.isBuffer(held) ? held : String(held))
  return Buffer.concat([
    whole.subarray(0, at),
    LENGTHS.encode({ length: BigInt(length) }),
    whole.subarray(whole.length - tail - size),
  ])
}

/** Avro writes the length before bytes as a long. */
const LENGTHS = new RecordCodec({
  type: 'record',
  name: 'length',
  fields: [{ name: 'length', type: 'long' }],
})
