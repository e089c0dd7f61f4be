/**
 * One step of a lifecycle. `progress` is the percentage that it reaches; undefined leaves progress
 * unchanged. An `after` step moves evenly to it, a `polls` or `hold` step has it from its start.
 */
export type Step =
  | { readonly ends: 'after'; readonly afterMs: number; readonly progress?: number }
  | { readonly ends: 'polls'; readonly polls: number; readonly progress?: number }
  | { readonly ends: 'hold'; readonly progress?: number }

/** The statuses in which a lifecycle can end. */
export const OUTCOMES = ['DONE', 'ERROR', 'CANCELLED'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The effect of a cancel request on a running job; `afterMs` delays the cancellation. */
export type CancelPolicy = 'immediate' | 'refuse' | { readonly afterMs: number }

/** The script of a job: its steps, its end and its reaction to a cancel request. */
export interface Lifecycle {
  readonly steps: readonly Step[]
  readonly outcome: Outcome
  /** The message of an ERROR; unused with another outcome. */
  readonly error: string
  readonly cancel: CancelPolicy
}

/** A lifecycle of one step with even progress that ends DONE after `durationMs`. */
export function plainLifecycle(durationMs: number, cancel: CancelPolicy): Lifecycle {
  return { steps: [evenStep(durationMs)], outcome: 'DONE', error: '', cancel }
}

/** A step of `durationMs` in which progress moves evenly to the end. */
export function evenStep(durationMs: number): Step {
  return { ends: 'after', afterMs: durationMs, progress: 100 }
}

/**
 * The cancel policy of a lifecycle without one: inserts, updates and deletes can't be cancelled
 * (documentation of `/admin/alter/jobs`).
 */
export function defaultCancelPolicy(endpoint: string): CancelPolicy {
  return /^\/(insert|update)\/|^\/delete\/records$/.test(endpoint) ? 'refuse' : 'immediate'
}

/** The error of a job that ends in ERROR without a message of its own. */
export function failureOf(endpoint: string): string {
  return `${endpoint} failed`
}
