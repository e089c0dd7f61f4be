import { once } from 'node:events'
import { Agent, createServer as createHttpServer, request } from 'node:http'
import { connect, createServer, type Server } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import t, { type Test } from 'tap'
import { acceptOn, listen } from '../../src/connections/listen.ts'
import { TcpSockets } from '../../src/connections/tcp-sockets.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/http/start-server.ts'
import { makeCertificate } from '../support/certificate.ts'
import { sendHttp } from '../support/http.ts'
import { createTestMock, ROOMY_CONNECTIONS } from '../support/server.ts'

const LOOPBACKS = ['127.0.0.1', '::1']

function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  return startServer(createTestMock(), {
    host: 'localhost',
    port: 0,
    access: { users: [] },
    logging: { level: 'silent', format: 'json', write: () => undefined },
    basePaths: [],
    bodyLimit: 10_000,
    maxBodyBytes: 100_000,
    connections: ROOMY_CONNECTIONS,
    controlOrigins: [],
    page: 'on',
    metricsScopes: false,
    ...options,
  })
}

function portOf({ url }: { readonly url: string }): number {
  return Number(new URL(url).port)
}

/** Listens on a free port of an address until the test ends. */
async function occupy(t: Test, host: string): Promise<number> {
  const server = createServer()
  server.listen({ host, port: 0 })
  await once(server, 'listening')
  t.teardown(() => server.close())
  return Number(Object(server.address()).port)
}

t.test('a server on localhost listens on both loopback addresses, with one port', async (t) => {
  const server = await start()
  t.match(server.url, /^http:\/\/localhost:\d+$/)
  const port = portOf(server)
  for (const host of LOOPBACKS) {
    const answer = await sendHttp(port, { host, path: '/' })
    t.equal(answer.body.toString(), 'Kinetica is running!', host)
  }
  await server.stop()
  for (const host of LOOPBACKS) {
    await t.rejects(sendHttp(port, { host, path: '/' }), { code: 'ECONNREFUSED' }, host)
  }
  await server.stop()
})

t.test('a server with a certificate listens on both loopback addresses', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const server = await start({ tls: { cert, key } })
  t.teardown(server.stop)
  for (const host of LOOPBACKS) {
    const answer = await sendHttp(portOf(server), { host, path: '/', isTls: true })
    t.equal(answer.status, 200, host)
  }
})

t.test('a reset under TLS closes a connection whose TCP socket is gone', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const server = createTlsServer({ cert, key }).listen(0)
  t.teardown(() => server.close())
  const client = connectTls({
    port: Number(Object(server.address()).port),
    rejectUnauthorized: false,
  })
  const [socket] = await once(server, 'secureConnection')
  // As after the close of the TCP socket, it knows none.
  new TcpSockets().reset(socket)
  await once(client.resume(), 'end')
  t.equal(socket.destroyed, true)
})

for (const taken of LOOPBACKS) {
  t.test(`a server on localhost does not start if its port is in use on ${taken}`, async (t) => {
    const port = await occupy(t, taken)
    const message = `listen EADDRINUSE: address already in use ${taken}:${port}`
    await t.rejects(start({ port }), { code: 'EADDRINUSE', message })
    for (const host of LOOPBACKS.filter((one) => one !== taken)) {
      await t.rejects(sendHttp(port, { host, path: '/' }), { code: 'ECONNREFUSED' })
    }
  })
}

t.test('stop() waits for the answers to both loopback addresses', async (t) => {
  const server = await start()
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const answers = await Promise.all(
    LOOPBACKS.map(async (host) => {
      const headers = { 'content-length': 2, expect: '100-continue' }
      const options = { host, port: portOf(server), agent, method: 'POST', path: '/get/job' }
      const sent = request({ ...options, headers })
      sent.flushHeaders()
      await once(sent, 'continue')
      return { sent, answered: once(sent, 'response') }
    }),
  )
  const stopped = server.stop()
  for (const { sent } of answers) sent.end('{}')
  for (const { answered } of answers) {
    const [answer] = await answered
    t.equal(answer.statusCode, 503)
    answer.resume()
  }
  await stopped
})

