import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { CallPaths } from '../../src/http-parts/call-paths.ts'
import { readRequestPath, routedUrl } from '../../src/http-parts/request-path.ts'
import type { JournalEntry } from '../../src/scope/journal-entry.ts'
import { faultsOf } from '../support/faults.ts'
import { sendHttp } from '../support/http.ts'
import { loadRules } from '../support/rules.ts'
import {
  ENCODINGS,
  encodeRequest,
  readAnswer,
  START_MS,
  seedJob,
  startTestServer,
  type TestServer,
} from '../support/server.ts'
import { openSocket, refusesConnections, sendBytes } from '../support/socket.ts'

const NOTICE = 'x-mock-gpudb-notice'

const STATUS = { method: 'POST', path: '/show/system/status', body: '{}' }

/** Calls `/show/system/status` in a scope and returns the answer. */
function callIn({ port }: TestServer, scope: string) {
  return sendHttp(port, { ...STATUS, path: `/~${scope}/show/system/status` })
}

function namesOf({ mock }: TestServer): string[] {
  return mock.scopes.list().map(({ name }) => name)
}

/** A rule named mine that answers `/alter/table`. */
function answering(t: Parameters<typeof loadRules>[0], then: string) {
  return loadRules(t, `  - { name: mine, when: { endpoint: /alter/table }, then: { ${then} } }`)
}

const ALTER = { table_name: 'orders', action: 'ttl', value: '7' }

t.test('a call reaches the scope of its path, which is created on first use', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const job = {
    endpoint: '/alter/table',
    request_encoding: 'json',
    data_str: JSON.stringify(ALTER),
  }
  for (const base of ['', '/~suite-a', '/%7Esuite-b', '/gpudb-0/~suite-c']) {
    t.equal((await server.call(`${base}/create/job`, job))['job_id'], 1, base)
  }
  t.strictSame(namesOf(server), ['default', 'suite-a', 'suite-b', 'suite-c'])
  t.equal((await server.call('/~default/create/job', job))['job_id'], 2)
})

t.test(
  'C9: the public URL is scheme and host that the client used, even without Host',
  async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    for (const path of ['/show/system/properties', '/~suite-a/show/system/properties']) {
      const headers = { host: 'mock.example:9191' }
      const sent = { method: 'POST', path, headers, body: '{}' }
      const { body } = await sendHttp(server.port, sent)
      const { property_map } = JSON.parse(JSON.parse(body.toString()).data_str)
      t.equal(property_map['conf.host0_public_urls'], 'http://mock.example')
    }
    // The C++ client uses HTTP/1.0, which needs no Host.
    const answer = await sendBytes(server.port, 'POST /show/system/properties HTTP/1.0\r\n\r\n')
    t.ok(answer.includes('"http://127.0.0.1\\"'), answer)
  },
)

t.test('GET of a scope answers that Kinetica is running, and creates no scope', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const path of ['/~suite-a', '/~suite-a/', '/%7Esuite-a?x=1', '/gpudb-0/~suite-a']) {
    const { status, body } = await sendHttp(server.port, { path })
    t.strictSame([status, body.toString()], [200, 'Kinetica is running!'], path)
  }
  t.equal((await sendHttp(server.port, { path: '/~suite-a/get/job' })).status, 405)
  t.equal((await sendHttp(server.port, { path: '/~suite-a/nothing' })).status, 404)
  t.strictSame(namesOf(server), ['default'])
})

t.test('an invalid name and a scope over the maximum are errors in the wrapper', async (t) => {
  const server = await startTestServer({ maxScopes: 1 })
  t.teardown(server.close)
  const cases = [
    ['', 'Cannot use the scope "": '],
    ['-a', 'Cannot use the scope "-a": '],
    ['a', 'Cannot create the scope a: the maximum is 1, and none is idle'],
  ] as const
  for (const [scope, message] of cases) {
    const { status, body } = await callIn(server, scope)
    const wrapper = JSON.parse(body.toString())
    t.strictSame([status, wrapper.status], [400, 'ERROR'], scope)
    t.match(wrapper.message, message)
  }
  t.strictSame(namesOf(server), ['default'])
})

t.test('an answer reports a removed idle scope, and its later restart', async (t) => {
  const server = await startTestServer({ maxScopes: 2 })
  t.teardown(server.close)
  const noticeOf = async (scope: string) => (await callIn(server, scope)).headers[NOTICE]
  const reason = 'the maximum is 2, and it was used least recently'
  t.equal(await noticeOf('a'), undefined)
  t.equal(await noticeOf('a'), undefined)
  t.equal(await noticeOf('b'), `evicted the scope a for b: ${reason}`)
  server.mock.scopes.remove('b')
  t.equal(await noticeOf('a'), 'the scope a was evicted before and starts anew')
})

