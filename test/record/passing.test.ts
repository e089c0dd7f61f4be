import { once } from 'node:events'
import { createServer } from 'node:http'
import t from 'tap'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { startRawUpstream, startTestProxy } from '../support/recording-proxy.ts'
import { ENCODINGS, encodeRequest, readAnswer, startTestServer } from '../support/server.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

const ANSWER = [
  'HTTP/1.1 200 Very Fine',
  'X-Second: 2',
  'x-First: 1',
  'X-Second: \xe9',
  'Content-Type: application/json',
  'content-length: 2',
].join('\r\n')

t.test(
  'requests and answers pass with the case, order and repetition of their headers',
  async (t) => {
    const upstream = await startRawUpstream(t, (socket) => {
      socket.write(`${ANSWER}\r\n\r\n{}`, 'latin1')
    })
    const { port, exchanges } = await startTestProxy(t, upstream.url)
    const head = [
      'POST //get/job?x=%20y HTTP/1.1',
      'hOST: localhost:9191',
      'B: 2',
      'a: 1',
      'B: 3',
      'Authorization: Basic am86c2VjcmV0',
      'connection: keep-alive',
      'Content-Length: 3',
    ]
    const socket = openSocket(port)
    socket.write(`${head.join('\r\n')}\r\n\r\nabc`)
    t.equal(await socket.next(), `${ANSWER}\r\n\r\n{}`)
    const { host } = new URL(upstream.url)
    const expected = head.map((line) => line.replace('localhost:9191', host))
    t.equal(upstream.received[0], `${expected.join('\r\n')}\r\n\r\nabc`)
    const [exchange, ...others] = exchanges
    t.strictSame(others, [])
    const { receivedAtMs = 0, answeredAtMs = 0, ...content } = exchange ?? {}
    t.ok(receivedAtMs > 0 && answeredAtMs >= receivedAtMs)
    t.strictSame(content, {
      method: 'POST',
      target: '//get/job?x=%20y',
      requestType: undefined,
      request: Buffer.from('abc'),
      status: 200,
      answerType: 'application/json',
      answer: Buffer.from('{}'),
      whole: true,
    })
    socket.end()
  },
)

t.test('the mock answers through the proxy as without it, in every encoding', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const { port, exchanges } = await startTestProxy(t, mock.url)
  const types = { json: 'json', binary: 'octet-stream', snappy: 'x-snappy' }
  for (const encoding of ENCODINGS) {
    const endpoint = '/alter/table'
    const fields = { table_name: 'orders', action: 'ttl', value: '120' }
    const body = encodeRequest(encoding, endpoint, fields)
    const headers = { 'content-type': `application/${types[encoding]}` }
    const sent = { method: 'POST', path: endpoint, headers, body }
    const direct = await sendHttp(mock.port, sent)
    const passed = await sendHttp(port, sent)
    t.strictSame(readAnswer(endpoint, passed), readAnswer(endpoint, direct), encoding)
    t.strictSame(Object.keys(passed.headers), Object.keys(direct.headers))
    t.strictSame(exchanges.at(-1)?.request, body)
    t.strictSame(exchanges.at(-1)?.answer, passed.body)
  }
})

for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE']) {
  t.test(`${method} passes`, async (t) => {
    const mock = await startTestServer()
    t.teardown(() => mock.close())
    const { port } = await startTestProxy(t, mock.url)
    const sent = { method, path: '/' }
    const [direct, passed] = [await sendHttp(mock.port, sent), await sendHttp(port, sent)]
    t.equal(passed.status, direct.status)
    t.equal(passed.body.toString(), direct.body.toString())
    t.equal(passed.headers['content-length'], direct.headers['content-length'])
  })
}

t.test('a client of HTTP/1.0 gets a body that ends with the connection', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const chunked = await startRawUpstream(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
  })
  const body = '{"job_id":1}'
  const head = `POST /get/job HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n`
  const known = await startTestProxy(t, mock.url)
  t.match(await sendBytes(known.port, head + body), /^HTTP\/1\.1 400 .*Cannot find job 1/s)
  const { port, exchanges } = await startTestProxy(t, chunked.url)
  const answer = await sendBytes(port, head + body)
  t.match(answer, /^HTTP\/1\.1 200 OK\r\nConnection: close\r\n\r\nabc$/)
  t.match(chunked.received[0], /^POST \/get\/job HTTP\/1\.1\r\nHost: 127\.0\.0\.1:/)
  t.equal(exchanges[0]?.answer.toString(), 'abc')
})

