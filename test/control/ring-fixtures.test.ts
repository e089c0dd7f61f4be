import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { FixtureDocument, FixtureJob } from '../../src/fixture-format/fixture-format.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { startMockGpudb } from '../../src/index.ts'
import type { Scope } from '../../src/scope/scope.ts'
import { MAX_ENTRIES } from '../../src/scope/timeline.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { sendHttp } from '../support/http.ts'
import { FIXTURE_CONTEXT } from '../support/server.ts'

const RING = { clusters: [{ name: 'a' }, { name: 'b', state: 'draining' }] } as const
const JOB: FixtureJob = { endpoint: '/alter/table', lifecycle: { steps: [{ hold: true }] } }

/** The states of the clusters of a scope, now. */
function statesOf(scope: Scope): Record<string, string> {
  scope.settle()
  return Object.fromEntries(scope.ring.clusters.map(({ name, state }) => [name, state]))
}

/** The homes of the jobs of a scope, and the clusters on which they are found by their tags. */
function placesOf({ jobs }: Scope): Record<string, readonly [string, string]> {
  return Object.fromEntries(
    jobs.list().map(({ job: { tag, placement } }) => {
      return [tag, [placement.home, [...placement.on].join('')] as const]
    }),
  )
}

/** Lets clients know the ring: a request comes. */
async function callOnce({ post }: Controlled): Promise<void> {
  await post('/show/system/status', { options: {} })
}

t.test('POST /fixtures with a ring replaces that of the scope', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { ...JOB, tag: 'before' })
  const jobs = [
    { ...JOB, tag: 'far', cluster: 'b' },
    { ...JOB, tag: 'near' },
  ]
  await server.must('POST /fixtures', { ring: RING, jobs })
  t.strictSame(statesOf(server.scope), { a: 'up', b: 'draining' })
  t.strictSame(placesOf(server.scope), {
    before: ['a', 'ab'],
    far: ['b', 'ab'],
    near: ['a', 'ab'],
  })
})

t.test('POST /jobs creates a job on the named cluster', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /fixtures', { ring: { ...RING, jobs: 'own' } })
  await server.must('POST /jobs', { ...JOB, tag: 'far', cluster: 'b' })
  await server.must('POST /jobs', { ...JOB, tag: 'near' })
  t.strictSame(placesOf(server.scope), { far: ['b', 'b'], near: ['a', 'a'] })
})

t.test(
  'POST /fixtures changes nothing if the ring is fixed, or anything else is wrong',
  async (t) => {
    const server = await startControlled(t)
    await server.must('POST /jobs', { ...JOB, tag: 'taken' })
    const before = await server.must('GET /fixtures')
    const timeline = [{ at: '1s', cluster: 'b', state: 'down' }]
    const loaded = { ring: RING, timeline, jobs: [{ ...JOB, tag: 'new' }], rules: [] }
    const taken = { ...loaded, jobs: [{ ...JOB, tag: 'taken' }] }
    const refused = await server.control('POST /fixtures', taken)
    t.match(refused, { status: 409, body: { code: 'JOB_TAG_TAKEN' } })
    t.strictSame(await server.must('GET /fixtures'), before)
    await callOnce(server)
    t.match(await server.control('POST /fixtures', loaded), { body: { code: 'RING_FIXED' } })
    t.strictSame(await server.must('GET /fixtures'), before)
    t.strictSame(statesOf(server.scope), { a: 'up' })
  },
)

t.test('jobs of an own ring may share a tag on different clusters, also when saved', async (t) => {
  const server = await startControlled(t)
  const jobs = [
    { ...JOB, tag: 'x' },
    { ...JOB, tag: 'x', cluster: 'b' },
  ]
  const own: FixtureDocument = { ring: { clusters: [...RING.clusters], jobs: 'own' }, jobs }
  const twice: FixtureDocument = { ...own, jobs: [...jobs, { ...JOB, tag: 'x', cluster: 'b' }] }
  t.equal((await server.control('POST /fixtures', twice)).body['code'], 'JOB_TAG_TAKEN')
  await server.must('POST /fixtures', own)
  const saved = await server.must('GET /fixtures')
  const other = await startControlled(t)
  await other.must('POST /fixtures', saved)
  t.strictSame(await other.must('GET /fixtures'), saved)
  const { problems, seeds } = loadFixtures([own], FIXTURE_CONTEXT)
  t.strictSame([problems, seeds.length], [[], 2])
  t.equal(loadFixtures([twice], FIXTURE_CONTEXT).problems.length, 1)
  const shared = { ring: { ...RING, jobs: 'replicated' } }
  const { status, body } = await server.control('POST /fixtures', shared)
  const detail = 'Cannot change the ring: jobs 1 and 2 would both have the tag x on a'
  t.strictSame([status, body['detail']], [409, detail])
  t.strictSame(await server.must('GET /fixtures'), saved)
})

