import { ByteBudget } from '../jobs/byte-budget.ts'
import { SharedBytes } from '../jobs/shared-bytes.ts'
import type { Rule } from './rule.ts'
import { bytesOfRule, bytesOfRules } from './rule-bytes.ts'
import { RuleError } from './rule-error.ts'

/**
 * The bytes of the rules of all scopes, as an estimate. A list of rules from fixtures counts once
 * for all scopes that have it.
 */
export class RuleBudget {
  readonly #budget: ByteBudget
  readonly #shared: SharedBytes

  constructor(maxBytes: number) {
    this.#budget = new ByteBudget(maxBytes)
    this.#shared = new SharedBytes(this.#budget)
  }

  /** The bytes of all rules. */
  get usedBytes(): number {
    return this.#budget.usedBytes
  }

  /**
   * Throws RuleError if rules do not fit. `instead` are rules that they will replace; the maximum
   * may be exceeded until all scopes have replaced them. The lists must not change later.
   */
  assertFits(rules: readonly Rule[], instead: readonly Rule[] = []): void {
    if (this.#shared.holds(rules)) return
    const bytes = bytesOfRules(rules)
    if (this.#budget.fits(bytes - bytesOfRules(instead))) return
    const { usedBytes, maxBytes } = this.#budget
    const reason = `the rules of all scopes have ${usedBytes} of at most ${maxBytes} bytes`
    const message = `Cannot take ${bytes} bytes for rules: ${reason}, raise max-rule-bytes`
    throw new RuleError('TOO_MANY_RULE_BYTES', message)
  }

  /** Counts a list of rules from fixtures, for one more scope. */
  addList(rules: readonly Rule[]): void {
    this.#shared.take(rules, bytesOfRules)
  }

  /** Counts a list no more for one of the scopes. */
  removeList(rules: readonly Rule[]): void {
    this.#shared.release(rules)
  }

  /** Counts a rule from the control API. */
  add(rule: Rule): void {
    this.#budget.take(bytesOfRule(rule))
  }

  /** Counts a rule from the control API no more. */
  remove(rule: Rule): void {
    this.#budget.release(bytesOfRule(rule))
  }
}
