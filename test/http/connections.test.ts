import { EventEmitter, once } from 'node:events'
import t, { type Test } from 'tap'
import { RealTime } from '../../src/clock/time-source.ts'
import { readConfig } from '../../src/config.ts'
import { FailedConnections } from '../../src/connections/failed-connections.ts'
import { type ConnectionLimits, createHttpServer } from '../../src/connections/http-server.ts'
import { InFlight, SMALL_BYTES } from '../../src/connections/in-flight.ts'
import { acceptOn, listen } from '../../src/connections/listen.ts'
import { TcpSockets } from '../../src/connections/tcp-sockets.ts'
import { buildServer } from '../../src/http/build-server.ts'
import { createLog } from '../../src/http-parts/logging.ts'
import { makeCertificate } from '../support/certificate.ts'
import { sendHttp } from '../support/http.ts'
import { jobOf } from '../support/job-definition.ts'
import { nextTurn } from '../support/next-turn.ts'
import { readOneAnswer } from '../support/raw-answer.ts'
import { loadRules } from '../support/rules.ts'
import {
  countsOf,
  ROOMY_CONNECTIONS,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../support/server.ts'
import { openSocket } from '../support/socket.ts'
import { stayAlive } from '../support/stay-alive.ts'

const HOST = 'Host: x\r\n'

function limits(given: Partial<ConnectionLimits>): TestServerOptions {
  return { connections: { ...ROOMY_CONNECTIONS, ...given } }
}

async function start(t: Test, options: TestServerOptions): Promise<TestServer> {
  stayAlive(t)
  const server = await startTestServer(options)
  t.teardown(server.close)
  return server
}

/** Resolves when a condition is true; a request in flight needs some turns of the event loop. */
async function until(what: string, isTrue: () => boolean): Promise<void> {
  for (let turns = 0; !isTrue(); turns += 1) {
    if (turns > 200_000) throw new Error(`never: ${what}`)
    await nextTurn()
  }
}

for (const isTls of [false, true]) {
  const name = isTls ? 'HTTPS' : 'HTTP'

  t.test(`H13: ${name} answers headers that do not arrive with 408`, async (t) => {
    const tls = isTls ? makeCertificate() : undefined
    if (tls) t.teardown(tls.remove)
    const server = await start(t, { ...limits({ headerTimeoutMs: 100 }), ...(tls ? { tls } : {}) })
    const socket = openSocket(server.port, { isTls })
    socket.write(`POST /get/job HTTP/1.1\r\n${HOST}`)
    const { status, headers, body } = readOneAnswer(await socket.rest())
    t.strictSame([status, headers.get('connection')], [408, 'close'])
    t.match(JSON.parse(body).message, /took too long, raise header-timeout or request-timeout$/)
  })

  t.test(
    `H13: ${name} closes a connection that never sent a byte, without an answer`,
    async (t) => {
      const tls = isTls ? makeCertificate() : undefined
      if (tls) t.teardown(tls.remove)
      const server = await start(t, {
        ...limits({ headerTimeoutMs: 100 }),
        ...(tls ? { tls } : {}),
      })
      t.equal(await openSocket(server.port, { isTls }).rest(), '')
    },
  )
}

t.test('H13: a body that does not arrive is answered with 408, and recorded', async (t) => {
  const server = await start(t, limits({ requestTimeoutMs: 100, headerTimeoutMs: 100 }))
  for (const length of [
    'Content-Length: 9',
    'Content-Length: 100000',
    'Transfer-Encoding: chunked',
  ]) {
    const call = openSocket(server.port)
    const rest = length.startsWith('T') ? '1\r\n{\r\n' : '{'
    call.write(`POST /get/job HTTP/1.1\r\n${HOST}${length}\r\n\r\n${rest}`)
    const { status, body, headers } = readOneAnswer(await call.rest())
    t.strictSame([status, headers.get('access-control-allow-origin')], [408, '*'], length)
    t.equal(JSON.parse(body).status, 'ERROR')
    const control = openSocket(server.port)
    control.write(`POST /__mock/clock HTTP/1.1\r\n${HOST}${length}\r\n\r\n${rest}`)
    const refused = readOneAnswer(await control.rest())
    t.match(JSON.parse(refused.body), { status: 408, code: 'REQUEST_TIMED_OUT' })
  }
  t.strictSame(
    server.scope.journal.list().map(({ endpoint, status }) => [endpoint, status]),
    Array(3).fill(['/get/job', 408]),
  )
  t.equal(server.inFlight.isEmpty, true)
})

t.test(
  'H13: a request that was answered gets no second answer when its body is late',
  async (t) => {
    const times = limits({ requestTimeoutMs: 100, headerTimeoutMs: 100 })
    const server = await start(t, { ...times, access: { users: ['a:b'] }, bodyLimit: 10 })
    for (const [target, status] of [
      ['/get/job', 401],
      ['/__mock/clock', 413],
    ]) {
      const socket = openSocket(server.port)
      socket.write(`POST ${target} HTTP/1.1\r\n${HOST}Content-Length: 50\r\n\r\n{`)
      t.equal(readOneAnswer(await socket.rest()).status, status)
    }
  },
)

t.test('H13: a late body behind a wait closes the connection after the answer', async (t) => {
  const server = await start(t, limits({ requestTimeoutMs: 100, headerTimeoutMs: 100 }))
  const socket = openSocket(server.port)
  const wait = 'GET /__mock/jobs/1/wait?timeout=500ms'
  server.scope.jobs.add(jobOf({ id: 1n }))
  server.clock.set({ mode: 'real' })
  socket.write(`${wait} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`)
  t.equal(readOneAnswer(await socket.rest()).status, 408)
})

t.test('H13: an idle connection is closed after the idle timeout', async (t) => {
  const server = await start(t, limits({ idleTimeoutMs: 100 }))
  const socket = openSocket(server.port)
  socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`)
  t.equal(readOneAnswer(await socket.rest()).status, 200)
})

t.test('H13: connections over the maximum are closed, which the log reports once', async (t) => {
  const server = await start(t, limits({ maxConnections: 2 }))
  const kept = [openSocket(server.port), openSocket(server.port)]
  for (const socket of kept) {
    socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`)
    t.match(await socket.next(), /^HTTP\/1\.1 200/)
  }
  for (let more = 0; more < 3; more += 1) t.equal(await openSocket(server.port).rest(), '')
  t.strictSame(
    server.logged.map((line) => JSON.parse(line).msg),
    ['closed a new connection: there are 2 already, raise max-connections'],
  )
  for (const socket of kept) {
    socket.end()
    await socket.rest()
  }
  t.equal((await sendHttp(server.port, { path: '/' })).status, 200)
})

