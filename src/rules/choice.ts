import type { IndexedRule } from './placed-rule.ts'
import type { Rule } from './rule.ts'
import { isReady, type Tally } from './tally.ts'

/** The rule that would answer a request. No counter changes until `count`. */
export class Choice {
  #rule: Rule | undefined
  #answers: Tally | undefined
  readonly #met: Tally[] = []

  /** Undefined if no rule matches. */
  get rule(): Rule | undefined {
    return this.#rule
  }

  /** Notes a rule whose conditions the request meets; the first that is ready would answer. */
  meet({ rule, isLimited }: IndexedRule, tally: Tally): void {
    this.#met.push(tally)
    if (this.#rule !== undefined || (isLimited && !isReady(rule, tally))) return
    this.#rule = rule
    this.#answers = tally
  }

  /** Counts the request for all rules that it meets, and as answered for the one that answers. */
  count(): void {
    for (const tally of this.#met) tally.met += 1
    if (this.#answers) this.#answers.answered += 1
  }
}
