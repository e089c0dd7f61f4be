import { createServer } from 'node:net'
import t from 'tap'
import { FixtureError } from '../../src/fixtures/load-fixtures.ts'
import { type ServerOptions, startServer } from '../../src/server/start-server.ts'
import { openSocket } from '../support/socket.ts'

const OPTIONS: ServerOptions = {
  host: '127.0.0.1',
  port: 0,
  fixtures: [],
  clock: { mode: 'real' },
  pollAdvanceMs: 250,
  defaultDurationMs: 1000,
  limits: { maxJobs: 100, maxFinished: 100, retentionMs: 3_600_000 },
  access: { users: [] },
  logging: { level: 'silent', format: 'json', write: () => undefined },
  basePaths: [],
  bodyLimit: 10_000,
  strict: false,
  maxScopes: 10,
  journal: { maxRequests: 100, maxBytes: 100_000 },
  watch: false,
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return JSON.parse(JSON.parse(await response.text()).data_str)
}

t.test('startServer() listens where it says', async (t) => {
  for (const { host, form } of [
    { host: '127.0.0.1', form: /^http:\/\/127\.0\.0\.1:\d+$/ },
    { host: '0.0.0.0', form: /^http:\/\/0\.0\.0\.0:\d+$/ },
    { host: 'localhost', form: /^http:\/\/localhost:\d+$/ },
  ]) {
    const server = await startServer({ ...OPTIONS, host })
    t.match(server.url, form)
    const answer = await fetch(server.url)
    t.equal(await answer.text(), 'Kinetica is running!')
    await server.stop()
    await t.rejects(fetch(server.url))
  }
})

t.test('startServer() writes an IPv6 address in brackets', async (t) => {
  const server = await startServer({ ...OPTIONS, host: '::1' })
  t.teardown(server.stop)
  t.match(server.url, /^http:\/\/\[::1\]:\d+$/)
})

t.test('startServer() loads fixtures before it listens', async (t) => {
  const fixtures = t.testdir({
    'a.json': '{ "jobs": [{ "job_id": 7, "endpoint": "/alter/table", "tag": "seven" }] }',
  })
  const server = await startServer({ ...OPTIONS, fixtures: [fixtures] })
  t.teardown(server.stop)
  const { info } = await post(`${server.url}/get/job`, { job_id: 7 })
  t.strictSame(info, { job_tag: 'seven' })
})

t.test('startServer() refuses wrong fixtures, all of them at once', async (t) => {
  const folder = t.testdir({ 'a.json': '{ "job": [] }', 'b.json': '{ "jobs": 1 }' })
  const problems = [
    {
      file: `${folder}/a.json`,
      position: { line: 1, column: 3 },
      message: 'the key "job" is not known (did you mean jobs?)',
    },
    {
      file: `${folder}/b.json`,
      position: { line: 1, column: 11 },
      message: 'expected a list of jobs, got 1',
    },
  ]
  await t.rejects(startServer({ ...OPTIONS, fixtures: [folder] }), new FixtureError(problems))
})

t.test('startServer() rejects where the port is taken', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = Object(other.address())
  await t.rejects(startServer({ ...OPTIONS, port }), { code: 'EADDRINUSE' })
})

t.test('startServer() with an auto clock moves time by a poll', async (t) => {
  const server = await startServer({ ...OPTIONS, clock: { mode: 'auto' } })
  t.teardown(server.stop)
  const inner = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  await post(`${server.url}/create/job`, inner)
  const seen: unknown[] = []
  for (const _ of [1, 2, 3, 4, 5, 6]) {
    await post(`${server.url}/admin/show/jobs`, {})
    const { job_status, progress } = await post(`${server.url}/get/job`, { job_id: 1 })
    seen.push([job_status, progress])
  }
  t.strictSame(seen, [
    ['RUNNING', 0],
    ['RUNNING', 24],
    ['RUNNING', 50],
    ['RUNNING', 74],
    ['DONE', 100],
    ['DONE', 100],
  ])
})

t.test('startServer() with a frozen clock never moves time', async (t) => {
  const server = await startServer({ ...OPTIONS, clock: { mode: 'frozen' } })
  t.teardown(server.stop)
  const inner = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  await post(`${server.url}/create/job`, inner)
  for (const _ of [1, 2, 3]) {
    const { job_status, progress } = await post(`${server.url}/get/job`, { job_id: 1 })
    t.strictSame([job_status, progress], ['RUNNING', 0])
  }
})

t.test('stop() does not wait for ever for a request in flight', async (t) => {
  const server = await startServer(OPTIONS)
  const socket = openSocket(Number(new URL(server.url).port))
  const head = ['POST /get/job HTTP/1.1', 'Host: x', 'Content-Length: 2', 'Expect: 100-continue']
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  t.match(await socket.next(), '100 Continue')
  await server.stop()
  t.equal(await socket.rest(), '')
})
