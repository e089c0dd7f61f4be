import { createHash, randomUUID } from 'node:crypto'
import type { ClockSetting } from '../clock/clock.ts'
import { ControlledClock } from '../clock/controlled-clock.ts'
import type { TimeSource } from '../clock/time-source.ts'
import type { JobLimits } from '../jobs/job-store.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { JournalLimits } from './journal.ts'
import { NO_RING, type RingSeed } from './ring.ts'
import { Scope, type Seeds } from './scope.ts'
import { type ScopeBudgets, unlimitedBudgets } from './scope-budgets.ts'
import { DEFAULT_SCOPE } from './scope-name.ts'

/** The initial settings of every scope of a mock. */
export interface ScopeSettings {
  readonly clock: ClockSetting
  readonly pollAdvanceMs: number
  readonly defaultDurationMs: number
  readonly limits: JobLimits
  readonly journal: JournalLimits
  /** Whether a request that no rule matches is an error. */
  readonly strict: boolean
  /** Hides secrets in what is shown. */
  readonly redaction: Redaction
  /**
   * Makes tags, query ids, `{{uuid}}` and the random numbers of faults repeatable; undefined makes all
   * but the last random.
   */
  readonly seed?: string
  /** The ring of scopes whose fixtures have none. Undefined: a single cluster. */
  readonly ring?: RingSeed
}

/** What scopes are created from, besides their settings. */
export interface ScopeSources {
  readonly seeds: Seeds
  readonly time: TimeSource
  readonly budgets: ScopeBudgets
}

/** Creates scopes with the same settings and with the present content of the fixtures. */
export class ScopeFactory {
  readonly #settings: ScopeSettings
  readonly #time: TimeSource
  readonly #budgets: ScopeBudgets
  readonly #faultSeed: number
  #seeds: Seeds

  constructor(settings: ScopeSettings, from: ScopeSources) {
    this.#settings = settings
    this.#faultSeed = toNumber(settings.seed)
    this.#budgets = from.budgets
    this.#seeds = from.seeds
    this.#time = from.time
  }

  /**
   * Sets what scopes that are created later start with. The bytes of all scopes are not checked.
   *
   * @throws JobError, RuleError or TableError if a scope cannot start with them; nothing is changed then.
   */
  replaceSeeds(seeds: Seeds): void {
    const former = this.#seeds
    this.#seeds = seeds
    try {
      this.#create(DEFAULT_SCOPE, { notBeforeMs: 0, budgets: unlimitedBudgets() }).close()
    } catch (error) {
      this.#seeds = former
      throw error
    }
  }

  /** Creates a scope. Its clock starts now, but not before `notBeforeMs` (epoch ms). */
  create(name: string, notBeforeMs: number): Scope {
    return this.#create(name, { notBeforeMs, budgets: this.#budgets })
  }

  #create(
    name: string,
    { notBeforeMs, budgets }: { readonly notBeforeMs: number; readonly budgets: ScopeBudgets },
  ): Scope {
    const { clock: setting, pollAdvanceMs, seed } = this.#settings
    const {
      defaultDurationMs,
      limits,
      journal,
      strict,
      redaction,
      ring: defaultRing = NO_RING,
    } = this.#settings
    const { seeds, rules, faults, tables, ring, timeline = [] } = this.#seeds
    const startMs = Math.max(this.#time.now(), notBeforeMs)
    const clock = new ControlledClock({ source: this.#time, setting, pollAdvanceMs, startMs })
    const own = seed === undefined || name === DEFAULT_SCOPE ? seed : `${seed}:${name}`
    const newUuid = createUuids(own)
    const content = { seeds, rules, faults, tables, ring, timeline }
    const faultSeed = this.#faultSeed
    const settings = {
      defaultDurationMs,
      limits,
      journal,
      strict,
      redaction,
      faultSeed,
      defaultRing,
    }
    return new Scope({ ...settings, ...content, name, clock, newUuid, budgets })
  }
}

/** The seed of faults, the same in all scopes: an integer from 0 to 2147483647. */
function toNumber(seed: string | undefined): number {
  if (seed === undefined) return 1
  return createHash('sha256').update(seed).digest().readUInt32BE() >>> 1
}

/**
 * Makes UUIDs: random ones, or the same sequence for the same seed. Each is one flat string: Node
 * builds a random one of sixteen pieces, which a job would keep alive at four hundred bytes.
 */
export function createUuids(seed: string | undefined): () => string {
  if (seed === undefined) return () => Buffer.from(randomUUID(), 'latin1').toString('latin1')
  let count = 0
  return () => {
    count += 1
    return toUuid(createHash('sha256').update(`${seed}:${count}`).digest('hex'))
  }
}

/** A UUID of version 8, "custom" (RFC 9562), of hexadecimal digits. */
function toUuid(hex: string): string {
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
