import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import type { AvroValue } from '../../src/avro/avro-value.ts'
import type { CatalogueField } from './endpoint-catalogue.ts'

/** The division of arrays and maps into blocks, which the specification leaves to the writer. */
export interface BlockLayout {
  readonly itemsPerBlock: number
  /** Whether a block has a negative count, followed by its size in bytes. */
  readonly sized: boolean
}

/** All items in one block without a size, as most encoders write. */
export const ONE_BLOCK: BlockLayout = { itemsPerBlock: Number.POSITIVE_INFINITY, sized: false }

/**
 * A second implementation of Avro binary, written only from the Avro 1.11 specification ("Binary
 * Encoding"): slow, simple, and without the library of `src/avro`.
 */
export function referenceRecord(
  fields: readonly CatalogueField[],
  record: Readonly<Record<string, AvroValue>>,
  layout: BlockLayout = ONE_BLOCK,
): Buffer {
  return Buffer.concat(
    fields.map(({ name, type }) => referenceValue(type, { value: record[name] ?? null, layout })),
  )
}

interface Item {
  readonly value: AvroValue
  readonly layout: BlockLayout
}

function referenceValue(schema: AvroSchema, { value, layout }: Item): Buffer {
  if (Array.isArray(schema)) {
    const index = schema.findIndex((branch) => (branch === 'null') === (value === null))
    const branch = schema[index] ?? wrong(schema, value)
    return Buffer.concat([varint(BigInt(index)), referenceValue(branch, { value, layout })])
  }
  if (typeof schema === 'string') return referencePrimitive(schema, value)
  if (typeof value !== 'object' || value === null) return wrong(schema, value)
  if (schema.type === 'array') {
    if (!isList(value)) return wrong(schema, value)
    return blocks(
      value.map((item) => referenceValue(schema.items, { value: item, layout })),
      layout,
    )
  }
  const entries = Object.entries(value).map(([key, entry]) =>
    Buffer.concat([
      sized(Buffer.from(key, 'utf8')),
      referenceValue(schema.values, { value: entry, layout }),
    ]),
  )
  return blocks(entries, layout)
}

function referencePrimitive(schema: Extract<AvroSchema, string>, value: AvroValue): Buffer {
  switch (schema) {
    case 'null':
      return Buffer.alloc(0)
    case 'boolean':
      return Buffer.from([Number(value)])
    case 'int':
    case 'long':
      return varint(BigInt(String(value)))
    case 'float':
      return Buffer.from(new Float32Array([Number(value)]).buffer)
    case 'double':
      return Buffer.from(new Float64Array([Number(value)]).buffer)
    case 'bytes':
      return sized(Buffer.isBuffer(value) ? value : wrong(schema, value))
    case 'string':
      return sized(Buffer.from(String(value), 'utf8'))
  }
}

/** Zig-zag, then seven bits a byte, the lowest bits first; all but the last have the top bit set. */
export function varint(value: bigint): Buffer {
  let rest = value < 0n ? -2n * value - 1n : 2n * value
  const bytes: number[] = []
  while (rest > 127n) {
    bytes.push(Number(rest % 128n) + 128)
    rest /= 128n
  }
  return Buffer.from([...bytes, Number(rest)])
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes])
}

function blocks(items: readonly Buffer[], layout: BlockLayout): Buffer {
  const written: Buffer[] = []
  for (let start = 0; start < items.length; start += layout.itemsPerBlock) {
    const block = items.slice(start, start + layout.itemsPerBlock)
    const bytes = Buffer.concat(block)
    const count = BigInt(block.length)
    if (layout.sized) written.push(varint(-count), varint(BigInt(bytes.length)), bytes)
    else written.push(varint(count), bytes)
  }
  return Buffer.concat([...written, varint(0n)])
}

function isList(value: AvroValue): value is readonly AvroValue[] {
  return Array.isArray(value)
}

function wrong(schema: AvroSchema, value: AvroValue): never {
  throw new TypeError(`${String(value)} is no ${JSON.stringify(schema)}`)
}
