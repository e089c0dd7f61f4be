/** The codes of rejected operations on scopes. */
export type ScopeErrorCode =
  | 'BAD_SCOPE_NAME'
  | 'SCOPE_NOT_FOUND'
  | 'TOO_MANY_SCOPES'
  | 'DEFAULT_SCOPE_STAYS'
  | 'SCOPE_CLOSED'
  | 'SCOPE_EVICTED'
  | 'MOCK_CLOSED'
  | 'CLUSTER_NOT_FOUND'
  | 'RING_FIXED'
  | 'TOO_MANY_ENTRIES'

/** A rejected operation on a scope; the message says what to do. */
export class ScopeError extends Error {
  readonly code: ScopeErrorCode

  constructor(code: ScopeErrorCode, message: string) {
    super(message)
    this.name = 'ScopeError'
    this.code = code
  }
}