t.test('a call is recorded with its request and its answer', async (t) => {
  const server = await startTestServer({ rules: answering(t, 'error: no way, http_status: 503') })
  t.teardown(server.close)
  server.clock.advance(5)
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}`,
  }
  const body = JSON.stringify(ALTER)
  await sendHttp(server.port, { method: 'POST', path: '/alter/table?x=1', headers, body })
  const [entry] = server.scope.journal.list()
  const { headers: came, durationMs, body: kept, ...rest } = entry ?? Object(undefined)
  t.strictSame(kept, Buffer.from(body))
  t.match(came, headers)
  t.ok(durationMs >= 0)
  t.strictSame(rest, {
    id: 1,
    cluster: 'a',
    atMs: START_MS + 5,
    delayMs: 0,
    endpoint: '/alter/table',
    encoding: 'json',
    user: 'ann',
    sourceIp: '127.0.0.1',
    query: 'x=1',
    status: 503,
    sentBytes: 80,
    error: 'no way',
    decoded: true,
    interrupted: false,
    rule: 'mine',
    faults: [],
    unmatched: false,
    nearest: undefined,
    jobId: undefined,
    askedEndpoint: undefined,
    jobEndpoint: undefined,
    jobStatus: undefined,
  })
})

t.test('a rejected call is recorded in an existing scope, and creates none', async (t) => {
  const server = await startTestServer({ bodyLimit: 100 })
  t.teardown(server.close)
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const sent = [
    { ...post, path: '/get/nothing', body: '{}' },
    { ...post, path: '/get/job', body: '{' },
    { ...post, path: '/get/job', body: ' '.repeat(101) },
    { ...post, path: '/get/job', body: '{}', headers: { 'content-type': 'text/html' } },
    { ...post, path: '/~suite-a/get/nothing', body: '{}' },
    { ...post, path: '/~suite-b/get/nothing', body: '{}' },
    { ...post, path: '/~-a/get/job', body: '{}' },
    { path: '/get/nothing' },
    { method: 'PUT', path: '/get/job', body: '{}' },
  ]
  server.mock.scopes.open('suite-a')
  for (const request of sent) await sendHttp(server.port, request)
  const summarize = ({ endpoint, status, decoded, encoding }: JournalEntry) => {
    return [endpoint, status, decoded, encoding]
  }
  t.strictSame(server.scope.journal.list().map(summarize), [
    ['/get/nothing', 404, false, 'json'],
    ['/get/job', 400, false, 'json'],
    ['/get/job', 413, false, 'json'],
    ['/get/job', 400, false, undefined],
  ])
  t.strictSame(server.mock.scopes.open('suite-a').journal.list().map(summarize), [
    ['/get/nothing', 404, false, 'json'],
  ])
  t.strictSame(namesOf(server), ['default', 'suite-a'])
})

t.test('an answer that a rule delays is sent at its time on the clock of the scope', async (t) => {
  const server = await startTestServer({ rules: answering(t, 'delay: 2s, response: {}') })
  t.teardown(server.close)
  const { changes, journal, clock } = server.mock.scopes.open('suite-a')
  const recorded = new Promise<void>((resolve) => {
    changes.listen(resolve)
  })
  let isAnswered = false
  const answer = server.post('/~suite-a/alter/table', ALTER).then((answered) => {
    isAnswered = true
    return answered
  })
  await recorded
  t.strictSame(
    journal.list().map(({ delayMs, status }) => [delayMs, status]),
    [[2000, 200]],
  )
  server.clock.advance(5000)
  clock.advance(1999)
  t.strictSame([clock.waiting, isAnswered], [1, false])
  clock.advance(1)
  t.equal((await answer).wrapper.data_type, 'alter_table_response')
})

t.test('a delayed answer is sent when the server stops', async (t) => {
  const server = await startTestServer({ rules: answering(t, 'delay: 2s, response: {}') })
  const recorded = new Promise<void>((resolve) => {
    server.scope.changes.listen(resolve)
  })
  const body = JSON.stringify(ALTER)
  const answer = sendHttp(server.port, { method: 'POST', path: '/alter/table', body })
  await recorded
  const closed = server.close()
  server.mock.scopes.close()
  const { status, headers } = await answer
  t.strictSame([status, headers.connection], [200, 'close'])
  await closed
})

t.test('a fault can cut the connection; the journal then records the status 0', async (t) => {
  const faults = faultsOf({ when: { endpoint: '/alter/table' }, fault: 'reset' })
  const server = await startTestServer({ rules: answering(t, ''), faults })
  t.teardown(server.close)
  const body = JSON.stringify(ALTER)
  const sent = { method: 'POST', path: '/alter/table', body }
  await t.rejects(sendHttp(server.port, sent), { code: 'ECONNRESET' })
  t.strictSame(
    server.scope.journal.list().map(({ status, rule }) => [status, rule]),
    [[0, 'mine']],
  )
})

t.test('I16: a control route is found by each form of its path', async (t) => {
  const server = await startTestServer({ basePaths: ['/kinetica'] })
  t.teardown(server.close)
  const paths = [
    '/__mock/health',
    '//__mock/health',
    '/__mock//health',
    '/__mock/health/',
    '/gpudb-0/__mock/health',
    '/kinetica/__mock/health',
    '/~s/__mock/health',
    '/gpudb-0/~s/__mock/health',
    '/%7Es/%5F%5Fmock/health?',
    'http://mock.example:9191/~s/__mock/health',
  ]
  for (const path of paths) {
    const { status, body } = await sendHttp(server.port, { path })
    t.strictSame([status, body.toString()], [200, '{"status":"ok"}'], path)
  }
})

t.test('I16: calls and control routes read the name of a scope in the same way', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  await sendHttp(server.port, { ...STATUS, path: '/gpudb-0/~A%41/show/system/status' })
  for (const path of ['/~AA/__mock/requests', '/~A%41/__mock/requests']) {
    const { body } = await sendHttp(server.port, { path })
    t.equal(JSON.parse(body.toString()).total, 1, path)
  }
  t.strictSame(namesOf(server), ['default', 'AA'])
})

// gpudb_response by the Avro specification: a string is its zig-zag length and its bytes. "OK", "",
// the name of the record (24 bytes), 1 byte of data (the empty map info), and "".
const OK_HEX = `044f4b0030${Buffer.from('admin_rebalance_response').toString('hex')}020000`

t.test('gpudbRoutes answers Avro with the wrapper in Avro', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const { type, hex } of [
    { type: 'application/octet-stream', hex: '00' },
    // A raw snappy block of one byte: its length, a literal of one byte, the byte.
    { type: 'application/x-snappy', hex: '010000' },
  ]) {
    const { status, headers, body } = await sendHttp(server.port, {
      method: 'POST',
      path: '/admin/rebalance',
      headers: { 'content-type': type },
      body: Buffer.from(hex, 'hex'),
    })
    t.equal(status, 200)
    t.equal(headers['content-type'], 'application/octet-stream')
    t.equal(body.toString('hex'), OK_HEX)
  }
})

t.test('gpudbRoutes answers JSON with the payload as text in data_str', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const { status, headers, body } = await sendHttp(server.port, {
    method: 'POST',
    path: '/admin/rebalance',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json')
  t.equal(
    body.toString(),
    '{"status":"OK","message":"","data_type":"admin_rebalance_response","data":"",' +
      '"data_str":"{\\"info\\":{}}"}',
  )
})

t.test('gpudbRoutes answers an error in the encoding of the request', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const avro = await sendHttp(server.port, {
    method: 'POST',
    path: '/get/nothing',
    headers: { 'content-type': 'application/octet-stream' },
  })
  // "ERROR", a message of 53 bytes (6a), "none", no data, "".
  const message = Buffer.from('Cannot find the endpoint /get/nothing: GPUdb has none')
  t.equal(message.length, 53)
  t.equal(avro.body.toString('hex'), `0a4552524f526a${message.toString('hex')}086e6f6e650000`)
  t.equal(avro.headers['content-type'], 'application/octet-stream')
  const json = await sendHttp(server.port, { method: 'POST', path: '/get/nothing', body: '{}' })
  t.equal(
    json.body.toString(),
    `{"status":"ERROR","message":"${message}","data_type":"none","data":"","data_str":""}`,
  )
  t.match(json.headers['content-type'], /^application\/json/)
  const near = await sendHttp(server.port, { method: 'POST', path: '/get/jbo', body: '{}' })
  t.match(near.body.toString(), '/get/jbo: GPUdb has none (did you mean /get/job?)"')
})

t.test('gpudbRoutes answers in ASCII', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const request = { table_name: 'täble 😀', action: 'ttl', value: '7' }
  const { body } = await sendHttp(server.port, {
    method: 'POST',
    path: '/alter/table',
    body: encodeRequest('json', '/alter/table', request),
  })
  t.match(body.toString('latin1'), '\\"table_name\\":\\"t\\\\u00e4ble \\\\ud83d\\\\ude00\\"')
  t.match(body.toString('latin1'), /^[ -~]*$/)
})

const ROOTS = ['/', '//', '/gpudb-0', '/gpudb-0/', '/gpudb-12', '/?x=1', '/cluster/one']

for (const path of ROOTS) {
  t.test(`GET ${path} answers that Kinetica is running`, async (t) => {
    const server = await startTestServer({ basePaths: ['/cluster/one'] })
    t.teardown(server.close)
    const get = await sendHttp(server.port, { path })
    t.equal(get.status, 200)
    t.equal(get.body.toString('latin1'), 'Kinetica is running!')
    t.equal(get.headers['content-length'], '20')
    t.notMatch(get.headers['content-type'], /^text/)
    const head = await sendHttp(server.port, { method: 'HEAD', path })
    t.equal(head.status, 200)
    t.equal(head.body.length, 0)
    t.equal(head.headers['content-length'], '20')
  })
}

const PATHS = [
  '/show/system/status',
  '//show/system/status',
  '/show//system///status',
  '/show/system/status/',
  '/show/system/status?x=1',
  '/gpudb-0/show/system/status',
  '/gpudb-17//show/system/status',
  '/cluster/one/show/system/status',
  '/cluster/one//show/system/status',
]

for (const path of PATHS) {
  t.test(`POST ${path} reaches the endpoint`, async (t) => {
    const server = await startTestServer({ basePaths: ['/cluster/one'] })
    t.teardown(server.close)
    t.equal((await server.post(path, {})).wrapper.data_type, 'show_system_status_response')
  })
}

const REFUSED_ROUTES = [
  { method: 'POST', path: '/show/nothing', status: 404 },
  { method: 'GET', path: '/show/nothing', status: 404 },
  { method: 'GET', path: '/favicon.ico', status: 404 },
  { method: 'DELETE', path: '/show/nothing', status: 404 },
  { method: 'POST', path: '/gpudb-x/get/job', status: 404 },
  { method: 'POST', path: '/cluster/two/get/job', status: 404 },
  { method: 'POST', path: '/get/job/../job', status: 404 },
  { method: 'POST', path: '/GET/JOB', status: 404 },
  { method: 'POST', path: '/get%2Fjob', status: 404 },
  { method: 'POST', path: '/fixture.schema', status: 404 },
  { method: 'GET', path: '/get/job', status: 405, allow: 'POST' },
  { method: 'PUT', path: '/get/job', status: 405, allow: 'POST' },
  { method: 'DELETE', path: '/gpudb-0/get/job', status: 405, allow: 'POST' },
  { method: 'PATCH', path: '/get/job', status: 405, allow: 'POST' },
  { method: 'PROPFIND', path: '/get/job', status: 405, allow: 'POST' },
  { method: 'POST', path: '/', status: 405, allow: 'GET, HEAD' },
  { method: 'POST', path: '/gpudb-0', status: 405, allow: 'GET, HEAD' },
  { method: 'PUT', path: '/', status: 405, allow: 'GET, HEAD' },
]

for (const { method, path, status, allow } of REFUSED_ROUTES) {
  t.test(`${method} ${path} returns ${status} with a wrapper`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    for (const type of ['application/json', 'application/octet-stream']) {
      const headers = { 'content-type': type }
      const answer = await sendHttp(server.port, { method, path, headers })
      const wrapper = readAnswer('/get/job', answer)
      t.strictSame([answer.status, answer.headers.allow], [status, allow], type)
      t.ok(wrapper.contentType.startsWith(type))
      t.strictSame([wrapper.status, wrapper.dataType], ['ERROR', 'none'])
      t.match(wrapper.message, /^Cannot /)
    }
  })
}

t.test('HEAD of an endpoint returns 405', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const { status, headers } = await sendHttp(server.port, { method: 'HEAD', path: '/get/job' })
  t.strictSame([status, headers.allow], [405, 'POST'])
})

const READ_AS_JSON = [
  undefined,
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;charset=UTF-8',
  'text/plain',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
]

for (const type of READ_AS_JSON) {
  t.test(`gpudbRoutes reads a body of type ${type} as JSON`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const headers = type === undefined ? {} : { 'content-type': type }
    const sent = { method: 'POST', path: '/show/system/status', headers, body: '{"options":{}}' }
    const answer = await sendHttp(server.port, sent)
    t.equal(answer.status, 200)
    t.match(answer.headers['content-type'], /^application\/json/)
    t.equal(JSON.parse(answer.body.toString()).data_type, 'show_system_status_response')
  })
}

const UNKNOWN_TYPES = ['text/html', 'application/xml', 'avro/binary; a=b', 'garbage', 'a b/c']

for (const type of UNKNOWN_TYPES) {
  t.test(`gpudbRoutes rejects a body of type ${type} in JSON`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const headers = { 'content-type': type }
    const sent = { method: 'POST', path: '/show/system/status', headers, body: '{}' }
    const answer = await sendHttp(server.port, sent)
    t.equal(answer.status, 400)
    const { message } = JSON.parse(answer.body.toString())
    t.match(message, `Cannot read a body of type ${type}: `)
    t.match(message, /send application\/json, application\/octet-stream or application\/x-snappy$/)
    t.equal(server.logged.length, 1, 'only a warning')
  })
}

const BAD_BODIES = [
  { type: 'application/json', body: '[]', message: /expected an object with the fields of/ },
  { type: 'application/json', body: '{"jobid":1}', message: /did you mean job_id\?/ },
  { type: 'application/json', body: '{"job_id":1.5}', message: /job_id: expected an integer/ },
  {
    type: 'application/json',
    body: '{"job_id":9223372036854776000}',
    message: /job_id: expected an integer of 64 bits/,
  },
  {
    type: 'application/octet-stream',
    body: '',
    message: /^Cannot read the body as get_job_request: /,
  },
  {
    type: 'application/octet-stream',
    body: '{}',
    message: /^Cannot read the body as get_job_request: /,
  },
  { type: 'application/x-snappy', body: '', message: /the snappy block has no length$/ },
]

for (const { type, body, message } of BAD_BODIES) {
  t.test(`gpudbRoutes rejects ${JSON.stringify(body)} as ${type}`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const headers = { 'content-type': type }
    const answer = await sendHttp(server.port, { method: 'POST', path: '/get/job', headers, body })
    const wrapper = readAnswer('/get/job', answer)
    t.equal(answer.status, 400)
    t.match(wrapper.message, message)
  })
}

t.test('gpudbRoutes reads an empty JSON body as a request without fields', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const ask = (path: string) =>
    sendBytes(server.port, `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  t.match(await ask('/show/system/status'), /^HTTP\/1\.1 200 OK\r\n/)
  t.match(await ask('/get/job'), 'Cannot find a job: give job_id')
  t.match(await ask('/alter/table'), 'the field table_name is missing')
})

