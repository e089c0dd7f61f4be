import { JobDetails } from '../page-lists/job-details.tsx'
import { RequestDetails } from '../page-lists/request-details.tsx'
import { Icon } from '../page-parts/icon.tsx'
import { ListError } from '../page-parts/list-error.tsx'
import { ScrollRegion } from '../page-parts/scroll-region.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { ValueTree } from '../page-parts/value-tree.tsx'
import { isJob, isRequest } from '../page-state/details-kind.ts'
import type { JsonValue } from '../page-state/json-text.ts'
import type { Details } from '../page-state/lists.ts'
import { toShort } from '../page-state/short-text.ts'

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
        {isThis && <Content details={details} />}
      </ScrollRegion>
    </aside>
  )
}

function Content({ details: { selection, document, atMs } }: { readonly details: Details }) {
  if (document === undefined) {
    return <p class="empty">It is gone, or the journal no longer holds it.</p>
  }
  const value: JsonValue = document
  if (isJob(selection, document))
    return <JobDetails key={selection.key} job={document} atMs={atMs} />
  if (isRequest(selection, document))
    return <RequestDetails key={selection.key} request={document} />
  return <ValueTree key={`${selection.list}/${selection.key}`} value={value} />
}
