import type { ControlledClock } from '../clock/controlled-clock.ts'
import type { Caller, Job, JobDefinition } from '../jobs/job.ts'
import { type JobLimits, JobRegistry } from '../jobs/job-registry.ts'
import {
  type CancelPolicy,
  defaultCancelPolicy,
  type Lifecycle,
  plainLifecycle,
} from '../jobs/lifecycle.ts'
import type { Rule } from '../rules/rule.ts'
import { RuleSet } from '../rules/rule-set.ts'
import { ChangeSignal } from './change-signal.ts'
import { Journal, type JournalEntry, type JournalLimits } from './journal.ts'
import { DEFAULT_SCOPE } from './scope-name.ts'

/** What a scope is made from. */
export interface ScopeOptions {
  /** Absent: that of the default scope. */
  readonly name?: string
  readonly clock: ControlledClock
  /** Makes tags and query ids; no two the same. */
  readonly newUuid: () => string
  readonly limits: JobLimits
  readonly journal: JournalLimits
  /** How long a job runs that nobody scripted. */
  readonly defaultDurationMs: number
  /** The jobs that fixtures put there. */
  readonly seeds: readonly JobDefinition[]
  /** The rules of the fixtures, in the order in which they are asked; absent: none. */
  readonly rules?: readonly Rule[]
  /** Whether a request that no rule matches is an error; absent: it is not. */
  readonly strict?: boolean
}

/** One isolated world: a clock, jobs that live by it, the rules they follow, and the journal. */
export class Scope {
  readonly name: string
  readonly clock: ControlledClock
  readonly jobs: JobRegistry
  readonly rules: RuleSet
  readonly journal: Journal
  /** Fires when a job has changed, time was moved, or a request came. */
  readonly changes = new ChangeSignal()
  readonly newUuid: () => string
  readonly strict: boolean
  #isClosed = false
  #sequence = 0n
  #caller: Caller = { user: '', sourceIp: '' }
  readonly #defaultDurationMs: number
  readonly #seeded = new WeakSet<Job>()
  readonly #plainLifecycles = new Map<CancelPolicy, Lifecycle>()

  /** Throws JobError where two seeds have one id or tag. */
  constructor(options: ScopeOptions) {
    const { name = DEFAULT_SCOPE, clock, newUuid, limits, seeds, rules = [] } = options
    this.name = name
    this.clock = clock
    this.newUuid = newUuid
    this.#defaultDurationMs = options.defaultDurationMs
    const changed = () => this.changes.fire()
    this.jobs = new JobRegistry({ clock, newTag: newUuid, limits, changed })
    this.journal = new Journal(options.journal)
    this.strict = options.strict ?? false
    this.rules = new RuleSet(rules)
    for (const seed of seeds) this.#createSeed(seed)
  }

  /** Whether the scope is gone: it was reset, removed or dropped, or the server stops. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether somebody waits in it, for a delayed answer or for something to happen. */
  get isWaitedIn(): boolean {
    return this.clock.waiting > 0 || this.changes.size > 0
  }

  /** Ends all that waits in it. */
  close(): void {
    this.#isClosed = true
    this.clock.close()
    this.changes.fire()
  }

  /** Adds the entry of an answered request to the journal, and notifies waiters. */
  record(entry: JournalEntry): void {
    this.journal.record(entry)
    this.changes.fire()
  }

  /** Creates those jobs whose id or tag is not there yet; jobs without a name are left out. */
  addMissingSeeds(seeds: readonly JobDefinition[]): void {
    for (const seed of seeds) {
      const { id, tag } = seed
      const named = id !== undefined || tag !== undefined
      const known =
        (id !== undefined && this.jobs.find({ id })) ||
        (tag !== undefined && this.jobs.find({ tag }))
      if (named && !known) this.#createSeed(seed)
    }
  }

  /** Whether a job came from the fixtures of the mock, not from a client or a test. */
  isFromFixtures(job: Job): boolean {
    return this.#seeded.has(job)
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

  #createSeed(seed: JobDefinition): void {
    this.#seeded.add(this.jobs.add(seed))
  }
}
