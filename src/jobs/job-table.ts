import { type IdKey, keyOfId } from './id-key.ts'
import type { WantedName } from './job.ts'
import { JobError } from './job-error.ts'
import { JobTags } from './job-tags.ts'
import { NewestJobs } from './newest-jobs.ts'
import { ONLY_PLACEMENT, type Placement } from './placement.ts'
import type { StoredJob } from './stored-job.ts'

/** A reference to a job, by tag or by id. */
export type JobKey = ({ readonly tag: string } | { readonly id: bigint }) & {
  /** The cluster that is asked, where only some jobs can be found. Undefined: all jobs can. */
  readonly at?: string
}

/** The id of a job, unique in its scope, its tag, unique on each cluster, and its clusters. */
export interface JobName {
  readonly id: bigint
  readonly tag: string
  readonly placement: Placement
}

/** A name that a job table offers. */
export interface OfferedName extends JobName {
  /** The tag; undefined if it is the one that is made for the id. */
  readonly ownTag: string | undefined
}

/** UUIDs and limit of a job table. */
export interface JobTableOptions {
  /** Makes a UUID. Must never return one twice. */
  readonly newUuid: () => string
  /** Maximum number of jobs. */
  readonly maxJobs: number
}

/** The names of jobs that will be added. */
interface PlannedNames {
  readonly ids: ReadonlySet<bigint>
  /** The jobs by their tags. */
  readonly owners: ReadonlyMap<string, readonly PlacedJob[]>
  /** Where the jobs of the table will be. */
  readonly placementOf: PlacementOf
}

type PlacedJob = Pick<JobName, 'id' | 'placement'>

/** Where a job will be after a change of the ring. */
export type PlacementOf = (job: PlacedJob) => Placement

const UNCHANGED: PlacementOf = ({ placement }) => placement

const NONE_PLANNED: PlannedNames = { ids: new Set(), owners: new Map(), placementOf: UNCHANGED }

/** The jobs of a registry by id and tag, and the allocation of both. Independent of time. */
export class JobTable {
  /** The tags of jobs without one of their own. */
  readonly tags: JobTags
  readonly newest = new NewestJobs()
  readonly #options: JobTableOptions
  readonly #byId = new Map<IdKey, StoredJob>()
  /** The first job of each own tag. */
  readonly #byTag = new Map<string, StoredJob>()
  /** Further jobs of a tag, on other clusters. */
  readonly #namesakes = new Map<string, StoredJob[]>()
  #nextId = 1n
  /** The generated id of the last offer; undefined if the id was chosen by the caller. */
  #offeredId: bigint | undefined

  constructor(options: JobTableOptions) {
    this.#options = options
    this.tags = new JobTags(options.newUuid())
  }

  get size(): number {
    return this.#byId.size
  }

  /** Returns a job by tag or id; undefined if it does not exist where it is looked for. */
  find(key: JobKey): StoredJob | undefined {
    if ('id' in key) {
      const job = this.at(keyOfId(key.id))
      return job !== undefined && isAtHome(job, key.at) ? job : undefined
    }
    const made = this.#findMade(key.tag)
    if (made !== undefined && isOn(made, key.at)) return made
    const job = this.#byTag.get(key.tag)
    if (job === undefined || isOn(job, key.at)) return job
    return this.#namesakes.get(key.tag)?.find((one) => isOn(one, key.at))
  }

  /** Returns a job by the key of its id; undefined if it does not exist. */
  at(key: IdKey): StoredJob | undefined {
    return this.#byId.get(key)
  }

  /** Returns a job by tag or id. Throws JobError if it does not exist. */
  get(key: JobKey): StoredJob {
    const job = this.find(key)
    if (job) return job
    const which = 'tag' in key ? `the job tagged ${key.tag}` : `job ${key.id}`
    const elsewhere = this.find('tag' in key ? { tag: key.tag } : { id: key.id })
    throw new JobError('JOB_NOT_FOUND', `Cannot find ${which}: ${whyNot(elsewhere, key.at)}`)
  }

  /** Every job, in order of creation. */
  values(): Iterable<StoredJob> {
    return this.#byId.values()
  }

