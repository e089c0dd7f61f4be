import avro, { type ForSchemaOptions, type Schema } from 'avsc'
import { type AvroMap, type AvroValue, createMap, startMap } from './avro-value.ts'
import { longType } from './long-type.ts'

interface AvscMap {
  readonly type: 'map'
  readonly values: Schema
}

interface Entry {
  readonly key: string
  readonly value: AvroValue
}

/** Whether a schema that avsc is about to build is a map. */
export function isMap(schema: Schema): schema is AvscMap {
  return typeof schema === 'object' && 'type' in schema && schema.type === 'map'
}

/**
 * Avro's `map`, read as an array of key-value records, which has the same bytes. No key is lost:
 * avsc's own map assigns to a plain object, which drops `__proto__`.
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
    if (entries.length === 0) return createMap([])
    const map = startMap(entries.length)
    for (const { key, value } of entries) map[key] = value
    return map
  }

  protected override _toValue(map: AvroMap): Entry[] {
    return Object.entries(map).map(([key, value]) => ({ key, value }))
  }
}
