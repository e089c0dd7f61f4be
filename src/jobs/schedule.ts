import { DueQueue } from './due-queue.ts'
import { nextChangeAtMs } from './job-state.ts'
import type { JobTable } from './job-table.ts'
import type { StoredJob } from './stored-job.ts'

/** Jobs that change by time alone at the same instant. */
export interface DueJobs {
  readonly atMs: number
  /** In order of their ids. */
  readonly jobs: readonly StoredJob[]
}

/**
 * The jobs that change by time alone, in order of time. An entry that is outdated, because its job
 * was changed or removed, stays until it is due: settling the job then has no effect.
 */
export class Schedule {
  readonly #table: JobTable
  readonly #queue = new DueQueue<StoredJob>()

  constructor(table: JobTable) {
    this.#table = table
  }

  /** Records the next change of a job; does nothing if time alone does not change it. */
  add(job: StoredJob): void {
    const dueAtMs = nextChangeAtMs(job)
    if (dueAtMs !== undefined) this.#queue.push(job, dueAtMs)
  }

  /** Removes and returns the jobs of the earliest due time; undefined if none is due. */
  takeDue(nowMs: number): DueJobs | undefined {
    const atMs = this.#queue.nextAt()
    if (atMs === undefined || atMs > nowMs) return undefined
    const jobs: StoredJob[] = []
    while (this.#queue.nextAt() === atMs) {
      const job = this.#queue.pop()
      if (job && this.#table.holds(job)) jobs.push(job)
    }
    return { atMs, jobs: jobs.sort(compareIds) }
  }

  /** Time of the next change, if all jobs are settled; undefined if no job will change. */
  nextAtMs(): number | undefined {
    for (let job = this.#queue.peek(); job !== undefined; job = this.#queue.peek()) {
      const atMs = this.#queue.nextAt()
      if (nextChangeAtMs(job) === atMs && this.#table.holds(job)) return atMs
      this.#queue.pop()
    }
    return undefined
  }
}

function compareIds(left: StoredJob, right: StoredJob): number {
  return Number(left.id > right.id) - Number(left.id < right.id)
}
