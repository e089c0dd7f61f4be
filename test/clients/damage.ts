import type { Outcome } from './outcome.ts'

/** Damage to the answers to one call, and how the clients take it. */
export interface Damage {
  /** The end of the id of the case. */
  readonly id: string
  readonly title: string
  /** The `fault` of the control API. */
  readonly fault: unknown
  /** Whether only the time limit of the client ends the call. */
  readonly hangs?: true
  /** gpudb 7.2.3.13 with Avro. */
  readonly python: Outcome
  /** gpudb 7.2.3.13 with JSON; by default, as with Avro. */
  readonly pythonJson?: Outcome
  /** gpudb-api 7.1.10.5. */
  readonly java: Outcome
}
