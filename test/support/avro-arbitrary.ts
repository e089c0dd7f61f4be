import fc from 'fast-check'
import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import type { BlockLayout } from './avro-reference.ts'
import type { CatalogueField } from './endpoint-catalogue.ts'

/** The code points of surrogates, which are no Unicode scalars. */
const SURROGATES = { first: 0xd800, count: 0x800 } as const

/** Any Unicode scalar. fast-check's own unit `binary` takes seconds to build. */
const anyScalar = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((index) => index + (index < SURROGATES.first ? 0 : SURROGATES.count))
  .map((codePoint) => String.fromCodePoint(codePoint))

/** Any string of Unicode scalars; characters that often cause errors are more frequent. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: anyScalar, maxLength: 12 }),
  fc.constantFrom('', '\u0000', '\ufeff', '\u00e4', '"\\', '\u2028', '\u{1f600}', '\u007f'),
)

const anyKey = fc.oneof(
  anyText,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '1', '0', 'length'),
)

const anyLong = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -200n, max: 200n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n),
)

/** Any division of arrays and maps into blocks, as other encoders may write them. */
export const anyLayout: fc.Arbitrary<BlockLayout> = fc.record({
  itemsPerBlock: fc.integer({ min: 1, max: 3 }),
  sized: fc.boolean(),
})

/** Any value of a type: longs in all 64 bits, floats with infinities and NaN. */
export function anyValue(schema: AvroSchema): fc.Arbitrary<AvroValue> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map(anyValue))
  if (typeof schema === 'string') return anyPrimitive(schema)
  if (schema.type === 'array') return fc.array(anyValue(schema.items), { maxLength: 4 })
  return fc
    .array(fc.tuple(anyKey, anyValue(schema.values)), { maxLength: 4 })
    .map((entries) => plainMap(entries))
}

/** Any record with these fields. */
export function anyRecord(fields: readonly CatalogueField[]): fc.Arbitrary<AvroRecord> {
  return fc.record(Object.fromEntries(fields.map(({ name, type }) => [name, anyValue(type)])))
}

function anyPrimitive(schema: Extract<AvroSchema, string>): fc.Arbitrary<AvroValue> {
  switch (schema) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'int':
      return fc.integer()
    case 'long':
      return anyLong
    case 'float':
      return fc.float()
    case 'double':
      return fc.double()
    case 'bytes':
      return fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes))
    case 'string':
      return anyText
  }
}

function plainMap(entries: readonly (readonly [string, AvroValue])[]): AvroRecord {
  const map: Record<string, AvroValue> = Object.create(null)
  for (const [key, value] of entries) map[key] = value
  return map
}

/**
 * A copy with plain objects and arrays of bytes, for comparison: avsc creates instances of classes,
 * and maps have no prototype. Unlike the form of the vectors, it keeps longs distinct from strings.
 */
export function plainValue(value: AvroValue): unknown {
  if (Buffer.isBuffer(value)) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]))
}