t.test('H13: by default, slow uploads pass and idle connections stay', async (t) => {
  const { connections } = readConfig({ flags: {}, env: {} })
  t.ok(connections.requestTimeoutMs > 120_000, 'an upload of two minutes')
  t.ok(connections.idleTimeoutMs > 5000, 'the browser client polls every five seconds')
  t.ok(connections.maxConnections >= 10_000)
})

t.test('createHttpServer() sets the limits of Node, and 0 means no limit', async (t) => {
  const failed = new FailedConnections({
    refuse: () => ({ status: 400, headers: {}, body: '' }),
    warn: () => undefined,
  })
  const create = (given: Partial<ConnectionLimits>) => {
    const parts = { failed, tcpSockets: new TcpSockets() }
    const all = { ...ROOMY_CONNECTIONS, ...given }
    return createHttpServer(() => undefined, { ...parts, limits: all })
  }
  const none = create({ headerTimeoutMs: 0, requestTimeoutMs: 0, idleTimeoutMs: 0 })
  t.match(none, { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 })
  // The headers are a part of the request.
  const short = create({ headerTimeoutMs: 500, requestTimeoutMs: 400, maxConnections: 3 })
  t.match(short, { headersTimeout: 400, requestTimeout: 400, maxConnections: 3 })
  const endless = create({ headerTimeoutMs: 500, requestTimeoutMs: 0 })
  t.match(endless, { headersTimeout: 500, requestTimeout: 0 })
})

/** A response of which only the end matters. */
class Response extends EventEmitter {
  isDestroyed = false

  destroy(): void {
    this.isDestroyed = true
    this.emit('close')
  }
}

function inFlightOf(maxBytes: number): InFlight {
  return new InFlight({ maxBytes, sendTimeoutMs: 0 })
}

t.test('InFlight admits bodies in order of arrival while there is room', async (t) => {
  const inFlight = inFlightOf(100)
  const started: string[] = []
  const arrive = (name: string, bytes: number) => {
    const response = new Response()
    inFlight.admit(response, { bytes, start: () => void started.push(name) })
    return response
  }
  const a = arrive('a', 60)
  const b = arrive('b', 50)
  const c = arrive('c', 10)
  t.strictSame([started, inFlight.bytes, inFlight.waiting], [['a'], 60, 2])
  a.emit('close')
  t.strictSame([started, inFlight.bytes, inFlight.waiting], [['a', 'b', 'c'], 60, 0])
  b.emit('close')
  c.emit('close')
  t.equal(inFlight.isEmpty, true)
})

