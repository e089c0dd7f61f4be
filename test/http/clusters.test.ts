import t, { type Test } from 'tap'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { ClusterMove } from '../../src/scope/cluster-move.ts'
import { MAX_CLUSTERS, ringOf } from '../../src/scope/ring.ts'
import { sendHttp } from '../support/http.ts'
import {
  ENCODINGS,
  encodeRequest,
  FIXTURE_CONTEXT,
  readAnswer,
  START_MS,
  seedJob,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../support/server.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

/** The path of the second cluster of the default scope. */
const B = '/~default~b'

/** Starts a server whose scopes have two clusters, `a` and `b`. */
async function startRing(t: Test, options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer({ ring: ringOf(2), ...options })
  t.teardown(server.close)
  return server
}

/** Moves a cluster now. */
function move({ scope, clock }: TestServer, name: string, change: Partial<ClusterMove>): void {
  const whole = { state: 'up', drainMs: undefined, forMs: undefined, jobs: 'keep' } as const
  scope.ring.move(name, { ...whole, ...change }, clock.now())
}

/** What a client sees of a cluster: its root, its status and any other endpoint. */
async function look(server: TestServer, base = ''): Promise<unknown[]> {
  const root = await sendHttp(server.port, { path: `${base}/` })
  const status = await server.post(`${base}/show/system/status`, {})
  const other = await server.post(`${base}/has/table`, { table_name: 'x' })
  const drained = /drained\\":\\"(\w+)/.exec(status.wrapper.data_str.replaceAll('\\\\', '\\'))?.[1]
  return [
    [root.status, root.body.toString()],
    [status.status, status.wrapper.message || drained],
    [other.status, other.wrapper.message],
  ]
}

const RUNNING = [200, 'Kinetica is running!']

t.test('a cluster is up, and says so to clients that look for a ring', async (t) => {
  const server = await startRing(t)
  for (const base of ['', B, '/~default~a', '/gpudb-0/~default~b', '/%7Edefault%7Eb']) {
    t.strictSame(await look(server, base), [RUNNING, [200, 'drained'], [200, '']], base)
  }
})

t.test('a draining cluster is running, and refuses all but its status', async (t) => {
  const server = await startRing(t)
  move(server, 'a', { state: 'draining' })
  const draining = [400, 'Unavailable: Draining HA queue']
  t.strictSame(await look(server), [RUNNING, [200, 'draining'], draining])
  t.strictSame(await look(server, B), [RUNNING, [200, 'drained'], [200, '']])
  const { status } = await server.post('/show/system/properties', {})
  t.equal(status, 200)
})

t.test('a cluster that stops refuses all endpoints', async (t) => {
  const server = await startRing(t)
  move(server, 'b', { state: 'stopping' })
  const stopping = [400, 'System shutting down']
  t.strictSame(await look(server, B), [RUNNING, stopping, stopping])
  const answer = await sendBytes(server.port, 'POST /~default~b/get/job HTTP/1.0\r\n\r\n')
  t.match(answer, /^HTTP\/1.1 400 System shutting down\r\n/)
})

t.test('an offline cluster answers 503 to all requests', async (t) => {
  const server = await startRing(t)
  move(server, 'a', { state: 'offline' })
  const offline = [503, 'Kinetica is offline']
  t.strictSame(await look(server), [offline, offline, offline])
  for (const encoding of ENCODINGS) {
    const { httpStatus, message } = await server.ask(encoding, '/get/job', {})
    t.strictSame([httpStatus, message], offline, encoding)
  }
})

t.test('a cluster that is down resets every connection', async (t) => {
  const access = { users: ['ann:secret'] }
  const server = await startRing(t, { access })
  move(server, 'a', { state: 'down' })
  const requests = [
    'GET / HTTP/1.1',
    'HEAD / HTTP/1.1',
    'OPTIONS /get/job HTTP/1.1',
    'POST /show/system/status HTTP/1.1',
    'POST /no/such/endpoint HTTP/1.1',
    'GET /get/job HTTP/1.1',
    'DELETE /get/job HTTP/1.1',
    'PUT / HTTP/1.1',
    'POST /get/job HTTP/1.1\r\nAuthorization: Bearer wrong',
  ]
  for (const request of requests) {
    const socket = openSocket(server.port)
    socket.write(`${request}\r\nHost: x\r\nContent-Length: 0\r\n\r\n`)
    await t.rejects(socket.rest(), { code: 'ECONNRESET' }, request)
  }
  const { status } = await sendHttp(server.port, { path: `${B}/` })
  t.equal(status, 200)
})

t.test('a path with a second ~ names no cluster', async (t) => {
  const server = await startRing(t)
  const { status, wrapper } = await server.post(`${B}~c/show/system/status`, {})
  t.strictSame(
    [status, wrapper.message],
    [400, 'Cannot find the cluster b~c: the clusters are a, b'],
  )
})

t.test('a proxy without its server answers with a page of HTML', async (t) => {
  const server = await startRing(t)
  move(server, 'b', { state: 'proxy_down' })
  for (const sent of [
    { path: `${B}/` },
    { method: 'POST', path: `${B}/show/system/status`, body: '{}' },
    { method: 'POST', path: `${B}/get/job`, body: '{}' },
  ]) {
    const { status, headers, body } = await sendHttp(server.port, sent)
    t.strictSame([status, headers['content-type']], [502, 'text/html'])
    t.match(body.toString(), /<center><h1>502 Bad Gateway<\/h1><\/center>/)
  }
})

t.test(
  'the state is there before credentials are checked, and a refused call is recorded',
  async (t) => {
    const server = await startRing(t, { access: { users: ['ann:secret'] } })
    t.equal((await server.post('/get/job', {})).status, 401)
    move(server, 'a', { state: 'offline' })
    t.equal((await server.post('/get/job', {})).status, 503)
    const seen = server.scope.journal.list().map(({ status, cluster }) => [status, cluster])
    t.strictSame(seen, [
      [401, 'a'],
      [503, 'a'],
    ])
  },
)

t.test('a state ends on the clock of the scope, after a drain', async (t) => {
  const server = await startRing(t)
  const states = [server.scope.ring.first.state]
  move(server, 'a', { state: 'offline', drainMs: 5000, forMs: 10_000 })
  for (const ms of [0, 4999, 1, 9999, 1]) {
    server.clock.advance(ms)
    server.scope.settle()
    states.push(server.scope.ring.first.state)
  }
  t.strictSame(states, ['up', 'draining', 'draining', 'offline', 'offline', 'up'])
  move(server, 'a', { state: 'offline', forMs: 1000 })
  server.clock.advance(1000)
  t.strictSame(await look(server), [RUNNING, [200, 'drained'], [200, '']])
})

t.test('a later move replaces an earlier one', async (t) => {
  const server = await startRing(t)
  const { ring, timeline } = server.scope
  move(server, 'a', { state: 'offline', drainMs: 5000 })
  move(server, 'a', { state: 'stopping', forMs: 7000 })
  move(server, 'b', { state: 'offline', forMs: 1000 })
  t.strictSame([timeline.nextAtMs(), timeline.lastAtMs()], [START_MS + 1000, START_MS + 7000])
  server.clock.advance(6000)
  server.scope.settle()
  t.strictSame(
    ring.clusters.map(({ state }) => state),
    ['stopping', 'up'],
  )
})

t.test('a scope without a ring has one cluster, whose state moves alike', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  move(server, 'a', { state: 'draining' })
  t.strictSame(await look(server, '/~default~a'), [
    RUNNING,
    [200, 'draining'],
    [400, 'Unavailable: Draining HA queue'],
  ])
  t.throws(() => move(server, 'b', {}), {
    code: 'CLUSTER_NOT_FOUND',
    message: 'Cannot find the cluster b: the clusters are a',
  })
})

