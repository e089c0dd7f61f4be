import { showTime } from '../clock/show-time.ts'
import { toPrintableLines } from '../documents/printable-text.ts'
import { Facts } from '../page-parts/facts.tsx'
import { ValueTree } from '../page-parts/value-tree.tsx'
import { SHOWN_PARTS, type ShownJob } from '../page-state/details-kind.ts'
import { toShort } from '../page-state/short-text.ts'
import { JobNext, JobProgress } from './job-progress.tsx'
import { JobStatus } from './job-status.tsx'
import { JobVerbs } from './job-verbs.tsx'
import { LifecycleSteps } from './lifecycle-steps.tsx'

/** A job with its lifecycle, its request and its result. */
export function JobDetails({ job, atMs }: { readonly job: ShownJob; readonly atMs: number }) {
  return (
    <>
      <div class="details-head">
        <JobStatus job={job} />
        <JobProgress job={job} atMs={atMs} />
        <span class="muted">
          <JobNext job={job} />
        </span>
      </div>
      {job.error !== '' && <p class="list-error">{toPrintableLines(job.error)}</p>}
      <JobVerbs job={job} />
      <Facts
        facts={[
          ['Endpoint', <code key="endpoint">{toShort(job.endpoint, 200)}</code>],
          ['Tag', toShort(job.tag, 200)],
          ['Created', showTime(job.created_at_ms)],
          ['Changed', showTime(job.changed_at_ms)],
          ['Polls', String(job.polls)],
          ['Cluster', toShort(job.cluster, 60)],
          ['User', toShort(job.user, 60)],
          ['Source', job.source_ip],
          ['Encoding', job.encoding],
        ]}
      />
      <h3>Lifecycle</h3>
      <LifecycleSteps job={job} />
      {SHOWN_PARTS.map((part) => (
        <JobPart key={part} job={job} part={part} />
      ))}
    </>
  )
}

const TITLES = {
  request: 'Request',
  response: 'Response',
  rows: 'Rows',
  response_text: 'Response text',
  response_base64: 'Response bytes',
}

function JobPart({ job, part }: { readonly job: ShownJob; readonly part: keyof typeof TITLES }) {
  const value = job[part]
  if (value === undefined) return null
  return (
    <>
      <h3>{TITLES[part]}</h3>
      <ValueTree value={value} />
    </>
  )
}
