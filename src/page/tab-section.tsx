import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { ClusterTable } from '../page-lists/cluster-table.tsx'
import { FaultTable } from '../page-lists/fault-table.tsx'
import { ReportPanel } from '../page-lists/report-panel.tsx'
import { RequestPanel } from '../page-lists/request-panel.tsx'
import { RuleTable } from '../page-lists/rule-table.tsx'
import { TableList } from '../page-lists/table-list.tsx'
import { TimelineTable } from '../page-lists/timeline-table.tsx'
import { ListError } from '../page-parts/list-error.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { TABS, type Tab } from '../page-state/page-place.ts'
import type { Store } from '../page-state/store.ts'

const NAMES: Readonly<Record<Tab, string>> = {
  requests: 'Requests',
  rules: 'Rules',
  faults: 'Faults',
  clusters: 'Clusters',
  timeline: 'Timeline',
  tables: 'Tables',
  report: 'Report',
}

/** The lists below the jobs, one at a time. */
export function TabSection() {
  const store = useStore()
  const tab = store.tab.value
  return (
    <section class="panel tab-panel" aria-label="Details of the scope">
      <div class="panel-head">
        <div
          role="tablist"
          aria-label="Lists"
          class="tabs"
          onKeyDown={(event) => moveTab(store, event)}
        >
          {TABS.map((name) => (
            <TabButton key={name} name={name} />
          ))}
        </div>
      </div>
      {tab !== 'report' && <ListError list={store.lists[tab]} />}
      <div id="tab-panel" class="tab-content" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        <TabContent tab={tab} />
      </div>
    </section>
  )
}

function TabButton({ name }: { readonly name: Tab }) {
  const store = useStore()
  const isSelected = store.tab.value === name
  const ref = useRef<HTMLButtonElement>(null)
  // Tabs become wider when their counts arrive.
  const hasCounts = store.ownScope.value !== undefined
  useEffect(() => {
    if (isSelected && ref.current !== null) scrollTo(ref.current)
  }, [isSelected, hasCounts])
  return (
    <button
      ref={ref}
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-controls="tab-panel"
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      onClick={() => openTab(store, name)}
    >
      {NAMES[name]} <TabCount name={name} />
    </button>
  )
}

/** Moves the tabs, and not the page, so that a tab is seen if there is no room for all. */
function scrollTo(tab: HTMLElement): void {
  const tabs = tab.parentElement
  if (tabs !== null) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - tab.offsetWidth
}

function TabCount({ name }: { readonly name: Tab }): ComponentChildren {
  const { ownScope, lists } = useStore()
  if (name === 'clusters') return count(lists.clusters.document.value?.clusters.length)
  if (name !== 'requests' && name !== 'rules' && name !== 'faults') return null
  const { unmatched = 0, [name]: total } = ownScope.value ?? {}
  if (name !== 'requests' || unmatched === 0) return count(total)
  return (
    <>
      {count(total)} <span class="count warn">{groupedCount(unmatched)} unmatched</span>
    </>
  )
}

function count(total: number | undefined): ComponentChildren {
  return total === undefined ? null : <span class="count">{groupedCount(total)}</span>
}

function TabContent({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'requests':
      return <RequestPanel />
    case 'rules':
      return <RuleTable />
    case 'faults':
      return <FaultTable />
    case 'clusters':
      return <ClusterTable />
    case 'timeline':
      return <TimelineTable />
    case 'tables':
      return <TableList />
    case 'report':
      return <ReportPanel />
  }
}

/** A selected job stays selected. */
function openTab({ selection, tab }: Store, list: Tab): void {
  tab.value = list
  if (selection.value?.list !== 'jobs') selection.value = { list, key: undefined }
}

/** The arrow keys move between tabs, as in every list of tabs. */
function moveTab(store: Store, event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (step === undefined) return
  const index = TABS.indexOf(store.tab.value) + step
  const next = TABS.at(index % TABS.length)
  if (next === undefined) return
  event.preventDefault()
  openTab(store, next)
  document.getElementById(`tab-${next}`)?.focus()
}
