import type { Damage } from './damage.ts'
import type { Delay } from './delay.ts'
import type { Draws } from './draws.ts'
import type { When } from './rule.ts'

/** When a fault strikes: before the endpoint sees the request, or after it has answered. */
export const FAULT_MOMENTS = ['request', 'answer'] as const
export type FaultMoment = (typeof FAULT_MOMENTS)[number]

/** Delay and damage for the answers to matching requests, whatever answers them. */
export interface Fault {
  /** The fault's own name, or else its place, such as `faults.yaml:7`. */
  readonly name: string
  readonly when: When
  /** The number of matching requests that pass unharmed first. */
  readonly skip: number
  /** The maximum number of struck requests. Undefined: no limit. */
  readonly times: number | undefined
  /** The share of the matching requests that are struck, from 0 to 1. */
  readonly probability: number
  /** The seed of its random numbers. Undefined: that of the mock. */
  readonly seed: number | undefined
  /** How long it is active on the scope's clock, after it was added or enabled. Undefined: no limit. */
  readonly forMs: number | undefined
  /** Whether it is active when it is added. */
  readonly enabled: boolean
  readonly at: FaultMoment
  readonly delay: Delay | undefined
  readonly damage: Damage | undefined
  /** The fault as it was written, for lists and saved fixtures. */
  readonly text: unknown
}

/** What the faults of a scope do to one request. */
export interface Strike {
  /** The sum of the delays, in ms on the scope's clock. */
  readonly delayMs: number
  /** The first damage. Undefined: only a delay. */
  readonly damage: StruckDamage | undefined
  /** The names of the faults that struck, in their order. */
  readonly names: readonly string[]
}

/** Damage to one request. */
export interface StruckDamage {
  readonly at: FaultMoment
  readonly damage: Damage
  /** Random numbers for what the damage leaves open, of this strike alone. */
  readonly draws: Draws
}
