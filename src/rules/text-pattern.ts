import { RE2JS } from 're2js'

/**
 * A regular expression in RE2 syntax, without look-around and back-references. Matching is linear
 * in the length of the text, so a hostile request cannot make it backtrack.
 */
export class TextPattern {
  readonly source: string
  readonly #regex: RE2JS

  /** Throws Error if the expression is invalid; its message says why. */
  constructor(source: string) {
    this.source = source
    this.#regex = RE2JS.compile(source)
  }

  /** Whether the expression matches anywhere in a text. */
  test(text: string): boolean {
    return this.#regex.test(text)
  }
}
