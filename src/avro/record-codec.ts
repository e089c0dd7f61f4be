import avro from 'avsc'
import { isRecordSchema, type MessageSchema, type RecordSchema } from './avro-schema.ts'
import type { AvroRecord } from './avro-value.ts'
import { checkBytes } from './check-bytes.ts'
import { longType } from './long-type.ts'
import { isMap, MapType } from './map-type.ts'

/** Most records fit: they are written once, and only larger ones are counted first. */
const SCRATCH = Buffer.alloc(2048)

/** Reads and writes one record of the catalogue; its Avro type is built on first use. */
export class RecordCodec<Schema extends MessageSchema = MessageSchema> {
  readonly schema: Schema
  #avro: AvroType | undefined

  constructor(schema: Schema) {
    this.schema = schema
  }

  /** The record's name, such as `alter_table_response`. */
  get name(): string {
    return this.schema.name
  }

  /**
   * Reads a bare record: no container, no schema, no length before it.
   *
   * @throws AvroError if `bytes` are not exactly one such record, or have more than `maxValues`
   *   values in lists and maps, by default a million.
   */
  decode(bytes: Uint8Array, maxValues?: number): AvroRecord {
    const { schema, type } = this.#built()
    checkBytes(schema, bytes, maxValues)
    return type.fromBuffer(asBuffer(bytes))
  }

  /** Writes a record, which must have every field. */
  encode(record: AvroRecord): Buffer {
    return this.#built().type.toBuffer(record)
  }

  /**
   * Writes a record as Avro's `bytes`, its length and itself, between other bytes; of a large one, only
   * the result is allocated. The record must have every field.
   */
  encodeWithin(
    record: AvroRecord,
    { before, after }: { readonly before: Buffer; readonly after: Buffer },
  ): Buffer {
    const { type } = this.#built()
    // Without room, avsc counts the missing bytes.
    const end = type.encode(record, SCRATCH)
    const length = end < 0 ? SCRATCH.length - end : end
    const count = lengthBytes(length)
    const start = before.length + count.length
    const bytes = Buffer.allocUnsafe(start + length + after.length)
    before.copy(bytes)
    bytes.set(count, before.length)
    if (end < 0) type.encode(record, bytes, start)
    else SCRATCH.copy(bytes, start, 0, end)
    after.copy(bytes, start + length)
    return bytes
  }

  /** Throws TypeError for a message that only JSON can carry. */
  #built(): AvroType {
    this.#avro ??= buildType(this.schema)
    return this.#avro
  }
}

interface AvroType {
  readonly schema: RecordSchema
  readonly type: avro.Type
}

function buildType(schema: MessageSchema): AvroType {
  if (!isRecordSchema(schema)) throw new TypeError(`${schema.name} has no form in Avro`)
  const type = avro.Type.forSchema(withoutDefaults(schema), {
    registry: { long: longType },
    typeHook: (inner, options) => (isMap(inner) ? new MapType(inner, options) : undefined),
    wrapUnions: 'never',
    omitRecordMethods: true,
  })
  return { schema, type }
}

/** A length as Avro writes it: a long, which is a zig-zag varint (Avro 1.11, "Binary Encoding"). */
function lengthBytes(length: number): number[] {
  const bytes = []
  let rest = 2 * length
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(0x80 + (rest % 0x80))
  bytes.push(rest)
  return bytes
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Defaults only matter for JSON, and avsc would check them against the types that replace its own.
 */
function withoutDefaults(record: RecordSchema): RecordSchema {
  return { ...record, fields: record.fields.map(({ name, type }) => ({ name, type })) }
}
