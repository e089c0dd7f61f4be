import { createRequire } from 'node:module'
import type { RE2Set } from 're2js'
import { estimatePatternSize } from './pattern-size.ts'
import { findRequiredText, type RequiredText } from './required-text.ts'

const require = createRequire(import.meta.url)

/** Maximum number of characters of a regular expression. */
export const MAX_PATTERN_LENGTH = 1000

/** Maximum size of a compiled regular expression, as `estimatePatternSize` counts. */
export const MAX_PATTERN_SIZE = 1000

/** Maximum memory for the states of one expression, in bytes; with more states it is slower. */
const MAX_STATE_BYTES = 64 * 1024

/**
 * Expressions that need no parser to be known as valid: characters, escaped ones, classes and `.`, each
 * perhaps repeated, with flags before and `^` and `$` around.
 */
const PLAIN =
  /^(?:\(\?[imsU]+\))?\^?(?:(?:[ !"#%&',/0-9:;<=>@A-Z_`a-z~-]|\\[dswDSW!-/:-@[-`{-~]|\.)[*+?]?)*\$?$/

/**
 * A regular expression in RE2 syntax, without look-around and back-references. Matching is linear
 * in the length of the text, so a hostile request cannot make it backtrack. It is compiled when it
 * is first tested.
 */
export class TextPattern {
  readonly source: string
  /** Parsed; compiled when it is first matched. Undefined: it is plain, and was never tested. */
  #set: RE2Set | undefined
  #required: RequiredText | undefined

  /**
   * Throws Error if the expression is invalid or too large; its message says why. `accept` gets its
   * size before it is parsed, and may throw too.
   */
  constructor(source: string, accept: (size: number) => void = () => {}) {
    accept(sizeOf(source))
    if (!PLAIN.test(source)) this.#set = parse(source)
    this.source = source
  }

  /** What every text that matches holds. */
  get required(): RequiredText {
    this.#required ??= findRequiredText(this.source)
    return this.#required
  }

  /** Whether the expression matches anywhere in a text. */
  test(text: string): boolean {
    this.#set ??= parse(this.source)
    return this.#set.match(text).length > 0
  }
}

/** A set of one expression: the class of RE2JS whose memory can be limited. */
function parse(source: string): RE2Set {
  // Loaded on first use: most rules have plain expressions at most, and its tables are large.
  const { RE2Set }: typeof import('re2js') = require('re2js')
  const set = new RE2Set(RE2Set.UNANCHORED, 0, MAX_STATE_BYTES)
  set.add(source)
  return set
}

/** The size of an expression. Throws Error if it is over the maximum. */
function sizeOf(source: string): number {
  const { length } = source
  if (length > MAX_PATTERN_LENGTH) {
    const reason = `it has ${length} characters, the maximum is ${MAX_PATTERN_LENGTH}`
    throw new Error(`the regular expression is too long: ${reason}`)
  }
  const size = estimatePatternSize(source)
  if (size <= MAX_PATTERN_SIZE) return size
  const reason = `it compiles to about ${size} instructions, the maximum is ${MAX_PATTERN_SIZE}`
  throw new Error(`the regular expression is too large: ${reason}`)
}
