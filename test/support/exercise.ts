import type { Test } from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import type { LoadedFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { sendHttp } from './http.ts'
import {
  type Answer,
  encodeRequest,
  readAnswer,
  startTestServer,
  type TestServer,
} from './server.ts'

/** Starts a server with valid fixtures; it stops at the end of the test. */
export async function serveFixtures(
  t: Test,
  loaded: LoadedFixtures,
  options: { readonly strict?: boolean } = {},
): Promise<TestServer> {
  t.strictSame(loaded.problems, [])
  const server = await startTestServer({ loaded, ...options })
  t.teardown(server.close)
  return server
}

/** The details of a job's creation; each has a default. */
export interface JobCall {
  readonly encoding?: Encoding
  readonly tag?: string
}

/** Calls /create/job; omitted fields of the job's request are Avro's zero. */
export function tryCreateJob(
  server: TestServer,
  call: JobCall & { readonly endpoint: string; readonly request: AvroRecord },
): Promise<Answer> {
  const { endpoint, request, encoding = 'json', tag } = call
  const payload = encodeRequest(encoding, endpoint, request)
  const isJson = encoding === 'json'
  return server.ask('json', '/create/job', {
    endpoint,
    request_encoding: encoding,
    data: isJson ? Buffer.alloc(0) : payload,
    data_str: isJson ? payload.toString() : '',
    options: tag === undefined ? {} : { job_tag: tag },
  })
}

/** Creates a job and returns its id and a function that polls it. Throws if it is rejected. */
export async function createJob(
  server: TestServer,
  call: JobCall & { readonly endpoint: string; readonly request: AvroRecord },
): Promise<{ readonly id: bigint; poll(): Promise<JobAnswer> }> {
  const answer = await tryCreateJob(server, call)
  const { response } = answer
  if (!hasJobId(response)) throw new Error(`Cannot create a job: ${answer.message}`)
  const id = BigInt(response.job_id)
  return { id, poll: () => pollJob(server, id) }
}

/** A summary of an answer of /get/job. */
export interface JobAnswer {
  readonly status: unknown
  readonly progress: unknown
  /** The result: JSON as text, bytes in hex; empty if there is no result yet. */
  readonly result: unknown
  readonly error: unknown
}

/** Polls a job by its id. */
export async function pollJob(server: TestServer, id: bigint): Promise<JobAnswer> {
  const answer = await server.ask('json', '/get/job', { job_id: id })
  if (!isFields(answer.response)) throw new Error(`Cannot poll job ${id}: ${answer.message}`)
  const { job_status, progress, job_response, job_response_str, status_map } = answer.response
  const bytes = isFields(job_response) ? job_response['hex'] : ''
  return {
    status: job_status,
    progress,
    result: job_response_str === '' ? bytes : job_response_str,
    error: isFields(status_map) ? (status_map['error_message'] ?? '') : '',
  }
}

/** Cancels a job through /admin/alter/jobs and returns the status text. */
export async function cancelJob(server: TestServer, id: bigint): Promise<unknown> {
  const request = { job_ids: [id], action: 'cancel' }
  const { response } = await server.ask('json', '/admin/alter/jobs', request)
  return isFields(response) ? response['status'] : undefined
}

/** Calls an endpoint in JSON with the credentials of a user. */
export async function askAs(
  server: TestServer,
  { user, endpoint, fields }: { user: string; endpoint: string; fields: AvroRecord },
): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`
  const headers = { 'content-type': 'application/json', authorization }
  const body = encodeRequest('json', endpoint, fields)
  return readAnswer(
    endpoint,
    await sendHttp(server.port, { method: 'POST', path: endpoint, headers, body }),
  )
}

/** Resolves with the delay of an answer as soon as one is delayed; the answer keeps waiting. */
export function nextDelayMs({ clock }: TestServer): Promise<number> {
  const schedule = clock.schedule.bind(clock)
  return new Promise((resolve) => {
    clock.schedule = (ms: number, callback: () => void) => {
      resolve(ms)
      return schedule(ms, callback)
    }
  })
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function hasJobId(value: unknown): value is { readonly job_id: string } {
  return isFields(value) && typeof value['job_id'] === 'string'
}
