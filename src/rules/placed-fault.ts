import { drawDelay } from './delay.ts'
import type { Draws } from './draws.ts'
import type { Fault, Strike } from './fault.ts'
import type { RuleOrigin } from './rule.ts'

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

/** What a fault is placed with. */
interface PlacedFaultParts {
  readonly id: string
  readonly origin: RuleOrigin
  readonly fault: Fault
  readonly draws: Draws
  /** Epoch ms of the scope's clock. */
  readonly sinceMs: number
}

/** A fault of a scope: whether it is active, what it has counted, and what it does to a request. */
export class PlacedFault {
  readonly id: string
  readonly origin: RuleOrigin
  /** A reload writes it anew: its place, and with it its name, may be another then. */
  fault: Fault
  readonly #draws: Draws
  #enabled: boolean
  /** When it was added or enabled, in epoch ms of the scope's clock. */
  #sinceMs: number
  #seen = 0
  #hits = 0

  constructor({ id, origin, fault, draws, sinceMs }: PlacedFaultParts) {
    this.id = id
    this.origin = origin
    this.fault = fault
    this.#draws = draws
    this.#enabled = fault.enabled
    this.#sinceMs = sinceMs
  }

  /** To switch it on starts its time anew. */
  enable(enabled: boolean, nowMs: number): void {
    if (enabled) this.#sinceMs = nowMs
    this.#enabled = enabled
  }

  /** Whether it is switched on, and its time is not over. */
  isActive(nowMs: number): boolean {
    const { forMs } = this.fault
    return this.#enabled && (forMs === undefined || nowMs < this.#sinceMs + forMs)
  }

  /** Counts a matching request, and decides whether it may be struck. */
  draw(): boolean {
    const { skip, times, probability } = this.fault
    this.#seen += 1
    if (this.#seen <= skip) return false
    // Drawn also after the last hit: later requests get the same numbers whatever `times` is.
    const isStruck = probability === 1 || this.#draws.fraction() < probability
    return isStruck && (times === undefined || this.#hits < times)
  }

  /** Adds what it does to a request. Of several faults that damage it, only the first does. */
  addTo(strike: Strike | undefined): Strike | undefined {
    const { name, delay, damage, at } = this.fault
    if (delay === undefined && strike?.damage) return strike
    this.#hits += 1
    const delayMs = delay ? drawDelay(delay, this.#draws) : 0
    // Damage is done later: with numbers of its own it does not change which requests are struck.
    const done = damage && { at, damage, draws: this.#draws.fork() }
    return {
      delayMs: (strike?.delayMs ?? 0) + delayMs,
      damage: strike?.damage ?? done,
      names: [...(strike?.names ?? []), name],
    }
  }

  describe(): ListedFault {
    const { id, origin, fault } = this
    const hits = this.#hits
    const left = fault.times === undefined ? undefined : fault.times - hits
    return { id, origin, enabled: this.#enabled, seen: this.#seen, hits, left, fault }
  }
}
