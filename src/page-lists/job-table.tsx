import type { Column } from '../page-parts/data-table.tsx'
import { RowLink } from '../page-parts/row-link.tsx'
import { useStore } from '../page-parts/store-context.ts'
import type { JobRow } from '../page-state/documents.ts'
import type { SampledJobs } from '../page-state/lists.ts'
import { keyOf } from '../page-state/progress.ts'
import { toShort } from '../page-state/short-text.ts'
import { JobNext, JobProgress } from './job-progress.tsx'
import { JobStatus } from './job-status.tsx'
import { JobVerbs } from './job-verbs.tsx'

const MAX_TEXT = 80
const VERBS = 'Verbs'

/** The jobs on screen. */
export function JobTable({ jobs, atMs }: SampledJobs) {
  const { lists, isReadOnly } = useStore()
  const hasClusters = (lists.clusters.document.value?.clusters.length ?? 0) > 1
  return (
    <table class="jobs">
      <caption class="offscreen">Jobs, the newest first</caption>
      <thead>
        <tr>
          {columnsOf({ hasClusters, isReadOnly }).map(({ title, kind }) => (
            <th key={title} scope="col" class={kind}>
              {title === VERBS ? <span class="offscreen">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <Row key={keyOf(job.job_id)} job={job} atMs={atMs} hasClusters={hasClusters} />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  readonly job: JobRow
  readonly atMs: number
  readonly hasClusters: boolean
}

function Row({ job, atMs, hasClusters }: RowProps) {
  const { isReadOnly } = useStore()
  const key = keyOf(job.job_id)
  return (
    <tr>
      <td class="number id">
        <RowLink list="jobs" itemKey={key} label={`Job ${key}`}>
          {key}
        </RowLink>
      </td>
      <td class="status">
        <JobStatus job={job} />
      </td>
      <td class="bar">
        <JobProgress job={job} atMs={atMs} />
      </td>
      <td class="ample muted">
        <JobNext job={job} />
      </td>
      <td class="text tag">{toShort(job.tag, MAX_TEXT)}</td>
      <td class="text path">{toShort(job.endpoint, MAX_TEXT)}</td>
      <td class="number polls">{job.polls}</td>
      {hasClusters && <td class="ample text brief">{toShort(job.cluster, 20)}</td>}
      {!isReadOnly && (
        <td class="verb-cell">
          <JobVerbs job={job} />
        </td>
      )}
    </tr>
  )
}

interface Shown {
  readonly hasClusters: boolean
  readonly isReadOnly: boolean
}

function columnsOf({ hasClusters, isReadOnly }: Shown): Column[] {
  return [
    { title: 'Id', kind: 'number' },
    { title: 'State' },
    { title: 'Progress' },
    { title: 'Next', kind: 'ample' },
    { title: 'Tag' },
    { title: 'Endpoint' },
    { title: 'Polls', kind: 'number' },
    ...(hasClusters ? [{ title: 'Cluster', kind: 'ample' }] : []),
    ...(isReadOnly ? [] : [{ title: VERBS }]),
  ]
}
