import type { Clock } from '../clock/clock.ts'
import { DueQueue } from './due-queue.ts'
import type { Job, JobDefinition, JobRecord } from './job.ts'
import { JobError } from './job-error.ts'
import {
  begin,
  type CancelResult,
  countPoll,
  finish,
  type JobState,
  lastChangeAtMs,
  nextChangeAtMs,
  progressAt,
  release,
  remainingLifecycle,
  requestCancel,
  settle,
} from './job-state.ts'
import type { Lifecycle, Outcome } from './lifecycle.ts'
import { type JobView, StoredJob } from './stored-job.ts'

/** What names a job: its tag where there is one, else its id. */
export type JobKey = { readonly tag: string } | { readonly id: bigint }

/** The two names of a job. */
export interface JobName {
  readonly id: bigint
  readonly tag: string
}

/** What is to be otherwise about a running job from now on; what is absent stays. */
export interface JobRevision {
  /** Percent: no less than the job has reached, and at most 99. */
  readonly progress?: number
  /** The fields of the result that somebody gave. */
  readonly response?: JobRecord
  /** Begins now; the progress stays. */
  readonly lifecycle?: Lifecycle
}

/** How a running job ends now, whatever its lifecycle says. */
export interface JobEnding {
  readonly outcome: Outcome
  /** The message of an ERROR; absent: that of the lifecycle. */
  readonly error?: string
  /** The result of a DONE; absent: the one that the job was to have. */
  readonly response?: JobRecord
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
  /** Called when a job was created, has changed or is gone; absent: nobody wants to know. */
  readonly changed?: () => void
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
  readonly #changed: () => void
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
    this.#changed = options.changed ?? (() => {})
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
    this.#changed()
    return job
  }

  /** Looks at a job without polling it. Gives undefined where there is no such job. */
  find(key: JobKey): JobView | undefined {
    const nowMs = this.#settleAll()
    const job = this.#lookUp(key)
    return job?.view(nowMs)
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
    const seen = job.view(nowMs)
    job.polls += 1
    this.#enter(job, countPoll(job, nowMs))
    if (seen.state.status !== 'RUNNING' && job.keep === 'first answer') {
      this.#forget(job, { counted: true })
    }
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

  /**
   * Ends the hold that a job is in.
   *
   * @throws JobError where there is no such job, or it is in no hold.
   */
  release(key: JobKey): JobView {
    const { job, nowMs } = this.#take(key)
    const state = release(job, nowMs)
    if (state === job.state) {
      const { status } = job.state
      const why = status === 'RUNNING' ? 'its step is no hold' : `it is already ${status}`
      throw new JobError('JOB_NOT_HELD', `Cannot release job ${job.id}: ${why}`)
    }
    this.#enter(job, state)
    this.#settleAll()
    return job.view(nowMs)
  }

  /** Ends a running job now. Throws JobError where there is no such job, or it has ended. */
  finish(key: JobKey, { outcome, error, response }: JobEnding): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'finish')
    job.lifecycle = { ...job.lifecycle, outcome, error: error ?? job.lifecycle.error }
    if (response !== undefined) job.replaceResponse(response)
    this.#enter(job, finish(job, { outcome, nowMs }))
    return job.view(nowMs)
  }

  /**
   * Changes a running job from now on. With a progress alone, its step ends when it would have.
   *
   * @throws JobError where there is no such job, it has ended, or its progress would fall.
   */
  revise(key: JobKey, { progress, response, lifecycle }: JobRevision): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'change')
    const reached = progressAt(job, nowMs)
    if (progress !== undefined && progress < reached) {
      const reason = `it has reached ${reached} and never falls`
      throw new JobError('PROGRESS_FALLS', `Cannot set the progress of job ${job.id}: ${reason}`)
    }
    if (response !== undefined) job.replaceResponse(response)
    if (progress !== undefined || lifecycle !== undefined) {
      const cancel = job.state.cancelAtMs === undefined ? {} : { cancelAtMs: job.state.cancelAtMs }
      job.lifecycle = lifecycle ?? remainingLifecycle(job, nowMs)
      job.state = { ...begin(nowMs), progress: progress ?? reached, ...cancel }
      this.#schedule(job)
    }
    this.#settleAll()
    this.#changed()
    return job.view(nowMs)
  }

  /** Forgets a job. Throws JobError where there is none. */
  remove(key: JobKey): void {
    const { job } = this.#take(key)
    const counted = job.state.status !== 'RUNNING' && job.keep !== 'always'
    this.#forget(job, { counted })
  }

  /** Brings every job up to now: after time was moved, say. */
  settle(): void {
    this.#settleAll()
  }

  /** When the next change of any job is that time alone brings; undefined where there is none. */
  nextChangeAtMs(): number | undefined {
    this.#settleAll()
    for (let job = this.#due.peek(); job !== undefined; job = this.#due.peek()) {
      const dueAtMs = this.#due.nextAt()
      if (nextChangeAtMs(job) === dueAtMs && this.#byId.get(job.id) === job) return dueAtMs
      this.#due.pop()
    }
    return undefined
  }

  /** When the last change of any job is that time alone brings; undefined where there is none. */
  lastChangeAtMs(): number | undefined {
    this.#settleAll()
    let last: number | undefined
    for (const job of this.#byId.values()) {
      const atMs = lastChangeAtMs(job)
      if (atMs !== undefined && (last === undefined || atMs > last)) last = atMs
    }
    return last
  }

  /** How many jobs there are. */
  get size(): number {
    this.#settleAll()
    return this.#byId.size
  }

  /** Every job, in order of creation. */
  list(): JobView[] {
    const nowMs = this.#settleAll()
    return Array.from(this.#byId.values(), (job) => job.view(nowMs))
  }

  /** Jobs that begin in one millisecond share their first state: no state is ever changed. */
  #begin(nowMs: number): JobState {
    if (this.#begun.sinceMs !== nowMs) this.#begun = begin(nowMs)
    return this.#begun
  }

  #lookUp(key: JobKey): StoredJob | undefined {
    return 'tag' in key ? this.#byTag.get(key.tag) : this.#byId.get(key.id)
  }

  #take(key: JobKey): { readonly job: StoredJob; readonly nowMs: number } {
    const nowMs = this.#settleAll()
    const job = this.#lookUp(key)
    if (job === undefined) throw notFound(key)
    return { job, nowMs }
  }

  #takeRunning(key: JobKey, verb: string): { readonly job: StoredJob; readonly nowMs: number } {
    const taken = this.#take(key)
    const { id, state } = taken.job
    if (state.status === 'RUNNING') return taken
    throw new JobError('JOB_FINISHED', `Cannot ${verb} job ${id}: it is already ${state.status}`)
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
      if (job && this.#byId.get(job.id) === job) jobs.push(job)
    }
    return jobs.sort((left, right) => Number(left.id > right.id) - Number(left.id < right.id))
  }

  #enter(job: StoredJob, state: JobState): void {
    if (state === job.state) return
    const wasDueAtMs = nextChangeAtMs(job)
    job.state = state
    if (state.status !== 'RUNNING') this.#finish(job)
    else if (nextChangeAtMs(job) !== wasDueAtMs) this.#schedule(job)
    this.#changed()
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
      if (known) this.#forget(job, { counted: true })
    }
  }

  /** `counted` says whether the job is one of those that may be too many. */
  #forget(job: StoredJob, { counted }: { readonly counted: boolean }): void {
    this.#byId.delete(job.id)
    this.#byTag.delete(job.tag)
    if (counted) this.#finishedCount -= 1
    this.#changed()
  }
}

function notFound(key: JobKey): JobError {
  const which = 'tag' in key ? `the job tagged ${key.tag}` : `job ${key.id}`
  return new JobError('JOB_NOT_FOUND', `Cannot find ${which}: it was never created, or is gone`)
}
