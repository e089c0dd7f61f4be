import type { Encoding, ResultEncoding } from '../jobs/encoding.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import type { Pattern, PatternMap } from './pattern.ts'
import type { TextPattern } from './text-pattern.ts'

/** How an endpoint was called: directly, or as a job through `/create/job`. */
export const CALL_KINDS = ['job', 'direct'] as const
export type CallKind = (typeof CALL_KINDS)[number]

/** What a request must look like for a rule to answer it; what is absent is not looked at. */
export interface When {
  /** An endpoint, or a pattern in which `*` stands for any text. */
  readonly endpoint: string
  readonly as: CallKind | 'any'
  readonly request?: PatternMap
  readonly tag?: string | TextPattern
  readonly user?: string | TextPattern
  readonly encoding?: Pattern
  /** Only the nth request, from 1, of those that match all else, whichever rule answers them. */
  readonly nth?: number
}

/** What can happen to an answer that is made: the connection is reset, or closed without a word. */
export type Fault = 'reset' | 'close'

/** What a rule answers. */
export interface Then {
  /** How a job runs, by endpoint; absent: as one that nobody scripted. */
  readonly lifecycles: ReadonlyMap<string, Lifecycle>
  /** The fields of the response that were written, by endpoint; texts may hold templates. */
  readonly responses: ReadonlyMap<string, JobRecord>
  /** The error that a direct call gets; a text that may hold templates. */
  readonly error?: string
  /** The HTTP status of that error. */
  readonly httpStatus: number
  /** How long a direct answer waits. */
  readonly delayMs: number
  /** What a direct answer comes to instead of leaving; absent: it leaves. */
  readonly fault?: Fault
  /** How the result of a job travels; absent: as the request said. */
  readonly encoding?: ResultEncoding
  /** What stands in for the result, unchecked: bytes in Avro's place, or a text in JSON's. */
  readonly raw?: Buffer | string
}

/** "When a request looks like this, then answer so." */
export interface Rule {
  /** Its name, or where it stands. */
  readonly name: string
  readonly when: When
  /** How often it answers; absent: for ever. */
  readonly times?: number
  readonly then: Then
  /** As it was written, for whoever shows it or saves it. */
  readonly text: unknown
}

/** A request as rules see it: decoded, whatever its encoding. */
export interface RuleRequest {
  readonly endpoint: string
  /** Whether only a rule that names the endpoint in full may answer, and none with a `*`. */
  readonly exactOnly: boolean
  readonly as: CallKind
  readonly request: JobRecord
  /** The tag of a job that is created; empty for a direct call or where none was given. */
  readonly tag: string
  readonly user: string
  readonly encoding: Encoding
}
