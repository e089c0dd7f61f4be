import type { MessageSchema, ValueSchema } from './avro-schema.ts'
import type { AvroRecord, AvroValue } from './avro-value.ts'
import { zeroValue } from './zero-value.ts'

/** A record as a request that says nothing is read: each field has its documented default, else zero. */
export function defaultRecord({ fields }: MessageSchema): AvroRecord {
  const entries = fields.map(({ name, type, default: given }) => [name, defaultValue(type, given)])
  return Object.fromEntries(entries)
}

/** The value of a field that a request omits. */
export function defaultValue(type: ValueSchema, given: unknown): AvroValue {
  if (typeof given === 'number') return type === 'long' ? BigInt(given) : given
  const isPlain = typeof given === 'boolean' || (typeof given === 'string' && type === 'string')
  return isPlain ? given : zeroValue(type)
}
