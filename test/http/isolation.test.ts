import t, { type Test } from 'tap'
import { hostOf, plainAddress } from '../../src/connections/client-address.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { readAnswers } from '../support/raw-answer.ts'
import { loadRules } from '../support/rules.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

function namesOf({ mock }: TestServer): string[] {
  return mock.scopes.list().map(({ name }) => name)
}

const STATUS = '/show/system/status'

t.test('H5: only an authorized request with a route creates a scope', async (t) => {
  const access = { users: ['ann:secret'], tokens: ['t0ken'] }
  const server = await startTestServer({ access })
  t.teardown(server.close)
  const token = { authorization: 'Bearer t0ken' }
  const preflight = { origin: 'http://a.example', 'access-control-request-method': 'POST' }
  const refused = [
    { method: 'POST', path: STATUS, headers: {}, status: 401 },
    { method: 'POST', path: STATUS, headers: { authorization: 'Bearer x' }, status: 401 },
    { method: 'POST', path: '/get/nothing', headers: {}, status: 401 },
    { method: 'POST', path: '/get/nothing', headers: token, status: 404 },
    { method: 'POST', path: '/', headers: token, status: 405 },
    { method: 'PUT', path: '/get/job', headers: token, status: 405 },
    { method: 'PROPFIND', path: '/get/job', headers: token, status: 405 },
    { method: 'GET', path: '/', headers: {}, status: 200 },
    { method: 'HEAD', path: '/', headers: token, status: 200 },
    { method: 'GET', path: '/get/job', headers: token, status: 405 },
    { method: 'HEAD', path: '/get/job', headers: token, status: 405 },
    { method: 'OPTIONS', path: STATUS, headers: preflight, status: 204 },
    { method: 'OPTIONS', path: STATUS, headers: {}, status: 204 },
    { method: 'POST', path: STATUS, headers: { ...token, expect: 'cake' }, status: 417 },
    { method: 'POST', path: STATUS, headers: { ...token, 'content-type': 'a b' }, status: 400 },
    { method: 'GET', path: '/__mock/health', headers: {}, status: 200 },
    { method: 'GET', path: '/__mock/version', headers: token, status: 200 },
    { method: 'POST', path: '/__mock/reset', headers: {}, status: 401 },
    { method: 'POST', path: '/__mock/reset', headers: { ...token, ...preflight }, status: 403 },
    { method: 'POST', path: '/__mock/reset?x=1', headers: token, status: 400 },
    { method: 'POST', path: '/__mock/nothing', headers: token, status: 404 },
    { method: 'PUT', path: '/__mock/clock', headers: token, status: 405 },
    { method: 'OPTIONS', path: '/__mock/clock', headers: { ...token, ...preflight }, status: 403 },
    { method: 'HEAD', path: '/__mock/clock', headers: token, status: 404 },
    { method: 'GET', path: '/__mock/clock', headers: token, status: 404 },
    { method: 'GET', path: '/__mock/jobs/%zz', headers: token, status: 400 },
  ]
  for (const [index, { method, path, headers, status }] of refused.entries()) {
    const answer = await sendHttp(server.port, { method, path: `/~x${index}${path}`, headers })
    t.equal(answer.status, status, `${method} ${path} ${JSON.stringify(headers)}`)
  }
  t.strictSame(namesOf(server), ['default'])
  await sendHttp(server.port, { method: 'POST', path: `/~a${STATUS}`, headers: token })
  await sendHttp(server.port, { method: 'POST', path: '/~b/__mock/reset', headers: token })
  t.strictSame(namesOf(server), ['default', 'a', 'b'])
})

const ALTER = JSON.stringify({ table_name: 'orders', action: 'ttl', value: '7' })

function slow(t: Test) {
  return loadRules(t, '  - { when: { endpoint: /alter/table }, then: { delay: 2s, error: late } }')
}

t.test('H7: a client that leaves during a delay ends it', async (t) => {
  const server = await startControlled(t, { rules: slow(t), maxScopes: 2 })
  const head = `POST /~a/alter/table HTTP/1.1\r\nHost: x\r\nContent-Length: ${ALTER.length}`
  for (const leave of ['end', 'pipelined'] as const) {
    const socket = openSocket(server.port)
    const calls = leave === 'end' ? 1 : 2
    socket.write(`${head}\r\n\r\n${ALTER}`.repeat(calls))
    await server.waitedIn('a')
    const { clock } = server.mock.scopes.open('a')
    while (clock.waiting < calls) await nextTurn()
    socket.end()
    await socket.rest()
    while (server.mock.scopes.open('a').isWaitedIn) await nextTurn()
    t.equal(clock.waiting, 0, leave)
  }
  // The scope is idle again, and makes room for another.
  t.equal((await server.post('/~b/show/system/status', {})).status, 200)
})

