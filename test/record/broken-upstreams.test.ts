import { once } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { connect, createServer, Socket } from 'node:net'
import t from 'tap'
import { TcpSockets } from '../../src/connections/tcp-sockets.ts'
import { ClientEnd } from '../../src/record/client-end.ts'
import { describeUpstreamError } from '../../src/record/describe-upstream-error.ts'
import { makeCertificate } from '../support/certificate.ts'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { type Answer, startRawUpstream, startTestProxy } from '../support/recording-proxy.ts'
import { startTestServer } from '../support/server.ts'
import { openSocket } from '../support/socket.ts'

const REQUEST = 'POST /get/job?a=secret HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}'

/** What a client sees: the bytes, and whether the connection was reset. */
async function see(port: number, bytes = REQUEST): Promise<{ text: string; isReset: boolean }> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let isReset = false
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', ({ message }) => {
    isReset = message === 'read ECONNRESET'
  })
  socket.write(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  return { text, isReset }
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'

const BROKEN: readonly {
  readonly name: string
  readonly answer: Answer
  readonly text: string
  readonly isReset: boolean
  readonly warning: RegExp
}[] = [
  {
    name: 'closes without an answer',
    answer: (socket) => socket.end(),
    text: '',
    isReset: false,
    warning: /^POST \/get\/job was not answered: it closed the connection$/,
  },
  {
    name: 'resets without an answer',
    answer: (socket) => socket.resetAndDestroy(),
    text: '',
    isReset: true,
    warning: /^POST \/get\/job was not answered: read ECONNRESET$/,
  },
  {
    name: 'sends bytes that are not HTTP',
    answer: (socket) => socket.write('SSH-2.0-OpenSSH\r\n'),
    text: 'SSH-2.0-OpenSSH\r\n',
    isReset: false,
    warning: /^POST \/get\/job was not answered: Parse Error: /,
  },
  {
    name: 'sends a status below 100',
    answer: (socket) => socket.write('HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok'),
    text: 'HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok',
    isReset: false,
    warning: /^POST \/get\/job was not answered: its status 99 is below 100$/,
  },
  {
    name: 'sends a control character in its phrase',
    answer: (socket) => socket.write('HTTP/1.1 200 O\u0001K\r\nContent-Length: 2\r\n\r\nok'),
    text: 'HTTP/1.1 200 O\u0001K\r\nContent-Length: 2\r\n\r\nok',
    isReset: false,
    warning: /^POST \/get\/job was not answered: its phrase has control characters$/,
  },
  {
    name: 'switches protocols',
    answer: (socket) =>
      socket.write('HTTP/1.1 101 Switch\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello'),
    text: 'HTTP/1.1 101 Switch\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello',
    isReset: false,
    warning: /^POST \/get\/job was not answered: it switches protocols$/,
  },
  {
    name: 'cuts its answer in the headers',
    answer: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
    text: 'HTTP/1.1 200 OK\r\nContent-Le',
    isReset: false,
    warning: /^POST \/get\/job was not answered: it closed the connection$/,
  },
  {
    name: 'cuts the body',
    answer: (socket) => socket.end(`${HEAD}ab`),
    text: `${HEAD}ab`,
    isReset: false,
    warning: /^POST \/get\/job was not answered in whole: it closed the connection$/,
  },
  {
    name: 'cuts a chunked body',
    answer: (socket) => socket.end(CHUNKED),
    text: CHUNKED,
    isReset: false,
    warning: /^POST \/get\/job was not answered in whole: it closed the connection$/,
  },
  {
    name: 'sends a wrong chunk size',
    answer: (socket) => socket.write(`${CHUNKED}zz\r\n`),
    text: CHUNKED,
    isReset: false,
    warning: /^POST \/get\/job was not answered in whole: Parse Error: /,
  },
]

for (const { name, answer, text, isReset, warning } of BROKEN) {
  t.test(`an upstream that ${name} does so for the client`, async (t) => {
    const upstream = await startRawUpstream(t, answer)
    const { port, warnings, exchanges } = await startTestProxy(t, upstream.url)
    t.strictSame(await see(port), { text, isReset })
    t.equal(warnings.length, 1)
    t.match(warnings[0], warning)
    await nextTurn()
    t.strictSame(
      exchanges.map(({ whole }) => whole),
      /in whole/.test(warnings[0] ?? '') ? [false] : [],
    )
  })
}

t.test('an upstream that resets in the body does so for the client', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => socket.write(`${HEAD}ab`))
  const { port, proxy, exchanges } = await startTestProxy(t, upstream.url)
  const socket = connect(port, '127.0.0.1')
  socket.write(REQUEST)
  const failed = once(socket, 'error').catch((error) => error)
  const [chunk] = await once(socket, 'data')
  t.match(chunk.toString(), HEAD)
  upstream.sockets[0]?.resetAndDestroy()
  const [error] = await failed
  t.equal(error.message, 'read ECONNRESET')
  await nextTurn()
  t.match(proxy.describe(), { requests: 1, broken: 1, in_flight: 0 })
  t.equal(proxy.describeInWords(), '1 request (1 answered in part)')
  t.equal(exchanges[0]?.whole, false)
})

