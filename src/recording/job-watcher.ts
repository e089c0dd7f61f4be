import type { Catalogue } from '../avro/catalogue.ts'
import { defaultRecord } from '../avro/default-record.ts'
import { keepAnswer } from '../exchanges/kept-answer.ts'
import { nameTag, type Repeated, withoutTemplates } from '../exchanges/name-templates.ts'
import { type ReadAnswer, readResponse } from '../exchanges/read-answer.ts'
import type { ReadCall } from '../exchanges/read-call.ts'
import { type JobRequest, readJobRequest } from '../gpudb/create-job.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { RESULT_ENCODINGS } from '../jobs/encoding.ts'
import { isJobList, isJobRecord, type JobRecord, type JobValue, NO_JOBS } from '../jobs/job.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { type RecordedJob, readStatus } from './recorded-job.ts'
import type { JobName, RecordedJobs } from './recorded-jobs.ts'
import { patternOf, type RequestPattern } from './request-pattern.ts'
import type { ResultWriter } from './write-result.ts'

/** What a watcher needs. */
export interface WatcherParts {
  readonly catalogue: Catalogue
  readonly redaction: Redaction
  readonly writer: ResultWriter
  readonly jobs: RecordedJobs
}

/** A call of one of the job endpoints that was answered with a record. */
export interface JobCall extends ReadCall {
  readonly response: JobRecord
}

/** Whether a call was kept; `full` if there is no more room. */
export type Keeping = 'kept' | 'full' | 'too long'

/** Follows jobs from their creation to their end. */
export class JobWatcher {
  readonly #parts: WatcherParts

  constructor(parts: WatcherParts) {
    this.#parts = parts
  }

  /** A job was created. */
  create({ request, response, exchange, note }: JobCall): Keeping {
    const asked = this.#read(request)
    if (asked === undefined) {
      note('request', 'the request of the job cannot be read')
      return 'kept'
    }
    const { catalogue, redaction } = this.#parts
    const { endpoint, request: inner, tag: wanted, encoding } = asked.asked
    const { pattern, secrets } = patternOf(inner, {
      schema: catalogue.get(endpoint).request.schema,
      redaction,
    })
    const tag = textOf(response['info'], 'job_tag') || wanted
    const id = longOf(response['job_id'])
    const startMs = exchange.answeredAtMs
    const start = { id, tag, endpoint, startMs, created: { pattern, encoding } }
    const job = this.#parts.jobs.add(start, { request: inner, secrets })
    return job === undefined ? 'full' : 'kept'
  }

  /** A job was polled; the recording began at `beganAtMs`, in epoch milliseconds. */
  poll(call: JobCall, beganAtMs: number): Keeping {
    const { request, response, exchange } = call
    const status = readStatus(response['job_status']) ?? unknownStatus(call)
    const { jobs } = this.#parts
    const name = nameOf(request)
    const shownTag = textOf(response['info'], 'job_tag')
    const job = jobs.findPolled(name, shownTag) ?? this.#addSeen(call, beganAtMs)
    if (job === 'full') return 'full'
    if (job === undefined) return 'kept'
    jobs.name(job, { id: name.id, tag: shownTag || name.tag })
    if (job.hasEnded) return 'kept'
    const error = textOf(response['status_map'], 'error_message')
    const shown = this.#errorOf(job, error)
    job.poll({
      atMs: exchange.receivedAtMs,
      status,
      progress: Number(response['progress'] ?? 0),
      error: shown,
    })
    const keeping = status === 'DONE' ? this.#keepResult(job, call) : 'kept'
    if (job.hasEnded) jobs.forgetInput(job)
    return keeping
  }

