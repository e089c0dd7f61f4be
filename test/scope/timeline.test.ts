import t from 'tap'
import type { JobDefinition } from '../../src/jobs/job.ts'
import { type CancelPolicy, plainLifecycle } from '../../src/jobs/lifecycle.ts'
import type { ClusterMove } from '../../src/scope/cluster-move.ts'
import { ringOf } from '../../src/scope/ring.ts'
import type { Scope } from '../../src/scope/scope.ts'
import { MAX_ENTRIES, type TimelineAction, type TimelineEntry } from '../../src/scope/timeline.ts'
import { faultsOf } from '../support/faults.ts'
import { jobOf } from '../support/job-definition.ts'
import { lifecycleOf } from '../support/lifecycles.ts'
import { scopeOf } from '../support/scopes.ts'

const START_MS = 1_700_000_000_000

function entry(afterMs: number, action: TimelineAction): TimelineEntry {
  return { afterMs, action, text: { afterMs } }
}

const PLAIN: ClusterMove = { state: 'up', drainMs: undefined, forMs: undefined, jobs: 'keep' }

function cluster(name: string, move: Partial<ClusterMove>): TimelineAction {
  return { kind: 'cluster', name, move: { ...PLAIN, ...move } }
}

/** A job that lasts `afterMs`. */
function lasting(afterMs: number, cancel: CancelPolicy = 'immediate'): JobDefinition {
  return jobOf({
    id: 7n,
    tag: 'nightly',
    keep: 'always',
    lifecycle: plainLifecycle(afterMs, cancel),
  })
}

/** A job that waits for its release, and then takes 10 ms. */
const HELD = jobOf({
  id: 7n,
  tag: 'nightly',
  keep: 'always',
  lifecycle: lifecycleOf([{ ends: 'hold' }, { ends: 'after', afterMs: 10 }]),
})

const NIGHTLY = { tag: 'nightly' }

/** The end of the job, in ms after the start, and its status. */
function endOf({ jobs }: Scope): unknown[] {
  const { state } = jobs.get(NIGHTLY)
  return [state.sinceMs - START_MS, state.status]
}

t.test('an entry releases, finishes and cancels a job at its own time', async (t) => {
  for (const { seed, action, expected } of [
    { seed: HELD, action: { kind: 'release', job: NIGHTLY }, expected: [110, 'DONE'] },
    { seed: HELD, action: { kind: 'cancel', job: { id: 7n } }, expected: [100, 'CANCELLED'] },
    {
      seed: lasting(5000),
      action: { kind: 'finish', job: NIGHTLY, outcome: 'ERROR', error: 'gone' },
      expected: [100, 'ERROR'],
    },
  ] as const) {
    const scope = scopeOf({ seeds: [seed], timeline: [entry(100, action)] })
    scope.clock.advance(60_000)
    t.strictSame(endOf(scope), expected)
    t.strictSame(
      scope.timeline.list().map(({ atMs, isApplied, error }) => [atMs, isApplied, error]),
      [[START_MS + 100, true, undefined]],
    )
  }
})

t.test(
  'an entry precedes the jobs that are due at its instant, and follows earlier ones',
  async (t) => {
    const finish = { kind: 'finish', job: NIGHTLY, outcome: 'CANCELLED', error: '' } as const
    for (const [lastsMs, expected] of [
      [99, [99, 'DONE']],
      [100, [100, 'CANCELLED']],
      [101, [100, 'CANCELLED']],
    ] as const) {
      const scope = scopeOf({ seeds: [lasting(lastsMs)], timeline: [entry(100, finish)] })
      scope.clock.advance(60_000)
      t.strictSame(endOf(scope), expected, `${lastsMs} ms`)
    }
  },
)

t.test('entries of one instant apply in their order, whatever their place', async (t) => {
  const timeline = [
    entry(200, cluster('a', { state: 'offline' })),
    entry(100, cluster('a', { state: 'down' })),
    entry(100, cluster('a', { state: 'stopping' })),
  ]
  const scope = scopeOf({ timeline })
  t.equal(scope.ring.first.state, 'up')
  scope.clock.advance(100)
  t.equal(scope.ring.first.state, 'up', 'not before the scope is looked at')
  scope.settle()
  t.equal(scope.ring.first.state, 'stopping')
  scope.clock.advance(100)
  scope.settle()
  t.equal(scope.ring.first.state, 'offline')
  t.strictSame(
    scope.timeline.list().map(({ atMs, entry }) => [atMs - START_MS, entry]),
    [
      [100, timeline[1]],
      [100, timeline[2]],
      [200, timeline[0]],
    ],
  )
})

t.test('an entry switches all faults of a name; their time begins then', async (t) => {
  const text = { name: 'slow', enabled: false, for: 50, delay: 10 }
  const faults = faultsOf(text, text, { ...text, name: 'other' })
  const timeline = [entry(100, { kind: 'fault', name: 'slow', enabled: true })]
  const scope = scopeOf({ faults, timeline })
  scope.clock.advance(120)
  scope.settle()
  t.strictSame(
    scope.faults.list().map(({ enabled }) => enabled),
    [true, true, false],
  )
  const request = {
    endpoint: '/has/table',
    exactOnly: false,
    as: 'direct',
    request: {},
    tag: '',
    user: '',
    encoding: 'json',
    cluster: 'a',
  } as const
  const strike = (nowMs: number) => scope.faults.strike({ request, nowMs })?.delayMs
  t.strictSame([strike(START_MS + 149), strike(START_MS + 150)], [20, undefined])
})

