import type { Clock } from '../clock/clock.ts'
import type { Caller, JobDefinition } from '../jobs/job.ts'
import { type JobLimits, JobRegistry } from '../jobs/job-registry.ts'
import {
  type CancelPolicy,
  defaultCancelPolicy,
  type Lifecycle,
  plainLifecycle,
} from '../jobs/lifecycle.ts'
import type { Rule } from '../rules/rule.ts'
import { RuleSet } from '../rules/rule-set.ts'

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
  /** The rules of the fixtures, in the order in which they are asked; absent: none. */
  readonly rules?: readonly Rule[]
  /** Whether a request that no rule matches is an error; absent: it is not. */
  readonly strict?: boolean
}

/** One isolated world: a clock, the jobs that live by it, and the rules that they follow. */
export class Scope {
  readonly clock: Clock
  readonly jobs: JobRegistry
  readonly newUuid: () => string
  readonly strict: boolean
  #rules: RuleSet
  #sequence = 0n
  #caller: Caller = { user: '', sourceIp: '' }
  readonly #defaultDurationMs: number
  readonly #plainLifecycles = new Map<CancelPolicy, Lifecycle>()

  /** Throws JobError where two seeds have one id or tag. */
  constructor(options: ScopeOptions) {
    const { clock, newUuid, limits, defaultDurationMs, seeds, rules = [], strict = false } = options
    this.clock = clock
    this.newUuid = newUuid
    this.#defaultDurationMs = defaultDurationMs
    this.jobs = new JobRegistry({ clock, newTag: newUuid, limits })
    this.strict = strict
    this.#rules = new RuleSet(rules)
    for (const seed of seeds) this.jobs.create(seed)
  }

  /** The rules that are asked now. */
  get rules(): RuleSet {
    return this.#rules
  }

  /** Asks other rules from now on; how often each has answered counts from the start. */
  replaceRules(rules: readonly Rule[]): void {
    this.#rules = new RuleSet(rules)
  }

  /** Creates those jobs whose id or tag is not there yet; jobs without a name are left out. */
  addMissingSeeds(seeds: readonly JobDefinition[]): void {
    for (const seed of seeds) {
      const { id, tag } = seed
      const named = id !== undefined || tag !== undefined
      const known =
        (id !== undefined && this.jobs.find({ id })) ||
        (tag !== undefined && this.jobs.find({ tag }))
      if (named && !known) this.jobs.create(seed)
    }
  }

  /** One object for calls of the same user and address: they come in rows. */
  shareCaller(caller: Caller): Caller {
    const { user, sourceIp } = this.#caller
    if (caller.user !== user || caller.sourceIp !== sourceIp) this.#caller = caller
    return this.#caller
  }

  /** The next number of a count from 1, for templates. */
  nextSequence(): bigint {
    this.#sequence += 1n
    return this.#sequence
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
