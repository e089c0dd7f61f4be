import type { Encoding, ResultEncoding } from '../jobs/encoding.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import type { Result, RowSet } from '../jobs/result.ts'
import type { Pattern, PatternMap } from '../patterns/pattern.ts'
import type { TextPattern } from '../patterns/text-pattern.ts'

/** How an endpoint is called: as a job through `/create/job`, or directly. */
export const CALL_KINDS = ['job', 'direct'] as const
export type CallKind = (typeof CALL_KINDS)[number]

/** The conditions under which a rule answers a request. Undefined fields match any request. */
export interface When {
  /** An endpoint, or a pattern in which `*` matches any characters. */
  readonly endpoint: string
  readonly as: CallKind | 'any'
  readonly request?: PatternMap | undefined
  readonly tag?: string | TextPattern | undefined
  readonly user?: string | TextPattern | undefined
  readonly encoding?: Pattern | undefined
  /** The name of the cluster that was called. */
  readonly cluster?: string | undefined
  /** Only the nth request, from 1, that meets all other conditions, whichever rule answers them. */
  readonly nth?: number | undefined
}

/** The conditions that are patterns, in the order in which they are checked. */
export const PATTERN_KEYS = ['tag', 'user', 'encoding', 'cluster', 'request'] as const

/** The patterns among conditions; the values of a request are such patterns too. */
export type Patterns = Pick<When, (typeof PATTERN_KEYS)[number]>

/**
 * A value for the endpoints that a rule matches: one for all of them, or a function that returns that
 * of each, so that a rule with a `*` holds what was written once, and not a copy for each endpoint.
 */
export type ByEndpoint<Value extends object> = Value | ((endpoint: string) => Value)

/** The value for an endpoint; undefined if the rule has none. */
export function valueFor<Value extends object>(
  values: ByEndpoint<Value> | undefined,
  endpoint: string,
): Value | undefined {
  return typeof values === 'function' ? values(endpoint) : values
}

/** Rows that were read from a file. */
export interface RowsFile {
  readonly set: RowSet
  /** Equal for files with equal content. */
  readonly digest: string
}

/** The answer of a rule. */
export interface Then {
  /** The lifecycle of a job. Undefined: the default lifecycle. */
  readonly lifecycle?: ByEndpoint<Lifecycle> | undefined
  /** The result; strings may hold templates. Undefined: the request is echoed. */
  readonly result?: ByEndpoint<Result> | undefined
  /** Whether strings of the result or of the error may hold templates. */
  readonly mayHaveTemplates: boolean
  /** The rows of the result, if they come from a file: the text of the rule only names it. */
  readonly rowsFile?: RowsFile | undefined
  /** The error message of a direct call, which may hold templates. Undefined: no error. */
  readonly error?: string | undefined
  /** The HTTP status of `error`; ignored without one. */
  readonly httpStatus: number
  /** The delay of the response to a direct call. */
  readonly delayMs: number
  /** The encoding of a job's result. Undefined: the encoding of the request. */
  readonly encoding?: ResultEncoding | undefined
}

/** A rule: the conditions for a request, and the answer to it. */
export interface Rule {
  /** The rule's own name, or else its place, such as `rules.yaml:7`. */
  readonly name: string
  readonly when: When
  /** Maximum number of answers. Undefined: no limit. */
  readonly times?: number | undefined
  readonly then: Then
  /** The rule as it was written, for lists and saved fixtures. */
  readonly text: unknown
}

/** Where a rule or a fault came from: a fixture file, or the control API. */
export const RULE_ORIGINS = ['fixture', 'control'] as const
export type RuleOrigin = (typeof RULE_ORIGINS)[number]

/** A decoded request, for matching against rules. */
export interface RuleRequest {
  readonly endpoint: string
  /** Whether rules with a `*` in their endpoint are skipped. */
  readonly exactOnly: boolean
  readonly as: CallKind
  readonly request: JobRecord
  /** The requested tag of a new job; empty for a direct call or if none was requested. */
  readonly tag: string
  readonly user: string
  readonly encoding: Encoding
  /** The name of the cluster that was called. */
  readonly cluster: string
}

/** The parts of a direct call that rules and faults match. */
export interface DirectCall
  extends Pick<RuleRequest, 'endpoint' | 'request' | 'user' | 'encoding' | 'cluster'> {
  /** By default false. */
  readonly exactOnly?: boolean
}

/** A direct call as rules and faults see it. */
export function directRequest(call: DirectCall): RuleRequest {
  const { endpoint, exactOnly = false, request, user, encoding, cluster } = call
  return { endpoint, exactOnly, as: 'direct', request, tag: '', user, encoding, cluster }
}
