import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { waitUntil } from '../../src/control-parts/wait-until.ts'
import { startMockGpudb } from '../../src/index.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { loadRules, ruleOf } from '../support/rules.ts'
import { START_MS, seedJob } from '../support/server.ts'

t.test('each scope is a world of its own, made on first use from the same fixtures', async (t) => {
  const rules = loadRules(
    t,
    '  - { when: { endpoint: /admin/rebalance }, then: { error: not now } }',
  )
  const server = await startControlled(t, { seeds: [seedJob({ tag: 'seeded' })], rules })
  for (const scope of ['', '/~a', '/~b']) {
    t.match(await server.call(`${scope}/create/job`, alterTable('mine')), { job_id: 2 }, scope)
    const direct = await server.post(`${scope}/admin/rebalance`, '{}')
    t.equal(direct.wrapper.message, 'not now', scope)
  }
  await server.must('POST /clock/advance', { by: '1h' }, 'a')
  await server.must('DELETE /rules', undefined, 'a')
  t.match(await server.must('GET /jobs/tag:mine', undefined, 'a'), { status: 'DONE' })
  for (const scope of [undefined, 'b']) {
    t.match(await server.must('GET /jobs/tag:mine', undefined, scope), { status: 'RUNNING' })
    t.match(await server.must('GET /requests', undefined, scope), { total: 2 })
    t.match(await server.must('GET /rules', undefined, scope), { rules: [{ answered: 1 }] })
    t.match(await server.must('GET /clock', undefined, scope), { now_ms: START_MS })
  }
})

t.test('a client finds its scope again in the properties that it asks for', async (t) => {
  const server = await startControlled(t)
  const { property_map } = await server.call('/~a/show/system/properties', {})
  t.match(property_map, { 'conf.host0_public_urls': 'http://127.0.0.1' })
  t.match(await server.call('/~a/show/system/status', {}), { status_map: { system: /running/ } })
  t.equal(await (await fetch(`${server.url}/~a`)).text(), 'Kinetica is running!')
})

t.test('GET, PUT and DELETE /scopes list, make and remove scopes', async (t) => {
  const server = await startControlled(t, {
    seeds: [seedJob()],
    faults: faultsOf({ delay: 0 }, { delay: 1 }),
  })
  const made = {
    name: 'a',
    jobs: 1,
    jobs_by_status: { RUNNING: 1, DONE: 0, ERROR: 0, CANCELLED: 0 },
    rules: 0,
    faults: 2,
    requests: 0,
    unmatched: 0,
    waited_in: false,
  }
  t.strictSame(await server.control('PUT /scopes/a').then(({ status, body }) => [status, body]), [
    201,
    made,
  ])
  t.match(await server.control('PUT /scopes/a'), { status: 200, body: made })
  const { scopes, limit } = await server.must('GET /scopes')
  t.strictSame([scopes, limit], [[{ ...made, name: 'default' }, made], 100])
  await server.must('POST /faults', { delay: 2 })
  const { scopes: later } = await server.must('GET /scopes')
  t.strictSame(later, [{ ...made, name: 'default', faults: 3 }, made])
  t.equal((await server.control('DELETE /scopes/a')).status, 204)
  t.match(await server.control('DELETE /scopes/a'), {
    status: 404,
    body: { code: 'SCOPE_NOT_FOUND' },
  })
  const stays = await server.control('DELETE /scopes/default')
  t.match(stays, { status: 409, body: { code: 'DEFAULT_SCOPE_STAYS' } })
})

t.test('an invalid name creates no scope, and the error describes a valid one', async (t) => {
  const server = await startControlled(t)
  const detail = /use 1 to 64 letters, digits/
  for (const name of ['a%2Fb', '-a', '.a', 'a b', '%00', 'ä', 'x'.repeat(65), 'x'.repeat(10_000)]) {
    const path = encodeURI(name).replaceAll('%25', '%')
    t.match(await server.control('GET /clock', undefined, path), {
      status: 400,
      body: { code: 'BAD_SCOPE_NAME', detail },
    })
    t.match(await server.control(`PUT /scopes/${path}`), {
      status: 400,
      body: { code: 'BAD_SCOPE_NAME' },
    })
    const called = await server.post(`/~${path}/show/system/status`, '{}')
    t.match(called, { status: 400, wrapper: { status: 'ERROR', message: detail } })
  }
  t.equal((await server.post('/~/show/system/status', '{}')).status, 400)
  t.equal(server.scope.clock.now(), START_MS)
  t.match(await server.must('GET /scopes'), { scopes: { length: 1 } })
})

