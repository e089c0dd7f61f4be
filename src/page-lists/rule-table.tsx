import { DataTable } from '../page-parts/data-table.tsx'
import { RowLink } from '../page-parts/row-link.tsx'
import { useStore } from '../page-parts/store-context.ts'
import type { RuleDocument } from '../page-state/documents.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { toShort } from '../page-state/short-text.ts'
import { EmptyRules } from './empty-states.tsx'

const COLUMNS = [
  { title: 'Order', kind: 'number' },
  { title: 'Id', kind: 'roomy' },
  { title: 'Name' },
  { title: 'Endpoint' },
  { title: 'Hits', kind: 'number' },
  { title: 'Left', kind: 'number' },
  { title: 'Origin', kind: 'roomy' },
]

/** The rules in the order in which they are tried. */
export function RuleTable() {
  const rules = useStore().lists.rules.document.value?.rules
  if (rules === undefined) return null
  if (rules.length === 0) return <EmptyRules />
  return (
    <DataTable caption="Rules, in the order in which they are tried" columns={COLUMNS}>
      {rules.map((rule, index) => (
        <Row key={rule.id} document={rule} order={index + 1} />
      ))}
    </DataTable>
  )
}

function Row({ document, order }: { readonly document: RuleDocument; readonly order: number }) {
  const { id, origin, answered, rule } = document
  const left = rule.times === undefined ? '∞' : groupedCount(Math.max(rule.times - answered, 0))
  return (
    <tr class={left === '0' ? 'spent' : undefined}>
      <td class="number id">
        <RowLink list="rules" itemKey={id} label={`Rule ${id}`}>
          {order}
        </RowLink>
      </td>
      <td class="roomy muted">{id}</td>
      <td class="text">{toShort(rule.name ?? '', 80)}</td>
      <td class="text path">{toShort(rule.when.endpoint, 80)}</td>
      <td class="number">{groupedCount(answered)}</td>
      <td class="number">{left === '0' ? 'none' : left}</td>
      <td class="roomy muted">{origin}</td>
    </tr>
  )
}
