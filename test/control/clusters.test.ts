import t from 'tap'
import { ScopeControl } from '../../src/control/scope-control.ts'
import { startMockGpudb } from '../../src/index.ts'
import { type RingSeed, ringOf } from '../../src/scope/ring.ts'
import { MockScope } from '../../src/start-mock-gpudb.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { START_MS } from '../support/server.ts'

const JOB = { endpoint: '/alter/table', lifecycle: { steps: [{ hold: true }] } }

/** What the document of a cluster that was never moved shows besides its name and path. */
const FRESH = {
  host: null,
  state: 'up',
  changed_at_ms: START_MS,
  next_change_at_ms: null,
  jobs: 0,
}

const A = { ...FRESH, name: 'a', path: '' }
const B = { ...FRESH, name: 'b', path: '/~default~b' }

/** The status of a call of a cluster, or that no answer came. */
async function ask({ url }: Controlled, path: string): Promise<number | 'no answer'> {
  const call = { method: 'POST', body: '{"table_name":"orders","options":{}}' }
  return await fetch(`${url}${path}/has/table`, call).then(
    ({ status }) => status,
    () => 'no answer',
  )
}

t.test('a scope without a ring has one cluster, which moves', async (t) => {
  const server = await startControlled(t)
  t.strictSame(await server.must('GET /clusters'), { clusters: [A] })
  const down = await server.must('PATCH /clusters/a', { state: 'down', for: '10s' })
  const next_change_at_ms = START_MS + 10_000
  t.strictSame(down, { ...A, state: 'down', next_change_at_ms })
  t.strictSame(await server.must('GET /clusters/a'), down)
  t.equal(await ask(server, ''), 'no answer')
  t.match(await server.must('GET /clock'), { next_change_at_ms })
  t.match(await server.must('POST /clock/next'), { now_ms: next_change_at_ms })
  t.strictSame(await server.must('GET /clusters/a'), { ...A, changed_at_ms: next_change_at_ms })
  t.equal(await ask(server, ''), 200)
})

t.test('a cluster drains first, and its state holds until it is moved again', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  const move = { state: 'offline', drain: '5s', for: '1m' }
  const draining = { ...B, state: 'draining', next_change_at_ms: START_MS + 5000 }
  t.strictSame(await server.must('PATCH /clusters/b', move), draining)
  t.equal(await ask(server, '/~default~b'), 400)
  await server.must('POST /clock/advance', { by: '6s' })
  const offline = { changed_at_ms: START_MS + 5000, next_change_at_ms: START_MS + 65_000 }
  t.strictSame(await server.must('GET /clusters'), {
    clusters: [A, { ...B, state: 'offline', ...offline }],
  })
  const stopping = { ...B, state: 'stopping', changed_at_ms: START_MS + 6000 }
  t.strictSame(await server.must('PATCH /clusters/b', { state: 'stopping' }), stopping)
  t.strictSame(await server.control('POST /clock/next').then(({ status }) => status), 409)
  await server.must('POST /clock/advance', { by: '1h' })
  t.strictSame(await server.must('GET /clusters/b'), stopping)
  t.match(await server.must('PATCH /clusters/b', { state: 'down', for: 0 }), { state: 'up' })
})

t.test('a cluster counts the jobs that it finds by id, and can lose them', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  await server.must('POST /jobs', { ...JOB, tag: 'seeded' })
  await server.call('/~default~b/create/job', alterTable('theirs'))
  await server.must('PATCH /jobs/tag:theirs', { lifecycle: JOB.lifecycle })
  const homes = async () => {
    const { clusters } = await server.must('GET /clusters')
    return Array.from(clusters as readonly { jobs: number }[], ({ jobs }) => jobs)
  }
  t.strictSame(await homes(), [1, 1])
  t.match(await server.must('GET /jobs/tag:seeded'), { cluster: 'a' })
  t.match(await server.must('GET /jobs?cluster=b'), {
    total: 1,
    jobs: [{ tag: 'theirs', cluster: 'b' }],
  })
  t.match(await server.control('GET /jobs?cluster=c'), {
    status: 400,
    body: { problems: [{ path: 'cluster', message: 'there is no cluster "c", only a, b' }] },
  })
  t.match(await server.must('PATCH /clusters/b', { state: 'down', jobs: 'lose' }), { jobs: 0 })
  t.strictSame(await homes(), [1, 0])
})

