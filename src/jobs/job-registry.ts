import type { Clock } from '../clock/clock.ts'
import { DueQueue } from './due-queue.ts'
import type { Caller, Job, JobDefinition, JobRecord, ResultEncoding } from './job.ts'
import { JobError } from './job-error.ts'
import {
  begin,
  type CancelResult,
  countPoll,
  type JobState,
  nextChangeAtMs,
  progressAt,
  requestCancel,
  settle,
} from './job-state.ts'
import type { Lifecycle } from './lifecycle.ts'

/** What names a job: its tag where there is one, else its id. */
export type JobKey = { readonly tag: string } | { readonly id: bigint }

/** The two names of a job. */
export interface JobName {
  readonly id: bigint
  readonly tag: string
}

/** A job as it was at one moment; later events do not change it. */
export interface JobView {
  readonly job: Job
  readonly state: JobState
  /** Percent. */
  readonly progress: number
}

/** How many jobs are kept, and how long. */
export interface JobLimits {
  /** Running and finished jobs together; one more is refused. */
  readonly maxJobs: number
  /** Finished jobs; the one that finished first goes first. */
  readonly maxFinished: number
  /** How long a finished job is kept. */
  readonly retentionMs: number
}

/** What a registry needs from outside. */
export interface JobRegistryOptions {
  readonly clock: Clock
  /** Makes the tag of a job that was given none; no two the same. */
  readonly newTag: () => string
  readonly limits: JobLimits
}

/** A job as the registry holds it: only its state is ever replaced. */
class StoredJob implements Job {
  readonly id: bigint
  readonly tag: string
  readonly endpoint: string
  readonly request: JobRecord
  readonly response: JobRecord
  readonly raw: Buffer | string | undefined
  readonly encoding: ResultEncoding
  readonly lifecycle: Lifecycle
  readonly caller: Caller
  readonly keep: Job['keep']
  readonly createdAtMs: number
  state: JobState

  constructor(definition: JobDefinition, own: { id: bigint; tag: string; state: JobState }) {
    this.id = own.id
    this.tag = own.tag
    this.endpoint = definition.endpoint
    this.request = definition.request
    this.response = definition.response
    this.raw = definition.raw
    this.encoding = definition.encoding
    this.lifecycle = definition.lifecycle
    this.caller = definition.caller
    this.keep = definition.keep
    this.createdAtMs = own.state.sinceMs
    this.state = own.state
  }
}

/** A finished job, which may be gone by now; its request is not kept alive for it. */
interface FinishedJob {
  readonly id: bigint
  readonly state: JobState
}

/**
 * The jobs of one scope. It has no timer: before it answers, every call settles the jobs whose time
 * has come, in order of that time and then of id, and forgets finished jobs past their retention.
 */
export class JobRegistry {
  readonly #clock: Clock
  readonly #newTag: () => string
  readonly #limits: JobLimits
  readonly #byId = new Map<bigint, StoredJob>()
  readonly #byTag = new Map<string, StoredJob>()
  readonly #due = new DueQueue<StoredJob>()
  readonly #finished = new DueQueue<FinishedJob>()
  #finishedCount = 0
  #finishedEver = 0
  #nextId = 1n
  #begun = begin(0)

  constructor(options: JobRegistryOptions) {
    this.#clock = options.clock
    this.#newTag = options.newTag
    this.#limits = options.limits
  }

  /**
   * Makes sure that a job with these names can be created.
   *
   * @throws JobError where the id or the tag is in use, or there are too many jobs.
   */
  assertFree({ id, tag }: Pick<JobDefinition, 'id' | 'tag'>): void {
    this.#settleAll()
    if (id !== undefined && this.#byId.has(id)) {
      throw new JobError('JOB_ID_TAKEN', `Cannot create job ${id}: the id is in use`)
    }
    if (tag !== undefined && this.#byTag.has(tag)) {
      const reason = `job ${this.#byTag.get(tag)?.id} has it`
      throw new JobError('JOB_TAG_TAKEN', `Cannot create a job with the tag ${tag}: ${reason}`)
    }
    if (this.#byId.size >= this.#limits.maxJobs) {
      const reason = `there are ${this.#byId.size} jobs already, raise max-jobs`
      throw new JobError('TOO_MANY_JOBS', `Cannot create a job: ${reason}`)
    }
  }

