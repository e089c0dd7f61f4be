import { isJob, isRequest } from './details-kind.ts'
import { Icon } from './icon.tsx'
import { JobDetails } from './job-details.tsx'
import type { JsonValue } from './json-text.ts'
import { ListError } from './list-error.tsx'
import type { Details } from './lists.ts'
import { RequestDetails } from './request-details.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { toShort } from './short-text.ts'
import { useStore } from './store-context.ts'
import { ValueTree } from './value-tree.tsx'

const NOUNS = {
  jobs: 'Job',
  requests: 'Request',
  rules: 'Rule',
  faults: 'Fault',
  clusters: 'Cluster',
  tables: 'Table',
  timeline: '',
  report: '',
}

/** The selected item with all its keys. */
export function Inspector() {
  const store = useStore()
  const selection = store.selection.value
  if (selection?.key === undefined) return null
  const details = store.lists.details.document.value
  const isThis =
    details?.selection.list === selection.list && details.selection.key === selection.key
  return (
    <aside class="panel inspector" aria-labelledby="inspector-title">
      <div class="panel-head">
        <h2 id="inspector-title" class="section-title">
          {NOUNS[selection.list]} {toShort(selection.key, 60)}
        </h2>
        <button
          type="button"
          class="button quiet"
          aria-label="Close the details"
          onClick={() => {
            store.selection.value = { list: selection.list, key: undefined }
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <ListError list={store.lists.details} />
      <ScrollRegion class="inspector-body" labelledBy="inspector-title">
        {isThis ? <Content details={details} /> : <Missing />}
      </ScrollRegion>
    </aside>
  )
}

/** While the item is fetched this is empty; the item may be gone. */
function Missing() {
  const { details } = useStore().lists
  const isGone = details.document.value === undefined && !details.isStale.value
  return isGone ? <p class="empty">It is gone, or the journal no longer holds it.</p> : null
}

function Content({ details: { selection, document, atMs } }: { readonly details: Details }) {
  const value: JsonValue = document
  if (isJob(selection, document))
    return <JobDetails key={selection.key} job={document} atMs={atMs} />
  if (isRequest(selection, document))
    return <RequestDetails key={selection.key} request={document} />
  return <ValueTree key={`${selection.list}/${selection.key}`} value={value} />
}