t.test('an answer of HTTP/1.0 ends with the connection', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.end('HTTP/1.0 200 OK\r\nServer: old\r\n\r\nabc')
  })
  const { port, exchanges } = await startTestProxy(t, upstream.url)
  const answer = await sendBytes(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.equal(answer, 'HTTP/1.1 200 OK\r\nServer: old\r\n\r\nabc')
  t.equal(exchanges[0]?.whole, true)
})

t.test('100 Continue comes from the upstream', async (t) => {
  const upstream = await startRawUpstream(t, (socket, received) => {
    if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })
  const { port } = await startTestProxy(t, upstream.url)
  const socket = openSocket(port)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
  t.equal(await socket.next(), 'HTTP/1.1 100 Continue\r\n\r\n')
  t.match(upstream.received[0], /Expect: 100-continue\r\n.*\r\n\r\n$/s)
  socket.write('{}')
  t.match(await socket.next(), /^HTTP\/1\.1 200 OK/)
  socket.end()
})

t.test('a final answer without 100 Continue passes too', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  const { port } = await startTestProxy(t, upstream.url)
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'
  t.match(await sendBytes(port, head), /^HTTP\/1\.1 413 Too Large/)
})

t.test('bodies pass while they come, in both directions', async (t) => {
  const upstream = await startRawUpstream(t, (socket, received) => {
    if (received.endsWith('one')) {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nuno\r\n')
    }
    if (received.endsWith('two')) socket.write('3\r\ndue\r\n0\r\n\r\n')
  })
  const { port, exchanges } = await startTestProxy(t, upstream.url)
  const socket = openSocket(port)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\none')
  let text = await socket.next()
  while (!text.endsWith('3\r\nuno\r\n')) text += await socket.next()
  socket.write('two')
  text = await socket.next()
  while (!text.endsWith('0\r\n\r\n')) text += await socket.next()
  t.equal(text, '3\r\ndue\r\n0\r\n\r\n')
  t.equal(exchanges[0]?.request.toString(), 'onetwo')
  t.equal(exchanges[0]?.answer.toString(), 'unodue')
  socket.end()
})

t.test('chunks without a length pass to the upstream, and a POST without a body too', async (t) => {
  const upstream = await startRawUpstream(t, (socket, received) => {
    if (/\r\n(0\r\n)?\r\n$/.test(received)) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
  })
  const { port } = await startTestProxy(t, upstream.url)
  const socket = openSocket(port)
  socket.write(
    'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  )
  t.equal(await socket.next(), 'HTTP/1.1 204 No Content\r\n\r\n')
  t.match(upstream.received[0], /Transfer-Encoding: chunked\r\n.*\r\n3\r\nabc\r\n0\r\n\r\n$/s)
  socket.write('POST /b HTTP/1.1\r\nHost: x\r\n\r\n')
  t.equal(await socket.next(), 'HTTP/1.1 204 No Content\r\n\r\n')
  t.match(upstream.received[0], /POST \/b HTTP\/1\.1\r\nHost: \S+\r\nContent-Length: 0\r\n/)
  t.equal(upstream.received.length, 1, 'both connections are kept')
  socket.end()
})

t.test('a connection that the upstream closes is closed for the client too', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })
  const { port, warnings } = await startTestProxy(t, upstream.url)
  const socket = openSocket(port)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await socket.next()
  upstream.sockets[0]?.end()
  t.equal(await socket.rest(), '')
  t.strictSame(warnings, [])
})

t.test('a connection that the client closes is closed at the upstream too', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })
  const { port } = await startTestProxy(t, upstream.url)
  const socket = openSocket(port)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await socket.next()
  const closed = once(upstream.sockets[0] ?? t, 'close')
  socket.end()
  await closed
})

