import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import fc from 'fast-check'
import t from 'tap'
import { type Credentials, readCredentials, readUser } from '../../src/calls/credentials.ts'
import { STATUSES, toGpudbError } from '../../src/calls/failure.ts'
import { RealTime } from '../../src/clock/time-source.ts'
import { buildServer } from '../../src/http/build-server.ts'
import { checkHealth } from '../../src/http/check-health.ts'
import { RequestLog } from '../../src/http/request-log.ts'
import { requireCredentials } from '../../src/http-parts/authentication.ts'
import { createLog, type Logging } from '../../src/http-parts/logging.ts'
import { Redaction } from '../../src/patterns/redaction.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { makeCertificate } from '../support/certificate.ts'
import { sendHttp } from '../support/http.ts'
import {
  catalogue,
  countsOf,
  encodeRequest,
  ROOMY_CONNECTIONS,
  readAnswer,
  seedJob,
  startTestServer,
  type TestServer,
} from '../support/server.ts'
import { openSocket, refusesConnections, sendBytes } from '../support/socket.ts'

const SILENCE = { level: 'silent', format: 'json', write: () => undefined } as const
const SILENT = createLog(SILENCE)

t.test('buildServer() returns a server that does not listen', async (t) => {
  const { mock, inFlight, close } = await startTestServer()
  t.teardown(close)
  const app = await buildServer({
    control: mock,
    access: { users: [] },
    log: SILENT,
    basePaths: [],
    bodyLimit: 100,
    connections: ROOMY_CONNECTIONS,
    controlOrigins: [],
    serves: 'both',
    page: 'on',
    realTime: new RealTime(),
    inFlight,
    counts: countsOf(),
    droppedLines: () => 0,
  })
  t.teardown(() => app.close())
  t.equal(app.server.listening, false)
  t.equal((await app.inject({ url: '/' })).body, 'Kinetica is running!')
})

const ORIGIN = 'http://page.example'

t.test('a preflight needs no credentials and allows the requested headers', async (t) => {
  const server = await startTestServer({ access: { users: ['admin:secret'] } })
  t.teardown(server.close)
  for (const path of ['/get/job', '/gpudb-0/create/job']) {
    const answer = await sendHttp(server.port, {
      method: 'OPTIONS',
      path,
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-trace',
      },
    })
    t.ok(answer.status === 204 || answer.status === 200, path)
    t.equal(answer.headers['access-control-allow-origin'], '*')
    const allowed = String(answer.headers['access-control-allow-headers']).split(/, */)
    t.strictSame(allowed, ['authorization', 'content-type', 'x-trace'])
    const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
    t.equal(answer.headers['access-control-allow-methods'], methods)
  }
})

t.test('every answer allows every origin, errors included', async (t) => {
  const server = await startTestServer({ access: { users: ['admin:secret'] }, bodyLimit: 10 })
  t.teardown(server.close)
  const authorization = 'Basic YWRtaW46c2VjcmV0'
  const cases = [
    { method: 'GET', path: '/', headers: {}, body: '', status: 200 },
    { method: 'POST', path: '/get/job', headers: {}, body: '{}', status: 401 },
    { method: 'POST', path: '/show/system/status', headers: { authorization }, status: 200 },
    { method: 'POST', path: '/get/job', headers: { authorization }, body: '{', status: 400 },
    { method: 'POST', path: '/no/such', headers: { authorization }, body: '{}', status: 404 },
    { method: 'GET', path: '/get/job', headers: { authorization }, body: '', status: 405 },
    {
      method: 'POST',
      path: '/get/job',
      headers: { authorization },
      body: '{          }',
      status: 413,
    },
  ]
  for (const { method, path, headers, body = '{}', status } of cases) {
    const sent = { method, path, headers: { origin: ORIGIN, ...headers }, body }
    const answer = await sendHttp(server.port, sent)
    t.equal(answer.status, status)
    t.equal(answer.headers['access-control-allow-origin'], '*', String(status))
    const exposed = 'x-request-time-secs, x-mock-gpudb-notice'
    t.equal(answer.headers['access-control-expose-headers'], exposed)
  }
})

