import { didYouMean } from '../documents/did-you-mean.ts'
import {
  describeJson,
  isJsonList,
  isJsonObject,
  type JsonValue,
  RoundedNumber,
} from '../documents/json-value.ts'
import { type JsonProblem, MAX_PROBLEMS, type Reading, unless } from '../documents/reading.ts'
import type { AvroSchema, FieldSchema, MessageSchema, ValueSchema } from './avro-schema.ts'
import { type AvroRecord, type AvroValue, createMap, startMap } from './avro-value.ts'
import { isLong } from './long-type.ts'
import { zeroValue } from './zero-value.ts'

/** The ways in which a request on the wire and a fixture's text differ. */
export interface JsonDialect {
  /** Whether a field may be left out, or be null, only where it has a default. */
  readonly absent: 'default' | 'leave out'
  /** Reads bytes, or gives undefined where the value is none. */
  readonly readBytes: (value: JsonValue) => Buffer | undefined
  /** How bytes are written, for the message that wants them. */
  readonly bytesForm: string
  /** Describes a value that is not in the expected form; by default with the value itself. */
  readonly describe?: (value: JsonValue, expected: string) => string
  /** Whether an integer may stand in quotes. */
  readonly quotedIntegers: boolean
}

/** Reads JSON as a record of the catalogue. Never throws. */
export function readRecord(
  schema: MessageSchema,
  json: { readonly value: JsonValue; readonly dialect: JsonDialect },
): Reading<AvroRecord> {
  const reader = new JsonReader(json.dialect)
  const record = reader.record(schema, json.value)
  return unless(reader.problems, record)
}

class JsonReader {
  readonly problems: JsonProblem[] = []
  readonly #dialect: JsonDialect
  readonly #path: (string | number)[] = []

  constructor(dialect: JsonDialect) {
    this.#dialect = dialect
  }

  record(schema: MessageSchema, value: JsonValue): AvroRecord {
    const record: Record<string, AvroValue> = {}
    if (!isJsonObject(value)) {
      this.#expected(`an object with the fields of ${schema.name}`, value)
      return record
    }
    const keys = Object.keys(value)
    let known = 0
    for (const field of schema.fields) {
      const isGiven = Object.hasOwn(value, field.name)
      if (isGiven) known += 1
      const read = this.#field(field, isGiven ? value[field.name] : undefined)
      if (read !== undefined) record[field.name] = read
    }
    if (known < keys.length) this.#refuseUnknown(schema, keys)
    return record
  }

  #field(field: FieldSchema<ValueSchema>, given: JsonValue | undefined): AvroValue | undefined {
    const leftOut = given === undefined || (given === null && this.#dialect.absent === 'default')
    if (!leftOut) return this.#at(field.name, field.type, given)
    // A record inside a message is complete: the response adds fields of its own record only.
    if (this.#dialect.absent === 'leave out' && this.#path.length === 0) return undefined
    if (field.default === undefined) {
      this.#report(`the field ${field.name} is missing`)
      return undefined
    }
    return this.#default(field.type, field.default)
  }

  #default(schema: ValueSchema, value: unknown): AvroValue {
    if (typeof value === 'number' && schema === 'long') return BigInt(value)
    const primitive = typeof value === 'number' || typeof value === 'boolean'
    if (primitive || (typeof value === 'string' && schema === 'string')) return value
    return zeroValue(schema)
  }

