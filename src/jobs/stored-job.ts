import type { ResultEncoding } from './encoding.ts'
import { type IdKey, keyOfId } from './id-key.ts'
import type { Caller, Job, JobContent, JobRecord } from './job.ts'
import type { JobKind } from './job-kind.ts'
import { type JobState, progressAt } from './job-state.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Placement } from './placement.ts'
import type { Result } from './result.ts'

/** A snapshot of a job: later events do not change its state, progress and polls. */
export interface JobView {
  readonly job: Job
  readonly state: JobState
  /** Percent. */
  readonly progress: number
  /** Number of polls in all steps; a poll does not count itself. */
  readonly polls: number
}

/** What a job has of its own. */
export interface OwnContent extends Pick<JobContent, 'request' | 'sent'> {
  readonly id: bigint
  /** Undefined: the tag that is made for the id. */
  readonly ownTag: string | undefined
  /** Its state at its start. */
  readonly state: JobState
}

/**
 * A job in the registry: a revision replaces its kind, events its state. There may be a million, so
 * it has few fields, and shares the rest with others.
 */
export class StoredJob implements Job {
  /** Its id, as the key of tables. */
  readonly key: IdKey
  readonly ownTag: OwnContent['ownTag']
  kind: JobKind
  state: JobState
  polls = 0
  /** What it takes in memory besides the content that it may share. */
  bytes = 0
  readonly #request: JobRecord | string
  readonly #begun: JobState

  constructor(kind: JobKind, { id, ownTag, request, sent, state }: OwnContent) {
    this.key = keyOfId(id)
    this.ownTag = ownTag
    this.kind = kind
    this.state = state
    this.#request = sent === undefined ? request : sent.bytes
    this.#begun = state
  }

  get id(): bigint {
    return BigInt(this.key)
  }

  get tag(): string {
    return this.ownTag ?? this.kind.tags.of(this.id)
  }

  /** Decoded at each call if the job keeps it as it was sent. */
  get request(): JobRecord {
    const request = this.#request
    if (typeof request !== 'string') return request
    const { decode } = this.kind
    /* c8 ignore next -- the kind of a job that keeps bytes can decode them */
    return decode === undefined ? {} : decode(request)
  }

  get placement(): Placement {
    return this.kind.placement
  }

  get endpoint(): string {
    return this.kind.endpoint
  }

  get result(): Result {
    return this.kind.result
  }

  get encoding(): ResultEncoding {
    return this.kind.encoding
  }

  get lifecycle(): Lifecycle {
    return this.kind.lifecycle
  }

  get caller(): Caller {
    return this.kind.caller
  }

  get keep(): Job['keep'] {
    return this.kind.keep
  }

  get createdAtMs(): number {
    return this.#begun.sinceMs
  }

  /** A snapshot at `nowMs`; the job must be settled. */
  view(nowMs: number): JobView {
    return { job: this, state: this.state, progress: progressAt(this, nowMs), polls: this.polls }
  }
}
