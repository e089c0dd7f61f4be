import type { RecordType } from './record-type.ts'
import { type StoredRow, storedRowBytes } from './stored-row.ts'
import { NO_ROWS, Table, type TableSeed } from './table.ts'
import { TableBudget, tableBytes } from './table-budget.ts'
import { TableError } from './table-error.ts'

/** The maximum number of tables of a scope. */
export const MAX_TABLES = 10_000

/** The maximum number of rows of a table. */
export const MAX_TABLE_ROWS = 1_000_000

/** The maximum number of rows of all tables of a scope. */
export const MAX_SCOPE_ROWS = 5_000_000

/** What a set needs besides its tables. */
export interface TableSetOptions {
  /** That of all scopes. Default: unlimited. */
  readonly budget?: TableBudget
  /** Called after tables, rows or schemas were added or removed. Default: no notification. */
  readonly changed?: () => void
}

/** The tables of one scope, by their exact names, and the schemas that clients created. */
export class TableSet {
  readonly #budget: TableBudget
  readonly #changed: () => void
  readonly #tables = new Map<string, Table>()
  readonly #schemas = new Set<string>()
  #rows = 0
  #inserted = 0n

  /** `seeds` are the tables from fixtures. Throws TableError as `addAll` does. */
  constructor(seeds: readonly TableSeed[] = [], options: TableSetOptions = {}) {
    const { budget = new TableBudget(Number.POSITIVE_INFINITY), changed = () => {} } = options
    this.#budget = budget
    this.#changed = changed
    this.addAll(seeds)
  }

  get size(): number {
    return this.#tables.size
  }

  /** The number of rows of all tables. */
  get rows(): number {
    return this.#rows
  }

  /** All tables, in the order in which they were created. */
  list(): Table[] {
    return [...this.#tables.values()]
  }

  /** The tables of a schema. */
  listSchema(schema: string): Table[] {
    return this.list().filter(({ schemaName }) => schemaName === schema)
  }

  /** The table with a name; undefined if it is unknown. */
  find(name: string): Table | undefined {
    return this.#tables.get(name)
  }

  /** The table with a name. Throws TableError if it is unknown. */
  get(name: string): Table {
    const table = this.find(name)
    if (table) return table
    throw new TableError('TABLE_NOT_FOUND', `Cannot find the table ${name}: no table has this name`)
  }

  /** The type with an id of any table; undefined if no table has it. */
  findType(id: string): RecordType | undefined {
    return this.list().find(({ type }) => type.id === id)?.type
  }

  /** Whether a client created the schema, or a table has it in its name. */
  hasSchema(name: string): boolean {
    if (name === '') return false
    return this.#schemas.has(name) || this.list().some(({ schemaName }) => schemaName === name)
  }

  /** Remembers a schema. Throws TableError if there are too many, or too many bytes. */
  addSchema(name: string): void {
    if (this.#schemas.size >= MAX_TABLES) {
      const reason = `the maximum is ${MAX_TABLES}`
      throw new TableError('TOO_MANY_TABLES', `Cannot create the schema ${name}: ${reason}`)
    }
    this.#budget.assertFits(tableBytes(name))
    this.#budget.take(tableBytes(name))
    this.#schemas.add(name)
    this.#changed()
  }

  /** Removes a schema with its tables. */
  removeSchema(name: string): void {
    for (const table of this.listSchema(name)) this.remove(table.name)
    this.#forgetSchema(name)
    this.#changed()
  }

  /** The names of all schemas, those of tables included. */
  schemaNames(): string[] {
    const ofTables = this.list().map(({ schemaName }) => schemaName)
    return [...new Set([...this.#schemas, ...ofTables])].filter((name) => name !== '')
  }

  /**
   * Adds a table.
   *
   * @throws TableError if its name is taken, or it exceeds a maximum; the set is then unchanged.
   */
  add(seed: TableSeed): Table {
    this.addAll([seed])
    return this.get(seed.name)
  }

  /** As `add`, of several tables: all or none. */
  addAll(seeds: readonly TableSeed[]): void {
    this.prepare(seeds)()
  }

  /** Checks that tables can be added, and returns what adds them. Throws TableError as `add` does. */
  prepare(seeds: readonly TableSeed[]): () => void {
    this.#assertRoom(seeds)
    return () => {
      for (const seed of seeds) this.#add(new Table(seed, tableBytes(seed.name)))
    }
  }

  #add(table: Table): void {
    this.#budget.takeRows(table.sharedRows)
    this.#budget.takeType(table.type)
    this.#budget.take(table.ownBytes)
    this.#rows += table.count
    this.#tables.set(table.name, table)
    this.#changed()
  }

  #assertRoom(seeds: readonly TableSeed[]): void {
    const names = new Set<string>()
    for (const { name, rows } of seeds) {
      if (names.has(name) || this.#tables.has(name)) {
        const reason = 'a table has this name'
        throw new TableError('TABLE_EXISTS', `Cannot create the table ${name}: ${reason}`)
      }
      names.add(name)
      assertFew(name, rows.length)
    }
    if (this.size + seeds.length > MAX_TABLES) {
      const reason = `there are ${this.size} of at most ${MAX_TABLES} tables`
      throw new TableError('TOO_MANY_TABLES', `Cannot create a table: ${reason}`)
    }
    this.#assertRows(seeds.reduce((sum, { rows }) => sum + rows.length, 0))
    this.#budget.assertSeedsFit(seeds)
  }

  /**
   * Adds rows to a table, after all others. The rows must be of its type.
   *
   * @throws TableError if there would be too many rows or bytes; the table is then unchanged.
   */
  insert(table: Table, rows: readonly StoredRow[]): void {
    assertFew(table.name, table.count + rows.length)
    this.#assertRows(rows.length)
    const bytes = rows.reduce((sum, row) => sum + storedRowBytes(row), 0)
    this.#budget.assertFits(bytes)
    this.#budget.take(bytes)
    table.ownBytes += bytes
    this.#rows += rows.length
    table.add(rows)
    this.#changed()
  }

  /** Ids for so many inserted rows, each different from all others of the scope. */
  nextRecordIds(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.#inserted += 1n
      return this.#inserted.toString(16).padStart(32, '0')
    })
  }

