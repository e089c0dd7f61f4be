import { TextPattern } from './text-pattern.ts'

/** How much larger than their texts the expressions of a document may be, by their sizes. */
export const MAX_EXPANSION = 10_000

/** The same for each of its rules, in addition. */
export const MAX_EXPANSION_OF_RULE = 20

/**
 * The regular expressions of one document. Equal ones are one object. What repetitions and classes
 * add to the lengths of their texts has a maximum for all of them: time grows with it.
 */
export class TextPatterns {
  readonly #patterns = new Map<string, TextPattern>()
  readonly #maxExpansion: number
  #expansion = 0

  /** For a document with a number of rules; 0 for conditions alone. */
  constructor(rules: number) {
    this.#maxExpansion = MAX_EXPANSION + rules * MAX_EXPANSION_OF_RULE
  }

  /** The expression of a text. Throws Error as TextPattern does, and if all are too large. */
  get(source: string): TextPattern {
    const known = this.#patterns.get(source)
    if (known) return known
    const pattern = new TextPattern(source, (size) => this.#count(size - source.length))
    this.#patterns.set(source, pattern)
    return pattern
  }

  #count(expansion: number): void {
    const sum = this.#expansion + Math.max(expansion, 0)
    if (sum <= this.#maxExpansion) {
      this.#expansion = sum
      return
    }
    const reason = `they are larger than their texts by more than ${this.#maxExpansion} instructions`
    throw new Error(`the regular expressions of the document are too large: ${reason}`)
  }
}