t.test(
  'a call of an unknown cluster is an error that names the others, and is recorded',
  async (t) => {
    const server = await startRing(t)
    const { status, wrapper } = await server.post('/~default~c/get/job', {})
    t.strictSame(
      [status, wrapper.message],
      [400, 'Cannot find the cluster c: the clusters are a, b'],
    )
    t.equal((await sendHttp(server.port, { path: '/~default~c/' })).status, 400)
    t.strictSame(
      server.scope.journal.list().map(({ cluster }) => cluster),
      ['c'],
    )
  },
)

t.test(
  'the ring of a scope stays once a client has called; a reset gives it another one',
  async (t) => {
    const server = await startRing(t)
    server.scope.prepareRing(ringOf(2))
    await server.post('/show/system/status', {})
    t.throws(() => server.scope.prepareRing(ringOf(3)), {
      code: 'RING_FIXED',
      message:
        'Cannot change the ring of scope default: clients have called, and know the present one: ' +
        'reset the scope first',
    })
    t.doesNotThrow(() => server.scope.prepareRing(ringOf(2)))
    t.doesNotThrow(() => server.mock.scopes.reset('default').prepareRing(ringOf(3))())
  },
)

/** The properties of a ring, as a client that called `host` gets them. */
async function ringOfProperties(server: TestServer, { host = '', path = '' }): Promise<unknown[]> {
  const sent = { method: 'POST', path: `${path}/show/system/properties`, headers: { host } }
  const { body } = await sendHttp(server.port, { ...sent, body: '{}' })
  const { property_map: map } = JSON.parse(JSON.parse(body.toString()).data_str)
  return [
    map['conf.enable_ha'],
    map['conf.host0_public_urls'],
    map['conf.ha_ring_head_nodes_full'],
    map['conf.ha_ring_head_nodes'],
  ]
}

