import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { ManualTime } from '../support/clocks.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { cancelJob, pollJob, serveFixtures } from '../support/exercise.ts'
import { faultsOf } from '../support/faults.ts'
import { createTestMock, FIXTURE_CONTEXT, START_MS, seedJob } from '../support/server.ts'

const page = readFileSync(new URL('../../docs/time.md', import.meta.url), 'utf8')

/** A call that a rule delays by two seconds. */
async function callDelayed(server: Controlled): Promise<{ readonly answer: Promise<unknown> }> {
  await server.must('POST /rules', {
    when: { endpoint: '/has/table' },
    then: { response: {}, delay: '2s' },
  })
  return { answer: server.call('/has/table', { table_name: 'orders' }) }
}

/** Creates job 7 with steps. */
async function createJob(server: Controlled, steps: readonly object[]): Promise<void> {
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table', lifecycle: { steps } })
}

t.test('docs/time.md: the example job behaves as in the table', async (t) => {
  const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const folder = t.testdir({ 'suite.yaml': text })
  const context = FIXTURE_CONTEXT
  const server = await serveFixtures(t, loadFixtures([join(folder, 'suite.yaml')], context))
  const rows = Array.from(page.matchAll(/^\| (\d+)(s|m) \| (poll|cancel) \| (.*)\|$/gm))
  t.equal(rows.length, 8)
  for (const [row, count, unit, event, said = ''] of rows) {
    const atMs = Number(count) * (unit === 'm' ? 60_000 : 1000)
    server.clock.advance(START_MS + atMs - server.clock.now())
    const [status, progress] = said.trim().split(' ')
    if (event === 'cancel') t.strictSame(await cancelJob(server, 42n), ['cancelled'], row)
    else t.match(await pollJob(server, 42n), { status, progress: Number(progress) }, row)
  }
})

t.test(
  'docs/time.md: a delayed poll reports the job at its arrival, and counts then',
  async (t) => {
    const server = await startControlled(t)
    await createJob(server, [{ polls: 1, progress: 40 }])
    server.scope.faults.add(faultsOf({ when: { endpoint: '/get/job' }, delay: '2s' }), START_MS)
    const answer = server.call('/get/job', { job_id: 7 })
    await server.waitedIn()
    t.match(await server.must('GET /jobs/7'), { status: 'DONE', polls: 1, changed_at_ms: START_MS })
    await server.must('POST /clock/advance', { by: '2s' })
    t.match(await answer, { job_status: 'RUNNING', progress: 40 })
  },
)

t.test('docs/time.md: a poll counts even if its answer is cut off', async (t) => {
  const server = await startControlled(t)
  await createJob(server, [{ polls: 1 }])
  server.scope.faults.add(faultsOf({ when: { endpoint: '/get/job' }, fault: 'reset' }), START_MS)
  await t.rejects(server.call('/get/job', { job_id: 7 }))
  t.match(await server.must('GET /jobs/7'), { status: 'DONE', polls: 1 })
})

t.test('docs/time.md: at one instant, steps are applied before a cancellation', async (t) => {
  const late = await startControlled(t)
  await createJob(late, [{ after: '3s' }])
  late.clock.advance(3000)
  t.strictSame(await cancelJob(late, 7n), ['already done'])

  const steps = [{ after: '3s', progress: 40 }, { after: '3s' }]
  const lifecycle = { steps, cancel: { after: '1s' } }
  for (const { cancelledAtMs, status, progress } of [
    { cancelledAtMs: 1999, status: 'CANCELLED', progress: 39 },
    { cancelledAtMs: 2000, status: 'CANCELLED', progress: 40 },
    { cancelledAtMs: 4999, status: 'CANCELLED', progress: 40 },
    { cancelledAtMs: 5000, status: 'DONE', progress: 100 },
  ]) {
    const server = await startControlled(t)
    await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table', lifecycle })
    server.clock.advance(cancelledAtMs)
    t.strictSame(await cancelJob(server, 7n), ['cancelled'])
    server.clock.advance(1000)
    const polled = await pollJob(server, 7n)
    t.strictSame([polled.status, polled.progress], [status, progress], String(cancelledAtMs))
  }
})

t.test('docs/time.md: a delayed answer waits on a real clock and on a scaled one', async (t) => {
  for (const { clock, realMs } of [
    { clock: { mode: 'real' }, realMs: 2000 },
    { clock: { mode: 'scaled', scale: 10 }, realMs: 200 },
  ]) {
    const server = await startControlled(t)
    await server.must('POST /clock', clock)
    const { answer } = await callDelayed(server)
    await server.waitedIn()
    server.time.pass(realMs - 1)
    t.equal(server.clock.waiting, 1, clock.mode)
    server.time.pass(1)
    t.match(await answer, { table_name: 'orders' })
  }
})

