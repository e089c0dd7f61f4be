import { showTimeOfDay } from '../clock/show-time.ts'
import { DataTable } from '../page-parts/data-table.tsx'
import { Icon, type IconName } from '../page-parts/icon.tsx'
import { RowLink } from '../page-parts/row-link.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { act } from '../page-state/act.ts'
import { CALLS } from '../page-state/call.ts'
import type { ClusterDocument } from '../page-state/documents.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { toShort } from '../page-state/short-text.ts'

const COLUMNS = [
  { title: 'Name' },
  { title: 'State' },
  { title: 'Move to' },
  { title: 'URL', kind: 'roomy' },
  { title: 'Jobs', kind: 'number' },
  { title: 'Next change', kind: 'wide' },
]

type State = ClusterDocument['state']

const ICONS: Readonly<Record<State, readonly [IconName, string]>> = {
  up: ['up', 'ok'],
  draining: ['half', 'warn'],
  stopping: ['half', 'warn'],
  offline: ['cancelled', 'bad'],
  down: ['down', 'bad'],
  proxy_down: ['error', 'bad'],
}
const STATES = Object.keys(ICONS)

/** The clusters of the ring, each with its state. */
export function ClusterTable() {
  const { lists, isReadOnly } = useStore()
  const clusters = lists.clusters.document.value?.clusters
  if (clusters === undefined) return null
  const columns = isReadOnly ? COLUMNS.filter(({ title }) => title !== 'Move to') : COLUMNS
  return (
    <DataTable caption="Clusters" columns={columns}>
      {clusters.map((cluster) => (
        <Row key={cluster.name} cluster={cluster} />
      ))}
    </DataTable>
  )
}

function Row({ cluster }: { readonly cluster: ClusterDocument }) {
  const { isReadOnly } = useStore()
  const { name, host, path, state, next_change_at_ms: atMs, jobs } = cluster
  const [icon, kind] = ICONS[state]
  return (
    <tr>
      <td class="text">
        <RowLink list="clusters" itemKey={name}>
          {toShort(name, 40)}
        </RowLink>
      </td>
      <td>
        <span class={`state ${kind}`}>
          <Icon name={icon} /> {state}
        </span>
      </td>
      {!isReadOnly && (
        <td class="verb-cell">
          <StateSelect cluster={cluster} />
        </td>
      )}
      <td class="roomy text path">{toShort(`${host ?? ''}${path}` || '/', 60)}</td>
      <td class="number">{groupedCount(jobs)}</td>
      <td class="wide amount muted">{atMs === null ? '' : showTimeOfDay(atMs)}</td>
    </tr>
  )
}

/** Choosing a state moves the cluster to it at once. */
function StateSelect({ cluster: { name, state } }: { readonly cluster: ClusterDocument }) {
  const store = useStore()
  return (
    <select
      value={state}
      aria-label={`Move cluster ${toShort(name, 40)} to`}
      title={store.curlOf(CALLS.moveCluster(name, state))}
      onChange={({ currentTarget }) => {
        const to = currentTarget.value
        void act(store, CALLS.moveCluster(name, to), `Cluster ${toShort(name, 40)} is ${to}`)
      }}
    >
      {STATES.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  )
}
