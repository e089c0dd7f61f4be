import { DueQueue } from '../clock/due-queue.ts'
import type { IdKey } from './id-key.ts'
import type { JobBudget } from './job-budget.ts'
import type { JobState } from './job-state.ts'
import type { JobTable } from './job-table.ts'
import type { StoredJob } from './stored-job.ts'

/** How many finished jobs are kept, and how long. */
export interface RetentionLimits {
  /** Maximum number of finished jobs; the one that finished first is removed first. */
  readonly maxFinished: number
  /** How long a finished job is kept after its end. */
  readonly retentionMs: number
}

/** A finished job, perhaps removed since. Holds no request, so that removal frees the memory. */
interface FinishedJob {
  readonly key: IdKey
  readonly state: JobState
}

/** What a retention needs. */
export interface RetentionOptions {
  readonly limits: RetentionLimits
  readonly table: JobTable
  /** Numbers the ends of jobs over all scopes, and counts the bytes that can be freed. */
  readonly budget: JobBudget
}

/** Selects the finished jobs to remove. Jobs with keep `always` are neither removed nor counted. */
export class Retention {
  readonly #limits: RetentionLimits
  readonly #table: JobTable
  readonly #budget: JobBudget
  /** In order of their end. */
  readonly #finished = new DueQueue<FinishedJob>()
  #count = 0

  constructor({ limits, table, budget }: RetentionOptions) {
    this.#limits = limits
    this.#table = table
    this.#budget = budget
  }

  /** Counts a job that has just ended. */
  add(job: StoredJob): void {
    if (!isCounted(job)) return
    this.#finished.push({ key: job.key, state: job.state }, this.#budget.nextEnd())
    this.#change(1, job.bytes)
    this.#finished.prune(this.#count, (finished) => this.#find(finished) !== undefined)
  }

  /** Stops counting a job; call it after the job is deleted from the table. */
  forget(job: StoredJob): void {
    if (isCounted(job)) this.#change(-1, -job.bytes)
  }

  /** The next job past its retention or over the maximum number; undefined if all may stay. */
  findExpired(nowMs: number): StoredJob | undefined {
    const job = this.findOldest()
    if (job === undefined) return undefined
    const isOverdue = this.#expiryAtMs(job) <= nowMs
    return isOverdue || this.#count > this.#limits.maxFinished ? job : undefined
  }

  /** When time alone removes a job next, unless it is changed before; undefined if none may go. */
  nextExpiryAtMs(): number | undefined {
    const job = this.findOldest()
    return job && this.#expiryAtMs(job)
  }

  /** The job that finished first; undefined if absent. */
  findOldest(): StoredJob | undefined {
    for (let next = this.#finished.peek(); next !== undefined; next = this.#finished.peek()) {
      const job = this.#find(next)
      if (job) return job
      this.#finished.pop()
    }
    return undefined
  }

  /** The number of the end of that job, over all scopes; undefined if absent. */
  oldestEnd(): number | undefined {
    return this.findOldest() && this.#finished.nextAt()
  }

  #expiryAtMs({ state }: StoredJob): number {
    return state.sinceMs + this.#limits.retentionMs
  }

  /** The job of an entry; undefined if it was removed. */
  #find({ key, state }: FinishedJob): StoredJob | undefined {
    const job = this.#table.at(key)
    return job?.state === state ? job : undefined
  }

  #change(count: number, bytes: number): void {
    this.#count += count
    this.#budget.addRemovable(bytes)
  }
}

function isCounted({ state, keep }: StoredJob): boolean {
  return state.status !== 'RUNNING' && keep !== 'always'
}