t.test('gpudbRoutes reports on every answer how many seconds it took', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const requests = [
    { path: '/' },
    { path: '/get/job' },
    { path: '/no/such', method: 'PUT' },
    { path: '/show/system/status', method: 'POST', body: '{}' },
    { path: '/get/job', method: 'POST', body: '{' },
  ]
  for (const request of requests) {
    const { headers } = await sendHttp(server.port, request)
    t.match(headers['x-request-time-secs'], /^\d+\.\d+$/, request.path)
    t.notMatch(headers['content-type'], /^text\//, request.path)
  }
})

t.test('gpudbRoutes reads a chunked body without Content-Length', async (t) => {
  const server = await startTestServer({ seeds: [seedJob({ tag: 'a' })] })
  t.teardown(server.close)
  const head =
    'POST /get/job HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close'
  const answer = await sendBytes(
    server.port,
    `${head}\r\n\r\n5\r\n{"job\r\n7\r\n_id":1}\r\n0\r\n\r\n`,
  )
  t.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(answer, '\\"job_tag\\":\\"a\\"')
})

t.test('gpudbRoutes answers HTTP/1.0 without Host, and closes the connection', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const head = 'POST /show/system/properties HTTP/1.0\r\nContent-Length: 2'
  const answer = await sendBytes(server.port, `${head}\r\n\r\n{}`)
  t.match(answer, /^HTTP\/1\.[01] 200 OK\r\n/)
  t.notMatch(answer, /transfer-encoding/i)
  t.match(answer, `\\"conf.host0_public_urls\\":\\"http://127.0.0.1\\"`)
})

