import { type Static, Type } from '@sinclair/typebox'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { briefError, count, Fields, long, moment } from '../control-parts/control-kinds.ts'
import { choice } from '../documents/schema-kinds.ts'
import { writeFields } from '../fixture-format/fixture-dialect.ts'
import { readRecorded } from '../gpudb/read-recorded.ts'
import { ENCODINGS } from '../jobs/encoding.ts'
import { REDACTED, type Redaction } from '../patterns/redaction.ts'
import { matchesRequest } from '../rules/match-request.ts'
import type { RuleRequest, When } from '../rules/rule.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'

const Encoding = choice(ENCODINGS, {
  description: 'The encoding of the request.',
})

/** A request in a brief list: without its headers, its records, its body, and the rest of a long error. */
export const BriefRequestDocument = Type.Object(
  {
    id: count('Counts from 1 in each scope.'),
    at_ms: moment('When it came, on the clock of the scope'),
    duration_ms: Type.Number({ description: 'How long the mock took to answer, in real time.' }),
    delay_ms: count('How long rules and faults delayed the answer, on the clock of the scope.'),
    endpoint: Type.String(),
    encoding: Type.Union([Encoding, Type.Null()]),
    user: Type.String({ description: 'The name of a Basic Authorization, otherwise empty.' }),
    source_ip: Type.String(),
    cluster: Type.String({ description: 'The name of the cluster that was called.' }),
    status: count(
      'The HTTP status of the answer; 0 if the connection broke before the end of its head.',
    ),
    sent_bytes: count('How many bytes of the body were sent.'),
    error: Type.String({
      description: 'The message of the ERROR wrapper; empty if the answer is no error.',
    }),
    rule: Type.Union([Type.String(), Type.Null()], {
      description: 'The name of the rule that answered.',
    }),
    fault: Type.Array(Type.String(), { description: 'The names of the faults that struck it.' }),
    unmatched: Type.Boolean({
      description: 'Whether neither a rule nor a behaviour of the endpoint itself answered.',
    }),
    nearest: Type.Union(
      [
        Type.Object({
          rule: Type.String({ description: 'The name of the rule.' }),
          reason: Type.String({ description: 'The conditions that the request did not meet.' }),
        }),
        Type.Null(),
      ],
      {
        description:
          'The rule that nearly matched, when the request came; null if a rule matched, or none ' +
          'was for the endpoint.',
      },
    ),
    decoded: Type.Boolean({ description: 'Whether the body was a request of the endpoint.' }),
    interrupted: Type.Boolean({
      description: 'Whether its cluster did not work and answered instead: no endpoint handled it.',
    }),
    job_id: Type.Union([long(), Type.Null()], {
      description: 'The job that was created or polled.',
    }),
    job_endpoint: Type.Union([Type.String(), Type.Null()], {
      description: 'The endpoint of that job.',
    }),
    job_status: Type.Union([Type.String(), Type.Null()], {
      description: 'The status of that job in the answer of /get/job.',
    }),
  },
  { title: 'BriefRequest' },
)
export type BriefRequestDocument = Static<typeof BriefRequestDocument>

