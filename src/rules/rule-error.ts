/** The reason why a set of rules or faults rejects an operation. */
export type RuleErrorCode =
  | 'RULE_NOT_FOUND'
  | 'TOO_MANY_RULES'
  | 'TOO_MANY_RULE_BYTES'
  | 'FAULT_NOT_FOUND'
  | 'TOO_MANY_FAULTS'

/** A rejected operation on rules or faults. The message names the action and the reason. */
export class RuleError extends Error {
  readonly code: RuleErrorCode

  constructor(code: RuleErrorCode, message: string) {
    super(message)
    this.name = 'RuleError'
    this.code = code
  }
}
