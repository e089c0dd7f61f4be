import avro from 'avsc'
import type { RecordSchema } from './avro-schema.ts'
import type { AvroRecord } from './avro-value.ts'
import { checkBytes } from './check-bytes.ts'
import { longType } from './long-type.ts'
import { isMap, MapType } from './map-type.ts'

const NO_BYTES = Buffer.alloc(0)

/** Reads and writes one record of the catalogue; its Avro type is built on first use. */
export class RecordCodec {
  readonly schema: RecordSchema
  #type: avro.Type | undefined

  constructor(schema: RecordSchema) {
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
    checkBytes(this.schema, bytes, maxValues)
    return this.#builtType().fromBuffer(asBuffer(bytes))
  }

  /** Writes a record, which must have every field. */
  encode(record: AvroRecord): Buffer {
    return this.#builtType().toBuffer(record)
  }

  /**
   * Writes a record as Avro's `bytes`, its length and itself, between other bytes; only the result
   * is allocated. The record must have every field.
   */
  encodeWithin(
    record: AvroRecord,
    { before, after }: { readonly before: Buffer; readonly after: Buffer },
  ): Buffer {
    const type = this.#builtType()
    // Without room, avsc counts the missing bytes.
    const length = -type.encode(record, NO_BYTES)
    const head = Buffer.concat([before, longType.toBuffer(BigInt(length))])
    const bytes = Buffer.concat([head], head.length + length + after.length)
    after.copy(bytes, type.encode(record, bytes, head.length))
    return bytes
  }

  #builtType(): avro.Type {
    this.#type ??= avro.Type.forSchema(withoutDefaults(this.schema), {
      registry: { long: longType },
      typeHook: (schema, options) => (isMap(schema) ? new MapType(schema, options) : undefined),
      wrapUnions: 'never',
      omitRecordMethods: true,
    })
    return this.#type
  }
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
