import { type Static, Type } from '@sinclair/typebox'
import type { JsonValue } from '../documents/json-value.ts'
import { choice } from '../documents/schema-kinds.ts'
import { FixtureColumns } from '../fixture-format/column-format.ts'
import { writeFields } from '../fixture-format/fixture-dialect.ts'
import { FixtureLifecycle } from '../fixture-format/lifecycle-format.ts'
import { writeLifecycle, writeResult } from '../fixture-writing/write-job.ts'
import { RESULT_ENCODINGS } from '../jobs/encoding.ts'
import { JOB_STATUSES, nextChangeAtMs } from '../jobs/job-state.ts'
import type { Result } from '../jobs/result.ts'
import type { JobView } from '../jobs/stored-job.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { briefError, count, Fields, long, moment } from './control-kinds.ts'

/** The maximum number of rows of a result that a document of a job shows. */
export const MAX_SHOWN_ROWS = 100

/** The statuses of jobs. */
export const JobStatusName = choice(JOB_STATUSES, {
  description: 'The status of a job, as in /get/job.',
})

/** A job in a brief list: without its lifecycle, its request, its result, and the rest of a long error. */
export const BriefJobDocument = Type.Object(
  {
    job_id: long(),
    tag: Type.String(),
    endpoint: Type.String(),
    encoding: choice(RESULT_ENCODINGS, { description: 'How the result is encoded.' }),
    status: JobStatusName,
    progress: Type.Integer({ description: 'Percent.' }),
    step: Type.Integer({
      description: 'The index of the present step; past the last one when the job has ended.',
    }),
    polls: count('The number of polls by clients.'),
    created_at_ms: moment('When it was created'),
    changed_at_ms: moment('When it entered its step, or ended'),
    next_change_at_ms: Type.Union([moment('When time alone next changes it'), Type.Null()]),
    user: Type.String({ description: 'The user that created it; empty for a job from a fixture.' }),
    source_ip: Type.String({
      description: 'The address of the client that created it; empty for a job from a fixture.',
    }),
    cluster: Type.String({ description: 'The cluster on which it was created, its home.' }),
    error: Type.String({ description: 'The error_message of an ERROR, otherwise empty.' }),
  },
  { title: 'BriefJob' },
)
export type BriefJobDocument = Static<typeof BriefJobDocument>

/** A job as the control API shows it. */
export const JobDocument = Type.Object(
  {
    ...BriefJobDocument.properties,
    lifecycle: FixtureLifecycle,
    request: Fields,
    response: Type.Optional(Fields),
    columns: Type.Optional(FixtureColumns),
    rows: Type.Optional(
      Type.Unsafe<readonly JsonValue[]>({
        type: 'array',
        items: { type: 'array' },
        description: `The first ${MAX_SHOWN_ROWS} rows of the result; GET /fixtures has all.`,
      }),
    ),
    total_rows: Type.Optional(count('The number of rows of the result.')),
    response_text: Type.Optional(
      Type.String({ description: 'The text that is sent instead of a response.' }),
    ),
    response_base64: Type.Optional(
      Type.String({ description: 'The bytes that are sent instead of a response.' }),
    ),
  },
  { title: 'Job' },
)
export type JobDocument = Static<typeof JobDocument>

/** Describes a job without secrets, for a list: a long error is cut. */
export function toBriefJob(view: JobView, redaction: Redaction): BriefJobDocument {
  const document = describeJob(view, redaction)
  document.error = briefError(document.error)
  return document
}

/** The secrets of its request are not shown where its error quotes them. */
function describeJob(
  { job, state, progress, polls }: JobView,
  redaction: Redaction,
): BriefJobDocument {
  return {
    job_id: job.id,
    tag: job.tag,
    endpoint: job.endpoint,
    encoding: job.encoding,
    status: state.status,
    progress,
    step: state.step,
    polls,
    created_at_ms: job.createdAtMs,
    changed_at_ms: state.sinceMs,
    next_change_at_ms: nextChangeAtMs(job) ?? null,
    user: job.caller.user,
    source_ip: job.caller.sourceIp,
    cluster: job.placement.home,
    error: state.status === 'ERROR' ? redaction.knowing(job.request).text(job.lifecycle.error) : '',
  }
}

/** Describes a job without secrets. */
export function toJobDocument(view: JobView, redaction: Redaction): JobDocument {
  const { job } = view
  const { request } = job
  const knowing = redaction.knowing(request)
  return {
    ...describeJob(view, redaction),
    lifecycle: knowing.value(writeLifecycle(job.lifecycle)),
    request: writeFields(redaction.value(request)),
    ...knowing.value(showResult(job.result)),
  }
}

/** As a fixture has it, but not all rows: a list of jobs with the same result has them many times. */
function showResult(
  result: Result,
): Pick<JobDocument, 'response' | 'columns' | 'rows' | 'total_rows' | 'response_text'> {
  if (result.kind !== 'rows') return writeResult(result)
  const { set } = result
  const rows = set.rows.slice(0, MAX_SHOWN_ROWS)
  return { ...writeResult({ ...result, set: { ...set, rows } }), total_rows: set.rows.length }
}
