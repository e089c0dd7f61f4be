import type { AvroRecord } from '../avro/avro-value.ts'
import { JobError, type JobErrorCode } from '../jobs/job-error.ts'
import type { GpudbCall } from '../wire/gpudb-call.ts'
import { type ErrorStatus, GpudbError } from '../wire/gpudb-error.ts'
import { adminAlterJobs } from './admin-alter-jobs.ts'
import { adminShowJobs } from './admin-show-jobs.ts'
import { createJob } from './create-job.ts'
import type { Endpoint, EndpointContext } from './endpoint.ts'
import { getJob } from './get-job.ts'
import { showSystemProperties } from './show-system-properties.ts'
import { showSystemStatus } from './show-system-status.ts'
import { showSystemTiming } from './show-system-timing.ts'

/** The endpoints that do something of their own. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  [
    adminAlterJobs,
    adminShowJobs,
    createJob,
    getJob,
    showSystemProperties,
    showSystemStatus,
    showSystemTiming,
  ].map((endpoint) => [endpoint.path, endpoint]),
)

/** How the heart's refusals are told. */
const STATUSES = {
  JOB_NOT_FOUND: 400,
  JOB_ID_TAKEN: 400,
  JOB_TAG_TAKEN: 400,
  TOO_MANY_JOBS: 400,
} satisfies Record<JobErrorCode, ErrorStatus>

/**
 * Answers a call of any endpoint. One without a behaviour of its own echoes the request's fields
 * that the response has too, and is zero elsewhere.
 *
 * @throws GpudbError for what the endpoint refuses.
 */
export function answerCall(call: GpudbCall, context: Omit<EndpointContext, 'source'>): AvroRecord {
  const { endpoint, request, source } = call
  const known = ENDPOINTS.get(endpoint)
  if (known === undefined) return context.catalogue.get(endpoint).completeResponse({}, request)
  try {
    return known.answer(request, { ...context, source })
  } catch (cause) {
    if (!(cause instanceof JobError)) throw cause
    throw new GpudbError(cause.message, { status: STATUSES[cause.code], cause })
  }
}
