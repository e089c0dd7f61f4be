import { DueQueue } from './due-queue.ts'
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
  readonly id: bigint
  readonly state: JobState
}

/** Selects the finished jobs to remove. Jobs with keep `always` are neither removed nor counted. */
export class Retention {
  readonly #limits: RetentionLimits
  readonly #table: JobTable
  /** In order of `add`, that is of their end. */
  readonly #finished = new DueQueue<FinishedJob>()
  #count = 0
  #added = 0

  constructor(limits: RetentionLimits, table: JobTable) {
    this.#limits = limits
    this.#table = table
  }

  /** Counts a job that has just ended. */
  add(job: StoredJob): void {
    if (!isCounted(job)) return
    this.#finished.push({ id: job.id, state: job.state }, this.#added)
    this.#added += 1
    this.#count += 1
  }

  /** Stops counting a job; call it after the job is deleted from the table. */
  forget(job: StoredJob): void {
    if (isCounted(job)) this.#count -= 1
  }

  /** The next job past its retention or over the maximum number; undefined if all may stay. */
  takeExpired(nowMs: number): StoredJob | undefined {
    for (let next = this.#finished.peek(); next !== undefined; next = this.#finished.peek()) {
      const job = this.#table.find({ id: next.id })
      const isPresent = job?.state === next.state
      const isOverdue = next.state.sinceMs + this.#limits.retentionMs <= nowMs
      if (isPresent && !isOverdue && this.#count <= this.#limits.maxFinished) return undefined
      this.#finished.pop()
      if (isPresent) return job
    }
    return undefined
  }
}

function isCounted({ state, keep }: StoredJob): boolean {
  return state.status !== 'RUNNING' && keep !== 'always'
}
