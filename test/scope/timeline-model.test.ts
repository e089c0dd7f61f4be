import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Outcome, Step } from '../../src/jobs/lifecycle.ts'
import {
  CLUSTER_STATES,
  type ClusterMove,
  type ClusterState,
  KEPT_JOBS,
} from '../../src/scope/cluster-move.ts'
import { ringOf } from '../../src/scope/ring.ts'
import { Scope } from '../../src/scope/scope.ts'
import type { TimelineAction, TimelineEntry } from '../../src/scope/timeline.ts'
import { budgetsOf } from '../support/budgets.ts'
import { frozenClock } from '../support/clocks.ts'
import { faultsOf } from '../support/faults.ts'
import { jobOf } from '../support/job-definition.ts'
import { lifecycleOf } from '../support/lifecycles.ts'

const START_MS = 1_700_000_000_000

/** How long the tests look at a scope. */
const TOTAL_MS = 60

const CLUSTERS = ['a', 'b'] as const
const FAULTS = ['lost', 'slow'] as const

/** The steps of each job, by its id from 1: `hold`, or the duration of a step in ms. */
const JOBS: readonly (readonly ('hold' | number)[])[] = [
  ['hold'],
  [5, 'hold', 10, 'hold'],
  [20],
  ['hold', 7],
]

/** What can be seen of a scope at an instant. */
interface Sight {
  readonly clusters: readonly string[]
  /** The names of the faults that are switched on. */
  readonly enabled: readonly string[]
  readonly jobs: readonly string[]
  /** The entries that have been applied, in order: whether they could be. */
  readonly applied: readonly boolean[]
}

function toStep(step: 'hold' | number): Step {
  return step === 'hold' ? { ends: 'hold' } : { ends: 'after', afterMs: step }
}

function scopeOf(timeline: readonly TimelineEntry[]): Scope {
  return new Scope({
    clock: frozenClock(START_MS),
    newUuid: () => 'unused',
    limits: { maxJobs: 10, maxFinished: 10, retentionMs: 3_600_000 },
    defaultDurationMs: 500,
    journal: { maxRequests: 10, maxBytes: 10_000 },
    budgets: budgetsOf(),
    seeds: JOBS.map((steps, index) => {
      const lifecycle = lifecycleOf(steps.map(toStep))
      return jobOf({ id: BigInt(index + 1), tag: `job ${index + 1}`, lifecycle, keep: 'always' })
    }),
    rules: [],
    faults: faultsOf(...FAULTS.map((name) => ({ name, delay: '1s' }))),
    tables: [],
    ring: ringOf(CLUSTERS.length),
    timeline,
  })
}

function look(scope: Scope): Sight {
  scope.settle()
  const { ring, faults, jobs, timeline } = scope
  return {
    clusters: ring.clusters.map(({ state, sinceMs }) => `${state} since ${sinceMs - START_MS}`),
    enabled: faults.list().flatMap(({ enabled, fault: { name } }) => (enabled ? [name] : [])),
    jobs: jobs.list().map(({ job, state: { status, step, sinceMs } }) => {
      const where = status === 'RUNNING' ? ` in ${step}` : ''
      return `${job.id} ${status}${where} since ${sinceMs - START_MS}`
    }),
    applied: timeline.list().flatMap(({ isApplied, error }) => (isApplied ? [!error] : [])),
  }
}

/** A job of the model: what it does in one millisecond after the other. */
class ModelJob {
  readonly id: number
  readonly steps: readonly ('hold' | number)[]
  readonly on = new Set<string>(CLUSTERS)
  status: 'RUNNING' | Outcome = 'RUNNING'
  step = 0
  sinceMs = 0

  constructor(id: number, steps: readonly ('hold' | number)[]) {
    this.id = id
    this.steps = steps
  }

  get isRunning(): boolean {
    return this.on.size > 0 && this.status === 'RUNNING'
  }

  enter(step: number, atMs: number): void {
    this.step = step
    this.sinceMs = atMs
    if (step === this.steps.length) this.status = 'DONE'
  }

  end(outcome: Outcome, atMs: number): void {
    this.status = outcome
    this.sinceMs = atMs
  }

  pass(nowMs: number): void {
    const step = this.steps[this.step]
    if (this.isRunning && typeof step === 'number' && nowMs === this.sinceMs + step) {
      this.enter(this.step + 1, nowMs)
    }
  }
}

/** A cluster of the model. */
interface ModelCluster {
  readonly name: string
  state: ClusterState
  sinceMs: number
  next: { readonly atMs: number; readonly happen: () => void } | undefined
}

/** A scope as it would be described to a person: millisecond by millisecond. */
class Model {
  readonly clusters: readonly ModelCluster[] = CLUSTERS.map((name) => {
    return { name, state: 'up', sinceMs: 0, next: undefined }
  })
  readonly enabled = new Map<string, boolean>(FAULTS.map((name) => [name, true]))
  readonly jobs = JOBS.map((steps, index) => new ModelJob(index + 1, steps))
  readonly applied: boolean[] = []

