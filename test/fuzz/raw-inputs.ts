import fc from 'fast-check'
import { type Input, writeRequest } from './input.ts'
import { anyByteChanges, changeBytes } from './mutation.ts'

const POLL = writeRequest({
  method: 'POST',
  path: '/get/job',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"job_id": 1}'),
})
const BASES = [
  POLL,
  writeRequest({ method: 'GET', path: '/' }),
  writeRequest({ method: 'GET', path: '/__mock/health' }),
  writeRequest({ method: 'POST', path: '/__mock/rules', body: Buffer.from('{"when": {') }),
  writeRequest({ method: 'POST', path: '/nosuch', body: POLL, chunkSizes: [3, 20] }),
  writeRequest({ method: 'OPTIONS', path: '/get/job', headers: { origin: 'http://a' } }),
]

const LINES = [
  ...[
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 13, 13',
    'Transfer-Encoding: chunked',
  ],
  ...['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked, chunked', 'Expect: 100-continue'],
  ...['Expect: cake', 'Connection: close', 'Connection: upgrade', 'Upgrade: websocket', 'Host:'],
  ...[
    'Host: a b',
    'Origin: http://evil.example',
    'Authorization: Basic %',
    'Content-Encoding: gzip',
  ],
  ...[
    'Accept: \u00e9',
    'X: \u0001',
    'no colon',
    ' folded',
    `X: ${'y'.repeat(9000)}`,
    ': x',
    'Range: bytes=0-1',
  ],
  `Cookie: ${'a=b; '.repeat(6000)}`,
]

const FIRST_LINES = [
  ...['QUERY /get/job HTTP/1.1', 'TRACE / HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'PRI * HTTP/2.0'],
  ...[
    'POST http://h/get/job HTTP/1.1',
    'POST * HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'POST /get/job HTTP/1.0',
  ],
  ...['POST /get/job HTTP/9.9', 'POST /get/job', 'post /get/job HTTP/1.1', 'POST /%zz HTTP/1.1'],
  ...['POST /get/job% HTTP/1.1', 'GET /~%00/__mock/clock HTTP/1.1', 'GET /__mock/%zz HTTP/1.1'],
  ...[`POST /${'a/'.repeat(5000)} HTTP/1.1`, `POST /${'x'.repeat(20_000)} HTTP/1.1`],
  ...['GET /\u00e9 HTTP/1.1', 'POST  /get/job HTTP/1.1', 'UNLINK /get/job HTTP/1.1', ''],
]

const OTHER_PROTOCOLS = [
  Buffer.from('16030100c2010000be0303', 'hex'),
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from('EHLO a\r\n'),
  Buffer.alloc(2000),
  Buffer.from('\r\n'.repeat(500)),
]

const anyBase = fc.constantFrom(...BASES)

const withLines = fc
  .tuple(anyBase, fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 3 }))
  .map(([base, lines]) => {
    const end = base.indexOf('\r\n') + 2
    const added = Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1')
    return Buffer.concat([base.subarray(0, end), added, base.subarray(end)])
  })

const withFirstLine = fc.tuple(anyBase, fc.constantFrom(...FIRST_LINES)).map(([base, line]) => {
  return Buffer.concat([Buffer.from(line, 'latin1'), base.subarray(base.indexOf('\r\n'))])
})

const changed = fc
  .tuple(anyBase, anyByteChanges)
  .map(([base, changes]) => changeBytes(base, changes))

const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(...OTHER_PROTOCOLS),
)

/** Requests of a client that leaves as soon as it has sent them. */
const anyLeaving: fc.Arbitrary<Input> = fc
  .array(anyBase, { minLength: 1, maxLength: 3 })
  .map((requests) => ({
    bytes: Buffer.concat(requests),
    method: '',
    expected: { kind: 'bytes', whole: 0, leaves: true },
  }))

/** Bytes that are HTTP only in part, after none or some that are. */
const anyBroken: fc.Arbitrary<Input> = fc
  .tuple(
    fc.array(anyBase, { maxLength: 2 }),
    fc.oneof(
      { weight: 3, arbitrary: withLines },
      { weight: 3, arbitrary: withFirstLine },
      { weight: 3, arbitrary: changed },
      { weight: 1, arbitrary: garbage },
    ),
  )
  .map(([before, bytes]) => ({
    bytes: Buffer.concat([...before, bytes]),
    method: '',
    expected: { kind: 'bytes', whole: before.length },
  }))

/** What HTTP has to cope with: broken bytes, and clients that leave. */
export const anyRawInput: fc.Arbitrary<Input> = fc.oneof(
  { weight: 5, arbitrary: anyBroken },
  { weight: 1, arbitrary: anyLeaving },
)
