import { DueQueue } from './due-queue.ts'
import { nextChangeAtMs } from './job-state.ts'
import type { JobTable } from './job-table.ts'
import type { StoredJob } from './stored-job.ts'

/** Jobs that change at one moment by time alone. */
export interface DueJobs {
  readonly atMs: number
  /** In order of their ids. */
  readonly jobs: readonly StoredJob[]
}

/**
 * The jobs that change by time alone, in order of that time. An entry that is no longer true, since
 * its job was changed or removed, stays until its time has come: settling the job then does nothing.
 */
export class Schedule {
  readonly #table: JobTable
  readonly #queue = new DueQueue<StoredJob>()

  constructor(table: JobTable) {
    this.#table = table
  }

  /** Notes when a job changes next, if time alone changes it. */
  add(job: StoredJob): void {
    const dueAtMs = nextChangeAtMs(job)
    if (dueAtMs !== undefined) this.#queue.push(job, dueAtMs)
  }

  /** Removes and returns the jobs of the first moment that has come; undefined if none has. */
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

  /** When the next job changes, if all jobs are settled; undefined if none will. */
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