t.test('buildServer() serves HTTPS if it has a certificate', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const server = await startTestServer({ tls: { cert, key } })
  t.teardown(server.close)
  t.match(server.url, /^https:/)
  const get = await sendHttp(server.port, { path: '/', isTls: true })
  t.equal(get.body.toString(), 'Kinetica is running!')
  const path = '/show/system/properties'
  const answer = await sendHttp(server.port, { method: 'POST', path, body: '{}', isTls: true })
  const { property_map } = Object(readAnswer(path, answer).response)
  t.equal(property_map['conf.use_https'], 'TRUE')
  t.equal(property_map['conf.host0_public_urls'], 'https://127.0.0.1')
})

t.test('buildServer() closes idle connections when it stops', async (t) => {
  const server = await startTestServer()
  const kept = openSocket(server.port)
  kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.match(await kept.next(), /Kinetica is running!$/)
  await server.close()
  t.equal(await kept.rest(), '')
})

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS')

const path = fc.oneof(
  fc.constantFrom(...catalogue.endpoints),
  fc.constantFrom('/', '/gpudb-0', '/gpudb-0/get/job', '//get//job', '/get/job?a=%', '/%', '/*'),
  fc.stringMatching(/^\/[!-~]{0,30}$/),
)

const contentType = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/octet-stream',
    'application/x-snappy',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ),
  fc.stringMatching(/^[ -~]{0,20}$/),
)

const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record(
      {
        job_id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        endpoint: fc.constantFrom(...catalogue.endpoints),
        request_encoding: fc.constantFrom('json', 'binary', 'snappy', 'x'),
        data: fc.string(),
        data_str: fc.json(),
        options: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: [] },
    )
    .map((fields) => Buffer.from(JSON.stringify(fields))),
)

const headers = fc.record(
  {
    'content-type': contentType,
    authorization: fc.stringMatching(/^[ -~]{0,30}$/),
    accept: fc.constantFrom('*/*', 'text/html', ''),
    origin: fc.stringMatching(/^[!-~]{1,20}$/),
    'x-anything': fc.stringMatching(/^[ -~]{0,20}$/),
    'content-encoding': fc.constantFrom('gzip', 'snappy'),
  },
  { requiredKeys: [] },
)

t.test('any request is answered without a 5xx', async (t) => {
  const server = await startTestServer({ seeds: [seedJob({ tag: 'a' })], bodyLimit: 1000 })
  t.teardown(server.close)
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, async (method, path, headers, body) => {
      const sent = { method, path, headers: { 'content-length': body.length, ...headers }, body }
      const answer = await sendHttp(server.port, sent)
      t.ok([200, 204, 400, 401, 404, 405, 413].includes(answer.status), String(answer.status))
      t.notMatch(answer.headers['content-type'] ?? '', /^text\//)
    }),
    { numRuns: 300 },
  )
  t.equal((await server.post('/get/job', { job_id: 1 })).status, 200)
})

t.test('any bytes are answered without a 5xx, or close the connection', async (t) => {
  const server = await startTestServer({ bodyLimit: 1000 })
  t.teardown(server.close)
  const line = fc.stringMatching(/^[ -~]{0,30}$/)
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 100 }).map((octets) => Buffer.from(octets)),
    fc
      .tuple(fc.constantFrom('POST', 'GET', 'BREW', ''), line, fc.array(line, { maxLength: 4 }))
      .map(([verb, target, lines]) => [`${verb} ${target} HTTP/1.1`, ...lines, '', '{}'])
      .map((lines) => Buffer.from(lines.join('\r\n'))),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const socket = openSocket(server.port)
      socket.write(sent)
      socket.end()
      t.match(await socket.rest(), /^(?:HTTP\/1\.1 [24]\d\d |$)/)
    }),
    { numRuns: 200 },
  )
  t.match(await sendBytes(server.port, 'GET / HTTP/1.0\r\n\r\n'), /Kinetica is running!$/)
})

const PATH = '/show/system/status'

