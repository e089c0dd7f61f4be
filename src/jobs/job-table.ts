import type { WantedName } from './job.ts'
import { JobError } from './job-error.ts'
import type { StoredJob } from './stored-job.ts'

/** A reference to a job, by tag or by id. */
export type JobKey = { readonly tag: string } | { readonly id: bigint }

/** The id and the tag of a job, each unique in its scope. */
export interface JobName {
  readonly id: bigint
  readonly tag: string
}

/** Tag generator and limit of a job table. */
export interface JobTableOptions {
  /** Generates a tag. Must never return one twice. */
  readonly newTag: () => string
  /** Maximum number of jobs. */
  readonly maxJobs: number
}

/** The names of jobs that will be added. */
interface PlannedNames {
  readonly ids: ReadonlySet<bigint>
  /** The ids of jobs by their tags. */
  readonly owners: ReadonlyMap<string, bigint>
}

const NONE_PLANNED: PlannedNames = { ids: new Set(), owners: new Map() }

/** The jobs of a registry by id and tag, and the allocation of both. Independent of time. */
export class JobTable {
  readonly #options: JobTableOptions
  readonly #byId = new Map<bigint, StoredJob>()
  readonly #byTag = new Map<string, StoredJob>()
  #nextId = 1n
  /** The generated id of the last offer; undefined if the id was chosen by the caller. */
  #offeredId: bigint | undefined
  /** A generated tag that no job uses yet. */
  #spareTag: string | undefined

  constructor(options: JobTableOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#byId.size
  }

  /** Returns a job by tag or id; undefined if it does not exist. */
  find(key: JobKey): StoredJob | undefined {
    return 'tag' in key ? this.#byTag.get(key.tag) : this.#byId.get(key.id)
  }

  /** Returns a job by tag or id. Throws JobError if it does not exist. */
  get(key: JobKey): StoredJob {
    const job = this.find(key)
    if (job) return job
    const which = 'tag' in key ? `the job tagged ${key.tag}` : `job ${key.id}`
    const reason = 'it was never created, or is gone'
    throw new JobError('JOB_NOT_FOUND', `Cannot find ${which}: ${reason}`)
  }

  /** Every job, in order of creation. */
  values(): Iterable<StoredJob> {
    return this.#byId.values()
  }

  /**
   * Names for a new job: the wanted ones, or else the next free id from 1 and a generated tag.
   * A generated name is offered again until its job is added.
   *
   * @throws JobError if a wanted name is in use, or the table is full.
   */
  offer(wanted: WantedName): JobName {
    this.#assertFree(wanted)
    const { id = this.#freeId(this.#nextId), tag = this.#freeTag() } = wanted
    this.#offeredId = wanted.id === undefined ? id : undefined
    return { id, tag }
  }

  /** Throws JobError if jobs of these names cannot be added in this order. Uses up no name. */
  assertAllFree(wanted: readonly WantedName[]): void {
    const ids = new Set<bigint>()
    const owners = new Map<string, bigint>()
    let nextId = this.#nextId
    for (const name of wanted) {
      this.#assertFree(name, { ids, owners })
      const id = name.id ?? this.#freeId(nextId, ids)
      if (name.id === undefined) nextId = id + 1n
      ids.add(id)
      if (name.tag !== undefined) owners.set(name.tag, id)
    }
  }

  /** Adds a job; its id and tag must be free. */
  add(job: StoredJob): void {
    this.#byId.set(job.id, job)
    this.#byTag.set(job.tag, job)
    if (job.id === this.#offeredId) this.#nextId = job.id + 1n
    if (job.tag === this.#spareTag) this.#spareTag = undefined
  }

  delete(job: StoredJob): void {
    this.#byId.delete(job.id)
    this.#byTag.delete(job.tag)
  }

  #assertFree({ id, tag }: WantedName, planned: PlannedNames = NONE_PLANNED): void {
    const size = this.size + planned.ids.size
    if (id !== undefined && (this.#byId.has(id) || planned.ids.has(id))) {
      throw new JobError('JOB_ID_TAKEN', `Cannot create job ${id}: the id is in use`)
    }
    const owner = tag === undefined ? undefined : this.#ownerOf(tag, planned)
    if (owner !== undefined) {
      const reason = `job ${owner} has it`
      throw new JobError('JOB_TAG_TAKEN', `Cannot create a job with the tag ${tag}: ${reason}`)
    }
    if (size >= this.#options.maxJobs) {
      const reason = `the maximum of ${size} is reached, raise max-jobs`
      throw new JobError('TOO_MANY_JOBS', `Cannot create a job: ${reason}`)
    }
  }

  #ownerOf(tag: string, { owners }: PlannedNames): bigint | undefined {
    return this.#byTag.get(tag)?.id ?? owners.get(tag)
  }

  #freeId(from: bigint, taken: ReadonlySet<bigint> = NONE_PLANNED.ids): bigint {
    let id = from
    while (this.#byId.has(id) || taken.has(id)) id += 1n
    return id
  }

  #freeTag(): string {
    this.#spareTag ??= this.#options.newTag()
    return this.#spareTag
  }
}