  /**
   * Chooses the id and the tag of a job that is about to be created, where it was given none. Ids
   * count from 1 upward and skip those that are in use. Throws as `assertFree` does.
   */
  claim(wanted: Pick<JobDefinition, 'id' | 'tag'>): JobName {
    this.assertFree(wanted)
    return { id: wanted.id ?? this.#takeId(), tag: wanted.tag ?? this.#newTag() }
  }

  /** Starts a job now. Throws as `claim` does. */
  create(definition: JobDefinition): Job {
    const { id, tag } = this.claim(definition)
    const nowMs = this.#clock.now()
    const job = new StoredJob(definition, { id, tag, state: this.#begin(nowMs) })
    this.#byId.set(id, job)
    this.#byTag.set(tag, job)
    this.#schedule(job)
    return job
  }

  /** Looks at a job without polling it. Gives undefined where there is no such job. */
  find(key: JobKey): JobView | undefined {
    const nowMs = this.#settleAll()
    const job = this.#lookUp(key)
    return job && view(job, nowMs)
  }

  /** As find. Throws JobError where there is no such job. */
  get(key: JobKey): JobView {
    const found = this.find(key)
    if (found === undefined) throw notFound(key)
    return found
  }

  /**
   * Looks at a job as `/get/job` does: the look counts as a poll, after the state was read.
   *
   * @throws JobError where there is no such job.
   */
  poll(key: JobKey): JobView {
    const nowMs = this.#settleAll()
    const job = this.#lookUp(key)
    if (job === undefined) throw notFound(key)
    const seen = view(job, nowMs)
    this.#enter(job, countPoll(job, nowMs))
    if (seen.state.status !== 'RUNNING' && job.keep === 'first answer') this.#forget(job)
    this.#clock.polled()
    return seen
  }

  /** Asks a job to stop, as its lifecycle allows. */
  cancel(key: JobKey): CancelResult | 'not found' {
    const nowMs = this.#settleAll()
    const job = this.#lookUp(key)
    if (job === undefined) return 'not found'
    const { state, result } = requestCancel(job, nowMs)
    this.#enter(job, state)
    return result
  }

  /** Every job, in order of creation. */
  list(): JobView[] {
    const nowMs = this.#settleAll()
    return Array.from(this.#byId.values(), (job) => view(job, nowMs))
  }

  /** Jobs that begin in one millisecond share their first state: no state is ever changed. */
  #begin(nowMs: number): JobState {
    if (this.#begun.sinceMs !== nowMs) this.#begun = begin(nowMs)
    return this.#begun
  }

  #lookUp(key: JobKey): StoredJob | undefined {
    return 'tag' in key ? this.#byTag.get(key.tag) : this.#byId.get(key.id)
  }

  #takeId(): bigint {
    while (this.#byId.has(this.#nextId)) this.#nextId += 1n
    this.#nextId += 1n
    return this.#nextId - 1n
  }

  /** Brings every job up to now, and gives now. */
  #settleAll(): number {
    const nowMs = this.#clock.now()
    for (let at = this.#due.nextAt(); at !== undefined && at <= nowMs; at = this.#due.nextAt()) {
      for (const job of this.#takeDue(at)) this.#enter(job, settle(job, at))
    }
    this.#expire(nowMs)
    return nowMs
  }

  #takeDue(at: number): StoredJob[] {
    const jobs: StoredJob[] = []
    while (this.#due.nextAt() === at) {
      const job = this.#due.pop()
      if (job) jobs.push(job)
    }
    return jobs.sort((left, right) => Number(left.id > right.id) - Number(left.id < right.id))
  }

  #enter(job: StoredJob, state: JobState): void {
    if (state === job.state) return
    const wasDueAtMs = nextChangeAtMs(job)
    job.state = state
    if (state.status !== 'RUNNING') this.#finish(job)
    else if (nextChangeAtMs(job) !== wasDueAtMs) this.#schedule(job)
  }

  #schedule(job: StoredJob): void {
    const dueAtMs = nextChangeAtMs(job)
    if (dueAtMs !== undefined) this.#due.push(job, dueAtMs)
  }

  #finish(job: StoredJob): void {
    if (job.keep === 'always') return
    this.#finished.push({ id: job.id, state: job.state }, this.#finishedEver)
    this.#finishedEver += 1
    this.#finishedCount += 1
  }

  #expire(nowMs: number): void {
    for (let next = this.#finished.peek(); next !== undefined; next = this.#finished.peek()) {
      const job = this.#byId.get(next.id)
      const known = job?.state === next.state
      const overdue = next.state.sinceMs + this.#limits.retentionMs <= nowMs
      if (known && !overdue && this.#finishedCount <= this.#limits.maxFinished) return
      this.#finished.pop()
      if (known) this.#forget(job)
    }
  }

  #forget(job: StoredJob): void {
    this.#byId.delete(job.id)
    this.#byTag.delete(job.tag)
    this.#finishedCount -= 1
  }
}

function view(job: Job, nowMs: number): JobView {
  return { job, state: job.state, progress: progressAt(job, nowMs) }
}

function notFound(key: JobKey): JobError {
  const which = 'tag' in key ? `the job tagged ${key.tag}` : `job ${key.id}`
  return new JobError('JOB_NOT_FOUND', `Cannot find ${which}: it was never created, or is gone`)
}
