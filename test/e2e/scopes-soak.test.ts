import t from 'tap'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { START_MS, seedJob } from '../support/server.ts'

const SCOPES = 50
const ROUNDS = 2
const HOUR_MS = 3_600_000

/** The time in which the job of a suite progresses by one percent. */
const PERCENT_MS = 100
const STEP = { after: 99 * PERCENT_MS, progress: 99 }

/** One of many suites: all use the same ids, tags and paths, each at its own pace. */
interface Suite {
  readonly scope: string
  /** The progress of its job after the clock is advanced. */
  readonly percent: number
  /** The number of its direct calls. */
  readonly calls: number
}

const SUITES: readonly Suite[] = Array.from({ length: SCOPES }, (_, index) => ({
  scope: `suite-${index + 1}`,
  percent: index + 1,
  calls: 1 + (index % 3),
}))

/** Runs a suite once, up to its reset, and returns the answers. */
async function runSuite(server: Controlled, suite: Suite): Promise<object> {
  const { scope, percent } = suite
  const must = (route: string, body?: unknown) => server.must(route, body, scope)
  const call = (path: string, body: unknown) => server.call(`/~${scope}${path}`, body)
  const poll = (job_tag: string) => call('/get/job', { options: { job_tag } })

  await prepare(server, scope)
  const first = await call('/create/job', alterTable('first'))
  const second = await call('/create/job', alterTable('second'))
  const start = await poll('first')
  const stepped = await must('POST /clock/advance', { by: PERCENT_MS * percent })
  const middle = await poll('first')
  await must('POST /jobs/tag:second/finish', { outcome: 'ERROR', error: `no more ${scope}` })
  const failed = await poll('second')
  const wait = must('POST /requests/wait', { when: { endpoint: '/get/job' }, at_least: 4 })
  const ran = await must('POST /clock/run')
  const end = await poll('first')
  const seen = {
    ids: [first['job_id'], second['job_id']],
    clock: [stepped['now_ms'], ran['now_ms']],
    progress: [start['progress'], middle['progress'], end['progress']],
    result: JSON.parse(String(end['job_response_str'])).table_name,
    failed: failed['status_map'],
    polled: (await must('POST /polls/verify', { job: 'tag:first', stops: true }))['gaps_ms'],
    waited: (await wait)['count'],
    direct: await callDirectly(server, suite),
  }
  return { ...seen, ...(await closeSuite(server, scope)) }
}

/** A rule of the suite; its answer identifies the suite. */
async function prepare(server: Controlled, scope: string): Promise<void> {
  const then = { response: { table_name: scope }, lifecycle: { steps: [STEP] } }
  await server.must('POST /rules', { when: { endpoint: '/alter/table' }, then }, scope)
}

async function callDirectly(server: Controlled, { scope, calls }: Suite): Promise<unknown[]> {
  const request = { table_name: '', action: '', value: '' }
  const answers = Array.from({ length: calls }, () =>
    server.call(`/~${scope}/alter/table`, request),
  )
  return (await Promise.all(answers)).map(({ table_name }) => table_name)
}

/** The content of the scope at the end, and after its reset. */
async function closeSuite(server: Controlled, scope: string): Promise<object> {
  const must = (route: string, body?: unknown) => server.must(route, body, scope)
  const when = { endpoint: '/alter/table', as: 'direct' }
  const counted = await must('POST /requests/count', { when })
  const held = await totals(server, scope)
  await must('POST /reset')
  return { counted: counted['count'], held, reset: await totals(server, scope) }
}

async function totals(server: Controlled, scope: string): Promise<unknown[]> {
  const must = (route: string) => server.must(route, undefined, scope)
  const { rules } = await must('GET /rules')
  const answered = [rules].flat().map((rule) => Object(rule).answered)
  return [(await must('GET /jobs'))['total'], (await must('GET /requests'))['total'], answered]
}

/** The expected answers to a suite in a round: none belongs to another suite. */
function expected({ scope, percent, calls }: Suite, round: number): object {
  const movedMs = PERCENT_MS * percent
  const startMs = START_MS + round * STEP.after
  return {
    ids: [2, 3],
    clock: [startMs + movedMs, startMs + STEP.after],
    progress: [0, percent, 100],
    result: scope,
    failed: { error_message: `no more ${scope}` },
    polled: [movedMs, STEP.after - movedMs],
    waited: 4,
    direct: Array(calls).fill(scope),
    counted: calls,
    held: [3, 6 + calls, [2 + calls]],
    reset: [1, 0, []],
  }
}

t.test('fifty simultaneous suites on one server are isolated from each other', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ tag: 'seeded' })] })
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round)
  const run = async (suite: Suite): Promise<void> => {
    for (const round of rounds) {
      const seen = await runSuite(server, suite)
      t.strictSame(seen, expected(suite, round), `${suite.scope}, round ${round}`)
    }
  }
  await Promise.all(SUITES.map(run))
  t.strictSame(await totals(server, 'default'), [1, 0, []])
  t.match(await server.must('GET /clock'), { now_ms: START_MS })
  t.match(await server.must('GET /scopes'), { scopes: { length: SCOPES + 1 } })
})

t.test('two hundred jobs of up to two days end without a sleep', async (t) => {
  const limits = { maxJobs: 200, maxFinished: 200, retentionMs: 48 * HOUR_MS }
  const server = await startControlled(t, { limits })
  const hoursOf = (index: number) => 1 + (index % 48)
  const jobs = Array.from({ length: 200 }, (_, index) => {
    const lifecycle = { duration: `${hoursOf(index)}h` }
    return { job_id: index + 1, endpoint: '/alter/table', encoding: 'json', lifecycle }
  })
  await server.must('POST /fixtures', { jobs })
  for (let hour = 1; hour <= 48; hour += 1) {
    await server.must('POST /clock/advance', { by: '1h' })
    const over = jobs.filter((_, index) => hoursOf(index) <= hour).length
    t.match(await server.must('GET /jobs?status=DONE&limit=1'), { total: over }, `hour ${hour}`)
    const last = await server.call('/get/job', { job_id: 48 })
    t.strictSame(last['running'], hour < 48, `hour ${hour}`)
  }
  const now = START_MS + 48 * HOUR_MS
  t.match(await server.must('GET /clock'), { mode: 'frozen', now_ms: now, next_change_at_ms: null })
})
