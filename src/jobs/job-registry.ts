import type { Clock } from '../clock/clock.ts'
import type { Job, JobContent, JobDefinition, WantedName } from './job.ts'
import type { JobEnding, JobRevision } from './job-change.ts'
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
  restart,
  settle,
} from './job-state.ts'
import { type JobKey, type JobName, JobTable } from './job-table.ts'
import { Retention, type RetentionLimits } from './retention.ts'
import { Schedule } from './schedule.ts'
import { type JobView, StoredJob } from './stored-job.ts'

/** How many jobs are kept, and how long. */
export interface JobLimits extends RetentionLimits {
  /** Maximum number of jobs, running and finished together; one more is refused. */
  readonly maxJobs: number
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

/**
 * The jobs of one scope. It has no timer: before it answers, every call settles the jobs whose time
 * has come, in order of that time and then of id, and forgets finished jobs past their retention.
 */
export class JobRegistry {
  readonly #clock: Clock
  readonly #table: JobTable
  readonly #schedule: Schedule
  readonly #retention: Retention
  readonly #changed: () => void
  #begun = begin(0)

  constructor(options: JobRegistryOptions) {
    const { clock, newTag, limits } = options
    this.#clock = clock
    this.#table = new JobTable({ newTag, maxJobs: limits.maxJobs })
    this.#schedule = new Schedule(this.#table)
    this.#retention = new Retention(limits, this.#table)
    this.#changed = options.changed ?? (() => {})
  }

  /**
   * Starts a job now. `write` receives its names and returns the rest; it is called only if the
   * names are free and there is room. If it throws, nothing has happened: no name is used up.
   *
   * @throws JobError if the id or the tag is in use, or there are too many jobs.
   */
  create(wanted: WantedName, write: (name: JobName) => JobContent): Job {
    this.#settleAll()
    const name = this.#table.offer(wanted)
    const content = write(name)
    const job = new StoredJob(content, { ...name, state: this.#begin(this.#clock.now()) })
    this.#table.add(job)
    this.#schedule.add(job)
    this.#changed()
    return job
  }

  /** Starts a job of which everything is known. Throws as `create` does. */
  add(definition: JobDefinition): Job {
    return this.create(definition, () => definition)
  }

  /** Looks at a job without polling it. Gives undefined where there is no such job. */
  find(key: JobKey): JobView | undefined {
    const nowMs = this.#settleAll()
    const job = this.#table.find(key)
    return job?.view(nowMs)
  }

  /** As find. Throws JobError where there is no such job. */
  get(key: JobKey): JobView {
    const { job, nowMs } = this.#take(key)
    return job.view(nowMs)
  }

  /**
   * Looks at a job as `/get/job` does: the look counts as a poll, after the state was read.
   *
   * @throws JobError where there is no such job.
   */
  poll(key: JobKey): JobView {
    const { job, nowMs } = this.#take(key)
    const seen = job.view(nowMs)
    job.polls += 1
    this.#enter(job, countPoll(job, nowMs))
    if (seen.state.status !== 'RUNNING' && job.keep === 'first answer') this.#forget(job)
    this.#clock.polled()
    return seen
  }

  /** Asks a job to stop, as its lifecycle allows. */
  cancel(key: JobKey): CancelResult | 'not found' {
    const nowMs = this.#settleAll()
    const job = this.#table.find(key)
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
  finish(key: JobKey, { outcome, error, result }: JobEnding): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'finish')
    job.lifecycle = { ...job.lifecycle, outcome, error: error ?? job.lifecycle.error }
    if (result !== undefined) job.replaceResult(result)
    this.#enter(job, finish(job, { outcome, nowMs }))
    return job.view(nowMs)
  }

  /**
   * Changes a running job from now on. With a progress alone, its step ends when it would have.
   *
   * @throws JobError where there is no such job, it has ended, or its progress would fall.
   */
  revise(key: JobKey, { progress, result, lifecycle }: JobRevision): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'change')
    const reached = progressAt(job, nowMs)
    if (progress !== undefined && progress < reached) {
      const reason = `it has reached ${reached} and never falls`
      throw new JobError('PROGRESS_FALLS', `Cannot set the progress of job ${job.id}: ${reason}`)
    }
    if (result !== undefined) job.replaceResult(result)
    if (progress !== undefined || lifecycle !== undefined) {
      job.lifecycle = lifecycle ?? remainingLifecycle(job, nowMs)
      job.state = restart(job.state, { nowMs, progress: progress ?? reached })
      this.#schedule.add(job)
    }
    this.#settleAll()
    this.#changed()
    return job.view(nowMs)
  }

  /** Forgets a job. Throws JobError where there is none. */
  remove(key: JobKey): void {
    this.#forget(this.#take(key).job)
  }

  /** Brings every job up to now: after time was moved, say. */
  settle(): void {
    this.#settleAll()
  }

  /** When the next change of any job is that time alone brings; undefined where there is none. */
  nextChangeAtMs(): number | undefined {
    this.#settleAll()
    return this.#schedule.nextAtMs()
  }

  /** When the last change of any job is that time alone brings; undefined where there is none. */
  lastChangeAtMs(): number | undefined {
    this.#settleAll()
    let last: number | undefined
    for (const job of this.#table.values()) {
      const atMs = lastChangeAtMs(job)
      if (atMs !== undefined && (last === undefined || atMs > last)) last = atMs
    }
    return last
  }

  /** How many jobs there are. */
  count(): number {
    this.#settleAll()
    return this.#table.size
  }

  /** Every job, in order of creation. */
  list(): JobView[] {
    const nowMs = this.#settleAll()
    return Array.from(this.#table.values(), (job) => job.view(nowMs))
  }

  /** Jobs that begin in one millisecond share their first state: no state is ever changed. */
  #begin(nowMs: number): JobState {
    if (this.#begun.sinceMs !== nowMs) this.#begun = begin(nowMs)
    return this.#begun
  }

  #take(key: JobKey): { readonly job: StoredJob; readonly nowMs: number } {
    const nowMs = this.#settleAll()
    return { job: this.#table.get(key), nowMs }
  }

  #takeRunning(key: JobKey, verb: string): { readonly job: StoredJob; readonly nowMs: number } {
    const taken = this.#take(key)
    const { id, state } = taken.job
    if (state.status === 'RUNNING') return taken
    throw new JobError('JOB_FINISHED', `Cannot ${verb} job ${id}: it is already ${state.status}`)
  }

  /** Brings every job up to now, and returns now. */
  #settleAll(): number {
    const nowMs = this.#clock.now()
    for (let due = this.#schedule.takeDue(nowMs); due; due = this.#schedule.takeDue(nowMs)) {
      for (const job of due.jobs) this.#enter(job, settle(job, due.atMs))
    }
    for (let job = this.#retention.takeExpired(nowMs); job; ) {
      this.#forget(job)
      job = this.#retention.takeExpired(nowMs)
    }
    return nowMs
  }

  #enter(job: StoredJob, state: JobState): void {
    if (state === job.state) return
    const wasDueAtMs = nextChangeAtMs(job)
    job.state = state
    if (state.status !== 'RUNNING') this.#retention.add(job)
    else if (nextChangeAtMs(job) !== wasDueAtMs) this.#schedule.add(job)
    this.#changed()
  }

  #forget(job: StoredJob): void {
    this.#table.delete(job)
    this.#retention.forget(job)
    this.#changed()
  }
}