t.test('requests name the cluster that was called, and are found by it', async (t) => {
  const logging = { level: 'info', format: 'json' } as const
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const server = await startControlled(t, {
    ...{ ring: ringOf(2), strict: true },
    logging: { ...logging, write },
  })
  const onB = { endpoint: '*', cluster: 'b' }
  await server.must('POST /faults', { name: 'b only', when: onB, delay: 0 })
  await ask(server, '')
  await ask(server, '/~default~b')
  await ask(server, '/~default~b')
  t.match(await server.must('GET /requests'), {
    requests: [
      { cluster: 'a', fault: [] },
      { cluster: 'b', fault: ['b only'] },
      { cluster: 'b', fault: ['b only'] },
    ],
  })
  t.match(await server.must('GET /requests?cluster=b'), { total: 2, requests: [{ id: 2 }, {}] })
  const when = { endpoint: '/has/table', cluster: 'b' }
  t.match(await server.must('POST /requests/count', { when }), { count: 2 })
  const decoded = { ...when, request: { table_name: 'orders' } }
  t.match(await server.must('POST /requests/count', { when: decoded }), { count: 2 })
  await server.must('POST /requests/verify', { when, times: { exactly: 2 } })
  t.match(await server.must('POST /requests/wait', { when, at_least: 2 }), { count: 2 })
  const missed = { when: { endpoint: '/show/system/status', cluster: 'b' }, times: { at_least: 1 } }
  await server.post('/show/system/status', {})
  t.match(await server.control('POST /requests/verify', missed), {
    body: { detail: /the nearest is request 4: cluster: expected "b", got "a"/ },
  })
  const logged = lines.map((line): Record<string, unknown> => JSON.parse(line))
  const calls = logged.filter((line) => line['method'] === 'POST' && 'endpoint' in line)
  t.match(
    calls.map(({ cluster }) => cluster),
    ['a', 'b', 'b'],
  )
  t.match(calls[1]?.['msg'], /\(scope default, cluster b, json, fault b only\)/)
  const warnings = logged.filter((line) => 'reason' in line)
  t.strictSame(
    warnings.map(({ cluster }) => cluster),
    ['a', 'b', 'b'],
  )
})

t.test('a URL with a cluster that the scope does not have controls nothing', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  const detail = 'Cannot find the cluster c: the clusters are a, b'
  for (const [method, route, body] of [
    ['GET', 'clock', null],
    ['POST', 'clock/advance', '{"by":"1s"}'],
    ['POST', 'reset', null],
    ['GET', 'jobs', null],
  ] as const) {
    const url = (cluster: string) => `${server.url}/~default~${cluster}/__mock/${route}`
    const missing = await fetch(url('c'), { method, body })
    t.match(await missing.json(), { status: 404, code: 'CLUSTER_NOT_FOUND', detail }, route)
    const found = await fetch(url('b'), { method, body })
    t.ok(found.ok, route)
  }
})

t.test('a request that a cluster in an outage answered is interrupted', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  await server.must('PATCH /clusters/a', { state: 'offline' })
  t.equal(await ask(server, ''), 503)
  t.equal(await ask(server, '/~default~b'), 200)
  const { requests } = await server.must('GET /requests')
  t.match(requests, [
    { cluster: 'a', interrupted: true, decoded: true, error: 'Kinetica is offline' },
    { cluster: 'b', interrupted: false, decoded: true, error: '' },
  ])
})

t.test('logs of a scope without a ring name no cluster', async (t) => {
  const lines: string[] = []
  const logging = { level: 'info', format: 'json', write: (line: string) => void lines.push(line) }
  const server = await startControlled(t, {
    strict: true,
    logging: { ...logging, level: 'info', format: 'json' },
  })
  await ask(server, '')
  const calls = lines.filter((line) => line.includes('/has/table'))
  t.equal(calls.length, 2)
  t.notMatch(calls.join(''), /cluster/)
})

t.test('an unknown cluster and a wrong move change nothing', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  const missing = {
    status: 404,
    body: {
      code: 'CLUSTER_NOT_FOUND',
      detail: 'Cannot find the cluster c: the clusters are a, b',
    },
  }
  t.match(await server.control('GET /clusters/c'), missing)
  t.match(await server.control('PATCH /clusters/c', { state: 'down' }), missing)
  for (const [move, status, detail] of [
    [
      { state: 'dwn' },
      400,
      'Cannot move the cluster: state: expected one of up, draining, stopping, offline, down, ' +
        'proxy_down, got "dwn" (did you mean down?)',
    ],
    [{}, 400, 'Cannot move the cluster: state: the key "state" is missing'],
    [
      { state: 'down', drian: '1s' },
      400,
      'Cannot move the cluster: drian: the key "drian" is not known (did you mean drain?)',
    ],
    [
      { state: 'up', for: '1s' },
      422,
      'Cannot move the cluster: for: a move to the state up has no for',
    ],
  ] as const) {
    const { status: got, body } = await server.control('PATCH /clusters/b', move)
    t.strictSame([got, body['detail']], [status, detail])
  }
  t.strictSame(await server.must('GET /clusters'), { clusters: [A, B] })
})