function basicHeader(text: string): string {
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`
}

function basic(user: string, password: string): string {
  return basicHeader(`${user}:${password}`)
}

/** Sends a call and returns its status and challenge; only a 401 has a challenge. */
async function statusOf(server: TestServer, authorization: string | undefined): Promise<number> {
  const headers = authorization === undefined ? {} : { authorization }
  const sent = { method: 'POST', path: PATH, headers, body: '{}' }
  const answer = await sendHttp(server.port, sent)
  assert.equal('www-authenticate' in answer.headers, answer.status === 401)
  return answer.status
}

t.test('requireCredentials() returns no hook without users and token', async (t) => {
  t.equal(requireCredentials({ users: [] }), undefined)
})

t.test('a server without users accepts every Authorization header', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  // Go always sends the first, JavaScript without options the second.
  for (const header of ['Basic Og==', 'Bearer undefined', 'Digest x', 'nonsense', undefined]) {
    t.equal(await statusOf(server, header), 200, String(header))
  }
})

const USERS = ['admin:secret', 'jo:pa:ss', 'zoë:gehëim', 'empty:']

const BASIC = [
  { header: basic('admin', 'secret'), status: 200 },
  { header: basic('admin', 'secret').replace('Basic', 'basic'), status: 200 },
  { header: basic('jo', 'pa:ss'), status: 200 },
  { header: basic('zoë', 'gehëim'), status: 200 },
  { header: basic('empty', ''), status: 200 },
  { header: basic('admin', 'Secret'), status: 401 },
  { header: basic('admin', ''), status: 401 },
  { header: basic('admin', 'secret '), status: 401 },
  { header: basic('jo', 'pa'), status: 401 },
  { header: basic('', ''), status: 401 },
  { header: 'Basic', status: 401 },
  { header: 'Bearer secret', status: 401 },
  { header: 'Bearer admin:secret', status: 401 },
  { header: 'Digest username="admin"', status: 401 },
  { header: undefined, status: 401 },
]

t.test('requireCredentials() accepts users only by Basic', async (t) => {
  const server = await startTestServer({ access: { users: USERS } })
  t.teardown(server.close)
  for (const { header, status } of BASIC)
    t.equal(await statusOf(server, header), status, String(header))
})

const BEARER = [
  { header: 'Bearer t0ken', status: 200 },
  { header: 'bearer t0ken', status: 200 },
  { header: 'Bearer t0ke', status: 401 },
  { header: 'Bearer ', status: 401 },
  { header: basic('t0ken', ''), status: 401 },
  { header: basic('bearer t0ken', ''), status: 401 },
  { header: undefined, status: 401 },
]

t.test('requireCredentials() accepts the token only by Bearer', async (t) => {
  const server = await startTestServer({ access: { users: [], tokens: ['t0ken'] } })
  t.teardown(server.close)
  for (const { header, status } of BEARER)
    t.equal(await statusOf(server, header), status, String(header))
})

t.test('requireCredentials() accepts users and the token together', async (t) => {
  const server = await startTestServer({ access: { users: USERS, tokens: ['t0ken'] } })
  t.teardown(server.close)
  t.equal(await statusOf(server, basic('admin', 'secret')), 200)
  t.equal(await statusOf(server, 'Bearer t0ken'), 200)
  t.equal(await statusOf(server, 'Bearer secret'), 401)
})

const CHALLENGES = [
  { access: { users: USERS }, schemes: 'Basic realm="GPUdb", charset="UTF-8"' },
  { access: { users: [], tokens: ['x'] }, schemes: 'Bearer realm="GPUdb"' },
  {
    access: { users: USERS, tokens: ['x'] },
    schemes: 'Basic realm="GPUdb", charset="UTF-8", Bearer realm="GPUdb"',
  },
]

for (const { access, schemes } of CHALLENGES) {
  t.test(`requireCredentials() challenges with ${schemes}`, async (t) => {
    const server = await startTestServer({ access })
    t.teardown(server.close)
    for (const { type, encoding } of [
      { type: 'application/json', encoding: 'json' },
      { type: 'application/octet-stream', encoding: 'binary' },
    ] as const) {
      const answer = await sendHttp(server.port, {
        method: 'POST',
        path: PATH,
        headers: { 'content-type': type },
        body: encodeRequest(encoding, PATH, {}),
      })
      t.equal(answer.status, 401)
      t.equal(answer.headers['www-authenticate'], schemes)
      const { contentType, status, dataType, message } = readAnswer(PATH, answer)
      t.ok(contentType.startsWith(type))
      t.strictSame([status, dataType], ['ERROR', 'none'])
      t.equal(message, 'Cannot answer: the user name, password or token is wrong')
    }
  })
}

t.test('requireCredentials() rejects a call before its body and path are read', async (t) => {
  const server = await startTestServer({ access: { users: USERS }, bodyLimit: 10 })
  t.teardown(server.close)
  for (const path of [PATH, '/no/such', '/']) {
    const sent = { method: 'POST', path, body: '{ this is no JSON, and too long' }
    t.equal((await sendHttp(server.port, sent)).status, 401, path)
  }
})

t.test('requireCredentials() accepts GET and HEAD of the root', async (t) => {
  const server = await startTestServer({ access: { users: USERS } })
  t.teardown(server.close)
  for (const method of ['GET', 'HEAD']) {
    t.equal((await sendHttp(server.port, { method, path: '/' })).status, 200, method)
  }
})

t.test('a job records the user who created it', async (t) => {
  const server = await startTestServer({ access: { users: USERS } })
  t.teardown(server.close)
  const inner = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  await sendHttp(server.port, {
    method: 'POST',
    path: '/create/job',
    headers: { authorization: basic('zoë', 'gehëim') },
    body: JSON.stringify(inner),
  })
  t.equal(server.scope.jobs.get({ id: 1n }).job.caller.user, 'zoë')
})

t.test('readCredentials() reads the headers that clients send', async (t) => {
  const cases: [string | undefined, Credentials][] = [
    // Python: admin, secret.
    ['Basic YWRtaW46c2VjcmV0', { scheme: 'basic', user: 'admin', password: 'secret' }],
    // Go, without a user.
    ['Basic Og==', { scheme: 'basic', user: '', password: '' }],
    // The JavaScript clients, without options.
    ['Bearer undefined', { scheme: 'bearer', token: 'undefined' }],
    [undefined, { scheme: 'none' }],
  ]
  for (const [header, credentials] of cases) {
    t.strictSame(readCredentials(header), credentials, String(header))
  }
})

t.test('readCredentials() reads Basic by RFC 7617', async (t) => {
  t.strictSame(readCredentials(basicHeader('user:a:b::')), {
    scheme: 'basic',
    user: 'user',
    password: 'a:b::',
  })
  t.strictSame(readCredentials(basicHeader('m\u00fcller:\u{1f511}')), {
    scheme: 'basic',
    user: 'm\u00fcller',
    password: '\u{1f511}',
  })
  t.strictSame(readCredentials(basicHeader('user')), {
    scheme: 'basic',
    user: 'user',
    password: '',
  })
})

t.test('readCredentials() accepts a scheme in any case and spaces around the value', async (t) => {
  t.strictSame(readCredentials('bearer  token '), { scheme: 'bearer', token: 'token' })
  t.strictSame(readCredentials('BASIC Og=='), { scheme: 'basic', user: '', password: '' })
})

t.test(
  'readCredentials() finds no credentials in other schemes and in an empty header',
  async (t) => {
    for (const header of [
      '',
      'Basic',
      'Basic ',
      'Bearer',
      'Digest abc',
      'BasicOg==',
      'Bearer a b',
    ]) {
      t.strictSame(readCredentials(header), { scheme: 'none' }, header)
    }
  },
)

t.test('readUser() returns the user of a Basic header and is empty for others', async (t) => {
  const cases: [string | undefined, string][] = [
    [basicHeader('ann:secret'), 'ann'],
    [basicHeader('ann'), 'ann'],
    [basicHeader(':secret'), ''],
    ['Bearer token', ''],
    ['Digest abc', ''],
    ['', ''],
    [undefined, ''],
  ]
  for (const [header, user] of cases) t.equal(readUser(header), user, String(header))
})

t.test('toGpudbError() returns a GpudbError unchanged', async (t) => {
  const error = new GpudbError('Cannot find /x', { code: 'UNKNOWN_ENDPOINT' })
  t.equal(toGpudbError(error), error)
})

t.test('toGpudbError() maps an unexpected error to 400, never to 500', async (t) => {
  const coded = Object.assign(new Error('Connection reset by peer'), { code: 'ECONNRESET' })
  const cases: [unknown, string][] = [
    [new TypeError('x is not a function'), 'Cannot answer: x is not a function'],
    [coded, 'Cannot answer: Connection_reset by peer'],
    [undefined, 'Cannot answer: unknown failure'],
    ['Kinetica is exiting', 'Cannot answer: unknown failure'],
  ]
  for (const [thrown, message] of cases) {
    const failure = toGpudbError(thrown)
    t.equal(STATUSES[failure.code], 400)
    t.equal(failure.message, message)
  }
})

async function linesOf({ level, format }: Omit<Logging, 'write'>): Promise<string[]> {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const server = await startTestServer({ logging: { level, format, write } })
  await sendHttp(server.port, { path: '/' })
  await sendHttp(server.port, { method: 'POST', path: '/get/job?a=1', body: '{"job_id":7}' })
  await server.close()
  return lines.filter((line) => !line.includes('listening'))
}

for (const level of ['info', 'debug', 'trace'] as const) {
  t.test(`createLog() at ${level} writes one line of JSON for each request`, async (t) => {
    const lines = (await linesOf({ level, format: 'json' })).map((line) => JSON.parse(line))
    const requests = lines.filter(({ level }) => level === 30).map(({ msg }) => msg)
    t.equal(requests.length, 2)
    t.match(requests[0], /^GET \/ 200 in \d+\.\d ms$/)
    t.match(requests[1], /^POST \/get\/job\?a=1 400 in \d+\.\d ms \(scope default, json\): Cannot /)
  })
}

for (const level of ['warn', 'error', 'fatal', 'silent'] as const) {
  t.test(`createLog() at ${level} writes no line for a request`, async (t) => {
    t.strictSame(await linesOf({ level, format: 'json' }), [])
  })
}

t.test('createLog() in console form writes readable lines', async (t) => {
  const [line, ...more] = await linesOf({ level: 'info', format: 'console' })
  t.match(line, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: GET \/ 200 in \d+\.\d ms\n$/)
  t.equal(more.length, 1)
})

t.test('createLog() in console form writes an error with its stack', async (t) => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = createLog({ level: 'warn', format: 'console', write })
  log.warn({ err: new Error('no disk') }, 'Cannot answer')
  log.info('below the level')
  t.equal(lines.length, 1)
  t.match(lines[0], /WARN: Cannot answer\n/)
  t.match(lines[0], /Error: no disk\n +at /)
})

t.test('RequestLog disables request logging above info', async (t) => {
  for (const { level, disabled } of [
    { level: 'warn', disabled: true },
    { level: 'info', disabled: false },
  ] as const) {
    const log = createLog({ ...SILENCE, level })
    t.equal(new RequestLog(log, new Redaction()).disableRequestLogging, disabled, level)
  }
})

t.test('checkHealth() reports a server that answers as healthy', async (t) => {
  const { port, close } = await startTestServer({ access: { users: ['admin:secret'] } })
  t.teardown(close)
  // 0.0.0.0 means all addresses of the machine: the loopback is checked.
  for (const [host, name] of [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['0', '127.0.0.1'],
    ['::ffff:0.0.0.0', '127.0.0.1'],
    ['localhost', 'localhost'],
  ] as const) {
    const message = `http://${name}:${port} answers 200`
    t.strictSame(await checkHealth({ host, port }), { healthy: true, message }, host)
  }
})

