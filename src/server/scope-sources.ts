import type { ClockSetting } from '../clock/clock.ts'
import { ControlledClock } from '../clock/controlled-clock.ts'
import { RealTime, type TimeSource } from '../clock/time-source.ts'
import type { JobDefinition } from '../jobs/job.ts'
import type { JobLimits } from '../jobs/job-registry.ts'
import type { Rule } from '../rules/rule.ts'
import type { JournalLimits } from '../scope/journal.ts'
import { Scope } from '../scope/scope.ts'
import { DEFAULT_SCOPE } from '../scope/scope-table.ts'
import { createUuids } from './create-uuids.ts'

/** How every scope of a server is at first, besides what the fixtures put there. */
export interface ScopeSettings {
  readonly clock: ClockSetting
  readonly pollAdvanceMs: number
  readonly defaultDurationMs: number
  readonly limits: JobLimits
  readonly journal: JournalLimits
  /** Whether a request that no rule matches is an error. */
  readonly strict: boolean
  /** Makes tags, query ids and `{{uuid}}` the same in every run; absent: random. */
  readonly seed?: string
}

/** The jobs and rules that every scope has at first. */
export interface Seeds {
  readonly seeds: readonly JobDefinition[]
  readonly rules: readonly Rule[]
}

/** Makes scopes from settings and from the fixtures as they are now. */
export class ScopeSources {
  readonly #settings: ScopeSettings
  readonly #time: TimeSource
  #seeds: Seeds

  constructor(settings: ScopeSettings, seeds: Seeds, time: TimeSource = new RealTime()) {
    this.#settings = settings
    this.#seeds = seeds
    this.#time = time
  }

  /** What scopes are seeded with from now on. */
  replaceSeeds(seeds: Seeds): void {
    this.#seeds = seeds
  }

  /** Makes a scope as it is at first; its time is not before `notBeforeMs`. */
  create(name: string, notBeforeMs: number): Scope {
    const { clock: setting, pollAdvanceMs, seed } = this.#settings
    const startMs = Math.max(this.#time.now(), notBeforeMs)
    const clock = new ControlledClock({ source: this.#time, setting, pollAdvanceMs, startMs })
    const own = seed === undefined || name === DEFAULT_SCOPE ? seed : `${seed}:${name}`
    return new Scope({ ...this.#settings, ...this.#seeds, name, clock, newUuid: createUuids(own) })
  }
}