t.test('H7: a delay that passes leaves no listener, and one answer', async (t) => {
  const server = await startControlled(t, { rules: slow(t) })
  const body = ALTER
  const answer = sendHttp(server.port, { method: 'POST', path: '/alter/table', body })
  await server.waitedIn()
  server.clock.advance(2000)
  t.equal((await answer).status, 400)
  t.equal(server.scope.isWaitedIn, false)
})

t.test('H12: waits on one connection add no listeners to it', async (t) => {
  const server = await startControlled(t, { rules: slow(t) })
  const warnings: string[] = []
  const note = ({ name }: Error) => void warnings.push(name)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  server.clock.set({ mode: 'auto' })
  const wait = '{"when": {"endpoint": "/get/job"}, "timeout": "1ms"}'
  const call = (path: string, body: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const socket = openSocket(server.port)
  for (let count = 0; count < 15; count += 1) {
    socket.write(call('/__mock/requests/wait', wait) + call('/alter/table', ALTER))
  }
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const statuses = readAnswers(await socket.rest()).map(({ status }) => status)
  t.strictSame(statuses, [...Array(15).fill([408, 400]).flat(), 200])
  await nextTurn()
  t.strictSame(warnings, [])
  t.equal(server.scope.isWaitedIn, false)
})

/** The option of a server with a certificate. */
function tlsFor(t: Test, isTls: boolean): TestServerOptions {
  if (!isTls) return {}
  const tls = makeCertificate()
  t.teardown(tls.remove)
  return { tls }
}

for (const fault of ['reset', 'close'] as const) {
  for (const isTls of [false, true]) {
    t.test(`H22: ${fault} ends a connection of ${isTls ? 'HTTPS' : 'HTTP'}`, async (t) => {
      const faults = faultsOf({ when: { endpoint: '/alter/table' }, fault })
      const server = await startTestServer({ faults, ...tlsFor(t, isTls) })
      t.teardown(server.close)
      const head = `POST /alter/table HTTP/1.1\r\nHost: x\r\nContent-Length: ${ALTER.length}`
      const rest = sendBytes(server.port, `${head}\r\n\r\n${ALTER}`, { isTls })
      if (fault === 'reset') await t.rejects(rest, { code: 'ECONNRESET' })
      else t.equal(await rest, '')
      t.match(server.scope.journal.list(), [{ endpoint: '/alter/table', status: 0 }])
      t.equal(server.scope.journal.list().length, 1)
      t.strictSame(server.logged, [])
    })
  }
}

t.test('F16: an address is shown in its plain form', async (t) => {
  t.equal(plainAddress('::ffff:127.0.0.1'), '127.0.0.1')
  t.equal(plainAddress('::FFFF:10.0.0.7'), '10.0.0.7')
  t.equal(plainAddress('::1'), '::1')
  t.equal(plainAddress('::ffff:1:2'), '::ffff:1:2')
  t.equal(plainAddress('127.0.0.1'), '127.0.0.1')
  t.equal(hostOf('::1', 9191), '[::1]:9191')
  t.equal(hostOf('::ffff:10.0.0.7', 80), '10.0.0.7:80')
})

/** The headers by which a browser says where a page comes from. */
const PAGES = [
  { headers: {}, passes: true },
  { headers: { origin: 'http://HOST' }, passes: true },
  { headers: { origin: 'http://localhost:1', host: 'localhost:1' }, passes: true },
  { headers: { origin: 'http://app.localhost', host: 'app.localhost' }, passes: true },
  { headers: { origin: 'http://mock-gpudb:9191', host: 'mock-gpudb:9191' }, passes: true },
  { headers: { origin: 'http://[::1]:9191', host: '[::1]:9191' }, passes: true },
  { headers: { origin: 'http://page.example' }, passes: true, isAllowed: true },
  { headers: { origin: 'http://page.example', host: 'a.example' }, passes: true, isAllowed: true },
  { headers: { 'sec-fetch-site': 'same-origin', origin: 'http://HOST' }, passes: true },
  { headers: { 'sec-fetch-site': 'none' }, passes: true },
  { headers: { origin: 'http://evil.example' }, passes: false },
  { headers: { origin: 'http://page.example:81' }, passes: false },
  { headers: { origin: 'https://page.example' }, passes: false },
  { headers: { origin: 'https://HOST' }, passes: false },
  { headers: { origin: 'http://127.0.0.1:1' }, passes: false },
  { headers: { origin: 'null' }, passes: false },
  { headers: { origin: '' }, passes: false },
  { headers: { origin: 'not an origin' }, passes: false },
  { headers: { origin: 'http://x', host: 'http://x' }, passes: false },
  // DNS rebinding: the name of an attacker that leads to this machine.
  { headers: { origin: 'http://evil.example', host: 'evil.example' }, passes: false },
  { headers: { origin: 'http://127.0.0.1.nip.io', host: '127.0.0.1.nip.io' }, passes: false },
  { headers: { 'sec-fetch-site': 'cross-site' }, passes: false },
  { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }, passes: false },
]

