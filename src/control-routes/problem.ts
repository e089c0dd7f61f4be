import { STATUS_CODES } from 'node:http'
import { type Static, Type } from '@sinclair/typebox'
import { ControlError, type ControlErrorCode } from '../control-parts/control-error.ts'
import { fieldOf } from '../documents/field-of.ts'
import { MAX_PROBLEMS } from '../documents/reading.ts'
import { formatMessage, formatPlace } from '../fixture-format/fixture-problem.ts'
import { FixtureError } from '../fixtures/load-fixtures.ts'
import { type ContentError, isContentError } from '../scope/content-error.ts'

/** The media type of a problem document. */
export const PROBLEM_TYPE = 'application/problem+json'

/** A problem document (RFC 9457). A `code` never changes its meaning; other keys may follow. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URN with the code.' }),
    title: Type.String({ description: 'The HTTP status in words.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    code: Type.String({ description: 'The stable name of the problem, for tests to compare.' }),
    detail: Type.String({ description: 'What is wrong, where, and what to do.' }),
    problems: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'Every problem of the input.',
      }),
    ),
  },
  { title: 'Problem', additionalProperties: true },
)
export type Problem = Static<typeof Problem>

/** The codes of the errors of HTTP, by status. */
const HTTP_CODES = new Map([
  [401, 'UNAUTHORIZED'],
  [403, 'FOREIGN_ORIGIN'],
  [404, 'NOT_FOUND'],
  [405, 'METHOD_NOT_ALLOWED'],
  [408, 'REQUEST_TIMED_OUT'],
  [413, 'BODY_TOO_LARGE'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
  [417, 'EXPECTATION_FAILED'],
  [429, 'TOO_MANY_UNREAD'],
  [431, 'HEADERS_TOO_LARGE'],
])

/** The code of an unexpected error. Its status is not 5xx, because clients retry those. */
const UNEXPECTED = 'UNEXPECTED'

/** The HTTP status of every code of the mock's own errors. */
const STATUSES = {
  BAD_REQUEST: 400,
  BAD_FIXTURES: 422,
  CANCEL_REFUSED: 409,
  CLOCK_LIMIT: 409,
  CLOCK_RUNS_BACKWARDS: 409,
  NOTHING_AHEAD: 409,
  NOT_READY: 503,
  NOT_VERIFIED: 417,
  PAGE_NOT_BUILT: 503,
  TOO_MANY_STREAMS: 429,
  TOO_MANY_TO_SAVE: 409,
  WAIT_ABORTED: 408,
  WAIT_CANNOT_HOLD: 409,
  WAIT_TIMED_OUT: 408,
  FINDINGS: 417,
  JOB_NOT_FOUND: 404,
  JOB_ID_TAKEN: 409,
  JOB_TAG_TAKEN: 409,
  TOO_MANY_JOBS: 409,
  TOO_MANY_JOB_BYTES: 409,
  JOB_FINISHED: 409,
  JOB_NOT_HELD: 409,
  PROGRESS_FALLS: 409,
  RULE_NOT_FOUND: 404,
  TOO_MANY_RULES: 409,
  TOO_MANY_RULE_BYTES: 409,
  FAULT_NOT_FOUND: 404,
  TOO_MANY_FAULTS: 409,
  TABLE_NOT_FOUND: 404,
  TABLE_EXISTS: 409,
  TOO_MANY_TABLES: 409,
  TOO_MANY_ROWS: 409,
  TOO_MANY_TABLE_BYTES: 409,
  BAD_SCOPE_NAME: 400,
  SCOPE_NOT_FOUND: 404,
  TOO_MANY_SCOPES: 409,
  DEFAULT_SCOPE_STAYS: 409,
  SCOPE_CLOSED: 409,
  SCOPE_EVICTED: 417,
  MOCK_CLOSED: 503,
  CLUSTER_NOT_FOUND: 404,
  RING_FIXED: 409,
  TOO_MANY_ENTRIES: 409,
} satisfies Record<ControlErrorCode | ContentError['code'], number>

/** The HTTP status of every code of a problem, those of Fastify's errors included. */
export const PROBLEM_STATUSES: Readonly<Record<string, number>> = {
  ...STATUSES,
  ...Object.fromEntries(Array.from(HTTP_CODES, ([status, code]) => [code, status])),
  [UNEXPECTED]: 400,
}

/** The maximum length of a text in a problem document: it may quote an input of any size. */
const MAX_TEXT = 2000

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

/** The problem document for a thrown value; an unexpected error has the code UNEXPECTED. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ControlError) {
    const { problems } = error
    const listed = problems.length > 0 ? { problems: list(problems) } : {}
    return { ...describe(error), ...listed, ...error.found }
  }
  if (error instanceof FixtureError) return fileProblem(error)
  if (isContentError(error)) return describe(error)
  const statusCode = fieldOf(error, 'statusCode')
  const detail = String(fieldOf(error, 'message'))
  return typeof statusCode === 'number'
    ? httpProblem(statusCode, detail)
    : problem({ status: 400, code: UNEXPECTED, detail })
}

/** The problem document for invalid fixture files; its paths are `file:line:column`. */
function fileProblem({ code, message, problems }: FixtureError): Problem {
  const listed = problems.map((problem) => {
    return { path: formatPlace(problem), message: formatMessage(problem) }
  })
  return { ...describe({ code, message }), problems: list(listed) }
}

/** The first problems of an input: MAX_PROBLEMS, each with texts of a bounded length. */
function list(problems: readonly Listed[]): Listed[] {
  return problems
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => ({ path: shorten(path), message: shorten(message) }))
}

type Listed = NonNullable<Problem['problems']>[number]

/** The problem document for an error of HTTP, such as 405 for a wrong method. */
export function httpProblem(status: number, detail: string): Problem {
  const code = HTTP_CODES.get(status) ?? 'BAD_REQUEST'
  return problem({ status, code, detail })
}

function describe({ code, message }: { code: keyof typeof STATUSES; message: string }): Problem {
  return problem({ status: STATUSES[code], code, detail: message })
}

function problem({ status, code, detail }: Pick<Problem, 'status' | 'code' | 'detail'>): Problem {
  const title = STATUS_CODES[status] ?? 'Problem'
  return { type: `urn:mock-gpudb:${code}`, title, status, code, detail: shorten(detail) }
}
