import type { ControlledClock } from '../clock/controlled-clock.ts'
import type { Caller, Job, JobDefinition } from '../jobs/job.ts'
import { JobError } from '../jobs/job-error.ts'
import { type JobLimits, JobRegistry } from '../jobs/job-registry.ts'
import {
  type CancelPolicy,
  defaultCancelPolicy,
  type Lifecycle,
  plainLifecycle,
} from '../jobs/lifecycle.ts'
import type { Fault } from '../rules/fault.ts'
import { FaultSet } from '../rules/fault-set.ts'
import type { KeptRules } from '../rules/fixture-rules.ts'
import { Redaction } from '../rules/redaction.ts'
import type { Rule } from '../rules/rule.ts'
import { RuleSet } from '../rules/rule-set.ts'
import type { TableSeed } from '../tables/table.ts'
import { TableSet } from '../tables/table-set.ts'
import { TypeTable } from '../tables/type-table.ts'
import { ChangeSignal } from './change-signal.ts'
import { Journal, type JournalLimits } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'
import type { ScopeBudgets } from './scope-budgets.ts'

/** The name of the scope at the root path. */
export const DEFAULT_SCOPE = 'default'

/** The form of a scope's name, for error messages. */
export const SCOPE_NAME_FORM =
  "1 to 64 letters, digits, '_', '-' and '.', starting with a letter or digit"

/** Whether a text is a valid scope name. */
export function isScopeName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,63}$/.test(text)
}

/** The content of the fixtures: the jobs, rules, faults and tables that a scope starts with. */
export interface Seeds {
  readonly seeds: readonly JobDefinition[]
  /** In the order in which they are asked. */
  readonly rules: readonly Rule[]
  /** In the same order. */
  readonly faults: readonly Fault[]
  readonly tables: readonly TableSeed[]
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
}

/** A change of the fixtures of a scope that has been checked. */
export interface PreparedFixtures {
  /** The jobs that it will create. */
  readonly missing: readonly JobDefinition[]
  readonly apply: () => void
}

/** One isolated world: a clock, jobs, rules, faults, tables and a journal. */
export class Scope {
  readonly name: string
  readonly clock: ControlledClock
  readonly jobs: JobRegistry
  readonly rules: RuleSet
  readonly faults: FaultSet
  readonly journal: Journal
  /** Fires after a change of a job or of the clock, and after a request. */
  readonly changes = new ChangeSignal()
  readonly tables: TableSet
  readonly types = new TypeTable()
  readonly newUuid: () => string
  readonly strict: boolean
  readonly redaction: Redaction
  /** Whether a scope of this name was evicted, or may have been: its requests and jobs are lost. */
  wasEvicted = false
  #isClosed = false
  #sequence = 0n
  #caller: Caller = { user: '', sourceIp: '' }
  readonly #defaultDurationMs: number
  readonly #seeded = new WeakSet<Job>()
  readonly #maxJobs: number
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
    this.#maxJobs = limits.maxJobs
    const changed = () => this.changes.fire()
    const budget = options.budgets.jobs
    this.jobs = new JobRegistry({ clock, newTag: newUuid, limits, budget, changed })
    this.journal = new Journal(options.journal, options.budgets.journals)
    this.strict = options.strict ?? false
    this.redaction = options.redaction ?? new Redaction()
    this.rules = new RuleSet(rules, options.budgets.rules)
    this.tables = new TableSet(options.tables, options.budgets.tables)
    this.faults = new FaultSet([], { nowMs: clock.now(), seed: options.faultSeed ?? 1 })
    this.faults.assertRoom(options.faults.length)
    this.faults.replaceFixtures(options.faults, clock.now())
    this.#createAll(seeds)
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
  }

  /** Closes it, and frees what counts in the budgets: it was replaced, removed or evicted. */
  dispose(): void {
    this.close()
    this.jobs.close()
    this.journal.close()
    this.rules.clear()
    this.faults.clear()
    this.tables.clear()
  }

  /** Sends delayed answers and ends waits. */
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

  /**
   * Checks that new fixtures fit, and returns what applies them: their rules and faults replace those
   * of the former fixtures, and jobs with a new id or tag and tables with a new name are created. Jobs
   * without a name are left out, since they cannot be told from those that are there. Rules in `kept`
   * keep their counters. The bytes of the jobs of all scopes are not checked.
   *
   * @throws JobError, RuleError or TableError if there would be too many jobs, rules, faults or
   *   tables;
   *   nothing is changed.
   */
  prepareFixtures({
    seeds,
    rules,
    faults,
    tables,
    kept,
  }: Seeds & { readonly kept?: KeptRules }): PreparedFixtures {
    const missing = seeds.filter((seed) => this.#isMissing(seed))
    const count = this.jobs.count()
    if (count + missing.length > this.#maxJobs) {
      const reason = `there are ${count} of at most ${this.#maxJobs}, raise max-jobs`
      throw new JobError('TOO_MANY_JOBS', `Cannot create all new jobs: ${reason}`)
    }
    this.rules.assertRoom(rules)
    const former = this.faults.list().filter(({ origin }) => origin === 'fixture')
    this.faults.assertRoom(faults.length - former.length)
    const newTables = tables.filter(({ name }) => this.tables.find(name) === undefined)
    const addTables = this.tables.prepare(newTables)
    const apply = () => {
      this.#createAll(missing)
      addTables()
      this.rules.replaceFixtures(rules, kept)
      this.faults.replaceFixtures(faults, this.clock.now())
    }
    return { missing, apply }
  }

  /** Whether a job came from the fixtures of the mock, not from a client or a test. */
  isFromFixtures(job: Job): boolean {
    return this.#seeded.has(job)
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

  #isMissing({ id, tag }: JobDefinition): boolean {
    if (id === undefined && tag === undefined) return false
    if (id !== undefined && this.jobs.find({ id })) return false
    return tag === undefined || this.jobs.find({ tag }) === undefined
  }

  /** Creates jobs in their order. Generated ids differ from the ids of later jobs. */
  #createAll(seeds: readonly JobDefinition[]): void {
    const given = new Set(seeds.map(({ id }) => id))
    let freeId = 1n
    for (const seed of seeds) {
      while (given.has(freeId) || this.jobs.find({ id: freeId })) freeId += 1n
      this.#seeded.add(this.jobs.add({ ...seed, id: seed.id ?? freeId }))
    }
  }
}
