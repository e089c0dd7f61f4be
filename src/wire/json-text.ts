import { isUtf8 } from 'node:buffer'
import {
  isJsonObject,
  type JsonValue,
  MAX_NUMBER_LENGTH,
  parseJsonNumber,
  TOO_LONG_NUMBER,
} from '../documents/json-value.ts'
import { GpudbError } from './gpudb-error.ts'

/** A number that JSON.parse may change: it has an exponent, or more digits than a double holds. */
const INEXACT = /\d[eE]|[\d.]{16}/

/** Anything between two strings that looks like a number. */
const NUMBER_LIKE = /-?\d[\d.eE+-]*/g

/** A JSON number (RFC 8259, section 6). */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The deepest nesting of a message; GPUdb's records need four levels. */
const MAX_NESTING = 100

/** The length in characters from which a text is counted before it is parsed. */
const LONG_TEXT = 64 * 1024

/** The maximum number of lists, objects and items in a text; as in Avro messages. */
const MAX_VALUES = 1_000_000

/** What begins a list, an object, or a further item of one. */
const SEPARATORS: ReadonlySet<number> = new Set(Array.from('[{,', (char) => char.charCodeAt(0)))

/**
 * Parses JSON; every digit of a 64-bit integer is kept. Of two equal keys the last one counts. `name`
 * says in errors what the text is.
 *
 * @throws GpudbError if the text is not JSON, is nested too deep, or has too many values.
 */
export function parseJson(text: string, name: string): JsonValue {
  try {
    const content = text.startsWith('\uFEFF') ? text.slice(1) : text
    if (content.length > LONG_TEXT) assertFewValues(content)
    return INEXACT.test(content) ? parseExact(content) : JSON.parse(content)
  } catch (cause) {
    /* c8 ignore next -- JSON.parse and this file throw nothing but SyntaxErrors */
    if (!(cause instanceof SyntaxError)) throw cause
    throw new GpudbError(`Cannot read ${name} as JSON: ${withoutQuote(cause)}`, { cause })
  }
}

/** The message of a syntax error without the text that V8 quotes: that may hold a secret. */
function withoutQuote({ message }: SyntaxError): string {
  return message.replace(/, (?:\.\.\.)?"[\s\S]* is not valid JSON$/, '')
}

/** As parseJson, from UTF-8 bytes; a byte order mark is skipped. */
export function parseJsonBytes(bytes: Buffer, name: string): JsonValue {
  if (!isUtf8(bytes)) throw new GpudbError(`Cannot read ${name} as JSON: it is not UTF-8`)
  return parseJson(bytes.toString('utf8'), name)
}

/** The memory of lists and objects depends on their number, not on the length of a text. */
function assertFewValues(text: string): void {
  let values = 0
  for (const [from, to] of gaps(text)) {
    for (let at = from; at < to; at += 1) if (SEPARATORS.has(text.charCodeAt(at))) values += 1
    if (values > MAX_VALUES) throw new SyntaxError(`it has more than ${MAX_VALUES} values`)
  }
}

/**
 * Parses a text with numbers that JSON.parse may change: each is replaced by a string that the text
 * does not hold, and put back as a bigint or a RoundedNumber afterwards.
 */
function parseExact(text: string): JsonValue {
  const mark = findUnusedMark(text)
  const numbers = new Map<string, JsonValue>()
  const marked = replaceBetweenStrings(text, (number) => {
    if (!INEXACT.test(number)) return number
    if (number.length > MAX_NUMBER_LENGTH) throw new SyntaxError(TOO_LONG_NUMBER)
    if (!NUMBER.test(number)) return number
    const name = `${mark}${numbers.size}`
    numbers.set(name, parseJsonNumber(number))
    return `"${name}"`
  })
  const value: JsonValue = JSON.parse(marked)
  return numbers.size === 0 ? value : restore(value, { numbers, depth: 0 })
}

/** A short text that another one does not hold. */
function findUnusedMark(text: string): string {
  const used = new Set(Array.from(text.matchAll(/#(\d+)#/g), ([, number]) => number))
  let number = 0
  while (used.has(String(number))) number += 1
  return `#${number}#`
}

interface Restoring {
  /** The numbers, by the strings that replace them. */
  readonly numbers: ReadonlyMap<string, JsonValue>
  readonly depth: number
}

function restore(value: JsonValue, { numbers, depth }: Restoring): JsonValue {
  if (depth > MAX_NESTING) throw new SyntaxError('it is nested too deep')
  if (typeof value === 'string') return numbers.get(value) ?? value
  const inside = { numbers, depth: depth + 1 }
  if (isList(value)) return value.map((item) => restore(item, inside))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (numbers.has(key)) throw new SyntaxError('a key of an object is a number')
      return [key, restore(item, inside)]
    }),
  )
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function replaceBetweenStrings(text: string, replace: (number: string) => string): string {
  const parts: string[] = []
  let end = 0
  for (const [from, to] of gaps(text)) {
    parts.push(text.slice(end, from), text.slice(from, to).replace(NUMBER_LIKE, replace))
    end = to
  }
  return parts.join('') + text.slice(end)
}

/** The places outside of strings, in order. Linear: each backslash is looked at once. */
function* gaps(text: string): Generator<readonly [from: number, to: number]> {
  let from = 0
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', from)) {
    yield [from, quote]
    from = endOfString(text, quote)
  }
  yield [from, text.length]
}

/** The index after the string that starts at `quote`; the length of the text if it does not end. */
function endOfString(text: string, quote: number): number {
  let end = text.indexOf('"', quote + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text[first - 1] === '\\') first -= 1
  return (at - first) % 2 === 1
}
