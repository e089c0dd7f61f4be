import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import type { CatalogueField } from './endpoint-catalogue.ts'

/**
 * The reading half of avro-reference.ts, written only from the Avro 1.11 specification ("Binary
 * Encoding"). Throws if bytes are missing or left over.
 */
export function readReferenceRecord(fields: readonly CatalogueField[], bytes: Buffer): AvroRecord {
  const reader = new ReferenceReader(bytes)
  const record = Object.fromEntries(fields.map(({ name, type }) => [name, reader.read(type)]))
  reader.end()
  return record
}

class ReferenceReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  read(schema: AvroSchema): AvroValue {
    if (typeof schema === 'string') return this.#primitive(schema)
    if (!('type' in schema)) return this.read(schema[Number(this.#varint())] ?? 'null')
    if (schema.type === 'array') return this.#blocks(() => this.read(schema.items))
    const entries = this.#blocks((): [string, AvroValue] => [
      this.#sized().toString('utf8'),
      this.read(schema.values),
    ])
    return Object.fromEntries(entries)
  }

  end(): void {
    const left = this.#bytes.length - this.#at
    if (left !== 0) throw new Error(`${left} bytes are left over`)
  }

  #primitive(schema: Extract<AvroSchema, string>): AvroValue {
    switch (schema) {
      case 'null':
        return null
      case 'boolean':
        return this.#take(1)[0] === 1
      case 'int':
        return Number(this.#varint())
      case 'long':
        return this.#varint()
      case 'float':
        return this.#take(4).readFloatLE()
      case 'double':
        return this.#take(8).readDoubleLE()
      case 'bytes':
        return this.#sized()
      case 'string':
        return this.#sized().toString('utf8')
    }
  }

  /** Blocks of a count and its items, until a count of 0; a size follows a negative count. */
  #blocks<Item>(readItem: () => Item): Item[] {
    const items: Item[] = []
    for (let count = this.#varint(); count !== 0n; count = this.#varint()) {
      if (count < 0n) this.#varint()
      const length = Number(count < 0n ? -count : count)
      for (let index = 0; index < length; index += 1) items.push(readItem())
    }
    return items
  }

  /** Zig-zag, seven bits a byte, the lowest bits first. */
  #varint(): bigint {
    let value = 0n
    let scale = 1n
    for (let byte = this.#byte(); ; byte = this.#byte()) {
      value += BigInt(byte % 128) * scale
      if (byte < 128) break
      scale *= 128n
    }
    return value % 2n === 0n ? value / 2n : -(value + 1n) / 2n
  }

  #sized(): Buffer {
    return this.#take(Number(this.#varint()))
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0
  }

  #take(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    if (bytes.length !== length) throw new Error(`${length} bytes are wanted at ${this.#at}`)
    this.#at += length
    return bytes
  }
}
