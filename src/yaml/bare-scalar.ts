import { NotPlain } from './not-plain.ts'

/** A scalar of YAML 1.2; an integer beyond 2^53 is a bigint. */
export type Scalar = null | boolean | number | bigint | string

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
])

/** The length of the longest of these words. */
const MAX_WORD_LENGTH = 5

/** Numbers start with this character or one before it: a digit, a sign or a dot. */
const NINE = 0x39

/** An integer or a decimal fraction whose double has every digit that is written. */
const SHORT_NUMBER = /^(?:0|-?[1-9]\d{0,14}|-?\d{1,7}\.\d{1,7})$/

const INTEGER = /^[-+]?\d{1,30}$/

/** Every number of YAML 1.2, and a few texts that look like one. */
const ANY_NUMBER = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\.inf|\.nan|0o[0-7]+|0x[\da-f]+)$/i

/** Reads the text of a scalar without quotes. Throws NotPlain if it is a number of an unusual form. */
export function readBareScalar(text: string): Scalar {
  if (text.charCodeAt(0) <= NINE) return readNumber(text)
  const word = text.length > MAX_WORD_LENGTH ? undefined : WORDS.get(text)
  return word === undefined ? text : word
}

function readNumber(text: string): number | bigint | string {
  if (SHORT_NUMBER.test(text)) return Number(text)
  if (INTEGER.test(text)) return toExact(BigInt(text))
  if (ANY_NUMBER.test(text)) throw new NotPlain()
  return text
}

function toExact(integer: bigint): number | bigint {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : integer
}
