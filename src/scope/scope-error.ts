/** Why scopes refuse something. */
export type ScopeErrorCode =
  | 'BAD_SCOPE_NAME'
  | 'SCOPE_NOT_FOUND'
  | 'TOO_MANY_SCOPES'
  | 'DEFAULT_SCOPE_STAYS'
  | 'SCOPE_CLOSED'
  | 'MOCK_CLOSED'

/** What the table of scopes, or a scope, refuses; the message says what to do. */
export class ScopeError extends Error {
  readonly code: ScopeErrorCode

  constructor(code: ScopeErrorCode, message: string) {
    super(message)
    this.name = 'ScopeError'
    this.code = code
  }
}
