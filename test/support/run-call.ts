import type { AvroRecord } from '../../src/avro/avro-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import type { CallKind } from '../../src/rules/rule.ts'
import { readReferenceRecord } from './avro-reference-reader.ts'
import { catalogueLines } from './endpoint-catalogue.ts'
import { encodeRequest, type TestServer } from './server.ts'
import { toVectorForm } from './vectors.ts'

/** A call: directly or as a job, in one encoding. */
export interface Call {
  readonly as: CallKind
  readonly encoding: Encoding
  readonly endpoint: string
  readonly fields: AvroRecord
  /** The tag of the job; unused in direct calls. */
  readonly tag?: string
}

/** Direct calls and jobs in every encoding. */
export const WAYS = (['direct', 'job'] as const).flatMap((as) =>
  (['json', 'binary', 'snappy'] as const).map((encoding) => ({ as, encoding })),
)

/** The outcome of a call: its response in the form of the vectors, or the message of its error. */
export type Result = { readonly response: Record<string, unknown> } | { readonly error: string }

/** Calls an endpoint directly, or as a job that has an hour to end. */
export async function runCall(server: TestServer, call: Call): Promise<Result> {
  const { as, encoding, endpoint, fields } = call
  if (as === 'job') return readJob(server, { ...call, id: await createJob(server, call) })
  const { status, message, response } = await server.ask(encoding, endpoint, fields)
  return status === 'OK' ? { response: Object(response) } : { error: message }
}

/** Creates a job in an encoding and returns its id. Throws if the request is rejected. */
export async function createJob(server: TestServer, call: Omit<Call, 'as'>): Promise<bigint> {
  const { encoding, endpoint, fields, tag = '' } = call
  const payload = encodeRequest(encoding, endpoint, fields)
  const isJson = encoding === 'json'
  const created = await server.ask(encoding, '/create/job', {
    endpoint,
    request_encoding: encoding,
    data: isJson ? Buffer.alloc(0) : payload,
    data_str: isJson ? payload.toString() : '',
    options: { job_tag: tag },
  })
  if (created.status !== 'OK') throw new Error(created.message)
  return BigInt(Object(created.response).job_id)
}

async function readJob(server: TestServer, call: Call & { id: bigint }): Promise<Result> {
  server.clock.advance(3_600_000)
  const { response } = await server.ask(call.encoding, '/get/job', { job_id: call.id })
  const { job_status, job_response, job_response_str, status_map } = Object(response)
  if (job_status !== 'DONE') return { error: String(status_map.error_message ?? job_status) }
  if (job_response_str !== '') return { response: JSON.parse(job_response_str) }
  const line = catalogueLines.find(({ endpoint }) => endpoint === call.endpoint)
  const bytes = Buffer.from(job_response.hex, 'hex')
  return { response: Object(toVectorForm(readReferenceRecord(line?.response.fields ?? [], bytes))) }
}