t.test(
  'of too many scopes the idle one used least recently is evicted, and the answer says so',
  async (t) => {
    const server = await startControlled(t, { maxScopes: 3 })
    await server.must('POST /reset', undefined, 'a')
    await server.must('POST /reset', undefined, 'b')
    await server.must('GET /clock', undefined, 'a')
    const { headers } = await server.control('POST /reset', undefined, 'c')
    t.equal(
      headers['x-mock-gpudb-notice'],
      'evicted the scope b for c: the maximum is 3, and it was used least recently',
    )
    const called = await fetch(`${server.url}/~b/show/system/status`, {
      method: 'POST',
      body: '{}',
    })
    t.match(
      called.headers.get('x-mock-gpudb-notice'),
      /^the scope b was evicted before and starts anew; evicted the scope a for b/,
    )
    await server.must('DELETE /scopes/c')
    const back = await server.control('PUT /scopes/a')
    t.equal(back.headers['x-mock-gpudb-notice'], 'the scope a was evicted before and starts anew')
  },
)

t.test('a scope that somebody waits in is not dropped', async (t) => {
  const server = await startControlled(t, { maxScopes: 2 })
  await server.must('PUT /scopes/a')
  const wait = server.control(
    'POST /requests/wait',
    { when: { endpoint: '*' }, timeout: '1h' },
    'a',
  )
  await server.waitedIn('a')
  const refused = await server.control('POST /reset', undefined, 'b')
  t.match(refused, {
    status: 409,
    body: { code: 'TOO_MANY_SCOPES', detail: /none is idle: raise max-scopes$/ },
  })
  t.match(await server.post('/~b/show/system/status', '{}'), {
    status: 400,
    wrapper: { message: /raise max-scopes/ },
  })
  await server.post('/~a/show/system/status', '{}')
  t.match(await wait, { status: 200 })
})

t.test('a wait has one timer, however often it checks, and none when it is over', async (t) => {
  const server = await startControlled(t, { maxScopes: 2 })
  await server.must('POST /clock', { mode: 'real' }, 'a')
  const hour = { endpoint: '/alter/table', lifecycle: { duration: '1h' } }
  await server.must('POST /jobs', { ...hour, job_id: 7 }, 'a')
  const scope = server.mock.scopes.open('a')
  const wait = server.control('GET /jobs/7/wait?timeout=2h', undefined, 'a')
  await server.waitedIn('a')
  for (let made = 0; made < 5; made += 1) {
    await server.must('POST /jobs', hour, 'a')
    t.strictSame([scope.clock.waiting, scope.changes.size], [1, 1])
  }
  server.time.pass(3_600_000)
  t.match(await wait, { status: 200, body: { job_id: 7, status: 'DONE' } })
  t.strictSame([scope.clock.waiting, scope.changes.size], [0, 0])
  t.equal(server.time.waiting, 0)
  await server.must('PUT /scopes/b')
  t.equal(scope.isClosed, true)
})

t.test('a wait that ends while it is about to look again leaves nothing behind', async (t) => {
  const server = await startControlled(t)
  const { scope } = server
  await server.must('POST /clock', { mode: 'auto' })
  const gone = new AbortController()
  const options = { scope, timeoutMs: 3_600_000, signal: gone.signal, action: 'wait' }
  const found = waitUntil(() => undefined, { ...options, nextAtMs: () => scope.clock.now() + 1000 })
  gone.abort()
  scope.clock.set({ mode: 'real' })
  await t.rejects(found, { code: 'WAIT_ABORTED', message: 'Cannot wait: the wait was aborted' })
  await nextTurn()
  t.strictSame([scope.clock.waiting, scope.changes.size], [0, 0])
})

