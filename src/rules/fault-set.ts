import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { MAX_READ, TextSearch } from '../patterns/text-search.ts'
import type { Damage } from './damage.ts'
import { drawDelay } from './delay.ts'
import { Draws } from './draws.ts'
import type { Fault, FaultMoment } from './fault.ts'
import type { KeptFaults } from './kept-items.ts'
import { meetsConditions } from './match-request.ts'
import type { RuleRequest } from './rule.ts'
import { RuleError } from './rule-error.ts'
import type { RuleOrigin } from './rule-set.ts'

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
  /** Random numbers for what the damage leaves open, of this strike alone. */
  readonly draws: Draws
}

/** A request with the moment at which it arrived. */
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
  /** A reload writes it anew: its place, and with it its name, may be another then. */
  fault: Fault
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

  /** To switch it on starts its time anew. */
  enable(enabled: boolean, nowMs: number): void {
    if (enabled) this.sinceMs = nowMs
    this.enabled = enabled
  }
}

/** What a set needs besides its faults. */
export interface FaultSetOptions {
  /** Epoch ms of the scope's clock when the set is created. */
  readonly nowMs: number
  /** The seed of faults without one. */
  readonly seed: number
  /** Called after faults were added, replaced, switched or removed. Default: no notification. */
  readonly changed?: () => void
}

/** When faults from fixtures are replaced, and what did not change. */
export interface FaultReplacement {
  /** Epoch ms of the scope's clock. */
  readonly nowMs: number
  /** By default, all faults are new. */
  readonly kept?: KeptFaults | undefined
}

const NONE: KeptFaults = new Map()

/**
 * The faults of one scope, in order: those from the control API, the last added first, then those
 * from fixtures. All that match add up their delays; the first that has damage does it.
 */
export class FaultSet {
  readonly #seed: number
  readonly #changed: () => void
  #faults: readonly PlacedFault[] = []
  #made = 0
  /** The faults for an endpoint, cached until the next change. */
  readonly #byEndpoint = new Map<string, readonly PlacedFault[]>()
  /** Faults by their names, cached until the next change. */
  #byName: ReadonlyMap<string, readonly PlacedFault[]> | undefined

  constructor(faults: readonly Fault[], { nowMs, seed, changed = () => {} }: FaultSetOptions) {
    this.#seed = seed
    this.#changed = changed
    this.#change(faults.map((fault) => this.#place(fault, { origin: 'fixture', nowMs })))
  }

  get size(): number {
    return this.#faults.length
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0
  }

