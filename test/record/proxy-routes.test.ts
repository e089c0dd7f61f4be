import t from 'tap'
import { sendHttp } from '../support/http.ts'
import { startRawUpstream, startTestProxy } from '../support/recording-proxy.ts'

async function start(t: Parameters<typeof startTestProxy>[0]) {
  const upstream = await startRawUpstream(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  return { upstream, ...(await startTestProxy(t, `${upstream.url}/base/`)) }
}

t.test('GET /__mock/record shows what has passed', async (t) => {
  const { upstream, port } = await start(t)
  t.equal((await sendHttp(port, { path: '/x' })).body.toString(), 'ok')
  t.match(upstream.received[0], /^GET \/base\/x HTTP/)
  const answer = await sendHttp(port, { path: '/__mock/record' })
  t.equal(answer.headers['content-type'], 'application/json')
  t.strictSame(JSON.parse(answer.body.toString()), {
    upstream: `${upstream.url}/base`,
    requests: 1,
    answered: 1,
    broken: 0,
    unanswered: 0,
    not_kept: 0,
    in_flight: 0,
  })
})

const REFUSED = [
  { path: '/__mock', status: 404, code: 'NOT_FOUND' },
  { path: '/__mock/jobs', status: 404, code: 'NOT_FOUND' },
  { path: '//%5F_mock/health?x', status: 404, code: 'NOT_FOUND' },
  { path: 'http://x/__mock/health', status: 404, code: 'NOT_FOUND' },
  { path: '/__mock/record', method: 'POST', status: 405, code: 'METHOD_NOT_ALLOWED' },
  { path: '/__mock/record/stop', status: 405, code: 'METHOD_NOT_ALLOWED' },
  {
    path: '/__mock/record/stop',
    method: 'POST',
    headers: { origin: 'http://evil.example' },
    status: 403,
    code: 'FOREIGN_ORIGIN',
  },
  {
    path: '/__mock/record',
    headers: { 'sec-fetch-site': 'cross-site' },
    status: 403,
    code: 'FOREIGN_ORIGIN',
  },
  {
    path: '/__mock/record',
    headers: { origin: 'http://rebound.example', host: 'rebound.example' },
    status: 403,
    code: 'FOREIGN_ORIGIN',
  },
]

for (const { status, code, ...sent } of REFUSED) {
  t.test(
    `${sent.method ?? 'GET'} ${sent.path} is ${status}, and not for the upstream`,
    async (t) => {
      const { upstream, port } = await start(t)
      const answer = await sendHttp(port, sent)
      t.equal(answer.status, status)
      t.equal(answer.headers['content-type'], 'application/problem+json')
      t.match(JSON.parse(answer.body.toString()), { status, code, type: `urn:mock-gpudb:${code}` })
      t.strictSame(upstream.received, [])
    },
  )
}

t.test(
  'pages of the proxy itself may use its routes, and other paths are not its own',
  async (t) => {
    const { upstream, port } = await start(t)
    const headers = { origin: `http://127.0.0.1:${port}` }
    t.equal((await sendHttp(port, { path: '/__mock/record', headers })).status, 200)
    for (const path of ['/__mocker', '/%zz', '/a/__mock/record']) {
      t.equal((await sendHttp(port, { path })).status, 200)
    }
    t.equal(upstream.received.length, 3)
  },
)

t.test('POST /__mock/record/stop is answered when the recording has ended', async (t) => {
  const { port, proxy } = await start(t)
  const sent = { method: 'POST', path: '/__mock/record/stop', body: '{}' }
  const answers = [sendHttp(port, sent), sendHttp(port, sent)]
  await proxy.stopRequested
  await proxy.drain()
  await t.rejects(sendHttp(port, { path: '/' }), { code: 'ECONNREFUSED' })
  await proxy.end({ status: 200, document: { written: 'recorded.yaml' } })
  const [first] = await Promise.all(answers.map((answer) => answer.catch(() => undefined)))
  t.equal(first?.body.toString(), '{"written":"recorded.yaml"}\n')
})
