import type { ByteBudget } from '../jobs/byte-budget.ts'
import { recordBytes } from '../jobs/content-bytes.ts'
import { isJobTag } from '../jobs/job.ts'
import { conditionBytes } from './recorded-calls.ts'
import { type JobInput, type JobResult, type JobStart, RecordedJob } from './recorded-job.ts'

/** What a job takes in memory besides its request and its result, as an estimate. */
const JOB_BYTES = 2000

/** How a request names a job. */
export interface JobName {
  readonly id: bigint
  /** Empty: the id decides. */
  readonly tag: string
}

/** The jobs of a recording. */
export class RecordedJobs {
  readonly #budget: ByteBudget
  readonly #jobs: RecordedJob[] = []
  readonly #byId = new Map<bigint, RecordedJob>()
  readonly #byTag = new Map<string, RecordedJob>()

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** Adds a job; undefined if there is no room for it. */
  add(start: JobStart, input?: JobInput): RecordedJob | undefined {
    const { created } = start
    const bytes = JOB_BYTES + inputBytes(input) + (created ? conditionBytes(created) : 0)
    if (!this.#budget.fits(bytes)) return undefined
    this.#budget.take(bytes)
    const job = new RecordedJob(start, input)
    this.#jobs.push(job)
    this.#index(job)
    return job
  }

  /** The job that a request names; a tag decides alone. */
  find({ id, tag }: JobName): RecordedJob | undefined {
    return tag === '' ? this.#byId.get(id) : this.#byTag.get(tag)
  }

  /** The job that a request names, by a tag and an id or one of them, or that its answer names by a tag. */
  findPolled(name: JobName, shownTag: string): RecordedJob | undefined {
    const known = this.find(name)
    if (known !== undefined) return known
    const untagged = this.#byId.get(name.id)
    if (name.id > 0n && untagged?.start.tag === '') return untagged
    const shown = this.#byTag.get(shownTag)
    const isSame = shown?.start.id === 0n || name.id === 0n
    return isSame ? shown : undefined
  }

  /** Adds an id or a tag that a job was first seen without, unless another job has it. */
  name(job: RecordedJob, { id, tag }: JobName): void {
    const { start } = job
    const isNewId = start.id === 0n && id > 0n && !this.#byId.has(id)
    const isNewTag = start.tag === '' && isJobTag(tag) && !this.#byTag.has(tag)
    if (!isNewId && !isNewTag) return
    job.start = { ...start, ...(isNewId ? { id } : {}), ...(isNewTag ? { tag } : {}) }
    this.#index(job)
  }

  /** Keeps the result of a job; false if there is no room for it. */
  keepResult(job: RecordedJob, result: JobResult): boolean {
    const { bytes } = result.answer
    if (!this.#budget.fits(bytes)) return false
    this.#budget.take(bytes)
    job.result = result
    return true
  }

  /** Forgets the request of a job, which may hold secrets: nothing new is said about it. */
  forgetInput(job: RecordedJob): void {
    this.#budget.release(inputBytes(job.input))
    job.input = undefined
  }

  /** All jobs, in the order in which they were first seen. */
  list(): readonly RecordedJob[] {
    return this.#jobs
  }

  #index(job: RecordedJob): void {
    const { id, tag } = job.start
    if (id > 0n || tag === '') this.#byId.set(id, job)
    if (isJobTag(tag)) this.#byTag.set(tag, job)
  }
}

function inputBytes(input: JobInput | undefined): number {
  return input === undefined ? 0 : recordBytes(input.request)
}