t.test('an entry that cannot be applied says why, and the next ones apply', async (t) => {
  const seeds = [lasting(5000, 'refuse')]
  const timeline = [
    entry(10, { kind: 'release', job: { tag: 'weekly' } }),
    entry(10, { kind: 'release', job: NIGHTLY }),
    entry(10, { kind: 'cancel', job: NIGHTLY }),
    entry(10, { kind: 'fault', name: 'slow', enabled: true }),
    entry(10, cluster('b', { state: 'down' })),
    entry(20, { kind: 'finish', job: NIGHTLY, outcome: 'ERROR', error: 'x' }),
    entry(30, { kind: 'cancel', job: NIGHTLY }),
  ]
  const scope = scopeOf({ seeds, timeline })
  scope.clock.advance(30)
  scope.settle()
  t.strictSame(
    scope.timeline.list().map(({ error }) => error),
    [
      'Cannot find the job tagged weekly: it was never created, or is gone',
      'Cannot release job 7: its step is not a hold',
      'Cannot cancel job 7: its lifecycle refuses',
      'Cannot find the fault slow: none has this name',
      'Cannot find the cluster b: the clusters are a',
      undefined,
      'Cannot cancel job 7: it is already ERROR',
    ],
  )
})

t.test('what is ahead is the next change, also for the registry of jobs', async (t) => {
  const timeline = [entry(100, cluster('a', { state: 'down', forMs: 1000 }))]
  const scope = scopeOf({ seeds: [lasting(500)], timeline })
  const ahead = () => {
    const { jobs } = scope
    return [jobs.nextChangeAtMs(), jobs.lastChangeAtMs()].map((at) => (at ?? 0) - START_MS)
  }
  t.strictSame(ahead(), [100, 500])
  scope.clock.advance(100)
  t.strictSame(ahead(), [500, 1100])
  scope.clock.advance(1000)
  t.strictSame([scope.jobs.nextChangeAtMs(), scope.jobs.lastChangeAtMs()], [undefined, undefined])
  t.equal(scope.ring.first.state, 'up')
})

t.test('a timeline is replaced and added to from now on', async (t) => {
  const scope = scopeOf({ timeline: [entry(100, cluster('a', { state: 'down' }))] })
  scope.clock.advance(50)
  scope.timeline.replace([entry(100, cluster('a', { state: 'offline' }))], scope.clock.now())
  scope.timeline.add([entry(60, cluster('a', { state: 'stopping' }))], scope.clock.now())
  const states = [59, 1, 39, 1].map((ms) => {
    scope.clock.advance(ms)
    scope.settle()
    return scope.ring.first.state
  })
  t.strictSame(states, ['up', 'stopping', 'stopping', 'offline'])
})

t.test('a timeline has a maximum; one entry beyond is refused and changes nothing', async (t) => {
  const { timeline } = scopeOf()
  const entries = Array.from({ length: MAX_ENTRIES }, () => entry(5, cluster('a', {})))
  timeline.replace(entries, START_MS)
  const refusal = {
    code: 'TOO_MANY_ENTRIES',
    message: `Cannot take ${MAX_ENTRIES + 1} entries of a timeline: the maximum is ${MAX_ENTRIES}`,
  }
  const beyond = [...entries, ...entries.slice(0, 1)]
  t.throws(() => timeline.replace(beyond, START_MS), refusal)
  t.throws(() => timeline.add(entries.slice(0, 1), START_MS), refusal)
  t.equal(timeline.list().length, MAX_ENTRIES)
})

t.test('prepareFixtures() starts a timeline that changed, and no other', async (t) => {
  const timeline = [entry(100, cluster('a', { state: 'down' }))]
  const nothing = { seeds: [], rules: [], faults: [], tables: [] }
  const scope = scopeOf({ timeline })
  scope.clock.advance(60)
  scope.prepareFixtures({ ...nothing, timeline }).apply()
  scope.clock.advance(60)
  scope.settle()
  t.equal(scope.ring.first.state, 'down')
  scope.prepareFixtures({ ...nothing, timeline: [...timeline] }).apply()
  t.strictSame(
    scope.timeline.list().map(({ atMs }) => atMs - START_MS),
    [220],
  )
  scope.prepareFixtures(nothing).apply()
  t.strictSame(scope.timeline.list(), [])
})

t.test('a ring is replaced before the first request, and jobs move to it', async (t) => {
  const nothing = { seeds: [], rules: [], faults: [], tables: [] }
  const scope = scopeOf({ seeds: [lasting(5000)] })
  scope.ring.move('a', { ...PLAIN, state: 'down', forMs: 1000 }, START_MS)
  scope.prepareFixtures({ ...nothing, ring: ringOf(3) }).apply()
  t.strictSame(
    scope.ring.clusters.map(({ name, state }) => [name, state]),
    [
      ['a', 'up'],
      ['b', 'up'],
      ['c', 'up'],
    ],
  )
  t.equal(scope.timeline.nextAtMs(), undefined, 'the end of the former state is cancelled')
  t.strictSame(scope.jobs.get({ ...NIGHTLY, at: 'c' }).job.placement.home, 'a')
  const { ring } = scope
  scope.prepareFixtures({ ...nothing, ring: ringOf(3) }).apply()
  t.equal(scope.ring, ring, 'an equal ring is no change')
})
