import type { Clock } from '../clock/clock.ts'
import type { JobDefinition } from '../jobs/job.ts'
import { type JobLimits, JobRegistry } from '../jobs/job-registry.ts'
import {
  type CancelPolicy,
  defaultCancelPolicy,
  type Lifecycle,
  plainLifecycle,
} from '../jobs/lifecycle.ts'

/** What a scope is made from. */
export interface ScopeOptions {
  readonly clock: Clock
  /** Makes tags and query ids; no two the same. */
  readonly newUuid: () => string
  readonly limits: JobLimits
  /** How long a job runs that nobody scripted. */
  readonly defaultDurationMs: number
  /** The jobs that fixtures put there. */
  readonly seeds: readonly JobDefinition[]
}

/** One isolated world: a clock and the jobs that live by it. */
export class Scope {
  readonly clock: Clock
  readonly jobs: JobRegistry
  readonly newUuid: () => string
  readonly #defaultDurationMs: number
  readonly #plainLifecycles = new Map<CancelPolicy, Lifecycle>()

  /** Throws JobError where two seeds have one id or tag. */
  constructor(options: ScopeOptions) {
    const { clock, newUuid, limits, defaultDurationMs, seeds } = options
    this.clock = clock
    this.newUuid = newUuid
    this.#defaultDurationMs = defaultDurationMs
    this.jobs = new JobRegistry({ clock, newTag: newUuid, limits })
    for (const seed of seeds) this.jobs.create(seed)
  }

  /** The lifecycle of a job that nobody scripted; jobs share it, so a million cost one. */
  plainLifecycle(endpoint: string): Lifecycle {
    const cancel = defaultCancelPolicy(endpoint)
    const known = this.#plainLifecycles.get(cancel)
    const lifecycle = known ?? plainLifecycle(this.#defaultDurationMs, cancel)
    this.#plainLifecycles.set(cancel, lifecycle)
    return lifecycle
  }
}
