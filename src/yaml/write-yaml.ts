import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  RoundedNumber,
} from '../documents/json-value.ts'

/** How a text is laid out. */
export interface YamlLayout {
  /** Comments of maps and lists: behind those of one line, above all others. */
  readonly comments?: ReadonlyMap<unknown, string>
  /** How many levels have a line for each item, also if they would fit into one. Default: 0. */
  readonly blockLevels?: number
}

/** The width of a line, unless a single text is longer. */
const WIDTH = 100

/** The longest key on a line of its own; YAML has no such key of more than 1024 characters. */
const MAX_KEY_LENGTH = 1000

/** Texts without quotes: such as `/show/table`, `char16`, `SELECT * FROM orders`. */
const BARE = /^[A-Za-z_/][\w/.@+=-]*(?: [\w/.@+()=<>*-]+)*$/

const DURATION = /^\d+(?:\.\d+)?(?:ms|s|m|h)$/

/** Texts that readers of YAML, also those of version 1.1, take for something else. */
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n|nan|infinity)$/i

/** Characters that YAML does not allow, or that an editor does not show, in a quoted text. */
const HIDDEN = /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff0-\uffff]/g

/** A line of a text below a bar. */
const LINE = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u1fff\u3040-\ud7ff]*$/

/** Writes a value as YAML 1.2 that `parseYamlDocument` reads as the same value. */
export function writeYaml(value: JsonValue, layout: YamlLayout = {}): string {
  return `${new YamlWriter(layout).node(value, { indent: 0, level: 0 })}\n`
}

interface Place {
  /** The column of the lines after the first. */
  readonly indent: number
  readonly level: number
}

class YamlWriter {
  readonly #comments: ReadonlyMap<unknown, string>
  readonly #blockLevels: number

  constructor({ comments = new Map(), blockLevels = 0 }: YamlLayout) {
    this.#comments = comments
    this.#blockLevels = blockLevels
  }

  /** A value whose first line starts at `indent`; its comment is not written. */
  node(value: JsonValue, place: Place): string {
    if (!isCollection(value)) return writeScalar(value)
    const flow = this.#flow(value, place)
    if (flow !== undefined) return flow
    return isJsonList(value) ? this.#list(value, place) : this.#map(Object.entries(value), place)
  }

  #list(list: readonly JsonValue[], { indent, level }: Place): string {
    const inside = { indent: indent + 2, level: level + 1 }
    const items = list.map((item) => {
      const text = isLines(item) ? lines(item, inside.indent) : this.node(item, inside)
      return this.#commented(`- ${text}`, item, indent)
    })
    return items.join(`\n${' '.repeat(indent)}`)
  }

  #map(fields: readonly [string, JsonValue][], { indent, level }: Place): string {
    const inside = { indent: indent + 2, level: level + 1 }
    const entries = fields.map(([name, value]) => {
      const text = this.#key(name, indent) + this.#value(value, { ...inside, key: name })
      return this.#commented(text, value, indent)
    })
    return entries.join(`\n${' '.repeat(indent)}`)
  }

  #key(name: string, indent: number): string {
    const key = writeText(name)
    return key.length > MAX_KEY_LENGTH ? `? ${key}\n${' '.repeat(indent)}:` : `${key}:`
  }

  #value(value: JsonValue, place: Place & { readonly key: string }): string {
    if (isLines(value)) return ` ${lines(value, place.indent)}`
    const room = { ...place, indent: place.indent + place.key.length }
    const flow = this.#flow(value, room)
    return flow === undefined
      ? `\n${' '.repeat(place.indent)}${this.node(value, place)}`
      : ` ${flow}`
  }

  #commented(text: string, value: JsonValue, indent: number): string {
    const comment = this.#comments.get(value)
    if (comment === undefined) return text
    if (!text.includes('\n') && text.length + comment.length < WIDTH) return `${text} # ${comment}`
    return `# ${comment}\n${' '.repeat(indent)}${text}`
  }

  /** A value in one line; undefined if it is too long for that. */
  #flow(value: JsonValue, { indent, level }: Place): string | undefined {
    if (!isCollection(value)) return writeScalar(value)
    const isEmpty = Object.keys(value).length === 0
    if (isEmpty) return isJsonList(value) ? '[]' : '{}'
    return level < this.#blockLevels ? undefined : this.#short(value, WIDTH - indent)
  }

  /** A value in brackets; undefined if it needs more than `room` characters. */
  #short(value: JsonValue, room: number): string | undefined {
    const text = isCollection(value) ? this.#brackets(value, room) : shortScalar(value)
    return text !== undefined && text.length <= room ? text : undefined
  }

  #brackets(value: Collection, room: number): string | undefined {
    const isList = isJsonList(value)
    const parts: string[] = []
    let left = room
    for (const [name, item] of Object.entries(value)) {
      const text = this.#comments.has(item) ? undefined : this.#short(item, left)
      if (text === undefined) return undefined
      const part = isList ? text : `${writeText(name)}: ${text}`
      left -= part.length
      parts.push(part)
    }
    if (isList) return `[${parts.join(', ')}]`
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  }
}

type Collection = readonly JsonValue[] | JsonObject

/** A scalar in brackets; undefined for a text of several lines. */
function shortScalar(value: JsonValue): string | undefined {
  return isLines(value) ? undefined : writeScalar(value)
}

function isCollection(value: JsonValue): value is Collection {
  return isJsonList(value) || isJsonObject(value)
}

function writeScalar(value: JsonValue): string {
  if (typeof value === 'string') return writeText(value)
  const number = value instanceof RoundedNumber ? value.value : value
  return Object.is(number, -0) ? '-0.0' : String(number)
}

function writeText(text: string): string {
  if ((BARE.test(text) && !WORDS.test(text)) || DURATION.test(text)) return text
  return JSON.stringify(text).replace(HIDDEN, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Whether a text is written below a bar: it has several lines, which are all shown as they are. */
function isLines(value: JsonValue): value is string {
  if (typeof value !== 'string' || !value.includes('\n')) return false
  const all = value.replace(/\n$/, '').split('\n')
  const [first = '', last] = [all[0], all.at(-1)]
  const isShown = all.every((line) => LINE.test(line) && !/^ +$/.test(line))
  return isShown && first !== '' && !first.startsWith(' ') && last !== ''
}

function lines(text: string, indent: number): string {
  const sign = text.endsWith('\n') ? '|' : '|-'
  const all = text.replace(/\n$/, '').split('\n')
  const padded = all.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))
  return [sign, ...padded].join('\n')
}