t.test('InFlight admits one body in any case', async (t) => {
  const inFlight = inFlightOf(100)
  const started: number[] = []
  const answer = new Response()
  inFlight.answered(answer, SMALL_BYTES + 1)
  for (const number of [1, 2]) {
    const response = new Response()
    inFlight.admit(response, { bytes: 500, start: () => void started.push(number) })
  }
  t.strictSame([started, inFlight.waiting], [[1], 1])
})

t.test(
  'InFlight counts a body until it is answered, then a large answer until it is sent',
  async (t) => {
    const inFlight = inFlightOf(1000)
    const response = new Response()
    inFlight.admit(response, { bytes: 900, start: () => undefined })
    inFlight.resize(response, 700)
    t.equal(inFlight.bytes, 700)
    inFlight.answered(response, SMALL_BYTES)
    t.equal(inFlight.bytes, 0)
    inFlight.answered(response, SMALL_BYTES + 1)
    t.equal(inFlight.bytes, SMALL_BYTES + 1)
    inFlight.resize(new Response(), 5)
    t.equal(inFlight.bytes, SMALL_BYTES + 1)
    response.emit('close')
    t.strictSame([inFlight.bytes, response.listenerCount('close')], [0, 0])
  },
)

t.test(
  'InFlight has room for delayed answers up to its limit, for others up to twice',
  async (t) => {
    const inFlight = inFlightOf(200_000)
    const room = (bytes: number) => [7, 0].map((delayMs) => inFlight.hasRoom({ bytes, delayMs }))
    t.strictSame(room(500_000), [true, true], 'one always has room')
    const first = new Response()
    inFlight.answered(first, 100_000)
    t.strictSame(room(100_000), [true, true])
    t.strictSame(room(100_001), [false, true])
    t.strictSame(room(300_000), [false, true])
    t.strictSame(room(300_001), [false, false])
    const second = new Response()
    inFlight.answered(second, 300_000)
    t.strictSame(room(SMALL_BYTES), [true, true], 'small answers are not counted')
    t.strictSame(room(SMALL_BYTES + 1), [false, false])
    first.emit('close')
    second.emit('close')
    t.strictSame(room(500_000), [true, true])
  },
)

t.test('InFlight forgets a body whose client leaves while it waits', async (t) => {
  const inFlight = inFlightOf(100)
  const first = new Response()
  const second = new Response()
  inFlight.admit(first, { bytes: 100, start: () => undefined })
  inFlight.admit(second, { bytes: 100, start: () => t.fail('it has left') })
  second.emit('close')
  t.equal(inFlight.waiting, 0)
  first.emit('close')
  t.equal(inFlight.isEmpty, true)
})

t.test('InFlight closes the connection of an answer that is not read in time', async (t) => {
  stayAlive(t)
  const inFlight = new InFlight({ maxBytes: 100, sendTimeoutMs: 20 })
  const response = new Response()
  const closed = once(response, 'close')
  inFlight.sending(response)
  await closed
  t.equal(response.isDestroyed, true)
  const patient = new Response()
  inFlightOf(100).sending(patient)
  t.equal(patient.listenerCount('close'), 0)
})

const STATUS = '/show/system/status'

/** Starts to send a body of so many bytes. */
function upload({ port }: TestServer, { bytes, path = STATUS }: { bytes: number; path?: string }) {
  const socket = openSocket(port)
  const body = Buffer.from('{'.padEnd(bytes - 1, ' ').concat('}'))
  const head = `POST ${path} HTTP/1.1\r\n${HOST}Connection: close\r\nContent-Length: ${bytes}\r\n\r\n`
  socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, bytes - 1)]))
  return {
    finish: async () => {
      socket.write(body.subarray(bytes - 1))
      return readOneAnswer(await socket.rest()).status
    },
    leave: () => socket.end(),
    rest: socket.rest,
  }
}