t.test('POST /reset brings the seeds back, and time goes on', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n })] })
  await server.call('/create/job', alterTable('mine'))
  await server.must('POST /rules', {
    when: { endpoint: '/alter/table' },
    then: { response: {}, delay: '1h' },
  })
  await server.must('POST /clock/advance', { by: '5h' })
  const delayed = server.post('/alter/table', { table_name: '', action: '', value: '' })
  await server.waitedIn()
  t.equal((await server.control('POST /reset')).status, 204)
  t.equal((await delayed).status, 200)
  const now = START_MS + 5 * 3_600_000
  t.match(await server.must('GET /jobs'), {
    total: 1,
    jobs: [{ job_id: 7, status: 'RUNNING', created_at_ms: now }],
  })
  t.strictSame(await server.must('GET /rules'), { rules: [] })
  t.match(await server.must('GET /requests'), { total: 0 })
  t.match(await server.must('GET /clock'), { now_ms: now, next_change_at_ms: now + 1000 })
  t.match(await server.call('/create/job', alterTable('mine')), { job_id: 1 })
})

t.test('POST /reset and polls at once leave a scope that works', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n })] })
  const polls = Array.from({ length: 50 }, () => server.post('/get/job', { job_id: 7 }))
  const resets = Array.from({ length: 10 }, () => server.control('POST /reset'))
  t.ok((await Promise.all(polls)).every(({ status }) => status === 200))
  t.ok((await Promise.all(resets)).every(({ status }) => status === 204))
  t.match(await server.call('/get/job', { job_id: 7 }), { job_status: 'RUNNING', progress: 0 })
})

t.test('POST /reload reads the files again, and reports their problems', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'jobs: [{ job_id: 7, endpoint: /alter/table }]' })
  const absent = join(folder, 'absent.yaml')
  const server = await startControlled(t, { fixtures: [folder] })
  t.equal((await server.control('POST /reload')).status, 204)
  t.match(await server.must('GET /jobs'), { jobs: [{ job_id: 7 }], total: 1 })
  writeFileSync(join(folder, 'a.yaml'), 'jobs:\n  - endpoint: /alter/tabel')
  const { status, body } = await server.control('POST /reload')
  t.strictSame([status, body['code']], [422, 'BAD_FIXTURES'])
  const path = `${folder}/a.yaml:2:15`
  const message =
    'jobs[0].endpoint: GPUdb has no endpoint "/alter/tabel" (did you mean /alter/table?)'
  t.strictSame(body['problems'], [{ path, message }])
  const broken = await startControlled(t, { fixtures: [absent] })
  t.strictSame((await broken.control('POST /reload')).body['problems'], [
    { path: absent, message: 'this cannot be read: there is no such file or folder' },
  ])
})

t.test('POST /fixtures brings jobs and rules, all or nothing', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n, tag: 'seven' })] })
  const rule = (name: string) => ({ name, when: { endpoint: '/alter/table', tag: name }, then: {} })
  const document = {
    jobs: [{ job_id: 8, endpoint: '/alter/role' }, { endpoint: '/alter/table' }],
    rules: [rule('x'), { when: { endpoint: '/alter/role' }, then: {} }],
  }
  const { status, body } = await server.control('POST /fixtures', document)
  t.equal(status, 201)
  t.match(body, {
    jobs: [{ job_id: 8 }, { job_id: 1 }],
    rules: [{ id: 'rule-1', rule: { name: 'x' } }, { id: 'rule-2' }],
  })
  t.match(await server.must('GET /rules'), { rules: [{ id: 'rule-1' }, { id: 'rule-2' }] })
  const clash = {
    jobs: [
      { tag: 'new', endpoint: '/alter/table' },
      { tag: 'seven', endpoint: '/alter/table' },
    ],
  }
  t.match(await server.control('POST /fixtures', clash), {
    status: 409,
    body: { code: 'JOB_TAG_TAKEN' },
  })
  const dead = { rules: [{ when: { endpoint: '/alter/table' }, then: {} }, rule('y')] }
  t.match(await server.control('POST /fixtures', dead), {
    status: 422,
    body: {
      problems: [
        { path: 'rules[1]', message: 'this rule never answers: the one at rules[0] does' },
      ],
    },
  })
  t.match(await server.must('GET /jobs'), { total: 3 })
  t.match(await server.must('GET /rules'), { rules: { length: 2 } })
})