t.test('an upstream that refuses connections resets those of clients', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const { port, warnings, proxy } = await startTestProxy(t, 'http://127.0.0.1:1')
  t.strictSame(await see(port), { text: '', isReset: true })
  t.match(warnings, [/^POST \/get\/job was not answered: connect ECONNREFUSED 127\.0\.0\.1:1$/])
  t.match(proxy.describe(), { requests: 1, unanswered: 1 })
  t.equal(proxy.describeInWords(), '1 request (1 not answered)')
  t.strictSame(upstream.received, [])
})

t.test('an upstream that does not exist resets the connections of clients', async (t) => {
  const { port, warnings } = await startTestProxy(t, 'http://no.such.host.invalid')
  t.strictSame(await see(port), { text: '', isReset: true })
  t.match(warnings, [/ENOTFOUND|EAI_AGAIN/])
})

t.test('a client that leaves ends the request to the upstream', async (t) => {
  const { promise, resolve } = withResolvers<Socket>()
  const upstream = await startRawUpstream(t, (socket) => resolve(socket))
  const { port, warnings, proxy } = await startTestProxy(t, upstream.url)
  const client = connect(port, '127.0.0.1')
  client.write(REQUEST)
  const closed = once(await promise, 'close')
  client.destroy()
  await closed
  t.strictSame(warnings, [])
  t.match(proxy.describe(), { unanswered: 1, in_flight: 0 })
})

t.test('a client that leaves in the middle of an answer ends the request too', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => socket.write(`${HEAD}ab`))
  const { port, proxy, exchanges } = await startTestProxy(t, upstream.url)
  const client = connect(port, '127.0.0.1')
  client.write(REQUEST)
  await once(client, 'data')
  const closed = once(upstream.sockets[0] ?? client, 'close')
  client.destroy()
  await closed
  t.match(proxy.describe(), { broken: 1, in_flight: 0 })
  await nextTurn()
  t.equal(exchanges[0]?.whole, false)
})

t.test('headers over 256 KiB are cut', async (t) => {
  const start = 'HTTP/1.1 200 OK\r\n'
  const upstream = await startRawUpstream(t, (socket) => {
    socket.write(`${start}X: ${'x'.repeat(400_000)}\r\n\r\n`)
  })
  const { port, warnings } = await startTestProxy(t, upstream.url)
  const { text, isReset } = await see(port)
  t.equal(isReset, false)
  t.ok(text.startsWith(start) && text.length <= 256 * 1024)
  t.match(warnings, [/was not answered: Parse Error: Header overflow$/])
})

t.test('an answer that breaks off behind another one waits for its turn', async (t) => {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const accepted = once(server, 'connection')
  const client = openSocket(Object(server.address()).port)
  const [socket] = await accepted
  const end = new ClientEnd(socket, new TcpSockets())
  end.breakOff(response, { error: new Error('aborted'), sent: Buffer.from('second') })
  socket.write('first, ')
  response.assignSocket(socket)
  t.equal(await client.rest(), 'first, second')
})

