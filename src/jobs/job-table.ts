import { JobError } from './job-error.ts'
import type { StoredJob } from './stored-job.ts'

/** What names a job: its tag where there is one, else its id. */
export type JobKey = { readonly tag: string } | { readonly id: bigint }

/** The two names of a job. */
export interface JobName {
  readonly id: bigint
  readonly tag: string
}

/** The jobs of a registry by their names. It knows nothing of time. */
export class JobTable {
  readonly #byId = new Map<bigint, StoredJob>()
  readonly #byTag = new Map<string, StoredJob>()
  #nextId = 1n

  /** How many jobs there are. */
  get size(): number {
    return this.#byId.size
  }

  /** A job by its name; undefined where there is none. */
  find(key: JobKey): StoredJob | undefined {
    return 'tag' in key ? this.#byTag.get(key.tag) : this.#byId.get(key.id)
  }

  /** Whether a job is in the table, and not another one that has its id by now. */
  holds(job: StoredJob): boolean {
    return this.#byId.get(job.id) === job
  }

  /** Every job, in order of creation. */
  values(): Iterable<StoredJob> {
    return this.#byId.values()
  }

  /** The next id that nobody has, counted from 1. */
  takeId(): bigint {
    while (this.#byId.has(this.#nextId)) this.#nextId += 1n
    this.#nextId += 1n
    return this.#nextId - 1n
  }

  /** Adds a job whose names are free. */
  add(job: StoredJob): void {
    this.#byId.set(job.id, job)
    this.#byTag.set(job.tag, job)
  }

  /** Takes a job out. */
  delete(job: StoredJob): void {
    this.#byId.delete(job.id)
    this.#byTag.delete(job.tag)
  }
}

/** What is said of a name that no job has. */
export function jobNotFound(key: JobKey): JobError {
  const which = 'tag' in key ? `the job tagged ${key.tag}` : `job ${key.id}`
  return new JobError('JOB_NOT_FOUND', `Cannot find ${which}: it was never created, or is gone`)
}