/** Sends a text to `POST /fixtures`. */
async function postText(
  server: Controlled,
  { type, text, path = '/fixtures' }: { type: string; text: string; path?: string },
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) }
  const sent = { method: 'POST', path: `/__mock${path}`, headers, body: text }
  const { status, body } = await sendHttp(server.port, sent)
  return { status, body: JSON.parse(body.toString('utf8')) }
}

const YAML = `\uFEFF# one
jobs: [{ job_id: 9007199254740993, tag: big, endpoint: /alter/table }]
rules:
  - { when: { endpoint: /has/table }, then: { response: { table_exists: true } } }
`

t.test('POST /fixtures takes YAML, if its Content-Type says so', async (t) => {
  for (const type of ['application/yaml', 'text/yaml; charset=utf-8', 'Application/X-YAML']) {
    const server = await startControlled(t)
    t.equal((await postText(server, { type, text: YAML })).status, 201, type)
    t.match(await server.must('GET /jobs/tag:big'), { job_id: 9007199254740993n })
    t.match(await server.call('/has/table', { table_name: 'orders' }), { table_exists: true })
  }
})

t.test('POST /fixtures checks YAML like JSON, and loads all of it or nothing', async (t) => {
  const server = await startControlled(t, { bodyLimit: 1000 })
  const type = 'application/yaml'
  const cases = [
    {
      text: 'jobs: [',
      status: 400,
      body: { detail: /^Cannot read the body: 1:\d+: this is not YAML: / },
    },
    {
      text: YAML.replace('table_exists', 'table_exist'),
      status: 422,
      body: {
        code: 'BAD_FIXTURES',
        problems: [
          { path: 'rules[0].then.response.table_exist', message: /did you mean table_exists/ },
        ],
      },
    },
    { text: `x: ${'['.repeat(200)}`, status: 400, body: { code: 'BAD_REQUEST' } },
    { text: `# ${'x'.repeat(1000)}`, status: 413, body: { code: 'BODY_TOO_LARGE' } },
  ]
  for (const { text, status, body } of cases) {
    t.match(await postText(server, { type, text }), { status, body }, text.slice(0, 20))
  }
  t.match(await server.must('GET /jobs'), { total: 0 })
  t.match(await server.must('GET /rules'), { rules: { length: 0 } })
})

t.test('POST /fixtures says how to send YAML; other routes take none', async (t) => {
  const server = await startControlled(t)
  const detail = /^Cannot read the body: 1:1: .* \(YAML needs Content-Type: application\/yaml\)$/
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    t.match(await postText(server, { type, text: 'jobs: []' }), { status: 400, body: { detail } })
  }
  const joined = await postText(server, { type: 'text/yaml', text: 'rules:  - when: {}' })
  t.match(joined, { status: 400, body: { detail: /curl keeps line breaks with --data-binary\)$/ } })
  const lines = await postText(server, { type: 'text/yaml', text: 'rules:\n  - when: {' })
  t.match(lines, { status: 400, body: { detail: /not YAML: [^(]*$/ } })
  const other = { type: 'application/yaml', text: 'endpoint: /alter/table', path: '/jobs' }
  const refused = await postText(server, other)
  t.match(refused, { status: 400, body: { detail: /not JSON: [^(]*$/ } })
})

t.test('the OpenAPI description says that POST /fixtures takes YAML', async (t) => {
  const server = await startControlled(t)
  const { paths } = await server.must('GET /openapi.json')
  const { requestBody } = Object(paths)['/__mock/fixtures'].post
  t.strictSame(Object.keys(requestBody.content), ['application/json', 'application/yaml'])
})

