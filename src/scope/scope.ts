import type { ControlledClock } from '../clock/controlled-clock.ts'
import type { Caller, Job, JobDefinition } from '../jobs/job.ts'
import { JobRegistry } from '../jobs/job-registry.ts'
import type { JobLimits } from '../jobs/job-store.ts'
import type { PlacementOf } from '../jobs/job-table.ts'
import {
  type CancelPolicy,
  defaultCancelPolicy,
  type Lifecycle,
  plainLifecycle,
} from '../jobs/lifecycle.ts'
import { Redaction } from '../patterns/redaction.ts'
import type { Fault } from '../rules/fault.ts'
import { FaultSet } from '../rules/fault-set.ts'
import type { KeptItems } from '../rules/kept-items.ts'
import type { Rule } from '../rules/rule.ts'
import { RuleSet } from '../rules/rule-set.ts'
import type { TableSeed } from '../tables/table.ts'
import { TableSet } from '../tables/table-set.ts'
import { TypeTable } from '../tables/type-table.ts'
import { ChangeSignal } from './change-signal.ts'
import { FixtureJobs } from './fixture-jobs.ts'
import { type FormerName, FormerNames } from './former-names.ts'
import { Journal, type JournalLimits } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'
import { performAction } from './perform-action.ts'
import { clusterNames, NO_RING, Ring, type RingSeed } from './ring.ts'
import type { ScopeBudgets } from './scope-budgets.ts'
import { ScopeError } from './scope-error.ts'
import { DEFAULT_SCOPE } from './scope-name.ts'
import { Timeline, type TimelineEntry } from './timeline.ts'

/** The content of the fixtures, with which a scope starts. */
export interface Seeds {
  readonly seeds: readonly JobDefinition[]
  /** In the order in which they are asked. */
  readonly rules: readonly Rule[]
  /** In the same order. */
  readonly faults: readonly Fault[]
  readonly tables: readonly TableSeed[]
  /** Undefined: that of the settings. */
  readonly ring?: RingSeed | undefined
  /** By default empty. */
  readonly timeline?: readonly TimelineEntry[]
}

/** The parts and settings of a scope. */
export interface ScopeOptions extends Seeds {
  /** By default that of the default scope. */
  readonly name?: string
  readonly clock: ControlledClock
  /** Makes tags and query ids; no two the same. */
  readonly newUuid: () => string
  readonly limits: JobLimits
  /** Shared by all scopes of a mock. */
  readonly budgets: ScopeBudgets
  readonly journal: JournalLimits
  /** Duration of a job without a lifecycle. */
  readonly defaultDurationMs: number
  /** Whether a request that no rule matches is an error; by default it is not. */
  readonly strict?: boolean
  /** Hides secrets in what is shown; by default those with usual names. */
  readonly redaction?: Redaction
  /** The seed of faults without one; by default 1. */
  readonly faultSeed?: number
  /** The ring if the fixtures have none; by default a single cluster. */
  readonly defaultRing?: RingSeed
}

const NO_ENTRIES: readonly TimelineEntry[] = []

/** What a reload keeps, and what it removes; by default neither. */
export interface FixtureComparison {
  readonly kept?: KeptItems
  readonly gone?: readonly FormerName[]
}

/** A change of the fixtures of a scope that has been checked. */
export interface PreparedFixtures {
  /** The jobs that it will create. */
  readonly missing: readonly JobDefinition[]
  readonly apply: () => void
}

/** One isolated world: a clock, jobs, rules, faults, tables, clusters, a timeline and a journal. */
export class Scope {
  readonly name: string
  readonly clock: ControlledClock
  readonly jobs: JobRegistry
  readonly rules: RuleSet
  readonly faults: FaultSet
  readonly journal: Journal
  /** Fires after a change of anything in it, and after a request. */
  readonly changes = new ChangeSignal()
  readonly tables: TableSet
  readonly types: TypeTable
  readonly formerNames = new FormerNames()
  readonly timeline: Timeline
  readonly newUuid: () => string
  readonly strict: boolean
  readonly redaction: Redaction
  /** Whether a scope of this name was evicted, or may have been: its requests and jobs are lost. */
  wasEvicted = false
  #isClosed = false
  #ring: Ring
  /** The timeline of the fixtures that was started last. */
  #fixtureTimeline: readonly TimelineEntry[]
  #sequence = 0n
  #caller: Caller = { user: '', sourceIp: '' }
  readonly #defaultDurationMs: number
  readonly #defaultRing: RingSeed
  readonly #fixtureJobs: FixtureJobs
  readonly #plainLifecycles = new Map<CancelPolicy, Lifecycle>()

