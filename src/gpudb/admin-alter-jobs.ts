import { maxAnswerBytes } from '../gpudb-parts/answer-size.ts'
import { defineEndpoint } from '../gpudb-parts/endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { readTag } from './job-key.ts'

/** The maximum number of ids in one call. */
export const MAX_IDS = 10_000

/** The bytes that an id of one byte adds to the answer, with the longest text of its status. */
const ID_BYTES = 1 + 'already done'.length + 1

/**
 * Cancels jobs by their ids, or one job by its tag; a tag takes precedence. Differs: the status
 * texts, one for each job, are ours; a call takes 10,000 ids at most.
 */
export const adminAlterJobs = defineEndpoint('/admin/alter/jobs', (request, { scope, entry }) => {
  const { action } = request
  if (action !== 'cancel') {
    const shown = JSON.stringify(action.slice(0, 40))
    throw new GpudbError(`Cannot alter jobs: the action ${shown} is not known, use cancel`)
  }
  const { cluster: at } = entry
  const tag = readTag(request.options)
  if (tag !== undefined) {
    const key = { tag, at }
    const { job } = scope.jobs.get(key)
    return { job_ids: [job.id], action, status: [scope.jobs.cancel(key)], info: {} }
  }
  const job_ids = readIds(request, entry.body.length)
  return { job_ids, action, status: job_ids.map((id) => scope.jobs.cancel({ id, at })), info: {} }
})

function readIds(
  request: EndpointTypes['/admin/alter/jobs']['request'],
  sentBytes: number,
): readonly bigint[] {
  const { length } = request.job_ids
  if (length > MAX_IDS) {
    throw new GpudbError(`Cannot alter ${length} jobs: the maximum of a call is ${MAX_IDS}`)
  }
  if (length * ID_BYTES > maxAnswerBytes(sentBytes)) {
    const reason = `the answer would be more than 20 times the ${sentBytes} bytes of the request`
    throw new GpudbError(`Cannot alter ${length} jobs: ${reason}`)
  }
  if (length > 0) return request.job_ids
  throw new GpudbError('Cannot alter jobs: give job_ids, or a tag in options.job_tag')
}