t.test('gpudbRoutes keeps a connection open for the next request', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const request = 'POST /show/system/status HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n'
  const both = `${request}\r\n{}${request}Connection: close\r\n\r\n{}`
  const answer = await sendBytes(server.port, both)
  t.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 2)
  // The browser client polls every five seconds over one connection.
  t.match(answer, /keep-alive: timeout=(?:[6-9]|\d\d+)\r\n/i)
})

t.test('gpudbRoutes returns 413 for a body over the limit', async (t) => {
  const server = await startTestServer({ bodyLimit: 100 })
  t.teardown(server.close)
  const exact = `{"options":{"a":"${'x'.repeat(100 - 20)}"}}`
  t.equal(exact.length, 100)
  for (const encoding of ENCODINGS) {
    const options = { properties: 'x'.repeat(101) }
    const answer = await server.ask(encoding, '/show/system/properties', { options })
    t.equal(answer.httpStatus, 413, encoding)
    t.equal(answer.status, 'ERROR', encoding)
    t.match(answer.message, /raise body-limit$/, encoding)
  }
  t.equal((await server.post('/show/system/properties', exact)).status, 200)
  t.equal((await server.post('/show/system/properties', `${exact} `)).status, 413)
  const chunked = await sendHttp(server.port, {
    method: 'POST',
    path: '/show/system/properties',
    headers: { 'transfer-encoding': 'chunked' },
    body: `${exact} `,
  })
  t.equal(chunked.status, 413)
})

