/** JSON in memory; an integer past 2^53 is a bigint, so that no digit is lost. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | JsonObject

/** A JSON object; `__proto__` is an own key like any other. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** The longest text of a 64-bit integer: 19 digits and a sign. */
const MAX_INTEGER_LENGTH = 20

/**
 * Reads a JSON number's text without losing digits: an integer past 2^53 becomes a bigint. One too
 * long for 64 bits stays a rounded number, which no integer field accepts.
 */
export function parseJsonNumber(text: string): number | bigint {
  const number = Number(text)
  if (Number.isSafeInteger(number) || text.length > MAX_INTEGER_LENGTH) return number
  return /^-?\d+$/.test(text) ? BigInt(text) : number
}

/** Tells whether a value is a JSON object: no array, no null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a value is, for "expected …, got …": its kind, and the value itself where it is short. */
export function describeJson(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value)
}