t.test('a rejected POST /fixtures uses up no ids and tags', async (t) => {
  const mocks = ['tried', 'untried'].map(async (kind) => {
    const server = await startControlled(t, {
      limits: { maxJobs: 4, maxFinished: 4, retentionMs: 1000 },
    })
    const job = { endpoint: '/alter/table' }
    const rule = (name: string) => ({ name, when: { endpoint: '/has/table', tag: name }, then: {} })
    await server.must('POST /fixtures', { jobs: [{ ...job, job_id: 2, tag: 'two' }] })
    const rejected = [
      { jobs: [job, { ...job, tag: 'two' }], rules: [rule('a')] },
      { jobs: [job, { ...job, job_id: 2 }], rules: [rule('a')] },
      { jobs: [job, { ...job, job_id: 7, tag: 'x' }, { ...job, tag: 'x' }] },
      { jobs: [job, { ...job, job_id: 1 }] },
      { jobs: [job, { ...job, job_id: 7 }, { ...job, job_id: 7 }] },
      { jobs: [job, job, job, job], rules: [rule('a')] },
      { jobs: [job], rules: [rule('a'), { ...rule('b'), when: {} }] },
    ]
    const codes: unknown[] = []
    for (const document of kind === 'tried' ? rejected : []) {
      codes.push((await server.control('POST /fixtures', document)).body['code'])
    }
    const taken = await server.must('POST /fixtures', { jobs: [job, job], rules: [rule('a')] })
    return { codes, taken }
  })
  const [tried, untried] = await Promise.all(mocks)
  t.strictSame(tried?.taken, untried?.taken)
  t.match(untried?.taken, { jobs: [{ job_id: 1 }, { job_id: 3 }], rules: [{ id: 'rule-1' }] })
  const [tag, id] = ['JOB_TAG_TAKEN', 'JOB_ID_TAKEN']
  t.strictSame(tried?.codes, [tag, id, tag, id, id, 'TOO_MANY_JOBS', 'BAD_FIXTURES'])
})

t.test('GET /fixtures gives a document that brings the scope back', async (t) => {
  const server = await startControlled(t)
  const lifecycle = {
    steps: [
      { after: 400, progress: 40 },
      { polls: 3, progress: 80 },
    ],
    outcome: 'ERROR',
    error: 'late',
  }
  await server.must('POST /jobs', { job_id: 1, tag: 'one', endpoint: '/alter/table', lifecycle })
  await server.must('POST /jobs', {
    job_id: 2,
    tag: 'two',
    endpoint: '/alter/table',
    response_base64: 'AAE=',
  })
  await server.must('POST /jobs', {
    job_id: 3,
    tag: 'three',
    endpoint: '/alter/table',
    response_text: '{',
  })
  await server.must('POST /rules', {
    name: 'no',
    when: { endpoint: '/alter/role' },
    then: { error: 'no' },
  })
  await server.must('POST /clock/advance', { by: 300 })
  await server.must('POST /jobs/2/finish', { outcome: 'DONE' })
  const document = await server.must('GET /fixtures')
  await server.must('POST /fixtures', document, 'copy')
  const look = async (scope?: string) => {
    const shown: unknown[] = []
    for (const by of [0, 50, 50, 0, 0, 0, 600]) {
      await server.must('POST /clock/advance', { by }, scope)
      for (const job_id of [1, 2, 3]) {
        shown.push(await server.call(`${scope ? `/~${scope}` : ''}/get/job`, { job_id }))
      }
    }
    return shown
  }
  t.strictSame(await look('copy'), await look())
  t.match(await server.must('GET /rules', undefined, 'copy'), { rules: [{ rule: { name: 'no' } }] })
})

t.test('POST /fixtures with too many rules changes nothing', async (t) => {
  const server = await startControlled(t)
  const rule = { when: { endpoint: '/alter/table' }, then: {} }
  server.scope.rules.add(Array.from({ length: 100_000 }, () => ruleOf()))
  const document = { jobs: [{ job_id: 8, endpoint: '/alter/table' }], rules: [rule] }
  t.match(await server.control('POST /fixtures', document), {
    status: 409,
    body: { code: 'TOO_MANY_RULES' },
  })
  t.strictSame([server.scope.jobs.count(), server.scope.rules.size], [0, 100_000])
})

