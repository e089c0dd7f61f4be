import { type JsonValue, MAX_NESTING } from '../documents/json-value.ts'
import type { ItemOffsets } from '../documents/lazy-document.ts'
import { setOwn } from '../documents/reading.ts'
import { takeLines } from './literal-text.ts'
import { NotPlain } from './not-plain.ts'
import { FLOW_ENDS, NO_ENDS, type ScalarEnds, takeKey, takeScalar, toKey } from './plain-scalar.ts'
import { YamlCursor } from './yaml-cursor.ts'

/** A value and the places of items in it. */
export interface PlainYaml {
  readonly value: JsonValue
  readonly items: ItemOffsets
}

/**
 * Reads YAML of the kind that most fixtures have: maps and lists, in lines or in brackets, scalars
 * of one line, texts below a bar, comments. Takes a small part of the time of `parseYamlDocument`,
 * which reads what this reads alike. Undefined for all others: with tags, anchors, large numbers,
 * scalars of several lines, repeated keys, mistakes.
 */
export function parsePlainYaml(text: string): PlainYaml | undefined {
  try {
    return new PlainYamlReader(text).read()
  } catch (error) {
    /* c8 ignore next -- a bug of this code */
    if (!(error instanceof NotPlain)) throw error
    return undefined
  }
}

/** The first characters of nodes that are no scalar and no map or list of lines. */
const IN_LINE: ReadonlySet<string> = new Set(['[', '{', '|'])

/**
 * Reads nodes. After a node outside of brackets, the cursor is at the next line with content, whose
 * indentation says what it belongs to. `floor` is the indentation of what contains a node: the other
 * lines of the node are indented by more.
 */
class PlainYamlReader {
  readonly #cursor: YamlCursor
  readonly #items = new Map<JsonValue, readonly number[]>()
  #depth = 0

  constructor(text: string) {
    this.#cursor = new YamlCursor(text)
  }

  read(): PlainYaml {
    const value = this.#node(-1)
    if (this.#cursor.indent >= 0) throw new NotPlain()
    return { value, items: this.#items }
  }

  #node(floor: number): JsonValue {
    const cursor = this.#cursor
    const { at, column } = cursor
    if (cursor.isItem()) return this.#nested(() => this.#list(column))
    if (IN_LINE.has(cursor.next)) return this.#inLine(floor)
    const scalar = takeScalar(cursor, NO_ENDS)
    if (cursor.isKeyEnd()) {
      const first = toKey(scalar, cursor.at - at)
      return this.#nested(() => this.#map(first, column))
    }
    // Alone in its line: the reader of all YAML may take the next lines for more of it.
    if (column === cursor.indent) throw new NotPlain()
    cursor.nextLine()
    return scalar
  }

  #list(column: number): JsonValue {
    const cursor = this.#cursor
    const items: JsonValue[] = []
    const starts: number[] = []
    do {
      cursor.at += 1
      cursor.skipSpaces()
      if (cursor.isLineEnd()) cursor.nextLineIn(column)
      starts.push(cursor.at)
      items.push(this.#node(column))
    } while (cursor.indent === column && cursor.isItem())
    if (this.#depth === 2) this.#items.set(items, starts)
    return items
  }

  #map(first: string, column: number): JsonValue {
    const cursor = this.#cursor
    const object: Record<string, JsonValue> = {}
    let key: string | undefined = first
    while (key !== undefined) {
      if (!cursor.isKeyEnd()) throw new NotPlain()
      cursor.at += 1
      cursor.skipSpaces()
      const value = cursor.isLineEnd() ? this.#below(column) : this.#inLine(column)
      add(object, key, value)
      key = cursor.indent === column ? takeKey(cursor, NO_ENDS) : undefined
    }
    return object
  }

  /** Reads the value of a key that is alone in its line. */
  #below(column: number): JsonValue {
    const cursor = this.#cursor
    cursor.nextLine()
    if (cursor.indent > column) return this.#node(column)
    const isList = cursor.indent === column && cursor.isItem()
    return isList ? this.#nested(() => this.#list(column)) : null
  }

  /** Reads a node that starts behind its key, or that is no map or list of lines. */
  #inLine(floor: number): JsonValue {
    const cursor = this.#cursor
    if (cursor.next === '|') return takeLines(cursor, floor)
    const value = this.#flow(floor, NO_ENDS)
    cursor.nextLine()
    return value
  }

  /** Reads brackets and what is in them, or a scalar. */
  #flow(floor: number, ends: ScalarEnds): JsonValue {
    const cursor = this.#cursor
    if (cursor.next === '[') return this.#nested(() => this.#flowList(floor))
    if (cursor.next === '{') return this.#nested(() => this.#flowMap(floor))
    return takeScalar(cursor, ends)
  }

  #flowList(floor: number): JsonValue {
    const cursor = this.#cursor
    const items: JsonValue[] = []
    cursor.take('[', floor)
    while (cursor.next !== ']') {
      items.push(this.#flow(floor, FLOW_ENDS))
      cursor.takeSeparator(']', floor)
    }
    cursor.at += 1
    return items
  }

  #flowMap(floor: number): JsonValue {
    const cursor = this.#cursor
    const object: Record<string, JsonValue> = {}
    cursor.take('{', floor)
    while (cursor.next !== '}') {
      const key = takeKey(cursor, FLOW_ENDS)
      cursor.take(':', floor)
      add(object, key, this.#flow(floor, FLOW_ENDS))
      cursor.takeSeparator('}', floor)
    }
    cursor.at += 1
    return object
  }

  #nested(read: () => JsonValue): JsonValue {
    this.#depth += 1
    if (this.#depth > MAX_NESTING) throw new NotPlain()
    const value = read()
    this.#depth -= 1
    return value
  }
}

function add(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (Object.hasOwn(object, key)) throw new NotPlain()
  setOwn(object, key, value)
}
