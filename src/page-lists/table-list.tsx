import { DataTable } from '../page-parts/data-table.tsx'
import { RowLink } from '../page-parts/row-link.tsx'
import { useStore } from '../page-parts/store-context.ts'
import type { TableDocument } from '../page-state/documents.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { toShort } from '../page-state/short-text.ts'

const COLUMNS = [{ title: 'Name' }, { title: 'Columns' }, { title: 'Rows', kind: 'number' }]

/** The tables of the database that clients read and insert into. */
export function TableList() {
  const tables = useStore().lists.tables.document.value?.tables
  if (tables === undefined) return null
  if (tables.length === 0) {
    return (
      <div class="empty">
        <p>
          <strong>No tables.</strong> Clients create them by <code>/create/table</code>, fixtures
          and tests by <code>tables</code>: see docs/fixtures.md.
        </p>
      </div>
    )
  }
  return (
    <DataTable caption="Tables" columns={COLUMNS}>
      {tables.map((table) => (
        <Row key={table.name} table={table} />
      ))}
    </DataTable>
  )
}

function Row({ table: { name, columns, count } }: { readonly table: TableDocument }) {
  return (
    <tr>
      <td class="text path">
        <RowLink list="tables" itemKey={name}>
          {toShort(name, 80)}
        </RowLink>
      </td>
      <td class="text muted">{toShort(columns.map(describeColumn).join(', '), 200)}</td>
      <td class="number">{groupedCount(count)}</td>
    </tr>
  )
}

function describeColumn(column: TableDocument['columns'][number]): string {
  return typeof column === 'string' ? column : column.name
}