/** An input that each route takes; the others take none. */
const INPUTS: Readonly<Record<string, object>> = {
  'POST /clock': { mode: 'frozen' },
  'POST /clock/advance': { by: 1 },
  'POST /jobs': { endpoint: '/alter/table' },
  'PATCH /jobs/{id}': { progress: 1 },
  'POST /jobs/{id}/finish': { outcome: 'DONE' },
  'POST /rules': { when: { endpoint: '*' }, then: {} },
  'POST /faults': { fault: 'reset' },
  'PATCH /faults/{id}': { enabled: true },
  'PUT /faults/{id}': { fault: 'reset' },
  'PATCH /clusters/{name}': { state: 'down' },
  'PUT /timeline': [],
  'POST /tables': { name: 'orders', columns: ['id int'] },
  'PUT /rules/{id}': { when: { endpoint: '*' }, then: {} },
  'POST /fixtures': { jobs: [] },
  'POST /requests/count': { when: { endpoint: '*' } },
  'POST /requests/verify': { when: { endpoint: '*' }, times: { exactly: 0 } },
  'POST /requests/wait': { when: { endpoint: '*' } },
  'POST /polls/verify': { job: 1, stops: true },
}

/** The routes that create the scope of their URL: those that prepare it for a client. */
const CREATING = [
  'PATCH /clusters/{name}',
  'PATCH /faults/{id}',
  'PATCH /jobs/{id}',
  'POST /clock',
  'POST /clock/advance',
  'POST /clock/next',
  'POST /clock/run',
  'POST /faults',
  'POST /fixtures',
  'POST /jobs',
  'POST /jobs/{id}/cancel',
  'POST /jobs/{id}/finish',
  'POST /jobs/{id}/release',
  'POST /reset',
  'POST /rules',
  'POST /tables',
  'PUT /faults/{id}',
  'PUT /rules/{id}',
  'PUT /timeline',
]

/** The routes that need no scope. */
const SCOPELESS = [
  'DELETE /scopes/{name}',
  'GET /events',
  'GET /health',
  'GET /metrics',
  'GET /openapi.json',
  'GET /ready',
  'GET /scopes',
  'GET /version',
  'POST /reload',
  'PUT /scopes/{name}',
]

t.test('only routes that prepare a scope create it; reading and verifying do not', async (t) => {
  const server = await startControlled(t)
  const { paths } = await server.must('GET /openapi.json')
  const routes = Object.entries(Object(paths)).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map(
      (method) => `${method.toUpperCase()} ${path.replace('/__mock', '')}`,
    ),
  )
  const [creating, scopeless]: [string[], string[]] = [[], []]
  for (const route of routes) {
    // Neither a stream, which does not end, nor metrics are JSON: their head shows as much.
    const called = route.replace(/^GET (?=.(?:events|metrics)$)/, 'HEAD ')
    const filled = called.replace('{id}', '1').replace('{name}', 'other')
    const { status, body } = await server.control(filled, INPUTS[route], 'typo')
    if (server.mock.scopes.find('typo')) creating.push(route)
    else if (body['code'] !== 'SCOPE_NOT_FOUND' || body['detail'] === OTHER) scopeless.push(route)
    else t.equal(status, 404, route)
    for (const name of ['typo', 'other']) {
      if (server.mock.scopes.find(name)) server.mock.scopes.remove(name)
    }
  }
  t.strictSame(creating.sort(), CREATING)
  t.strictSame(scopeless.sort(), SCOPELESS)
})

/** The answer to the removal of a scope that is missing, which is not the scope of the URL. */
const OTHER = 'Cannot remove the scope other: it is missing'

t.test('a rejected input creates no scope either', async (t) => {
  const server = await startControlled(t)
  for (const [route, body] of [
    ['POST /clock', { mode: 'fast' }],
    ['POST /clock/advance', {}],
    ['POST /jobs', {}],
    ['PATCH /jobs/x', {}],
    ['PATCH /jobs/1', { progress: 'x' }],
    ['POST /jobs/x/release', undefined],
    ['POST /rules', {}],
    ['PUT /rules/rule-1', {}],
    ['PATCH /clusters/a', { state: 'no' }],
    ['PATCH /clusters/a', { state: 'up', for: 1 }],
    ['PUT /timeline', {}],
    ['PUT /timeline', [{ at: 1 }]],
    ['POST /fixtures', { job: [] }],
  ] as const) {
    t.not((await server.control(route, body, 'typo')).body['code'], 'SCOPE_NOT_FOUND', route)
    t.equal(server.mock.scopes.find('typo'), undefined, route)
  }
})

