import t from 'tap'
import type { FixtureLifecycle } from '../../src/fixture-format/lifecycle-format.ts'
import { startMockGpudb } from '../../src/index.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { nextTurn } from '../support/next-turn.ts'
import { START_MS, seedJob } from '../support/server.ts'

const HELD: FixtureLifecycle = { steps: [{ after: '1s', progress: 40 }, { hold: true }] }

/** A job that is held at 40 percent after a second. */
async function hold(server: Controlled): Promise<void> {
  await server.must('POST /jobs', {
    ...{ job_id: 7, tag: 'seven', endpoint: '/alter/table', lifecycle: HELD },
  })
  await server.must('POST /clock/advance', { by: '1s' })
}

async function poll(server: Controlled, job_id: number): Promise<Record<string, unknown>> {
  return server.call('/get/job', { job_id })
}

t.test('POST /jobs creates a job of a fixture, with every digit of its id', async (t) => {
  const server = await startControlled(t)
  const { status, body } = await server.control('POST /jobs', {
    ...{ job_id: 9007199254740993n, tag: 'big', endpoint: '/alter/table', encoding: 'json' },
    ...{ request: { table_name: 'orders' }, response: { action: 'ttl' } },
  })
  t.equal(status, 201)
  t.strictSame(body, {
    job_id: 9007199254740993n,
    tag: 'big',
    endpoint: '/alter/table',
    encoding: 'json',
    status: 'RUNNING',
    progress: 0,
    step: 0,
    polls: 0,
    created_at_ms: START_MS,
    changed_at_ms: START_MS,
    next_change_at_ms: START_MS + 1000,
    user: '',
    source_ip: '',
    cluster: 'a',
    error: '',
    lifecycle: {
      steps: [{ after: 1000, progress: 100 }],
      outcome: 'DONE',
      cancel: 'immediate',
    },
    request: { table_name: 'orders', action: '', value: '', options: {} },
    response: { action: 'ttl' },
  })
  t.strictSame(await server.must('GET /jobs/9007199254740993'), body)
  t.strictSame(await server.must('GET /jobs/tag:big'), body)
})

t.test('POST /jobs rejects endpoints that cannot run as a job, as the wire does', async (t) => {
  const server = await startControlled(t)
  for (const endpoint of ['/create/job', '/get/job']) {
    const problem = { path: 'endpoint', message: `${endpoint} cannot run as a job` }
    t.match(await server.control('POST /jobs', { endpoint }), {
      ...{ status: 422, body: { code: 'BAD_FIXTURES', problems: [problem] } },
    })
    t.equal((await server.control('POST /fixtures', { jobs: [{ endpoint }] })).status, 422)
    t.equal((await server.post('/create/job', { endpoint })).status, 400)
  }
})

t.test('lists of jobs and of requests take an endpoint with *, of bounded length', async (t) => {
  const server = await startControlled(t)
  for (const endpoint of ['/alter/table', '/alter/role', '/clear/table']) {
    await server.must('POST /jobs', { endpoint })
    await server.post(endpoint, '{}')
  }
  for (const [endpoint, total] of [
    ['/alter/*', 2],
    ['*/table', 2],
    ['/alter/role', 1],
    ['/alter*e', 2],
    ['/alter', undefined],
  ] as const) {
    for (const list of ['jobs', 'requests']) {
      const { body } = await server.control(`GET /${list}?endpoint=${endpoint}`)
      t.equal(body['total'], total, endpoint)
    }
  }
  for (const list of ['jobs', 'requests']) {
    t.match((await server.control(`GET /${list}?endpoint=${'*'.repeat(201)}`)).body, {
      code: 'BAD_REQUEST',
      detail: /^Cannot list \w+: endpoint: expected a text of at most 200 characters, got /,
    })
  }
})

t.test('GET /jobs/{id} shows a raw result as the fixture has it', async (t) => {
  const server = await startControlled(t)
  for (const result of [{ response_text: '{"table' }, { response_base64: 'AAE=' }]) {
    const { job_id } = await server.must('POST /jobs', { endpoint: '/alter/table', ...result })
    const shown = await server.must(`GET /jobs/${job_id}`)
    t.match(shown, result)
    t.notOk('response' in shown)
  }
})

