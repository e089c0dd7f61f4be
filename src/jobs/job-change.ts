import type { JobRecord } from './job.ts'
import type { Lifecycle, Outcome } from './lifecycle.ts'

/** Changes to a running job. Omitted fields are unchanged. */
export interface JobRevision {
  /** Percent: at least what the job has reached, and at most 99. */
  readonly progress?: number
  /** The given fields of the result; they replace those before. */
  readonly response?: JobRecord
  /** Starts now, at the progress reached. */
  readonly lifecycle?: Lifecycle
}

/** How a running job ends now, whatever its lifecycle says. */
export interface JobEnding {
  readonly outcome: Outcome
  /** The message of an ERROR; undefined: that of the lifecycle. */
  readonly error?: string
  /** The given fields of the result of a DONE; undefined: the result that the job had. */
  readonly response?: JobRecord
}
