import { bareAt, DELIMITERS, matchEnd, numberAt } from './bare-values.ts'
import { quotedAt, skip, type TextRange, upTo } from './scan-text.ts'
import { SqlBlanks } from './sql-blanks.ts'

/** Ends the value of a header without quotes. */
const LINE_END = /[\r\n"']/g

/** Words of SQL between a name and its secret: `PASSWORD HASH '…'`, `SECRET TO '…'`, `LIKE '…'`. */
const LINKS =
  /(?:as|by|encrypted|hash|hashed|id|ilike|in(?=\s*\()|is|like|not|plaintext|string|to|values|with)(?=[\s'"(=:])/iy

const USER_NAME = /(?:"[^"]{0,200}"|'[^']{0,200}'|`[^`]{0,200}`|[\w.$%-]{1,200})/y

/** What `PASSWORD secret` without quotes follows; in another text, it may be prose. */
const USER_STATEMENT = /\b(?:alter|create)\s{1,20}(?:login|role|user)\b[^;]{1,200}$/i
const MAX_STATEMENT = 230

/** `SET PASSWORD FOR 'ann'@'%'`. */
const FOR_USER = new RegExp(
  String.raw`for\s+(?:user\s+)?(?=[\w"'\x60])${USER_NAME.source}(?:@${USER_NAME.source})?`,
  'iy',
)

/** Between the parts of a secret, `'…' || '…'`, and before the old one, `REPLACE '…'`. */
const NEXT_PART = /(?:\|\||replace\b)/iy

/** A call, such as `PASSWORD('…')`, or a list: `IN ('…', '…')`; not a query or CASE. */
const CALL = /(?:\w{1,60}\s?)?[({[](?!\s{0,60}(?:case|select)\b)/iy

/** The longest call or list that is looked over, in characters. */
const MAX_GROUP = 2000
const GROUP_MARKS = /[()[\]{}"'\\]|(?<![\w.$<-])-?\d/g

const DEPTHS: ReadonlyMap<string, number> = new Map([
  ...Array.from('([{', (open) => [open, 1] as const),
  ...Array.from(')]}', (close) => [close, -1] as const),
])

const OPERATORS = /[\s:=<>!]/
const MAX_LINKS = 6

/** Where a value begins, and where one without quotes does; undefined: there is no `=`. */
interface ValuePlace {
  readonly value: number
  readonly bare: number | undefined
}

/** The secrets that follow names in a text. Asked for each name, in their order; linear in all. */
export class SecretValues {
  readonly #text: string
  readonly #blanks: SqlBlanks
  /** Where the last call or list ends that was looked over: those inside are not again. */
  #groupEnd = 0

  constructor(text: string) {
    this.#text = text
    this.#blanks = new SqlBlanks(text)
  }

  /** The secrets that follow a name, such as `PASSWORD = '…'`. */
  after(name: TextRange): TextRange[] {
    const text = this.#text
    const operator = this.#blanks.skip(skip(text, { at: name.to, over: /[\\"'`\]]/ }))
    const { value, bare } = this.#skipLinks(operator)
    const given = this.#givenAt(value)
    if (given.length > 0) return given
    if (bare !== undefined) return bareAt(text, { at: bare, name })
    const word = text.slice(name.from, name.to)
    const isHeader = text.startsWith(':', operator) && /(?:authorization|cookie)$/i.test(word)
    if (isHeader) return [upTo(text, { from: value, end: LINE_END })]
    if (value > name.to && this.#isOfUser(name)) return bareAt(text, { at: value, name })
    const number = value > name.to ? numberAt(text, value) : undefined
    return number === undefined ? [] : [number]
  }

  /** The secrets of `IDENTIFIED BY '…'`, with or without quotes, also `IDENTIFIED WITH plugin AS '…'`. */
  identified(name: TextRange): TextRange[] {
    const text = this.#text
    const start = this.#blanks.skipAll(name.to)
    const [word = ''] = /^(?:by|with|as|via)\b/i.exec(text.slice(start, start + 5)) ?? []
    if (start === name.to || word === '') return []
    const after = this.#blanks.skipAll(start + word.length)
    if (/^by$/i.test(word)) return this.#identifiedBy(after)
    const plugin = matchEnd(USER_NAME, { text, at: after }) ?? after
    const by = this.#blanks.skipAll(plugin)
    const end = matchEnd(/(?:by|as|using)\b/iy, { text, at: by })
    return end === undefined ? this.#givenAt(after) : this.#identifiedBy(end)
  }

  /** Whether SQL about a user goes on with a name. */
  #isOfUser({ from }: TextRange): boolean {
    return USER_STATEMENT.test(this.#text.slice(Math.max(from - MAX_STATEMENT, 0), from))
  }

  #identifiedBy(at: number): TextRange[] {
    const text = this.#text
    const begin = this.#blanks.skipAll(at)
    const word = matchEnd(/password\b/iy, { text, at: begin }) ?? begin
    const { value } = this.#skipLinks(this.#blanks.skipAll(word))
    const given = this.#givenAt(value)
    if (given.length > 0) return given
    const bare = upTo(text, { from: value, end: DELIMITERS })
    return [bare, ...this.#replacedAfter(bare.to)]
  }

  /** Skips operators, and the words between a name and its value. */
  #skipLinks(at: number): ValuePlace {
    const text = this.#text
    let link: number | undefined = at
    let bare: number | undefined
    let value = at
    for (let count = 0; count < MAX_LINKS && link !== undefined; count += 1) {
      const begin = this.#blanks.skip(link)
      const operator = skip(text, { at: begin, over: OPERATORS })
      value = this.#blanks.skip(operator)
      if (text.slice(begin, operator).includes('=')) bare = value
      link = matchEnd(LINKS, { text, at: value }) ?? matchEnd(FOR_USER, { text, at: value })
    }
    return { value, bare }
  }

  /** The strings at an index, or those in a call or a list that begins there. */
  #givenAt(at: number): TextRange[] {
    const strings = this.#stringsAt(at)
    if (strings.length > 0) return strings
    const open = matchEnd(CALL, { text: this.#text, at })
    return open === undefined || open < this.#groupEnd ? [] : this.#valuesInside(open)
  }

  /** A string and those that continue it. */
  #stringsAt(at: number): TextRange[] {
    const text = this.#text
    const strings: TextRange[] = []
    let quoted = quotedAt(text, at)
    while (quoted !== undefined) {
      const { from, to, end } = quoted
      strings.push({ from, to })
      const part = this.#blanks.skip(end)
      const next = this.#blanks.skip(matchEnd(NEXT_PART, { text, at: part }) ?? part)
      // In JSON, a string right after another one is no part of it.
      quoted = next === end ? undefined : quotedAt(text, next)
    }
    return strings
  }

  /** The strings inside brackets, without the keys of JSON, and its numbers. */
  #valuesInside(at: number): TextRange[] {
    const text = this.#text
    const isJson = text.charAt(at - 1) !== '('
    const values: TextRange[] = []
    let depth = 1
    let mark = upTo(text, { from: at, end: GROUP_MARKS }).to
    while (depth > 0 && mark < text.length && mark < at + MAX_GROUP) {
      const value = quotedAt(text, mark) ?? (isJson ? numberAt(text, mark) : undefined)
      depth += DEPTHS.get(text.charAt(mark)) ?? 0
      const end = value?.end ?? Math.max(mark + 1, skip(text, { at: mark, over: /\\/ }))
      const isKey = text.charAt(skip(text, { at: end, over: /\s/ })) === ':'
      if (value !== undefined && !isKey) values.push(value)
      mark = upTo(text, { from: end, end: GROUP_MARKS }).to
      this.#groupEnd = end
    }
    return values
  }

  /** The old secret after a new one without quotes: `REPLACE old`. */
  #replacedAfter(at: number): TextRange[] {
    const text = this.#text
    const begin = this.#blanks.skip(at)
    const end = matchEnd(NEXT_PART, { text, at: begin })
    const value = this.#blanks.skip(end ?? begin)
    const strings = this.#stringsAt(value)
    if (strings.length > 0 || end === undefined) return strings
    return [upTo(text, { from: value, end: DELIMITERS })]
  }
}
