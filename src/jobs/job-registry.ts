import type { Clock } from '../clock/clock.ts'
import { ownBytesOf } from './content-bytes.ts'
import { type DatedEvents, earliest, NO_EVENTS } from './dated-events.ts'
import type { Job, JobContent, JobDefinition, WantedJob, WantedName } from './job.ts'
import type { JobEnding, JobRevision } from './job-change.ts'
import { JobError } from './job-error.ts'
import {
  type CancelResult,
  countPoll,
  finish,
  type JobNumbers,
  lastChangeAtMs,
  progressAt,
  release,
  remainingLifecycle,
  requestCancel,
} from './job-state.ts'
import { JobStore, type JobStoreOptions } from './job-store.ts'
import type { JobKey, JobName, JobTable, PlacementOf } from './job-table.ts'
import { failureOf } from './lifecycle.ts'
import type { Placement } from './placement.ts'
import { type JobSelection, selectJobs } from './select-jobs.ts'
import type { JobView, StoredJob } from './stored-job.ts'

/** Dependencies and limits of a registry. */
export interface JobRegistryOptions extends JobStoreOptions {
  readonly clock: Clock
  /** What happens besides; it precedes the changes of jobs of its instant. Default: nothing. */
  readonly events?: DatedEvents
}

/**
 * The jobs of one scope. It has no timer: every call first settles the jobs that are due, in order
 * of due time and then of id, and removes finished jobs past their retention. Events that are due
 * happen in between, each at its own time.
 */
export class JobRegistry {
  readonly #clock: Clock
  readonly #store: JobStore
  readonly #table: JobTable
  readonly #events: DatedEvents
  /** The time of the event that is happening. */
  #eventAtMs: number | undefined

  constructor(options: JobRegistryOptions) {
    this.#clock = options.clock
    this.#store = new JobStore(options)
    this.#table = this.#store.table
    this.#events = options.events ?? NO_EVENTS
  }

  /**
   * Starts a job now. `write` receives its id and tag and returns its content. It is called only if
   * the names are free, `maxJobs` is not reached and request and tag fit the budget in bytes, for which
   * finished jobs are removed. If it throws, or its content does not fit, no name is used up.
   *
   * @throws JobError if the id or the tag is in use, or a limit is reached.
   */
  create(wanted: WantedJob, write: (name: JobName) => JobContent): Job {
    this.#settleAll()
    const name = this.#table.offer(wanted)
    const ownBytes = ownBytesOf(wanted)
    this.#store.makeRoom(ownBytes)
    const content = write(name)
    this.#store.makeRoom(ownBytes, content)
    return this.#store.start(name, { content, ownBytes, nowMs: this.#clock.now() })
  }

  /** Starts a job from a complete definition. Throws as `create` does. */
  add(definition: JobDefinition): Job {
    this.#settleAll()
    const name = this.#table.offer(definition)
    this.makeRoomFor([definition])
    const ownBytes = ownBytesOf(definition)
    return this.#store.start(name, { content: definition, ownBytes, nowMs: this.#clock.now() })
  }

  /**
   * Starts jobs from complete definitions, in their order: all or none. If it throws, no name is used
   * up. Throws as `create` does.
   */
  addAll(definitions: readonly JobDefinition[]): Job[] {
    this.#settleAll()
    this.#table.assertAllFree(definitions)
    this.makeRoomFor(definitions)
    return definitions.map((definition) => this.add(definition))
  }

  /**
   * Throws JobError if jobs of these names cannot be added in this order, once the present ones are at
   * other places. Uses up no name.
   */
  assertAllFree(definitions: readonly WantedName[], placementOf: PlacementOf): void {
    this.#settleAll()
    this.#table.assertAllFree(definitions, placementOf)
  }

  /**
   * Removes finished jobs until new ones fit the budget in bytes.
   *
   * @throws JobError if they cannot fit; nothing is removed then.
   */
  makeRoomFor(definitions: readonly JobDefinition[]): void {
    this.#store.makeRoomFor(definitions)
  }

  /** Returns a job without counting a poll; undefined if it does not exist. */
  find(key: JobKey): JobView | undefined {
    const nowMs = this.#settleAll()
    const job = this.#table.find(key)
    return job?.view(nowMs)
  }

  /** Returns a job without counting a poll. Throws JobError if it does not exist. */
  get(key: JobKey): JobView {
    const { job, nowMs } = this.#take(key)
    return job.view(nowMs)
  }

  /**
   * Returns a job as `/get/job` sees it. Counts a poll after the state is read: the returned view
   * does not include the effect of this poll.
   *
   * @throws JobError if the job does not exist.
   */
  poll(key: JobKey): JobView {
    const { job, nowMs } = this.#take(key)
    const seen = job.view(nowMs)
    job.polls += 1
    this.#store.enter(job, countPoll(job, nowMs))
    if (seen.state.status !== 'RUNNING' && job.keep === 'first answer') this.#store.forget(job)
    this.#clock.polled()
    return seen
  }

  /** Requests cancellation of a job; its cancel policy decides the effect. */
  cancel(key: JobKey): CancelResult | 'not found' {
    const nowMs = this.#settleAll()
    const job = this.#table.find(key)
    if (job === undefined) return 'not found'
    const { state, result } = requestCancel(job, nowMs)
    this.#store.enter(job, state)
    return result
  }

