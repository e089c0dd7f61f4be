import { type Budgets, ScopeBudgets } from '../../src/scope/scope-budgets.ts'

const UNLIMITED = Number.POSITIVE_INFINITY

/** Budgets of a mock; those that are not given are unlimited. */
export function budgetsOf(given: Partial<Budgets> = {}): ScopeBudgets {
  return new ScopeBudgets({
    jobBytes: UNLIMITED,
    journalBytes: UNLIMITED,
    ruleBytes: UNLIMITED,
    tableBytes: UNLIMITED,
    ...given,
  })
}
