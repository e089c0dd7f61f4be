import type { Damage } from './damage.ts'
import { drawDelay } from './delay.ts'
import { Draws } from './draws.ts'
import type { Fault, FaultMoment } from './fault.ts'
import { matchesRequest } from './match-request.ts'
import type { RuleOrigin } from './rule-set.ts'
import type { RuleRequest } from './rule.ts'
import { RuleError } from './rule-error.ts'

/** A fault of a scope, with its id and its counters. */
export interface ListedFault {
  /** Unique in its scope: `fault-1` and so on, never used again. */
  readonly id: string
  readonly origin: RuleOrigin
  /** Whether it is switched on; its time may be over nevertheless. */
  readonly enabled: boolean
  /** Number of requests that matched while it was active. */
  readonly seen: number
  /** Number of requests that it struck. */
  readonly hits: number
  /** Number of requests that it may still strike. Undefined: no limit. */
  readonly left: number | undefined
  readonly fault: Fault
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
  /** The random numbers of the fault, for what the damage leaves open. */
  readonly draws: Draws
}

/** A request with the moment and the cluster in which it arrived. */
export interface FaultRequest {
  readonly request: RuleRequest
  /** Epoch ms of the scope's clock. */
  readonly nowMs: number
}

/** Endpoints that faults with a `*` never strike: handshakes and failback would trip over them. */
const HANDSHAKE = /^\/$|^\/show\/system\//

/** The maximum number of faults in a set. */
export const MAX_FAULTS = 10_000

/** A fault with its counters. */
class PlacedFault {
  readonly id: string
  readonly origin: RuleOrigin
  readonly fault: Fault
  readonly draws: Draws
  enabled: boolean
  /** When it was added or enabled, in epoch ms of the scope's clock. */
  sinceMs: number
  seen = 0
  hits = 0

  constructor(parts: Pick<PlacedFault, 'id' | 'origin' | 'fault' | 'draws' | 'sinceMs'>) {
    this.id = parts.id
    this.origin = parts.origin
    this.fault = parts.fault
    this.draws = parts.draws
    this.enabled = parts.fault.enabled
    this.sinceMs = parts.sinceMs
  }
}