t.test('docs/time.md: an auto clock skips a delay', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'auto' })
  await (await callDelayed(server)).answer
  t.match(await server.must('GET /clock'), { mode: 'auto', now_ms: START_MS + 2000 })
})

t.test('docs/time.md: a clock that becomes auto does not skip pending delays', async (t) => {
  const server = await startControlled(t)
  await createJob(server, [{ hold: true }])
  const { answer } = await callDelayed(server)
  await server.waitedIn()
  await server.must('POST /clock', { mode: 'auto', poll_advance: '1s' })
  await server.call('/get/job', { job_id: 7 })
  t.equal(server.clock.waiting, 1)
  await server.call('/get/job', { job_id: 7 })
  t.match(await answer, { table_name: 'orders' })
})

t.test('docs/time.md: a wait for a job in a hold lasts until the job is advanced', async (t) => {
  for (const mode of ['frozen', 'auto']) {
    const server = await startControlled(t)
    await server.must('POST /clock', { mode })
    await createJob(server, [{ polls: 1 }, { hold: true }])
    const wait = server.control('GET /jobs/7/wait?timeout=1h')
    await server.waitedIn()
    await server.call('/get/job', { job_id: 7 })
    t.match(await server.must('GET /jobs/7'), { status: 'RUNNING', step: 1 })
    await server.must('POST /jobs/7/release')
    t.match(await wait, { status: 200, body: { status: 'DONE' } }, mode)
  }
})

t.test('docs/time.md: a wait on a frozen clock continues when a test advances it', async (t) => {
  const server = await startControlled(t)
  await createJob(server, [{ hold: true }, { after: '1s' }])
  const wait = server.control('GET /jobs/7/wait?timeout=1h')
  await server.waitedIn()
  await server.must('POST /jobs/7/release')
  await server.must('POST /clock/advance', { by: '1s' })
  t.match(await wait, { status: 200, body: { changed_at_ms: START_MS + 1000 } })
})

t.test('docs/time.md: next considers only jobs, and sends answers that become due', async (t) => {
  const server = await startControlled(t)
  await createJob(server, [{ after: '3s' }])
  await server.must('POST /jobs', { endpoint: '/has/table', lifecycle: { duration: '3s' } })
  const { answer } = await callDelayed(server)
  await server.waitedIn()
  t.match(await server.must('POST /clock/next'), {
    now_ms: START_MS + 3000,
    next_change_at_ms: null,
  })
  t.match(await answer, { table_name: 'orders' })
  t.match(await server.must('GET /jobs?status=DONE'), { total: 2 })
  const second = server.call('/has/table', { table_name: 'orders' })
  await server.waitedIn()
  t.match(await server.control('POST /clock/next'), { body: { code: 'NOTHING_AHEAD' } })
  await server.must('POST /clock/advance', { by: '2s' })
  await second
})

t.test('docs/time.md: a reset restores the mode of --clock', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'scaled', scale: 60, poll_advance: '1h' })
  server.time.pass(1000)
  await server.control('POST /reset')
  const clock = {
    mode: 'frozen',
    now_ms: START_MS + 60_000,
    next_change_at_ms: null,
    poll_advance_ms: 250,
  }
  t.strictSame(await server.must('GET /clock'), clock)
})

t.test('docs/time.md: the jobs of a scope start at its first use', async (t) => {
  const time = new ManualTime(START_MS)
  const { scopes } = createTestMock({ seeds: [seedJob()] }, time)
  scopes.open('default').clock.advance(60_000)
  time.pass(5000)
  const jobs = scopes.open('suite-a').jobs.list()
  const startedAtMs = jobs.map(({ job }) => job.createdAtMs)
  t.strictSame(startedAtMs, [START_MS + 5000])
})

t.test('docs/time.md: retention uses the time of the scope, and keeps fixtures', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 6n })] })
  await createJob(server, [{ after: '1s' }])
  await server.call('/create/job', alterTable('mine'))
  await server.must('POST /clock/advance', { by: '59m' })
  t.match(await server.must('GET /jobs?status=DONE'), { total: 3 })
  await server.must('POST /clock/advance', { by: '365h' })
  t.match(await server.must('GET /jobs'), { jobs: [{ job_id: 6 }, { job_id: 7 }], total: 2 })
})
