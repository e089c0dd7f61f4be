import { cutText } from './quote-text.ts'

/** JSON in memory; an integer beyond 2^53 is a bigint, so that no digit is lost. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | RoundedNumber
  | readonly JsonValue[]
  | JsonObject

/** A JSON object; `__proto__` is an own key like any other. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** The longest text of a number, in characters; a long has 20, a double rarely more than 25. */
export const MAX_NUMBER_LENGTH = 400

/** The message about a longer number. */
export const TOO_LONG_NUMBER = `a number has more than ${MAX_NUMBER_LENGTH} characters`

/** The longest text of a 64-bit integer: 19 digits and a sign. */
const MAX_INTEGER_LENGTH = 20

/** A number that is not an integer, but whose double is one: `1.00000000000000000001`. */
export class RoundedNumber {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/**
 * Reads the text of a JSON number without losing digits: an integer beyond 2^53 becomes a bigint,
 * also one with an exponent such as `1e18`. An integer too long for 64 bits becomes a rounded double,
 * which no integer field accepts.
 */
export function parseJsonNumber(text: string): number | bigint | RoundedNumber {
  const number = Number(text)
  if (Number.isSafeInteger(number) && /^-?\d+$/.test(text)) return number
  const digits = Number.isInteger(number) ? integerDigits(text) : undefined
  if (digits !== undefined) return Number.isSafeInteger(number) ? number : exactly(digits, number)
  return Number.isInteger(number) ? new RoundedNumber(number) : number
}

function exactly(digits: string, rounded: number): number | bigint {
  return digits.length > MAX_INTEGER_LENGTH ? rounded : BigInt(digits)
}

/**
 * The digits of an integer that is written with a fraction or an exponent: `5.0`, `50e-1`; undefined
 * if it is no integer. Digits beyond those of a long are no longer exact.
 */
function integerDigits(text: string): string | undefined {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const written = `${whole}${fraction}`.replace(/^(-?)0+(?=\d)/, '$1')
  const places = Number(exponent) - fraction.length
  if (places >= 0) return written + '0'.repeat(Math.min(places, MAX_INTEGER_LENGTH + 1))
  if (/^-?0$/.test(written)) return '0'
  return -places <= countFinalZeros(written) ? written.slice(0, places) : undefined
}

/** Not a regular expression: `/0+$/` looks at each run of zeros once for each of its zeros. */
function countFinalZeros(digits: string): number {
  let end = digits.length
  while (digits[end - 1] === '0') end -= 1
  return digits.length - end
}

/** Whether a value is a JSON object: not an array, not null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && !(value instanceof RoundedNumber)
}

/** Whether a value is a JSON array. */
export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** A value in "expected …, got …": its kind, or the value itself if it is short. */
export function describeJson(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof RoundedNumber) return 'a number with a fraction'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return cutText(String(value))
  return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value)
}

/** The maximum nesting of a document: fixtures need a dozen levels, and readers recurse. */
export const MAX_NESTING = 100

/** The message about a document that is nested more deeply. */
export const TOO_DEEP = `this is nested more than ${MAX_NESTING} levels deep`
