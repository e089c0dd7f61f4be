import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { FailedConnections, type RefusedRequest } from '../../src/connections/failed-connections.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startControlled } from '../support/control.ts'
import { type RawAnswer, readAnswers, readOneAnswer } from '../support/raw-answer.ts'
import { loadRules } from '../support/rules.ts'
import { startTestServer, type TestServerOptions } from '../support/server.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

const HOST = 'Host: x\r\n'
const CLOSE = `${HOST}Connection: close\r\n`
const EMPTY = 'Content-Length: 2\r\n\r\n{}'
const LONG = 'y'.repeat(20_000)

/** A request on its own connection, and its answer. */
interface Case {
  readonly what: string
  readonly bytes: string | Buffer
  readonly status: number
  /** Absent: a problem document. */
  readonly wrapper?: RegExp
  readonly problem?: { readonly code: string; readonly detail?: RegExp }
  readonly allow?: string
  /** The endpoint in the journal of the default scope; absent if it is not there. */
  readonly journal?: string
}

const BROKEN: readonly Case[] = [
  {
    what: 'a path with an invalid escape',
    bytes: `POST /%zz HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 404,
    wrapper: /^Cannot find the endpoint \/%zz/,
    journal: '/%zz',
  },
  {
    what: 'a path that ends in an escape',
    bytes: `POST /get/job% HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 404,
    wrapper: /^Cannot find the endpoint \/get\/job%/,
    journal: '/get/job%',
  },
  {
    what: 'a scope with an invalid escape',
    bytes: `POST /~%zz/get/job HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 400,
    wrapper: /^Cannot use the scope "%zz"/,
  },
  {
    what: 'a control route with an invalid escape',
    bytes: `GET /__mock/jobs/%zz HTTP/1.1\r\n${CLOSE}\r\n`,
    status: 400,
    problem: { code: 'BAD_REQUEST', detail: /^Cannot read the path: / },
  },
  {
    what: 'other bytes than HTTP',
    bytes: 'hello\r\n\r\n',
    status: 400,
    wrapper: /^Cannot read the request: this is not HTTP$/,
  },
  {
    what: 'a TLS handshake inside the connection',
    bytes: Buffer.from('16030100050100000100', 'hex'),
    status: 400,
    wrapper: /^Cannot read the request: this is not HTTP$/,
  },
  {
    what: 'HTTP/2',
    bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    status: 400,
    wrapper: /has HTTP\/1\.1 only/,
  },
  {
    what: 'an unknown version of HTTP',
    bytes: `POST /get/job HTTP/3.0\r\n${CLOSE}${EMPTY}`,
    status: 400,
    wrapper: /^Cannot read the request: Invalid HTTP version$/,
    journal: '/get/job',
  },
  {
    what: 'a space in the path',
    bytes: `POST /get job HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 400,
    wrapper: /^Cannot read the request: /,
  },
  {
    what: 'a method without a body with a large one',
    bytes: `PUT /get/job HTTP/1.1\r\n${CLOSE}Content-Length: 2000\r\n\r\n${'x'.repeat(2000)}`,
    status: 405,
    wrapper: /^Cannot PUT \/get\/job: it takes POST$/,
    allow: 'POST',
  },
  {
    what: 'a header without a name',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}: x\r\n\r\n`,
    status: 400,
    wrapper: /^Cannot read the request: Invalid header token$/,
    journal: '/get/job',
  },
  {
    what: 'an invalid Content-Length',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\n`,
    status: 400,
    wrapper: /Invalid character in Content-Length$/,
    journal: '/get/job',
  },
  {
    what: 'Content-Length beside Transfer-Encoding',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n${EMPTY}`,
    status: 400,
    wrapper: /^Cannot read the request: (Content-Length|Transfer-Encoding) can't be present/,
    journal: '/get/job',
  },
  {
    what: 'an invalid chunk',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n`,
    status: 400,
    wrapper: /^Cannot read the request: Invalid character in chunk size$/,
    journal: '/get/job',
  },
  {
    what: 'an invalid chunk for a control route',
    bytes: `POST /__mock/clock HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    status: 400,
    problem: { code: 'BAD_REQUEST', detail: /Invalid character in chunk size$/ },
  },
  {
    what: 'chunk extensions over the limit',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;${LONG}\r\n{\r\n`,
    status: 413,
    wrapper: /chunk extensions are too long$/,
    journal: '/get/job',
  },
  {
    what: 'an unknown expectation',
    bytes: `POST /get/job HTTP/1.1\r\n${CLOSE}Expect: cake\r\n${EMPTY}`,
    status: 417,
    wrapper: /^Cannot answer the request: it expects cake/,
    journal: '/get/job',
  },
  {
    what: 'an unknown expectation of a control route',
    bytes: `POST /~s/__mock/clock HTTP/1.1\r\n${CLOSE}Expect: cake\r\n${EMPTY}`,
    status: 417,
    problem: { code: 'EXPECTATION_FAILED' },
  },
  {
    what: 'a call without Host',
    bytes: `POST /get/job HTTP/1.1\r\nConnection: close\r\n${EMPTY}`,
    status: 400,
    wrapper: /^Cannot read the request: the header Host is missing$/,
    journal: '/get/job',
  },
  {
    what: 'a probe without Host',
    bytes: 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
    status: 400,
    wrapper: /the header Host is missing$/,
  },
  {
    what: 'a control request without Host',
    bytes: `POST /__mock/reset HTTP/1.1\r\nConnection: close\r\n${EMPTY}`,
    status: 400,
    problem: { code: 'BAD_REQUEST', detail: /the header Host is missing$/ },
  },
  {
    what: 'a QUERY of an endpoint',
    bytes: `QUERY /get/job HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 405,
    wrapper: /QUERY/,
    allow: 'POST',
  },
  {
    what: 'a QUERY of a control route',
    bytes: `QUERY /__mock/clock HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 405,
    problem: { code: 'METHOD_NOT_ALLOWED' },
  },
  {
    what: 'an unknown method',
    bytes: `FOO /get/job HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 405,
    wrapper: /^Cannot read the request: HTTP has no method FOO$/,
    allow: 'POST',
  },
  {
    what: 'an unknown method at the root',
    bytes: `BREW / HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 405,
    wrapper: /HTTP has no method BREW$/,
    allow: 'GET, HEAD',
  },
  {
    what: 'an unknown method of a control route',
    bytes: `FOO /~s/__mock/clock HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 405,
    problem: { code: 'METHOD_NOT_ALLOWED' },
    allow: 'DELETE, GET, HEAD, PATCH, POST, PUT',
  },
  {
    what: 'a rare method of a control route',
    bytes: `PROPFIND /__mock/clock HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 405,
    problem: { code: 'METHOD_NOT_ALLOWED' },
    allow: 'GET, HEAD, POST',
  },
  {
    what: 'a rare method of an unknown control route',
    bytes: `PROPFIND /__mock/nothing HTTP/1.1\r\n${CLOSE}${EMPTY}`,
    status: 404,
    problem: { code: 'NOT_FOUND' },
  },
  {
    what: 'CONNECT',
    bytes: `CONNECT h:80 HTTP/1.1\r\n${CLOSE}\r\n`,
    status: 405,
    wrapper: /^Cannot CONNECT h:80: the mock is no proxy$/,
    allow: 'GET, HEAD',
  },
  {
    what: 'a body over the limit',
    bytes: `POST /get/job HTTP/1.1\r\n${CLOSE}Content-Length: 2000\r\n\r\n${'x'.repeat(2000)}`,
    status: 413,
    wrapper: /^Cannot read the body: it is over the limit, raise body-limit$/,
    journal: '/get/job',
  },
  {
    what: 'a chunked body over the limit',
    bytes: `POST /get/job HTTP/1.1\r\n${CLOSE}Transfer-Encoding: chunked\r\n\r\n5dc\r\n${'x'.repeat(1500)}\r\n0\r\n\r\n`,
    status: 413,
    wrapper: /raise body-limit$/,
    journal: '/get/job',
  },
  {
    what: 'a control body over the limit',
    bytes: `POST /__mock/clock HTTP/1.1\r\n${CLOSE}Content-Length: 2000\r\n\r\n${'x'.repeat(2000)}`,
    status: 413,
    problem: { code: 'BODY_TOO_LARGE' },
  },
  {
    what: 'a request that ends in the middle',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\n{`,
    status: 400,
    wrapper: /^Cannot read the (request|body): /,
    journal: '/get/job',
  },
]

/** In one packet, which TLS divides: the request line is then not with the error. */
const TOO_LONG: readonly Case[] = [
  {
    what: 'headers over the limit',
    bytes: `POST /get/job HTTP/1.1\r\n${HOST}x: ${LONG}\r\n\r\n`,
    status: 431,
    wrapper: /^Cannot read the request: its headers are over 16 KiB$/,
    journal: '/get/job',
  },
  {
    what: 'a URL over the limit',
    bytes: `POST /get/job?${LONG} HTTP/1.1\r\n${HOST}\r\n`,
    status: 431,
    wrapper: /its headers are over 16 KiB$/,
    journal: '/get/job',
  },
  {
    what: 'headers of a control request over the limit',
    bytes: `POST /__mock/clock HTTP/1.1\r\n${HOST}x: ${LONG}\r\n\r\n`,
    status: 431,
    problem: { code: 'HEADERS_TOO_LARGE' },
  },
]

/** Sends bytes, and ends the connection behind them. */
async function exchange(port: number, bytes: string | Buffer, isTls: boolean): Promise<RawAnswer> {
  const socket = openSocket(port, { isTls })
  socket.write(bytes)
  if (!String(bytes).endsWith('{}')) socket.end()
  return readOneAnswer(await socket.rest())
}

async function checkAnswer(
  t: Test,
  { wrapper, problem, allow, ...given }: Case,
  { status, headers, body }: RawAnswer,
): Promise<void> {
  t.equal(status, given.status)
  t.match(headers.get('x-request-time-secs'), /^\d+\.\d{6}$/)
  t.equal(headers.get('connection'), 'close')
  const document = JSON.parse(body)
  if (problem) {
    t.equal(headers.get('content-type'), 'application/problem+json')
    t.equal(headers.get('access-control-allow-origin'), undefined)
    t.match(document, { status, ...problem })
  } else {
    t.equal(headers.get('content-type'), 'application/json')
    t.equal(headers.get('access-control-allow-origin'), '*')
    t.match(headers.get('access-control-expose-headers'), /^x-request-time-secs, /)
    t.match(document, { status: 'ERROR', message: wrapper, data_type: 'none', data_str: '' })
  }
  t.equal(headers.get('allow'), allow ?? headers.get('allow'))
}

for (const { name, isTls, cases } of [
  { name: 'HTTP', isTls: false, cases: [...BROKEN, ...TOO_LONG] },
  { name: 'HTTPS', isTls: true, cases: BROKEN },
]) {
  t.test(`H16: ${name} answers what no route sees, and records calls`, async (t) => {
    const tls = isTls ? makeCertificate() : undefined
    if (tls) t.teardown(tls.remove)
    const options: TestServerOptions = { bodyLimit: 1000, ...(tls ? { tls } : {}) }
    for (const given of cases) {
      await t.test(given.what, async (t) => {
        const server = await startTestServer(options)
        t.teardown(server.close)
        await checkAnswer(t, given, await exchange(server.port, given.bytes, isTls))
        const { journal = [] } = given
        const seen = server.scope.journal.list()
        t.strictSame(
          seen.map(({ endpoint, status }) => [endpoint, status]),
          [journal].flat().map((endpoint) => [endpoint, given.status]),
        )
        t.strictSame(
          server.mock.scopes.list().map(({ name }) => name),
          ['default'],
        )
      })
    }
  })
}

t.test('H16: a broken message is recorded in the scope that it names', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const { journal } = server.mock.scopes.open('a')
  await sendBytes(server.port, `POST /gpudb-0/~a/get/job HTTP/1.1\r\n${HOST}: x\r\n\r\n`)
  t.match(journal.list(), [{ endpoint: '/get/job', status: 400, sourceIp: '127.0.0.1' }])
  t.equal(server.scope.journal.list().length, 0)
})

t.test('H16: the answer to a broken HEAD has no body', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const answer = await sendBytes(server.port, `HEAD / HTTP/3.0\r\n${CLOSE}\r\n`)
  t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n.*content-length: [1-9]\d*\r\n.*\r\n\r\n$/s)
})

t.test('H16: an answer to a broken body has the encoding of the request', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const type = 'Content-Type: application/octet-stream\r\n'
  const head = `POST /get/job HTTP/1.1\r\n${HOST}${type}Transfer-Encoding: chunked\r\n\r\n`
  const { headers } = readOneAnswer(await sendBytes(server.port, `${head}zz\r\n`))
  t.equal(headers.get('content-type'), 'application/octet-stream')
})

t.test('H17: the answers to valid requests leave before the error of the next', async (t) => {
  const valid = `POST /show/system/status HTTP/1.1\r\n${HOST}${EMPTY}`
  const body = JSON.stringify({ table_name: 'a', action: 'b', value: 'c' })
  const delayed = `POST /alter/table HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`
  const rules = loadRules(
    t,
    '  - { when: { endpoint: /alter/table }, then: { delay: 1s, error: late } }',
  )
  for (const { rubbish, status } of [
    { rubbish: 'rubbish\r\n\r\n', status: 400 },
    { rubbish: `POST /get/job HTTP/1.1\r\n: x\r\n\r\n`, status: 400 },
    { rubbish: `FOO /get/job HTTP/1.1\r\n${HOST}\r\n`, status: 405 },
    { rubbish: `CONNECT x:1 HTTP/1.1\r\n${HOST}\r\n`, status: 405 },
  ]) {
    const server = await startTestServer({ rules })
    t.teardown(server.close)
    const recorded = new Promise<void>((resolve) => {
      const stop = server.scope.changes.listen(() => {
        if (server.scope.clock.waiting === 0) return
        stop()
        resolve()
      })
    })
    const socket = openSocket(server.port)
    socket.write(`${valid}${delayed}${rubbish}`)
    await recorded
    server.clock.advance(1000)
    const answers = readAnswers(await socket.rest())
    t.strictSame(
      answers.map(({ status }) => status),
      [200, 400, status],
    )
    t.match(answers[1]?.body, 'late')
  }
})

t.test('H17: an error of one request keeps the connection for the next', async (t) => {
  const server = await startTestServer({ bodyLimit: 1000 })
  t.teardown(server.close)
  const bodyOf = (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`
  const chunks = `Transfer-Encoding: chunked\r\n\r\n5dc\r\n${'x'.repeat(1500)}\r\n0\r\n\r\n`
  const requests = [
    { head: 'POST /__mock/clock', rest: bodyOf('{ no JSON'), status: 400 },
    { head: 'POST /__mock/nothing', rest: bodyOf('{}'), status: 404 },
    { head: 'POST /__mock/ready', rest: bodyOf('{}'), status: 405 },
    { head: 'POST /__mock/clock', rest: bodyOf('x'.repeat(2000)), status: 413 },
    { head: 'POST /__mock/clock', rest: chunks, status: 413 },
    { head: 'POST /__mock/reset', rest: bodyOf('{"x": 1}'), status: 400 },
    { head: 'POST /get/job', rest: bodyOf('{ no JSON'), status: 400 },
    { head: 'POST /nothing', rest: bodyOf('{}'), status: 404 },
    { head: 'PUT /get/job', rest: bodyOf('{}'), status: 405 },
    { head: 'POST /get/job', rest: bodyOf('x'.repeat(2000)), status: 413 },
    { head: 'POST /get/job', rest: chunks, status: 413 },
    { head: 'POST /get/job', rest: `Expect: cake\r\n${bodyOf('{}')}`, status: 417 },
    { head: 'GET /__mock/jobs/%zz', rest: '\r\n', status: 400 },
  ]
  const socket = openSocket(server.port)
  for (const { head, rest } of requests) socket.write(`${head} HTTP/1.1\r\n${HOST}${rest}`)
  socket.write(`GET / HTTP/1.1\r\n${CLOSE}\r\n`)
  t.strictSame(
    readAnswers(await socket.rest()).map(({ status }) => status),
    [...requests.map(({ status }) => status), 200],
  )
})