t.test('a handle of a scope works after a reset, and not after a removal', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const scope = mock.scope('suite-a')
  scope.jobs.create({ job_id: 7, endpoint: '/alter/table' })
  scope.reset()
  t.strictSame(scope.jobs.list(), { jobs: [], total: 0 })
  mock.removeScope('suite-a')
  const gone = { code: 'SCOPE_NOT_FOUND', message: /^Cannot find the scope suite-a: / }
  t.throws(() => scope.clock.get(), gone)
  t.throws(() => scope.jobs.create({ endpoint: '/alter/table' }), gone)
  t.throws(() => scope.reset(), gone)
  t.throws(() => scope.report(), gone)
  await t.rejects(scope.requests.wait({ when: { endpoint: '*' } }), gone)
  t.equal(mock.scopes().length, 1)
  t.strictSame(mock.scope('suite-a').jobs.list().total, 0)
  const other = { name: 'ScopeError', code: 'SCOPE_CLOSED' }
  t.throws(() => scope.jobs.list(), other)
  t.throws(() => scope.requests.verify({ when: { endpoint: '*' }, times: { exactly: 0 } }), other)
  t.throws(() => scope.reset(), other)
})

const ANY = { when: { endpoint: '*' } }

/** Calls that say something about what came. */
const ASSERTIONS = [
  ['POST /requests/verify', { ...ANY, times: { exactly: 1 } }],
  ['POST /requests/count', ANY],
  ['POST /requests/wait', ANY],
  ['POST /polls/verify', { job: 1, times: { exactly: 0 } }],
  ['GET /jobs/1/wait'],
  ['GET /report?fail=true'],
] as const

t.test('in a scope that was evicted, assertions fail until a test starts it again', async (t) => {
  const server = await startControlled(t, { maxScopes: 2 })
  const status = '/show/system/status'
  await server.post(`/~a${status}`, '{}')
  await server.post(`/~b${status}`, '{}')
  for (const [route, body] of ASSERTIONS) {
    t.match(await server.control(route, body, 'a'), { status: 404 }, route)
  }
  await server.post(`/~a${status}`, '{}')
  for (const [route, body] of ASSERTIONS) {
    const { status, body: problem } = await server.control(route, body, 'a')
    t.match({ status, detail: problem['detail'] }, { status: 417, detail: /evicted/ }, route)
  }
  t.match(await server.must('GET /report', undefined, 'a'), {
    ...{ clean: false, counts: { evicted: 1, no_requests: 0 } },
  })
  await server.must('POST /reset', undefined, 'a')
  await server.post(`/~a${status}`, '{}')
  await server.must('POST /requests/verify', { ...ANY, times: { exactly: 1 } }, 'a')
  t.match(await server.must('GET /report', undefined, 'a'), { clean: true })
})

t.test('in process, opening an evicted scope does not make its assertions pass', async (t) => {
  await using mock = await startMockGpudb({ maxScopes: 2 })
  const first = mock.scope('a')
  mock.scope('b')
  t.throws(() => first.requests.count(ANY), { code: 'SCOPE_NOT_FOUND', message: /evicted/ })
  const again = mock.scope('a')
  t.throws(() => first.requests.count(ANY), { code: 'SCOPE_CLOSED' })
  t.throws(() => again.requests.count(ANY), { code: 'SCOPE_EVICTED' })
  again.reset()
  t.strictSame(again.requests.count(ANY), { count: 0, dropped: 0 })
  mock.scope('b')
  mock.removeScope('b')
  t.throws(() => mock.scope('a').requests.count(ANY), { code: 'SCOPE_EVICTED' })
  mock.removeScope('a')
  t.strictSame(mock.scope('a').requests.count(ANY), { count: 0, dropped: 0 })
})

t.test(
  'GET /fixtures omits rules that never answer, so that the document loads again',
  async (t) => {
    const server = await startControlled(t)
    for (const error of ['old', 'new']) {
      await server.must('POST /rules', { when: { endpoint: '/clear/table' }, then: { error } })
    }
    const saved = await server.must('GET /fixtures')
    t.strictSame(saved['rules'], [{ when: { endpoint: '/clear/table' }, then: { error: 'new' } }])
    const loaded = await server.control('POST /fixtures', saved, 'again')
    t.equal(loaded.status, 201)
  },
)
