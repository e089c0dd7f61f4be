import { HomeCounts } from './home-counts.ts'
import type { Job, JobContent, JobDefinition } from './job.ts'
import type { JobBudget, JobHolder } from './job-budget.ts'
import type { JobRevision } from './job-change.ts'
import { JobKinds, kindOf } from './job-kind.ts'
import {
  begin,
  type JobNumbers,
  type JobState,
  nextChangeAtMs,
  restart,
  settle,
} from './job-state.ts'
import { JobTable, type OfferedName } from './job-table.ts'
import type { Placement } from './placement.ts'
import { soleEncoding } from './result.ts'
import { Retention, type RetentionLimits } from './retention.ts'
import { Schedule } from './schedule.ts'
import { StoredJob } from './stored-job.ts'

/** How many jobs are kept, and how long. */
export interface JobLimits extends RetentionLimits {
  /** Maximum number of running and finished jobs together; creating another throws JobError. */
  readonly maxJobs: number
}

/** Limits of a store, and what it reports to. */
export interface JobStoreOptions {
  /** Makes UUIDs, for the tags of jobs that are created without one. Must never return one twice. */
  readonly newUuid: () => string
  readonly limits: JobLimits
  /** The bytes of the jobs of all scopes. */
  readonly budget: JobBudget
  /** Called after a job is created, changed or removed. Default: no notification. */
  readonly changed?: () => void
}

/** A new job, with the bytes that it takes alone. */
interface NewJob {
  readonly content: JobContent
  readonly ownBytes: number
  readonly nowMs: number
}

/** Fewer bytes than these need no room: a job can end in any case. */
const FEW_BYTES = 1000

/** Changes to a running job. Omitted fields are unchanged. */
interface StoredRevision extends Pick<JobRevision, 'lifecycle' | 'result'> {
  readonly restartAt?: { readonly nowMs: number; readonly progress: number } | undefined
}

/**
 * The jobs of a registry. Each change of a job goes through it, so that its place in the table, the
 * schedule and the retention, the counts and the bytes of the budget agree. It has no clock.
 */
export class JobStore implements JobHolder {
  /** Finds jobs, and offers names. Only the store adds and deletes. */
  readonly table: JobTable
  readonly #schedule: Schedule
  readonly #retention: Retention
  readonly #budget: JobBudget
  readonly #changed: () => void
  readonly #kinds = new JobKinds()
  readonly #numbers = { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 }
  readonly #homes = new HomeCounts()
  #begun = begin(0)

  constructor({ newUuid, limits, budget, changed = () => {} }: JobStoreOptions) {
    this.table = new JobTable({ newUuid, maxJobs: limits.maxJobs })
    this.#schedule = new Schedule(this.table)
    this.#retention = new Retention({ limits, table: this.table, budget })
    this.#budget = budget
    this.#changed = changed
    budget.join(this)
  }

  /** Number of jobs of each status. */
  get numbers(): JobNumbers {
    return this.#numbers
  }

  /** Number of jobs by their home; those that their home has lost do not count. */
  get homes(): ReadonlyMap<string, number> {
    return this.#homes.counts
  }

  /**
   * Removes the oldest finished jobs until a new job fits: its own bytes, and those of what it may
   * share with others once that is known.
   *
   * @throws JobError if it cannot fit; nothing is removed then.
   */
  makeRoom(ownBytes: number, content?: Pick<JobContent, 'caller' | 'result' | 'lifecycle'>): void {
    this.#budget.makeRoom(ownBytes + (content ? this.#budget.sharedBytes(content) : 0), this)
  }

  /** As makeRoom, for jobs from definitions. */
  makeRoomFor(definitions: readonly JobDefinition[]): void {
    this.#budget.makeRoom(this.#budget.bytesFor(definitions), this)
  }

