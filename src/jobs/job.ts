import type { ResultEncoding } from './encoding.ts'
import type { JobState } from './job-state.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Placement } from './placement.ts'
import type { Result } from './result.ts'

/** A value that is not a list, record or map. */
export type JobScalar = null | boolean | number | bigint | string | Buffer

/** A value of a decoded record, in the form that `avro/` reads and writes. */
export type JobValue = JobScalar | readonly JobValue[] | JobRecord

/** A decoded record of the job's endpoint. The registry stores it without reading its fields. */
export interface JobRecord {
  readonly [field: string]: JobValue
}

/**
 * Endpoints that cannot run as a job: those of jobs, and those that are JSON only, which have no
 * request that `/create/job` could hold. Differs: the documentation names none.
 */
export const NO_JOBS: ReadonlySet<string> = new Set([
  '/chat/completions',
  '/create/job',
  '/get/job',
  '/get/records/json',
  '/insert/records/json',
])

/** The client that created a job. Both fields are empty for a job from a fixture. */
export interface Caller {
  /** The user name of the request; empty if it had none. */
  readonly user: string
  /** The client's IP address. */
  readonly sourceIp: string
}

/** The id and tag requested for a new job. */
export interface WantedName {
  /** Undefined: the next free id, from 1. */
  readonly id?: bigint
  /** Undefined: a generated tag. */
  readonly tag?: string
  /** The clusters that it will be on. Undefined: the only one. */
  readonly placement?: Placement
}

/** The id and tag requested for a new job, and the request that it will hold. */
export interface WantedJob extends WantedName {
  readonly request: JobRecord
  readonly sent?: SentRequest | undefined
}

/** Reads a request from its bytes, which are the characters of the text. */
export type RequestDecoder = (bytes: string) => JobRecord

/** A request as it was sent: it takes a fraction of the memory of its record. */
export interface SentRequest {
  /** Each byte as a character from U+0000 to U+00FF: a string takes less memory than a Buffer. */
  readonly bytes: string
  /** One function for all requests that are read alike. */
  readonly decode: RequestDecoder
}

/** What defines a job besides its id and tag. */
export interface JobContent {
  /** The endpoint that the job runs, such as `/alter/table`. */
  readonly endpoint: string
  readonly request: JobRecord
  /** The same request; the job keeps it instead, and decodes it whenever it is read. */
  readonly sent?: SentRequest | undefined
  readonly result: Result
  /** Encoding of the result; ignored for a raw result, which has a fixed one. */
  readonly encoding: ResultEncoding
  readonly lifecycle: Lifecycle
  readonly caller: Caller
  /**
   * How long the finished job is kept: `retention` by the registry's limits, `first answer` until
   * a poll has returned its end, `always` without a limit, for a job from a fixture.
   */
  readonly keep: 'retention' | 'first answer' | 'always'
}

/** Everything that defines a job. */
export interface JobDefinition extends WantedName, JobContent {
  /** The name of its home cluster, for which a ring makes the placement. Undefined: the first. */
  readonly cluster?: string
  /** The clusters on which its tag finds it. Undefined: the ring decides. */
  readonly foundOn?: readonly string[]
}

/** One asynchronous run of an endpoint, created by `/create/job` or a fixture. */
export interface Job extends Omit<JobContent, 'sent'> {
  readonly id: bigint
  readonly tag: string
  readonly placement: Placement
  readonly createdAtMs: number
  readonly state: JobState
}

/** Whether a string is a valid tag: 1 to 255 letters, digits, `_` and `-`. */
export function isJobTag(text: string): boolean {
  return /^[\w-]{1,255}$/.test(text)
}

export function isJobList(value: JobValue | undefined): value is readonly JobValue[] {
  return Array.isArray(value)
}

/** Whether a value is a record or a map; false for null, lists and bytes. */
export function isJobRecord(value: JobValue | undefined): value is JobRecord {
  return typeof value === 'object' && value !== null && !isJobList(value) && !Buffer.isBuffer(value)
}
