import { fieldOf } from '../documents/field-of.ts'

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
  const message = fieldOf(error, 'message')
  if (message) return String(message)
  const first = fieldOf(fieldOf(error, 'errors'), '0')
  return String(first ? fieldOf(first, 'message') : fieldOf(error, 'code'))
}