/** A request that a scope received, as the control API shows it. */
export const RequestDocument = Type.Object(
  {
    ...BriefRequestDocument.properties,
    headers: Type.Record(Type.String(), Type.String(), { description: 'Without credentials.' }),
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
  /** Whether the request record of the endpoint has a field with a secret name. */
  readonly hasSecretField: boolean
}

/** Decodes a request of the journal. */
export function readRequest(entry: JournalEntry, context: ReadingContext): RecordedRequest {
  const { redaction } = context.scope()
  const fields = context.catalogue.find(entry.endpoint)?.request.schema.fields ?? []
  const hasSecretField = fields.some(({ name }) => redaction.isSecretName(name))
  return { entry, asked: readRecorded(entry, context), hasSecretField }
}

type ReadingContext = Pick<ScopeContext, 'catalogue' | 'bodyLimit' | 'scope'>

/** Whether a request meets all conditions but `nth`, as a direct call or as a job. */
export function meets({ asked }: RecordedRequest, when: When): boolean {
  return asked.some((request) => matchesRequest(when, request))
}

/**
 * Describes a request without secrets, for a list: a long error is cut. The request is decoded only if
 * it was answered with an error.
 */
export function toBriefRequest(entry: JournalEntry, context: ReadingContext): BriefRequestDocument {
  const asked = entry.error === '' ? [] : readRecorded(entry, context)
  const document = describeEntry({ entry, asked }, context.scope().redaction)
  document.error = briefError(document.error)
  return document
}

/** Describes a request without secrets. */
export function toRequestDocument(
  recorded: RecordedRequest,
  redaction: Redaction,
): RequestDocument {
  const { entry, asked } = recorded
  return {
    ...describeEntry(recorded, redaction),
    headers: redaction.headers(entry.headers),
    ...describeAsked(asked, redaction),
    body_base64: hidesBody(recorded, redaction) ? null : entry.body.toString('base64'),
  }
}

/** The secrets of a decoded request are not shown where its error quotes them. */
function describeEntry(
  { entry, asked }: Pick<RecordedRequest, 'entry' | 'asked'>,
  redaction: Redaction,
): BriefRequestDocument {
  const requests = asked.map(({ request }) => request)
  return {
    id: entry.id,
    at_ms: entry.atMs,
    duration_ms: Math.round(entry.durationMs * 1000) / 1000,
    delay_ms: entry.delayMs,
    endpoint: entry.endpoint,
    encoding: entry.encoding ?? null,
    user: entry.user,
    source_ip: entry.sourceIp,
    cluster: entry.cluster,
    status: entry.status,
    sent_bytes: entry.sentBytes,
    error: redaction.knowing(requests).text(entry.error),
    rule: entry.rule ?? null,
    fault: [...entry.faults],
    unmatched: entry.unmatched,
    nearest: entry.nearest ?? null,
    decoded: entry.decoded,
    interrupted: entry.interrupted,
    job_id: entry.jobId ?? null,
    job_endpoint: entry.jobEndpoint ?? null,
    job_status: entry.jobStatus ?? null,
  }
}

function describeAsked([direct, job]: readonly RuleRequest[], redaction: Redaction) {
  if (direct === undefined) return { request: null, job: null }
  const { request } = direct
  if (job === undefined) {
    const payload = isUnreadPayload(direct, redaction) ? HIDDEN_PAYLOAD : {}
    return { request: writeFields(redaction.value({ ...request, ...payload })), job: null }
  }
  const { endpoint, tag, encoding } = job
  const payload = redaction.isIn(job.request) ? HIDDEN_PAYLOAD : {}
  return {
    request: writeFields(redaction.value({ ...request, ...payload })),
    job: { endpoint, tag, encoding, request: writeFields(redaction.value(job.request)) },
  }
}

/** Whether a body is not shown: it holds a secret, or could not be decoded and may hold one. */
function hidesBody(recorded: RecordedRequest, redaction: Redaction): boolean {
  const { asked } = recorded
  const [direct, job] = asked
  if (direct === undefined) return hidesUnread(recorded, redaction)
  if (job === undefined && isUnreadPayload(direct, redaction)) return true
  return asked.some(({ request }) => redaction.isIn(request))
}

/** Binary records have no names of fields, and snappy splits texts: a search finds less in them. */
function hidesUnread(
  { entry: { endpoint, encoding, body }, hasSecretField }: RecordedRequest,
  redaction: Redaction,
): boolean {
  if (body.length === 0) return false
  const hasNames = encoding === 'json' || encoding === undefined
  const hidesNames = encoding === 'snappy' || hasSecretField || endpoint === CREATE_JOB
  return redaction.isSuspect(body) || (!hasNames && hidesNames)
}

/** Whether `/create/job` has a payload that could not be decoded and may hold a secret. */
function isUnreadPayload({ endpoint, request }: RuleRequest, redaction: Redaction): boolean {
  if (endpoint !== CREATE_JOB) return false
  const { data, data_str } = request
  const hasBytes = Buffer.isBuffer(data) && data.length > 0
  return hasBytes || redaction.isSuspect(Buffer.from(String(data_str)))
}

const CREATE_JOB = '/create/job'

/** The fields of `/create/job` that hold the request of the job. */
const HIDDEN_PAYLOAD = { data: Buffer.alloc(0), data_str: REDACTED }
