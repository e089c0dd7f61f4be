import { type Static, Type } from '@sinclair/typebox'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { count, Paging } from '../control-parts/control-kinds.ts'
import { readOneTable } from '../control-parts/read-fixtures.ts'
import { CLOSED } from '../documents/schema-kinds.ts'
import { FixtureColumns, FixtureRows } from '../fixture-format/column-format.ts'
import { FixtureTable } from '../fixture-format/fixture-format.ts'
import { writeTable } from '../fixture-writing/write-table.ts'
import { toCells } from '../gpudb-parts/stored-rows.ts'
import type { Table } from '../tables/table.ts'
import type { TableSet } from '../tables/table-set.ts'

/** A table as the control API lists it. */
export const TableDocument = Type.Object(
  {
    name: Type.String({ description: 'Identifies the table in its scope.' }),
    type_id: Type.String({ description: 'The id of its type, as in /show/types.' }),
    columns: FixtureColumns,
    count: count('The number of its rows.'),
  },
  { title: 'Table' },
)
export type TableDocument = Static<typeof TableDocument>

/** A table with rows, in the form of fixtures. */
export const TableWithRows = Type.Object(
  { ...TableDocument.properties, rows: FixtureRows },
  { title: 'TableWithRows' },
)
export type TableWithRows = Static<typeof TableWithRows>

/** Which rows of a table to return. */
export const TableRows = Type.Object(Paging, {
  ...CLOSED,
  expected: 'an object with limit and offset',
})
export type TableRows = Static<typeof TableRows>

const Named = Type.Object({ name: Type.String({ expected: 'the name of a table' }) }, CLOSED)

/** The tables of a scope. */
export class TableControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** All tables without their rows, in the order in which they were created. */
  list(): TableDocument[] {
    return this.#tables.list().map(toTableDocument)
  }

  /**
   * A table with its rows, or with those that the filter asks for.
   *
   * @throws TableError if it is missing, ControlError if the filter is invalid.
   */
  get(name: string, rows: TableRows = {}): TableWithRows {
    const tables = this.#tables
    const { offset, limit } = checkInput(TableRows, rows, { action: 'show the table' })
    const table = tables.get(readName(name))
    const from = Math.min(offset ?? 0, table.count)
    const to = Math.min(from + (limit ?? table.count), table.count)
    return { ...toTableDocument(table), rows: toFixture(table, { from, to }).rows }
  }

  /**
   * Adds a table.
   *
   * @throws ControlError if it is invalid, TableError if its name is taken or it exceeds a limit.
   */
  add(text: FixtureTable): TableDocument {
    this.#context.assertUsable()
    const use = { action: 'add the table', code: 'BAD_FIXTURES' } as const
    const table = readOneTable(checkInput(FixtureTable, text, use), use)
    return toTableDocument(this.#tables.add(table))
  }

  /** Removes a table. Throws TableError if it is missing. */
  remove(name: string): void {
    const tables = this.#tables
    tables.remove(readName(name))
  }

  /** Removes all tables, those of the fixtures too, and the schemas that clients created. */
  clear(): void {
    this.#tables.clear()
  }

  get #tables(): TableSet {
    return this.#context.scope().tables
  }
}

function readName(name: string): string {
  return checkInput(Named, { name }, { action: 'find the table' }).name
}

/** Describes a table without its rows. */
export function toTableDocument(table: Table): TableDocument {
  const { name, type, count } = table
  const { columns } = toFixture(table, { from: 0, to: 0 })
  return { name, type_id: type.id, columns, count }
}

/** Writes a table as a fixture, with some of its rows or with all. */
export function toFixture(
  table: Table,
  { from, to }: { readonly from: number; readonly to: number },
): ReturnType<typeof writeTable> {
  const rows = table.slice(from, to).map((row) => toCells(table, row))
  return writeTable(table.name, { columns: table.columns, rows, hasTemplates: false })
}
