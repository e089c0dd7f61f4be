import type { Catalogue } from '../avro/catalogue.ts'
import type { Job } from '../jobs/job.ts'
import { encodeResult } from '../wire/encode-result.ts'
import { defineEndpoint } from './endpoint.ts'
import { readJobKey } from './job-key.ts'

const NO_BYTES = Buffer.alloc(0)

/**
 * Reports the state of a job, and its result when it is DONE. Each call counts as a poll. The
 * browser client 7.2.2 reads `successful` first, and `status_map.error_message` on ERROR.
 */
export const getJob = defineEndpoint('/get/job', (request, { scope, catalogue, entry }) => {
  const { job, state, progress } = scope.jobs.poll(readJobKey(request))
  const { status } = state
  entry.jobId = job.id
  entry.jobEndpoint = job.endpoint
  entry.jobStatus = status
  const result = status === 'DONE' ? resultOf(job, catalogue) : ''
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
function resultOf({ endpoint, request, result, encoding }: Job, catalogue: Catalogue) {
  return encodeResult(result, { records: catalogue.get(endpoint), request, encoding })
}