t.test('POST /jobs rejects invalid fixtures, and an id or a tag in use', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n, tag: 'seven' })] })
  const cases = [
    {
      ...{ body: { endpoint: '/alter/tabel' }, status: 422, code: 'BAD_FIXTURES' },
      detail: /^Cannot create the job: endpoint: GPUdb has no endpoint .*did you mean/,
    },
    {
      ...{ body: { endpoint: '/alter/table', lifecycel: {} }, status: 422, code: 'BAD_FIXTURES' },
      detail:
        'Cannot create the job: lifecycel: the key "lifecycel" is not known (did you mean lifecycle?)',
    },
    {
      ...{ body: { endpoint: '/alter/table', job_id: 7 }, status: 409, code: 'JOB_ID_TAKEN' },
      detail: 'Cannot create job 7: the id is in use',
    },
    {
      ...{ body: { endpoint: '/alter/table', tag: 'seven' }, status: 409, code: 'JOB_TAG_TAKEN' },
      detail: /seven: job 7 has it/,
    },
    {
      ...{ body: undefined, status: 422, code: 'BAD_FIXTURES' },
      detail: 'Cannot create the job: expected an object, got nothing',
    },
  ]
  for (const { body, status, ...problem } of cases) {
    const answer = await server.control('POST /jobs', body)
    t.equal(answer.status, status)
    t.equal(answer.headers['content-type'], 'application/problem+json')
    t.match(answer.body, { status, type: `urn:mock-gpudb:${problem.code}`, ...problem })
  }
  t.equal(server.scope.jobs.count(), 1)
})

t.test('jobs.create() in process rejects the wrong shape too', async (t) => {
  await using mock = await startMockGpudb()
  t.throws(() => mock.jobs.create(JSON.parse('{ "endpoint": 7 }')), {
    code: 'BAD_FIXTURES',
    problems: [{ path: 'endpoint' }],
  })
})

t.test('GET /jobs filters and pages', async (t) => {
  const server = await startControlled(t)
  await server.call('/create/job', alterTable('one'))
  await server.must('POST /jobs', { tag: 'two', endpoint: '/admin/rebalance' })
  await server.must('POST /jobs', { tag: 'three', endpoint: '/alter/table' })
  await server.must('POST /jobs/tag:three/finish', { outcome: 'ERROR' })
  const tags = async (query: string) => {
    const { jobs, total } = await server.must(`GET /jobs${query}`)
    return { total, tags: Array.isArray(jobs) && jobs.map(({ tag }) => tag) }
  }
  t.strictSame(await tags(''), { total: 3, tags: ['one', 'two', 'three'] })
  t.strictSame(await tags('?status=RUNNING'), { total: 2, tags: ['one', 'two'] })
  t.strictSame(await tags('?endpoint=/alter/table'), { total: 2, tags: ['one', 'three'] })
  t.strictSame(await tags('?tag=two&status=RUNNING'), { total: 1, tags: ['two'] })
  t.strictSame(await tags('?limit=1&offset=1'), { total: 3, tags: ['two'] })
  t.strictSame(await tags('?limit=0'), { total: 3, tags: [] })
  for (const query of [
    'limit=1001',
    'limit=-1',
    'limit=x',
    'offset=',
    'status=done',
    'colour=red',
  ]) {
    const { status, body } = await server.control(`GET /jobs?${query}`)
    t.equal(status, 400, query)
    t.match(body, { code: 'BAD_REQUEST', detail: /^Cannot list jobs: / }, query)
  }
})

t.test('GET /jobs/{id} is no poll; an unknown or invalid reference is a problem', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', {
    job_id: 7,
    endpoint: '/alter/table',
    lifecycle: { steps: [{ polls: 1 }] },
  })
  for (let look = 0; look < 3; look += 1) {
    t.match(await server.must('GET /jobs/7'), { status: 'RUNNING', polls: 0 })
  }
  const cases = [
    { id: '8', status: 404, code: 'JOB_NOT_FOUND' },
    { id: 'tag:none', status: 404, code: 'JOB_NOT_FOUND' },
    { id: 'seven', status: 400, code: 'BAD_REQUEST' },
    { id: '0', status: 400, code: 'BAD_REQUEST' },
    { id: '-1', status: 400, code: 'BAD_REQUEST' },
    { id: '9223372036854775808', status: 400, code: 'BAD_REQUEST' },
    { id: `tag:${'x'.repeat(5000)}`, status: 404, code: 'JOB_NOT_FOUND' },
  ]
  for (const { id, status, code } of cases) {
    t.match(await server.control(`GET /jobs/${id}`), { status, body: { code } }, id)
  }
})

