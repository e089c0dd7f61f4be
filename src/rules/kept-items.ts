import type { Fault } from './fault.ts'
import type { Rule } from './rule.ts'

/** The rules that did not change in a reload: what each of them was before, by the new rule. */
export type KeptRules = ReadonlyMap<Rule, Rule>

/** The faults that did not change in a reload: what each of them was before, by the new fault. */
export type KeptFaults = ReadonlyMap<Fault, Fault>

/** What did not change in a reload of the fixtures. */
export interface KeptItems {
  readonly rules: KeptRules
  readonly faults: KeptFaults
}
