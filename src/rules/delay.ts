import type { Draws } from './draws.ts'

/** How long an answer is delayed, in ms on the clock of the scope. */
export type Delay =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** The logarithm of the delay has a normal distribution with the deviation `sigma`. */
  | {
      readonly kind: 'lognormal'
      readonly medianMs: number
      readonly sigma: number
      readonly maxMs: number
    }

/** A delay for one answer, in whole ms. */
export function drawDelay(delay: Delay, draws: Draws): number {
  switch (delay.kind) {
    case 'fixed':
      return delay.ms
    case 'uniform':
      return draws.integer(delay.minMs, delay.maxMs)
    case 'lognormal': {
      const ms = delay.medianMs * Math.exp(delay.sigma * draws.normal())
      return Math.round(Math.min(ms, delay.maxMs))
    }
  }
}
