import avro, { type ForSchemaOptions, type Schema } from 'avsc'
import { type AvroMap, type AvroValue, createMap } from './avro-value.ts'
import { longType } from './long-type.ts'

interface AvscMap {
  readonly type: 'map'
  readonly values: Schema
}

interface Entry {
  readonly key: string
  readonly value: AvroValue
}

/** Tells whether a schema that avsc is about to build is a map. */
export function isMap(schema: Schema): schema is AvscMap {
  return typeof schema === 'object' && 'type' in schema && schema.type === 'map'
}

/**
 * Avro's `map`, read as an array of key-value records: the bytes are the same, and no key is lost.
 * avsc's own map assigns to a plain object, where `__proto__` vanishes.
 */
export class MapType extends avro.types.LogicalType {
  constructor(schema: AvscMap, options: ForSchemaOptions) {
    const fields = [
      { name: 'key', type: 'string' as const },
      { name: 'value', type: schema.values },
    ]
    const registry = { long: longType }
    const entry = avro.Type.forSchema(
      { type: 'record', name: 'entry', fields },
      { ...options, registry },
    )
    super({ type: 'array', items: entry }, options)
  }

  protected override _fromValue(entries: readonly Entry[]): AvroMap {
    return createMap(entries.map(({ key, value }) => [key, value]))
  }

  protected override _toValue(map: AvroMap): Entry[] {
    return Object.entries(map).map(([key, value]) => ({ key, value }))
  }
}
