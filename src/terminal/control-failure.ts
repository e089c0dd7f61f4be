/** Why the control API could not be used. */
export type ControlFailureCode = 'NO_ANSWER' | 'NO_MOCK' | 'UNAUTHORIZED' | 'PROBLEM'

/** A call of the control API that failed; the message is one line for the user. */
export class ControlFailure extends Error {
  readonly code: ControlFailureCode
  /** The code of the problem document, such as `SCOPE_NOT_FOUND`; empty without one. */
  readonly problem: string

  constructor(code: ControlFailureCode, message: string, problem = '') {
    super(message)
    this.name = 'ControlFailure'
    this.code = code
    this.problem = problem
  }
}

/** What Node says about a connection: an error for several addresses has no message of its own. */
export function describeError(error: unknown): string {
  const { message, errors, code } = Object(error)
  if (message) return String(message)
  return String(Array.isArray(errors) && errors[0] ? errors[0].message : code)
}
