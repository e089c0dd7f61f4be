/** Why a set of rules refuses something. */
export type RuleErrorCode = 'RULE_NOT_FOUND' | 'TOO_MANY_RULES'

/** What a set of rules refuses. */
export class RuleError extends Error {
  readonly code: RuleErrorCode

  constructor(code: RuleErrorCode, message: string) {
    super(message)
    this.name = 'RuleError'
    this.code = code
  }
}
