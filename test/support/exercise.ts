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

/** Starts a server with fixtures that must be without problems; it stops with the test. */
export async function serveFixtures(
  t: Test,
  { problems, seeds, rules }: LoadedFixtures,
  options: { readonly strict?: boolean } = {},
): Promise<TestServer> {
  t.strictSame(problems, [])
  const server = await startTestServer({ seeds, rules, ...options })
  t.teardown(server.close)
  return server
}

/** How a job is created, where that matters. */
export interface JobCall {
  readonly encoding?: Encoding
  readonly tag?: string
}

/** Calls /create/job; a field of the job's request that is left out is Avro's zero. */
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

/** Creates a job, and gives what polls it. */
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

/** What /get/job tells of a job, in short. */
export interface JobAnswer {
  readonly status: unknown
  readonly progress: unknown
  /** The result: text where it is JSON, in hex where it is bytes, else empty. */
  readonly result: unknown
  readonly error: unknown
}

/** Polls a job. */
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

/** Asks /admin/alter/jobs to cancel a job, and gives what it says of it. */
export async function cancelJob(server: TestServer, id: bigint): Promise<unknown> {
  const request = { job_ids: [id], action: 'cancel' }
  const { response } = await server.ask('json', '/admin/alter/jobs', request)
  return isFields(response) ? response['status'] : undefined
}

/** Calls an endpoint in JSON, signed in as a user. */
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

/** Resolves with the time that an answer waits for, as soon as one does; then it still waits. */
export function nextDelayMs({ clock }: TestServer): Promise<number> {
  const wait = clock.wait.bind(clock)
  return new Promise((resolve) => {
    clock.wait = (ms: number) => {
      resolve(ms)
      return wait(ms)
    }
  })
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function hasJobId(value: unknown): value is { readonly job_id: string } {
  return isFields(value) && typeof value['job_id'] === 'string'
}
