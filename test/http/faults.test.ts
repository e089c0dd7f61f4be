import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { FixtureFault } from '../../src/fixture-format/fault-format.ts'
import { makeCertificate } from '../support/certificate.ts'
import { type Controlled, startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { readAnswers } from '../support/raw-answer.ts'
import { loadRules } from '../support/rules.ts'
import { readAnswer, START_MS, type TestServerOptions } from '../support/server.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

const BODY = '{"table_name":"orders"}'

/** The answer to a call of `/has/table`, without damage. */
const WHOLE =
  '{"status":"OK","message":"","data_type":"has_table_response","data":"",' +
  '"data_str":"{\\"table_name\\":\\"orders\\",\\"table_exists\\":false,\\"info\\":{}}"}'

/** The head of a JSON answer up to the fields of the connection; the duration is always other. */
const HEAD = [
  'HTTP/1.1 200 OK',
  'access-control-allow-origin: *',
  'access-control-expose-headers: x-request-time-secs, x-mock-gpudb-notice',
  'x-request-time-secs: 0.0',
  'content-type: application/json',
].join('\r\n')

/** The head of a damaged answer with its last field. */
function headWith(field: string): string {
  return `${HEAD}\r\nconnection: close\r\n${field}\r\n\r\n`
}

/** What came, with the duration and the date of no run. */
function steady(received: string): string {
  return received
    .replaceAll(/x-request-time-secs: \d+\.\d{6}/g, 'x-request-time-secs: 0.0')
    .replaceAll(/Date: [^\r]*/g, 'Date: now')
}

function callOf(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

const CALL = callOf('/has/table', BODY)

/** Starts a server with faults; `text` is one for every call. */
function startFaulty(
  t: Test,
  { isTls = false, ...options }: TestServerOptions & { readonly isTls?: boolean } = {},
): Promise<Controlled> {
  if (!isTls) return startControlled(t, options)
  const tls = makeCertificate()
  t.teardown(tls.remove)
  return startControlled(t, { ...options, tls })
}

/** Sends one call over a new connection; returns what came until it was closed. */
async function exchange(server: Controlled, { isTls = false } = {}): Promise<string> {
  return steady(await sendBytes(server.port, CALL, { isTls }))
}

/** The outcome of each request in the journal. */
function outcomes({ scope }: Controlled): unknown[] {
  return scope.journal.list().map(({ status, sentBytes, faults }) => [status, sentBytes, faults])
}

/**
 * Sends a call, and resolves with the bytes that came and the end: `FIN`, or the code of an error. It
 * reads byte by byte: libuv takes an RST right behind a part of a buffer for a FIN.
 */
function readToEnd({ port }: Controlled): Promise<readonly [received: string, end: string]> {
  return new Promise((resolve) => {
    let received = ''
    const callback = (_count: number, bytes: Uint8Array): boolean => {
      received += Buffer.from(bytes).toString('latin1')
      return true
    }
    const onread = { buffer: Buffer.alloc(1), callback }
    const socket = connect({ host: '127.0.0.1', port, onread })
    socket.once('end', () => resolve([received, 'FIN']))
    socket.once('error', (error) => resolve([received, String(Object(error).code)]))
    socket.write(CALL)
  })
}

const BROKEN: readonly {
  readonly fault: NonNullable<FixtureFault['fault']>
  readonly received: string
  readonly status: number
  readonly sentBytes: number
}[] = [
  { fault: 'close', received: '', status: 0, sentBytes: 0 },
  {
    fault: { cut: { after: 20 } },
    received: headWith(`content-length: ${WHOLE.length}`) + WHOLE.slice(0, 20),
    status: 200,
    sentBytes: 20,
  },
  {
    fault: { cut: { after: '50%' } },
    received:
      headWith(`content-length: ${WHOLE.length}`) + WHOLE.slice(0, Math.floor(WHOLE.length / 2)),
    status: 200,
    sentBytes: Math.floor(WHOLE.length / 2),
  },
  {
    fault: { cut: { after: 30, part: 'head' } },
    received: HEAD.slice(0, 30),
    status: 0,
    sentBytes: 0,
  },
  { fault: { cut: { after: 0, part: 'head' } }, received: '', status: 0, sentBytes: 0 },
  {
    fault: { chunks: 'bad_size' },
    received: `${headWith('transfer-encoding: chunked')}not-a-size\r\n${WHOLE}\r\n`,
    status: 200,
    sentBytes: WHOLE.length,
  },
  {
    fault: { chunks: 'no_end' },
    received: `${headWith('transfer-encoding: chunked')}${WHOLE.length.toString(16)}\r\n${WHOLE}\r\n`,
    status: 200,
    sentBytes: WHOLE.length,
  },
  {
    fault: { codec: { claim: { part: 'wrapper', length: 9999 } } },
    received: headWith('content-length: 9999') + WHOLE,
    status: 200,
    sentBytes: WHOLE.length,
  },
]

for (const isTls of [false, true]) {
  for (const { fault, received, status, sentBytes } of BROKEN) {
    const name = `${JSON.stringify(fault)} over ${isTls ? 'TLS' : 'TCP'}`
    t.test(`${name}: exactly these bytes leave, then FIN`, async (t) => {
      const server = await startFaulty(t, { isTls, faults: faultsOf({ name: 'it', fault }) })
      t.equal(await exchange(server, { isTls }), received)
      t.strictSame(outcomes(server), [[status, sentBytes, ['it']]])
      t.strictSame(server.logged, [])
    })
  }

  t.test(`a reset is an RST (TLS: ${isTls})`, async (t) => {
    const server = await startFaulty(t, { isTls, faults: faultsOf({ fault: 'reset' }) })
    await t.rejects(sendBytes(server.port, CALL, { isTls }), { code: 'ECONNRESET' })
    t.match(outcomes(server), [[0, 0]])
  })

  t.test(`bytes leave before a reset (TLS: ${isTls})`, async (t) => {
    const fault = { cut: { after: 5, end: 'reset' } }
    const server = await startFaulty(t, { isTls, faults: faultsOf({ fault }) })
    const socket = openSocket(server.port, { isTls })
    socket.write(CALL)
    t.ok((await socket.next()).endsWith('\r\n\r\n{"sta'))
    t.match(outcomes(server), [[200, 5]])
  })

  t.test(`garbage is no HTTP, and the same in every run (TLS: ${isTls})`, async (t) => {
    const runs: string[] = []
    for (const _ of [1, 2]) {
      const faults = faultsOf({ fault: { garbage: { bytes: 40 } } })
      const server = await startFaulty(t, { isTls, faults })
      runs.push(await sendBytes(server.port, CALL, { isTls }))
    }
    t.equal(runs[0]?.length, 40)
    t.ok((runs[0]?.charCodeAt(0) ?? 0) >= 128)
    t.equal(runs[0], runs[1])
  })
}

t.test('behind a cut, the end is the one of the fault', async (t) => {
  const cut = headWith(`content-length: ${WHOLE.length}`) + WHOLE.slice(0, 5)
  for (const end of ['close', 'reset'] as const) {
    const server = await startFaulty(t, { faults: faultsOf({ fault: { cut: { after: 5, end } } }) })
    const [received, ended] = await readToEnd(server)
    t.equal(steady(received), cut)
    t.equal(ended, end === 'close' ? 'FIN' : 'ECONNRESET')
  }
})

/** The answer to a call that Fastify sends, on a connection that the client closes. */
async function answerTo(server: Controlled, path = '/has/table') {
  const sent = { method: 'POST', path, body: BODY }
  const { status, headers, body } = await sendHttp(server.port, sent)
  const { 'content-type': type, 'content-length': length } = headers
  return { status, type, length: Number(length), text: body.toString('latin1') }
}

const PAGE = [
  '<html>',
  '<head><title>502 Bad &lt;Gateway></title></head>',
  '<body>',
  '<center><h1>502 Bad &lt;Gateway></h1></center>',
  '<hr><center>proxy</center>',
  '</body>',
  '</html>',
  '',
].join('\r\n')

function errorWith(message: string): string {
  return `{"status":"ERROR","message":"${message}","data_type":"none","data":"","data_str":""}`
}

const REPLACED: readonly {
  readonly fault: NonNullable<FixtureFault['fault']>
  readonly status: number
  readonly type: string
  readonly text: string
}[] = [
  { fault: 'empty', status: 200, type: 'application/json', text: '' },
  {
    fault: { http: { status: 502, phrase: 'Bad <Gateway>' } },
    ...{ status: 502, type: 'text/html', text: PAGE },
  },
  {
    fault: { http: { status: 503, page: 'wrapper', phrase: 'Kinetica is offline' } },
    ...{ status: 503, type: 'application/json', text: errorWith('Kinetica is offline') },
  },
  {
    fault: { http: { status: 401, page: 'wrapper' } },
    ...{ status: 401, type: 'application/json', text: errorWith('Unauthorized') },
  },
  {
    fault: { http: { status: 599, page: 'empty' } },
    ...{ status: 599, type: 'text/html', text: '' },
  },
  {
    fault: { codec: { status: 'MAYBE' } },
    ...{ status: 200, type: 'application/json', text: WHOLE.replace('OK', 'MAYBE') },
  },
  {
    fault: { codec: { truncate: { part: 'wrapper', bytes: 3 } } },
    ...{ status: 200, type: 'application/json', text: WHOLE.slice(0, -3) },
  },
]

t.test('http, empty and codec replace the answer, with the right length', async (t) => {
  for (const { fault, status, type, text } of REPLACED) {
    const server = await startFaulty(t, { faults: faultsOf({ name: 'it', fault }) })
    const answer = await answerTo(server)
    t.strictSame(answer, { status, type, length: text.length, text }, JSON.stringify(fault))
    t.strictSame(outcomes(server), [[status, text.length, ['it']]])
  }
})

t.test('a status without a body has none, and a phrase is in the first line', async (t) => {
  const http = { status: 204, phrase: 'Gone Fishing' }
  const server = await startFaulty(t, { faults: faultsOf({ fault: { http } }) })
  const call = CALL.replace('Host: x', 'Host: x\r\nConnection: close')
  const received = await sendBytes(server.port, call)
  t.match(received, /^HTTP\/1\.1 204 Gone Fishing\r\n/)
  t.ok(received.endsWith('\r\n\r\n'))
  t.match(outcomes(server), [[204, 0]])
})

t.test('damage inside a message keeps the encoding of the request', async (t) => {
  const fault = { codec: { data_type: 'other' } }
  const server = await startFaulty(t, { faults: faultsOf({ fault }) })
  for (const encoding of ['json', 'binary', 'snappy'] as const) {
    const { dataType } = await server.ask(encoding, '/has/table', { table_name: 'orders' })
    t.equal(dataType, 'other', encoding)
  }
})

t.test('an answer that is no message leaves as it is', async (t) => {
  const rules = loadRules(
    t,
    '- { when: { endpoint: /has/table }, then: { response_text: "<html>" } }',
  )
  const faults = faultsOf({ fault: { codec: { omit: ['table_exists'] } } })
  const server = await startFaulty(t, { rules, faults })
  const { text } = await answerTo(server)
  t.equal(text, WHOLE.replace(/"data_str":.*/, '"data_str":"<html>"}'))
  t.match(outcomes(server), [[200, text.length]])
})

t.test('at request, the endpoint never sees the call; at answer, it has done it', async (t) => {
  const when = { endpoint: '/create/job' }
  for (const at of ['request', 'answer'] as const) {
    for (const fault of ['close', 'empty', { http: { status: 502, page: 'wrapper' } }] as const) {
      const rules = loadRules(t, '- { when: { endpoint: /create/job }, then: {} }')
      const server = await startFaulty(t, { rules, faults: faultsOf({ when, at, fault }) })
      const job = { endpoint: '/alter/table', request_encoding: 'json', data_str: '{}' }
      await sendBytes(
        server.port,
        callOf('/create/job', JSON.stringify(job)).replace(
          'Host: x',
          'Host: x\r\nConnection: close',
        ),
      )
      t.equal(server.scope.rules.list()[0]?.answered, at === 'request' ? 0 : 1)
      const [entry] = server.scope.journal.list()
      t.match(entry, { decoded: true, unmatched: false })
    }
  }
})

t.test('a call that cannot be decoded is struck by faults without a request', async (t) => {
  const when = { endpoint: '/has/table' }
  const faults = faultsOf(
    { name: 'no', when: { ...when, request: { table_name: 'orders' } }, delay: '1s' },
    { name: 'yes', when, fault: 'close' },
  )
  const server = await startFaulty(t, { faults })
  t.equal(await sendBytes(server.port, callOf('/has/table', '{')), '')
  const html = CALL.replace('Host: x', 'Host: x\r\nContent-Type: text/html')
  t.equal(await sendBytes(server.port, html), '')
  t.strictSame(
    server.scope.journal.list().map(({ faults, decoded }) => [faults, decoded]),
    [
      [['yes'], false],
      [['yes'], false],
    ],
  )
})

t.test('delays of a rule and of faults add up, on the clock of the scope', async (t) => {
  const rules = loadRules(t, '- { when: { endpoint: /has/table }, then: { delay: 1s, error: no } }')
  const faults = faultsOf({ delay: '2s' }, { delay: '3s', fault: 'close' })
  const server = await startFaulty(t, { rules, faults })
  const received = sendBytes(server.port, CALL)
  await server.waitedIn()
  server.clock.advance(5999)
  t.equal(server.clock.waiting, 1)
  server.clock.advance(1)
  t.equal(await received, '')
  t.match(server.scope.journal.list(), [{ delayMs: 6000, status: 0, error: 'no' }])
})

t.test('a hang ends at its time, with FIN', async (t) => {
  const server = await startFaulty(t, { faults: faultsOf({ fault: { hang: { for: '5s' } } }) })
  const received = sendBytes(server.port, CALL)
  await server.waitedIn()
  server.clock.advance(4999)
  t.equal(server.clock.waiting, 1)
  server.clock.advance(1)
  t.equal(await received, '')
})

t.test('a client that leaves ends a hang', async (t) => {
  const server = await startFaulty(t, { faults: faultsOf({ fault: { hang: { for: '5s' } } }) })
  const socket = openSocket(server.port)
  socket.write(CALL)
  await server.waitedIn()
  socket.end()
  t.equal(await socket.rest(), '')
  while (server.clock.waiting > 0) await nextTurn()
  t.equal(server.scope.isWaitedIn, false)
})

t.test('a stop ends every connection that hangs, also those that begin to', async (t) => {
  const faults = faultsOf(
    { times: 40, fault: 'hang' },
    { times: 40, fault: { cut: { after: 1, end: 'hang' } } },
    { delay: '1h', fault: 'hang' },
  )
  const server = await startFaulty(t, { faults })
  const sockets = Array.from({ length: 100 }, () => openSocket(server.port))
  for (const socket of sockets) socket.write(CALL)
  while (server.scope.journal.list().length < 100) await nextTurn()
  const ends = sockets.map((socket) => socket.rest())
  await server.close()
  const received = await Promise.all(ends)
  t.equal(received.filter((text) => text === '').length, 60)
  t.equal(received.filter((text) => text.endsWith('\r\n\r\n{')).length, 40)
})

t.test('a status without a name has an empty phrase in a damaged head', async (t) => {
  const then = '{ error: no, http_status: 499 }'
  const rules = loadRules(t, `- { when: { endpoint: /has/table }, then: ${then} }`)
  const server = await startFaulty(t, { rules, faults: faultsOf({ fault: { cut: { after: 0 } } }) })
  t.match(await exchange(server), /^HTTP\/1\.1 499 \r\naccess-control/)
})

t.test('the phrase that clients look for is in a damaged head too', async (t) => {
  const then = '{ error: "System shutting down: later" }'
  const rules = loadRules(t, `- { when: { endpoint: /has/table }, then: ${then} }`)
  const server = await startFaulty(t, { rules, faults: faultsOf({ fault: { cut: { after: 0 } } }) })
  t.match(await exchange(server), /^HTTP\/1\.1 400 System shutting down\r\n/)
})

t.test('slow pieces are the whole answer, at once while the clock stands', async (t) => {
  for (const mode of ['frozen', 'auto', 'real', 'scaled'] as const) {
    for (const isTls of [false, true]) {
      const fault = { slow: { chunk: 50, every: '1ms' } }
      const server = await startFaulty(t, { isTls, faults: faultsOf({ times: 1, fault }) })
      server.clock.set(mode === 'scaled' ? { mode, scale: 1000 } : { mode })
      const socket = openSocket(server.port, { isTls })
      // The connection then serves the next request.
      socket.write(CALL + CALL.replace('Host: x', 'Host: x\r\nConnection: close'))
      const answers = readAnswers(await socket.rest())
      t.match(
        answers.map(({ status, body }) => [status, body.toString()]),
        [
          [200, WHOLE],
          [200, WHOLE],
        ],
        `${mode}, TLS: ${isTls}`,
      )
      t.match(outcomes(server), [
        [200, WHOLE.length],
        [200, WHOLE.length],
      ])
    }
  }
})

t.test('the head of a slow answer is that of an undamaged one', async (t) => {
  const fault = { slow: { rate: 100_000 } }
  const server = await startFaulty(t, { faults: faultsOf({ skip: 1, times: 1, fault }) })
  server.clock.set({ mode: 'real' })
  const call = CALL.replace('Host: x', 'Host: x\r\nConnection: close')
  const [whole, slow] = [await sendBytes(server.port, call), await sendBytes(server.port, call)]
  t.equal(steady(slow), steady(whole))
})

t.test('a client that leaves ends a slow answer', async (t) => {
  const fault = { slow: { chunk: 1, every: '1h' } }
  const server = await startFaulty(t, { faults: faultsOf({ fault }) })
  server.clock.set({ mode: 'real' })
  const socket = openSocket(server.port)
  socket.write(CALL)
  t.match(await socket.next(), /^HTTP\/1\.1 200 OK/)
  socket.end()
  await socket.rest()
  t.match(outcomes(server), [[200, WHOLE.length]])
})

t.test('a damaged answer waits for the answers before it, and is the last one', async (t) => {
  const when = { endpoint: '/has/table' }
  const faults = faultsOf(
    { when, fault: { cut: { after: 5 } } },
    { when: { endpoint: '/has/schema' }, delay: '1s' },
  )
  const server = await startFaulty(t, { faults })
  const socket = openSocket(server.port)
  const first = callOf('/has/schema', '{"schema_name":"s"}')
  socket.write(first + CALL + CALL)
  while (server.scope.journal.list().length < 3) await nextTurn()
  server.clock.advance(1000)
  const received = steady(await socket.rest())
  t.match(received, /^HTTP\/1\.1 200 OK\r\n/)
  t.ok(received.endsWith(headWith(`content-length: ${WHOLE.length}`) + WHOLE.slice(0, 5)))
  t.equal(received.split('HTTP/1.1 ').length, 3)
})

t.test('GET / is struck by faults for / only, and calls never are', async (t) => {
  const running = 'Kinetica is running!'
  const http = { status: 503, phrase: 'Kinetica is offline' }
  const faults = faultsOf(
    { fault: 'reset' },
    { when: { endpoint: '/' }, times: 2, fault: { http } },
    { when: { endpoint: '/' }, skip: 2, times: 1, fault: 'close' },
    { when: { endpoint: '/' }, skip: 3, times: 1, delay: '1s' },
  )
  const server = await startFaulty(t, { faults })
  const get = (method = 'GET') => sendHttp(server.port, { method, path: '/' })
  const offline = await get()
  t.match(offline, { status: 503 })
  t.match(offline.body.toString(), '<h1>503 Kinetica is offline</h1>')
  t.match(await get('HEAD'), { status: 503, body: Buffer.alloc(0) })
  await t.rejects(get(), { code: 'ECONNRESET' })
  const late = get()
  await server.waitedIn()
  server.clock.advance(1000)
  t.equal((await late).body.toString(), running)
  t.equal((await get()).body.toString(), running)
  t.equal((await sendHttp(server.port, { path: '/~other/' })).body.toString(), running)
  t.equal((await server.ask('json', '/show/system/status', {})).httpStatus, 200)
  t.equal((await sendHttp(server.port, { path: '/__mock/health' })).status, 200)
  t.equal(server.scope.journal.list().length, 1)
})

t.test('a cut answer to HEAD has no body', async (t) => {
  const faults = faultsOf({ when: { endpoint: '/' }, fault: { cut: { after: 5 } } })
  const server = await startFaulty(t, { faults })
  const received = await sendBytes(server.port, 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.ok(received.endsWith('content-length: 20\r\n\r\n'))
})

t.test('no byte of a body leaves or counts in an answer to HEAD', async (t) => {
  const head = 'HEAD /get/records/json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const kinds: readonly NonNullable<FixtureFault['fault']>[] = [
    { cut: { after: '50%' } },
    { slow: { chunk: 5, every: '1ms' } },
    { chunks: 'bad_size' },
    { chunks: 'no_end' },
    { codec: { status: 'MAYBE' } },
    { http: { status: 200 } },
    'empty',
  ]
  for (const faults of [[], ...kinds.map((fault) => faultsOf({ fault }))]) {
    const server = await startFaulty(t, { faults })
    const received = await sendBytes(server.port, head)
    t.match(received, /^HTTP\/1\.1 (200|400) .*\r\n\r\n$/s)
    t.equal(received.split('\r\n\r\n').length, 2, JSON.stringify(faults[0]?.damage))
    const status = Number(received.slice(9, 12))
    t.match(outcomes(server), [[status, 0]])
    t.match(await server.must('GET /requests'), { requests: [{ status, sent_bytes: 0 }] })
  }
})

t.test('with faults that do not match, nothing changes', async (t) => {
  const others = Array.from({ length: 20 }, (_, index): FixtureFault => {
    return { when: { endpoint: '/get/job', request: { job_id: index + 1 } }, fault: 'reset' }
  })
  const switchedOff: FixtureFault = { enabled: false, fault: 'reset' }
  const call = CALL.replace('Host: x', 'Host: x\r\nConnection: close')
  const received: string[] = []
  for (const faults of [[], faultsOf(...others, switchedOff, { skip: 1000, delay: '1h' })]) {
    const server = await startFaulty(t, { faults })
    received.push(steady(await sendBytes(server.port, call)))
    t.strictSame(outcomes(server), [[200, WHOLE.length, []]])
  }
  t.equal(received[0], received[1])
})

t.test('an answer without room is an error, which a fault damages too', async (t) => {
  const faults = faultsOf({ delay: '1s', fault: { codec: { status: 'MAYBE' } } })
  const server = await startFaulty(t, { faults, maxBodyBytes: 100_000 })
  const body = JSON.stringify({ table_name: 'x'.repeat(70_000) })
  const sent = { method: 'POST', path: '/has/table', body }
  const first = sendHttp(server.port, sent)
  while (server.scope.journal.list().length < 1) await nextTurn()
  const { status, message } = readAnswer('/has/table', await sendHttp(server.port, sent))
  t.equal(status, 'MAYBE')
  t.match(message, /^Cannot keep the answer/)
  server.clock.advance(1000)
  t.match(await first, { status: 200 })
})

t.test('faults without a seed strike by the seed of the mock, in every scope', async (t) => {
  const server = await startFaulty(t, { faults: faultsOf({ probability: 0.5, fault: 'empty' }) })
  const strikes = async (scope: string) => {
    const hits: boolean[] = []
    for (const _ of Array(12)) hits.push((await answerTo(server, `${scope}/has/table`)).text === '')
    return hits
  }
  const first = await strikes('')
  t.strictSame(await strikes('/~other'), first)
  t.ok(new Set(first).size === 2)
})

t.test('a fault is active for its time on the clock of the scope', async (t) => {
  const server = await startFaulty(t)
  server.scope.faults.add(faultsOf({ for: '10s', fault: 'empty' }), START_MS)
  t.equal((await answerTo(server)).text, '')
  server.clock.advance(10_000)
  t.equal((await answerTo(server)).text, WHOLE)
})

t.test('the report and the search for requests know faults', async (t) => {
  const faults = faultsOf({ name: 'of a file', when: { endpoint: '/get/job' }, fault: 'close' })
  const server = await startFaulty(t, { faults })
  await server.must('POST /faults', { name: 'struck', fault: 'empty', times: 1 })
  await server.must('POST /faults', { name: 'idle', when: { endpoint: '/' }, delay: '1s' })
  await server.must('POST /faults', { name: 'off', enabled: false, delay: '1s' })
  for (const _ of [1, 2]) await answerTo(server)
  t.match(await server.must('GET /requests?fault=struck'), { total: 1, requests: [{ id: 1 }] })
  const when = { endpoint: '/has/table', fault: 'struck' }
  t.match(await server.must('POST /requests/verify', { when, times: { exactly: 1 } }), { count: 1 })
  t.match(await server.must('POST /requests/wait', { when }), { count: 1 })
  const { body } = await server.control('GET /report?fail=true&checks=unused_faults')
  t.match(body, { counts: { unused_faults: 1 }, unused_faults: [{ name: 'idle' }] })
  t.equal(body['detail'], 'The scope default is not clean: 1 unused fault ("idle")')
  t.match(await server.must('GET /report?checks=all'), { counts: { unused_faults: 2 } })
})

t.test('a large answer can be cut', async (t) => {
  const server = await startFaulty(t, { faults: faultsOf({ fault: { cut: { after: '50%' } } }) })
  const body = JSON.stringify({ table_name: 'x'.repeat(70_000) })
  const received = await sendBytes(server.port, callOf('/has/table', body))
  const [, content = ''] = received.split('\r\n\r\n')
  t.match(outcomes(server), [[200, content.length]])
  t.ok(content.length > 35_000)
})