t.test('moving a cluster creates the scope, and reading does not', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  const missing = { status: 404, body: { code: 'SCOPE_NOT_FOUND' } }
  t.match(await server.control('GET /clusters', undefined, 'new'), missing)
  t.match(await server.control('GET /clusters/a', undefined, 'new'), missing)
  t.match(await server.must('PATCH /clusters/b', { state: 'down' }, 'new'), { path: '/~new~b' })
  t.match(await server.must('GET /clusters/a', undefined, 'new'), { path: '/~new', state: 'up' })
  t.match(await server.must('GET /clusters/b'), { state: 'up' }, 'other scopes are not moved')
})

t.test('what is due has happened, whatever is asked', async (t) => {
  const server = await startControlled(t, { faults: faultsOf({ name: 'slow', delay: '1s' }) })
  const { scope, mock } = server
  const control = new ScopeControl(
    { name: 'default', find: () => mock.scopes.get('default'), assertUsable: () => {} },
    mock,
  )
  const text = {}
  scope.timeline.replace(
    [
      { afterMs: 1000, action: { kind: 'fault', name: 'slow', enabled: false }, text },
      {
        ...{ afterMs: 2000, text },
        action: {
          ...{ kind: 'cluster', name: 'a' },
          move: { state: 'down', drainMs: undefined, forMs: undefined, jobs: 'keep' },
        },
      },
    ],
    scope.clock.now(),
  )
  scope.clock.advance(1000)
  t.equal(control.faults.get('fault-1').enabled, false)
  scope.clock.advance(1000)
  t.equal(control.clusters.get('a').state, 'down')
})

/** The host of the last cluster is one that the third would get. */
const HOSTS: RingSeed = {
  clusters: [
    { name: 'a', host: undefined, state: 'up' },
    { name: 'b', host: 'standby', state: 'up' },
    { name: 'c', host: undefined, state: 'draining' },
    { name: 'd', host: 'localhost', state: 'up' },
  ],
  jobs: 'own',
}

t.test('clusterUrl() is the URL that clients read in the properties', async (t) => {
  const server = await startControlled(t, { ring: HOSTS })
  const { port } = server
  for (const [name, base] of [
    ['default', ''],
    ['suite', '/~suite'],
  ] as const) {
    server.mock.scopes.open(name)
    const scope = new MockScope(name, server)
    t.equal(scope.url, `${server.url}${base}`)
    const urls = ['a', 'b', 'c', 'd'].map((cluster) => scope.clusterUrl(cluster))
    t.strictSame(urls, [
      `http://127.0.0.1:${port}${base}`,
      `http://standby:${port}/~${name}~b`,
      `http://127.0.0.2:${port}/~${name}~c`,
      `http://localhost:${port}/~${name}~d`,
    ])
    const { property_map } = await server.call(`${base}/show/system/properties`, { options: {} })
    t.equal(Object(property_map)['conf.ha_ring_head_nodes_full'], urls.join(';'))
    t.throws(() => scope.clusterUrl('e'), { code: 'CLUSTER_NOT_FOUND' })
  }
})

t.test('clusters move in process by the same checks', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  t.equal(mock.clusterUrl('a'), mock.url)
  t.match(mock.clusters.patch('a', { state: 'offline', for: '1s' }), { state: 'offline' })
  t.equal((await fetch(mock.url)).status, 503)
  mock.clock.advance('1s')
  t.match(mock.clusters.list(), [{ state: 'up' }])
  t.throws(() => mock.clusters.get(7 as never), {
    code: 'BAD_REQUEST',
    message: 'Cannot find the cluster: name: expected the name of a cluster, got 7',
  })
  t.throws(() => mock.clusters.patch('b', { state: 'down' }), { code: 'CLUSTER_NOT_FOUND' })
  t.throws(() => mock.clusters.patch('a', { state: 'up', drain: '1s' }), {
    code: 'BAD_FIXTURES',
    problems: [{ path: 'drain', message: 'a move to the state up has no drain' }],
  })
})
