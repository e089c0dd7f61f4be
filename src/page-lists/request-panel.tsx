import { Pager } from '../page-parts/pager.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { ALL_REQUESTS, type RequestFilter } from '../page-state/filters.ts'
import { groupedCount } from '../page-state/grouped-count.ts'
import { EmptyRequests } from './empty-states.tsx'
import { RequestTable } from './request-table.tsx'

/** The requests that came, their filters and their parts. */
export function RequestPanel() {
  const { lists, requestFilter, exists } = useStore()
  const page = lists.requests.document.value
  const { offset } = requestFilter.value
  if (!exists.value) return null
  return (
    <>
      <Filters />
      {page && page.dropped > 0 && (
        <p class="list-note">
          The journal has dropped {groupedCount(page.dropped)} older requests: see
          --journal-requests.
        </p>
      )}
      {page && page.total > 0 && <RequestTable requests={page.requests} />}
      {page?.total === 0 && (isFiltered(page.filter) ? <NoMatch /> : <EmptyRequests />)}
      {page && (
        <Pager
          offset={offset}
          total={page.total}
          noun="requests"
          onMove={(moved) => {
            requestFilter.value = { ...requestFilter.value, offset: moved }
          }}
        />
      )}
    </>
  )
}

function isFiltered({ offset: _offset, ...conditions }: RequestFilter): boolean {
  return Object.values(conditions).some((condition) => condition !== '' && condition)
}

function NoMatch() {
  const { requestFilter } = useStore()
  return (
    <div class="empty">
      <p>No request meets the filters.</p>
      <button
        type="button"
        class="button"
        onClick={() => {
          requestFilter.value = ALL_REQUESTS
        }}
      >
        Show all
      </button>
    </div>
  )
}

function Filters() {
  const { requestFilter } = useStore()
  const change = (part: Partial<RequestFilter>) => {
    requestFilter.value = { ...requestFilter.value, ...part, offset: 0 }
  }
  return (
    <search class="filters">
      <TextFilter name="endpoint" id="filter" hint="/get/job" onChange={change} />
      <TextFilter name="user" id="filter-user" hint="admin" onChange={change} />
      <TextFilter name="fault" id="filter-fault" hint="name" onChange={change} />
      <label class="field">
        <input
          type="checkbox"
          checked={requestFilter.value.isUnmatched}
          onChange={({ currentTarget }) => change({ isUnmatched: currentTarget.checked })}
        />
        unmatched
      </label>
    </search>
  )
}

interface TextFilterProps {
  readonly name: 'endpoint' | 'user' | 'fault'
  readonly id: string
  readonly hint: string
  readonly onChange: (part: Partial<RequestFilter>) => void
}

function TextFilter({ name, id, hint, onChange }: TextFilterProps) {
  const { requestFilter } = useStore()
  return (
    <label class="field">
      {name}
      <input
        type="search"
        id={id}
        placeholder={hint}
        maxLength={200}
        value={requestFilter.value[name]}
        onInput={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
      />
    </label>
  )
}