  /**
   * Throws JobError if two seeds have one id or tag, or there are too many; RuleError as RuleSet,
   * TableError as TableSet.
   */
  constructor(options: ScopeOptions) {
    const { name = DEFAULT_SCOPE, clock, newUuid, limits, seeds, rules } = options
    this.name = name
    this.clock = clock
    this.newUuid = newUuid
    this.#defaultDurationMs = options.defaultDurationMs
    const { budgets } = options
    this.timeline = new Timeline({
      perform: (action, atMs) => performAction(action, { scope: this, atMs }),
      changed: () => this.changes.fire('timeline'),
    })
    const changed = () => this.changes.fire('jobs')
    const jobs = { clock, newUuid, limits, budget: budgets.jobs, changed, events: this.timeline }
    this.jobs = new JobRegistry(jobs)
    this.#defaultRing = options.defaultRing ?? NO_RING
    this.#ring = this.#createRing(options.ring ?? this.#defaultRing)
    this.journal = new Journal(options.journal, budgets.journals)
    this.strict = options.strict ?? false
    this.redaction = options.redaction ?? new Redaction()
    this.rules = new RuleSet(rules, {
      budget: budgets.rules,
      changed: () => this.changes.fire('rules'),
    })
    this.tables = new TableSet(options.tables, {
      budget: budgets.tables,
      changed: () => this.changes.fire('tables'),
    })
    this.types = new TypeTable(budgets.tables)
    this.faults = new FaultSet([], {
      nowMs: clock.now(),
      seed: options.faultSeed ?? 1,
      budget: budgets.rules,
      changed: () => this.changes.fire('faults'),
    })
    this.faults.assertRoom(options.faults)
    this.faults.replaceFixtures(options.faults, { nowMs: clock.now() })
    this.#fixtureJobs = new FixtureJobs(this.jobs, limits)
    this.#fixtureJobs.createAll(seeds, this.#ring)
    this.#fixtureTimeline = options.timeline ?? NO_ENTRIES
    this.timeline.replace(this.#fixtureTimeline, clock.now())
  }

  /** Its clusters. */
  get ring(): Ring {
    return this.#ring
  }

  /** Makes all happen that is due by now, besides changes of jobs: their registry does that. */
  settle(): void {
    const nextMs = this.timeline.nextAtMs()
    if (nextMs !== undefined && nextMs <= this.clock.now()) this.jobs.settle()
  }

  /** Whether the scope is gone: reset, removed or evicted, or the server stops. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether it has waiters: delayed answers, or requests that wait for a change. */
  get isWaitedIn(): boolean {
    return this.clock.waiting > 0 || this.changes.size > 0
  }

  /** Removes what counts in the budgets of all scopes, before a new scope takes its place. */
  clear(): void {
    this.jobs.clear()
    this.tables.clear()
    this.types.clear()
  }

  /** Closes it, and frees what counts in the budgets: it was replaced, removed or evicted. */
  dispose(): void {
    this.close()
    this.jobs.close()
    this.journal.close()
    this.rules.clear()
    this.faults.clear()
    this.tables.clear()
    this.types.clear()
  }

  /** Sends delayed answers and ends waits. */
  close(): void {
    this.#isClosed = true
    this.clock.close()
    this.changes.fire('scopes')
  }

  /** Adds the entry of an answered request to the journal, and notifies waiters. */
  record(entry: JournalEntry): void {
    this.journal.record(entry)
    this.changes.fire('requests')
  }

  /**
   * Checks that new fixtures fit, and returns what applies them: their rules and faults replace those
   * of the former fixtures, and jobs with a new id or tag and tables with a new name are created. Jobs
   * without a name are left out, since they cannot be told from those that are there. Rules in `kept`
   * keep their counters, and faults in it all that they have. A timeline that is another object than
   * before starts now. `gone` are the names of rules and faults that are no longer in the fixtures. The
   * bytes of the jobs of all scopes are not checked.
   *
   * @throws JobError, RuleError, TableError or ScopeError if there would be too many of something, or
   *   the ring would change after requests came; nothing is changed.
   */
  prepareFixtures({
    seeds,
    rules,
    faults,
    tables,
    ring = this.#defaultRing,
    timeline = NO_ENTRIES,
    kept,
    gone = [],
  }: Seeds & FixtureComparison): PreparedFixtures {
    const isSameRing = this.#ring.isLike(ring)
    const missing = this.#fixtureJobs.missingOf(seeds, isSameRing ? this.#ring : undefined)
    this.rules.assertRoom(rules)
    this.faults.assertRoom(faults)
    const newTables = tables.filter(({ name }) => this.tables.find(name) === undefined)
    const addTables = this.tables.prepare(newTables)
    const changeRing = this.prepareRing(ring)
    const apply = () => {
      changeRing()
      this.#fixtureJobs.createAll(missing, this.#ring)
      addTables()
      this.formerNames.addAll(gone)
      this.rules.replaceFixtures(rules, kept?.rules)
      this.faults.replaceFixtures(faults, { nowMs: this.clock.now(), kept: kept?.faults })
      if (timeline !== this.#fixtureTimeline) this.timeline.replace(timeline, this.clock.now())
      this.#fixtureTimeline = timeline
    }
    return { missing, apply }
  }

  /**
   * Checks that the ring can be another one, with new jobs, and returns what changes it; it does not
   * create the jobs. A ring with the same clusters changes nothing.
   *
   * @throws ScopeError if clients know the present one, JobError if a name would be taken in it.
   */
  prepareRing(seed: RingSeed, jobs: readonly JobDefinition[] = []): () => void {
    if (this.#ring.isLike(seed)) return () => {}
    if (this.journal.lastId > 0) {
      const reason = 'clients have called, and know the present one: reset the scope first'
      throw new ScopeError('RING_FIXED', `Cannot change the ring of scope ${this.name}: ${reason}`)
    }
    const ring = this.#createRing(seed)
    const placementOf: PlacementOf = ({ placement: { home } }) => ring.place(ring.find(home)?.name)
    this.jobs.assertAllFree(
      jobs.map((job) => ring.placed(job)),
      placementOf,
    )
    return () => {
      const names = clusterNames(this.#ring.seed)
      this.formerNames.addAll(names.map((name) => ({ kind: 'cluster', name })))
      this.#ring.close()
      this.#ring = ring
      this.changes.fire('clusters')
      this.jobs.place(placementOf)
    }
  }

  /** Whether a job came from the fixtures of the mock, not from a client or a test. */
  isFromFixtures(job: Job): boolean {
    return job.keep === 'always' && this.#fixtureJobs.has(job)
  }

  /** One object for consecutive calls of the same user and address. */
  shareCaller(caller: Caller): Caller {
    const { user, sourceIp } = this.#caller
    if (caller.user !== user || caller.sourceIp !== sourceIp) this.#caller = caller
    return this.#caller
  }

  /** The next number from 1, for templates. */
  nextSequence(): bigint {
    this.#sequence += 1n
    return this.#sequence
  }

  /** The lifecycle of a job without one of its own; all such jobs share the object. */
  plainLifecycle(endpoint: string): Lifecycle {
    const cancel = defaultCancelPolicy(endpoint)
    const known = this.#plainLifecycles.get(cancel)
    const lifecycle = known ?? plainLifecycle(this.#defaultDurationMs, cancel)
    this.#plainLifecycles.set(cancel, lifecycle)
    return lifecycle
  }

  #createRing(seed: RingSeed): Ring {
    const lose = (cluster: string) => this.#lose(cluster)
    const changed = () => this.changes.fire('clusters')
    return new Ring(seed, { nowMs: this.clock.now(), timeline: this.timeline, lose, changed })
  }

  #lose(cluster: string): void {
    const ring = this.#ring
    this.jobs.place(({ placement }) => ring.without(cluster, placement))
  }
}
