import { isJsonList, isJsonObject, type JsonValue } from './json-value.ts'
import type { ItemOffsets } from './lazy-document.ts'

/** Finds the items of lists in a text that JSON.parse has read as `value`. */
export function findJsonItems(text: string, value: JsonValue): ItemOffsets {
  const items = new Map<JsonValue, readonly number[]>()
  if (!isJsonObject(value)) return items
  const walk = new JsonWalk(text)
  while (walk.hasNext()) {
    const list = value[walk.takeKey()]
    if (isJsonList(list)) items.set(list, takeItems(walk))
    else walk.skipValue()
  }
  return items
}

function takeItems(walk: JsonWalk): number[] {
  const starts: number[] = []
  while (walk.hasNext()) {
    starts.push(walk.at)
    walk.skipValue()
  }
  return starts
}

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c

/** How many levels a bracket opens. */
const LEVELS: ReadonlyMap<number, number> = new Map([
  [0x5b, 1],
  [0x5d, -1],
  [0x7b, 1],
  [0x7d, -1],
])

/** A walk over the values of a text that is known to be JSON. */
class JsonWalk {
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    this.#skipSpace()
  }

  /**
   * Goes to the next part inside of brackets: from the first bracket, or from the end of a part. If
   * all parts are passed, goes behind the last bracket.
   */
  hasNext(): boolean {
    this.#skipSpace()
    if (this.#level() >= 0) this.at += 1
    this.#skipSpace()
    if (this.#level() >= 0) return true
    this.at += 1
    return false
  }

  /** Takes a key and the colon behind it. */
  takeKey(): string {
    const start = this.at
    this.#skipText()
    const key: string = JSON.parse(this.#text.slice(start, this.at))
    this.#skipSpace()
    this.at += 1
    this.#skipSpace()
    return key
  }

  skipValue(): void {
    let depth = 0
    do {
      depth += this.#level()
      if (this.#code() === QUOTE) this.#skipText()
      else this.at += 1
    } while (depth > 0)
    // The rest of a number or a word.
    while (this.#code() > SPACE && this.#code() !== COMMA && this.#level() === 0) this.at += 1
  }

  #skipText(): void {
    this.at += 1
    while (this.#code() !== QUOTE) this.at += this.#code() === BACKSLASH ? 2 : 1
    this.at += 1
  }

  #skipSpace(): void {
    while (this.#code() <= SPACE) this.at += 1
  }

  #level(): number {
    return LEVELS.get(this.#code()) ?? 0
  }

  #code(): number {
    return this.#text.charCodeAt(this.at)
  }
}