const BROKEN = [
  { thrown: new Error('no disk'), message: 'Cannot answer: no disk' },
  { thrown: new TypeError('x is not a y'), message: 'Cannot answer: x is not a y' },
  { thrown: new Error('System is offline'), message: 'Cannot answer: System_is offline' },
]

for (const { thrown, message } of BROKEN) {
  t.test(`gpudbRoutes reports ${thrown.message} with 400, and logs it`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    server.scope.jobs.list = () => {
      throw thrown
    }
    const { status, wrapper } = await server.post('/admin/show/jobs', {})
    t.strictSame([status, wrapper.message], [400, message])
    const [line, ...more] = server.logged
    t.equal(JSON.parse(String(line)).err.message, thrown.message)
    t.strictSame(more, [])
  })
}

t.test('gpudbRoutes logs no warning for a job that is missing', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  t.equal((await server.post('/get/job', { job_id: 7 })).status, 400)
  t.strictSame(server.logged, [])
})

/** Text that differs in Latin-1, UTF-8 and UTF-16. */
const OTHER_TEXT = 'ä€\u2028😀'

const ASCII = /^[ -~]+$/

const KEYS = ['status', 'message', 'data_type', 'data', 'data_str']

t.test('gpudbRoutes writes JSON in ASCII, with the keys of the wrapper in order', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: /alter/role }, then: { response_text: '${OTHER_TEXT}' } }
- { when: { endpoint: /alter/user }, then: { error: '${OTHER_TEXT}' } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const send = async (path: string, fields: object) => {
    const sent = { method: 'POST', path, body: JSON.stringify(fields) }
    const { body } = await sendHttp(server.port, sent)
    t.match(body.toString('latin1'), ASCII, path)
    const wrapper = JSON.parse(body.toString('latin1'))
    t.strictSame(Object.keys(wrapper), KEYS, path)
    return wrapper
  }
  const alter = { table_name: OTHER_TEXT, action: '', value: '' }
  const direct = await send('/alter/table', alter)
  t.match(direct.data_str, ASCII)
  t.equal(JSON.parse(direct.data_str).table_name, OTHER_TEXT)
  t.equal((await send('/alter/role', { name: '', action: '', value: '' })).data_str, OTHER_TEXT)
  t.equal((await send('/alter/user', { name: '', action: '', value: '' })).message, OTHER_TEXT)
  t.equal((await send('/get/job', { job_id: 7 })).status, 'ERROR')
  const payload = { request_encoding: 'json', data_str: JSON.stringify(alter) }
  await send('/create/job', { endpoint: '/alter/table', ...payload })
  server.clock.advance(1000)
  const polled = JSON.parse((await send('/get/job', { job_id: 1 })).data_str)
  t.match(polled.job_response_str, ASCII)
  t.equal(JSON.parse(polled.job_response_str).table_name, OTHER_TEXT)
})