t.test('POST /jobs/{id}/release lets a job go on', async (t) => {
  const server = await startControlled(t)
  await hold(server)
  t.match(await poll(server, 7), { job_status: 'RUNNING', progress: 40 })
  t.match(await server.must('POST /jobs/tag:seven/release'), { status: 'DONE', progress: 100 })
  t.match(await poll(server, 7), { job_status: 'DONE', progress: 100 })
  const again = await server.control('POST /jobs/7/release')
  t.match(again, {
    status: 409,
    body: { code: 'JOB_NOT_HELD', detail: 'Cannot release job 7: it is already DONE' },
  })
  await server.must('POST /jobs', { job_id: 8, endpoint: '/alter/table' })
  t.match((await server.control('POST /jobs/8/release')).body, { detail: /its step is not a hold/ })
})

t.test('POST /jobs/{id}/finish ends a job with the outcome of the request', async (t) => {
  const server = await startControlled(t)
  for (const { id, end, seen } of [
    {
      ...{ id: 1, end: { outcome: 'DONE', response: { table_name: 'new' } } },
      seen: { job_status: 'DONE', progress: 100, successful: true },
    },
    {
      ...{ id: 2, end: { outcome: 'ERROR', error: 'rank 2 is unreachable' } },
      seen: {
        job_status: 'ERROR',
        progress: 50,
        status_map: { error_message: 'rank 2 is unreachable' },
      },
    },
    {
      ...{ id: 3, end: { outcome: 'ERROR' } },
      seen: { job_status: 'ERROR', status_map: { error_message: '/alter/table failed' } },
    },
    { id: 4, end: { outcome: 'CANCELLED' }, seen: { job_status: 'CANCELLED', progress: 50 } },
  ]) {
    await server.must('POST /jobs', { job_id: id, endpoint: '/alter/table', encoding: 'json' })
    await server.must('POST /clock/advance', { by: 500 })
    await server.must(`POST /jobs/${id}/finish`, end)
    t.match(await poll(server, id), seen)
    const again = await server.control(`POST /jobs/${id}/finish`, end)
    t.match(again, { status: 409, body: { code: 'JOB_FINISHED' } })
  }
  t.match(JSON.parse(String((await poll(server, 1))['job_response_str'])), { table_name: 'new' })
})

t.test('POST /jobs/{id}/finish rejects keys that do not fit the outcome', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table' })
  const cases = [
    { body: {}, code: 'BAD_REQUEST', detail: /outcome: the key "outcome" is missing/ },
    {
      body: { outcome: 'FINE' },
      code: 'BAD_REQUEST',
      detail: /expected one of DONE, ERROR, CANCELLED/,
    },
    {
      body: { outcome: 'DONE', error: 'x' },
      code: 'BAD_REQUEST',
      detail: /error: only a job that ends in ERROR/,
    },
    {
      ...{ body: { outcome: 'ERROR', response: {} }, code: 'BAD_REQUEST' },
      detail: /response: only a job that ends in DONE/,
    },
    {
      ...{ body: { outcome: 'DONE', response: { acton: 'x' } }, code: 'BAD_FIXTURES' },
      detail: /response\.acton: .*did you mean action/,
    },
  ]
  for (const { body, ...problem } of cases) {
    t.match((await server.control('POST /jobs/7/finish', body)).body, problem)
  }
  t.match(await server.must('GET /jobs/7'), { status: 'RUNNING' })
})

t.test('PATCH /jobs/{id} changes a running job from now on', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table', encoding: 'json' })
  await server.must('POST /clock/advance', { by: 200 })
  const patched = await server.must('PATCH /jobs/7', { progress: 60, response: { label: 'l' } })
  t.match(patched, { status: 'RUNNING', progress: 60, next_change_at_ms: START_MS + 1000 })
  await server.must('POST /clock/advance', { by: 400 })
  t.match(await poll(server, 7), { job_status: 'RUNNING', progress: 80 })
  const lifecycle = { steps: [{ polls: 1, progress: 90 }], outcome: 'ERROR', error: 'late' }
  t.match(await server.must('PATCH /jobs/7', { lifecycle }), { progress: 90 })
  t.match(await poll(server, 7), { job_status: 'RUNNING', progress: 90 })
  t.match(await poll(server, 7), { job_status: 'ERROR', status_map: { error_message: 'late' } })
})