t.test('jobs that are not where the ring has them are saved with their clusters', async (t) => {
  const [original, copy] = [await startControlled(t), await startControlled(t)]
  await original.must('POST /fixtures', { ring: { clusters: [{ name: 'a' }, { name: 'b' }] } })
  const headers = { 'x-kinetica-group': 'REPL_NONE' }
  const body = JSON.stringify(alterTable('local'))
  for (const path of ['/~default~b/create/job', '/create/job']) {
    await sendHttp(original.port, { method: 'POST', path, headers, body })
  }
  await original.post('/create/job', alterTable('shared'))
  const whole = await original.must('GET /fixtures')
  t.match(whole['jobs'], [
    { tag: 'local', cluster: 'b', found_on: ['b'] },
    { tag: 'local', cluster: undefined, found_on: ['a'] },
    { tag: 'shared', cluster: undefined, found_on: undefined },
  ])
  await original.must('PATCH /clusters/a', { state: 'down', jobs: 'lose' })
  const saved = await original.must('GET /fixtures')
  t.match(saved['jobs'], [{ tag: 'local' }, { tag: 'shared', found_on: ['b'] }])
  t.strictSame(placesOf(original.scope), { local: ['b', 'b'], shared: ['a', 'b'] })
  await copy.must('POST /fixtures', saved)
  t.strictSame(placesOf(copy.scope), placesOf(original.scope))
  t.strictSame(await copy.must('GET /fixtures'), saved)
})

const anyCluster = fc.constantFrom('a', 'b', 'c')
const anyPlaced = fc.record(
  { cluster: anyCluster, found_on: fc.uniqueArray(anyCluster, { minLength: 1 }) },
  { requiredKeys: [] },
)
const anyRing = fc.constantFrom('replicated', 'own')

t.test('a saved scope has its jobs on the same clusters when it is loaded', async (t) => {
  const clusters = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
  await fc.assert(
    fc.asyncProperty(anyRing, fc.array(anyPlaced), anyCluster, async (sharing, places, lost) => {
      await using original = await startMockGpudb({ clock: 'frozen' })
      await using copy = await startMockGpudb({ clock: 'frozen' })
      const jobs = places.map((place, index) => ({ ...JOB, ...place, tag: `t${index}` }))
      original.fixtures.load({ ring: { clusters, jobs: sharing }, jobs })
      original.clusters.patch(lost, { state: 'down', jobs: 'lose' })
      const saved = original.fixtures.save()
      copy.fixtures.load(saved)
      deepStrictEqual(copy.fixtures.save(), saved)
    }),
    { numRuns: 20 },
  )
  t.pass('20 scopes')
})

t.test('POST /fixtures with the ring that the scope has is no change', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /fixtures', { ring: { ...RING, jobs: 'own' } })
  await callOnce(server)
  await server.must('POST /jobs', { ...JOB, tag: 'same', cluster: 'b' })
  const jobs = [{ ...JOB, tag: 'same' }]
  await server.must('POST /fixtures', { ring: { ...RING, jobs: 'own' }, jobs })
  t.equal(server.scope.jobs.count(), 2, 'a tag of each cluster')
})

t.test('POST /fixtures refuses too many entries, and changes nothing', async (t) => {
  const server = await startControlled(t)
  const entry = { at: '1s', cluster: 'a', state: 'down' }
  await server.must('POST /fixtures', { timeline: [entry] })
  const timeline = Array.from({ length: MAX_ENTRIES }, () => entry)
  const refused = await server.control('POST /fixtures', { timeline, jobs: [JOB] })
  t.match(refused.body, { code: 'TOO_MANY_ENTRIES' })
  t.strictSame([server.scope.jobs.count(), server.scope.timeline.list().length], [0, 1])
})

