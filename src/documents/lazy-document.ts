import { isJsonList, isJsonObject, type JsonValue } from './json-value.ts'
import { LineIndex, type LocatedDocument, type Position } from './located-document.ts'
import type { JsonPath, JsonProblem } from './reading.ts'

/** The offsets of the items of lists; of those lists that are values of the outermost object. */
export type ItemOffsets = ReadonlyMap<JsonValue, readonly number[]>

/** What finds positions in a text; each function is called once, when it is first needed. */
export interface Finders {
  readonly text: string
  readonly findItems: () => ItemOffsets
  /** Finds all other positions, which takes longer. */
  readonly findAll: () => Pick<LocatedDocument, 'locate'>
}

/**
 * A document whose positions are found when they are first asked for. Most are never needed, but for
 * those of rules without names.
 */
export class LazyDocument implements LocatedDocument {
  readonly value: JsonValue
  readonly #finders: Finders
  #items: { readonly lines: LineIndex; readonly offsets: ItemOffsets } | undefined
  #all: Pick<LocatedDocument, 'locate'> | undefined

  constructor(value: JsonValue, finders: Finders) {
    this.value = value
    this.#finders = finders
  }

  locate(path: JsonPath, part: JsonProblem['part']): Position {
    const item = part === 'value' ? this.#locateItem(path) : undefined
    if (item !== undefined) return item
    this.#all ??= this.#finders.findAll()
    return this.#all.locate(path, part)
  }

  /** The position of an item such as `rules[7]`; undefined for other parts. */
  #locateItem([key, index, ...deeper]: JsonPath): Position | undefined {
    if (typeof key !== 'string' || typeof index !== 'number' || deeper.length > 0) return undefined
    const list = isJsonObject(this.value) ? this.value[key] : undefined
    if (!isJsonList(list)) return undefined
    const { text, findItems } = this.#finders
    this.#items ??= { lines: new LineIndex(text), offsets: findItems() }
    const offset = this.#items.offsets.get(list)?.[index]
    return offset === undefined ? undefined : this.#items.lines.position(offset)
  }
}
