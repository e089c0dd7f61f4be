import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { readStopwatch, runSoon } from '../../src/clock/time-source.ts'
import { LateControl } from '../../src/http/late-control.ts'
import { startControlled } from '../support/control.ts'
import { sendHttp } from '../support/http.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

/** A server whose control API is built when the test says so. */
async function startLate(t: Test) {
  const steps: string[] = []
  const warnings: string[] = []
  let finish = (_error?: Error) => {}
  const built = new Promise<void>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve())
  })
  const arrivals: number[] = []
  const routing: RequestListener = (request, response) => {
    steps.push(`answer ${request.url}`)
    arrivals.push(late.arrivalOf(request))
    response.end('controlled')
  }
  const build = async () => {
    steps.push('build')
    await built
    return { routing, close: async () => void steps.push('close') }
  }
  const log = { warn: (_fields: unknown, message?: string) => void warnings.push(String(message)) }
  const late = new LateControl({ basePaths: ['/base'], log, server: () => server, build })
  const server: Server = createServer(
    late.beside((_request, response) => void response.end('called')),
  )
  server.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = Object(server.address())
  const ask = async (path: string) => String((await sendHttp(port, { path })).body)
  /** Resolves when `count` requests have arrived. */
  const arrive = async (count: number) => {
    for (let arrived = 0; arrived < count; arrived += 1) await once(server, 'request')
  }
  return { late, server, port, ask, arrive, steps, arrivals, warnings, finish }
}

t.test('LateControl builds the control API once, at its first request', async (t) => {
  const { ask, arrive, steps, finish } = await startLate(t)
  t.equal(await ask('/get/job'), 'called')
  t.strictSame(steps, [])
  const arrived = arrive(2)
  const answers = Promise.all([ask('/__mock/health'), ask('/base/~a/__mock/health')])
  await arrived
  t.equal(await ask('/get/job'), 'called')
  finish()
  t.strictSame(await answers, ['controlled', 'controlled'])
  t.equal(await ask('/__mock/ready'), 'controlled')
  t.strictSame(steps.sort(), [
    'answer /__mock/health',
    'answer /__mock/ready',
    'answer /base/~a/__mock/health',
    'build',
  ])
})

t.test('LateControl answers a client that ended its side while it was built', async (t) => {
  const { server, port, arrive, finish } = await startLate(t)
  const arrived = arrive(1)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end('GET /__mock/health HTTP/1.1\r\nhost: x\r\n\r\n')
  await arrived
  t.match(server, { httpAllowHalfOpen: true })
  finish()
  t.match(await text(socket), /\r\n\r\ncontrolled$/)
  t.match(server, { httpAllowHalfOpen: false }, 'later, a client that leaves is known at once')
})

t.test('LateControl does not answer over a connection that was cut off', async (t) => {
  const { server, port, ask, steps, finish } = await startLate(t)
  const socket = openSocket(port)
  const requested = once(server, 'request')
  socket.write('GET /__mock/first HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = await requested
  const closed = once(response, 'close')
  server.closeAllConnections()
  await closed
  finish()
  t.equal(await socket.rest(), '')
  t.equal(await ask('/__mock/second'), 'controlled')
  t.strictSame(steps, ['build', 'answer /__mock/second'])
})

t.test('a body that fails while the control API is built is answered', async (t) => {
  const server = await startControlled(t, { access: { users: [], tokens: ['secret'] } })
  const broken = 'transfer-encoding: chunked\r\n\r\nzz\r\n'
  const send = (headers: string) => {
    const head = `POST /__mock/clock HTTP/1.1\r\nhost: localhost\r\n${headers}${broken}`
    return sendBytes(server.port, head)
  }
  const [read, refused] = await Promise.all([send('authorization: Bearer secret\r\n'), send('')])
  t.match(read, /^HTTP\/1\.1 400 .*Invalid character in chunk size/s)
  t.match(refused, /^HTTP\/1\.1 401 /)
})

t.test('LateControl.close() closes what was built, and what is being built', async (t) => {
  const done = await startLate(t)
  done.finish()
  await done.ask('/__mock/health')
  await done.late.close()
  t.strictSame(done.steps, ['build', 'answer /__mock/health', 'close'])

  const building = await startLate(t)
  const arrived = building.arrive(1)
  const answer = building.ask('/__mock/health')
  await arrived
  const closed = building.late.close()
  building.finish()
  await closed
  t.equal(await answer, 'controlled')
  t.strictSame(building.steps, ['build', 'close', 'answer /__mock/health'])

  const unused = await startLate(t)
  await unused.late.close()
  t.strictSame(unused.steps, [])
})

t.test('LateControl answers with a problem if it cannot be built', async (t) => {
  const { late, port, ask, arrive, warnings, finish } = await startLate(t)
  const arrived = arrive(1)
  const answer = sendHttp(port, { path: '/__mock/health' })
  await arrived
  finish(new Error('Cannot find a file'))
  const { status, headers, body } = await answer
  const { code, detail } = JSON.parse(String(body))
  t.strictSame([status, code, detail], [400, 'UNEXPECTED', 'Cannot find a file'])
  t.equal(headers['content-type'], 'application/problem+json')
  t.match(headers['x-request-time-secs'], /^0\.\d{6}$/)
  t.strictSame(warnings, ['Cannot find a file'])
  t.equal(await ask('/get/job'), 'called')
  await late.close()
})

t.test('a request has arrived before it waits for the control API', async (t) => {
  const { ask, arrive, arrivals, finish } = await startLate(t)
  const arrived = arrive(1)
  const answer = ask('/__mock/first')
  await arrived
  const waitingAtMs = readStopwatch()
  finish()
  await answer
  const builtAtMs = readStopwatch()
  await ask('/__mock/second')
  const [first = 0, second = 0] = arrivals
  t.ok(first < waitingAtMs)
  t.ok(second > builtAtMs)
})

t.test('x-request-time-secs has the time in which the control API was built', async (t) => {
  const heldMs = 20
  /** Holds the process up as soon as the request has its listener. */
  const hold = () =>
    runSoon(() => {
      const untilMs = readStopwatch() + heldMs
      while (readStopwatch() < untilMs);
    })
  for (const path of ['/__mock/health', '/__mock/%zz']) {
    const { port } = await startControlled(t)
    subscribe('http.server.request.start', hold)
    const first = await sendHttp(port, { path })
    unsubscribe('http.server.request.start', hold)
    t.ok(Number(first.headers['x-request-time-secs']) >= heldMs / 1000, path)
  }
})

t.test('a server ends the streams of a control API that was built late', async (t) => {
  const server = await startControlled(t)
  const socket = openSocket(server.port)
  socket.write('GET /__mock/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await socket.next()
  const rest = socket.rest()
  await server.close()
  t.match(await rest, /0\r\n\r\n$/)
})