t.test('requests that are sent at once are answered in their order', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const { port, exchanges } = await startTestProxy(t, mock.url)
  const requests = ['/a', '/b', '/c'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n`)
  const answers = await sendBytes(port, `${requests.join('\r\n')}Connection: close\r\n\r\n`)
  t.strictSame(
    Array.from(answers.matchAll(/endpoint (\/\w)/g), ([, path]) => path),
    ['/a', '/b', '/c'],
  )
  t.strictSame(
    exchanges.map(({ target }) => target),
    ['/a', '/b', '/c'],
  )
})

t.test('an answer of 16 MB passes and is recorded', async (t) => {
  const body = Buffer.alloc(16 * 1024 * 1024, 'mock')
  const server = createServer((_request, response) => response.end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const upstream = `http://127.0.0.1:${Object(server.address()).port}`
  const { port, exchanges, proxy } = await startTestProxy(t, upstream)
  const answer = await sendHttp(port, { path: '/' })
  t.ok(answer.body.equals(body))
  await nextTurn()
  t.strictSame(exchanges, [], 'the next call does not wait for it')
  await proxy.drain()
  t.ok(exchanges[0]?.answer.equals(body))
  const narrow = await startTestProxy(t, upstream, { maxCopyBytes: 1024 * 1024 })
  t.ok((await sendHttp(narrow.port, { path: '/' })).body.equals(body))
  t.match(narrow.proxy.describe(), { answered: 1, not_kept: 1 })
})

t.test('what is too large to be kept passes, and is reported once', async (t) => {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const { port, exchanges, warnings, proxy } = await startTestProxy(t, mock.url, {
    maxCopyBytes: 100,
  })
  const sent = { method: 'POST', path: '/get/job', body: '{"job_id":1}' }
  for (const _ of [1, 2]) t.match((await sendHttp(port, sent)).body.toString(), 'Cannot find job')
  t.equal((await sendHttp(port, { path: '/' })).status, 200)
  t.strictSame(
    exchanges.map(({ target }) => target),
    ['/'],
  )
  t.equal(warnings.length, 1)
  t.match(warnings[0], /^did not keep all bodies/)
  t.match(proxy.describe(), { requests: 3, answered: 3, not_kept: 2, in_flight: 0 })
  t.equal(proxy.describeInWords(), '3 requests (2 too large to be kept)')
})

t.test('1,000 connections pass at a time', async (t) => {
  const server = createServer((request, response) => void request.pipe(response))
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1000 })
  await once(server, 'listening')
  t.teardown(() => server.close())
  const upstream = `http://127.0.0.1:${Object(server.address()).port}`
  const { port, proxy } = await startTestProxy(t, upstream)
  const sockets = Array.from({ length: 1000 }, () => openSocket(port))
  const head = 'POST /get/job HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{'
  for (const socket of sockets) socket.write(head)
  while (proxy.describe().in_flight < 1000) await nextTurn()
  for (const socket of sockets) socket.write('}')
  const answers = sockets.map(async (socket) => {
    let text = ''
    while (!text.endsWith('0\r\n\r\n')) text += await socket.next()
    socket.end()
    return text.slice(0, 15)
  })
  t.strictSame(new Set(await Promise.all(answers)), new Set(['HTTP/1.1 200 OK']))
  t.match(proxy.describe(), { requests: 1000, answered: 1000, in_flight: 0 })
})

for (const [target, path] of [
  ['*', '*'],
  ['http://db/a?b', '/a?b'],
  ['http://db', '/'],
]) {
  t.test(`the target ${target} is ${path} for the upstream`, async (t) => {
    const upstream = await startRawUpstream(t, (socket) => {
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')
    })
    const { port } = await startTestProxy(t, upstream.url)
    t.match(
      await sendBytes(port, `OPTIONS ${target} HTTP/1.1\r\nHost: x\r\n\r\n`),
      /^HTTP\/1.1 204/,
    )
    t.match(upstream.received[0], `OPTIONS ${path} HTTP/1.1\r\n`)
  })
}

t.test('a body that is not compressed as it says is recorded as it came', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc')
  })
  const { port, exchanges } = await startTestProxy(t, upstream.url)
  t.equal((await sendHttp(port, { path: '/' })).body.toString(), 'abc')
  t.equal(exchanges[0]?.answer.toString(), 'abc')
})

t.test('a kept connection is closed once the proxy has stopped', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const { port, proxy } = await startTestProxy(t, upstream.url)
  const socket = openSocket(port)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  while (upstream.received[0] === undefined) await nextTurn()
  const drained = proxy.drain()
  upstream.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  t.match(await socket.next(), /^HTTP\/1.1 200 OK/)
  await drained
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.equal(await socket.rest(), '')
  t.equal(proxy.describe().requests, 1)
})
