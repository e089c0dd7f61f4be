import type { ResultEncoding } from './encoding.ts'
import type { JobState } from './job-state.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Result } from './result.ts'

/** A value that holds no others. */
export type JobScalar = null | boolean | number | bigint | string | Buffer

/** A value of a decoded record, of the same shape as `avro/` reads and writes. */
export type JobValue = JobScalar | readonly JobValue[] | JobRecord

/** A decoded record of the job's endpoint; the heart keeps it and does not look inside. */
export interface JobRecord {
  readonly [field: string]: JobValue
}

/** Who asked for a job; both are empty for a job from a fixture. */
export interface Caller {
  /** The name the caller signed in with; empty where it gave none. */
  readonly user: string
  /** The IP address that the request came from. */
  readonly sourceIp: string
}

/** The names that a new job asks for. */
export interface WantedName {
  /** Undefined: the next free one, counted from 1. */
  readonly id?: bigint
  /** Undefined: a generated one. */
  readonly tag?: string
}

/** What a job is made from, besides its names. */
export interface JobContent {
  /** The endpoint that the job runs, such as `/alter/table`. */
  readonly endpoint: string
  readonly request: JobRecord
  readonly result: Result
  /** How the result travels; a raw result decides it alone. */
  readonly encoding: ResultEncoding
  readonly lifecycle: Lifecycle
  readonly caller: Caller
  /**
   * How long the finished job is kept: `retention` as the registry's limits say, `first answer`
   * until a poll has told how it ended, `always` for a job from a fixture.
   */
  readonly keep: 'retention' | 'first answer' | 'always'
}

/** All that a job is made from. */
export interface JobDefinition extends WantedName, JobContent {}

/** One asynchronous run of an endpoint. */
export interface Job extends JobContent {
  readonly id: bigint
  readonly tag: string
  readonly createdAtMs: number
  readonly state: JobState
}

/** Tells whether a text may be a tag: 1 to 255 letters, digits, `_` and `-`. */
export function isJobTag(text: string): boolean {
  return /^[\w-]{1,255}$/.test(text)
}

/** Tells whether a value is a list. */
export function isJobList(value: JobValue | undefined): value is readonly JobValue[] {
  return Array.isArray(value)
}

/** Tells whether a value is a record or a map. */
export function isJobRecord(value: JobValue | undefined): value is JobRecord {
  return typeof value === 'object' && value !== null && !isJobList(value) && !Buffer.isBuffer(value)
}
