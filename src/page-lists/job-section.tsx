import { ListError } from '../page-parts/list-error.tsx'
import { Pager } from '../page-parts/pager.tsx'
import { ScrollRegion } from '../page-parts/scroll-region.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { EmptyJobs, MissingScope } from './empty-states.tsx'
import { JobTable } from './job-table.tsx'

const STATUSES = ['RUNNING', 'DONE', 'ERROR', 'CANCELLED']

/** The jobs of the scope, by status. */
export function JobSection() {
  const { lists, jobFilter } = useStore()
  const page = lists.jobs.document.value
  const { offset } = jobFilter.value
  return (
    <section class="panel job-panel" aria-labelledby="jobs-title">
      <div class="panel-head">
        <h2 id="jobs-title" class="section-title">
          Jobs {page && <span class="count">{groupedCount(page.total)}</span>}
        </h2>
        <StatusFilter />
      </div>
      <ListError list={lists.jobs} />
      <ScrollRegion labelledBy="jobs-title">
        <Jobs />
      </ScrollRegion>
      {page && (
        <Pager
          offset={offset}
          total={page.total}
          noun="jobs"
          onMove={(moved) => {
            jobFilter.value = { ...jobFilter.value, offset: moved }
          }}
        />
      )}
    </section>
  )
}

function Jobs() {
  const { lists, exists } = useStore()
  const page = lists.jobs.document.value
  if (!exists.value) return <MissingScope />
  if (page === undefined) return null
  if (page.total > 0) return <JobTable {...page} />
  return page.filter.status === '' ? <EmptyJobs /> : <p class="empty">No job is so.</p>
}

function StatusFilter() {
  const { jobFilter } = useStore()
  return (
    <label class="field">
      State
      <select
        value={jobFilter.value.status}
        onChange={({ currentTarget }) => {
          jobFilter.value = { status: currentTarget.value, offset: 0 }
        }}
      >
        <option value="">all</option>
        {STATUSES.map((status) => (
          <option key={status}>{status}</option>
        ))}
      </select>
    </label>
  )
}
