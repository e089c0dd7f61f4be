import { Icon, type IconName } from '../page-parts/icon.tsx'
import type { JobRow } from '../page-state/documents.ts'

const ICONS: Readonly<Record<JobRow['status'], IconName>> = {
  RUNNING: 'running',
  DONE: 'done',
  ERROR: 'error',
  CANCELLED: 'cancelled',
}

/** The status of a job by colour, text and shape. */
export function JobStatus({ job }: { readonly job: Pick<JobRow, 'status'> }) {
  return (
    <span class={`state ${job.status}`}>
      <Icon name={ICONS[job.status]} /> {job.status}
    </span>
  )
}
