import { JobBudget } from '../jobs/job-budget.ts'
import { RuleBudget } from '../rules/rule-budget.ts'
import { TableBudget } from '../tables/table-budget.ts'
import { JournalBudget } from './journal-budget.ts'

/** The maximum bytes of each kind of content, in all scopes together. */
export interface Budgets {
  readonly jobBytes: number
  readonly journalBytes: number
  readonly ruleBytes: number
  readonly tableBytes: number
}

/** The budgets that all scopes of a mock share. */
export class ScopeBudgets {
  readonly jobs: JobBudget
  readonly journals: JournalBudget
  readonly rules: RuleBudget
  readonly tables: TableBudget

  constructor({ jobBytes, journalBytes, ruleBytes, tableBytes }: Budgets) {
    this.jobs = new JobBudget(jobBytes)
    this.journals = new JournalBudget(journalBytes)
    this.rules = new RuleBudget(ruleBytes)
    this.tables = new TableBudget(tableBytes)
  }
}

/** Budgets that are never reached: for a scope that only checks what others will hold. */
export function unlimitedBudgets(): ScopeBudgets {
  const unlimited = Number.POSITIVE_INFINITY
  return new ScopeBudgets({
    jobBytes: unlimited,
    journalBytes: unlimited,
    ruleBytes: unlimited,
    tableBytes: unlimited,
  })
}
