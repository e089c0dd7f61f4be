import type { MessageSchema } from '../avro/avro-schema.ts'
import type { AvroMap, AvroRecord, AvroValue } from '../avro/avro-value.ts'

/** Strings that need no escapes in JSON: printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/

/** Strings of which only quotes are escaped: JSON text without escapes, for example. */
const ONLY_QUOTES = /^[ -[\]-~]*$/

const NOT_ASCII = /[\u007f-\uffff]/

/** Characters that are escaped at a time: `replace` needs a hundred bytes for each match. */
export const PART_LENGTH = 2 * 1024

/** A field of a record, and the text before its value: `"name":`, after a comma if others precede. */
interface FieldKey {
  readonly name: string
  readonly key: string
}

/**
 * Writes values as JSON text: the fields of records in their order, longs as bare integers with every
 * digit, bytes as a string with one character U+0000 to U+00FF a byte (Avro's JSON encoding), and
 * ASCII only, since the Python client 7.2.3 decodes answers as Latin-1.
 */
export class JsonWriter {
  /** What is around a string: a quote, or an escaped one if the text is to be inside a string. */
  readonly quote: '"' | '\\"'
  /** How a quote inside a string is written, for `replace`. */
  readonly #innerQuote: string
  readonly #keys = new WeakMap<MessageSchema, readonly FieldKey[]>()

  constructor(quote: '"' | '\\"') {
    this.quote = quote
    this.#innerQuote = quote === '"' ? '\\"' : '\\\\\\"'
  }

  record(schema: MessageSchema, record: AvroRecord): string {
    let text = '{'
    for (const { name, key } of this.keysOf(schema)) text += key + this.value(record[name] ?? null)
    return `${text}}`
  }

  /** The fields of a record, in its order. */
  keysOf(schema: MessageSchema): readonly FieldKey[] {
    const known = this.#keys.get(schema)
    if (known) return known
    const { quote } = this
    const keys = schema.fields.map(({ name }, index) => {
      return { name, key: `${index === 0 ? '' : ','}${quote}${name}${quote}:` }
    })
    this.#keys.set(schema, keys)
    return keys
  }

  value(value: AvroValue): string {
    if (typeof value === 'string') return this.string(value)
    if (typeof value === 'number') return this.#number(value)
    if (typeof value !== 'object' || value === null) return String(value)
    if (Buffer.isBuffer(value)) return this.string(value.toString('latin1'))
    return isList(value) ? `[${value.map((item) => this.value(item)).join(',')}]` : this.#map(value)
  }

  string(text: string): string {
    if (PLAIN.test(text)) return this.quote + text + this.quote
    if (text.length <= PART_LENGTH) return this.quote + this.#escape(text) + this.quote
    return this.quote + Array.from(this.parts(text)).join('') + this.quote
  }

  /**
   * The content of a string, part by part. Every unit of a character that is not ASCII has its own
   * escape: a part may end in one.
   */
  *parts(text: string): Generator<string, void, undefined> {
    for (let at = 0; at < text.length; at += PART_LENGTH) {
      const part = text.slice(at, at + PART_LENGTH)
      yield PLAIN.test(part) ? part : this.#escape(part)
    }
  }

  #map(map: AvroMap): string {
    let text = '{'
    for (const key of Object.keys(map)) {
      text += `${text.length > 1 ? ',' : ''}${this.string(key)}:${this.value(map[key] ?? null)}`
    }
    return `${text}}`
  }

  /** JSON cannot express NaN and infinities; like Avro 1.12, this writes them as strings. */
  #number(value: number): string {
    return Number.isFinite(value) ? String(value) : this.string(String(value))
  }

  #escape(text: string): string {
    if (ONLY_QUOTES.test(text)) return text.replace(/"/g, this.#innerQuote)
    const escaped = toAscii(JSON.stringify(text).slice(1, -1))
    return this.quote === '"' ? escaped : JSON.stringify(escaped).slice(1, -1)
  }
}

/** Writes JSON text. */
export const jsonText = new JsonWriter('"')

/** Writes JSON text as the content of a string in other JSON text. */
export const quotedJson = new JsonWriter('\\"')

/** Whether a value is a list. */
export function isList(value: AvroValue): value is readonly AvroValue[] {
  return Array.isArray(value)
}

/** JSON text in ASCII; what is no JSON, but is to be sent as if it were, is changed alike. */
export function toAscii(json: string): string {
  return NOT_ASCII.test(json) ? json.replace(/[\u007f-\uffff]/g, escapeUnit) : json
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
