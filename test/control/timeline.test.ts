import t from 'tap'
import { type FixtureJob, startMockGpudb } from '../../src/index.ts'
import { MAX_ENTRIES } from '../../src/scope/timeline.ts'
import { startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { START_MS } from '../support/server.ts'

const HELD: FixtureJob = {
  tag: 'nightly',
  endpoint: '/alter/table',
  lifecycle: { steps: [{ hold: true }] },
}

const DOWN = { at: '10s', cluster: 'a', state: 'down', for: '5s' }
const SWITCH = { at: 2000, fault: 'slow', enabled: false }
const RELEASE = { at: '2s', job: 'nightly', release: true }

t.test('PUT /timeline replaces the entries, and GET shows what became of them', async (t) => {
  const server = await startControlled(t, { faults: faultsOf({ name: 'slow', delay: 0 }) })
  t.strictSame(await server.must('GET /timeline'), { entries: [] })
  await server.must('POST /jobs', HELD)
  await server.must('POST /clock/advance', { by: '1s' })
  const ahead = { applied: false, error: null }
  const put = await server.must('PUT /timeline', [DOWN, SWITCH, RELEASE])
  t.strictSame(put, {
    entries: [
      { at_ms: START_MS + 3000, ...ahead, entry: SWITCH },
      { at_ms: START_MS + 3000, ...ahead, entry: RELEASE },
      { at_ms: START_MS + 11_000, ...ahead, entry: DOWN },
    ],
  })
  t.strictSame(await server.must('GET /timeline'), put)
  t.match(await server.must('POST /clock/next'), {
    now_ms: START_MS + 3000,
    next_change_at_ms: START_MS + 11_000,
  })
  const done = { applied: true, error: null }
  t.match(await server.must('GET /timeline'), { entries: [done, done, ahead] })
  t.match(await server.must('GET /jobs/tag:nightly'), { status: 'DONE' })
  t.match(await server.must('GET /faults/fault-1'), { enabled: false })
  t.match(await server.must('POST /clock/next'), { next_change_at_ms: START_MS + 16_000 })
  t.match(await server.must('GET /clusters/a'), { state: 'down' })
  t.strictSame(await server.must('PUT /timeline', []), { entries: [] })
  t.match(await server.must('POST /clock/run'), { now_ms: START_MS + 16_000 })
  t.match(await server.must('GET /clusters/a'), { state: 'up' }, 'what a cluster planned stays')
})

t.test('an entry that is due at once is applied before the answer', async (t) => {
  const server = await startControlled(t)
  t.match(await server.must('PUT /timeline', [{ ...DOWN, at: 0 }]), {
    entries: [{ at_ms: START_MS, applied: true, error: null }],
  })
})

t.test('a wrong entry replaces nothing', async (t) => {
  const server = await startControlled(t, { faults: faultsOf({ name: 'slow', delay: 0 }) })
  const kept = await server.must('PUT /timeline', [DOWN])
  const wrong = [DOWN, { ...DOWN, cluster: 'b' }, { ...SWITCH, fault: 'slwo' }]
  const { status, body } = await server.control('PUT /timeline', wrong)
  t.strictSame([status, body['code']], [422, 'BAD_FIXTURES'])
  t.strictSame(body['problems'], [
    { path: '[1].cluster', message: 'there is no cluster "b", only a' },
    { path: '[2].fault', message: 'no fault has the name "slwo" (did you mean slow?)' },
  ])
  const bare = 'an entry has exactly one of cluster, fault and job, this one has 0'
  t.match(await server.control('PUT /timeline', [DOWN, { at: 1 }]), {
    status: 422,
    body: { problems: [{ path: '[1]', message: bare }] },
  })
  const shape = await server.control('PUT /timeline', [{ ...DOWN, at: 'x', sate: 'up' }])
  t.match(shape, {
    status: 422,
    body: { detail: /\[0\]\.sate: .*did you mean state.*\[0\]\.at: expected a duration/ },
  })
  const many = Array.from({ length: MAX_ENTRIES + 1 }, () => DOWN)
  const full = { status: 409, body: { code: 'TOO_MANY_ENTRIES' } }
  t.match(await server.control('PUT /timeline', many), full)
  t.strictSame(await server.must('GET /timeline'), kept)
})

t.test('setting the timeline creates the scope, and reading does not', async (t) => {
  const server = await startControlled(t)
  const missing = { status: 404, body: { code: 'SCOPE_NOT_FOUND' } }
  t.match(await server.control('GET /timeline', undefined, 'new'), missing)
  t.match(await server.must('PUT /timeline', [DOWN], 'new'), { entries: [{ entry: DOWN }] })
  t.strictSame(await server.must('GET /timeline'), { entries: [] })
})

t.test('an entry that could not be applied is a finding', async (t) => {
  const server = await startControlled(t)
  await server.post('/show/system/status', {})
  const missed = { at: '1s', job: 'nightly', cancel: true }
  await server.must('PUT /timeline', [missed, { ...RELEASE, job: 7 }])
  const clean = { clean: true, counts: { missed_entries: 0 }, missed_entries: [] }
  t.match(await server.must('GET /report'), clean, 'its time has not come')
  await server.must('POST /clock/run')
  const error = 'Cannot find the job tagged nightly: it was never created, or is gone'
  t.match(await server.must('GET /report'), {
    clean: false,
    counts: { missed_entries: 2 },
    missed_entries: [{ at_ms: START_MS + 1000, applied: true, error, entry: missed }, {}],
  })
  t.match(await server.control('GET /report?fail=true'), {
    status: 417,
    body: {
      detail: `The scope default is not clean: 2 missed entries (${error}, Cannot find job 7: it was never created, or is gone)`,
    },
  })
  t.match(await server.must('GET /report?checks=unmatched,unused_rules'), clean)
  t.match(await server.must('GET /report?checks=missed_entries'), { clean: false })
  await server.must('PUT /timeline', [])
  t.match(await server.must('GET /report'), clean)
})

t.test('secrets of entries are not shown, and a caller gets copies', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  mock.jobs.create(HELD)
  const finish = { outcome: 'ERROR', error: "PASSWORD 'hush'" } as const
  const { entries } = mock.timeline.put([{ at: '1s', job: 'nightly', finish }])
  t.equal(entries[0]?.entry.finish?.error, "PASSWORD '(redacted)'")
  Object.assign(entries[0]?.entry ?? {}, { job: 'changed' })
  t.equal(mock.timeline.list().entries[0]?.entry.job, 'nightly')
  mock.clock.run()
  t.match(mock.jobs.get('tag:nightly'), { status: 'ERROR' })
  t.throws(() => mock.timeline.put([{ at: 0, cluster: 'b', state: 'up' }]), {
    code: 'BAD_FIXTURES',
  })
})
