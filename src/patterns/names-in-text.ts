import type { TextRange } from './scan-text.ts'

/** The names of secrets in a text, in their order. No question is about an earlier place than the one before. */
export class NamesInText {
  readonly #names: readonly TextRange[]
  #next = 0

  constructor(names: readonly TextRange[]) {
    this.#names = names
  }

  /** Whether there is a name in a range, or a part of one. */
  isIn({ from, to }: TextRange): boolean {
    while ((this.#names[this.#next]?.to ?? Infinity) <= from) this.#next += 1
    return (this.#names[this.#next]?.from ?? Infinity) < to
  }
}