  /** All that happens at an instant: entries, then what was planned, then the timers of jobs. */
  pass(nowMs: number, entries: readonly TimelineEntry[]): void {
    const due = entries.filter(({ afterMs }) => afterMs === nowMs)
    for (const { action } of due) this.applied.push(this.#apply(action, nowMs))
    for (const cluster of this.clusters) {
      while (cluster.next?.atMs === nowMs) {
        const { happen } = cluster.next
        cluster.next = undefined
        happen()
      }
    }
    for (const job of this.jobs) job.pass(nowMs)
  }

  look(): Sight {
    return {
      clusters: this.clusters.map(({ state, sinceMs }) => `${state} since ${sinceMs}`),
      enabled: FAULTS.filter((name) => this.enabled.get(name)),
      jobs: this.jobs
        .filter(({ on }) => on.size > 0)
        .map(({ id, status, step, sinceMs }) => {
          const where = status === 'RUNNING' ? ` in ${step}` : ''
          return `${id} ${status}${where} since ${sinceMs}`
        }),
      applied: [...this.applied],
    }
  }

  /** Whether an action is possible, which is then performed. */
  #apply(action: TimelineAction, nowMs: number): boolean {
    switch (action.kind) {
      case 'cluster':
        return this.#move(action.name, action.move, nowMs)
      case 'fault':
        if (!this.enabled.has(action.name)) return false
        this.enabled.set(action.name, action.enabled)
        return true
      case 'release':
      case 'finish':
      case 'cancel':
        return this.#change(action, nowMs)
    }
  }

  #change(action: Extract<TimelineAction, { readonly job: unknown }>, nowMs: number): boolean {
    const job = this.jobs.find(({ id }) => 'id' in action.job && action.job.id === BigInt(id))
    if (!job?.isRunning) return false
    if (action.kind === 'finish') job.end(action.outcome, nowMs)
    else if (action.kind === 'cancel') job.end('CANCELLED', nowMs)
    else if (job.steps[job.step] === 'hold') job.enter(job.step + 1, nowMs)
    else return false
    return true
  }

  #move(name: string, { state, drainMs, forMs, jobs }: ClusterMove, nowMs: number): boolean {
    const cluster = this.clusters.find((one) => one.name === name)
    if (cluster === undefined) return false
    const enter = (next: ClusterState, atMs: number) => {
      cluster.state = next
      cluster.sinceMs = atMs
    }
    const arrive = (atMs: number) => {
      enter(state, atMs)
      if (jobs === 'lose') for (const { on } of this.jobs) on.delete(name)
      if (forMs === undefined) return
      cluster.next = { atMs: atMs + forMs, happen: () => enter('up', atMs + forMs) }
    }
    cluster.next = undefined
    if (drainMs === undefined) {
      arrive(nowMs)
      return true
    }
    enter('draining', nowMs)
    cluster.next = { atMs: nowMs + drainMs, happen: () => arrive(nowMs + drainMs) }
    return true
  }
}

/** What a scope with a timeline is like after each millisecond. */
function expected(entries: readonly TimelineEntry[]): Sight[] {
  const model = new Model()
  return Array.from({ length: TOTAL_MS + 1 }, (_, nowMs) => {
    model.pass(nowMs, entries)
    return model.look()
  })
}

const maybeMs = fc.option(fc.nat(15), { nil: undefined })
const job = fc.record({ id: fc.integer({ min: 1, max: JOBS.length + 1 }).map(BigInt) })

const action: fc.Arbitrary<TimelineAction> = fc.oneof(
  fc.record({
    kind: fc.constant('cluster' as const),
    name: fc.constantFrom(...CLUSTERS, ...CLUSTERS, 'c'),
    move: fc.record({
      state: fc.constantFrom(...CLUSTER_STATES),
      drainMs: maybeMs,
      forMs: maybeMs,
      jobs: fc.constantFrom(...KEPT_JOBS),
    }),
  }),
  fc.record({
    kind: fc.constant('fault' as const),
    name: fc.constantFrom(...FAULTS, 'none'),
    enabled: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('release' as const, 'cancel' as const), job }),
  fc.record({
    ...{ kind: fc.constant('finish' as const), job },
    outcome: fc.constantFrom('DONE' as const, 'ERROR' as const, 'CANCELLED' as const),
    error: fc.constant(''),
  }),
)

const entries = fc.array(fc.record({ afterMs: fc.nat(TOTAL_MS), action, text: fc.constant({}) }), {
  maxLength: 12,
})

/** How far the clock is moved before each look, until the end. */
const advances = fc.array(fc.nat(20), { minLength: 1, maxLength: 30 })

t.test('a timeline gives the same states at the same instants, however it is read', async (t) => {
  const instants = new Set<number>()
  fc.assert(
    fc.property(entries, advances, advances, (timeline, ...orders) => {
      const sights = expected(timeline)
      for (const order of orders) {
        const scope = scopeOf(timeline)
        let nowMs = 0
        for (const ms of [...order, TOTAL_MS]) {
          const byMs = Math.min(ms, TOTAL_MS - nowMs)
          nowMs += byMs
          scope.clock.advance(byMs)
          instants.add(nowMs)
          assert.deepEqual(look(scope), sights[nowMs], `after ${nowMs} ms`)
        }
      }
    }),
    { numRuns: 500, seed: 12 },
  )
  t.equal(instants.size, TOTAL_MS + 1, 'every instant was looked at')
})
