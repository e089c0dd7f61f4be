import { useComputed, useSignal } from '@preact/signals'
import { showDuration } from '../clock/show-time.ts'
import { useStore } from '../page-parts/store-context.ts'
import { rateOf } from '../page-state/clock-time.ts'
import type { JobRow } from '../page-state/documents.ts'
import { keyOf, progressAt } from '../page-state/progress.ts'

/** A bar moves by half a percent, which is less than a pixel: what does not move is not drawn again. */
const STEPS_OF_PERCENT = 2

const SECOND_MS = 1000

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
    const percent = progressAt(sample.value, { steps, nowMs: isMoving ? nowMs.value : atMs })
    return Math.floor(percent * STEPS_OF_PERCENT) / STEPS_OF_PERCENT
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
  const { nowMs, clock } = useStore()
  const source = useSignal(job)
  source.value = job
  const text = useComputed(() => {
    const { status, next_change_at_ms: atMs } = source.value
    if (status !== 'RUNNING') return ''
    if (atMs === null) return 'waits'
    const leftMs = Math.max(atMs - nowMs.value, 0)
    const isRunning = clock.value !== undefined && rateOf(clock.value.clock) > 0
    return `in ${showDuration(isRunning && leftMs > SECOND_MS ? wholeSeconds(leftMs) : leftMs)}`
  })
  return <>{text}</>
}

/** A time that runs down is shown in whole seconds: tenths would draw its row ten times a second. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS
}
