import type { MessageSchema, ValueSchema } from './avro-schema.ts'
import { type AvroRecord, type AvroValue, createMap } from './avro-value.ts'

/** Avro's zero of a type: 0, "", no bytes, no items; for a union, the zero of its first branch. */
export function zeroValue(schema: ValueSchema): AvroValue {
  if (typeof schema !== 'string') {
    if (!('type' in schema)) return zeroValue(schema[0] ?? 'null')
    if (schema.type === 'record') return zeroRecord(schema)
    return schema.type === 'array' ? [] : createMap([])
  }
  switch (schema) {
    case 'null':
      return null
    case 'boolean':
      return false
    case 'int':
    case 'float':
    case 'double':
      return 0
    case 'long':
      return 0n
    case 'bytes':
      return Buffer.alloc(0)
    case 'string':
      return ''
    case 'object':
      return createMap([])
  }
}

/** A record of zeros. */
export function zeroRecord(schema: MessageSchema): AvroRecord {
  return Object.fromEntries(schema.fields.map(({ name, type }) => [name, zeroValue(type)]))
}
