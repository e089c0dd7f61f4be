import type { Rule } from './rule.ts'

/** The counters of a rule in one scope. */
export interface Tally {
  /** Number of requests that matched all conditions except `nth`, whichever rule answered them. */
  met: number
  answered: number
}

/** Whether a rule answers a further request, which is not counted yet. */
export function isReady({ when, times }: Rule, { met, answered }: Tally): boolean {
  const isNth = when.nth === undefined || when.nth === met + 1
  return isNth && (times === undefined || answered < times)
}
