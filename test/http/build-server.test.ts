import fc from 'fast-check'
import t from 'tap'
import { buildServer } from '../../src/http/build-server.ts'
import { makeCertificate } from '../support/certificate.ts'
import { sendHttp } from '../support/http.ts'
import { catalogue, readAnswer, seedJob, startTestServer } from '../support/server.ts'
import { openSocket, sendBytes } from '../support/socket.ts'

t.test('buildServer() returns a server that does not listen', async (t) => {
  const { mock, close } = await startTestServer()
  t.teardown(close)
  const app = await buildServer({
    control: mock,
    access: { users: [] },
    logging: { level: 'silent', format: 'json', write: () => undefined },
    basePaths: [],
    bodyLimit: 100,
  })
  t.teardown(() => app.close())
  t.equal(app.server.listening, false)
  t.equal((await app.inject({ url: '/' })).body, 'Kinetica is running!')
})

const ORIGIN = 'http://page.example'

t.test('a preflight needs no credentials and allows the requested headers', async (t) => {
  const server = await startTestServer({ access: { users: ['admin:secret'] } })
  t.teardown(server.close)
  for (const path of ['/get/job', '/gpudb-0/create/job']) {
    const answer = await sendHttp(server.port, {
      method: 'OPTIONS',
      path,
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-trace',
      },
    })
    t.ok(answer.status === 204 || answer.status === 200, path)
    t.equal(answer.headers['access-control-allow-origin'], '*')
    const allowed = String(answer.headers['access-control-allow-headers']).split(/, */)
    t.strictSame(allowed, ['authorization', 'content-type', 'x-trace'])
    const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
    t.equal(answer.headers['access-control-allow-methods'], methods)
  }
})

t.test('every answer allows every origin, errors included', async (t) => {
  const server = await startTestServer({ access: { users: ['admin:secret'] }, bodyLimit: 10 })
  t.teardown(server.close)
  const authorization = 'Basic YWRtaW46c2VjcmV0'
  const cases = [
    { method: 'GET', path: '/', headers: {}, body: '', status: 200 },
    { method: 'POST', path: '/get/job', headers: {}, body: '{}', status: 401 },
    { method: 'POST', path: '/show/system/status', headers: { authorization }, status: 200 },
    { method: 'POST', path: '/get/job', headers: { authorization }, body: '{', status: 400 },
    { method: 'POST', path: '/no/such', headers: { authorization }, body: '{}', status: 404 },
    { method: 'GET', path: '/get/job', headers: { authorization }, body: '', status: 405 },
    {
      method: 'POST',
      path: '/get/job',
      headers: { authorization },
      body: '{          }',
      status: 413,
    },
  ]
  for (const { method, path, headers, body = '{}', status } of cases) {
    const sent = { method, path, headers: { origin: ORIGIN, ...headers }, body }
    const answer = await sendHttp(server.port, sent)
    t.equal(answer.status, status)
    t.equal(answer.headers['access-control-allow-origin'], '*', String(status))
    const exposed = 'x-request-time-secs, x-mock-gpudb-notice'
    t.equal(answer.headers['access-control-expose-headers'], exposed)
  }
})

t.test('buildServer() serves HTTPS if it has a certificate', async (t) => {
  const { cert, key, remove } = makeCertificate()
  t.teardown(remove)
  const server = await startTestServer({ tls: { cert, key } })
  t.teardown(server.close)
  t.match(server.url, /^https:/)
  const get = await sendHttp(server.port, { path: '/', isTls: true })
  t.equal(get.body.toString(), 'Kinetica is running!')
  const path = '/show/system/properties'
  const answer = await sendHttp(server.port, { method: 'POST', path, body: '{}', isTls: true })
  const { property_map } = Object(readAnswer(path, answer).response)
  t.equal(property_map['conf.use_https'], 'TRUE')
  t.equal(property_map['conf.host0_public_urls'], `https://127.0.0.1:${server.port}`)
})

t.test('buildServer() closes idle connections when it stops', async (t) => {
  const server = await startTestServer()
  const kept = openSocket(server.port)
  kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.match(await kept.next(), /Kinetica is running!$/)
  await server.close()
  t.equal(await kept.rest(), '')
})

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS')

const path = fc.oneof(
  fc.constantFrom(...catalogue.endpoints),
  fc.constantFrom('/', '/gpudb-0', '/gpudb-0/get/job', '//get//job', '/get/job?a=%', '/%', '/*'),
  fc.stringMatching(/^\/[!-~]{0,30}$/),
)

const contentType = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/octet-stream',
    'application/x-snappy',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ),
  fc.stringMatching(/^[ -~]{0,20}$/),
)

const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record(
      {
        job_id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        endpoint: fc.constantFrom(...catalogue.endpoints),
        request_encoding: fc.constantFrom('json', 'binary', 'snappy', 'x'),
        data: fc.string(),
        data_str: fc.json(),
        options: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: [] },
    )
    .map((fields) => Buffer.from(JSON.stringify(fields))),
)

const headers = fc.record(
  {
    'content-type': contentType,
    authorization: fc.stringMatching(/^[ -~]{0,30}$/),
    accept: fc.constantFrom('*/*', 'text/html', ''),
    origin: fc.stringMatching(/^[!-~]{1,20}$/),
    'x-anything': fc.stringMatching(/^[ -~]{0,20}$/),
    'content-encoding': fc.constantFrom('gzip', 'snappy'),
  },
  { requiredKeys: [] },
)

t.test('any request is answered without a 5xx', async (t) => {
  const server = await startTestServer({ seeds: [seedJob({ tag: 'a' })], bodyLimit: 1000 })
  t.teardown(server.close)
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, async (method, path, headers, body) => {
      const sent = { method, path, headers: { 'content-length': body.length, ...headers }, body }
      const answer = await sendHttp(server.port, sent)
      t.ok([200, 204, 400, 401, 404, 405, 413].includes(answer.status), String(answer.status))
      t.notMatch(answer.headers['content-type'] ?? '', /^text\//)
    }),
    { numRuns: 300 },
  )
  t.equal((await server.post('/get/job', { job_id: 1 })).status, 200)
})

t.test('any bytes are answered without a 5xx, or close the connection', async (t) => {
  const server = await startTestServer({ bodyLimit: 1000 })
  t.teardown(server.close)
  const line = fc.stringMatching(/^[ -~]{0,30}$/)
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 100 }).map((octets) => Buffer.from(octets)),
    fc
      .tuple(fc.constantFrom('POST', 'GET', 'BREW', ''), line, fc.array(line, { maxLength: 4 }))
      .map(([verb, target, lines]) => [`${verb} ${target} HTTP/1.1`, ...lines, '', '{}'])
      .map((lines) => Buffer.from(lines.join('\r\n'))),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const socket = openSocket(server.port)
      socket.write(sent)
      socket.end()
      t.match(await socket.rest(), /^(?:HTTP\/1\.1 [24]\d\d |$)/)
    }),
    { numRuns: 200 },
  )
  t.match(await sendBytes(server.port, 'GET / HTTP/1.0\r\n\r\n'), /Kinetica is running!$/)
})