t.test('gpudbRoutes answers a request that begins while the server stops', async (t) => {
  const server = await startTestServer()
  const kept = openSocket(server.port)
  kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.match(await kept.next(), /Kinetica is running!$/)
  kept.write('POST /show/system/status HTTP/1.1\r\nHost: x\r\n')
  // Once the server has answered this, it has read half of the headers: the connection is in use.
  t.equal((await sendHttp(server.port, { path: '/' })).status, 200)
  const closed = server.close()
  await refusesConnections(server.port)
  kept.write('Content-Length: 2\r\n\r\n{}')
  const [head = '', body = ''] = (await kept.rest()).split('\r\n\r\n')
  t.match(head, /^HTTP\/1\.1 503 Service Unavailable\r\n/)
  t.match(head, /^content-type: application\/json\r$/im)
  t.strictSame(JSON.parse(body), {
    status: 'ERROR',
    message: 'Cannot answer: the mock is stopping',
    data_type: 'none',
    data: '',
    data_str: '',
  })
  await closed
})

t.test('gpudbRoutes returns 503 for a request that arrives while the server stops', async (t) => {
  for (const type of ['application/json', 'application/octet-stream']) {
    const server = await startTestServer()
    const head = [
      'POST /show/system/status HTTP/1.1',
      'Host: x',
      `Content-Type: ${type}`,
      'Content-Length: 2',
      'Expect: 100-continue',
    ]
    const kept = openSocket(server.port)
    kept.write(`${head.join('\r\n')}\r\n\r\n`)
    // The server has read the headers and waits for the body: the connection is in use.
    t.equal(await kept.next(), 'HTTP/1.1 100 Continue\r\n\r\n')
    const closed = server.close()
    await refusesConnections(server.port)
    kept.write('{}')
    const start = await kept.next()
    kept.end()
    const answer = start + (await kept.rest())
    t.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n/)
    t.match(answer, 'Cannot answer: the mock is stopping')
    t.match(answer.toLowerCase(), `content-type: ${type}`)
    t.match(answer, /\r\nconnection: close\r\n/i)
    await closed
  }
})

