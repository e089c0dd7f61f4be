import { RE2JS } from 're2js'

/**
 * A regular expression that a text must contain a match of. The engine is linear in the text: a
 * hostile request cannot make it backtrack (RE2 syntax: no look-around, no back-references).
 */
export class TextPattern {
  readonly source: string
  readonly #regex: RE2JS

  /** Throws an Error that says what is wrong with the expression. */
  constructor(source: string) {
    this.source = source
    this.#regex = RE2JS.compile(source)
  }

  /** Tells whether the expression matches anywhere in a text. */
  test(text: string): boolean {
    return this.#regex.test(text)
  }
}