for (const isTls of [false, true]) {
  t.test(`H21: pages of other origins cannot use the control API (TLS: ${isTls})`, async (t) => {
    const options = tlsFor(t, isTls)
    const scheme = isTls ? 'https:' : 'http:'
    const swap = (text: string) =>
      text.replace(/^https?:/, (own) => (own === 'http:' ? scheme : 'http:'))
    const controlOrigins = [`${scheme}//page.example`]
    const server = await startTestServer({ controlOrigins, ...options })
    t.teardown(server.close)
    for (const { headers, passes, isAllowed } of PAGES) {
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, text]) => {
          return [name, (isTls ? swap(text) : text).replace('HOST', `127.0.0.1:${server.port}`)]
        }),
      )
      const what = JSON.stringify(sent)
      const path = '/~fresh/__mock/reset'
      const answer = await sendHttp(server.port, { method: 'POST', path, headers: sent, isTls })
      const origin = answer.headers['access-control-allow-origin']
      t.strictSame([answer.status, origin], [passes ? 204 : 403, isAllowed && sent['origin']], what)
      t.equal(namesOf(server).includes('fresh'), passes, what)
      t.equal(passes || JSON.parse(answer.body.toString()).code === 'FOREIGN_ORIGIN', true)
      if (passes) server.mock.scopes.remove('fresh')
    }
  })
}

t.test('H21: a link on another page opens a control route that only reads', async (t) => {
  const server = await startControlled(t)
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }
  const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }
  const status = async (method: string, headers: Record<string, string>) =>
    (await sendHttp(server.port, { method, path: '/__mock/clock', headers })).status
  t.equal(await status('GET', link), 200)
  t.equal(await status('GET', image), 403)
  t.equal(await status('POST', link), 403)
})

t.test('H21: a preflight of an allowed origin needs no token; others are refused', async (t) => {
  const controlOrigins = ['http://page.example']
  const access = { users: [], tokens: ['t0ken'] }
  const server = await startTestServer({ controlOrigins, access })
  t.teardown(server.close)
  const ask = (origin: string, headers: Record<string, string> = {}) =>
    sendHttp(server.port, {
      method: 'OPTIONS',
      path: '/__mock/jobs/1',
      headers: { origin, 'access-control-request-method': 'PATCH', ...headers },
    })
  const { status, headers } = await ask('http://page.example', {
    'access-control-request-headers': 'content-type',
  })
  t.equal(status, 204)
  t.match(headers, {
    'access-control-allow-origin': 'http://page.example',
    'access-control-allow-methods': /PATCH/,
    'access-control-allow-headers': 'content-type',
    vary: 'Origin, Access-Control-Request-Headers',
  })
  const refused = await ask('http://evil.example')
  t.equal(refused.status, 403)
  t.equal(refused.headers['access-control-allow-origin'], undefined)
  const plain = {
    method: 'OPTIONS',
    path: '/__mock/clock',
    headers: { origin: 'http://page.example' },
  }
  t.equal((await sendHttp(server.port, plain)).status, 401)
})

