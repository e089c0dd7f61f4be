import { ByteBudget } from '../jobs/byte-budget.ts'
import { SharedBytes } from '../jobs/shared-bytes.ts'
import type { Fault } from './fault.ts'
import type { Rule } from './rule.ts'
import { bytesOfFault, bytesOfRule, bytesOfRules } from './rule-bytes.ts'
import { RuleError } from './rule-error.ts'

/**
 * The bytes of the rules and faults of all scopes, as an estimate. A list of rules from fixtures, and a
 * fault, count once for all scopes that have them.
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
    this.#assertFit(bytesOfRules(rules), bytesOfRules(instead))
  }

  /** As assertFits, for faults, and for `rules` that will be added with them. */
  assertFaultsFit(
    faults: readonly Fault[],
    { instead = [], rules = [] }: { instead?: readonly Fault[]; rules?: readonly Rule[] } = {},
  ): void {
    const added = faults.filter((fault) => !this.#shared.holds(fault))
    if (added.length === 0) return
    const sum = (list: readonly Fault[]) => list.reduce((all, one) => all + bytesOfFault(one), 0)
    this.#assertFit(sum(added) + bytesOfRules(rules), sum(instead))
  }

  /** Counts the faults of a scope instead of those that it had. */
  replaceFaults(faults: readonly Fault[], former: readonly Fault[]): void {
    for (const fault of faults) this.#shared.take(fault, bytesOfFault)
    for (const fault of former) this.#shared.release(fault)
  }

  #assertFit(bytes: number, insteadBytes: number): void {
    if (this.#budget.fits(bytes - insteadBytes)) return
    const { usedBytes, maxBytes } = this.#budget
    const reason = `the rules and faults of all scopes have ${usedBytes} of at most ${maxBytes} bytes`
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
