import type { Lifecycle, Outcome } from './lifecycle.ts'
import type { Result } from './result.ts'

/** Changes to a running job. Omitted fields are unchanged. */
export interface JobRevision {
  /** Percent: from the progress reached to 99. */
  readonly progress?: number | undefined
  readonly result?: Result | undefined
  /** Replaces the lifecycle; starts now, at the progress reached. */
  readonly lifecycle?: Lifecycle | undefined
}

/** How a running job ends now, instead of by its lifecycle. */
export interface JobEnding {
  readonly outcome: Outcome
  /** The message of an ERROR. Undefined: that of the lifecycle, or that its endpoint failed. */
  readonly error?: string | undefined
  /** The result of a DONE. Undefined: the result that the job has. */
  readonly result?: Result | undefined
}