  /** The error of a job without secrets, also those of its request. */
  #errorOf({ input, start: { id, tag } }: RecordedJob, error: string): string {
    const { redaction } = this.#parts
    const text = withoutTemplates(error)
    if (input === undefined) return redaction.text(text)
    return redaction.knowing(input.request).text(nameTag(text, { job: { id, tag } }))
  }

  /** A client asked to cancel jobs. An answer about a tag names the job by its id. */
  cancel({ request, exchange, answer }: ReadCall): void {
    // The body was decoded by the schema from which the type is generated.
    const { action, job_ids, options } = request as EndpointTypes['/admin/alter/jobs']['request']
    const tag = textOf(options, 'job_tag')
    const names = tag === '' ? job_ids.map((id) => ({ id, tag: '' })) : [{ id: 0n, tag }]
    const { jobs } = this.#parts
    for (const name of action === 'cancel' ? names : []) {
      const job = jobs.find(name)
      job?.cancel(exchange.receivedAtMs)
      if (job && tag !== '') jobs.name(job, { id: answeredId(answer), tag })
    }
  }

  /** The condition on a `/create/job`, which may be answered with an error. */
  conditionOf(request: JobRecord): RequestPattern {
    const { catalogue, redaction } = this.#parts
    // What cannot be read is judged as it is: by its text, or by words in its bytes.
    const isSecret = redaction.isIn(this.#read(request)?.asked.request)
    const payload = isSecret ? { data: Buffer.alloc(0), data_str: '' } : {}
    const { schema } = catalogue.get('/create/job').request
    return patternOf({ ...request, ...payload }, { schema, redaction }).pattern
  }

  #read(request: JobRecord): JobRequest | undefined {
    // The body was decoded by the schema from which the type is generated.
    const job = request as EndpointTypes['/create/job']['request']
    const { catalogue } = this.#parts
    try {
      return readJobRequest(job, { catalogue, maxBytes: MAX_BYTES, user: '', cluster: '' })
    } catch (error) {
      /* c8 ignore next -- not about the request: a bug of this code */
      if (!(error instanceof GpudbError)) throw error
      return undefined
    }
  }

  /** A job that existed before: undefined if a fixture cannot have it. */
  #addSeen(
    { request, response, note }: JobCall,
    beganAtMs: number,
  ): RecordedJob | 'full' | undefined {
    const endpoint = this.#parts.catalogue.findPath(String(response['endpoint']))
    if (endpoint === undefined || NO_JOBS.has(endpoint)) {
      note('response.endpoint', 'the endpoint of the job is unknown')
      return undefined
    }
    const { id, tag } = nameOf(request)
    const given = textOf(response['info'], 'job_tag') || tag
    return (
      this.#parts.jobs.add({ id, tag: given, endpoint, startMs: beganAtMs, created: undefined }) ??
      'full'
    )
  }

  #keepResult(job: RecordedJob, { response, exchange, note }: JobCall): Keeping {
    const { endpoint, created } = job.start
    const { job_response: bytes, job_response_str: text, response_encoding } = response
    const encoding = RESULT_ENCODINGS.find((one) => one === response_encoding) ?? 'binary'
    const payload = encoding === 'json' ? text : bytes
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return 'kept'
    const written = this.#parts.writer.write({
      endpoint,
      request: job.input?.request ?? this.#usualRequest(endpoint),
      payload: readResponse(payload, { records: this.#parts.catalogue.get(endpoint), note }),
      repeated: repeatedBy(job, exchange.answeredAtMs),
      encoding: created?.encoding ?? encoding,
      note,
    })
    if (written === undefined) return 'kept'
    const answer = keepAnswer(written)
    if (answer === undefined) return 'too long'
    return this.#parts.jobs.keepResult(job, { answer, encoding }) ? 'kept' : 'full'
  }

  #usualRequest(endpoint: string): JobRecord {
    return defaultRecord(this.#parts.catalogue.get(endpoint).request.schema)
  }
}

/** The maximum size of a request after decompression. */
const MAX_BYTES = 64 * 1024 * 1024

/** What the result of a job may repeat; that of a job of a fixture has no templates. */
function repeatedBy({ input, start: { id, tag, startMs } }: RecordedJob, toMs: number): Repeated {
  if (input === undefined) return { secrets: new Map(), fromMs: Number.POSITIVE_INFINITY, toMs: 0 }
  return { secrets: input.secrets, job: { id, tag }, fromMs: startMs, toMs }
}

function nameOf(request: JobRecord): JobName {
  return { id: longOf(request['job_id']), tag: textOf(request['options'], 'job_tag') }
}

/** The id of the job that an answer is about; 0 if it is about no job, or several. */
function answeredId(answer: ReadAnswer): bigint {
  const ids = answer.kind === 'ok' ? answer.record?.['job_ids'] : undefined
  return isJobList(ids) && ids.length === 1 ? longOf(ids[0]) : 0n
}

/** A long; 0 if an answer in JSON lacks it. */
function longOf(value: JobValue | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n
}

/** A text in a map; empty if it is absent. */
function textOf(map: JobValue | undefined, key: string): string {
  const text = isJobRecord(map) && Object.hasOwn(map, key) ? map[key] : undefined
  return typeof text === 'string' ? text : ''
}

/** A job with a status that the mock does not know runs until it says otherwise. */
function unknownStatus({ response, note }: JobCall): 'RUNNING' | 'DONE' | 'ERROR' {
  note(
    'response.job_status',
    `the status ${String(response['job_status']).slice(0, 40)} is unknown`,
  )
  if (response['running'] === true) return 'RUNNING'
  return response['successful'] === true ? 'DONE' : 'ERROR'
}
