import t from 'tap'
import { startMockGpudb } from '../../src/index.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { sendHttp } from '../support/http.ts'
import { jobOf } from '../support/job-definition.ts'
import { loadRules } from '../support/rules.ts'
import { encodeRequest, START_MS, seedJob } from '../support/server.ts'

const ALTER = { endpoint: '/alter/table' }

async function alter(server: Controlled, table_name: string): Promise<void> {
  await server.post('/alter/table', { table_name, action: 'ttl', value: '5' })
}

/** The parts of a list's entries that are wanted. */
function pick(list: unknown, ...keys: string[]): unknown[] {
  if (!Array.isArray(list)) return []
  return list.map((entry) => keys.map((key) => entry[key]))
}

t.test('GET /requests shows requests decoded, with their outcome', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /rules', {
    name: 'failing',
    when: ALTER,
    then: { error: 'no', http_status: 409 },
  })
  await server.must('POST /clock/advance', { by: 5 })
  const headers = {
    'content-type': 'application/octet-stream',
    authorization: 'Basic YW5uOnNlY3JldA==',
  }
  const body = encodeRequest('binary', '/alter/table', {
    table_name: 'orders',
    action: 'ttl',
    value: '5',
    options: { a: 'b' },
  })
  await sendHttp(server.port, { method: 'POST', path: '/alter/table', headers, body })
  const { requests, total, dropped } = await server.must('GET /requests')
  t.strictSame([total, dropped], [1, 0])
  const [entry] = Array.isArray(requests) ? requests : []
  t.type(entry.duration_ms, 'number')
  t.strictSame(
    { ...entry, duration_ms: 0 },
    {
      id: 1,
      at_ms: START_MS + 5,
      duration_ms: 0,
      delay_ms: 0,
      endpoint: '/alter/table',
      encoding: 'binary',
      user: 'ann',
      source_ip: '127.0.0.1',
      cluster: 'a',
      headers: {
        'content-type': 'application/octet-stream',
        authorization: 'Basic (redacted)',
        host: `127.0.0.1:${server.port}`,
        connection: 'close',
        'content-length': '19',
      },
      status: 409,
      sent_bytes: 16,
      error: 'no',
      rule: 'failing',
      fault: [],
      unmatched: false,
      nearest: null,
      decoded: true,
      interrupted: false,
      job_id: null,
      job_endpoint: null,
      job_status: null,
      request: { table_name: 'orders', action: 'ttl', value: '5', options: { a: 'b' } },
      job: null,
      body_base64: body.toString('base64'),
    },
  )
})

t.test(
  'GET /requests finds the requests of a user, and those that matched or did not',
  async (t) => {
    const server = await startControlled(t)
    await server.must('POST /rules', {
      when: { ...ALTER, request: { table_name: 'known' } },
      then: { error: 'no' },
    })
    await alter(server, 'known')
    await alter(server, 'unknown')
    const body = encodeRequest('binary', '/alter/table', {
      table_name: 'unknown',
      action: 'ttl',
      value: '5',
      options: {},
    })
    const headers = {
      'content-type': 'application/octet-stream',
      authorization: 'Basic YW5uOnNlY3JldA==',
    }
    await sendHttp(server.port, { method: 'POST', path: '/alter/table', headers, body })
    const ids = async (query: string) =>
      pick((await server.must(`GET /requests?${query}`))['requests'], 'id')
    t.strictSame(await ids('user=ann'), [[3]])
    t.strictSame(await ids('user='), [[1], [2]])
    t.strictSame(await ids('unmatched=true'), [[2], [3]])
    t.strictSame(await ids('unmatched=false'), [[1]])
    t.strictSame(await ids('user=ann&unmatched=false'), [])
    const { body: problem } = await server.control('GET /requests?unmatched=maybe')
    t.match(problem, { code: 'BAD_REQUEST', detail: /unmatched: expected true or false/ })
  },
)

