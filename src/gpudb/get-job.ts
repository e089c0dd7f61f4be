import type { Call } from '../gpudb-parts/call.ts'
import { completeResult } from '../gpudb-parts/complete-result.ts'
import { defineEndpoint } from '../gpudb-parts/endpoint.ts'
import type { JobResponse } from '../gpudb-parts/finished-answers.ts'
import type { JobView } from '../jobs/stored-job.ts'
import { encodeResult } from '../wire/encode-result.ts'
import { readJobKey } from './job-key.ts'

const NO_BYTES = Buffer.alloc(0)

/**
 * Reports the state of a job, and its result when it is DONE. Each call counts as a poll. The
 * browser client 7.2.2 reads `successful` first, and `status_map.error_message` on ERROR.
 */
export const getJob = defineEndpoint('/get/job', (request, call) => {
  const { scope, entry } = call
  const view = scope.jobs.poll(readJobKey(request, entry.cluster))
  const { job, state } = view
  entry.jobId = job.id
  entry.jobEndpoint = job.endpoint
  entry.jobStatus = state.status
  return state.status === 'DONE' ? finishedResponse(view, call) : describe(view, '')
})

/** What `/get/job` says of a job; a string is its result in JSON, bytes are one in Avro. */
function describe({ job, state, progress }: JobView, result: Buffer | string): JobResponse {
  const { status } = state
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
}

/**
 * The response about a job that is DONE, with its result: the response record of the inner endpoint
 * in the job's encoding, without a wrapper. The browser client 7.2.2 parses `job_response_str` as the
 * response itself.
 */
function finishedResponse(view: JobView, { scope, catalogue, finished }: Call): JobResponse {
  const { job } = view
  const known = finished.find(job)
  if (known) return known
  const { endpoint, request, encoding } = job
  const result = completeResult(job.result, { endpoint, request, scope })
  const encoded = encodeResult(result, { records: catalogue.get(endpoint), request, encoding })
  const response = describe(view, encoded)
  // Another result depends on the types and tables of the scope, which may change.
  if (result === job.result) finished.keep(job, response)
  return response
}