t.test('checkHealth() writes IPv6 addresses in brackets', async (t) => {
  const server = createServer((_request, response) => response.end())
  server.listen({ host: '::1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = Object(server.address())
  const message = `http://[::1]:${port} answers 200`
  for (const host of ['::', '::1', '0:0:0:0:0:0:0:0']) {
    t.strictSame(await checkHealth({ host, port }), { healthy: true, message }, host)
  }
})

t.test('checkHealth() reports a host that is not a name', async (t) => {
  const { healthy, message } = await checkHealth({ host: 'no host', port: 7 })
  t.equal(healthy, false)
  t.match(message, 'http://no host:7 does not answer: ')
})

t.test('checkHealth() reports a server with HTTPS as healthy', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const { port, close } = await startTestServer({ tls: { cert, key } })
  t.teardown(close)
  const message = `https://127.0.0.1:${port} answers 200`
  t.strictSame(await checkHealth({ host: '0.0.0.0', port, tls: {} }), { healthy: true, message })
})

t.test('checkHealth() reports a closed port as unhealthy', async (t) => {
  const { port, close } = await startTestServer()
  await close()
  await refusesConnections(port)
  const { healthy, message } = await checkHealth({ host: '127.0.0.1', port })
  t.equal(healthy, false)
  t.match(message, `http://127.0.0.1:${port} does not answer: `)
})

t.test('checkHealth() reports a status other than 200 as unhealthy', async (t) => {
  const other = createServer((_request, response) => response.writeHead(500).end())
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = Object(other.address())
  const message = `http://127.0.0.1:${port} answers 500`
  t.strictSame(await checkHealth({ host: '127.0.0.1', port }), { healthy: false, message })
})

t.test('checkHealth() reports a server that never answers as unhealthy', async (t) => {
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const { port } = Object(silent.address())
  const message = `http://127.0.0.1:${port} does not answer: no answer within 2000 ms`
  t.strictSame(await checkHealth({ host: '127.0.0.1', port }), { healthy: false, message })
})