t.test('the properties name the clusters, each by a host name of its own', async (t) => {
  const server = await startRing(t)
  const urls = ['http://localhost:9191', 'http://127.0.0.1:9191/~default~b']
  const shown = (host: string, [one, other]: readonly string[]) =>
    ['TRUE', host, `${one};${other}`, `${one},${other}`] as const
  t.strictSame(
    await ringOfProperties(server, { host: 'localhost:9191' }),
    shown('http://localhost', urls),
  )
  t.strictSame(
    await ringOfProperties(server, { host: '127.0.0.1:9191', path: B }),
    shown('http://127.0.0.1', urls),
  )
  t.strictSame(
    await ringOfProperties(server, { host: 'mock.example', path: '/~suite' }),
    shown('http://mock.example', ['http://mock.example/~suite', 'http://localhost/~suite~b']),
  )
  const single = await startTestServer()
  t.teardown(single.close)
  t.strictSame(await ringOfProperties(single, { host: 'localhost:1' }), [
    'FALSE',
    'http://localhost',
    '',
    undefined,
  ])
})

t.test(
  'no host name of the machine is a part of the one that was called, or the reverse',
  async (t) => {
    const server = await startRing(t, { ring: ringOf(MAX_CLUSTERS) })
    for (const called of ['127.0.0.10', 'localhost.localdomain', 'host']) {
      const [, , full] = await ringOfProperties(server, { host: called })
      const [, ...others] = String(full)
        .split(';')
        .map((url) => new URL(url).hostname)
      const isLike = (host: string) => host.includes(called) || called.includes(host)
      t.strictSame(others.filter(isLike), [], called)
      t.equal(new Set(others).size, MAX_CLUSTERS - 1, called)
    }
  },
)

t.test('the properties have the address of the socket if the header Host is invalid', async (t) => {
  const server = await startRing(t)
  const bad = ['a b', 'h/path', 'h?x', 'h#x', 'u@h', 'h:99999', 'h:abc', ':9191', '[::1', '::1']
  for (const host of [...bad, '%zz', '1.2.3.999', '<b>', 'a;b', 'a,b', '\\', 'xn--a']) {
    const head = `POST /show/system/properties HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`
    const answer = await sendBytes(server.port, `${head}Content-Length: 2\r\n\r\n{}`)
    t.match(answer, /^HTTP\/1\.1 200 OK\r\n/, host)
    const urls = `http://127.0.0.1:${server.port};http://localhost:${server.port}/~default~b`
    t.ok(answer.includes(`full\\":\\"${urls}\\"`), host)
  }
  t.strictSame(await ringOfProperties(server, { host: '[::1]:9191' }), [
    'TRUE',
    'http://[::1]',
    'http://[::1]:9191;http://localhost:9191/~default~b',
    'http://[::1]:9191,http://localhost:9191/~default~b',
  ])
})

