import { type Static, Type } from '@sinclair/typebox'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { refuseInput } from '../control-parts/control-error.ts'
import { endpointFilter, Listing, text } from '../control-parts/control-kinds.ts'
import { JobStatusName } from '../control-parts/job-document.ts'
import { CLOSED } from '../documents/schema-kinds.ts'
import type { Job } from '../jobs/job.ts'
import { endpointMatcher } from '../patterns/endpoint-pattern.ts'
import { checkJobNames } from './filter-names.ts'

/** The jobs to list. Omitted keys match every job. */
export const JobFilter = Type.Object(
  {
    status: Type.Optional(JobStatusName),
    endpoint: Type.Optional(endpointFilter('The endpoint of the job; * stands for any text.')),
    tag: Type.Optional(text('The tag of the job.')),
    cluster: Type.Optional(text('The name of the cluster on which it was created.')),
    ...Listing,
  },
  CLOSED,
)
export type JobFilter = Static<typeof JobFilter>

/** The purpose of a JobFilter, for the error that rejects it. */
export const TO_LIST_JOBS = { action: 'list jobs' }

/** Checks a filter. Throws ControlError if it is invalid, or has a name that nothing has. */
export function readJobFilter(filter: JobFilter, context: ScopeContext): JobFilter {
  const checked = checkInput(JobFilter, filter, TO_LIST_JOBS)
  const problems = checkJobNames(checked, context)
  if (problems.length > 0) throw refuseInput(problems, TO_LIST_JOBS)
  return checked
}

/** A function that returns whether a job with the right tag is in a list; undefined if all are. */
export function jobMatcher(filter: JobFilter): ((job: Job) => boolean) | undefined {
  const { status, endpoint, cluster } = filter
  const keys = [status, endpoint, cluster]
  if (keys.every((key) => key === undefined)) return undefined
  const isNamed = endpoint === undefined ? () => true : endpointMatcher(endpoint)
  return (job) => {
    if (status !== undefined && status !== job.state.status) return false
    if (cluster !== undefined && cluster !== job.placement.home) return false
    return isNamed(job.endpoint)
  }
}
