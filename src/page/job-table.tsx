import type { JobRow } from './documents.ts'
import { JobNext, JobProgress } from './job-progress.tsx'
import { JobStatus } from './job-status.tsx'
import { JobVerbs } from './job-verbs.tsx'
import type { SampledJobs } from './lists.ts'
import { toShort } from './printable.ts'
import { keyOf } from './progress.ts'
import { RowLink } from './row-link.tsx'
import { useStore } from './store-context.ts'

const MAX_TEXT = 80

/** The jobs on screen. */
export function JobTable({ jobs, atMs }: SampledJobs) {
  const { lists, isReadOnly } = useStore()
  const hasClusters = (lists.clusters.document.value?.clusters.length ?? 0) > 1
  return (
    <table class="jobs">
      <caption class="offscreen">Jobs, the newest first</caption>
      <thead>
        <tr>
          <th scope="col" class="number">
            Id
          </th>
          <th scope="col">State</th>
          <th scope="col">Progress</th>
          <th scope="col" class="roomy">
            Next
          </th>
          <th scope="col" class="wide">
            Tag
          </th>
          <th scope="col" class="wide">
            Endpoint
          </th>
          <th scope="col" class="number roomy">
            Polls
          </th>
          {hasClusters && (
            <th scope="col" class="roomy">
              Cluster
            </th>
          )}
          {!isReadOnly && (
            <th scope="col">
              <span class="offscreen">Verbs</span>
            </th>
          )}
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
  const tag = toShort(job.tag, MAX_TEXT)
  const endpoint = toShort(job.endpoint, MAX_TEXT)
  return (
    <tr>
      <td class="number id">
        <RowLink list="jobs" itemKey={key} label={`Job ${key}`}>
          {key}
        </RowLink>
        <span class="narrow second">{tag}</span>
      </td>
      <td>
        <JobStatus job={job} />
        <span class="narrow second">{endpoint}</span>
      </td>
      <td>
        <JobProgress job={job} atMs={atMs} />
      </td>
      <td class="roomy amount muted">
        <JobNext job={job} />
      </td>
      <td class="wide text">{tag}</td>
      <td class="wide text path">{endpoint}</td>
      <td class="number roomy">{job.polls}</td>
      {hasClusters && <td class="roomy text">{toShort(job.cluster, 20)}</td>}
      {!isReadOnly && (
        <td class="verb-cell">
          <JobVerbs job={job} />
        </td>
      )}
    </tr>
  )
}
