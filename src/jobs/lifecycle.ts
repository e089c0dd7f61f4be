/**
 * One stretch of a lifecycle. `progress` is the percentage it reaches; absent, it stays where it
 * was. An `after` step moves there evenly, the others are there while they last.
 */
export type Step =
  | { readonly ends: 'after'; readonly afterMs: number; readonly progress?: number }
  | { readonly ends: 'polls'; readonly polls: number; readonly progress?: number }
  | { readonly ends: 'hold'; readonly progress?: number }

/** How a lifecycle ends. */
export const OUTCOMES = ['DONE', 'ERROR', 'CANCELLED'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What a request to cancel does to a running job. */
export type CancelPolicy = 'immediate' | 'refuse' | { readonly afterMs: number }

/** The script that a job follows. */
export interface Lifecycle {
  readonly steps: readonly Step[]
  readonly outcome: Outcome
  /** The message of an ERROR; unused with another outcome. */
  readonly error: string
  readonly cancel: CancelPolicy
}

/** `durationMs` of even progress, then DONE. */
export function plainLifecycle(durationMs: number, cancel: CancelPolicy): Lifecycle {
  return { steps: [evenStep(durationMs)], outcome: 'DONE', error: '', cancel }
}

/** The one step of a lifecycle that is written as a duration. */
export function evenStep(durationMs: number): Step {
  return { ends: 'after', afterMs: durationMs, progress: 100 }
}

/**
 * What cancelling does where nobody said: inserts, updates and deletes can't be cancelled
 * (documentation of `/admin/alter/jobs`).
 */
export function defaultCancelPolicy(endpoint: string): CancelPolicy {
  return /^\/(insert|update)\/|^\/delete\/records$/.test(endpoint) ? 'refuse' : 'immediate'
}