t.test('GET /requests shows jobs, and requests that could not be decoded', async (t) => {
  const server = await startControlled(t)
  await server.call('/create/job', alterTable('mine'))
  await server.call('/get/job', { job_id: 1 })
  await server.post('/get/job', { job_id: 2 })
  await server.post('/get/job', '{"job_id": }')
  await server.post('/get/nothing', '{}')
  await server.post('/create/job', {
    endpoint: '/alter/table',
    request_encoding: 'json',
    data_str: '{}',
  })
  const { requests } = await server.must('GET /requests')
  const keys = ['endpoint', 'status', 'decoded', 'unmatched', 'job_id', 'job_status']
  t.strictSame(pick(requests, ...keys), [
    ['/create/job', 200, true, true, 1, null],
    ['/get/job', 200, true, false, 1, 'RUNNING'],
    ['/get/job', 400, true, false, null, null],
    ['/get/job', 400, false, false, null, null],
    ['/get/nothing', 404, false, false, null, null],
    ['/create/job', 400, true, false, null, null],
  ])
  t.match(pick(requests, 'job', 'error'), [
    [{ endpoint: '/alter/table', tag: 'mine', encoding: 'json', request: { value: '120' } }, ''],
    [null, ''],
    [null, /^Cannot find job 2/],
    [null, /^Cannot read the body as JSON/],
    [null, /^Cannot find the endpoint/],
    [null, /^Cannot read data_str/],
  ])
})

t.test('GET /requests shows a request of an unknown encoding', async (t) => {
  const server = await startControlled(t)
  const headers = { 'content-type': 'text/html' }
  await sendHttp(server.port, { method: 'POST', path: '/get/job', headers, body: '<p>' })
  const { requests } = await server.must('GET /requests')
  t.match(requests, [{ encoding: null, decoded: false, request: null, body_base64: 'PHA+' }])
})

t.test('GET /requests filters and pages', async (t) => {
  const server = await startControlled(t)
  await alter(server, 'one')
  await server.must('POST /rules', { name: 'no', when: ALTER, then: { error: 'no' } })
  await alter(server, 'two')
  await server.call('/create/job', alterTable('mine'))
  await server.call('/get/job', { job_id: 1 })
  const ids = async (query: string) => {
    const { requests, total } = await server.must(`GET /requests?${query}`)
    return [total, pick(requests, 'id').flat()]
  }
  t.strictSame(await ids(''), [4, [1, 2, 3, 4]])
  t.strictSame(await ids('endpoint=/alter/table'), [2, [1, 2]])
  t.strictSame(await ids('endpoint=/*/job'), [2, [3, 4]])
  t.strictSame(await ids('status=400'), [1, [2]])
  t.strictSame(await ids('rule=no'), [2, [2, 3]])
  t.strictSame(await ids('job=1'), [2, [3, 4]])
  t.strictSame(await ids('after=2&limit=1'), [2, [3]])
  t.strictSame(await ids('offset=3'), [4, [4]])
  for (const query of ['status=ok', 'job=tag:x', 'after=-1', 'limit=5000', 'url=x']) {
    t.match(await server.control(`GET /requests?${query}`), { status: 400 }, query)
  }
  t.equal((await server.control('DELETE /requests')).status, 204)
  t.strictSame(await ids(''), [0, []])
  await alter(server, 'three')
  t.strictSame(await ids(''), [1, [5]])
})