t.test('the properties name the hosts of the ring, where it has some', async (t) => {
  const [first, second] = ['gpudb', 'backup'].map((host, index) => {
    return { name: `c${index}`, host, state: 'up' } as const
  })
  if (first === undefined || second === undefined) throw new Error('there are two')
  const server = await startRing(t, { ring: { clusters: [first, second], jobs: 'replicated' } })
  const urls = ['http://gpudb:9191', 'http://backup:9191/~default~c1']
  t.strictSame(await ringOfProperties(server, { host: '127.0.0.1:9191' }), [
    'TRUE',
    'http://gpudb',
    urls.join(';'),
    urls.join(','),
  ])
})

t.test(
  'a cluster for which no host name is left has that by which the ring was called',
  async (t) => {
    const server = await startRing(t, { ring: ringOf(MAX_CLUSTERS) })
    const host = 'localhost.127.0.0.1.example'
    const [, , full] = await ringOfProperties(server, { host })
    const hosts = String(full)
      .split(';')
      .map((url) => new URL(url).hostname)
    t.strictSame([hosts.at(0), hosts.at(1), hosts.at(-1)], [host, '127.0.0.2', host])
  },
)

t.test('the largest ring has host names for all clusters', async (t) => {
  const server = await startRing(t, { ring: ringOf(MAX_CLUSTERS) })
  const [, , full] = await ringOfProperties(server, { host: '127.0.0.7:1' })
  const hosts = String(full)
    .split(';')
    .map((url) => new URL(url).hostname)
  t.equal(new Set(hosts).size, MAX_CLUSTERS)
})

/** Creates a job for one minute on a cluster; returns its id. */
async function create(
  server: TestServer,
  { tag = 't', path = '', group = '' },
): Promise<{ status: number; id: number }> {
  const data_str = JSON.stringify({ table_name: 'x' })
  const options = { job_tag: tag }
  const asked = { endpoint: '/clear/table', request_encoding: 'json', data_str, options }
  const headers = {
    'content-type': 'application/json',
    ...(group === '' ? {} : { 'x-kinetica-group': group }),
  }
  const sent = { method: 'POST', path: `${path}/create/job`, headers }
  const { status, body } = await sendHttp(server.port, { ...sent, body: JSON.stringify(asked) })
  const { data_str: answer } = JSON.parse(body.toString())
  return { status, id: answer === '' ? 0 : JSON.parse(answer).job_id }
}

/** Whether a job is found on `a` by its id and its tag, and on `b` by them. */
async function findable(
  server: TestServer,
  { id, tag = 't' }: { readonly id: number; readonly tag?: string },
): Promise<boolean[]> {
  const asked = [{ job_id: id }, { job_id: 0, options: { job_tag: tag } }]
  const found: boolean[] = []
  for (const path of ['', B]) {
    for (const body of asked) {
      const { status } = await server.post(`${path}/get/job`, body)
      found.push(status === 200)
    }
  }
  return found
}

t.test('a job is found by its id at home only, and by its tag everywhere', async (t) => {
  const server = await startRing(t)
  const { id } = await create(server, {})
  t.strictSame(await findable(server, { id }), [true, true, false, true])
  const other = await create(server, { tag: 'other', path: B })
  t.strictSame(await findable(server, { ...other, tag: 'other' }), [false, true, true, true])
  const { wrapper } = await server.post(`${B}/get/job`, { job_id: id })
  t.equal(wrapper.message, `Cannot find job ${id}: its home is the cluster a, and this is b`)
})

t.test('a job that is not replicated is found on its cluster only', async (t) => {
  const server = await startRing(t)
  const { id } = await create(server, { group: 'REPL_NONE' })
  t.strictSame(await findable(server, { id }), [true, true, false, false])
  const synced = await create(server, { group: 'REPL_SYNC', tag: 'u' })
  t.strictSame(await findable(server, { ...synced, tag: 'u' }), [true, true, false, true])
  // Each cluster has tags of its own then.
  const again = await create(server, { group: 'REPL_NONE', path: B })
  t.strictSame(await findable(server, again), [false, true, true, true])
  t.equal((await create(server, {})).status, 400)

  const own = await startRing(t, { ring: { ...ringOf(2), jobs: 'own' } })
  t.strictSame(await findable(own, await create(own, {})), [true, true, false, false])
})

