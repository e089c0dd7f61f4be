import type { ResultEncoding } from './encoding.ts'
import type { Caller, Job, JobContent, JobRecord } from './job.ts'
import { type JobState, progressAt } from './job-state.ts'
import type { JobName } from './job-table.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Placement } from './placement.ts'
import { type Result, soleEncoding } from './result.ts'

/** A snapshot of a job: later events do not change its state, progress and polls. */
export interface JobView {
  readonly job: Job
  readonly state: JobState
  /** Percent. */
  readonly progress: number
  /** Number of polls in all steps; a poll does not count itself. */
  readonly polls: number
}

/** A job in the registry: a revision replaces its result and lifecycle, events its state. */
export class StoredJob implements Job {
  readonly id: bigint
  readonly tag: string
  placement: Placement
  readonly endpoint: string
  readonly request: JobRecord
  result: Result
  encoding: ResultEncoding
  lifecycle: Lifecycle
  readonly caller: Caller
  readonly keep: Job['keep']
  readonly createdAtMs: number
  state: JobState
  polls = 0
  /** What it takes in memory besides the content that it may share. */
  bytes = 0

  constructor(content: JobContent, own: JobName & { readonly state: JobState }) {
    this.id = own.id
    this.tag = own.tag
    this.placement = own.placement
    this.endpoint = content.endpoint
    this.request = content.request
    this.result = content.result
    this.encoding = soleEncoding(content.result) ?? content.encoding
    this.lifecycle = content.lifecycle
    this.caller = content.caller
    this.keep = content.keep
    this.createdAtMs = own.state.sinceMs
    this.state = own.state
  }

  /** Replaces the result, and the encoding if the new result can be sent in only one. */
  replaceResult(result: Result): void {
    this.result = result
    this.encoding = soleEncoding(result) ?? this.encoding
  }

  /** A snapshot at `nowMs`; the job must be settled. */
  view(nowMs: number): JobView {
    return { job: this, state: this.state, progress: progressAt(this, nowMs), polls: this.polls }
  }
}