t.test('POST /requests/count counts by the conditions of rules', async (t) => {
  const server = await startControlled(t)
  await alter(server, 'orders')
  await alter(server, 'customers')
  await server.call('/create/job', alterTable('mine'))
  const headers = {
    'content-type': 'application/octet-stream',
    authorization: 'Basic YW5uOnNlY3JldA==',
  }
  const body = encodeRequest('binary', '/alter/table', { table_name: 'orders' })
  await sendHttp(server.port, { method: 'POST', path: '/alter/table', headers, body })
  const cases: [object, number][] = [
    [{ endpoint: '*' }, 4],
    [ALTER, 4],
    [{ ...ALTER, as: 'direct' }, 3],
    [{ ...ALTER, as: 'job' }, 1],
    [{ endpoint: '/create/job' }, 1],
    [{ ...ALTER, request: { table_name: 'orders' } }, 3],
    [{ ...ALTER, request: { table_name: { matches: '^c' } } }, 1],
    [{ ...ALTER, tag: 'mine' }, 1],
    [{ ...ALTER, user: 'ann' }, 1],
    [{ ...ALTER, encoding: 'binary' }, 1],
    [{ ...ALTER, nth: 2 }, 1],
    [{ ...ALTER, nth: 5 }, 0],
    [{ endpoint: '/show/table' }, 0],
  ]
  for (const [when, count] of cases) {
    const counted = await server.must('POST /requests/count', { when })
    t.strictSame(counted, { count, dropped: 0 }, JSON.stringify(when))
  }
  const wrong = await server.control('POST /requests/count', {
    when: { ...ALTER, request: { tabel: 1 } },
  })
  t.match(wrong, { status: 422, body: { problems: [{ path: 'when.request.tabel' }] } })
  t.match(await server.control('POST /requests/count', { when: { endpoint: '/nix' } }), {
    status: 422,
  })
})

t.test('POST /requests/verify passes, or describes the nearest request', async (t) => {
  const server = await startControlled(t)
  await alter(server, 'orders')
  await alter(server, 'orders')
  const verify = (when: object, times: object) =>
    server.control('POST /requests/verify', { when, times })
  for (const times of [
    { exactly: 2 },
    { at_least: 1 },
    { at_most: 2 },
    { at_least: 2, at_most: 2 },
  ]) {
    t.strictSame((await verify(ALTER, times)).body, { count: 2, dropped: 0 })
  }
  const cases: [object, object, string][] = [
    [ALTER, { exactly: 1 }, 'Expected exactly 1 matching request, got 2'],
    [ALTER, { at_least: 3 }, 'Expected at least 3 matching requests, got 2'],
    [ALTER, { at_most: 1 }, 'Expected at most 1 matching request, got 2'],
    [
      { ...ALTER, request: { table_name: 'x', value: '6' } },
      { exactly: 1 },
      'Expected exactly 1 matching request, got 0; the nearest is request 1: request.table_name: ' +
        'expected "x", got "orders"; request.value: expected "6", got "5"',
    ],
    [
      { endpoint: '/show/table' },
      { at_least: 1 },
      'Expected at least 1 matching request, got 0; no request of /show/table came',
    ],
  ]
  for (const [when, times, detail] of cases) {
    t.match(await verify(when, times), { status: 417, body: { code: 'NOT_VERIFIED', detail } })
  }
  t.match(await verify(ALTER, {}), {
    status: 400,
    body: { detail: /times: expected an object with exactly/ },
  })
  t.match(await verify(ALTER, { exactly: -1 }), { status: 400 })
})

t.test(
  'the journal keeps the newest requests, and verify fails if a dropped one may matter',
  async (t) => {
    const server = await startControlled(t, { journal: { maxRequests: 2, maxBytes: 10_000 } })
    for (const name of ['one', 'two', 'three']) await alter(server, name)
    const { requests, total, dropped } = await server.must('GET /requests')
    t.strictSame([pick(requests, 'id').flat(), total, dropped], [[2, 3], 2, 1])
    const verify = (times: object) =>
      server.control('POST /requests/verify', { when: ALTER, times })
    t.match(await verify({ at_least: 2 }), { status: 200, body: { count: 2, dropped: 1 } })
    t.match(await verify({ exactly: 2 }), {
      status: 417,
      body: {
        detail:
          /^Cannot verify requests: the journal dropped 1 request that may match, raise journal-requests$/,
      },
    })
    t.match(await verify({ at_most: 2 }), {
      status: 417,
      body: { detail: /raise journal-requests/ },
    })
    t.match(await verify({ at_most: 1 }), { status: 417, body: { detail: /got 2$/ } })
    const second = { when: { ...ALTER, nth: 2 }, times: { at_least: 1 } }
    t.match(await server.control('POST /requests/verify', second), { status: 417 })
    const many = await server.control('POST /requests/wait', { when: ALTER, at_least: 3 })
    t.match(many, { status: 409, body: { code: 'WAIT_CANNOT_HOLD' } })
  },
)

