import type { AvroRecord } from '../avro/avro-value.ts'
import { JobError, type JobErrorCode } from '../jobs/job-error.ts'
import { isOwnEndpoint, type OwnEndpoint } from '../rules/own-endpoints.ts'
import { withoutFailoverPhrases } from '../wire/failover-phrases.ts'
import type { CallAnswer, GpudbCall } from '../wire/gpudb-call.ts'
import { type ErrorStatus, GpudbError } from '../wire/gpudb-error.ts'
import { adminAlterJobs } from './admin-alter-jobs.ts'
import { adminShowJobs } from './admin-show-jobs.ts'
import { answerDirectly, hasAnswer } from './apply-rule.ts'
import { createJob } from './create-job.ts'
import { DirectRequest } from './direct-request.ts'
import type { Endpoint, EndpointContext } from './endpoint.ts'
import { getJob } from './get-job.ts'
import { showSystemProperties } from './show-system-properties.ts'
import { showSystemStatus } from './show-system-status.ts'
import { showSystemTiming } from './show-system-timing.ts'
import { reportUnmatched } from './unmatched.ts'

/** What the endpoints do that do something of their own. */
const OWN = {
  '/admin/alter/jobs': adminAlterJobs,
  '/admin/show/jobs': adminShowJobs,
  '/create/job': createJob,
  '/get/job': getJob,
  '/show/system/properties': showSystemProperties,
  '/show/system/status': showSystemStatus,
  '/show/system/timing': showSystemTiming,
} satisfies Record<OwnEndpoint, Endpoint>

/** What a call is answered with, besides itself. */
export type CallContext = Omit<EndpointContext, 'source'>

/** How the heart's refusals are told. */
const STATUSES = {
  JOB_NOT_FOUND: 400,
  JOB_ID_TAKEN: 400,
  JOB_TAG_TAKEN: 400,
  TOO_MANY_JOBS: 400,
  JOB_FINISHED: 400,
  JOB_NOT_HELD: 400,
  PROGRESS_FALLS: 400,
} satisfies Record<JobErrorCode, ErrorStatus>

/**
 * Answers a call of any endpoint: by the first rule that matches it, else by the endpoint's own
 * behaviour, else with an echo of the request's fields that the response has too, and zero elsewhere.
 *
 * @throws GpudbError where the scope is strict and no rule matches.
 */
export function answerCall(call: GpudbCall, shared: CallContext): CallAnswer {
  const { endpoint, request, source } = call
  const { scope, catalogue, maxBytes, report, trace } = shared
  const context = { scope, catalogue, maxBytes, report, trace, source }
  const own = isOwnEndpoint(endpoint) ? OWN[endpoint] : undefined
  const asked = new DirectRequest(call, { exactOnly: own !== undefined })
  const rule = scope.rules.choose(asked)
  trace.rule = rule?.name
  trace.unmatched = rule === undefined && own === undefined
  if (rule && (own === undefined || hasAnswer(rule.then))) {
    return answerDirectly({ rule, asked, scope }, catalogue)
  }
  const leaving = { delayMs: rule?.then.delayMs ?? 0, fault: rule?.then.fault }
  if (own) return { ...answerOwn(own, { request, context }), ...leaving }
  reportUnmatched(asked, context)
  return { record: catalogue.get(endpoint).completeResponse({}, request), ...leaving }
}

/** What an endpoint refuses is an answer too: a rule may delay it, or cut the connection. */
function answerOwn(
  endpoint: Endpoint,
  { request, context }: { request: AvroRecord; context: EndpointContext },
): { readonly record: AvroRecord } | { readonly error: string; readonly status: ErrorStatus } {
  try {
    return { record: endpoint.answer(request, context) }
  } catch (error) {
    if (error instanceof GpudbError) return { error: error.message, status: error.status }
    if (!(error instanceof JobError)) throw error
    return { error: withoutFailoverPhrases(error.message), status: STATUSES[error.code] }
  }
}