t.test('the control API can have a port of its own', async (t) => {
  const calls = await startTestServer({ serves: 'calls' })
  t.teardown(calls.close)
  for (const path of ['/__mock/health', '/~a/__mock/clock', '/%5F_mock/health']) {
    const { status, headers, body } = await sendHttp(calls.port, { path })
    t.strictSame([status, headers['content-type']], [404, 'application/json'], path)
    t.equal(JSON.parse(body.toString()).status, 'ERROR')
  }
  const control = await startTestServer({ serves: 'control' })
  t.teardown(control.close)
  t.equal((await sendHttp(control.port, { path: '/__mock/health' })).status, 200)
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', STATUS],
    ['PROPFIND', STATUS],
    ['POST', '/~a/get/job'],
  ] as const) {
    const answer = await sendHttp(control.port, { method, path })
    t.equal(answer.status, 404, path)
    t.match(JSON.parse(answer.body.toString()), {
      code: 'NOT_FOUND',
      detail: /: this port has the control API only$/,
    })
  }
  const broken = await sendBytes(control.port, 'rubbish\r\n\r\n')
  t.match(broken, 'application/problem+json')
  t.strictSame([namesOf(calls), namesOf(control)], [['default'], ['default']])
})

t.test('a control route refuses input that it does not take', async (t) => {
  const server = await startControlled(t, { rules: slow(t) })
  const unknown = 'the key "x" is not known'
  for (const route of [
    'POST /reset?x=1',
    'POST /reload?x=1',
    'POST /clock/next?x=1',
    'POST /clock/advance?x=1',
    'GET /clock?x=1',
    'GET /ready?x=1',
    'GET /jobs/1?x=1',
    'DELETE /requests?x=1',
    'GET /requests/unmatched?x=1',
    'DELETE /jobs/1?x=1&x=2',
    'PUT /scopes/a?x=1',
  ]) {
    const { status, body } = await server.control(
      route,
      route.includes('/advance') ? '{"by": 1}' : undefined,
    )
    t.strictSame([status, body['code']], [400, 'BAD_REQUEST'], route)
    t.match(body['detail'], `Cannot read the query: x: ${unknown}`)
  }
  for (const route of ['POST /reset', 'POST /clock/run', 'DELETE /requests', 'PUT /scopes/a']) {
    for (const text of ['{"x": 1}', '[]', '1', '{"a": 1, "a": 2}']) {
      const { status, body } = await server.control(route, text)
      t.strictSame([status, body['code']], [400, 'BAD_REQUEST'], `${route} ${text}`)
      t.match(body['detail'], /^Cannot read the body: /)
    }
    // What a client sends that always sends JSON.
    for (const text of ['{}', ' ', '']) t.ok((await server.control(route, text)).status < 300)
  }
  const { port } = server
  const headers = { 'content-length': '8' }
  const get = await sendHttp(port, { path: '/__mock/clock', headers, body: '{"x": 1}' })
  t.strictSame(
    [get.status, JSON.parse(get.body.toString()).detail],
    [400, 'Cannot read the body: the route takes none'],
  )
  t.equal(server.mock.scopes.list().length, 2)
})

t.test('an answer of the control API is not much larger than its input', async (t) => {
  const server = await startControlled(t, {})
  const size = 60_000
  const long = 'k'.repeat(size)
  const many = Array.from({ length: 6000 }, (_, index) => `"k${index}": 1`).join(',')
  const inputs = [
    '[,,'.padEnd(size, ','),
    `{"${long}": 1}`,
    `{"by": "${long}"}`,
    `{${many}}`,
    `{${'"a": 1,'.repeat(8000)}"a": 1}`,
    `[${'[]'.repeat(20_000)}`,
    `{"when": {"endpoint": "${long}", "request": {"${long}": 1}}}`,
    `{"rules": [${'{"when": {"endpoint": "/has/tabel"}, "then": {}},'.repeat(1200)}1]}`,
  ]
  for (const route of [
    '/clock',
    '/clock/advance',
    '/fixtures',
    '/rules',
    '/requests/verify',
    '/reset',
  ]) {
    for (const body of inputs) {
      const answer = await sendHttp(server.port, { method: 'POST', path: `/__mock${route}`, body })
      t.ok(answer.status >= 400, route)
      t.ok(
        answer.body.length < 5 * body.length,
        `${route} ${body.slice(0, 20)}: ${answer.body.length}`,
      )
    }
  }
  const query = long.slice(0, 15_000)
  for (const path of [`/__mock/jobs?${query}=1`, `/__mock/jobs/${query}`, `/__mock/${query}`]) {
    t.ok((await sendHttp(server.port, { path })).body.length < 2 * query.length)
  }
})

t.test('a connection closes when its server does', async (t) => {
  const server = await startTestServer()
  const socket = openSocket(server.port)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.match(await socket.next(), /^HTTP\/1\.1 200/)
  await server.close()
  t.equal(await socket.rest(), '')
})