t.test('POST /requests/wait answers once enough have come', async (t) => {
  const server = await startControlled(t)
  await alter(server, 'one')
  const when = { ...ALTER, request: { table_name: { matches: 'one|two' } } }
  t.match(await server.must('POST /requests/wait', { when }), { count: 1, requests: [{ id: 1 }] })
  const wait = server.must('POST /requests/wait', { when, at_least: 2, timeout: '1h' })
  await server.waitedIn()
  await alter(server, 'other')
  await alter(server, 'two')
  t.match(await wait, { count: 2, requests: [{ id: 1 }, { id: 3 }] })
  const late = await server.control('POST /requests/wait', { when, at_least: 3, timeout: 1 })
  t.match(late, { status: 408, body: { code: 'WAIT_TIMED_OUT', count: 2 } })
})

t.test('GET /requests/unmatched lists the requests that were answered by default', async (t) => {
  const server = await startControlled(t)
  await alter(server, 'one')
  await server.call('/create/job', alterTable('mine'))
  await server.call('/get/job', { job_id: 1 })
  await server.must('POST /rules', { when: ALTER, then: {} })
  await alter(server, 'two')
  await server.call('/create/job', alterTable('yours'))
  const { requests } = await server.must('GET /requests/unmatched')
  t.strictSame(pick(requests, 'endpoint', 'id'), [
    ['/alter/table', 1],
    ['/create/job', 2],
  ])
})

t.test('a job that a strict scope rejects is listed as unmatched', async (t) => {
  const server = await startControlled(t, { strict: true })
  const { status } = await server.post('/create/job', alterTable('mine'))
  t.equal(status, 400)
  const { requests } = await server.must('GET /requests/unmatched')
  t.strictSame(pick(requests, 'endpoint', 'status', 'unmatched'), [['/create/job', 400, true]])
  const { counts, unmatched } = await server.must('GET /report')
  t.equal(Object(counts).unmatched, 1)
  t.strictSame(pick(unmatched, 'endpoint', 'status'), [['/create/job', 400]])
})

