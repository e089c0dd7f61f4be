import { type Static, Type } from '@sinclair/typebox'
import { choice } from '../documents/schema-kinds.ts'
import { writeFields } from '../fixtures/fixture-dialect.ts'
import { ENCODINGS } from '../jobs/encoding.ts'
import { matchesRequest } from '../rules/match-request.ts'
import type { RuleRequest, When } from '../rules/rule.ts'
import { REDACTED } from '../rules/secret-keys.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { count, Fields, long, moment } from './control-kinds.ts'
import { holdsSecret, redactHeaders, redactRecord } from './redact.ts'

const Encoding = choice(ENCODINGS, {
  description: 'The encoding of the request.',
})

/** A request that a scope received, as the control API shows it. */
export const RequestDocument = Type.Object(
  {
    id: count('Counts from 1 in each scope.'),
    at_ms: moment('When it came, on the clock of the scope'),
    duration_ms: Type.Number({ description: 'How long the mock took to answer, in real time.' }),
    delay_ms: count('How long a rule delayed the answer, on the clock of the scope.'),
    endpoint: Type.String(),
    encoding: Type.Union([Encoding, Type.Null()]),
    user: Type.String({ description: 'The name of a Basic Authorization, otherwise empty.' }),
    source_ip: Type.String(),
    headers: Type.Record(Type.String(), Type.String(), { description: 'Without credentials.' }),
    status: count('The HTTP status of the answer; 0 if the connection was broken instead.'),
    error: Type.String({
      description: 'The message of the ERROR wrapper; empty if the answer is no error.',
    }),
    rule: Type.Union([Type.String(), Type.Null()], {
      description: 'The name of the rule that answered.',
    }),
    unmatched: Type.Boolean({
      description: 'Whether neither a rule nor a behaviour of the endpoint itself answered.',
    }),
    decoded: Type.Boolean({ description: 'Whether the body was a request of the endpoint.' }),
    job_id: Type.Union([long(), Type.Null()], {
      description: 'The job that was created or polled.',
    }),
    job_status: Type.Union([Type.String(), Type.Null()], {
      description: 'The status of that job in the answer of /get/job.',
    }),
    request: Type.Union([Fields, Type.Null()], { description: 'The decoded request record.' }),
    job: Type.Union(
      [
        Type.Object({
          endpoint: Type.String(),
          tag: Type.String(),
          encoding: Encoding,
          request: Fields,
        }),
        Type.Null(),
      ],
      { description: 'The job that /create/job asked for.' },
    ),
    body_base64: Type.Union([Type.String(), Type.Null()], {
      description: 'The body as received; null if it holds a secret.',
    }),
  },
  { title: 'Request' },
)
export type RequestDocument = Static<typeof RequestDocument>

/** A request of the journal, decoded. */
export interface RecordedRequest {
  readonly entry: JournalEntry
  /** The direct call, and for `/create/job` the job too; empty if the body was no request. */
  readonly asked: readonly RuleRequest[]
}

/** Whether a request meets all conditions but `nth`, as a direct call or as a job. */
export function meets({ asked }: RecordedRequest, when: When): boolean {
  return asked.some((request) => matchesRequest(when, request))
}

/** Describes a request. */
export function toRequestDocument({ entry, asked }: RecordedRequest): RequestDocument {
  return {
    id: entry.id,
    at_ms: entry.atMs,
    duration_ms: Math.round(entry.durationMs * 1000) / 1000,
    delay_ms: entry.delayMs,
    endpoint: entry.endpoint,
    encoding: entry.encoding ?? null,
    user: entry.user,
    source_ip: entry.sourceIp,
    headers: redactHeaders(entry.headers),
    status: entry.status,
    error: entry.error,
    rule: entry.rule ?? null,
    unmatched: entry.unmatched,
    decoded: entry.decoded,
    job_id: entry.jobId ?? null,
    job_status: entry.jobStatus ?? null,
    ...describeAsked(asked),
    body_base64: holdsSecret(asked) ? null : entry.body.toString('base64'),
  }
}

function describeAsked([direct, job]: readonly RuleRequest[]) {
  if (direct === undefined) return { request: null, job: null }
  if (job === undefined) return { request: writeFields(redactRecord(direct.request)), job: null }
  const { endpoint, tag, encoding } = job
  const jobRequest = redactRecord(job.request)
  const payload = jobRequest === job.request ? {} : HIDDEN_PAYLOAD
  return {
    request: writeFields(redactRecord({ ...direct.request, ...payload })),
    job: { endpoint, tag, encoding, request: writeFields(jobRequest) },
  }
}

/** The fields of `/create/job` that hold the request of the job. */
const HIDDEN_PAYLOAD = { data: Buffer.alloc(0), data_str: REDACTED }