t.test('documents may name the clusters of the scope, or of their own ring', async (t) => {
  const server = await startControlled(t)
  const rule = { when: { endpoint: '/alter/table', cluster: 'b' }, then: { error: 'no' } }
  const fault = { when: { cluster: 'b' }, fault: 'reset' }
  const job = { ...JOB, cluster: 'b' }
  const routes = {
    'POST /rules': rule,
    'POST /faults': fault,
    'POST /jobs': job,
    'POST /requests/verify': { when: rule.when, times: { exactly: 0 } },
    'POST /fixtures': { rules: [rule] },
  }
  for (const [route, document] of Object.entries(routes)) {
    const { status, body } = await server.control(route, document)
    t.match([status, body['detail']], [/4\d\d/, /there is no cluster "b", only a/], route)
  }
  const timeline = [{ at: 1, cluster: 'b', state: 'down' }]
  await server.must('POST /fixtures', {
    ring: RING,
    rules: [rule],
    faults: [fault],
    jobs: [job],
    timeline,
  })
  for (const [route, document] of Object.entries(routes)) {
    if (route !== 'POST /requests/verify') await server.must(route, document)
  }
  await callOnce(server)
  await server.must('POST /requests/verify', routes['POST /requests/verify'])
})

t.test(
  'a timeline of a document starts when it is loaded, and may switch faults of the scope',
  async (t) => {
    const server = await startControlled(t)
    await server.must('POST /faults', { name: 'slow', enabled: false, delay: '1s' })
    await server.must('POST /faults', { enabled: false, delay: '1s' })
    server.clock.advance(500)
    const timeline = [
      { at: 100, fault: 'slow', enabled: true },
      { at: 100, fault: 'fault-2', enabled: true },
      { at: 200, cluster: 'a', state: 'down', for: 50 },
    ]
    await server.must('POST /fixtures', { timeline })
    const enabled = () => {
      server.scope.settle()
      return server.scope.faults.list().map((fault) => fault.enabled)
    }
    server.clock.advance(99)
    t.strictSame([enabled(), statesOf(server.scope)], [[false, false], { a: 'up' }])
    server.clock.advance(1)
    t.strictSame(enabled(), [true, true])
    server.clock.advance(100)
    t.strictSame(statesOf(server.scope), { a: 'down' })
    server.clock.advance(50)
    t.strictSame(statesOf(server.scope), { a: 'up' })
  },
)

const WORLD: FixtureDocument = {
  jobs: [
    { ...JOB, job_id: 1, tag: 'near', encoding: 'json' },
    { ...JOB, job_id: 2, tag: 'far', encoding: 'json', cluster: 'b' },
  ],
  faults: [{ name: 'slow', delay: '1s', enabled: false }],
  ring: {
    clusters: [
      { name: 'a', host: 'db-a' },
      { name: 'b', host: 'db-b', state: 'stopping' },
    ],
    jobs: 'own',
  },
  timeline: [
    { at: 10, cluster: 'a', state: 'down' },
    { at: '1s', cluster: 'a', state: 'offline', for: '5s', drain: '2s', jobs: 'lose' },
    { at: '2s', fault: 'slow', enabled: true },
    { at: '20s', job: 'near', release: true },
    { at: '20s', job: 2, cancel: true },
    { at: '21s', job: 'far', finish: { outcome: 'ERROR' } },
    { at: '21s', job: 'far', finish: { outcome: 'ERROR', error: 'lost' } },
  ],
}

/** What a world shows at times, in ms. */
function watch({ scope, clock }: Controlled, times: readonly number[]): unknown[] {
  let nowMs = 0
  return times.map((atMs) => {
    clock.advance(atMs - nowMs)
    nowMs = atMs
    const jobs = scope.jobs.list().map(({ job: { tag }, state: { status } }) => [tag, status])
    const faults = scope.faults.list().map(({ enabled }) => enabled)
    return { states: statesOf(scope), places: placesOf(scope), jobs, faults }
  })
}

const TIMES = [0, 5, 400, 500, 1499, 1500, 2500, 7499, 7500, 19_499, 19_500, 20_500, 60_000]

for (const startMs of [0, 9, 500, 1500, 3500, 6000, 20_500]) {
  t.test(`a scope saved after ${startMs} ms goes on as the scope itself does`, async (t) => {
    const [original, copy] = [await startControlled(t), await startControlled(t)]
    await original.must('POST /fixtures', WORLD)
    original.clock.advance(startMs)
    const saved = await original.must('GET /fixtures')
    await copy.must('POST /fixtures', saved)
    t.strictSame(watch(copy, TIMES), watch(original, TIMES))
  })
}

t.test('GET /fixtures has the present states, and the rest of the timeline', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /fixtures', WORLD)
  server.clock.advance(1500)
  const { ring, timeline, jobs } = await server.must('GET /fixtures')
  t.strictSame(ring, {
    clusters: [
      { name: 'a', host: 'db-a', state: 'draining' },
      { name: 'b', host: 'db-b', state: 'stopping' },
    ],
    jobs: 'own',
  })
  t.strictSame(timeline, [
    { at: 1500, cluster: 'a', state: 'offline', for: 5000, jobs: 'lose' },
    { at: 500, fault: 'slow', enabled: true },
    { at: 18_500, job: 'near', release: true },
    { at: 18_500, job: 2, cancel: true },
    { at: 19_500, job: 'far', finish: { outcome: 'ERROR' } },
    { at: 19_500, job: 'far', finish: { outcome: 'ERROR', error: 'lost' } },
  ])
  t.match(jobs, [
    { tag: 'near', cluster: undefined },
    { tag: 'far', cluster: 'b' },
  ])
})