function endpointOf(url: string, basePaths: readonly string[]): string {
  return readRequestPath(url, basePaths).path
}

t.test('readRequestPath() returns the endpoint of a URL', async (t) => {
  const cases: [string, string][] = [
    ['/get/job', '/get/job'],
    ['/get/job/', '/get/job'],
    ['//get/job', '/get/job'],
    ['///get//job//', '/get/job'],
    ['/get/job?a=b', '/get/job'],
    ['/get/job/?a=/b?c', '/get/job'],
    ['/', '/'],
    ['', '/'],
    ['//', '/'],
    ['/?a=b', '/'],
    ['/gpudb-0/get/job', '/get/job'],
    ['//gpudb-12//get/job', '/get/job'],
    ['/gpudb-0', '/'],
    ['/gpudb-0/', '/'],
    ['/gpudb-0?a=b', '/'],
    ['http://mock.example:9191/get/job?a=b', '/get/job'],
    ['HTTPS://[::1]:9191/gpudb-0/get/job', '/get/job'],
    ['http://mock.example', '/'],
  ]
  for (const [url, path] of cases) t.equal(endpointOf(url, []), path, url)
})

t.test('readRequestPath() accepts only /gpudb-<n> as a base path by default', async (t) => {
  for (const path of ['/gpudb-/get/job', '/gpudb-0x/get/job', '/gpudb/get/job', '/a/gpudb-0/b']) {
    t.equal(endpointOf(path, []), path)
  }
})

t.test('readRequestPath() removes a configured base path', async (t) => {
  const basePaths = ['/kinetica', '/a/b']
  const cases: [string, string][] = [
    ['/kinetica/get/job', '/get/job'],
    ['/kinetica', '/'],
    ['/kinetica/', '/'],
    ['/a/b/get/job', '/get/job'],
    ['/a/get/job', '/a/get/job'],
    ['/kinetica2/get/job', '/kinetica2/get/job'],
    ['/get/kinetica', '/get/kinetica'],
    ['/gpudb-0/get/job', '/get/job'],
    ['/kinetica/kinetica/get/job', '/kinetica/get/job'],
  ]
  for (const [url, path] of cases) t.equal(endpointOf(url, basePaths), path, url)
})

t.test('readRequestPath() resolves no dots and no escapes in an endpoint', async (t) => {
  for (const path of ['/../package', '/a/../get/job', '/%67et/job', '/get%2Fjob', '/get/job\\']) {
    t.equal(endpointOf(path, []), path)
  }
})