t.test('PATCH /jobs/{id} changes the result that a client reads', async (t) => {
  const server = await startControlled(t)
  for (const [index, end] of ['POST /jobs/1/finish', 'POST /clock/run'].entries()) {
    const job_id = index + 1
    const request = { table_name: 'orders', action: 'ttl', value: '7' }
    const response = { label: 'first' }
    const job = { job_id, endpoint: '/alter/table', encoding: 'json', request, response }
    await server.must('POST /jobs', job)
    await server.must(`PATCH /jobs/${job_id}`, { response: { label: 'patched', type_id: 'T' } })
    await server.must(end, end.endsWith('finish') ? { outcome: 'DONE' } : undefined)
    const { job_status, job_response_str } = await poll(server, job_id)
    t.equal(job_status, 'DONE')
    t.strictSame(JSON.parse(String(job_response_str)), {
      ...{ table_name: 'orders', action: 'ttl', value: '7', type_id: 'T' },
      ...{ type_definition: '', properties: {}, label: 'patched', info: {} },
    })
  }
})

t.test(
  'PATCH /jobs/{id} rejects a lower progress, an invalid lifecycle, and a job that has ended',
  async (t) => {
    const server = await startControlled(t)
    await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table' })
    await server.must('POST /clock/advance', { by: 500 })
    const patch = (body: object) => server.control('PATCH /jobs/7', body)
    t.match(await patch({ progress: 30 }), { status: 409, body: { code: 'PROGRESS_FALLS' } })
    t.match(await patch({ progress: 100 }), { status: 400, body: { code: 'BAD_REQUEST' } })
    const lifecycle = { duration: '1s', steps: [] }
    t.match(await patch({ lifecycle }), { status: 422, body: { detail: /lifecycle\.duration: / } })
    t.match(await server.must('GET /jobs/7'), { progress: 50, status: 'RUNNING' })
    await server.must('POST /clock/run')
    t.match(await patch({ progress: 99 }), { status: 409, body: { code: 'JOB_FINISHED' } })
  },
)

t.test('POST /jobs/{id}/cancel asks as the lifecycle allows', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { job_id: 1, endpoint: '/alter/table' })
  await server.must('POST /jobs', { job_id: 2, endpoint: '/insert/records' })
  await server.must('POST /jobs', {
    job_id: 3,
    endpoint: '/alter/table',
    lifecycle: { cancel: { after: 300 } },
  })
  t.match(await server.must('POST /jobs/1/cancel'), { status: 'CANCELLED' })
  t.match(await server.control('POST /jobs/1/cancel'), {
    status: 409,
    body: { code: 'JOB_FINISHED' },
  })
  t.match(await server.control('POST /jobs/2/cancel'), {
    status: 409,
    body: { code: 'CANCEL_REFUSED' },
  })
  const next_change_at_ms = START_MS + 300
  t.match(await server.must('POST /jobs/3/cancel'), { status: 'RUNNING', next_change_at_ms })
  await server.must('POST /clock/next')
  t.match(await server.must('GET /jobs/3'), { status: 'CANCELLED', progress: 30 })
})

t.test('DELETE /jobs/{id} forgets a job', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table' })
  const { status, body } = await server.control('DELETE /jobs/7')
  t.strictSame([status, body], [204, {}])
  t.match(await server.control('DELETE /jobs/7'), { status: 404 })
  t.equal((await server.post('/get/job', { job_id: 7 })).status, 400)
})

t.test('GET /jobs/{id}/wait answers the moment that it holds', async (t) => {
  const server = await startControlled(t)
  await hold(server)
  const wait = server.control('GET /jobs/7/wait?timeout=1h')
  await server.waitedIn()
  await server.must('POST /jobs/7/release')
  t.match(await wait, { status: 200, body: { job_id: 7, status: 'DONE', progress: 100 } })
  t.match(await server.control('GET /jobs/7/wait'), { status: 200 })
})

t.test('GET /jobs/{id}/wait answers when time passes by itself', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'scaled', scale: 10 })
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table' })
  const wait = server.control('GET /jobs/7/wait?timeout=1h')
  await server.waitedIn()
  server.time.pass(100)
  t.match(await wait, { status: 200, body: { status: 'DONE', changed_at_ms: START_MS + 1000 } })
})

t.test('GET /jobs/{id}/wait moves an auto clock, through thousands of steps', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'auto' })
  const steps = Array.from({ length: 5000 }, () => ({ after: 10 }))
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table', lifecycle: { steps } })
  t.match(await server.must('GET /jobs/7/wait'), {
    status: 'DONE',
    changed_at_ms: START_MS + 50_000,
  })
})