  /** Removes the rows of a table, and returns how many there were. */
  deleteRows(table: Table): number {
    const { count } = table
    this.#freeRows(table)
    table.clear()
    table.ownBytes = tableBytes(table.name)
    this.#budget.takeRows(NO_ROWS)
    this.#budget.take(table.ownBytes)
    this.#changed()
    return count
  }

  /** Removes a table. Throws TableError if it is unknown. */
  remove(name: string): void {
    const table = this.get(name)
    this.#freeRows(table)
    this.#budget.releaseType(table.type)
    this.#tables.delete(name)
    this.#changed()
  }

  /** Removes all tables and schemas. */
  clear(): void {
    for (const table of this.list()) this.remove(table.name)
    for (const name of this.#schemas) this.#forgetSchema(name)
    this.#changed()
  }

  #forgetSchema(name: string): void {
    if (this.#schemas.delete(name)) this.#budget.release(tableBytes(name))
  }

  /** Counts a table with its rows no more; its type stays. */
  #freeRows(table: Table): void {
    this.#budget.releaseRows(table.sharedRows)
    this.#budget.release(table.ownBytes)
    this.#rows -= table.count
  }

  #assertRows(more: number): void {
    if (this.#rows + more <= MAX_SCOPE_ROWS) return
    const reason = `the tables of the scope have ${this.#rows} of at most ${MAX_SCOPE_ROWS}`
    throw new TableError('TOO_MANY_ROWS', `Cannot take ${more} more rows: ${reason}`)
  }
}

function assertFew(name: string, rows: number): void {
  if (rows <= MAX_TABLE_ROWS) return
  const reason = `the maximum is ${MAX_TABLE_ROWS}`
  throw new TableError('TOO_MANY_ROWS', `Cannot keep ${rows} rows in the table ${name}: ${reason}`)
}
