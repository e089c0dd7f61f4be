import t from 'tap'
import type { JournalEntry } from '../../src/scope/journal.ts'
import { sendHttp } from '../support/http.ts'
import { loadRules } from '../support/rules.ts'
import { START_MS, startTestServer, type TestServer } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

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

t.test('the URL of a scope is the one that the client used, even without Host', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const [path, scope] of [
    ['/show/system/properties', ''],
    ['/~suite-a/show/system/properties', '/~suite-a'],
  ]) {
    const headers = { host: 'mock.example:9191' }
    const sent = { method: 'POST', path: String(path), headers, body: '{}' }
    const { body } = await sendHttp(server.port, sent)
    const { property_map } = JSON.parse(JSON.parse(body.toString()).data_str)
    t.equal(property_map['conf.host0_public_urls'], `http://mock.example:9191${scope}`)
  }
  // The C++ client uses HTTP/1.0, which needs no Host.
  const answer = await sendBytes(server.port, 'POST /show/system/properties HTTP/1.0\r\n\r\n')
  t.ok(answer.includes(`http://127.0.0.1:${server.port}`), answer)
})

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

t.test('a client receives the URL of its scope', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const { property_map } = await server.call('/~suite-a/show/system/properties', { options: {} })
  t.equal(Object(property_map)['conf.host0_public_urls'], `${server.url}/~suite-a`)
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
  const { headers: came, durationMs, ...rest } = entry ?? Object(undefined)
  t.match(came, headers)
  t.ok(durationMs >= 0)
  t.strictSame(rest, {
    id: 1,
    atMs: START_MS + 5,
    delayMs: 0,
    endpoint: '/alter/table',
    encoding: 'json',
    body: Buffer.from(body),
    user: 'ann',
    sourceIp: '127.0.0.1',
    status: 503,
    error: 'no way',
    decoded: true,
    rule: 'mine',
    unmatched: false,
    jobId: undefined,
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
  const server = await startTestServer({ rules: answering(t, 'delay: 2s') })
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
  const server = await startTestServer({ rules: answering(t, 'delay: 2s') })
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

t.test('a rule can cut the connection; the journal then records the status 0', async (t) => {
  const server = await startTestServer({ rules: answering(t, 'fault: reset') })
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
    '/%7Es/%5F%5Fmock/health?verbose=1',
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
