import { showTimeOfDay } from '../clock/show-time.ts'
import { DataTable } from '../page-parts/data-table.tsx'
import { Icon } from '../page-parts/icon.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { oneLine } from '../page-state/call.ts'
import type { Timeline } from '../page-state/documents.ts'
import type { JsonValue } from '../page-state/json-text.ts'
import { toShort } from '../page-state/short-text.ts'

const COLUMNS = [{ title: 'Time' }, { title: 'State' }, { title: 'What happens' }]

/** What happens at set times. */
export function TimelineTable() {
  const entries = useStore().lists.timeline.document.value?.entries
  if (entries === undefined) return null
  if (entries.length === 0) {
    return (
      <div class="empty">
        <p>
          <strong>The timeline is empty.</strong> Its entries move clusters, switch faults and end
          jobs at set times: see <code>timeline</code> in docs/fixtures.md.
        </p>
      </div>
    )
  }
  return (
    <DataTable caption="Timeline" columns={COLUMNS}>
      {entries.map((entry) => (
        <Row key={`${entry.at_ms} ${describe(entry)}`} document={entry} />
      ))}
    </DataTable>
  )
}

type Entry = Timeline['entries'][number]

function Row({ document }: { readonly document: Entry }) {
  const { at_ms, error } = document
  return (
    <tr>
      <td class="amount">{showTimeOfDay(at_ms)}</td>
      <td>
        <EntryState document={document} />
      </td>
      <td class="text path">
        {toShort(describe(document), 200)}
        {error !== null && <span class="second bad">{toShort(error, 200)}</span>}
      </td>
    </tr>
  )
}

function EntryState({ document: { applied, error } }: { readonly document: Entry }) {
  if (error !== null) {
    return (
      <span class="state bad">
        <Icon name="error" /> failed
      </span>
    )
  }
  return (
    <span class={`state ${applied ? 'ok' : ''}`}>
      <Icon name={applied ? 'done' : 'running'} /> {applied ? 'applied' : 'ahead'}
    </span>
  )
}

/** The entry without its time. */
function describe({ entry: { at: _at, ...rest } }: Entry): string {
  const value: JsonValue = { ...rest }
  return oneLine(value)
}
