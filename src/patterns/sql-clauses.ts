import type { SqlColumns } from './sql-group.ts'
import type { SqlGroups } from './sql-groups.ts'
import type { WordRole } from './sql-words.ts'

/** What is around a word of SQL. */
export interface SqlContext {
  readonly groups: SqlGroups
  /** The role of the word before it. */
  readonly before: WordRole | undefined
  /** The secret columns that the tokens just before it name. */
  readonly row: SqlColumns | undefined
}

/** The secret columns of the values that may follow a word. */
export function columnsAfter(role: WordRole, row: SqlColumns | undefined): SqlColumns | undefined {
  if (role === 'neutral') return row
  return (role === 'as' || role === 'in') && row ? { ...row, of: 'tuples' } : undefined
}

/** What words change in the groups around them. */
export const CLAUSES: Readonly<Partial<Record<WordRole, (context: SqlContext) => void>>> = {
  and: ({ groups }) => {
    const { term } = groups.group
    if (term.betweens === 0) groups.nextTerm()
    else term.betweens -= 1
  },
  between: ({ groups }) => {
    const { term } = groups.group
    term.isCompared = true
    term.betweens += 1
  },
  break: ({ groups }) => groups.nextTerm({ columnsOf: undefined }),
  case: ({ groups }) => groups.open({ kind: 'case' }),
  condition: ({ groups }) => groups.nextTerm({ columnsOf: undefined, isValued: false }),
  default: ({ before, groups }) => {
    const { isSetNamed, term } = groups.group
    if (before === 'set' && isSetNamed) term.isNamed = true
    term.isLinked = true
  },
  end: ({ groups }) => groups.endCase(),
  from: ({ before, groups }) => {
    const { isSelect, term } = groups.group
    if (before === 'distinct') term.isCompared = true
    else groups.nextTerm(isSelect ? { columnsOf: undefined, isValued: false } : {})
  },
  operator: ({ groups }) => {
    groups.group.term.isCompared = true
  },
  or: ({ groups }) => groups.nextTerm(),
  result: ({ groups }) => groups.nextTerm({ isValued: true }),
  select: ({ groups, row }) => {
    const columns = row?.indexes ?? groups.group.columns
    const columnsOf = columns && 'items'
    groups.nextTerm({ columns, columnsOf, index: 0, isSelect: true, isValued: true })
  },
  set: ({ groups }) => {
    const isSetNamed = groups.group.term.isNamed
    groups.nextTerm({ columnsOf: undefined, isSetNamed })
  },
  values: ({ groups, row }) => {
    const columns = row?.indexes ?? groups.group.columns
    groups.nextTerm({ columns, columnsOf: columns && 'tuples' })
  },
  when: ({ groups }) => {
    groups.nextTerm({ isValued: false })
    const { group } = groups
    if (group.isOperandNamed !== undefined) return
    group.isOperandNamed = group.isNamed
    group.isNamed = false
  },
}
