import type { Catalogue } from '../avro/catalogue.ts'
import { didYouMean } from '../documents/did-you-mean.ts'
import type { Call } from '../gpudb-parts/call.ts'
import { defineEndpoint } from '../gpudb-parts/endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { answerEncoding } from '../jobs/encoding.ts'
import { NO_JOBS } from '../jobs/job.ts'
import type { Placement } from '../jobs/placement.ts'
import { ECHO } from '../jobs/result.ts'
import type { Choice } from '../rules/choice.ts'
import type { RuleRequest } from '../rules/rule.ts'
import { findDataEndpoint } from '../table-endpoints/data-endpoints.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { decodeMessage, type EncodedMessage } from '../wire/message.ts'
import { type ScriptedJob, scriptJob } from './apply-rule.ts'
import { decide } from './decide.ts'
import { readTag } from './job-key.ts'
import { keepSent } from './sent-request.ts'
import { noteUnmatched } from './unmatched.ts'

type CreateJobRequest = EndpointTypes['/create/job']['request']

/**
 * Runs an endpoint as a job. The payload must be a valid request of that endpoint.
 * `options.remove_job_on_complete` is documented for 7.1.
 */
export const createJob = defineEndpoint('/create/job', (request, call) => {
  const { scope, catalogue, maxBytes, entry } = call
  const { user, sourceIp, cluster } = entry
  const { asked, payload } = readJobRequest(request, { catalogue, maxBytes, user, cluster })
  const { endpoint, request: content, tag } = asked
  entry.askedEndpoint = endpoint
  const sent = keepSent(catalogue.get(endpoint).request, payload)
  const placement = placementFor(call)
  const wanted = { request: content, sent, placement, ...(tag === '' ? {} : { tag }) }
  const choice = decide(() => scope.rules.match(asked))
  const { rule } = choice
  const job = scope.jobs.create(wanted, (name) => {
    if (rule) entry.rule = rule.name
    entry.unmatched = false
    const { lifecycle, result, encoding } = rule
      ? scriptJob({ rule, asked, scope, maxBytes }, name)
      : unmatchedJob(asked, { call, choice })
    const caller = scope.shareCaller({ user, sourceIp })
    const isRemoved = request.options['remove_job_on_complete'] === 'true'
    const keep = isRemoved ? 'first answer' : 'retention'
    return { endpoint, request: content, sent, lifecycle, result, encoding, caller, keep }
  })
  if (rule) choice.count()
  entry.jobId = job.id
  entry.jobEndpoint = job.endpoint
  return { job_id: job.id, info: { job_tag: job.tag, query_id: scope.newUuid() } }
})

/** The header by which a client keeps a call from the other clusters (Python and Java 7.2.3). */
const GROUP_HEADER = 'x-kinetica-group'

/** The cluster of the call, and the others unless the client or the ring keeps the job from them. */
function placementFor({ scope: { ring }, entry: { cluster, headers } }: Call): Placement {
  return headers[GROUP_HEADER] === 'REPL_NONE'
    ? ring.place(cluster, [cluster])
    : ring.place(cluster)
}

/** What `readJobRequest` needs besides the request. */
export interface JobRequestContext {
  readonly catalogue: Catalogue
  /** The maximum size of the payload in bytes. */
  readonly maxBytes: number
  readonly user: string
  /** The name of the cluster that was called. */
  readonly cluster: string
}

/** The request inside a `/create/job`. */
export interface JobRequest {
  /** In the form that rules match. */
  readonly asked: RuleRequest
  /** As it was sent. */
  readonly payload: EncodedMessage
}

/**
 * Reads the request inside a `/create/job`.
 *
 * @throws GpudbError if the endpoint, the tag or the payload is invalid.
 */
export function readJobRequest(
  request: CreateJobRequest,
  { catalogue, maxBytes, user, cluster }: JobRequestContext,
): JobRequest {
  const endpoint = findJobEndpoint(catalogue, request.endpoint)
  const tag = readTag(request.options) ?? ''
  const payload = readPayload(request, maxBytes)
  const decoded = decodeMessage(catalogue.get(endpoint).request, payload)
  const { encoding } = payload
  const caller = { user, encoding, cluster }
  const asked = { endpoint, exactOnly: false, as: 'job', request: decoded, tag, ...caller } as const
  return { asked, payload }
}

/**
 * A job that no rule matches: it has the default duration, and the result of a read of a known table,
 * else an echo.
 *
 * @throws GpudbError if the scope is strict and the mock knows no result, or as the direct call does.
 */
function unmatchedJob(
  asked: RuleRequest,
  { call, choice }: { readonly call: Call; readonly choice: Choice },
): ScriptedJob {
  const { scope, entry } = call
  // Also for one that a strict scope rejects: else a rule with nth 2 could never answer.
  choice.count()
  const data = findDataEndpoint(asked.endpoint)
  const known = data?.inJobs ? data.answer(asked.request, call) : undefined
  entry.unmatched = known === undefined
  if (known === undefined) noteUnmatched(asked, call)
  const encoding = answerEncoding(asked.encoding)
  return { lifecycle: scope.plainLifecycle(asked.endpoint), result: known ?? ECHO, encoding }
}

/** The endpoint's path as the string in the catalogue, which all jobs then share. */
function findJobEndpoint(catalogue: Catalogue, endpoint: string): string {
  const path = catalogue.findPath(endpoint)
  if (path !== undefined && !NO_JOBS.has(path)) return path
  const shown = JSON.stringify(endpoint.slice(0, 100))
  if (path !== undefined) {
    throw new GpudbError(`Cannot create a job for ${shown}: call it directly`)
  }
  const hint = didYouMean(endpoint, catalogue.endpoints)
  throw new GpudbError(`Cannot create a job for ${shown}: GPUdb has no such endpoint${hint}`)
}

function readPayload(request: CreateJobRequest, maxBytes: number): EncodedMessage {
  const { request_encoding: encoding, data, data_str } = request
  switch (encoding) {
    case 'json':
      return { encoding, bytes: data_str, name: 'data_str', maxBytes }
    case 'binary':
    case 'snappy':
      return { encoding, bytes: data, name: 'data', maxBytes }
  }
  const shown = JSON.stringify(encoding.slice(0, 40))
  throw new GpudbError(
    `Cannot create a job: request_encoding ${shown} is not binary, json or snappy`,
  )
}