  /**
   * Ends the current `hold` step of a job.
   *
   * @throws JobError if the job does not exist or its current step is not a hold.
   */
  release(key: JobKey): JobView {
    const { job, nowMs } = this.#take(key)
    const state = release(job, nowMs)
    if (state === job.state) {
      const { status } = job.state
      const why = status === 'RUNNING' ? 'its step is not a hold' : `it is already ${status}`
      throw new JobError('JOB_NOT_HELD', `Cannot release job ${job.id}: ${why}`)
    }
    this.#store.enter(job, state)
    this.#settleAll()
    return job.view(nowMs)
  }

  /** Ends a running job now. Throws JobError as `revise` does. */
  finish(key: JobKey, { outcome, error, result }: JobEnding): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'finish')
    const fallback = job.lifecycle.error || failureOf(job.endpoint)
    const message = outcome === 'ERROR' ? (error ?? fallback) : ''
    const lifecycle = { ...job.lifecycle, outcome, error: message }
    this.#store.replace(job, { lifecycle, result })
    this.#store.enter(job, finish(job, { outcome, nowMs }))
    return job.view(nowMs)
  }

  /**
   * Changes a running job. A change of only the progress does not move the end of its step.
   *
   * @throws JobError if the job does not exist or has ended, its progress would fall, or its result
   *   does not fit the budget.
   */
  revise(key: JobKey, { progress, result, lifecycle }: JobRevision): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'change')
    const reached = progressAt(job, nowMs)
    if (progress !== undefined && progress < reached) {
      const reason = `it has reached ${reached} and never falls`
      throw new JobError('PROGRESS_FALLS', `Cannot set the progress of job ${job.id}: ${reason}`)
    }
    const isRestarted = progress !== undefined || lifecycle !== undefined
    const next = isRestarted ? (lifecycle ?? remainingLifecycle(job, nowMs)) : undefined
    const restartAt = isRestarted ? { nowMs, progress: progress ?? reached } : undefined
    this.#store.revise(job, { lifecycle: next, result, restartAt })
    this.#settleAll()
    return job.view(nowMs)
  }

  /** Removes a job. Throws JobError if it does not exist. */
  remove(key: JobKey): void {
    this.#store.forget(this.#take(key).job)
  }

  /** Changes on which clusters jobs are; a job that is on none any more is removed. */
  place(placementOf: (job: Job) => Placement | undefined): void {
    this.#store.place(placementOf)
  }

  /** Removes all jobs. */
  clear(): void {
    this.#store.clear()
  }

  /** Removes all jobs: their scope is gone. */
  close(): void {
    this.#store.close()
  }

  /** Settles every job at the current time, for example after the clock was advanced. */
  settle(): void {
    this.#settleAll()
  }

  /** Time of the next event, or change of any job by time alone; undefined if nothing is ahead. */
  nextChangeAtMs(): number | undefined {
    this.#settleAll()
    return earliest(this.#store.nextChangeAtMs(), this.#events.nextAtMs())
  }

  /** When the next finished job is past its retention; undefined if all stay. */
  nextExpiryAtMs(): number | undefined {
    this.#settleAll()
    return this.#store.nextExpiryAtMs()
  }

  /** Time of the last event, or change of any job by time alone, as far as known now. */
  lastChangeAtMs(): number | undefined {
    this.#settleAll()
    let last = this.#events.lastAtMs()
    for (const job of this.#table.values()) {
      const atMs = lastChangeAtMs(job)
      if (atMs !== undefined && (last === undefined || atMs > last)) last = atMs
    }
    return last
  }

  /** Number of running and finished jobs, after those past their retention are removed. */
  count(): number {
    this.#settleAll()
    return this.#table.size
  }

  /** Number of jobs of each status, after those past their retention are removed. */
  countByStatus(): JobNumbers {
    this.#settleAll()
    return this.#store.numbers
  }

  /** Number of jobs by their home; those that their home has lost do not count. */
  countByHome(): ReadonlyMap<string, number> {
    this.#settleAll()
    return this.#store.homes
  }

  /** Every job, in order of creation. */
  list(): JobView[] {
    const nowMs = this.#settleAll()
    return Array.from(this.#table.values(), (job) => job.view(nowMs))
  }

  /** A part of the jobs that are wanted, in order of creation, and how many are wanted. */
  select(selection: JobSelection): { readonly views: JobView[]; readonly total: number } {
    const nowMs = this.#settleAll()
    const { jobs, total } = selectJobs(this.#table, selection)
    return { views: jobs.map((job) => job.view(nowMs)), total }
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

  /** Settles every due job, removes expired ones and returns the current time. */
  #settleAll(): number {
    // Whatever an event does happens at its own time, before the jobs that are due then.
    if (this.#eventAtMs !== undefined) return this.#eventAtMs
    const nowMs = this.#clock.now()
    for (let atMs = this.#events.nextAtMs(); atMs !== undefined && atMs <= nowMs; ) {
      this.#store.settle(atMs - 1)
      this.#happen(atMs)
      atMs = this.#events.nextAtMs()
    }
    this.#store.settle(nowMs)
    return nowMs
  }

  #happen(atMs: number): void {
    this.#eventAtMs = atMs
    try {
      this.#events.apply(atMs)
    } finally {
      this.#eventAtMs = undefined
    }
  }
}
