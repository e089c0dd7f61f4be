import { isObject } from '../documents/field-of.ts'

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

/** Any JSON object. */
export const JSON_OBJECT = 'object'

/** Every schema that a field of a message may have; what Avro lacks is only in JSON messages. */
export type ValueSchema =
  | AvroSchema
  | typeof JSON_OBJECT
  | MessageSchema
  | { readonly type: 'array'; readonly items: ValueSchema }

/** A field; with a documented `default`, JSON may omit it. */
export interface FieldSchema<Type extends ValueSchema = AvroSchema> {
  readonly name: string
  readonly type: Type
  readonly default?: unknown
}

/** A record of the catalogue, such as `alter_table_response`; its fields are in wire order. */
export interface RecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly fields: FieldSchema[]
}

/** A record in Avro, or one that only JSON can carry. */
export interface MessageSchema {
  readonly type: 'record'
  readonly name: string
  readonly fields: FieldSchema<ValueSchema>[]
}

/**
 * How a request comes to one of the few endpoints that are JSON only: as the body, in the query of
 * the URL, or in the query with records as the body.
 */
export const JSON_FORMS = ['body', 'query', 'query and records'] as const
export type JsonForm = (typeof JSON_FORMS)[number]

/** The two records of an endpoint: the content of a file under `schemas/`. */
export interface EndpointSchema {
  /** Undefined for the many endpoints that take JSON and Avro in the body. */
  readonly form?: JsonForm
  readonly request: MessageSchema
  readonly response: MessageSchema
}

/** Whether `value` is the content of an endpoint's file under `schemas/`. */
export function isEndpointSchema(value: unknown): value is EndpointSchema {
  if (!isObject(value)) return false
  const { form, request, response } = value
  if (form === undefined) return isRecordSchema(request) && isRecordSchema(response)
  const isForm = JSON_FORMS.some((one) => one === form)
  return isForm && isMessageSchema(request) && isMessageSchema(response)
}

/** Whether `value` is an Avro record schema of the kinds that GPUdb uses. */
export function isRecordSchema(value: unknown): value is RecordSchema {
  return isRecordOf(value, isAvroSchema)
}

function isMessageSchema(value: unknown): value is MessageSchema {
  return isRecordOf(value, isValueSchema)
}

function isRecordOf(value: unknown, isType: (type: unknown) => boolean): boolean {
  return (
    isObject(value) &&
    value['type'] === 'record' &&
    typeof value['name'] === 'string' &&
    Array.isArray(value['fields']) &&
    value['fields'].every((field) => isField(field, isType))
  )
}

function isField(value: unknown, isType: (type: unknown) => boolean): boolean {
  return isObject(value) && typeof value['name'] === 'string' && isType(value['type'])
}

function isValueSchema(value: unknown): boolean {
  if (value === JSON_OBJECT || isAvroSchema(value) || isMessageSchema(value)) return true
  return isObject(value) && value['type'] === 'array' && isValueSchema(value['items'])
}

function isAvroSchema(value: unknown): value is AvroSchema {
  return Array.isArray(value) ? value.length > 0 && value.every(isBranch) : isBranch(value)
}

function isBranch(value: unknown): value is BranchSchema {
  if (!isObject(value)) return PRIMITIVES.some((primitive) => primitive === value)
  if (value['type'] === 'array') return isAvroSchema(value['items'])
  return value['type'] === 'map' && isAvroSchema(value['values'])
}
