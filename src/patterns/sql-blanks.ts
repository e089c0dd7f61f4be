import { skip } from './scan-text.ts'

/** The first mark after an index, as it was searched last. */
interface Found {
  readonly from: number
  readonly at: number
}

/** Skips white space and comments in a text, in linear time for any number of them. */
export class SqlBlanks {
  readonly #text: string
  /** Where a run of comments ends, by where it or a part of it begins. */
  readonly #ends = { between: new Map<number, number>(), all: new Map<number, number>() }
  readonly #found = new Map<string, Found>()

  constructor(text: string) {
    this.#text = text
  }

  /** Skips white space and comments between their marks. */
  skip(at: number): number {
    return this.#skipRun(at, {
      ends: this.#ends.between,
      next: (comment) => this.#afterMarks(comment),
      blank: (from) => skip(this.#text, { at: from, over: /\s/ }),
    })
  }

  /** Skips lines of comments, too: outside SQL, two hyphens may begin a secret. */
  skipAll(at: number): number {
    return this.#skipRun(at, {
      ends: this.#ends.all,
      next: (comment) => this.#afterLine(comment),
      blank: (from) => this.skip(from),
    })
  }

  #skipRun(at: number, { ends, next, blank }: Run): number {
    const begins: number[] = []
    let end = blank(at)
    for (let after = next(end); after !== undefined; after = next(end)) {
      begins.push(end)
      end = ends.get(end) ?? blank(after)
    }
    for (const begin of begins) ends.set(begin, end)
    return end
  }

  /** The index after a comment between marks; undefined without one. */
  #afterMarks(at: number): number | undefined {
    if (!this.#text.startsWith('/*', at)) return undefined
    const end = this.#find('*/', at + 2)
    return end < 0 ? undefined : end + 2
  }

  /** The index after a line that is a comment; undefined without one. */
  #afterLine(at: number): number | undefined {
    if (!this.#text.startsWith('--', at)) return undefined
    const end = this.#find('\n', at + 2)
    return end < 0 ? undefined : end
  }

  /** The next mark from an index on; the last one that was found is not searched again. */
  #find(mark: string, from: number): number {
    const last = this.#found.get(mark)
    if (last !== undefined && from >= last.from && (last.at < 0 || from <= last.at)) return last.at
    const at = this.#text.indexOf(mark, from)
    this.#found.set(mark, { from, at })
    return at
  }
}

/** A kind of comments, and the white space between them. */
interface Run {
  readonly ends: Map<number, number>
  readonly next: (at: number) => number | undefined
  readonly blank: (at: number) => number
}
