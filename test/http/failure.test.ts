import { Socket } from 'node:net'
import t from 'tap'
import { answerUnreadable, STATUSES, toGpudbError } from '../../src/http/failure.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { Wrapper } from '../../src/wire/wrapper.ts'
import { catalogue, startTestServer } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

t.test('toGpudbError() returns a GpudbError unchanged', async (t) => {
  const error = new GpudbError('Cannot find /x', { code: 'UNKNOWN_ENDPOINT' })
  t.equal(toGpudbError(error), error)
})

t.test('toGpudbError() reports a body over the limit', async (t) => {
  const error = Object.assign(new Error('body'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
  const { code, message } = toGpudbError(error)
  t.strictSame([code, STATUSES[code]], ['TOO_LARGE', 413])
  t.equal(message, 'Cannot read the body: it is over the limit, raise body-limit')
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

const POST = 'POST /get/job HTTP/1.1\r\nHost: x\r\n'

const MALFORMED = [
  { what: 'other bytes than HTTP', bytes: 'hello\r\n\r\n' },
  { what: 'a TLS handshake', bytes: Buffer.from('16030100050100000100', 'hex') },
  { what: 'a header without a name', bytes: `${POST}: x\r\n\r\n` },
  { what: 'an invalid Content-Length', bytes: `${POST}Content-Length: x\r\n\r\n` },
  { what: 'an invalid chunk', bytes: `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n` },
  { what: 'too large headers', bytes: `${POST}x: ${'y'.repeat(20_000)}` },
]

for (const { what, bytes } of MALFORMED) {
  t.test(`answerUnreadable() answers ${what} with a wrapper and closes`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const answer = await sendBytes(server.port, bytes)
    const [head = '', body = ''] = answer.split('\r\n\r\n', 2)
    t.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/)
    t.match(head, '\r\nContent-Type: application/json\r\n')
    t.match(head, `\r\nContent-Length: ${body.length}\r\n`)
    t.match(head, /\r\nConnection: close$/)
    const { message, ...rest } = JSON.parse(body)
    t.match(message, /^Cannot read the request: /)
    t.strictSame(rest, { status: 'ERROR', data_type: 'none', data: '', data_str: '' })
    t.equal((await server.post('/show/system/status', {})).status, 200)
  })
}

t.test('answerUnreadable() closes a connection that cannot be written to', async (t) => {
  const socket = new Socket()
  socket.end()
  t.equal(socket.writable, false)
  answerUnreadable(new Wrapper(catalogue.readWrapper()))(new Error('gone'), socket)
  t.equal(socket.destroyed, true)
})
