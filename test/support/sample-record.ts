import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import type { CatalogueField } from './endpoint-catalogue.ts'

const SAMPLES = {
  null: null,
  boolean: true,
  int: -7,
  long: 9007199254740993n,
  float: 0.5,
  double: -2.25,
  bytes: Buffer.from([0, 128, 255]),
  string: 'a"\u00e4\u2028: yes',
} as const

/** A value of each type that differs from Avro's zero. */
export function sampleOf(type: AvroSchema): AvroValue {
  if (typeof type === 'string') return SAMPLES[type]
  if (!('type' in type)) return sampleOf(type[0] ?? 'null')
  return type.type === 'array' ? [sampleOf(type.items)] : { key: sampleOf(type.values) }
}

/** A record without zeros. */
export function sampleRecord(fields: readonly CatalogueField[]): AvroRecord {
  return Object.fromEntries(fields.map(({ name, type }) => [name, sampleOf(type)]))
}
