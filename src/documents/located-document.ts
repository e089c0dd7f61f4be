import type { JsonValue } from './json-value.ts'
import type { JsonPath, JsonProblem, Reading } from './reading.ts'

/** A place in a text; line and column count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A mistake in a text and how to correct it. */
export interface LocatedProblem {
  readonly position: Position
  /** The field with the mistake, such as `rules[0].when.endpoint`; by default the whole text. */
  readonly path?: string
  readonly message: string
}

/** A document with the position of each of its parts. */
export interface LocatedDocument {
  readonly value: JsonValue
  /** The start of a value or of its key; for a missing part, the start of its nearest parent. */
  locate(path: JsonPath, part: JsonProblem['part']): Position
}

/** A parsed text; one with problems has no document. */
export type ParsedText = Reading<LocatedDocument, LocatedProblem>

/** Sorts problems by their position in a text. */
export function comparePositions(left: LocatedProblem, right: LocatedProblem): number {
  const { line, column } = left.position
  return line - right.position.line || column - right.position.column
}

/** The starts of the lines of a text: finds positions without reading the text again. */
export class LineIndex {
  readonly #starts: readonly number[]

  constructor(text: string) {
    const starts = [0]
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#starts = starts
  }

  /** The line and column of an offset. */
  position(offset: number): Position {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (Number(this.#starts[middle]) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - Number(this.#starts[low]) + 1 }
  }
}
