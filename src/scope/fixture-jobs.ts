import type { Job, JobDefinition } from '../jobs/job.ts'
import { JobError } from '../jobs/job-error.ts'
import type { JobRegistry } from '../jobs/job-registry.ts'
import type { Ring } from './ring.ts'

/** The jobs of a scope that came from the fixtures of the mock. */
export class FixtureJobs {
  readonly #jobs: JobRegistry
  readonly #maxJobs: number
  readonly #created = new WeakSet<Job>()

  constructor(jobs: JobRegistry, { maxJobs }: { readonly maxJobs: number }) {
    this.#jobs = jobs
    this.#maxJobs = maxJobs
  }

  has(job: Job): boolean {
    return this.#created.has(job)
  }

  /**
   * The jobs of new fixtures that are not there: neither their id nor their tag is taken. A tag is
   * free if no cluster of the job finds it; if the ring is about to change (`ring` is undefined), if
   * none at all does. Jobs without a name are left out, since they cannot be told from those that are
   * there.
   *
   * @throws JobError if there would be too many jobs.
   */
  missingOf(seeds: readonly JobDefinition[], ring: Ring | undefined): readonly JobDefinition[] {
    const missing = seeds.filter((seed) => this.#isMissing(seed, ring))
    const count = this.#jobs.count()
    if (count + missing.length > this.#maxJobs) {
      const reason = `there are ${count} of at most ${this.#maxJobs}, raise max-jobs`
      throw new JobError('TOO_MANY_JOBS', `Cannot create all new jobs: ${reason}`)
    }
    return missing
  }

  /** Creates jobs in their order, on their clusters. Generated ids differ from the ids of later jobs. */
  createAll(seeds: readonly JobDefinition[], ring: Ring): void {
    const given = new Set(seeds.map(({ id }) => id))
    let freeId = 1n
    for (const seed of seeds) {
      while (given.has(freeId) || this.#jobs.find({ id: freeId })) freeId += 1n
      this.#created.add(this.#jobs.add({ ...ring.placed(seed), id: seed.id ?? freeId }))
    }
  }

  #isMissing({ id, tag, cluster, foundOn }: JobDefinition, ring: Ring | undefined): boolean {
    if (id === undefined && tag === undefined) return false
    if (id !== undefined && this.#jobs.find({ id })) return false
    if (tag === undefined) return true
    if (ring === undefined) return this.#jobs.find({ tag }) === undefined
    const { on } = ring.place(cluster, foundOn)
    return [...on].every((at) => this.#jobs.find({ tag, at }) === undefined)
  }
}
