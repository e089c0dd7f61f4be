import { DataTable } from '../page-parts/data-table.tsx'
import { RowLink } from '../page-parts/row-link.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { act } from '../page-state/act.ts'
import { CALLS } from '../page-state/call.ts'
import type { FaultDocument } from '../page-state/documents.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { toShort } from '../page-state/short-text.ts'
import { EmptyFaults } from './empty-states.tsx'

const COLUMNS = [
  { title: 'Active' },
  { title: 'Name' },
  { title: 'Damage' },
  { title: 'Endpoint', kind: 'roomy' },
  { title: 'Hits', kind: 'number' },
  { title: 'Seen', kind: 'number roomy' },
  { title: 'Left', kind: 'number roomy' },
  { title: 'Origin', kind: 'wide' },
]

/** The faults in the order in which they strike, each with its switch. */
export function FaultTable() {
  const faults = useStore().lists.faults.document.value?.faults
  if (faults === undefined) return null
  if (faults.length === 0) return <EmptyFaults />
  return (
    <DataTable caption="Faults" columns={COLUMNS}>
      {faults.map((fault) => (
        <Row key={fault.id} document={fault} />
      ))}
    </DataTable>
  )
}

function Row({ document }: { readonly document: FaultDocument }) {
  const { id, name, origin, seen, hits, left, fault } = document
  return (
    <tr>
      <td class="verb-cell">
        <FaultSwitch document={document} />
      </td>
      <td class="text">
        <RowLink list="faults" itemKey={id} label={`Fault ${toShort(name, 40)}`}>
          {toShort(name, 40)}
        </RowLink>
      </td>
      <td class="text">{describeDamage(document)}</td>
      <td class="roomy text path">{toShort(fault.when?.endpoint ?? 'all', 60)}</td>
      <td class="number">{groupedCount(hits)}</td>
      <td class="number roomy">{groupedCount(seen)}</td>
      <td class="number roomy">{left === null ? '∞' : groupedCount(left)}</td>
      <td class="wide muted">{origin}</td>
    </tr>
  )
}

/** The kind of damage: `reset`, `cut`, or `delay`. */
function describeDamage({ fault: { fault, delay } }: FaultDocument): string {
  const kind = typeof fault === 'string' ? fault : Object.keys(fault ?? {}).join()
  return [kind, delay === undefined ? '' : 'delay'].filter((part) => part !== '').join(', ')
}

function FaultSwitch({ document: { id, name, enabled } }: { readonly document: FaultDocument }) {
  const store = useStore()
  const text = enabled ? 'on' : 'off'
  if (store.isReadOnly) return <span class={`state ${enabled ? 'bad' : ''}`}>{text}</span>
  const call = CALLS.switchFault(id, !enabled)
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={enabled}
      aria-label={`Fault ${toShort(name, 40)}`}
      title={store.curlOf(call)}
      onClick={() =>
        void act(store, call, `Switched the fault ${toShort(name, 40)} ${enabled ? 'off' : 'on'}`)
      }
    >
      <span class="track" aria-hidden="true" /> {text}
    </button>
  )
}