t.test('a cluster that goes down keeps its jobs, or loses them', async (t) => {
  const server = await startRing(t)
  const kept = await create(server, {})
  const lost = await create(server, { tag: 'own', group: 'REPL_NONE' })
  move(server, 'a', { state: 'down' })
  move(server, 'a', {})
  t.strictSame(await findable(server, kept), [true, true, false, true])
  move(server, 'a', { state: 'down', drainMs: 1000, jobs: 'lose' })
  t.strictSame((await findable(server, kept)).slice(2), [false, true])
  server.clock.advance(1000)
  server.scope.settle()
  t.equal(server.scope.jobs.find({ id: BigInt(lost.id) }), undefined)
  move(server, 'a', {})
  t.strictSame(await findable(server, kept), [false, false, false, true])
  const { wrapper } = await server.post('/get/job', { job_id: kept.id })
  t.equal(wrapper.message, `Cannot find job ${kept.id}: the cluster a, its home, has lost it`)
})

t.test('/admin/show/jobs and /admin/alter/jobs act on the jobs that are found there', async (t) => {
  const server = await startRing(t)
  const shared = await create(server, {})
  const own = await create(server, { tag: 'own', group: 'REPL_NONE' })
  const shown = async (path: string) =>
    (await server.call(`${path}/admin/show/jobs`, { options: {} }))['job_id']
  t.strictSame([await shown(''), await shown(B)], [[shared.id, own.id], [shared.id]])
  const alter = async (path: string, body: object) => {
    const asked = { job_ids: [], action: 'cancel', ...body }
    return (await server.call(`${path}/admin/alter/jobs`, asked))['status']
  }
  t.strictSame(await alter(B, { job_ids: [shared.id, own.id] }), ['not found', 'not found'])
  t.strictSame(await alter(B, { options: { job_tag: 't' } }), ['cancelled'])
  t.strictSame(await alter('', { job_ids: [shared.id, own.id] }), ['already done', 'cancelled'])
  const times = async (path: string) =>
    (await server.call(`${path}/show/system/timing`, {}))['jobIds']
  t.strictSame([await times(''), await times(B)], [['1', '2'], ['1']])
})

t.test('a job of a fixture has its home on the cluster that it names', async (t) => {
  const seeds = [seedJob({ tag: 't' }), seedJob({ tag: 'u', cluster: 'b' })]
  const server = await startRing(t, { seeds })
  t.strictSame(await findable(server, { id: 1 }), [true, true, false, true])
  t.strictSame(await findable(server, { id: 2, tag: 'u' }), [false, true, true, true])
})

t.test('rules and faults match by the cluster that is called', async (t) => {
  const server = await startRing(t)
  const { rules, faults } = server.scope
  const answer = (error: string, cluster: string) => {
    return { when: { endpoint: '/has/table', cluster }, then: { error } }
  }
  const document = {
    ring: { clusters: [{ name: 'a' }, { name: 'b' }] },
    rules: [answer('by first', 'a'), answer('by second', 'b')],
    faults: [{ when: { endpoint: '*', cluster: 'b' }, fault: { http: { status: 404 } } }],
  }
  const loaded = loadFixtures([document], FIXTURE_CONTEXT)
  t.strictSame(loaded.problems, [])
  rules.add(loaded.rules)
  const said = async (path: string) =>
    (await server.post(`${path}/has/table`, { table_name: 'x' })).wrapper.message
  t.strictSame([await said(''), await said(B)], ['by first', 'by second'])
  faults.add(loaded.faults, 0)
  const body = encodeRequest('binary', '/has/table', {})
  const headers = { 'content-type': 'application/octet-stream' }
  const sent = { method: 'POST', headers, body }
  const first = await sendHttp(server.port, { ...sent, path: '/has/table' })
  t.equal(readAnswer('/has/table', first).message, 'by first')
  t.equal((await sendHttp(server.port, { ...sent, path: `${B}/has/table` })).status, 404)
})
