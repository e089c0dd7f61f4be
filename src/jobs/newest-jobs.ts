import type { StoredJob } from './stored-job.ts'

/** How many jobs are kept at least, once so many were created: some pages of a list. */
const MIN_KEPT = 512

/** How many jobs are kept at most: it drops the oldest of them in batches. */
const MAX_KEPT = 2 * MIN_KEPT

/** The newest jobs of a table: a page of them needs no walk over a million others. */
export class NewestJobs {
  /** In order of creation. Every job of the table that is not in it is older. */
  readonly #jobs = new Set<StoredJob>()

  /** The number of jobs that are known to be the newest. */
  get size(): number {
    return this.#jobs.size
  }

  /** The newest jobs, in order of creation. */
  values(): Iterable<StoredJob> {
    return this.#jobs.values()
  }

  /** Adds a job that was just created. */
  add(job: StoredJob): void {
    this.#jobs.add(job)
    if (this.#jobs.size < MAX_KEPT) return
    for (const old of [...this.#jobs].slice(0, -MIN_KEPT)) this.#jobs.delete(old)
  }

  /** Forgets a job; it may not be one of the newest. */
  delete(job: StoredJob): void {
    this.#jobs.delete(job)
  }
}
