import {
  type JsonValue,
  MAX_NUMBER_LENGTH,
  parseJsonNumber,
  TOO_LONG_NUMBER,
} from '../documents/json-value.ts'

/** A number that a double may change: it has an exponent, or more digits than a double holds. */
export const INEXACT = /\d[eE]|[\d.]{16}/

/** A JSON number (RFC 8259, section 6). */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The deepest nesting of a message; GPUdb's records need four levels. */
const MAX_NESTING = 100

/** The bytes of a string with escapes that are decoded at a time. */
const PART_BYTES = 256 * 1024

const QUOTE = code('"')
const BACKSLASH = code('\\')
const COMMA = code(',')
const COLON = code(':')
const LIST = code('[')
const LIST_END = code(']')
const OBJECT = code('{')
const OBJECT_END = code('}')
const UNICODE_ESCAPE = code('u')
const SPACE = code(' ')
const SPACES: ReadonlySet<number> = new Set(Array.from(' \t\r\n', code))
const NUMBER_BYTES: ReadonlySet<number> = new Set(Array.from('0123456789-+.eE', code))
const WORDS: ReadonlyMap<number, readonly [string, JsonValue]> = new Map([
  [code('t'), ['true', true]],
  [code('f'), ['false', false]],
  [code('n'), ['null', null]],
])

/** How JSON.parse sets a key. */
const DATA = { configurable: true, enumerable: true, writable: true }

/** What is between the quotes of a string. */
interface StringBytes {
  readonly start: number
  readonly end: number
  readonly isAscii: boolean
  readonly isEscaped: boolean
  /** The ends of its parts except the last, neither inside an escape nor inside a character. */
  readonly cuts: readonly number[]
}

/**
 * Reads JSON from UTF-8 bytes. Unlike JSON.parse it keeps every digit of a long, counts the values
 * while it reads, and needs no text of the whole: only the values are in memory besides the bytes.
 */
export class JsonBytes {
  readonly #bytes: Buffer
  readonly #maxValues: number
  #at = 0
  #values = 0
  #depth = 0

  constructor(bytes: Buffer, maxValues: number) {
    this.#bytes = bytes
    this.#maxValues = maxValues
  }

  /** The value that the bytes are. Throws SyntaxError if they are not one, or it is too large. */
  read(): JsonValue {
    const value = this.#value()
    if (this.#token() !== undefined) throw this.#unexpected()
    return value
  }

  #value(): JsonValue {
    this.#count()
    const first = this.#token()
    if (first === QUOTE) return this.#string()
    if (first === OBJECT) return this.#nested(() => this.#object())
    if (first === LIST) return this.#nested(() => this.#list())
    const word = WORDS.get(first ?? 0)
    return word === undefined ? this.#number() : this.#word(...word)
  }

  #nested(read: () => JsonValue): JsonValue {
    this.#depth += 1
    if (this.#depth > MAX_NESTING) throw new SyntaxError('it is nested too deep')
    this.#at += 1
    const value = read()
    this.#depth -= 1
    return value
  }

  #list(): JsonValue {
    const list: JsonValue[] = []
    if (this.#skips(LIST_END)) return list
    do list.push(this.#value())
    while (this.#skips(COMMA))
    this.#expect(LIST_END)
    return list
  }

  #object(): JsonValue {
    const object: Record<string, JsonValue> = {}
    if (this.#skips(OBJECT_END)) return object
    do {
      this.#count()
      if (this.#token() !== QUOTE) throw this.#unexpected()
      const key = this.#string()
      this.#expect(COLON)
      setKey(object, { key, value: this.#value() })
    } while (this.#skips(COMMA))
    this.#expect(OBJECT_END)
    return object
  }

  #word(text: string, value: JsonValue): JsonValue {
    const end = this.#at + text.length
    if (this.#bytes.toString('latin1', this.#at, end) !== text) throw this.#unexpected()
    this.#at = end
    return value
  }

  #number(): JsonValue {
    const start = this.#at
    let end = start
    while (NUMBER_BYTES.has(this.#bytes[end] ?? 0)) end += 1
    if (end - start > MAX_NUMBER_LENGTH) throw new SyntaxError(TOO_LONG_NUMBER)
    const text = this.#bytes.toString('latin1', start, end)
    if (!NUMBER.test(text)) throw this.#unexpected()
    this.#at = end
    return INEXACT.test(text) ? parseJsonNumber(text) : Number(text)
  }

  #string(): string {
    const string = this.#findString()
    const { start, end, isAscii, isEscaped } = string
    this.#at = end + 1
    if (isEscaped) return this.#unescape(string)
    return this.#bytes.toString(isAscii ? 'latin1' : 'utf8', start, end)
  }

  #findString(): StringBytes {
    const bytes = this.#bytes
    const start = this.#at + 1
    const cuts: number[] = []
    let bits = 0
    let steps = 1
    let end = start
    let limit = start + PART_BYTES
    for (let byte = bytes[end]; byte !== QUOTE; byte = bytes[end]) {
      if (byte === undefined || byte < SPACE) throw this.#unexpected(end)
      if (end >= limit && !isInside(byte)) {
        cuts.push(end)
        limit = end + PART_BYTES
      }
      const step = byte === BACKSLASH ? this.#escapeBytes(end) : 1
      bits |= byte
      steps |= step
      end += step
    }
    return { start, end, isAscii: bits < 0x80, isEscaped: steps > 1, cuts }
  }

  #escapeBytes(at: number): number {
    return this.#bytes[at + 1] === UNICODE_ESCAPE ? 6 : 2
  }

  /** Decodes a string part by part: one with many escapes would need its size several times. */
  #unescape({ start, end, cuts }: StringBytes): string {
    let from = start
    const parts = [...cuts, end].map((to) => {
      const part: string = JSON.parse(`"${this.#bytes.toString('utf8', from, to)}"`)
      from = to
      return part
    })
    return parts.join('')
  }

  #count(): void {
    this.#values += 1
    if (this.#values > this.#maxValues) {
      throw new SyntaxError(`it has more than ${this.#maxValues} values`)
    }
  }

  /** The next byte that is no space; undefined at the end. */
  #token(): number | undefined {
    let byte = this.#bytes[this.#at]
    while (byte !== undefined && byte <= SPACE && SPACES.has(byte)) {
      this.#at += 1
      byte = this.#bytes[this.#at]
    }
    return byte
  }

  /** Whether the next byte is this one, which is then read. */
  #skips(byte: number): boolean {
    if (this.#token() !== byte) return false
    this.#at += 1
    return true
  }

  #expect(byte: number): void {
    if (!this.#skips(byte)) throw this.#unexpected()
  }

  /** Without the character: it may be a part of a secret. */
  #unexpected(at = this.#at): SyntaxError {
    if (at >= this.#bytes.length) return new SyntaxError('it ends too early')
    return new SyntaxError(`the character at byte ${at} is unexpected`)
  }
}

function code(character: string): number {
  return character.charCodeAt(0)
}

/** Whether a byte of UTF-8 is inside a character, not its first. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** Sets a key, which may be `__proto__`. */
function setKey(
  object: Record<string, JsonValue>,
  { key, value }: { readonly key: string; readonly value: JsonValue },
): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, ...DATA })
}