t.test('an error without a message is described by its code', async (t) => {
  const error = Object.assign(new Error(''), { code: 'ECONNREFUSED' })
  t.equal(describeUpstreamError(error), 'ECONNREFUSED')
})

t.test('a client that breaks its body off ends the request to the upstream', async (t) => {
  const { promise, resolve } = withResolvers<Socket>()
  const upstream = await startRawUpstream(t, (socket) => resolve(socket))
  const { port, warnings } = await startTestProxy(t, upstream.url)
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'
  const client = openSocket(port)
  client.write(head)
  const closed = once(await promise, 'close')
  client.write('zz\r\n')
  t.equal(await client.rest(), '')
  await closed
  t.strictSame(warnings, [])
})

t.test('bytes that are not HTTP do not reach the upstream', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const { port } = await startTestProxy(t, upstream.url)
  const { text } = await see(port, 'hello\r\n\r\n')
  t.match(text, /^HTTP\/1\.1 400 Bad Request\r\n.*this is not HTTP\n$/s)
  t.strictSame(upstream.received, [])
})

t.test(
  'an upstream with an unknown certificate is not called, and the message says what helps',
  async (t) => {
    const { cert, key, remove } = makeCertificate()
    t.teardown(remove)
    const upstream = await startRawUpstream(t, () => undefined, { cert, key })
    const { port, warnings } = await startTestProxy(t, upstream.url)
    t.strictSame(await see(port), { text: '', isReset: true })
    t.match(warnings, [
      /its certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\): name its CA with --upstream-ca, or accept any with --insecure-upstream$/,
    ])
    t.strictSame(upstream.received, [])
  },
)

for (const trusted of ['its CA', 'any certificate']) {
  t.test(`an upstream with TLS is called with ${trusted}`, async (t) => {
    const { cert, key, remove } = makeCertificate()
    t.teardown(remove)
    const upstream = await startRawUpstream(
      t,
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      { cert, key },
    )
    const url = upstream.url.replace('127.0.0.1', 'localhost')
    const trust = trusted === 'its CA' ? { ca: cert } : { isInsecure: true }
    const { port, warnings } = await startTestProxy(t, url, { ...trust, tls: { cert, key } })
    const answer = await sendHttp(port, { path: '/', isTls: true })
    t.equal(answer.body.toString(), 'ok')
    t.strictSame(warnings, [])
  })
}

t.test(
  'an upstream that closes without an answer resets nothing of a client with TLS',
  async (t) => {
    const { cert, key, remove } = makeCertificate()
    t.teardown(remove)
    const { port } = await startTestProxy(t, 'http://127.0.0.1:1', { tls: { cert, key } })
    const lost = sendHttp(port, { path: '/', isTls: true })
    await t.rejects(lost, { code: 'ECONNRESET' })
  },
)

t.test('an upstream without TLS is named as such', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const { port, warnings } = await startTestProxy(t, mock.url.replace('http:', 'https:'))
  t.strictSame(await see(port), { text: '', isReset: true })
  t.match(warnings, [/it does not speak TLS \(\w+\): is it http instead of https\?$/])
})

t.test('what waits for an upstream that hangs is ended when the proxy stops', async (t) => {
  const { promise, resolve } = withResolvers<Socket>()
  const upstream = await startRawUpstream(t, (socket) => resolve(socket))
  const { port, proxy, warnings } = await startTestProxy(t, upstream.url)
  const seen = see(port)
  await promise
  await proxy.drain()
  t.strictSame(await seen, { text: '', isReset: false })
  t.strictSame(warnings, [])
  t.match(proxy.describe(), { unanswered: 1, in_flight: 0 })
})

function withResolvers<Value>() {
  let resolve = (_value: Value): void => undefined
  const promise = new Promise<Value>((taken) => {
    resolve = taken
  })
  return { promise, resolve }
}
