import type { Clock } from '../clock/clock.ts'
import { requestBytes, resultBytes } from './content-bytes.ts'
import { type DatedEvents, earliest, NO_EVENTS } from './dated-events.ts'
import { HomeCounts } from './home-counts.ts'
import type { Job, JobContent, JobDefinition, WantedJob, WantedName } from './job.ts'
import type { JobBudget, JobHolder } from './job-budget.ts'
import type { JobEnding, JobRevision } from './job-change.ts'
import { JobError } from './job-error.ts'
import { JobKinds, kindOf } from './job-kind.ts'
import {
  begin,
  type CancelResult,
  countPoll,
  finish,
  type JobNumbers,
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
import {
  type JobKey,
  type JobName,
  JobTable,
  type OfferedName,
  type PlacementOf,
} from './job-table.ts'
import { failureOf } from './lifecycle.ts'
import type { Placement } from './placement.ts'
import { type Result, soleEncoding } from './result.ts'
import { Retention, type RetentionLimits } from './retention.ts'
import { Schedule } from './schedule.ts'
import { type JobSelection, selectJobs } from './select-jobs.ts'
import { type JobView, StoredJob } from './stored-job.ts'

/** How many jobs are kept, and how long. */
export interface JobLimits extends RetentionLimits {
  /** Maximum number of running and finished jobs together; creating another throws JobError. */
  readonly maxJobs: number
}

/** Dependencies and limits of a registry. */
export interface JobRegistryOptions {
  readonly clock: Clock
  /** Makes UUIDs, for the tags of jobs that are created without one. Must never return one twice. */
  readonly newUuid: () => string
  readonly limits: JobLimits
  /** The bytes of the jobs of all scopes. */
  readonly budget: JobBudget
  /** What happens besides; it precedes the changes of jobs of its instant. Default: nothing. */
  readonly events?: DatedEvents
  /** Called after a job is created, changed or removed. Default: no notification. */
  readonly changed?: () => void
}

/**
 * The jobs of one scope. It has no timer: every call first settles the jobs that are due, in order
 * of due time and then of id, and removes finished jobs past their retention. Events that are due
 * happen in between, each at its own time.
 */
export class JobRegistry implements JobHolder {
  readonly #clock: Clock
  readonly #table: JobTable
  readonly #schedule: Schedule
  readonly #retention: Retention
  readonly #changed: () => void
  readonly #events: DatedEvents
  /** The time of the event that is happening. */
  #eventAtMs: number | undefined
  readonly #budget: JobBudget
  readonly #kinds = new JobKinds()
  readonly #numbers = { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 }
  readonly #homes = new HomeCounts()
  #begun = begin(0)

  constructor(options: JobRegistryOptions) {
    const { clock, newUuid, limits, budget } = options
    this.#clock = clock
    this.#table = new JobTable({ newUuid, maxJobs: limits.maxJobs })
    this.#schedule = new Schedule(this.#table)
    this.#retention = new Retention({ limits, table: this.#table, budget })
    this.#budget = budget
    budget.join(this)
    this.#changed = options.changed ?? (() => {})
    this.#events = options.events ?? NO_EVENTS
  }

  /**
   * Starts a job now. `write` receives its id and tag and returns its content. It is called only if
   * the names are free, `maxJobs` is not reached and the request fits the budget in bytes, for which
   * finished jobs are removed. If it throws, or its content does not fit, no name is used up.
   *
   * @throws JobError if the id or the tag is in use, or a limit is reached.
   */
  create(wanted: WantedJob, write: (name: JobName) => JobContent): Job {
    this.#settleAll()
    const name = this.#table.offer(wanted)
    const ownBytes = requestBytes(wanted)
    this.#budget.makeRoom(ownBytes, this)
    const content = write(name)
    this.#budget.makeRoom(ownBytes + this.#budget.outcomeBytes(content), this)
    return this.#start(name, { content, ownBytes })
  }

  /** Starts a job from a complete definition. Throws as `create` does. */
  add(definition: JobDefinition): Job {
    this.#settleAll()
    const name = this.#table.offer(definition)
    this.makeRoomFor([definition])
    return this.#start(name, { content: definition, ownBytes: requestBytes(definition) })
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
    this.#budget.makeRoom(this.#budget.bytesFor(definitions), this)
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
    this.#enter(job, countPoll(job, nowMs))
    if (seen.state.status !== 'RUNNING' && job.keep === 'first answer') this.#forget(job)
    this.#clock.polled()
    return seen
  }

  /** Requests cancellation of a job; its cancel policy decides the effect. */
  cancel(key: JobKey): CancelResult | 'not found' {
    const nowMs = this.#settleAll()
    const job = this.#table.find(key)
    if (job === undefined) return 'not found'
    const { state, result } = requestCancel(job, nowMs)
    this.#enter(job, state)
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
    this.#enter(job, state)
    this.#settleAll()
    return job.view(nowMs)
  }

  /** Ends a running job now. Throws JobError as `revise` does. */
  finish(key: JobKey, { outcome, error, result }: JobEnding): JobView {
    const { job, nowMs } = this.#takeRunning(key, 'finish')
    this.#makeRoomFor(result)
    const fallback = job.lifecycle.error || failureOf(job.endpoint)
    const message = outcome === 'ERROR' ? (error ?? fallback) : ''
    const lifecycle = { ...job.lifecycle, outcome, error: message }
    this.#replace(job, { lifecycle, ...(result === undefined ? {} : { result }) })
    this.#enter(job, finish(job, { outcome, nowMs }))
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
    this.#makeRoomFor(result)
    if (result !== undefined) this.#replace(job, { result })
    if (progress !== undefined || lifecycle !== undefined) {
      this.#replace(job, { lifecycle: lifecycle ?? remainingLifecycle(job, nowMs) })
      job.state = restart(job.state, { nowMs, progress: progress ?? reached })
      this.#schedule.add(job)
    }
    this.#settleAll()
    this.#changed()
    return job.view(nowMs)
  }

  /** Removes a job. Throws JobError if it does not exist. */
  remove(key: JobKey): void {
    this.#forget(this.#take(key).job)
  }

  oldestEnd(): number | undefined {
    return this.#retention.oldestEnd()
  }

  removeOldest(): void {
    const job = this.#retention.findOldest()
    if (job) this.#forget(job)
  }

  /** Changes on which clusters jobs are; a job that is on none any more is removed. */
  place(placementOf: (job: Job) => Placement | undefined): void {
    for (const job of this.#table.values()) {
      const placement = placementOf(job)
      if (placement === undefined) this.#forget(job)
      else this.#move(job, placement)
    }
    this.#changed()
  }

  /** Removes all jobs. */
  clear(): void {
    for (const job of this.#table.values()) this.#forget(job)
  }

  /** Removes all jobs: their scope is gone. */
  close(): void {
    this.clear()
    this.#budget.leave(this)
  }

  /** Settles every job at the current time, for example after the clock was advanced. */
  settle(): void {
    this.#settleAll()
  }

  /** Time of the next event, or change of any job by time alone; undefined if nothing is ahead. */
  nextChangeAtMs(): number | undefined {
    this.#settleAll()
    return earliest(this.#schedule.nextAtMs(), this.#events.nextAtMs())
  }

  /** When the next finished job is past its retention; undefined if all stay. */
  nextExpiryAtMs(): number | undefined {
    this.#settleAll()
    return this.#retention.nextExpiryAtMs()
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
    return this.#numbers
  }

  /** Number of jobs by their home; those that their home has lost do not count. */
  countByHome(): ReadonlyMap<string, number> {
    this.#settleAll()
    return this.#homes.counts
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

  /** Jobs that begin in the same millisecond share one state object, since states are immutable. */
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

  /** Settles every due job, removes expired ones and returns the current time. */
  #settleAll(): number {
    // Whatever an event does happens at its own time, before the jobs that are due then.
    if (this.#eventAtMs !== undefined) return this.#eventAtMs
    const nowMs = this.#clock.now()
    for (let atMs = this.#events.nextAtMs(); atMs !== undefined && atMs <= nowMs; ) {
      this.#settleUntil(atMs - 1)
      this.#happen(atMs)
      atMs = this.#events.nextAtMs()
    }
    this.#settleUntil(nowMs)
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

  #settleUntil(nowMs: number): void {
    for (let due = this.#schedule.takeDue(nowMs); due; due = this.#schedule.takeDue(nowMs)) {
      for (const job of due.jobs) this.#enter(job, settle(job, due.atMs))
    }
    for (let job = this.#retention.findExpired(nowMs); job; ) {
      this.#forget(job)
      job = this.#retention.findExpired(nowMs)
    }
  }

  #enter(job: StoredJob, state: JobState): void {
    if (state === job.state) return
    const wasDueAtMs = nextChangeAtMs(job)
    this.#numbers[job.state.status] -= 1
    this.#numbers[state.status] += 1
    job.state = state
    if (state.status !== 'RUNNING') this.#retention.add(job)
    else if (nextChangeAtMs(job) !== wasDueAtMs) this.#schedule.add(job)
    this.#changed()
  }

  #start(
    name: OfferedName,
    { content, ownBytes }: { readonly content: JobContent; readonly ownBytes: number },
  ): StoredJob {
    const { id, ownTag, placement } = name
    const { request, sent } = content
    const kind = this.#kinds.share(kindOf(content, { placement, tags: this.#table.tags }))
    const state = this.#begin(this.#clock.now())
    const job = new StoredJob(kind, { id, ownTag, request, sent, state })
    job.bytes = this.#budget.add(job, ownBytes)
    this.#budget.countCreated(job.endpoint)
    this.#numbers.RUNNING += 1
    this.#homes.add(placement)
    this.#table.add(job)
    this.#schedule.add(job)
    this.#changed()
    return job
  }

  #move(job: StoredJob, placement: Placement): void {
    this.#homes.remove(job.placement)
    this.#homes.add(placement)
    job.kind = this.#kinds.share({ ...job.kind, placement })
  }

  #makeRoomFor(result: Result | undefined): void {
    if (result !== undefined) this.#budget.makeRoom(resultBytes(result), this)
  }

  #replace(job: StoredJob, change: Partial<Pick<Job, 'lifecycle' | 'result'>>): void {
    const { lifecycle = job.lifecycle, result = job.result } = change
    this.#budget.replace(job, { lifecycle, result })
    const encoding = soleEncoding(result) ?? job.encoding
    job.kind = this.#kinds.share({ ...job.kind, lifecycle, result, encoding })
  }

  #forget(job: StoredJob): void {
    this.#table.delete(job)
    this.#numbers[job.state.status] -= 1
    this.#homes.remove(job.placement)
    this.#retention.forget(job)
    this.#budget.remove(job, job.bytes)
    this.#changed()
  }
}
