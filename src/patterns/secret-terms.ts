import type { NamesInText } from './names-in-text.ts'
import type { TextRange } from './scan-text.ts'
import { CLAUSES, columnsAfter } from './sql-clauses.ts'
import type { SqlColumns } from './sql-group.ts'
import { SqlGroups } from './sql-groups.ts'
import { type SqlToken, sqlTokens } from './sql-tokens.ts'
import { roleOf, type WordRole } from './sql-words.ts'

/** Strings and comments that are looked at as SQL may be in others. */
const MAX_INSIDE = 3

/** Values without quotes below this length are numbers of things. */
const MIN_VALUE = 4

/** What begins a literal. */
const LITERAL = /['$]|\d[\w.-]{3}/

/** A text in quotes that may be a name. */
const QUOTED_NAME = /^[\w.$ -]{1,100}$/

/** The token before another one. */
interface Before {
  readonly kind: 'name' | 'other' | 'plain' | 'value'
  readonly role: WordRole | undefined
  /** Whether it is a name after AS. */
  readonly isAlias: boolean
  readonly to: number
}

/** What is before a token. */
interface Around {
  readonly before: Before
  readonly row: SqlColumns | undefined
}

const NOTHING: Before = { kind: 'other', role: undefined, isAlias: false, to: -1 }

/**
 * The literals of SQL that are compared with a secret name or assigned to it, on either side and at
 * any depth: `'…' = lower(password)`, `password = CASE WHEN id = 1 THEN '…' END`, `'…' AS password`,
 * and those in secret columns: `INSERT INTO t (name, password) VALUES ('ann', '…')`,
 * `(name, password) = ('ann', '…')`. One pass over the text: each token is looked at once, and once
 * more for each string or comment around it, up to a maximum.
 */
export class SecretTerms {
  readonly #text: string
  readonly #names: NamesInText
  readonly #place: { readonly offset: number; readonly depth: number }
  readonly #inside: TextRange[] = []
  readonly #groups = new SqlGroups()
  #before = NOTHING
  /** The secret columns that the tokens just before name. */
  #row: SqlColumns | undefined

  constructor(text: string, names: NamesInText, place = { offset: 0, depth: 0 }) {
    this.#text = text
    this.#names = names
    this.#place = place
  }

  find(): TextRange[] {
    for (const token of sqlTokens(this.#text)) this.#take(token)
    this.#groups.finish()
    const { offset } = this.#place
    const found = this.#groups.secrets.map(({ from, to }) => ({
      from: from + offset,
      to: to + offset,
    }))
    return [...found, ...this.#inside]
  }

  #take(token: SqlToken): void {
    const around = { before: this.#before, row: this.#row }
    this.#row = undefined
    this.#before = { ...NOTHING, to: token.to }
    if (token.kind === 'comment') this.#skip(token, around)
    else if (token.kind === 'word' || token.kind === 'quoted') this.#word(token, around)
    else if (token.kind === 'string' || token.kind === 'value') this.#literal(token, around)
    else this.#mark(token, around)
  }

  #mark(token: SqlToken, around: Around): void {
    const { kind } = token
    if (kind === 'break') this.#break(token)
    else if (kind === 'close') this.#close()
    else if (kind === 'comma') this.#groups.nextTerm({ index: this.#groups.group.index + 1 })
    else if (kind === 'open') this.#open(token, around)
    else if (kind === 'operator') this.#compare(around)
  }

  /** A comment: the tokens around it are beside each other. */
  #skip(token: SqlToken, { before, row }: Around): void {
    this.#lookInside(token)
    this.#before = before
    this.#row = row
  }

  #word(token: SqlToken, around: Around): void {
    const { before } = around
    const { from, to } = token.inside
    const isPart = token.from === before.to && isOperand(before)
    const role = token.kind === 'word' && !isPart ? roleOf(this.#text.slice(from, to)) : undefined
    if (role === undefined) this.#operand(token, before)
    else this.#useRole(role, around)
  }

  #useRole(role: WordRole, { before, row }: Around): void {
    this.#before = { ...this.#before, kind: role === 'end' ? 'value' : 'other', role }
    this.#row = columnsAfter(role, row)
    CLAUSES[role]?.({ groups: this.#groups, before: before.role, row })
  }

  /** A name, of a column or of something else. */
  #operand(token: SqlToken, before: Before): void {
    const isPart = token.from === before.to && isOperand(before)
    const isName = this.#isName(token)
    if (!isPart) this.#separate(before, isName)
    const { term } = this.#groups.group
    if (isName) {
      term.isNamed = true
      if (before.role === 'as') term.isLinked = true
      if (before.role === 'in') term.isCompared = true
    } else if (before.kind === 'name' && !isPart) term.isDeclared = true
    const isAlias = before.role === 'as'
    this.#before = { kind: isName ? 'name' : 'plain', role: undefined, isAlias, to: token.to }
  }

  /** Whether a word or a text in quotes is a secret name; in other texts, it looks for SQL. */
  #isName(token: SqlToken): boolean {
    const { from, to } = token.inside
    if (token.kind === 'word' || QUOTED_NAME.test(this.#text.slice(from, to))) {
      return this.#names.isIn(this.#placed(token.inside))
    }
    this.#lookInside(token)
    return false
  }

  /** A name after an operand is that of a column in SELECT; if not, it begins another term. */
  #separate(before: Before, isName: boolean): void {
    const { isSelect, isValued, term } = this.#groups.group
    if (isSelect && isValued) {
      if (isName && before.kind === 'value') term.isLinked = true
      return
    }
    const isOver = before.kind === 'value' || (isOperand(before) && term.isCompared)
    if (isOver) this.#groups.nextTerm()
  }

  #literal(token: SqlToken, { before }: Around): void {
    const { from, to } = token.inside
    const { group } = this.#groups
    this.#before = { ...this.#before, kind: 'value' }
    if (token.kind === 'string') this.#lookInside(token)
    else if (to - from < MIN_VALUE) return
    if (before.kind === 'name') group.term.isCompared = true
    this.#groups.add(token.inside)
  }

  #compare({ row }: Around): void {
    this.#groups.group.term.isCompared = true
    this.#row = row
  }

  #open(token: SqlToken, { before, row }: Around): void {
    const { columns, columnsOf, term } = this.#groups.group
    if (before.role === 'in') term.isCompared = true
    const isCall = this.#text.charAt(token.from) === '(' && isOperand(before)
    const tuples = columnsOf === 'tuples' ? columns : undefined
    this.#groups.open({
      kind: isCall ? 'call' : 'list',
      isAlias: isCall && before.isAlias,
      columns: row ?? (tuples && { indexes: tuples, of: 'items' }),
    })
  }

  #close(): void {
    const inner = this.#groups.close()
    this.#before = { ...this.#before, kind: 'value' }
    if (inner?.named) this.#row = { indexes: inner.named, of: 'items' }
  }

  #break({ from }: SqlToken): void {
    const isEnd = this.#text.charAt(from) === ';'
    this.#groups.nextTerm(isEnd ? { columns: undefined, isSelect: false, isValued: true } : {})
  }

  #lookInside({ inside }: SqlToken): void {
    const { depth } = this.#place
    const placed = this.#placed(inside)
    if (depth === MAX_INSIDE || !this.#names.isIn(placed)) return
    const text = this.#text.slice(inside.from, inside.to)
    if (!LITERAL.test(text)) return
    const place = { offset: placed.from, depth: depth + 1 }
    for (const secret of new SecretTerms(text, this.#names, place).find()) this.#inside.push(secret)
  }

  #placed({ from, to }: TextRange): TextRange {
    const { offset } = this.#place
    return { from: from + offset, to: to + offset }
  }
}

function isOperand({ kind }: Before): boolean {
  return kind === 'name' || kind === 'plain'
}
