import type { Catalogue } from '../avro/catalogue.ts'
import type { JobView } from '../jobs/job-registry.ts'
import { encodeJson } from '../wire/message.ts'
import { defineEndpoint } from './endpoint.ts'
import { readJobKey } from './job-key.ts'

/** Tells how a job is doing, and its result once it is DONE. Each call counts as a poll. */
export const getJob = defineEndpoint('/get/job', (request, { scope, catalogue }) => {
  const view = scope.jobs.poll(readJobKey(request))
  const { job, state, progress } = view
  const { status } = state
  return {
    endpoint: job.endpoint,
    job_status: status,
    running: status === 'RUNNING',
    progress,
    successful: status === 'DONE',
    response_encoding: job.encoding,
    ...result(view, catalogue),
    status_map: status === 'ERROR' ? { error_message: job.lifecycle.error } : {},
    info: { job_tag: job.tag },
  }
})

/** The bare response record of the inner endpoint, without a wrapper, in the job's encoding. */
function result(
  { job, state }: JobView,
  catalogue: Catalogue,
): { job_response: Buffer; job_response_str: string } {
  const none = { job_response: Buffer.alloc(0), job_response_str: '' }
  if (state.status !== 'DONE') return none
  const records = catalogue.get(job.endpoint)
  const response = records.completeResponse(job.response, job.request)
  return job.encoding === 'json'
    ? { ...none, job_response_str: encodeJson(records.response, response) }
    : { ...none, job_response: records.response.encode(response) }
}