t.test('F15: an absolute target is read as its path', async (t) => {
  const server = await startControlled(t, { basePaths: ['/kinetica'] })
  for (const target of [
    'http://h/show/system/status',
    'http://h:9191/~s/show/system/status',
    'https://h/gpudb-0/show/system/status?x=1',
    'HTTP://h/kinetica/~s/show/system/status',
  ]) {
    const bytes = `POST ${target} HTTP/1.1\r\n${CLOSE}${EMPTY}`
    t.equal(readOneAnswer(await sendBytes(server.port, bytes)).status, 200, target)
  }
  const { body } = readOneAnswer(
    await sendBytes(server.port, `GET http://h/~s/__mock/requests HTTP/1.1\r\n${CLOSE}\r\n`),
  )
  t.equal(JSON.parse(body).total, 2)
  for (const target of ['http://h', 'http://h?x=1', 'http://h/kinetica']) {
    const bytes = `GET ${target} HTTP/1.1\r\n${CLOSE}\r\n`
    t.equal(readOneAnswer(await sendBytes(server.port, bytes)).body, 'Kinetica is running!', target)
  }
})

t.test('OPTIONS names the methods of a path, and of the server', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const [target, allow] of [
    ['*', 'GET, HEAD, POST'],
    ['/', 'GET, HEAD'],
    ['/get/job', 'POST'],
    ['/~s/get/job', 'POST'],
  ]) {
    const answer = await sendBytes(server.port, `OPTIONS ${target} HTTP/1.1\r\n${CLOSE}\r\n`)
    const { status, headers } = readOneAnswer(answer)
    t.strictSame([status, headers.get('allow')], [204, allow])
    t.match(headers.get('x-request-time-secs'), /^\d/)
  }
})

