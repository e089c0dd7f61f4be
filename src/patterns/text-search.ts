import { foldCode, TextGrams } from './text-grams.ts'
import type { TextPattern } from './text-pattern.ts'

/** How many characters the expressions of rules read for one request, and those of faults, in all. */
export const MAX_READ = 4_000_000

/** The same for each character of its longest text, in addition. */
export const MAX_READ_PER_CHARACTER = 20

/** A request whose rules or faults cannot be decided: their regular expressions read too much. */
export class MatchError extends Error {
  constructor(maxCharacters: number) {
    const limit = `they would read more than ${maxCharacters} characters`
    super(`Cannot compare the request with all regular expressions: ${limit}`)
    this.name = 'MatchError'
  }
}

/** Maximum number of texts whose runs of characters are kept. */
const MAX_TEXTS = 16

/**
 * Tests the texts of one request by regular expressions. An expression that requires what a text lacks
 * is not compiled and reads nothing. The others read a limited number of characters in all: the time
 * that a request takes does not grow with the product of its texts and the expressions.
 */
export class TextSearch {
  readonly #grams = new Map<string, TextGrams>()
  readonly #maxRead: number
  #read = 0
  #longest = 0

  /** Without `maxRead` there is no limit: one condition reads each text once for each of its parts. */
  constructor(maxRead: number = Number.POSITIVE_INFINITY) {
    this.#maxRead = maxRead
  }

  /** Whether the limit is exceeded: results after that are wrong. */
  get isOver(): boolean {
    return this.#read > this.#maxCharacters
  }

  /** Throws MatchError once the limit is exceeded. */
  assertDecided(): void {
    if (this.isOver) throw new MatchError(this.#maxCharacters)
  }

  /** Whether an expression matches anywhere in a text; false once the limit is exceeded. */
  test(pattern: TextPattern, text: string): boolean {
    const { start, grams } = pattern.required
    if (!startsWith(text, start) || !this.#mayHold(text, grams)) return false
    this.#longest = Math.max(this.#longest, text.length)
    this.#read += text.length
    return !this.isOver && pattern.test(text)
  }

  /** The limit for the texts that were tested, in characters. */
  get #maxCharacters(): number {
    return this.#maxRead + this.#longest * MAX_READ_PER_CHARACTER
  }

  #mayHold(text: string, grams: readonly number[]): boolean {
    if (grams.length === 0) return true
    const known = this.#grams.get(text) ?? new TextGrams(text)
    if (this.#grams.size === MAX_TEXTS) this.#grams.clear()
    this.#grams.set(text, known)
    return known.mayHold(grams)
  }
}

/** Whether a text starts with a folded one, whatever the case of its letters. */
function startsWith(text: string, start: string): boolean {
  for (let at = 0; at < start.length; at += 1) {
    if (foldCode(text.charCodeAt(at)) !== start.charCodeAt(at)) return false
  }
  return true
}
