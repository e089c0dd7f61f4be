import type { Lifecycle, Outcome } from './lifecycle.ts'
import type { Result } from './result.ts'

/** Changes to a running job. Omitted fields are unchanged. */
export interface JobRevision {
  /** Percent: at least what the job has reached, and at most 99. */
  readonly progress?: number
  readonly result?: Result
  /** Starts now, at the progress reached. */
  readonly lifecycle?: Lifecycle
}

/** How a running job ends now, whatever its lifecycle says. */
export interface JobEnding {
  readonly outcome: Outcome
  /** The message of an ERROR; undefined: that of the lifecycle. */
  readonly error?: string
  /** The result of a DONE; undefined: the result that the job had. */
  readonly result?: Result
}
