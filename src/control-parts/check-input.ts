import type { Static, TSchema } from '@sinclair/typebox'
import { checkShape } from '../documents/check-shape.ts'
import { type JsonValue, MAX_NESTING, RoundedNumber, TOO_DEEP } from '../documents/json-value.ts'
import { type JsonPath, setOwn } from '../documents/reading.ts'
import { type InputUse, refuseInput } from './control-error.ts'

/**
 * Checks the input of a method, whichever way it came: from code, or parsed from HTTP. Returns a
 * copy, so that a later change of the caller's object changes nothing here.
 *
 * @throws ControlError with every problem: unknown keys, missing ones and wrong values.
 */
export function checkInput<Schema extends TSchema>(
  schema: Schema,
  input: unknown,
  use: InputUse,
): Static<Schema> {
  if (input === undefined) {
    const message = `expected ${schema['expected']}, got nothing`
    throw refuseInput([{ path: [], part: 'value', message }], use)
  }
  const shaped = checkShape(schema, toJson(input, use))
  if ('value' in shaped) return shaped.value
  throw refuseInput(shaped.problems, use)
}

/**
 * Copies a value as JSON holds it: without keys whose value is undefined.
 *
 * @throws ControlError for a value that JSON cannot hold, such as a function, a Date or a cycle.
 */
export function toJson(input: unknown, use: InputUse): JsonValue {
  const refuse = (path: JsonPath, message: string) =>
    refuseInput([{ path, part: 'value', message }], use)
  const path: (string | number)[] = []
  const copyAt = (step: string | number, value: unknown): JsonValue => {
    path.push(step)
    const copied = copy(value)
    path.pop()
    return copied
  }
  const copyObject = (value: object): JsonValue => {
    // Not by the prototype: test runners create objects in other realms.
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
    if (kind !== 'Object') throw refuse(path, `expected a JSON value, got ${kind.toLowerCase()}`)
    const object: Record<string, JsonValue> = {}
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) setOwn(object, key, copyAt(key, item))
    }
    return object
  }
  const copy = (value: unknown): JsonValue => {
    if (isScalar(value)) return value
    // As JSON.stringify writes a missing item of a list.
    if (value === undefined) return null
    // A cycle is deep too.
    if (path.length > MAX_NESTING) throw refuse([], TOO_DEEP)
    if (Array.isArray(value)) return Array.from(value, (item, index) => copyAt(index, item))
    return copyObject(value)
  }
  return copy(input)
}

function isScalar(
  value: unknown,
): value is null | boolean | number | bigint | string | RoundedNumber {
  if (value === null || value instanceof RoundedNumber) return true
  return ['boolean', 'number', 'bigint', 'string'].includes(typeof value)
}