t.test('H4: large bodies wait for room in order, small ones pass', async (t) => {
  const server = await start(t, { maxBodyBytes: 300_000 })
  const { inFlight } = server
  const first = upload(server, { bytes: 200_000 })
  await until('the first is read', () => inFlight.bytes === 200_000)
  const second = upload(server, { bytes: 200_000, path: '/__mock/reset' })
  const third = upload(server, { bytes: 200_000 })
  await until('two wait', () => inFlight.waiting === 2)
  t.equal((await server.post(STATUS, {})).status, 200)
  // Its socket is not read while it waits: that it left shows when its turn comes.
  third.leave()
  t.equal(await first.finish(), 200)
  await until('the second is read', () => inFlight.waiting === 1)
  t.equal(await second.finish(), 204)
  await until('all are gone', () => inFlight.isEmpty)
})

t.test('H4: a body that is refused does not wait', async (t) => {
  const server = await start(t, {
    maxBodyBytes: 100_000,
    access: { users: ['a:b'], tokens: ['c'] },
    bodyLimit: 150_000,
  })
  const authorized = { authorization: 'Bearer c' }
  const body = Buffer.alloc(200_000, ' ')
  for (const { path, headers, status } of [
    { path: STATUS, headers: {}, status: 401 },
    { path: '/__mock/reset', headers: {}, status: 401 },
    { path: STATUS, headers: authorized, status: 413 },
    {
      path: '/__mock/reset',
      headers: { ...authorized, origin: 'http://evil.example' },
      status: 403,
    },
  ]) {
    const answer = await sendHttp(server.port, { method: 'POST', path, headers, body })
    t.equal(answer.status, status, path)
  }
  t.equal(server.inFlight.isEmpty, true)
})