  /** The id that the next added fault gets. */
  get nextId(): string {
    return nameFault(this.#made + 1)
  }

  list(): ListedFault[] {
    return this.#faults.map(describe)
  }

  /** Returns a fault by its id. Throws RuleError if it does not exist. */
  get(id: string): ListedFault {
    return describe(this.#find(id))
  }

  /** Throws RuleError if there would be too many faults. */
  assertRoom(count: number): void {
    if (this.#faults.length + count <= MAX_FAULTS) return
    const reason = `the maximum is ${MAX_FAULTS}`
    throw new RuleError('TOO_MANY_FAULTS', `Cannot take ${count} more faults: ${reason}`)
  }

  /** Adds faults before all others, in their order. Throws RuleError if there are too many. */
  add(faults: readonly Fault[], nowMs: number): ListedFault[] {
    this.assertRoom(faults.length)
    const placed = faults.map((fault) => this.#place(fault, { origin: 'control', nowMs }))
    this.#change([...placed, ...this.#faults])
    return placed.map(describe)
  }

  /** Replaces a fault; its counters and its time restart. Throws RuleError if it does not exist. */
  put(id: string, fault: Fault, nowMs: number): ListedFault {
    const old = this.#find(id)
    const placed = new PlacedFault({
      id,
      origin: 'control',
      fault,
      draws: this.#drawsOf(fault),
      sinceMs: nowMs,
    })
    this.#change(this.#faults.map((one) => (one === old ? placed : one)))
    return describe(placed)
  }

  /** Switches a fault; to switch it on starts its time anew. Throws RuleError if it does not exist. */
  enable(id: string, enabled: boolean, nowMs: number): ListedFault {
    const placed = this.#find(id)
    placed.enable(enabled, nowMs)
    this.#changed()
    return describe(placed)
  }

  /** As enable, of all faults with a name. Throws RuleError if no fault has it. */
  enableNamed(name: string, enabled: boolean, nowMs: number): void {
    const named = this.#named().get(name)
    if (named === undefined) {
      throw new RuleError('FAULT_NOT_FOUND', `Cannot find the fault ${name}: none has this name`)
    }
    for (const placed of named) placed.enable(enabled, nowMs)
    this.#changed()
  }

  /** Removes a fault. Throws RuleError if it does not exist. */
  remove(id: string): void {
    const placed = this.#find(id)
    this.#change(this.#faults.filter((one) => one !== placed))
  }

  /** Removes all faults, those from fixtures too. */
  clear(): void {
    this.#change([])
  }

  /**
   * Replaces the faults from fixtures; those that did not change keep their id, their counters, their
   * random numbers, their time and their switch. Those from the control API keep their place too.
   */
  replaceFixtures(faults: readonly Fault[], { nowMs, kept = NONE }: FaultReplacement): void {
    const own = this.#faults.filter(({ origin }) => origin === 'control')
    const former = new Map(this.#faults.map((placed) => [placed.fault, placed]))
    const placed = faults.map((fault) => {
      const old = kept.get(fault)
      const same = old && former.get(old)
      if (same === undefined) return this.#place(fault, { origin: 'fixture', nowMs })
      same.fault = fault
      return same
    })
    this.#change([...own, ...placed])
  }

  /**
   * Counts a request for the faults that it matches. Undefined if none of them strikes it.
   *
   * @throws MatchError if the regular expressions of the faults read too much.
   */
  strike({ request, nowMs }: FaultRequest): Strike | undefined {
    let strike: Strike | undefined
    const candidates = this.#candidatesOf(request.endpoint)
    if (candidates.length === 0) return undefined
    const search = new TextSearch(MAX_READ)
    for (const placed of candidates) {
      const { when } = placed.fault
      const isMatch = isActive(placed, nowMs) && meetsConditions(when, request, search)
      if (isMatch && draw(placed)) strike = addFault(placed, strike)
    }
    search.assertDecided()
    return strike
  }

  #candidatesOf(endpoint: string): readonly PlacedFault[] {
    const known = this.#byEndpoint.get(endpoint)
    if (known) return known
    const isHandshake = HANDSHAKE.test(endpoint)
    const found = this.#faults.filter(({ fault }) => {
      const pattern = fault.when.endpoint
      return isHandshake ? pattern === endpoint : matchesEndpoint(pattern, endpoint)
    })
    this.#byEndpoint.set(endpoint, found)
    return found
  }

  #named(): ReadonlyMap<string, readonly PlacedFault[]> {
    if (this.#byName) return this.#byName
    const named = new Map<string, PlacedFault[]>()
    for (const placed of this.#faults) {
      const same = named.get(placed.fault.name)
      if (same) same.push(placed)
      else named.set(placed.fault.name, [placed])
    }
    this.#byName = named
    return named
  }

  #find(id: string): PlacedFault {
    const placed = this.#faults.find((one) => one.id === id)
    if (placed) return placed
    throw new RuleError('FAULT_NOT_FOUND', `Cannot find the fault ${id}: no fault has this id`)
  }

  #place(
    fault: Fault,
    { origin, nowMs }: { readonly origin: RuleOrigin; readonly nowMs: number },
  ): PlacedFault {
    this.#made += 1
    const id = nameFault(this.#made)
    return new PlacedFault({ id, origin, fault, draws: this.#drawsOf(fault), sinceMs: nowMs })
  }

  #drawsOf({ seed }: Fault): Draws {
    return new Draws(seed ?? this.#seed)
  }

  #change(faults: readonly PlacedFault[]): void {
    this.#faults = faults
    this.#byEndpoint.clear()
    this.#byName = undefined
    this.#changed()
  }
}

function isActive({ enabled, fault: { forMs }, sinceMs }: PlacedFault, nowMs: number): boolean {
  return enabled && (forMs === undefined || nowMs < sinceMs + forMs)
}

/** Adds what a fault does to a request. Of several that damage it, only the first does. */
function addFault(placed: PlacedFault, strike: Strike | undefined): Strike | undefined {
  const { name, delay, damage, at } = placed.fault
  const { draws } = placed
  if (delay === undefined && strike?.damage) return strike
  placed.hits += 1
  const delayMs = delay ? drawDelay(delay, draws) : 0
  // Damage is done later: with numbers of its own it does not change which requests are struck.
  const done = damage && { at, damage, draws: draws.fork() }
  return {
    delayMs: (strike?.delayMs ?? 0) + delayMs,
    damage: strike?.damage ?? done,
    names: [...(strike?.names ?? []), name],
  }
}

/** Counts a matching request, and decides whether it may be struck. */
function draw(placed: PlacedFault): boolean {
  const { skip, times, probability } = placed.fault
  placed.seen += 1
  if (placed.seen <= skip) return false
  // Drawn also after the last hit: later requests get the same numbers whatever `times` is.
  const isStruck = probability === 1 || placed.draws.fraction() < probability
  return isStruck && (times === undefined || placed.hits < times)
}

function describe({ id, origin, enabled, seen, hits, fault }: PlacedFault): ListedFault {
  const left = fault.times === undefined ? undefined : fault.times - hits
  return { id, origin, enabled, seen, hits, left, fault }
}

function nameFault(number: number): string {
  return `fault-${number}`
}