  /** Adds a job that starts now. There must be room for it. */
  start(name: OfferedName, { content, ownBytes, nowMs }: NewJob): StoredJob {
    const { id, ownTag, placement } = name
    const { request, sent } = content
    const kind = this.#kinds.share(kindOf(content, { placement, tags: this.table.tags }))
    const job = new StoredJob(kind, { id, ownTag, request, sent, state: this.#begin(nowMs) })
    job.bytes = this.#budget.add(job, ownBytes)
    this.#budget.countCreated(job.endpoint)
    this.#numbers.RUNNING += 1
    this.#homes.add(placement)
    this.table.add(job)
    this.#schedule.add(job)
    this.#changed()
    return job
  }

  /** Puts a job into a state that an event leads to; nothing happens if it is its state already. */
  enter(job: StoredJob, state: JobState): void {
    if (state === job.state) return
    const wasDueAtMs = nextChangeAtMs(job)
    this.#numbers[job.state.status] -= 1
    this.#numbers[state.status] += 1
    job.state = state
    if (state.status !== 'RUNNING') this.#retention.add(job)
    else if (nextChangeAtMs(job) !== wasDueAtMs) this.#schedule.add(job)
    this.#changed()
  }

  /**
   * Replaces the given fields of a job. Throws JobError if they do not fit the budget; nothing is
   * changed then.
   */
  replace(job: StoredJob, given: Pick<JobRevision, 'lifecycle' | 'result'>): void {
    const { lifecycle = job.lifecycle, result = job.result } = given
    const bytes = this.#budget.sharedBytes({ caller: job.caller, lifecycle, result })
    if (bytes > FEW_BYTES) this.#budget.makeRoom(bytes, this)
    this.#budget.replace(job, { lifecycle, result })
    const encoding = soleEncoding(result) ?? job.encoding
    job.kind = this.#kinds.share({ ...job.kind, lifecycle, result, encoding })
  }

  /** As replace. With `restartAt`, the lifecycle starts now, at that progress. */
  revise(job: StoredJob, { restartAt, ...given }: StoredRevision): void {
    this.replace(job, given)
    if (restartAt) {
      job.state = restart(job.state, restartAt)
      this.#schedule.add(job)
    }
    this.#changed()
  }

  /** Changes on which clusters jobs are; a job that is on none any more is removed. */
  place(placementOf: (job: Job) => Placement | undefined): void {
    for (const job of this.table.values()) {
      const placement = placementOf(job)
      if (placement === undefined) this.forget(job)
      else this.#move(job, placement)
    }
    this.#changed()
  }

  /** Removes a job. */
  forget(job: StoredJob): void {
    this.table.delete(job)
    this.#numbers[job.state.status] -= 1
    this.#homes.remove(job.placement)
    this.#retention.forget(job)
    this.#budget.remove(job, job.bytes)
    this.#changed()
  }

  /** Removes all jobs. */
  clear(): void {
    for (const job of this.table.values()) this.forget(job)
  }

  /** Removes all jobs, for good. */
  close(): void {
    this.clear()
    this.#budget.leave(this)
  }

  /** Settles the jobs that are due, in order of due time and then of id, and removes expired ones. */
  settle(nowMs: number): void {
    for (let due = this.#schedule.takeDue(nowMs); due; due = this.#schedule.takeDue(nowMs)) {
      for (const job of due.jobs) this.enter(job, settle(job, due.atMs))
    }
    for (let job = this.#retention.findExpired(nowMs); job; ) {
      this.forget(job)
      job = this.#retention.findExpired(nowMs)
    }
  }

  /** When time alone changes a job next, if all are settled; undefined if it changes none. */
  nextChangeAtMs(): number | undefined {
    return this.#schedule.nextAtMs()
  }

  /** When the next finished job is past its retention; undefined if all stay. */
  nextExpiryAtMs(): number | undefined {
    return this.#retention.nextExpiryAtMs()
  }

  oldestEnd(): number | undefined {
    return this.#retention.oldestEnd()
  }

  removeOldest(): void {
    const job = this.#retention.findOldest()
    if (job) this.forget(job)
  }

  /** Jobs that begin in the same millisecond share one state object, since states are immutable. */
  #begin(nowMs: number): JobState {
    if (this.#begun.sinceMs !== nowMs) this.#begun = begin(nowMs)
    return this.#begun
  }

  #move(job: StoredJob, placement: Placement): void {
    this.#homes.remove(job.placement)
    this.#homes.add(placement)
    job.kind = this.#kinds.share({ ...job.kind, placement })
  }
}