t.test('H4: a chunked body counts as the limit from 64 KiB on, then as what came', async (t) => {
  const server = await start(t, { maxBodyBytes: 300_000, bodyLimit: 250_000 })
  const { inFlight } = server
  const size = SMALL_BYTES - 1
  const chunk = `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`
  const head = `POST ${STATUS} HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
  const first = openSocket(server.port)
  first.write(`${head}1\r\n{\r\n${chunk}`)
  const second = openSocket(server.port)
  second.write(`${head}1\r\n{\r\n${chunk}`)
  t.equal((await server.post(STATUS, {})).status, 200)
  t.equal(inFlight.bytes, 0)
  first.write(chunk)
  await until('the first is large', () => inFlight.bytes === 250_000)
  second.write(chunk)
  await until('the second waits', () => inFlight.waiting === 1)
  first.write('1\r\n}\r\n0\r\n\r\n')
  t.equal(readOneAnswer(await first.rest()).status, 200)
  second.write('1\r\n}\r\n0\r\n\r\n')
  t.equal(readOneAnswer(await second.rest()).status, 200)
  await until('all are gone', () => inFlight.isEmpty)
})

t.test('H4: a large body arrives whole, however it is divided', async (t) => {
  const server = await start(t, {})
  const options = { text: 'x'.repeat(100_000) }
  const body = JSON.stringify({ options })
  const chunks = body.match(/.{1,700}/g) ?? []
  const chunked = chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
  for (const rest of [
    `Content-Length: ${body.length}\r\n\r\n${body}`,
    `Transfer-Encoding: chunked\r\n\r\n${chunked}0\r\n\r\n`,
  ]) {
    const socket = openSocket(server.port)
    socket.write(`POST ${STATUS} HTTP/1.1\r\n${HOST}Connection: close\r\n${rest}`)
    t.equal(readOneAnswer(await socket.rest()).status, 200)
  }
  t.strictSame(
    server.scope.journal.list().map(({ body }) => body.toString()),
    [body, body],
  )
})

t.test('H4: a large body that waits too long for room is answered with 408', async (t) => {
  const times = limits({ requestTimeoutMs: 200, headerTimeoutMs: 200 })
  const server = await start(t, { ...times, maxBodyBytes: 100_000 })
  // Not a request: one would be over, and make room, when the other has waited too long.
  const other = new Response()
  server.inFlight.admit(other, { bytes: 90_000, start: () => undefined })
  const { rest } = upload(server, { bytes: 90_000 })
  t.equal(readOneAnswer(await rest()).status, 408)
  t.strictSame([server.inFlight.bytes, server.inFlight.waiting], [90_000, 0])
  other.emit('close')
  t.equal(server.inFlight.isEmpty, true)
})

t.test('H4: a large answer is counted until it is sent, also of the control API', async (t) => {
  const server = await start(t, { maxBodyBytes: 100_000 })
  const { inFlight } = server
  const seen: number[] = []
  const { answered } = inFlight
  inFlight.answered = (holder, bytes) => {
    answered.call(inFlight, holder, bytes)
    seen.push(inFlight.bytes)
  }
  const backup_name = 'x'.repeat(SMALL_BYTES)
  const { port } = server
  const text = JSON.stringify({ table_name: backup_name, action: 'ttl', value: '1' })
  const answer = await sendHttp(port, { method: 'POST', path: '/alter/table', body: text })
  t.equal(answer.body.length, seen[0])
  const page = await sendHttp(port, { path: '/__mock/requests' })
  t.strictSame(seen.at(-1), page.body.length)
  await until('all are sent', () => inFlight.isEmpty)
})

const SILENT = createLog({ level: 'silent', format: 'json', write: () => undefined })

/** The parts of a server that does not listen. */
function buildFrom({ mock, inFlight }: TestServer) {
  return buildServer({
    control: mock,
    access: { users: [] },
    log: SILENT,
    basePaths: [],
    bodyLimit: 100,
    connections: { ...ROOMY_CONNECTIONS, maxConnections: 1 },
    controlOrigins: [],
    serves: 'both',
    page: 'on',
    realTime: new RealTime(),
    inFlight,
    counts: countsOf(),
    droppedLines: () => 0,
  })
}

t.test('H13: a further address of a server has the maximum of connections too', async (t) => {
  const server = await start(t, {})
  const app = await buildFrom(server)
  t.teardown(() => app.close())
  await listen(app, { host: '127.0.0.1', port: 0 })
  const host = '127.0.0.2'
  const { port, close } = await acceptOn(app.server, { host, port: 0 })
  const kept = openSocket(port, { host })
  kept.write(`GET / HTTP/1.1\r\n${HOST}\r\n`)
  t.match(await kept.next(), /^HTTP\/1\.1 200/)
  t.equal(await openSocket(port, { host }).rest(), '')
  kept.end()
  await kept.rest()
  await close()
})

t.test('H4: an answer of the control API that has no room is a problem', async (t) => {
  const server = await start(t, { maxBodyBytes: 50_000 })
  const body = JSON.stringify({ table_name: 'x'.repeat(SMALL_BYTES), action: 'ttl', value: '1' })
  await sendHttp(server.port, { method: 'POST', path: '/alter/table', body })
  await until('all are sent', () => server.inFlight.isEmpty)
  const unread = new EventEmitter()
  server.inFlight.answered(Object.assign(unread, { destroy: () => undefined }), 70_000)
  const refused = await sendHttp(server.port, { path: '/__mock/requests' })
  t.match(
    [refused.status, JSON.parse(refused.body.toString())],
    [
      429,
      {
        status: 429,
        code: 'TOO_MANY_UNREAD',
        detail: /^Cannot keep the answer: .*max-body-bytes$/,
      },
    ],
  )
  t.equal((await sendHttp(server.port, { path: '/__mock/clock' })).status, 200)
  unread.emit('close')
  t.equal((await sendHttp(server.port, { path: '/__mock/requests' })).status, 200)
})

t.test('H4: large answers that are delayed have a limit, and are in the journal', async (t) => {
  const rules = loadRules(
    t,
    '  - { when: { endpoint: /has/table }, then: { response: {}, delay: 2s } }',
  )
  const server = await startTestServer({ rules, maxBodyBytes: 100_000 })
  t.teardown(server.close)
  const call = (bytes: number) => {
    const body = JSON.stringify({ table_name: 'x'.repeat(bytes) })
    return sendHttp(server.port, { method: 'POST', path: '/has/table', body })
  }
  const came = async (count: number) => {
    while (server.scope.journal.list().length < count) await nextTurn()
  }
  const first = call(70_000)
  await came(1)
  const refused = await call(70_000)
  t.equal(refused.status, 400)
  t.match(
    JSON.parse(refused.body.toString()).message,
    /^Cannot keep the answer: too many large answers wait .*, raise max-body-bytes$/,
  )
  const small = call(10)
  await came(3)
  t.strictSame(
    server.scope.journal.list().map(({ status, delayMs }) => [status, delayMs]),
    [
      [200, 2000],
      [400, 0],
      [200, 2000],
    ],
  )
  server.clock.advance(2000)
  const [{ status, body }] = await Promise.all([first, small])
  t.equal(status, 200)
  const { data_str } = JSON.parse(body.toString())
  t.equal(JSON.parse(data_str).table_name.length, 70_000)
  const again = call(70_000)
  await came(4)
  server.clock.advance(2000)
  t.equal((await again).status, 200, 'there is room again')
})
