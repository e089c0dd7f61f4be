import t from 'tap'
import { MAX_TIME_MS } from '../../src/clock/controlled-clock.ts'
import type { Scope } from '../../src/scope/scope.ts'
import type { TimelineAction } from '../../src/scope/timeline.ts'
import { type Controlled, startControlled } from '../support/control.ts'
import { nextTurn } from '../support/next-turn.ts'
import { START_MS } from '../support/server.ts'

const HELD = {
  job_id: 7,
  endpoint: '/alter/table',
  lifecycle: { steps: [{ hold: true }, { after: '2s' }, { hold: true }, { after: '1s' }] },
}

const RELEASE: TimelineAction = { kind: 'release', job: { id: 7n } }
const CANCEL: TimelineAction = { kind: 'cancel', job: { id: 7n } }

/** Gives a scope a timeline that starts now. */
function script(scope: Scope, ...events: readonly (readonly [number, TimelineAction])[]): void {
  const entries = events.map(([afterMs, action]) => ({ afterMs, action, text: {} }))
  scope.timeline.replace(entries, scope.clock.now())
}

t.test('next stops at events of the timeline', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', HELD)
  script(server.scope, [1000, RELEASE], [5000, RELEASE])
  const times: unknown[] = []
  for (let stops = 0; stops < 4; stops += 1) {
    const { now_ms, next_change_at_ms } = await server.must('POST /clock/next')
    times.push([Number(now_ms) - START_MS, next_change_at_ms === null])
  }
  t.strictSame(times, [
    [1000, false],
    [3000, false],
    [5000, false],
    [6000, true],
  ])
  t.match(await server.control('POST /clock/next'), {
    status: 409,
    body: {
      code: 'NOTHING_AHEAD',
      detail:
        'Cannot move the clock to the next change: no job changes by time alone, and the timeline has nothing ahead',
    },
  })
})

t.test('run goes on with what an entry has started', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', HELD)
  script(server.scope, [1000, RELEASE], [5000, RELEASE])
  const end = { now_ms: START_MS + 6000, next_change_at_ms: null }
  t.match(await server.must('POST /clock/run'), end)
  t.match(await server.must('GET /jobs/7'), { status: 'DONE', changed_at_ms: START_MS + 6000 })
  t.match(await server.must('POST /clock/run'), end)
})

t.test('run goes no further than what an entry has left', async (t) => {
  const server = await startControlled(t)
  const lifecycle = { duration: '3h', cancel: 'immediate' }
  await server.must('POST /jobs', { ...HELD, lifecycle })
  script(server.scope, [1000, CANCEL])
  t.match(await server.must('POST /clock/run'), { now_ms: START_MS + 1000 })
})

t.test('run moves nothing if a clock cannot show the end', async (t) => {
  const server = await startControlled(t)
  const now_ms = MAX_TIME_MS - 1000
  await server.must('POST /clock', { mode: 'frozen', now_ms })
  await server.must('POST /jobs', { ...HELD, lifecycle: { duration: '1s' } })
  script(server.scope, [500, RELEASE], [2000, RELEASE])
  t.match(await server.control('POST /clock/run'), { status: 409, body: { code: 'CLOCK_LIMIT' } })
  t.match(await server.must('GET /clock'), { now_ms })
})

/** A wait for a held job, which two entries release after one second and after five. */
async function startWait(server: Controlled): Promise<{ readonly ended: Promise<unknown> }> {
  await server.must('POST /jobs', HELD)
  script(server.scope, [1000, RELEASE], [5000, RELEASE])
  return { ended: server.must('GET /jobs/7/wait?timeout=1h') }
}

const DONE = { status: 'DONE', changed_at_ms: START_MS + 6000 }

t.test('a wait ends by entries that release its job, on a clock that is moved', async (t) => {
  const server = await startControlled(t)
  const { ended } = await startWait(server)
  await server.waitedIn()
  await server.must('POST /clock/advance', { by: '6s' })
  t.match(await ended, DONE)
})

t.test('a wait ends by entries that release its job, on a clock that runs', async (t) => {
  for (const [setting, factor] of [
    [{ mode: 'real' }, 1],
    [{ mode: 'scaled', scale: 100 }, 100],
  ] as const) {
    const server = await startControlled(t)
    await server.must('POST /clock', setting)
    const { ended } = await startWait(server)
    // The wait sets a timer for the release, the end of the step, the release, the end of the job.
    for (const passMs of [1000, 2000, 2000, 1000]) {
      await server.waitedIn()
      while (server.time.waiting === 0) await nextTurn()
      server.time.pass(passMs / factor)
    }
    t.match(await ended, DONE, setting.mode)
  }
})

t.test('a wait moves an auto clock to the entries that release its job', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'auto' })
  const { ended } = await startWait(server)
  t.match(await ended, DONE)
  t.match(await server.must('GET /clock'), { now_ms: START_MS + 6000 })
})

t.test('a wait ends when an entry ends or loses its job', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'auto' })
  await server.must('POST /jobs', HELD)
  const job = { id: 7n }
  script(server.scope, [1000, { kind: 'finish', job, outcome: 'ERROR', error: 'late' }])
  t.match(await server.must('GET /jobs/7/wait?status=ERROR'), { status: 'ERROR', error: 'late' })
  await server.must('POST /jobs', { ...HELD, job_id: 8 })
  const move = { state: 'down', drainMs: undefined, forMs: undefined, jobs: 'lose' } as const
  script(server.scope, [1000, { kind: 'cluster', name: 'a', move }])
  const lost = await server.control('GET /jobs/8/wait')
  t.match(lost, { status: 404, body: { code: 'JOB_NOT_FOUND' } })
})
