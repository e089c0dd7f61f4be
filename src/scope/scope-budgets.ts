import { JobBudget } from '../jobs/job-budget.ts'
import { JournalBudget } from './journal-budget.ts'

/** The maximum bytes of each kind of content, in all scopes together. */
export interface Budgets {
  readonly jobBytes: number
  readonly journalBytes: number
  readonly ruleBytes: number
}

/** The budgets that all scopes of a mock share. */
export class ScopeBudgets {
  readonly jobs: JobBudget
  readonly journals: JournalBudget

  constructor({ jobBytes, journalBytes }: Budgets) {
    this.jobs = new JobBudget(jobBytes)
    this.journals = new JournalBudget(journalBytes)
  }
}