t.test('readRequestPath() reads the name of a scope; undefined at the root', async (t) => {
  const cases: [url: string, scope: string, endpoint: string][] = [
    ['/~suite-a/get/job', 'suite-a', '/get/job'],
    ['/~suite-a/get/job/?a=/~b', 'suite-a', '/get/job'],
    ['//~suite-a//get/job', 'suite-a', '/get/job'],
    ['/%7Esuite-a/get/job', 'suite-a', '/get/job'],
    ['/%7esuite-a/get/job', 'suite-a', '/get/job'],
    ['/~suite-a', 'suite-a', '/'],
    ['/~suite-a/', 'suite-a', '/'],
    ['/%7Esuite-a?a=b', 'suite-a', '/'],
    ['/gpudb-0/~suite-a/get/job', 'suite-a', '/get/job'],
    ['/kinetica/~suite-a/get/job', 'suite-a', '/get/job'],
    ['/~a/~b/get/job', 'a', '/~b/get/job'],
    ['/~a/gpudb-0/get/job', 'a', '/gpudb-0/get/job'],
  ]
  for (const [url, scope, endpoint] of cases) {
    t.strictSame(
      readRequestPath(url, ['/kinetica']),
      { scope, isControl: false, path: endpoint },
      url,
    )
  }
  t.strictSame(readRequestPath('/get/job', []), { isControl: false, path: '/get/job' })
  t.strictSame(readRequestPath('/get/~a', []), { isControl: false, path: '/get/~a' })
})

t.test(
  'CallPaths reads each URL as readRequestPath() does, however often and however many',
  async (t) => {
    const isEndpoint = (path: string) => path === '/get/job'
    const paths = new CallPaths({ catalogue: { has: isEndpoint }, basePaths: ['/kinetica'] })
    const many = Array.from({ length: 3000 }, (_, index) => `/~suite-${index}/get/job`)
    const others = ['/get/job', '/get/job?a=b', `/~${'x'.repeat(300)}/get/job`, '/~a/nothing', '/']
    for (const url of [
      ...others,
      ...many,
      ...others,
      ...many.slice(-5),
      '/kinetica/~a~b/get/job',
    ]) {
      const read = readRequestPath(url, ['/kinetica'])
      t.strictSame([paths.of(url), paths.of(url)], [read, read], url)
    }
    t.match(paths.of('/~a/__mock/health'), { scope: 'a', path: '/__mock/health' })
  },
)

t.test('calls and the control API have the same grammar of paths', async (t) => {
  const cases: [url: string, scope: string | undefined, path: string, routed: string][] = [
    ['/__mock/health', undefined, '/health', '/__mock/health'],
    ['//__mock//health/', undefined, '/health', '/__mock/health'],
    ['/__mock', undefined, '/', '/__mock/'],
    ['/__mock/?a=b', undefined, '/', '/__mock/?a=b'],
    ['/gpudb-0/__mock/health', undefined, '/health', '/__mock/health'],
    ['/gpudb-0/~s/__mock/clock', 's', '/clock', '/__mock/clock'],
    [
      '/kinetica/~s/%5F%5Fmock/jobs/tag:a%2Fb?x=/y',
      's',
      '/jobs/tag:a%2Fb',
      '/__mock/jobs/tag:a%2Fb?x=/y',
    ],
    ['/~A%41/__mock/report', 'AA', '/report', '/__mock/report'],
    ['http://h/~s/__mock/jobs', 's', '/jobs', '/__mock/jobs'],
  ]
  for (const [url, scope, path, routed] of cases) {
    const expected = { ...(scope === undefined ? {} : { scope }), isControl: true, path }
    t.strictSame(readRequestPath(url, ['/kinetica']), expected, url)
    t.equal(routedUrl(url, ['/kinetica']), routed, url)
  }
  for (const url of ['/get/job', '/get/__mock', '/__mocks', '/%zz', '/~a/%E0%A4/__mock']) {
    t.equal(routedUrl(url, []), '/', url)
  }
})

t.test('readRequestPath() does not check the name of a scope', async (t) => {
  const cases: [url: string, scope: string][] = [
    ['/~', ''],
    ['/~/get/job', ''],
    ['/~a%20b/get/job', 'a b'],
    ['/~a%zz/get/job', 'a%zz'],
    ['/~~a/get/job', ''],
    ['/~../get/job', '..'],
  ]
  for (const [url, scope] of cases) t.equal(readRequestPath(url, []).scope, scope, url)
})

t.test('readRequestPath() finds the scope and the endpoint in any URL', async (t) => {
  const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,63}$/)
  const parts = fc.record({
    base: fc.constantFrom('', '/kinetica', '/gpudb-3'),
    mark: fc.constantFrom('/~', '/%7E', '/%7e', '//~'),
    scope: name,
    endpoint: fc.constantFrom('/get/job', '/', '/alter/table'),
    query: fc.constantFrom('', '?', '?a=/~b'),
  })
  const property = fc.property(parts, ({ base, mark, scope, endpoint, query }) => {
    const path = readRequestPath(`${base}${mark}${scope}${endpoint}${query}`, ['/kinetica'])
    assert.deepEqual(path, { scope, isControl: false, path: endpoint })
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }))
})
