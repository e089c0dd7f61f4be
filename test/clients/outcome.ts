/** How a client takes damaged answers to one call, with failover off. */
export interface Outcome {
  /** How often the call arrives. */
  readonly arrives: number
  /** Texts in the error of the call; without them, the call succeeds. */
  readonly fails?: readonly string[]
  /** A part of the answer that the client reads; by default, of the undamaged answer. */
  readonly reads?: unknown
}

/** The end of an error after which the client would take the next cluster. */
const WOULD_FAIL_OVER = 'Failover is disabled!'

/** The client reads the answer as if it were not damaged. */
export const ACCEPTED: Outcome = { arrives: 1 }

/** Python cannot decode the answer (gpudb 7.2.3.13, `GPUdb.__read_datum_cext`). */
export const UNREADABLE: Outcome = failsOver('Unable to parse server response')

/** The call arrives once, and would then go to the next cluster. */
export function failsOver(cause: string): Outcome {
  return { arrives: 1, fails: [cause, WOULD_FAIL_OVER] }
}

/** The call arrives six times, and would then go to the next cluster. */
export function resent(cause: string): Outcome {
  return { ...failsOver(cause), arrives: 6 }
}

/** Python reports the error, and would not fail over (gpudb 7.2.3.13, `GPUdb.__submit_request`). */
export function reported(cause: string): Outcome {
  // An error after which it would fail over begins with a quote.
  return { arrives: 1, fails: ['GPUdbException: Error reading response from', cause] }
}
