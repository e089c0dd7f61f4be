import type { Job } from '../jobs/job.ts'
import { encodeResult } from '../wire/encode-result.ts'
import type { Call } from './call.ts'
import { completeResult } from './complete-result.ts'
import { defineEndpoint } from './endpoint.ts'
import { readJobKey } from './job-key.ts'

const NO_BYTES = Buffer.alloc(0)

/**
 * Reports the state of a job, and its result when it is DONE. Each call counts as a poll. The
 * browser client 7.2.2 reads `successful` first, and `status_map.error_message` on ERROR.
 */
export const getJob = defineEndpoint('/get/job', (request, call) => {
  const { scope, entry } = call
  const { job, state, progress } = scope.jobs.poll(readJobKey(request, entry.cluster))
  const { status } = state
  entry.jobId = job.id
  entry.jobEndpoint = job.endpoint
  entry.jobStatus = status
  const result = status === 'DONE' ? resultOf(job, call) : ''
  return {
    endpoint: job.endpoint,
    job_status: status,
    running: status === 'RUNNING',
    progress,
    successful: status === 'DONE',
    response_encoding: job.encoding,
    job_response: typeof result === 'string' ? NO_BYTES : result,
    job_response_str: typeof result === 'string' ? result : '',
    status_map: status === 'ERROR' ? { error_message: job.lifecycle.error } : {},
    info: { job_tag: job.tag },
  }
})

/**
 * The response record of the inner endpoint in the job's encoding, without a wrapper: the browser
 * client 7.2.2 parses `job_response_str` as the response itself.
 */
function resultOf(job: Job, { scope, catalogue }: Pick<Call, 'scope' | 'catalogue'>) {
  const { endpoint, request, encoding } = job
  const result = completeResult(job.result, { endpoint, request, scope })
  return encodeResult(result, { records: catalogue.get(endpoint), request, encoding })
}