t.test('an upgrade is not made: the request is answered', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const upgrade = `${HOST}Connection: Upgrade, close\r\nUpgrade: websocket\r\n`
  const bytes = `POST /show/system/status HTTP/1.1\r\n${upgrade}${EMPTY}`
  t.equal(readOneAnswer(await sendBytes(server.port, bytes)).status, 200)
})

t.test('HTTP/1.0 needs no Host, and closes the connection', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const answer = await sendBytes(server.port, `POST /show/system/status HTTP/1.0\r\n${EMPTY}`)
  t.equal(readOneAnswer(answer).status, 200)
})

t.test('a connection that cannot be written to is closed', async (t) => {
  const refuse = () => ({ status: 400, headers: {}, body: '' })
  const failed = new FailedConnections({ refuse, warn: () => undefined })
  for (const code of ['HPE_INVALID_METHOD', 'ECONNRESET']) {
    const socket = new Socket()
    socket.end()
    failed.fail(Object.assign(new Error('gone'), { code }), socket)
    t.equal(socket.destroyed, true)
  }
})

t.test('a request is refused that comes over anything but a TCP connection', async (t) => {
  const addresses: string[] = []
  const refuse = ({ address }: RefusedRequest) => {
    addresses.push(address)
    return { status: 400, headers: {}, body: 'refused' }
  }
  const failed = new FailedConnections({ refuse, warn: () => undefined })
  const sockets = [
    new PassThrough(),
    Object.assign(new PassThrough(), { remoteAddress: undefined }),
  ]
  for (const socket of sockets) {
    failed.fail(Object.assign(new Error('no HTTP'), { code: 'HPE_INVALID_METHOD' }), socket)
    t.match(String(await buffer(socket)), /^HTTP\/1\.1 400 Bad Request\r\n.*\r\n\r\nrefused$/s)
  }
  t.strictSame(addresses, ['', ''])
})

t.test('a client that leaves before the answer to its bad request gets none', async (t) => {
  const refuse = () => t.fail('nobody reads the answer')
  const failed = new FailedConnections({
    refuse: () => ({ status: 400, headers: {}, body: String(refuse()) }),
    warn: () => undefined,
  })
  const socket = new Socket()
  const request = Object.assign(new IncomingMessage(socket), { complete: true })
  const response = new ServerResponse(request)
  failed.begin(response)
  failed.refuseTunnel(request, socket)
  socket.destroy()
  response.emit('close')
  t.equal(socket.destroyed, true)
})

t.test('plain HTTP to an HTTPS port closes the connection', async (t) => {
  const tls = makeCertificate()
  t.teardown(tls.remove)
  const server = await startTestServer({ tls })
  t.teardown(server.close)
  t.equal(await sendBytes(server.port, `GET / HTTP/1.1\r\n${CLOSE}\r\n`), '')
  t.equal(server.scope.journal.list().length, 0)
})
