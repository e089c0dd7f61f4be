import type { TextRange } from './scan-text.ts'
import { type SqlGroup, type SqlGroupStart, startGroup, startTerm } from './sql-group.ts'

/** Groups further inside are looked at as a part of the one around them. */
const MAX_GROUPS = 200

/**
 * The open groups of SQL, and their literals. A literal waits until the term that it is in is over,
 * or one around it: then it is secret, or it is not. Each is moved once.
 */
export class SqlGroups {
  /** The literals that are secret. */
  readonly secrets: TextRange[] = []
  /** The literals that wait. */
  readonly #literals: TextRange[] = []
  readonly #outer: SqlGroup[] = []
  /** The number of open groups that exceed the maximum. */
  #excess = 0
  #group = startGroup({ kind: 'base' }, 0)

  /** The innermost group. */
  get group(): SqlGroup {
    return this.#group
  }

  add(literal: TextRange): void {
    this.#literals.push(literal)
  }

  open(start: SqlGroupStart): void {
    if (this.#outer.length === MAX_GROUPS) {
      this.#excess += 1
      return
    }
    this.#outer.push(this.#group)
    this.#group = startGroup(start, this.#literals.length)
  }

  /** Ends the innermost brackets, and each CASE in them; returns their group, if they are open. */
  close(): SqlGroup | undefined {
    while (this.#group.kind === 'case' && this.#excess === 0) this.#closeGroup()
    return this.#closeGroup()
  }

  /** Ends a CASE; without one, the word END only ends a term. */
  endCase(): void {
    if (this.#excess > 0 || this.#group.kind === 'case') this.#closeGroup()
    else this.nextTerm()
  }

  /** Ends the innermost group and returns it; undefined if only the text is left. */
  #closeGroup(): SqlGroup | undefined {
    if (this.#excess > 0) {
      this.#excess -= 1
      return undefined
    }
    const outer = this.#outer.pop()
    if (outer === undefined) return undefined
    this.nextTerm()
    const inner = this.#group
    this.#group = outer
    this.#useInner(inner)
    return inner
  }

  /** Ends all groups. */
  finish(): void {
    this.#excess = 0
    while (this.#outer.length > 0) this.#closeGroup()
    this.nextTerm()
  }

  /** Ends the term, and starts another one in the same group, which changes. */
  nextTerm(change: Partial<SqlGroup> = {}): void {
    const group = this.#group
    const { term } = group
    if (isSecretTerm(group)) this.#takeFrom(term.first)
    else if (term.isCompared || !group.isValued) this.#literals.length = term.first
    if (term.isNamed && !term.isCompared && group.isValued) {
      group.named ??= new Set()
      group.named.add(group.index)
      // A declaration of a column is no value.
      if (!term.isDeclared) group.isNamed = true
    }
    Object.assign(group, change)
    group.term = startTerm(group, this.#literals.length)
  }

  #takeFrom(first: number): void {
    for (const literal of this.#literals.splice(first)) this.secrets.push(literal)
  }

  /** Uses what is known of a group for the term around it. */
  #useInner({ first, index, isAlias, isNamed, kind }: SqlGroup): void {
    const { term } = this.#group
    const isSize = term.isDeclared && !term.isCompared && !term.isLinked
    if (isSize) this.#literals.length = first
    if (!isNamed) return
    // A literal beside a secret column is compared with it, or is its key: `nullif(password, '…')`.
    if (kind === 'call') this.#takeFrom(first)
    const isRow = kind === 'list' && index > 0
    if (!isRow || term.isCompared) term.isNamed = true
    if (isAlias) term.isLinked = true
  }
}

/** Whether the literals of the term of a group are secret. */
function isSecretTerm({ isOperandNamed, isValued, kind, term }: SqlGroup): boolean {
  const isAssigned = term.isNamed && (term.isCompared || term.isLinked)
  return isAssigned || term.isColumn || (kind === 'case' && !isValued && isOperandNamed === true)
}
