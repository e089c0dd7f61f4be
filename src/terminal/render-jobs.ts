import { showDuration } from '../clock/show-time.ts'
import type { BriefJobDocument } from '../control-parts/job-document.ts'
import { type Cell, type Column, renderTable, type TablePlace } from './columns.ts'
import { styleOfStatus } from './style.ts'

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'TAG', shrinks: true },
  { title: 'ENDPOINT', shrinks: true, min: 16 },
  { title: 'STATUS', min: 7 },
  { title: '%', align: 'right' },
  { title: 'POLLS', align: 'right' },
  { title: 'NEXT', shrinks: true, min: 8 },
]

/** The jobs as a table, in the order in which they are given. `nowMs` is the time of their scope. */
export function renderJobs(
  jobs: readonly BriefJobDocument[],
  { nowMs, ...place }: TablePlace & { readonly nowMs: number },
): string[] {
  const rows = jobs.map((job): Cell[] => [
    { text: String(job.job_id) },
    { text: job.tag },
    { text: job.endpoint },
    { text: job.status, style: styleOfStatus(job.status) },
    { text: String(job.progress) },
    { text: String(job.polls) },
    describeNext(job, nowMs),
  ])
  return renderTable(COLUMNS, rows, place)
}

/** When time alone changes a job; that it waits for a poll or a test; or why it failed. */
function describeNext(
  { status, next_change_at_ms: nextAtMs, error }: BriefJobDocument,
  nowMs: number,
): Cell {
  if (status === 'ERROR') return { text: error, style: 'red' }
  if (status !== 'RUNNING') return { text: '' }
  if (nextAtMs === null) return { text: 'waits' }
  return { text: `in ${showDuration(Math.max(nextAtMs - nowMs, 0))}` }
}
