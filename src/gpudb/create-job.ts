import type { Catalogue } from '../avro/catalogue.ts'
import { didYouMean } from '../avro/did-you-mean.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import type { EncodedMessage } from '../wire/message.ts'
import { decodeMessage } from '../wire/message.ts'
import { defineEndpoint } from './endpoint.ts'
import type { EndpointTypes } from './endpoint-types.ts'
import { readTag } from './job-key.ts'

type CreateJobRequest = EndpointTypes['/create/job']['request']

/** Endpoints that cannot run as a job. */
const NO_JOBS = ['/create/job', '/get/job']

const NO_FIELDS = {}

/** Starts an endpoint as a job, once its payload has proved to be that endpoint's request. */
export const createJob = defineEndpoint('/create/job', (request, context) => {
  const { scope, catalogue, source, maxBytes } = context
  const { endpoint } = request
  const tag = readTag(request.options)
  const inner = findInner(catalogue, endpoint)
  const decoded = decodeMessage(inner.request, { ...readPayload(request), maxBytes })
  const job = scope.jobs.create({
    ...(tag === undefined ? {} : { tag }),
    endpoint,
    request: decoded,
    response: NO_FIELDS,
    encoding: request.request_encoding === 'json' ? 'json' : 'binary',
    lifecycle: scope.plainLifecycle(endpoint),
    caller: { user: source.user, sourceIp: source.sourceIp },
    keep: request.options['remove_job_on_complete'] === 'true' ? 'first answer' : 'retention',
  })
  return { job_id: job.id, info: { job_tag: job.tag, query_id: scope.newUuid() } }
})

function findInner(catalogue: Catalogue, endpoint: string): EndpointRecords {
  const shown = JSON.stringify(endpoint.slice(0, 100))
  if (NO_JOBS.includes(endpoint)) {
    throw new GpudbError(`Cannot create a job for ${shown}: call it directly`)
  }
  const records = catalogue.find(endpoint)
  if (records) return records
  const hint = didYouMean(endpoint, catalogue.endpoints)
  throw new GpudbError(`Cannot create a job for ${shown}: GPUdb has no such endpoint${hint}`)
}

function readPayload(request: CreateJobRequest): Omit<EncodedMessage, 'maxBytes'> {
  const { request_encoding: encoding, data, data_str } = request
  if (encoding === 'json') return { encoding, bytes: Buffer.from(data_str), name: 'data_str' }
  if (encoding === 'binary' || encoding === 'snappy') return { encoding, bytes: data, name: 'data' }
  const shown = JSON.stringify(encoding.slice(0, 40))
  throw new GpudbError(
    `Cannot create a job: request_encoding ${shown} is not binary, json or snappy`,
  )
}