  /** The jobs with a tag, of which each is on other clusters, in order of creation. */
  tagged(tag: string): StoredJob[] {
    const named = this.#byTag.get(tag)
    const others = named === undefined ? [] : [named, ...(this.#namesakes.get(tag) ?? [])]
    const made = this.#findMade(tag)
    return made === undefined ? others : [made, ...others].sort(compareCreation)
  }

  /**
   * Names for a new job: the wanted ones, or else the next free id from 1 and the tag made for the
   * id, unless a client has used it for another job. A generated name is offered again until its job is added.
   *
   * @throws JobError if a wanted name is in use, or the table is full.
   */
  offer(wanted: WantedName): OfferedName {
    this.#assertFree(wanted)
    const { id = this.#freeId(this.#nextId), placement = ONLY_PLACEMENT } = wanted
    const made = this.tags.of(id)
    const { tag = this.#byTag.has(made) ? this.#options.newUuid() : made } = wanted
    this.#offeredId = wanted.id === undefined ? id : undefined
    return { id, tag, ownTag: tag === made ? undefined : tag, placement }
  }

  /**
   * Throws JobError if jobs of these names cannot be added in this order, once the present ones are at
   * other places. Uses up no name.
   */
  assertAllFree(wanted: readonly WantedName[], placementOf = UNCHANGED): void {
    if (placementOf !== UNCHANGED) this.#assertApart(placementOf)
    const ids = new Set<bigint>()
    const owners = new Map<string, readonly PlacedJob[]>()
    let nextId = this.#nextId
    for (const name of wanted) {
      this.#assertFree(name, { ids, owners, placementOf })
      const id = name.id ?? this.#freeId(nextId, ids)
      if (name.id === undefined) nextId = id + 1n
      ids.add(id)
      const { tag = this.tags.of(id), placement = ONLY_PLACEMENT } = name
      owners.set(tag, [...(owners.get(tag) ?? []), { id, placement }])
    }
  }

  /** Adds a job; its id and tag must be free. */
  add(job: StoredJob): void {
    this.#byId.set(job.key, job)
    this.newest.add(job)
    if (job.ownTag !== undefined) this.#name(job, job.ownTag)
    if (job.id === this.#offeredId) this.#nextId = job.id + 1n
  }

  delete(job: StoredJob): void {
    const { key, ownTag: tag } = job
    this.#byId.delete(key)
    this.newest.delete(job)
    if (tag === undefined) return
    const others = this.#namesakes.get(tag)
    if (others === undefined) {
      this.#byTag.delete(tag)
      return
    }
    const first = this.#byTag.get(tag)
    this.#byTag.delete(tag)
    this.#namesakes.delete(tag)
    for (const other of [first, ...others]) if (other && other !== job) this.#name(other, tag)
  }

  /** The job for whose id this tag is made, if it has no other. */
  #findMade(tag: string): StoredJob | undefined {
    const id = this.tags.idOf(tag)
    const job = id === undefined ? undefined : this.at(keyOfId(id))
    return job?.ownTag === undefined ? job : undefined
  }

  #name(job: StoredJob, tag: string): void {
    if (!this.#byTag.has(tag)) {
      this.#byTag.set(tag, job)
      return
    }
    this.#namesakes.set(tag, [...(this.#namesakes.get(tag) ?? []), job])
  }

  #assertFree(wanted: WantedName, planned: PlannedNames = NONE_PLANNED): void {
    const { id, tag } = wanted
    const size = this.size + planned.ids.size
    if (id !== undefined && (this.#hasId(id) || planned.ids.has(id))) {
      throw new JobError('JOB_ID_TAKEN', `Cannot create job ${id}: the id is in use`)
    }
    const owner = tag === undefined ? undefined : this.#ownerOf({ ...wanted, tag }, planned)
    if (owner !== undefined) {
      const reason = `job ${owner} has it`
      throw new JobError('JOB_TAG_TAKEN', `Cannot create a job with the tag ${tag}: ${reason}`)
    }
    if (size >= this.#options.maxJobs) {
      const reason = `the maximum of ${size} is reached, raise max-jobs`
      throw new JobError('TOO_MANY_JOBS', `Cannot create a job: ${reason}`)
    }
  }

  /** The id of a job with this tag on one of the wanted clusters. */
  #ownerOf(
    { tag, placement = ONLY_PLACEMENT }: WantedName & { readonly tag: string },
    { owners, placementOf }: PlannedNames,
  ): bigint | undefined {
    const isSame = (one: Placement) => overlap(one, placement)
    const owner = this.tagged(tag).find((job) => isSame(placementOf(job)))
    return owner?.id ?? owners.get(tag)?.find((job) => isSame(job.placement))?.id
  }

  /** Throws JobError if two jobs would have one tag on one cluster. */
  #assertApart(placementOf: PlacementOf): void {
    // A tag that was made is in no map, but another cluster may have it too.
    for (const tag of this.#byTag.keys()) {
      const on = new Map<string, bigint>()
      for (const job of this.tagged(tag)) {
        for (const cluster of placementOf(job).on) {
          const owner = on.get(cluster)
          if (owner !== undefined) {
            const reason = `jobs ${owner} and ${job.id} would both have the tag ${tag} on ${cluster}`
            throw new JobError('JOB_TAG_TAKEN', `Cannot change the ring: ${reason}`)
          }
          on.set(cluster, job.id)
        }
      }
    }
  }

  #freeId(from: bigint, taken: ReadonlySet<bigint> = NONE_PLANNED.ids): bigint {
    let id = from
    while (this.#hasId(id) || taken.has(id)) id += 1n
    return id
  }

  #hasId(id: bigint): boolean {
    return this.#byId.has(keyOfId(id))
  }
}

function compareCreation(left: StoredJob, right: StoredJob): number {
  return left.createdAtMs - right.createdAtMs
}

/** Why a job is not found on a cluster; `elsewhere` is the job that others have. */
function whyNot(elsewhere: StoredJob | undefined, cluster: string | undefined): string {
  if (elsewhere === undefined) return 'it was never created, or is gone'
  const { home } = elsewhere.placement
  if (home === cluster) return `the cluster ${home}, its home, has lost it`
  return `its home is the cluster ${home}, and this is ${cluster}`
}

function overlap({ on }: Placement, other: Placement): boolean {
  for (const cluster of on) if (other.on.has(cluster)) return true
  return false
}

function isOn({ placement }: StoredJob, cluster: string | undefined): boolean {
  return cluster === undefined || placement.on.has(cluster)
}

function isAtHome(job: StoredJob, cluster: string | undefined): boolean {
  return cluster === undefined || (job.placement.home === cluster && isOn(job, cluster))
}
