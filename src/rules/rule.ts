import type { Encoding, ResultEncoding } from '../jobs/encoding.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import type { Result } from '../jobs/result.ts'
import type { Fault } from './fault.ts'
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

/** What a rule answers. */
export interface Then {
  /** How a job runs, by endpoint; absent: as one that nobody scripted. */
  readonly lifecycles: ReadonlyMap<string, Lifecycle>
  /** The results, by endpoint; texts in fields may hold templates. Absent: an echo. */
  readonly results: ReadonlyMap<string, Result>
  /** The error that a direct call gets; a text that may hold templates. */
  readonly error?: string
  /** The HTTP status of that error. */
  readonly httpStatus: number
  /** How long a direct answer waits. */
  readonly delayMs: number
  /** How the connection of a direct call is broken; undefined sends the answer normally. */
  readonly fault?: Fault
  /** How the result of a job travels; absent: as the request said. */
  readonly encoding?: ResultEncoding
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
