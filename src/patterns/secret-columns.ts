import { quotedAt, skipBlank, skipComments, type TextRange, upTo } from './scan-text.ts'
import type { SecretNaming } from './secret-name.ts'

/** The longest list of columns that is looked at, in characters. */
const MAX_LIST = 20_000

/** What a search for values stops at. */
const MARKS = /[(),"'$]/g
const DEPTHS = new Map([
  ['(', 1],
  [')', -1],
])

/**
 * The strings of `INSERT INTO users (name, password) VALUES ('ann', 'hush')` in columns with a secret
 * name. Asked for each secret name of a text, in their order; in all, the work is linear.
 */
export class SecretColumns {
  readonly #text: string
  readonly #naming: SecretNaming
  /** Where the search for lists goes on. */
  #seen = 0
  /** Where the last list begins; -1 without one. */
  #open = -1
  #isDone = true
  /** The end of the values that were looked at. */
  #walked = 0

  constructor(text: string, naming: SecretNaming) {
    this.#text = text
    this.#naming = naming
  }

  /** The values of a list that has a secret name at an index, if that is its first. */
  valuesFor(at: number): TextRange[] {
    const last = this.#text.slice(this.#seen, at).lastIndexOf('(')
    if (last >= 0) [this.#open, this.#isDone] = [this.#seen + last, false]
    this.#seen = Math.max(this.#seen, at)
    if (this.#isDone) return []
    this.#isDone = true
    const from = this.#open + 1
    const ahead = this.#text.slice(from, from + MAX_LIST)
    const list = ahead.slice(0, ahead.indexOf(')'))
    const values = this.#valuesAfter(from + list.length)
    if (values === undefined || values < this.#walked) return []
    return this.#walk(values, this.#secretColumns(list))
  }

  /** Where values begin after a list of columns that ends at an index: `) VALUES (`. */
  #valuesAfter(end: number): number | undefined {
    const text = this.#text
    if (text.charAt(end) !== ')') return undefined
    const word = skipComments(text, end + 1)
    if (!/^values/i.test(text.slice(word, word + 6))) return undefined
    const values = skipComments(text, word + 6)
    return text.charAt(values) === '(' ? values : undefined
  }

  #secretColumns(list: string): ReadonlySet<number> {
    const names = list.split(',').map((name) => name.replace(/["'`\s]/g, ''))
    return new Set(names.flatMap((name, index) => (this.#naming.isSecret(name) ? [index] : [])))
  }

  /** The strings in some columns of the tuples from an index on. */
  #walk(start: number, columns: ReadonlySet<number>): TextRange[] {
    const strings: TextRange[] = []
    let next = start
    while (this.#text.charAt(next) === '(') {
      next = skipBlank(this.#text, this.#tuple(next + 1, { columns, strings }))
      if (this.#text.charAt(next) === ',') next = skipBlank(this.#text, next + 1)
    }
    this.#walked = next
    return strings
  }

  /** The end of a tuple, whose strings are added. */
  #tuple(start: number, { columns, strings }: Found): number {
    const text = this.#text
    let [depth, column, next] = [1, 0, start]
    while (depth > 0 && next < text.length) {
      const mark = upTo(text, { from: next, end: MARKS }).to
      const quoted = quotedAt(text, mark)
      if (quoted !== undefined && columns.has(column)) strings.push(quoted)
      next = quoted?.end ?? mark + 1
      const character = text.charAt(mark)
      depth += DEPTHS.get(character) ?? 0
      if (character === ',' && depth === 1) column += 1
    }
    return next
  }
}

interface Found {
  readonly columns: ReadonlySet<number>
  readonly strings: TextRange[]
}