t.test('secrets are shown nowhere', async (t) => {
  const server = await startControlled(t, { access: { users: ['ann:hunter2'] } })
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from('ann:hunter2').toString('base64')}`,
    cookie: 'session=hunter2',
  }
  const send = (path: string, body: object) =>
    sendHttp(server.port, { method: 'POST', path, headers, body: JSON.stringify(body) })
  const user = { name: 'bob', password: 'hunter2', options: { resource_group: 'r' } }
  await send('/create/user/internal', user)
  await send('/create/job', {
    endpoint: '/create/user/internal',
    request_encoding: 'json',
    data_str: JSON.stringify(user),
  })
  await send('/create/directory', {
    directory_name: 'd',
    options: { api_token: 'hunter2', secret: '' },
  })
  await send('/admin/add/ranks', { hosts: [], config_params: [{ db_password: 'hunter2' }, {}] })
  const wrong = { ...headers, authorization: 'hunter2' }
  await sendHttp(server.port, { method: 'POST', path: '/show/table', headers: wrong, body: '{}' })
  const { requests } = await server.must('GET /requests')
  const text = JSON.stringify(requests)
  t.notMatch(text, 'hunter2')
  t.notMatch(text, Buffer.from('hunter2').toString('base64').slice(0, 8))
  t.strictSame(pick(requests, 'status', 'user', 'body_base64').slice(0, 3), [
    [200, 'ann', null],
    [200, 'ann', null],
    [200, 'ann', null],
  ])
  t.match(pick(requests, 'request').flat(), [
    { name: 'bob', password: '(redacted)' },
    { data_str: '(redacted)' },
    { options: { api_token: '(redacted)', secret: '' } },
    { config_params: [{ db_password: '(redacted)' }, {}] },
    null,
  ])
  t.match(pick(requests, 'status', 'error').at(-1), [401, /^Cannot answer: the user name/])
  for (const { when, why } of [
    {
      when: { endpoint: '/create/user/internal', request: { password: 'x' } },
      why: /: expected \(redacted\), got \(redacted\)$/,
    },
    {
      when: { endpoint: '/create/job', request: { data_str: 'x' } },
      why: /: expected "x", got "\{[^}]*\\"password\\":\\"\(redacted\)\\"/,
    },
  ]) {
    const times = { at_least: 1 }
    const { body } = await server.control('POST /requests/verify', { when, times })
    t.match(body, { code: 'NOT_VERIFIED', detail: why })
    t.notMatch(body['detail'], 'hunter2')
  }
})

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
  const times = { exactly: 0 }
  t.strictSame(await server.must('POST /polls/verify', { job: 7, times }), unpolled)
  await poll(server, 100, 200, 400, 10_000, 50)
  const found = { polls: 6, gaps_ms: [100, 200, 400, 10_000, 50], after_end: 1, dropped: 0 }
  for (const job of [7, 'tag:seven']) {
    t.strictSame(await server.must('POST /polls/verify', { job, times: { at_least: 1 } }), found)
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
    [{ times: { at_least: 1 }, growing: false, stops: false }, ''],
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
  const { status, body } = await server.control('POST /polls/verify', {
    job: 7,
    times: { at_most: 9 },
  })
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
    t.match(
      await server.control('POST /polls/verify', { job, stops: true }),
      { status },
      String(job),
    )
  }
  t.match(await server.control('POST /polls/verify', { job: 7, gaps: { at_least: 'x' } }), {
    status: 400,
  })
})

/** The counts of a report without findings. */
const NONE = {
  no_requests: 0,
  evicted: 0,
  dropped_requests: 0,
  unmatched: 0,
  undecodable: 0,
  unused_rules: 0,
  unused_faults: 0,
  unfinished_jobs: 0,
  unpolled_jobs: 0,
  missed_entries: 0,
}

t.test('GET /report of a scope without requests has a finding', async (t) => {
  const server = await startControlled(t)
  t.strictSame(await server.must('GET /report'), {
    ...{ clean: false, requests: 0, dropped: 0, counts: { ...NONE, no_requests: 1 } },
    ...{ unmatched: [], undecodable: [], unused_rules: [], unused_faults: [] },
    ...{ unfinished_jobs: [], unpolled_jobs: [], missed_entries: [] },
  })
  const { status, body } = await server.control('GET /report?fail=true')
  t.strictSame([status, body['detail']], [417, 'The scope default is not clean: no requests came'])
  await server.post('/show/system/status', {})
  t.match(await server.must('GET /report?fail=true'), { clean: true, requests: 1, counts: NONE })
  await server.must('DELETE /requests')
  t.match(await server.must('GET /report?fail=false'), { clean: false })
})

t.test('GET /report shows what a test may have forgotten', async (t) => {
  const server = await startControlled(t)
  await server.call('/create/job', alterTable('mine'))
  await server.post('/get/job', { job: 7 })
  await server.must('POST /rules', { when: { endpoint: '/alter/role' }, then: {} })
  await server.must('POST /rules', { name: 'late', when: { endpoint: '/clear/*' }, then: {} })
  const report = await server.must('GET /report')
  t.match(report, {
    clean: false,
    requests: 2,
    counts: {
      ...{ ...NONE, unmatched: 1, undecodable: 1 },
      ...{ unused_rules: 2, unfinished_jobs: 1, unpolled_jobs: 1 },
    },
    unmatched: [{ endpoint: '/create/job' }],
    undecodable: [{ endpoint: '/get/job' }],
    unused_rules: [{ id: 'rule-2' }, { id: 'rule-1' }],
    unfinished_jobs: [{ job_id: 1 }],
    unpolled_jobs: [{ job_id: 1 }],
  })
  const { status, body } = await server.control('GET /report?fail=true')
  t.equal(status, 417)
  t.match(body, { code: 'FINDINGS', counts: { unmatched: 1 } })
  t.equal(
    body['detail'],
    'The scope default is not clean: 1 unmatched request (request 1 of /create/job for /alter/table); ' +
      '1 undecodable request (request 2 of /get/job: Cannot read the body as get_job_request: job: ' +
      'get_job_request has no such field); ' +
      '2 unused rules ("late" for /clear/*, rule-1 for /alter/role); ' +
      '1 unfinished job (job 1 of /alter/table at 0 %); 1 unpolled job (job 1 of /alter/table at 0 %)',
  )
  await server.call('/get/job', { job_id: 1 })
  t.match(await server.control('GET /report?fail=true&checks=unpolled_jobs'), {
    status: 200,
    body: { clean: true },
  })
  t.match(await server.control('GET /report?fail=true&checks=unpolled_jobs,unused_rules'), {
    status: 417,
  })
})

t.test(
  'a report counts all jobs, lists the first, and looks at no other one closely',
  async (t) => {
    const server = await startControlled(t)
    for (let made = 0; made < 150; made += 1) server.scope.jobs.add(jobOf())
    server.scope.jobs.poll({ id: 1n })
    server.scope.jobs.cancel({ id: 2n })
    server.scope.jobs.list = () => {
      throw new Error('a snapshot of each job')
    }
    const { counts, unfinished_jobs, unpolled_jobs } = await server.must('GET /report')
    t.match(counts, { unfinished_jobs: 149, unpolled_jobs: 149 })
    t.strictSame(pick(unfinished_jobs, 'job_id').slice(0, 2), [[1], [3]])
    t.strictSame(pick(unpolled_jobs, 'job_id').slice(0, 2), [[2], [3]])
    t.strictSame([pick(unfinished_jobs).length, pick(unpolled_jobs).length], [100, 100])
    const one = await server.must('GET /report?checks=unpolled_jobs')
    t.match(one, { counts: { unfinished_jobs: 0, unpolled_jobs: 149 }, unfinished_jobs: [] })
  },
)

t.test('GET /report finds a job whose endpoint, options or payload cannot be read', async (t) => {
  const server = await startControlled(t)
  const job = {
    endpoint: '/clear/table',
    request_encoding: 'json',
    data_str: '{"table_name": "x"}',
  }
  await server.must('POST /rules', {
    when: { endpoint: '/create/job' },
    times: 1,
    then: { error: 'no' },
  })
  await server.post('/create/job', { ...job, data_str: 'garbage' })
  await server.must('PATCH /clusters/a', { state: 'offline' })
  await server.post('/create/job', job)
  await server.must('PATCH /clusters/a', { state: 'up' })
  t.match(await server.must('GET /report'), { clean: true, requests: 2 })
  await server.post('/create/job', { ...job, data_str: 'garbage' })
  await server.post('/create/job', { ...job, endpoint: '/clear/tabel' })
  await server.post('/create/job', { ...job, options: { job_tag: 'x'.repeat(300) } })
  const report = await server.must('GET /report')
  t.match(report, { clean: false, counts: { undecodable: 3 } })
  t.match(report['undecodable'], [{ id: 3 }, { id: 4 }, { id: 5 }])
})

t.test('verify() fails if a request that could not be decoded may match', async (t) => {
  const server = await startControlled(t)
  await server.call('/clear/table', { table_name: 'x' })
  const verify = (when: object, times: object) =>
    server.control('POST /requests/verify', { when, times })
  t.match(await verify({ endpoint: '/clear/table' }, { exactly: 1 }), { status: 200 })
  await server.post('/clear/table', { tabel_name: 'x' })
  const doubt = {
    status: 417,
    body: {
      detail: 'Cannot verify requests: request 2 could not be decoded, and may match',
      count: 1,
    },
  }
  t.match(await verify({ endpoint: '/clear/table' }, { exactly: 1 }), doubt)
  t.match(
    await verify({ endpoint: '/clear/*', request: { table_name: 'x' } }, { at_most: 1 }),
    doubt,
  )
  t.match(await verify({ endpoint: '/clear/table', nth: 1 }, { at_least: 1 }), doubt)
  for (const [when, times] of [
    [{ endpoint: '/clear/table' }, { at_least: 1 }],
    [{ endpoint: '/clear/table', as: 'job' }, { exactly: 0 }],
    [{ endpoint: '/clear/table', user: 'ann' }, { exactly: 0 }],
    [{ endpoint: '/clear/statistics' }, { exactly: 0 }],
  ] as const) {
    t.match(await verify(when, times), { status: 200 }, JSON.stringify(when))
  }
  await server.post('/create/job', {
    endpoint: '/alter/role',
    request_encoding: 'json',
    data_str: '{',
  })
  t.match(await verify({ endpoint: '/alter/role', as: 'job' }, { exactly: 0 }), {
    status: 417,
    body: { detail: /request 3 could not be decoded/ },
  })
  t.match(await verify({ endpoint: '/alter/user', as: 'job' }, { exactly: 0 }), { status: 200 })
})

t.test('verify() names nth or the fault if nothing else is missing', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /faults', { name: 'slow', when: { endpoint: '/alter/role' }, delay: 0 })
  await server.must('POST /faults', { name: 'late', when: { endpoint: '/has/*' }, delay: 0 })
  await server.post('/has/table', { table_name: 'x' })
  const detail = async (when: object) => {
    const input = { when: { endpoint: '/has/table', ...when }, times: { exactly: 1 } }
    const { body } = await server.control('POST /requests/verify', input)
    return body['detail']
  }
  const start = 'Expected exactly 1 matching request, got 0'
  t.equal(await detail({ nth: 2 }), `${start}; fewer than 2 requests meet the other conditions`)
  t.equal(
    await detail({ fault: 'slow' }),
    `${start}; the nearest is request 1: fault: expected "slow", got late`,
  )
  await server.must('DELETE /requests')
  await server.must('DELETE /faults/fault-2')
  await server.post('/has/table', { table_name: 'x' })
  t.match(await detail({ fault: 'slow' }), /: fault: expected "slow", got nothing$/)
})

t.test('the error of a report names the first findings, and shortens what is long', async (t) => {
  const server = await startControlled(t)
  await server.post(`/${'x'.repeat(300)}`, {})
  for (let sent = 0; sent < 4; sent += 1) {
    await server.must('POST /rules', { when: { endpoint: '/alter/role' }, then: {} })
  }
  const { body } = await server.control('GET /report?fail=true&checks=unused_rules')
  const rules = ['rule-4', 'rule-3', 'rule-2'].map((id) => `${id} for /alter/role`).join(', ')
  t.equal(body['detail'], `The scope default is not clean: 4 unused rules (${rules}, …)`)
  const unknown = await server.control('GET /report?fail=true&checks=undecodable')
  const text = String(unknown.body['detail'])
  t.match(text, /1 undecodable request \(request 1 of \/x{199}…: Cannot find the endpoint \/x+…\)$/)
})

t.test('GET /report rejects unknown checks and values', async (t) => {
  const server = await startControlled(t)
  for (const [query, detail] of [
    ['fail=yes', 'fail: expected true or false, got "yes"'],
    [
      'checks=',
      /^Cannot make the report: checks\[0\]: expected one of no_requests, .*, all, got ""$/,
    ],
    ['checks=unmached', /got "unmached" \(did you mean unmatched\?\)$/],
    ['checks=unmatched,', /^Cannot make the report: checks\[1\]: expected one of/],
    ['check=all', 'check: the key "check" is not known (did you mean checks?)'],
  ] as const) {
    const expected = typeof detail === 'string' ? `Cannot make the report: ${detail}` : detail
    const answer = await server.control(`GET /report?${query}`)
    t.match(answer, { status: 400, body: { code: 'BAD_REQUEST', detail: expected } }, query)
  }
})

t.test(
  'a report leaves out the unused part of the fixtures, unless all is asked for',
  async (t) => {
    const rules = loadRules(t, '  - { when: { endpoint: /admin/rebalance }, then: { error: no } }')
    const seeds = [seedJob({ id: 7n }), seedJob({ id: 8n })]
    const server = await startControlled(t, { seeds, rules })
    await server.post('/show/system/status', {})
    t.match(await server.must('GET /report?fail=true'), { clean: true })
    t.match(await server.must('GET /report?checks=unused_rules,unpolled_jobs'), { clean: true })
    t.match(await server.must('GET /report?checks=all'), {
      ...{
        clean: false,
        counts: { ...NONE, unused_rules: 1, unfinished_jobs: 2, unpolled_jobs: 2 },
      },
    })
    await server.call('/get/job', { job_id: 7 })
    t.match(await server.must('GET /report'), {
      counts: { ...NONE, unfinished_jobs: 1 },
      unfinished_jobs: [{ job_id: 7 }],
    })
    await server.must('POST /jobs/7/finish', { outcome: 'DONE' })
    await server.must('POST /fixtures', { jobs: [{ job_id: 9, endpoint: '/alter/table' }] })
    t.match(await server.must('GET /report'), {
      counts: { ...NONE, unfinished_jobs: 1, unpolled_jobs: 1 },
      unpolled_jobs: [{ job_id: 9 }],
    })
  },
)

t.test('report() and assertClean() take a list of checks, or all', async (t) => {
  const fixtures = [{ jobs: [{ job_id: 7, endpoint: '/alter/table' }] }]
  await using mock = await startMockGpudb({ clock: 'frozen', fixtures })
  await fetch(`${mock.url}/show/system/status`, { method: 'POST', body: '{}' })
  t.equal(mock.assertClean().clean, true)
  for (const checks of ['all', ['all'], ['unpolled_jobs', 'all']] as const) {
    t.match(mock.report(checks).counts, { unfinished_jobs: 1, unpolled_jobs: 1 })
  }
  t.throws(() => mock.assertClean('all'), {
    code: 'FINDINGS',
    message:
      'The scope default is not clean: 1 unfinished job (job 7 of /alter/table at 0 %); ' +
      '1 unpolled job (job 7 of /alter/table at 0 %)',
    found: { unpolled_jobs: [{ job_id: 7n }] },
  })
  mock.jobs.create({ job_id: 8, endpoint: '/alter/table' })
  t.match(mock.report(['unpolled_jobs']).counts, { unfinished_jobs: 0, unpolled_jobs: 1 })
})

t.test('assertClean() says why no rule matched a request', async (t) => {
  const when = { endpoint: '/has/table', request: { table_name: 'a' } }
  const rule = { name: 'only a', when, then: { response: {} } }
  await using mock = await startMockGpudb({ clock: 'frozen', fixtures: [{ rules: [rule] }] })
  const call = (body: string) => fetch(`${mock.url}/has/table`, { method: 'POST', body })
  await call('{"table_name":"b","options":{}}')
  const nearest = 'the nearest rule is only a; request.table_name: expected "a", got "b"'
  t.throws(() => mock.assertClean(['unmatched']), {
    message: `The scope default is not clean: 1 unmatched request (request 1 of /has/table: ${nearest})`,
  })
})

t.test('requests that the journal dropped are a finding', async (t) => {
  for (const maxRequests of [0, 1]) {
    const server = await startControlled(t, { journal: { maxRequests, maxBytes: 10_000 } })
    for (let sent = 0; sent < 2; sent += 1) await server.post('/show/system/status', {})
    const { body } = await server.control('GET /report?fail=true')
    const [number, noun] = maxRequests === 0 ? [2, 'requests'] : [1, 'request']
    const detail = `The scope default is not clean: ${number} dropped ${noun} (raise journal-requests)`
    t.match(body, { requests: 2, dropped: number, detail })
  }
})
