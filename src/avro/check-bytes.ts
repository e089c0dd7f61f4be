import type { AvroSchema, PrimitiveSchema, RecordSchema } from './avro-schema.ts'
import { ByteCursor, MalformedBytes } from './byte-cursor.ts'

/** Bytes that are not the expected record; the message names record, field and byte. */
export class AvroError extends Error {
  readonly code = 'AVRO_UNDECODABLE'
  /** The expected record, such as `create_job_request`. */
  readonly record: string
  /** The offset of the first wrong byte. */
  readonly offset: number
  /** What is wrong there. */
  readonly reason: string

  constructor(record: string, problem: { readonly offset: number; readonly reason: string }) {
    super(`Cannot decode ${record}: at byte ${problem.offset}, ${problem.reason}`)
    this.name = 'AvroError'
    this.record = record
    this.offset = problem.offset
    this.reason = problem.reason
  }
}

/**
 * The maximum number of values in one message; the keys of maps count too. A value can take one byte on the wire and forty in
 * memory: the body limit alone would not bound the memory of a hostile body.
 */
export const MAX_VALUES = 250_000

const SKIP: Readonly<Record<PrimitiveSchema, (cursor: ByteCursor) => void>> = {
  null: () => undefined,
  boolean: (cursor) => cursor.skipBoolean(),
  int: (cursor) => cursor.skipInt(),
  long: (cursor) => cursor.long(),
  float: (cursor) => cursor.skip(4),
  double: (cursor) => cursor.skip(8),
  bytes: (cursor) => cursor.skipBytes(),
  string: (cursor) => cursor.skipString(),
}

/**
 * Checks, before anything is allocated, that `bytes` are exactly one `record`: every count and
 * length fits the remaining bytes, every value is in range, and no byte remains.
 *
 * Layout of arrays and maps (Avro 1.11): blocks of a count and that many items, ended by a count
 * of 0; a negative count is followed by the block's size in bytes.
 *
 * @throws AvroError naming the field and the byte, also if there are more than `maxValues` values.
 */
export function checkBytes(
  record: RecordSchema,
  bytes: Uint8Array,
  maxValues: number = MAX_VALUES,
): void {
  const check = new BytesCheck(bytes, maxValues)
  for (const field of record.fields) {
    try {
      check.value(field.type)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      const reason = `in field ${field.name}: ${error.message}`
      throw new AvroError(record.name, { reason, offset: error.offset })
    }
  }
  if (check.cursor.left > 0) {
    const reason = `${check.cursor.left} bytes are left over`
    throw new AvroError(record.name, { reason, offset: check.cursor.offset })
  }
}

class BytesCheck {
  readonly cursor: ByteCursor
  readonly #maxValues: number
  #values = 0

  constructor(bytes: Uint8Array, maxValues: number) {
    this.cursor = new ByteCursor(bytes)
    this.#maxValues = maxValues
  }

  value(schema: AvroSchema): void {
    if (typeof schema === 'string') SKIP[schema](this.cursor)
    else if (!('type' in schema)) this.#union(schema)
    else if (schema.type === 'array') this.#blocks(schema.items, { keyed: false })
    else this.#blocks(schema.values, { keyed: true })
  }

  #union(branches: readonly AvroSchema[]): void {
    const index = this.cursor.long()
    const branch = branches[index]
    if (branch === undefined) {
      throw this.cursor.malformed(`branch ${index} of a union of ${branches.length} is named`)
    }
    this.value(branch)
  }

  #blocks(items: AvroSchema, kind: { readonly keyed: boolean }): void {
    for (let count = this.cursor.long(); count !== 0; count = this.cursor.long()) {
      if (count < 0) this.#blockSize()
      const size = Math.abs(count)
      this.#claim(size, { leastBytes: minBytes(items), ...kind })
      for (let index = 0; index < size; index += 1) {
        if (kind.keyed) this.cursor.skipString()
        this.value(items)
      }
    }
  }

  #blockSize(): void {
    const size = this.cursor.long()
    if (size < 0 || size > this.cursor.left) {
      throw this.cursor.malformed(`a block of ${size} bytes is claimed`)
    }
  }

  #claim(count: number, { leastBytes, keyed }: { leastBytes: number; keyed: boolean }): void {
    if (count * (leastBytes + (keyed ? 1 : 0)) > this.cursor.left) {
      throw this.cursor.malformed(`${count} items are claimed, ${this.cursor.left} bytes are left`)
    }
    this.#values += keyed ? 2 * count : count
    if (this.#values > this.#maxValues) {
      throw this.cursor.malformed(`there are more than ${this.#maxValues} values`)
    }
  }
}

/** The minimum number of bytes of a value; at least 1, so that no count is free. */
function minBytes(schema: AvroSchema): number {
  if (schema === 'double') return 8
  return schema === 'float' ? 4 : 1
}
