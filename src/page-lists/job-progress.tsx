import { useComputed, useSignal } from '@preact/signals'
import { showDuration } from '../clock/show-time.ts'
import { useStore } from '../page-parts/store-context.ts'
import type { JobRow } from '../page-state/documents.ts'
import { keyOf, progressAt } from '../page-state/progress.ts'

interface JobProgressProps {
  readonly job: JobRow
  /** The time of the scope when the job was so. */
  readonly atMs: number
}

/** The progress of a job, which moves between two events: time changes the bar, not the row. */
export function JobProgress({ job, atMs }: JobProgressProps) {
  const { lifecycles, nowMs } = useStore()
  const sample = useSignal({ job, atMs })
  sample.value = { job, atMs }
  const bar = useComputed(() => {
    const { steps } = lifecycles.find(sample.value.job) ?? {}
    const isMoving = sample.value.job.next_change_at_ms !== null
    return progressAt(sample.value, { steps, nowMs: isMoving ? nowMs.value : atMs })
  })
  const text = useComputed(() => String(Math.floor(bar.value)))
  return (
    <span class="progress">
      <progress
        class={job.status}
        max={100}
        value={bar}
        aria-label={`Progress of job ${keyOf(job.job_id)}`}
      />
      <span class="percent">{text} %</span>
    </span>
  )
}

/** When the job changes next, or that it waits for a client or a test. */
export function JobNext({ job }: { readonly job: JobRow }) {
  const { nowMs } = useStore()
  const source = useSignal(job)
  source.value = job
  const text = useComputed(() => {
    const { status, next_change_at_ms: atMs } = source.value
    if (status !== 'RUNNING') return ''
    return atMs === null ? 'waits' : `in ${showDuration(Math.max(atMs - nowMs.value, 0))}`
  })
  return <>{text}</>
}
