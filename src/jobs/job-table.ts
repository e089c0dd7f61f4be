import type { WantedName } from './job.ts'
import { JobError } from './job-error.ts'
import type { StoredJob } from './stored-job.ts'

/** What names a job: its tag where there is one, else its id. */
export type JobKey = { readonly tag: string } | { readonly id: bigint }

/** The two names of a job. */
export interface JobName {
  readonly id: bigint
  readonly tag: string
}

/** What a table of jobs is made from. */
export interface JobTableOptions {
  /** Makes a tag; no two the same. */
  readonly newTag: () => string
  /** Maximum number of jobs. */
  readonly maxJobs: number
}

/** The jobs of a registry by their names, and the names that are free. It knows nothing of time. */
export class JobTable {
  readonly #options: JobTableOptions
  readonly #byId = new Map<bigint, StoredJob>()
  readonly #byTag = new Map<string, StoredJob>()
  #nextId = 1n
  /** The generated id of the last offer. */
  #offeredId: bigint | undefined
  /** A generated tag that no job has taken yet. */
  #spareTag: string | undefined

  constructor(options: JobTableOptions) {
    this.#options = options
  }

  /** How many jobs there are. */
  get size(): number {
    return this.#byId.size
  }

  /** A job by its name; undefined where there is none. */
  find(key: JobKey): StoredJob | undefined {
    return 'tag' in key ? this.#byTag.get(key.tag) : this.#byId.get(key.id)
  }

  /** A job by its name. Throws JobError if there is none. */
  get(key: JobKey): StoredJob {
    const job = this.find(key)
    if (job) return job
    const which = 'tag' in key ? `the job tagged ${key.tag}` : `job ${key.id}`
    const reason = 'it was never created, or is gone'
    throw new JobError('JOB_NOT_FOUND', `Cannot find ${which}: ${reason}`)
  }

  /** Whether a job is in the table, and not another one that has its id by now. */
  holds(job: StoredJob): boolean {
    return this.#byId.get(job.id) === job
  }

  /** Every job, in order of creation. */
  values(): Iterable<StoredJob> {
    return this.#byId.values()
  }

  /**
   * Names for a new job: those that it wants, else the next free id from 1, and a generated tag.
   * A generated name is used up when its job is added.
   *
   * @throws JobError if a wanted name is in use, or the table is full.
   */
  offer(wanted: WantedName): JobName {
    this.#assertFree(wanted)
    const { id = this.#freeId(), tag = this.#freeTag() } = wanted
    this.#offeredId = wanted.id === undefined ? id : undefined
    return { id, tag }
  }

  /** Adds a job whose names are free. */
  add(job: StoredJob): void {
    this.#byId.set(job.id, job)
    this.#byTag.set(job.tag, job)
    if (job.id === this.#offeredId) this.#nextId = job.id + 1n
    if (job.tag === this.#spareTag) this.#spareTag = undefined
  }

  /** Takes a job out. */
  delete(job: StoredJob): void {
    this.#byId.delete(job.id)
    this.#byTag.delete(job.tag)
  }

  #assertFree({ id, tag }: WantedName): void {
    if (id !== undefined && this.#byId.has(id)) {
      throw new JobError('JOB_ID_TAKEN', `Cannot create job ${id}: the id is in use`)
    }
    const owner = tag === undefined ? undefined : this.#byTag.get(tag)
    if (owner) {
      const reason = `job ${owner.id} has it`
      throw new JobError('JOB_TAG_TAKEN', `Cannot create a job with the tag ${tag}: ${reason}`)
    }
    if (this.size >= this.#options.maxJobs) {
      const reason = `there are ${this.size} jobs already, raise max-jobs`
      throw new JobError('TOO_MANY_JOBS', `Cannot create a job: ${reason}`)
    }
  }

  #freeId(): bigint {
    let id = this.#nextId
    while (this.#byId.has(id)) id += 1n
    return id
  }

  #freeTag(): string {
    this.#spareTag ??= this.#options.newTag()
    return this.#spareTag
  }
}
