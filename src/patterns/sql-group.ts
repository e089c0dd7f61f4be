/** An expression of SQL: an item of a list, a condition, an assignment, or a branch of CASE. */
export interface SqlTerm {
  /** The index of its first literal. */
  first: number
  /** Whether it has a secret name. */
  isNamed: boolean
  /** Whether it compares or assigns: it is no value itself. */
  isCompared: boolean
  /** Whether a secret name follows it, as in `'…' AS password`. */
  isLinked: boolean
  /** Whether a type follows the name, as in `password varchar(50)`. */
  isDeclared: boolean
  /** Whether it is an item of a secret column. */
  readonly isColumn: boolean
  /** The number of `BETWEEN` whose `AND` has not come yet. */
  betweens: number
}

/** Secret columns, and whether the items of a group are in them, or those of the groups in it. */
export interface SqlColumns {
  readonly indexes: ReadonlySet<number>
  readonly of: 'items' | 'tuples'
}

/** What is between brackets, or between CASE and END. */
export interface SqlGroup {
  readonly kind: 'base' | 'call' | 'case' | 'list'
  /** Whether it names columns, as in `AS t(name, password)`. */
  readonly isAlias: boolean
  readonly first: number
  term: SqlTerm
  /** The number of commas before the term. */
  index: number
  isSelect: boolean
  /** Whether the term is a part of the value of the group: not so in WHERE and WHEN. */
  isValued: boolean
  /** Whether the value of the group has a secret name. */
  isNamed: boolean
  /** Whether what CASE compares has a secret name; undefined before WHEN. */
  isOperandNamed: boolean | undefined
  /** Whether the term before SET has a secret name, as in `ALTER COLUMN password SET DEFAULT '…'`. */
  isSetNamed: boolean
  /** The items with secret names; undefined without any. */
  named: Set<number> | undefined
  /** The secret columns of VALUES or SELECT in this group. */
  columns: ReadonlySet<number> | undefined
  columnsOf: SqlColumns['of'] | undefined
}

/** The next term of a group, whose first literal has an index. */
export function startTerm(
  { columns, columnsOf, index }: Pick<SqlGroup, 'columns' | 'columnsOf' | 'index'>,
  first: number,
): SqlTerm {
  return {
    first,
    isNamed: false,
    isCompared: false,
    isLinked: false,
    isDeclared: false,
    isColumn: columnsOf === 'items' && columns?.has(index) === true,
    betweens: 0,
  }
}

export interface SqlGroupStart {
  readonly kind: SqlGroup['kind']
  readonly isAlias?: boolean
  readonly columns?: SqlColumns | undefined
}

/** A group whose first literal has an index. */
export function startGroup(start: SqlGroupStart, first: number): SqlGroup {
  const columns = start.columns?.indexes
  const columnsOf = start.columns?.of
  return {
    kind: start.kind,
    isAlias: start.isAlias ?? false,
    first,
    term: startTerm({ columns, columnsOf, index: 0 }, first),
    index: 0,
    isSelect: false,
    isValued: true,
    isNamed: false,
    isOperandNamed: undefined,
    isSetNamed: false,
    named: undefined,
    columns,
    columnsOf,
  }
}
