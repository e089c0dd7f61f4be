import { listFirst } from '../documents/count-text.ts'
import { describePath, type JsonProblem } from '../documents/reading.ts'

/** Why the control API rejects a call; jobs, rules and scopes have codes of their own. */
export type ControlErrorCode =
  | 'BAD_REQUEST'
  | 'BAD_FIXTURES'
  | 'CANCEL_REFUSED'
  | 'CLOCK_LIMIT'
  | 'CLOCK_RUNS_BACKWARDS'
  | 'NOTHING_AHEAD'
  | 'NOT_READY'
  | 'NOT_VERIFIED'
  | 'PAGE_NOT_BUILT'
  | 'TOO_MANY_STREAMS'
  | 'TOO_MANY_TO_SAVE'
  | 'WAIT_ABORTED'
  | 'WAIT_CANNOT_HOLD'
  | 'WAIT_TIMED_OUT'
  | 'FINDINGS'

/** The parts of a control error besides its message. */
export interface ControlErrorParts {
  /** All problems of the input. */
  readonly problems?: readonly JsonProblem[]
  /** Documents that explain the error, such as the job that was waited for. */
  readonly found?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** A rejected call of the control API, in process and over HTTP. */
export class ControlError extends Error {
  readonly code: ControlErrorCode
  /** The problems of the input, each with its path, such as `rules[0].when.endpoint`. */
  readonly problems: readonly { readonly path: string; readonly message: string }[]
  readonly found: Readonly<Record<string, unknown>>

  constructor(code: ControlErrorCode, message: string, parts: ControlErrorParts = {}) {
    const { problems = [], found = {}, cause } = parts
    super(message, { cause })
    this.name = 'ControlError'
    this.code = code
    this.found = found
    this.problems = problems.map((problem) => {
      return { path: describePath(problem.path), message: problem.message }
    })
  }
}

/** The purpose of an input, for the error that rejects it. */
export interface InputUse {
  /** What the caller wants to do, such as `create the job`: messages start with `Cannot` and this. */
  readonly action: string
  /** BAD_FIXTURES for jobs, rules and whole documents; by default BAD_REQUEST. */
  readonly code?: 'BAD_REQUEST' | 'BAD_FIXTURES'
}

/** The error that rejects an input; its message names the first problems. */
export function refuseInput(
  problems: readonly JsonProblem[],
  { action, code = 'BAD_REQUEST' }: InputUse,
): ControlError {
  const named = problems.map(({ path, message }) => {
    return path.length === 0 ? message : `${describePath(path)}: ${message}`
  })
  return new ControlError(code, `Cannot ${action}: ${listFirst(named)}`, { problems })
}
