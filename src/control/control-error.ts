import type { JsonPath, JsonProblem } from '../documents/reading.ts'

/** Why the control API refuses something, besides what jobs, rules and scopes refuse. */
export type ControlErrorCode =
  | 'BAD_REQUEST'
  | 'BAD_FIXTURES'
  | 'CANCEL_REFUSED'
  | 'CLOCK_RUNS_BACKWARDS'
  | 'NOTHING_AHEAD'
  | 'NOT_READY'
  | 'NOT_VERIFIED'
  | 'WAIT_CANNOT_HOLD'
  | 'WAIT_TIMED_OUT'
  | 'FINDINGS'

/** What a control error has besides its message. */
export interface ControlErrorParts {
  /** What is wrong with the input, one by one. */
  readonly problems?: readonly JsonProblem[]
  /** What the caller may want to look at, such as the job that was waited for. */
  readonly found?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** What the control API refuses; it knows nothing of HTTP. */
export class ControlError extends Error {
  readonly code: ControlErrorCode
  /** What is wrong with the input: the place, such as `rules[0].when.endpoint`, and what. */
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

/** Refuses input; the first problems are in the message, all of them beside it. */
export function refuseInput(
  code: 'BAD_REQUEST' | 'BAD_FIXTURES',
  what: string,
  problems: readonly JsonProblem[],
): ControlError {
  const [first, ...more] = problems.map(({ path, message }) =>
    path.length === 0 ? message : `${describePath(path)}: ${message}`,
  )
  const rest = more.length === 0 ? '' : `; and ${more.length} more`
  return new ControlError(code, `Cannot take ${what}: ${first}${rest}`, { problems })
}

/** A path as JavaScript writes it: `rules[0].when.endpoint`. */
function describePath(path: JsonPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}