/** An application whose server listens if its number of tries is reached. */
function refusing(tries: number): {
  readonly app: Parameters<typeof listen>[0]
  readonly ports: number[]
} {
  const server = createHttpServer()
  const ports: number[] = []
  const listenOnce = async ({ port = 0 }): Promise<string> => {
    ports.push(port)
    if (ports.length < tries) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' })
    return `http://127.0.0.1:${port}`
  }
  return { app: Object.assign({ server }, { listen: listenOnce }) as never, ports }
}

t.test('listen() picks another free port if one is in use on one of the addresses', async (t) => {
  const { app, ports } = refusing(3)
  const listening = await listen(app, { host: 'localhost', port: 0 })
  t.teardown(listening.close)
  t.equal(ports.length, 3)
  t.equal(listening.url, `http://localhost:${ports[2]}`)
  t.equal(new Set(ports).size, 3)
})

t.test('listen() gives up after ten ports', async (t) => {
  const { app, ports } = refusing(100)
  await t.rejects(listen(app, { host: 'localhost', port: 0 }), { code: 'EADDRINUSE' })
  t.equal(ports.length, 10)
})

t.test('acceptOn() has the maximum of connections of its server', async (t) => {
  const server: Server = createHttpServer((_request, response) => response.end())
  server.maxConnections = 1
  const { port, close } = await acceptOn(server, { host: '::1', port: 0 })
  const first = connect({ host: '::1', port })
  await once(server, 'connection')
  const second = connect({ host: '::1', port })
  const [dropped] = await once(server, 'drop')
  t.equal(dropped.localPort, port)
  await once(second, 'close')
  first.destroy()
  await close()
})

t.test('acceptOn() accepts nothing at an address that the machine does not have', async (t) => {
  const server: Server = createHttpServer()
  // An address for documentation (RFC 3849).
  const accepting = await acceptOn(server, { host: '2001:db8::1', port: 7 })
  t.equal(accepting.port, 7)
  accepting.unref()
  await accepting.close()
  await t.rejects(
    acceptOn(server, { host: 'no.such.host.invalid', port: 0 }),
    /ENOTFOUND|EAI_AGAIN/,
  )
})

t.test(
  'startServer() gives the control API a port of its own, and fails if that is in use',
  async (t) => {
    const server = await start({ host: '127.0.0.1', controlPort: 0 })
    t.teardown(server.stop)
    server.unref()
    const [calls, control] = [portOf(server), portOf({ url: String(server.controlUrl) })]
    t.not(calls, control)
    t.equal((await sendHttp(calls, { path: '/__mock/health' })).status, 404)
    const { status, body } = await sendHttp(control, { path: '/__mock/health?verbose=true' })
    t.strictSame([status, JSON.parse(body.toString()).client_port], [200, calls])
    const taken = start({ host: '127.0.0.1', controlPort: await occupy(t, '127.0.0.1') })
    await t.rejects(taken, { code: 'EADDRINUSE' })
  },
)

t.test(
  'H5: with a control port, no path of the control API is an endpoint of the main port',
  async (t) => {
    const server = await start({ host: '127.0.0.1', controlPort: 0 })
    t.teardown(server.stop)
    const main = portOf(server)
    for (const path of ['/__mock/has/table', '/~s/__mock/has/table', '/%5F%5Fmock/has/table']) {
      const body = '{"table_name":"t"}'
      const headers = { 'content-length': body.length }
      const answer = await sendHttp(main, { method: 'POST', path, body, headers })
      t.equal(answer.status, 404, path)
      t.match(
        JSON.parse(answer.body.toString()).message,
        'Cannot find the endpoint /__mock/has/table: the control API has a port of its own',
      )
    }
    t.equal((await sendHttp(main, { path: '/__mock' })).status, 404, 'not the greeting of the root')
    const control = portOf({ url: String(server.controlUrl) })
    const scopes = await sendHttp(control, { path: '/__mock/scopes' })
    t.strictSame(
      JSON.parse(scopes.body.toString()).scopes.map(({ name }: { name: string }) => name),
      ['default'],
    )
  },
)