t.test('GET /fixtures of a scope without a ring, timeline or outage has none', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /fixtures', { timeline: [{ at: 0, cluster: 'a', state: 'up' }] })
  t.strictSame(await server.must('GET /fixtures'), { jobs: [], rules: [] })
})

t.test('the outage of a single cluster is saved as an entry', async (t) => {
  const [original, copy] = [await startControlled(t), await startControlled(t)]
  const timeline = [{ at: 0, cluster: 'a', state: 'down', for: '1s' }]
  await original.must('POST /fixtures', { timeline })
  original.clock.advance(400)
  const saved = await original.must('GET /fixtures')
  t.strictSame(saved['timeline'], [
    { at: 0, cluster: 'a', state: 'down' },
    { at: 600, cluster: 'a', state: 'up' },
  ])
  await copy.must('POST /fixtures', saved)
  t.strictSame(statesOf(copy.scope), { a: 'down' })
  copy.clock.advance(600)
  t.strictSame(statesOf(copy.scope), { a: 'up' })
})

t.test('an outage that an entry ends before is saved as that entry', async (t) => {
  const server = await startControlled(t)
  const timeline = [
    { at: 0, cluster: 'a', state: 'down', for: '10s' },
    { at: '5s', cluster: 'a', state: 'stopping' },
  ]
  await server.must('POST /fixtures', { timeline })
  t.strictSame((await server.must('GET /fixtures'))['timeline'], [
    { at: 0, cluster: 'a', state: 'down' },
    { at: 5000, cluster: 'a', state: 'stopping' },
  ])
})

t.test('a fault that the timeline switches is saved with its name', async (t) => {
  const [original, copy] = [await startControlled(t), await startControlled(t)]
  await original.must('POST /faults', { delay: '1s', enabled: false })
  await original.must('POST /faults', { delay: '2s' })
  await original.must('POST /fixtures', { timeline: [{ at: 1, fault: 'fault-1', enabled: true }] })
  const saved = await original.must('GET /fixtures')
  t.strictSame(saved['faults'], [{ delay: '2s' }, { name: 'fault-1', delay: '1s', enabled: false }])
  t.match(await copy.must('POST /fixtures', saved), { faults: [{}, { name: 'fault-1' }] })
})

t.test('entries about clusters and faults that are gone are not saved', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /faults', { name: 'slow', delay: '1s' })
  const timeline = [
    { at: 1, cluster: 'a', state: 'down' },
    { at: 1, fault: 'slow', enabled: false },
  ]
  await server.must('POST /fixtures', { timeline })
  await server.must('DELETE /faults')
  await server.must('POST /fixtures', { ring: { clusters: [{ name: 'x' }, { name: 'y' }] } })
  t.strictSame(await server.must('GET /fixtures'), {
    jobs: [],
    rules: [],
    ring: { clusters: [{ name: 'x' }, { name: 'y' }], jobs: 'replicated' },
  })
})

t.test('in process, the option ring has clusters, and a ring of the fixtures wins', async (t) => {
  await using two = await startMockGpudb({ ring: 2 })
  const clusters = [{ name: 'a' }, { name: 'b' }]
  t.strictSame(two.fixtures.save().ring, { clusters, jobs: 'replicated' })
  const rule = { when: { endpoint: '/alter/table', cluster: 'b' }, then: { error: 'no' } }
  await using known = await startMockGpudb({ ring: 2, fixtures: [{ rules: [rule] }] })
  t.equal(known.rules.list().length, 1)
  const ring = { clusters: [{ name: 'x' }, { name: 'y' }] }
  await using other = await startMockGpudb({ ring: 3, fixtures: [{ ring }] })
  t.strictSame(other.fixtures.save().ring, { ...ring, jobs: 'replicated' })
  const unknown = startMockGpudb({ ring: 3, fixtures: [{ ring, rules: [rule] }] })
  await t.rejects(unknown, { message: /there is no cluster "b", only x, y/ })
  await t.rejects(startMockGpudb({ ring: 1 }), {
    message: 'Cannot use the options: ring: expected a number of clusters from 2 to 8, got 1',
  })
})
