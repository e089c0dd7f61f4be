import t from 'tap'
import { type Controlled, startControlled } from '../support/control.ts'

/** Polls job 7 at the start, and again after each of some times on the clock. */
async function poll(server: Controlled, ...gapsMs: number[]): Promise<void> {
  for (const by of [0, ...gapsMs]) {
    await server.must('POST /clock/advance', { by })
    await server.call('/get/job', { job_id: 7 })
  }
}

async function startPolled(
  t: Parameters<typeof startControlled>[0],
  options = {},
): Promise<Controlled> {
  const server = await startControlled(t, options)
  const lifecycle = { duration: '10s' }
  await server.must('POST /jobs', { job_id: 7, tag: 'seven', endpoint: '/alter/table', lifecycle })
  await server.must('POST /jobs', { job_id: 8, endpoint: '/alter/table' })
  return server
}

t.test('POST /polls/verify says how a job was polled', async (t) => {
  const server = await startPolled(t)
  await server.call('/get/job', { job_id: 8 })
  const unpolled = { polls: 0, gaps_ms: [], after_end: 0, dropped: 0 }
  t.strictSame(await server.must('POST /polls/verify', { job: 7 }), unpolled)
  await poll(server, 100, 200, 400, 10_000, 50)
  const found = { polls: 6, gaps_ms: [100, 200, 400, 10_000, 50], after_end: 1, dropped: 0 }
  for (const job of [7, 'tag:seven']) {
    t.strictSame(await server.must('POST /polls/verify', { job }), found)
  }
})

t.test('POST /polls/verify compares polls with expectations', async (t) => {
  const server = await startPolled(t)
  await poll(server, 100, 200, 200, 400)
  const cases: [object, string][] = [
    [{ times: { exactly: 5 } }, ''],
    [{ times: { at_most: 4 } }, 'expected at most 4 polls, got 5'],
    [{ gaps: { at_least: '100ms', at_most: 400 } }, ''],
    [{ gaps: { at_least: '101ms' } }, 'expected gaps of at least 101ms, the smallest is 100 ms'],
    [{ gaps: { at_most: 399 } }, 'expected gaps of at most 399, the largest is 400 ms'],
    [{ growing: true }, ''],
    [{ stops: true }, 'expected no poll after the end, no poll reported the end'],
    [{ growing: false, stops: false }, ''],
  ]
  for (const [wanted, miss] of cases) {
    const { status, body } = await server.control('POST /polls/verify', { job: 7, ...wanted })
    const detail = miss === '' ? undefined : `Job 7 was not polled as expected: ${miss}`
    t.strictSame(
      [status, body['detail']],
      [miss === '' ? 200 : 417, detail],
      JSON.stringify(wanted),
    )
  }
  await poll(server, 10_000, 100)
  const { body } = await server.control('POST /polls/verify', {
    job: 7,
    growing: true,
    stops: true,
  })
  t.match(body, {
    code: 'NOT_VERIFIED',
    detail: /expected growing gaps, got 100, .* ms; expected no poll after the end, got 1$/,
    polls: 8,
  })
})

t.test('POST /polls/verify takes gaps that stay the same for no growth', async (t) => {
  const server = await startPolled(t)
  await poll(server, 100, 100)
  t.match(await server.control('POST /polls/verify', { job: 7, growing: true }), { status: 417 })
})

t.test('POST /polls/verify fails if too few polls came to judge', async (t) => {
  const server = await startPolled(t)
  const missesOf = async (wanted: object) => {
    const { body } = await server.control('POST /polls/verify', { job: 7, ...wanted })
    return String(body['detail']).replace('Job 7 was not polled as expected: ', '')
  }
  const gaps = { at_least: '1ms', at_most: '1h' }
  t.equal(
    await missesOf({ gaps, growing: true, stops: true }),
    'expected gaps of at least 1ms, got 0 polls; expected gaps of at most 1h, got 0 polls; ' +
      'expected growing gaps, got 0 polls; expected no poll after the end, no poll reported the end',
  )
  await poll(server)
  t.equal(
    await missesOf({ gaps: { at_least: 0 }, times: { exactly: 2 } }),
    'expected exactly 2 polls, got 1; expected gaps of at least 0, got 1 poll',
  )
  await poll(server)
  t.equal(await missesOf({ growing: true }), 'expected growing gaps, got 2 polls')
  await server.must('POST /clock/run')
  await poll(server)
  t.match(await server.must('POST /polls/verify', { job: 7, stops: true }), { after_end: 0 })
})

t.test('POST /polls/verify does not trust a journal that dropped requests', async (t) => {
  const server = await startPolled(t, { journal: { maxRequests: 2, maxBytes: 10_000 } })
  await poll(server, 100, 100)
  const { status, body } = await server.control('POST /polls/verify', { job: 7 })
  t.strictSame([status, body['dropped']], [417, 1])
  t.match(body['detail'], /: 1 request dropped, raise journal-requests$/)
})

t.test('POST /polls/verify rejects an unknown or invalid job', async (t) => {
  const server = await startPolled(t)
  for (const [job, status] of [
    [9, 404],
    ['tag:none', 404],
    ['seven', 400],
    [true, 400],
    [-1, 400],
  ] as const) {
    t.match(await server.control('POST /polls/verify', { job }), { status }, String(job))
  }
  t.match(await server.control('POST /polls/verify', { job: 7, gaps: { at_least: 'x' } }), {
    status: 400,
  })
})
