const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const

/** The Avro primitives; they mean what the Avro 1.11 specification says. */
export type PrimitiveSchema = (typeof PRIMITIVES)[number]

/** A list of items. */
export interface ArraySchema {
  readonly type: 'array'
  readonly items: AvroSchema
}

/** A map from strings to values. */
export interface MapSchema {
  readonly type: 'map'
  readonly values: AvroSchema
}

/** A schema that may be a branch of a union. */
export type BranchSchema = PrimitiveSchema | ArraySchema | MapSchema

/** Every schema that a field of a GPUdb record may have; an array is a union of its elements. */
export type AvroSchema = BranchSchema | BranchSchema[]

/** A field; with a documented `default`, JSON may omit it. */
export interface FieldSchema {
  readonly name: string
  readonly type: AvroSchema
  readonly default?: unknown
}

/** A record of the catalogue, such as `alter_table_response`; its fields are in wire order. */
export interface RecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly fields: FieldSchema[]
}

/** The two records of an endpoint: the content of a file under `schemas/`. */
export interface EndpointSchema {
  readonly request: RecordSchema
  readonly response: RecordSchema
}

/** Whether `value` is the content of an endpoint's file under `schemas/`. */
export function isEndpointSchema(value: unknown): value is EndpointSchema {
  return isObject(value) && isRecordSchema(value['request']) && isRecordSchema(value['response'])
}

/** Whether `value` is an Avro record schema of the kinds that GPUdb uses. */
export function isRecordSchema(value: unknown): value is RecordSchema {
  return (
    isObject(value) &&
    value['type'] === 'record' &&
    typeof value['name'] === 'string' &&
    Array.isArray(value['fields']) &&
    value['fields'].every(isFieldSchema)
  )
}

function isFieldSchema(value: unknown): value is FieldSchema {
  return isObject(value) && typeof value['name'] === 'string' && isAvroSchema(value['type'])
}

function isAvroSchema(value: unknown): value is AvroSchema {
  return Array.isArray(value) ? value.length > 0 && value.every(isBranch) : isBranch(value)
}

function isBranch(value: unknown): value is BranchSchema {
  if (!isObject(value)) return PRIMITIVES.some((primitive) => primitive === value)
  if (value['type'] === 'array') return isAvroSchema(value['items'])
  return value['type'] === 'map' && isAvroSchema(value['values'])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
