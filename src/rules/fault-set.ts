import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { MAX_READ, TextSearch } from '../patterns/text-search.ts'
import { Draws } from './draws.ts'
import type { Fault, Strike } from './fault.ts'
import type { KeptFaults } from './kept-items.ts'
import { meetsConditions } from './match-request.ts'
import { type ListedFault, PlacedFault } from './placed-fault.ts'
import type { Rule, RuleOrigin, RuleRequest } from './rule.ts'
import { RuleBudget } from './rule-budget.ts'
import { RuleError } from './rule-error.ts'

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

/** What a set needs besides its faults. */
export interface FaultSetOptions {
  /** Epoch ms of the scope's clock when the set is created. */
  readonly nowMs: number
  /** The seed of faults without one. */
  readonly seed: number
  /** That of the rules of all scopes. Default: unlimited. */
  readonly budget?: RuleBudget
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
  readonly #budget: RuleBudget
  readonly #changed: () => void
  /** Those that count in the budget. */
  #counted: readonly Fault[] = []
  #faults: readonly PlacedFault[] = []
  #made = 0
  /** The faults for an endpoint, cached until the next change. */
  readonly #byEndpoint = new Map<string, readonly PlacedFault[]>()
  /** Faults by their names, cached until the next change. */
  #byName: ReadonlyMap<string, readonly PlacedFault[]> | undefined

  constructor(faults: readonly Fault[], options: FaultSetOptions) {
    const { nowMs, seed, budget, changed = () => {} } = options
    this.#seed = seed
    this.#budget = budget ?? new RuleBudget(Number.POSITIVE_INFINITY)
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
    return this.#faults.map((placed) => placed.describe())
  }

  /** Returns a fault by its id. Throws RuleError if it does not exist. */
  get(id: string): ListedFault {
    return this.#find(id).describe()
  }

  /** Throws RuleError if `add` with these faults would exceed a maximum, once `rules` are added too. */
  assertRoomToAdd(faults: readonly Fault[], rules: readonly Rule[] = []): void {
    this.#assertFew(faults.length)
    this.#budget.assertFaultsFit(faults, { rules })
  }

  /** Throws RuleError if `replaceFixtures` with these faults would exceed a maximum. */
  assertRoom(faults: readonly Fault[]): void {
    const former = this.#faults.filter(({ origin }) => origin === 'fixture')
    this.#assertFew(faults.length - former.length)
    const stay = new Set(faults)
    const instead = former.map(({ fault }) => fault).filter((fault) => !stay.has(fault))
    this.#budget.assertFaultsFit(faults, { instead })
  }

  /** Adds faults before all others, in their order. Throws RuleError if there are too many, or too many bytes. */
  add(faults: readonly Fault[], nowMs: number): ListedFault[] {
    this.assertRoomToAdd(faults)
    const placed = faults.map((fault) => this.#place(fault, { origin: 'control', nowMs }))
    this.#change([...placed, ...this.#faults])
    return placed.map((one) => one.describe())
  }

  /** Replaces a fault; its counters and its time restart. Throws RuleError if it does not exist, or does not fit. */
  put(id: string, fault: Fault, nowMs: number): ListedFault {
    const old = this.#find(id)
    this.#budget.assertFaultsFit([fault], { instead: [old.fault] })
    const placed = new PlacedFault({
      id,
      origin: 'control',
      fault,
      draws: this.#drawsOf(fault),
      sinceMs: nowMs,
    })
    this.#change(this.#faults.map((one) => (one === old ? placed : one)))
    return placed.describe()
  }

  /** Switches a fault; to switch it on starts its time anew. Throws RuleError if it does not exist. */
  enable(id: string, enabled: boolean, nowMs: number): ListedFault {
    const placed = this.#find(id)
    placed.enable(enabled, nowMs)
    this.#changed()
    return placed.describe()
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
      const isMatch = placed.isActive(nowMs) && meetsConditions(when, request, search)
      if (isMatch && placed.draw()) strike = placed.addTo(strike)
    }
    search.assertDecided()
    return strike
  }

  #assertFew(more: number): void {
    if (this.#faults.length + more <= MAX_FAULTS) return
    const reason = `the maximum is ${MAX_FAULTS}`
    throw new RuleError('TOO_MANY_FAULTS', `Cannot take ${more} more faults: ${reason}`)
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
    const [named] = this.#named().get(id) ?? []
    const hint = named === undefined ? '' : `, the one with this name has the id ${named.id}`
    const message = `Cannot find the fault ${id}: no fault has this id${hint}`
    throw new RuleError('FAULT_NOT_FOUND', message)
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
    const counted = faults.map(({ fault }) => fault)
    this.#budget.replaceFaults(counted, this.#counted)
    this.#counted = counted
    this.#byEndpoint.clear()
    this.#byName = undefined
    this.#changed()
  }
}

function nameFault(number: number): string {
  return `fault-${number}`
}