t.test('GET /jobs/{id}/wait gives up with the job as it is', async (t) => {
  const server = await startControlled(t)
  await hold(server)
  const { status, body } = await server.control('GET /jobs/7/wait?timeout=1ms')
  t.equal(status, 408)
  t.match(body, { code: 'WAIT_TIMED_OUT', job: { job_id: 7, status: 'RUNNING', progress: 40 } })
})

t.test('GET /jobs/{id}/wait rejects at once a status that can never come', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table' })
  const frozen = await server.control('GET /jobs/7/wait?timeout=1h')
  t.match(frozen, {
    status: 409,
    body: { code: 'WAIT_CANNOT_HOLD', detail: /changes in 1000 ms: advance the clock/ },
  })
  await server.must('POST /jobs/7/finish', { outcome: 'ERROR' })
  const ended = await server.control('GET /jobs/7/wait?status=DONE&timeout=1h')
  t.match(ended, { status: 409, body: { detail: /it is ERROR, which never changes/ } })
  t.match(await server.control('GET /jobs/8/wait'), { status: 404 })
  for (const timeout of ['-1', '5 s', '101y', '1e99']) {
    t.match(await server.control(`GET /jobs/7/wait?timeout=${encodeURIComponent(timeout)}`), {
      status: 400,
    })
  }
})

t.test('GET /jobs/{id}/wait ends when the job or its scope goes away', async (t) => {
  const server = await startControlled(t)
  for (const { route, body, answer } of [
    {
      route: 'POST /jobs/7/finish',
      body: { outcome: 'ERROR' },
      answer: { code: 'WAIT_CANNOT_HOLD' },
    },
    { route: 'DELETE /jobs/7', body: undefined, answer: { code: 'JOB_NOT_FOUND' } },
    { route: 'POST /reset', body: undefined, answer: { code: 'SCOPE_CLOSED' } },
  ]) {
    await hold(server)
    const wait = server.control('GET /jobs/7/wait?timeout=1h')
    await server.waitedIn()
    await server.control(route, body)
    t.match((await wait).body, answer)
    await server.must('POST /reset')
  }
})

t.test('a wait that is aborted leaves nothing behind', async (t) => {
  await using mock = await startMockGpudb()
  mock.jobs.create({ job_id: 7, endpoint: '/alter/table', lifecycle: HELD })
  const gone = new AbortController()
  const wait = mock.jobs.wait(7, { timeout: '1h', signal: gone.signal })
  t.equal(mock.scopes()[0]?.waited_in, true)
  gone.abort()
  await t.rejects(wait, { code: 'WAIT_ABORTED' })
  t.equal(mock.scopes()[0]?.waited_in, false)
})

t.test('a wait whose signal is aborted before never begins', async (t) => {
  await using mock = await startMockGpudb()
  const signal = AbortSignal.abort(new Error('the test is over'))
  for (const [wait, action] of [
    [mock.requests.wait({ when: { endpoint: '*' }, signal }), 'wait for requests'],
    [
      mock.jobs.wait(mock.jobs.create({ endpoint: '/alter/table' }).job_id, { signal }),
      'wait for the job',
    ],
  ] as const) {
    const error: unknown = await wait.catch((thrown: unknown) => thrown)
    t.match(error, { code: 'WAIT_ABORTED', message: `Cannot ${action}: the wait was aborted` })
    t.match(Object(error).cause, { message: 'the test is over' })
  }
  t.equal(mock.scopes()[0]?.waited_in, false)
})

t.test('a wait over HTTP ends when its client leaves', async (t) => {
  const server = await startControlled(t)
  await hold(server)
  const leave = new AbortController()
  const { signal } = leave
  const gone = fetch(`${server.url}/__mock/jobs/7/wait?timeout=1h`, { signal })
  await server.waitedIn()
  leave.abort()
  await t.rejects(gone)
  while (server.scope.isWaitedIn) await nextTurn()
  t.match(await server.control('GET /jobs/7/wait?signal=x'), {
    status: 400,
    body: { detail: 'Cannot wait for the job: signal: expected an AbortSignal' },
  })
})

t.test('no JSON in the body of a wait is taken for a signal', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table' }
  const noMethods = { addEventListener: 1, removeEventListener: 1 }
  for (const signal of [{ aborted: true }, { aborted: false }, { aborted: false, ...noMethods }]) {
    t.match(await server.control('POST /requests/wait', { when, timeout: 1, signal }), {
      status: 400,
      body: { code: 'BAD_REQUEST', detail: /signal: expected an AbortSignal$/ },
    })
  }
  t.notOk(server.scope.isWaitedIn)
})