  #refuseUnknown(schema: MessageSchema, keys: readonly string[]): void {
    const known = schema.fields.map(({ name }) => name)
    for (const key of keys) {
      if (known.includes(key) || this.problems.length >= MAX_PROBLEMS) continue
      const hint = didYouMean(key, known)
      this.#path.push(key)
      this.#report(`${schema.name} has no such field${hint}`, 'key')
      this.#path.pop()
    }
  }

  #value(schema: ValueSchema, value: JsonValue): AvroValue {
    if (typeof schema === 'string') return this.#primitive(schema, value)
    if (!('type' in schema)) return this.#union(schema, value)
    switch (schema.type) {
      case 'array':
        return this.#array(schema.items, value)
      case 'map':
        return this.#map(schema.values, value)
      case 'record':
        return this.record(schema, value)
    }
  }

  #primitive(schema: Extract<ValueSchema, string>, value: JsonValue): AvroValue {
    switch (schema) {
      case 'null':
        return value === null ? null : this.#expected('null', value)
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#expected('true or false', value)
      case 'string':
        return typeof value === 'string' ? value : this.#expected('a string', value)
      case 'bytes':
        return this.#dialect.readBytes(value) ?? this.#expected(this.#dialect.bytesForm, value)
      case 'int':
        return this.#int(value)
      case 'long':
        return this.#long(value)
      case 'float':
      case 'double':
        return this.#double(value)
      case 'object':
        return isJsonObject(value) ? jsonValue(value) : this.#expected('an object', value)
    }
  }

  #int(value: JsonValue): AvroValue {
    const integer = this.#integer(value)
    const fits = integer !== undefined && BigInt.asIntN(32, integer) === integer
    return fits ? Number(integer) : this.#expected('an integer of 32 bits', value)
  }

  #long(value: JsonValue): AvroValue {
    const integer = this.#integer(value)
    const fits = integer !== undefined && isLong(integer)
    return fits ? integer : this.#expected('an integer of 64 bits', value)
  }

  #integer(value: JsonValue): bigint | undefined {
    if (typeof value === 'bigint') return value
    if (Number.isSafeInteger(value) && typeof value === 'number') return BigInt(value)
    const quoted = this.#dialect.quotedIntegers && typeof value === 'string'
    return quoted && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined
  }

  #double(value: JsonValue): AvroValue {
    const number = value instanceof RoundedNumber ? value.value : toNumber(value)
    return typeof number === 'number' && Number.isFinite(number)
      ? number
      : this.#expected('a finite number', value)
  }

  #union(branches: readonly AvroSchema[], value: JsonValue): AvroValue {
    const other = branches.find((branch) => branch !== 'null') ?? 'null'
    if (value === null && branches.includes('null')) return null
    return this.#value(other, value)
  }

  #array(items: ValueSchema, value: JsonValue): AvroValue {
    if (!Array.isArray(value)) return this.#expected('a list', value)
    return value.map((item, index) => this.#at(index, items, item))
  }

  #map(values: AvroSchema, value: JsonValue): AvroValue {
    if (!isJsonObject(value)) return this.#expected('an object', value)
    const keys = Object.keys(value)
    if (keys.length === 0) return createMap([])
    const map = startMap(keys.length)
    for (const key of keys) map[key] = this.#at(key, values, value[key] ?? null)
    return map
  }

  /** Reads a value that is inside the present one. */
  #at(key: string | number, schema: ValueSchema, value: JsonValue): AvroValue {
    this.#path.push(key)
    const read = this.#value(schema, value)
    this.#path.pop()
    return read
  }

  #expected(form: string, value: JsonValue): null {
    const { describe = describeJson } = this.#dialect
    return this.#report(`expected ${form}, got ${describe(value, form)}`)
  }

  #report(message: string, part: JsonProblem['part'] = 'value'): null {
    if (this.problems.length < MAX_PROBLEMS) {
      this.problems.push({ path: [...this.#path], part, message })
    }
    return null
  }
}

function toNumber(value: JsonValue): JsonValue {
  return typeof value === 'bigint' ? Number(value) : value
}

/** A JSON value of any form: an integer is a number, or a bigint beyond 2^53. */
function jsonValue(value: JsonValue): AvroValue {
  if (value instanceof RoundedNumber) return value.value
  if (isJsonList(value)) return value.map(jsonValue)
  if (!isJsonObject(value)) return value
  return createMap(Object.entries(value).map(([key, item]) => [key, jsonValue(item)]))
}
