import { showDuration } from '../clock/show-time.ts'
import { useStore } from '../page-parts/store-context.ts'
import type { ClockDocument, JobRow } from '../page-state/documents.ts'
import { keyOf, nextOf } from '../page-state/progress.ts'
import { toShort } from '../page-state/short-text.ts'
import type { Store } from '../page-state/store.ts'

/** What changes next by time alone, and when: `next: job 42 → DONE in 3 s`. */
export function NextChange({ clock }: { readonly clock: ClockDocument }) {
  const store = useStore()
  const atMs = clock.next_change_at_ms
  if (atMs === null) return <p class="next">nothing changes by time alone</p>
  const leftMs = Math.max(atMs - store.nowMs.value, 0)
  return (
    <p class="next">
      next: {describeNext(store, atMs)} in <span class="amount">{showDuration(leftMs)}</span>
    </p>
  )
}

/** Only what is on screen is known by name. */
function describeNext(store: Store, atMs: number) {
  const { jobs, clusters } = store.lists
  const job = jobs.document.value?.jobs.find((one) => one.next_change_at_ms === atMs)
  if (job !== undefined) return <NextOfJob job={job} />
  const cluster = clusters.document.value?.clusters.find((one) => one.next_change_at_ms === atMs)
  return cluster === undefined ? 'a change' : `cluster ${toShort(cluster.name, 20)}`
}

function NextOfJob({ job }: { readonly job: JobRow }) {
  const next = nextOf(job, useStore().lifecycles.find(job))
  const key = keyOf(job.job_id)
  return (
    <>
      <a href={`#jobs/${key}`}>job {key}</a> → {next ?? 'its next step'}
    </>
  )
}
