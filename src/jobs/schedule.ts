import { DueQueue } from '../clock/due-queue.ts'
import type { IdKey } from './id-key.ts'
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
 * was changed or removed, may stay until it is due: settling the job then has no effect. Entries
 * hold only keys of ids, so that the content of a removed job is freed.
 */
export class Schedule {
  readonly #table: JobTable
  readonly #queue = new DueQueue<IdKey>()

  constructor(table: JobTable) {
    this.#table = table
  }

  /** Records the next change of a job; does nothing if time alone does not change it. */
  add(job: StoredJob): void {
    const dueAtMs = nextChangeAtMs(job)
    if (dueAtMs === undefined) return
    this.#queue.push(job.key, dueAtMs)
    this.#queue.prune(this.#table.size, (key, atMs) => this.#changesAt(key, atMs))
  }

  /** Removes and returns the jobs of the earliest due time; undefined if none is due. */
  takeDue(nowMs: number): DueJobs | undefined {
    const atMs = this.#queue.nextAt()
    if (atMs === undefined || atMs > nowMs) return undefined
    const jobs: StoredJob[] = []
    for (let key = this.#queue.peek(); key !== undefined && this.#queue.nextAt() === atMs; ) {
      const job = this.#table.at(key)
      if (job) jobs.push(job)
      this.#queue.pop()
      key = this.#queue.peek()
    }
    return { atMs, jobs: jobs.sort(compareIds) }
  }

  /** Time of the next change, if all jobs are settled; undefined if no job will change. */
  nextAtMs(): number | undefined {
    for (let key = this.#queue.peek(); key !== undefined; key = this.#queue.peek()) {
      const atMs = this.#queue.nextAt()
      if (this.#changesAt(key, atMs)) return atMs
      this.#queue.pop()
    }
    return undefined
  }

  #changesAt(key: IdKey, atMs: number | undefined): boolean {
    const job = this.#table.at(key)
    return job !== undefined && nextChangeAtMs(job) === atMs
  }
}

function compareIds(left: StoredJob, right: StoredJob): number {
  return Number(left.key > right.key) - Number(left.key < right.key)
}
