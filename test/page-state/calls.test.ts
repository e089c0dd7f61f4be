import t from 'tap'
import { Api, ApiError } from '../../src/page-state/api.ts'
import { CALLS, quote, toCurl } from '../../src/page-state/call.ts'

const PLACE = { controlUrl: 'http://localhost:9191/__mock/', hasToken: false }

const CURLS = [
  [CALLS.release('42'), 'curl -s -X POST http://localhost:9191/__mock/jobs/42/release'],
  [
    CALLS.finish('42', 'ERROR'),
    `curl -s http://localhost:9191/__mock/jobs/42/finish -d '{ "outcome": "ERROR" }'`,
  ],
  [CALLS.cancel('42'), 'curl -s -X POST http://localhost:9191/__mock/jobs/42/cancel'],
  [CALLS.setMode('frozen'), `curl -s http://localhost:9191/__mock/clock -d '{ "mode": "frozen" }'`],
  [CALLS.advance('10s'), `curl -s http://localhost:9191/__mock/clock/advance -d '{ "by": "10s" }'`],
  [CALLS.next(), 'curl -s -X POST http://localhost:9191/__mock/clock/next'],
  [CALLS.run(), 'curl -s -X POST http://localhost:9191/__mock/clock/run'],
  [
    CALLS.switchFault('fault-1', false),
    `curl -s -X PATCH http://localhost:9191/__mock/faults/fault-1 -d '{ "enabled": false }'`,
  ],
  [
    CALLS.moveCluster("b'c d", 'down'),
    `curl -s -X PATCH 'http://localhost:9191/__mock/clusters/b'\\''c%20d' -d '{ "state": "down" }'`,
  ],
  [CALLS.exportFixtures(), 'curl -s http://localhost:9191/__mock/fixtures'],
  [CALLS.reset(), 'curl -s -X POST http://localhost:9191/__mock/reset'],
] as const

t.test('every call has a command', async (t) => {
  for (const [call, curl] of CURLS) t.equal(toCurl(call, PLACE), curl)
  t.equal(CURLS.length, Object.keys(CALLS).length, 'of every verb')
})

t.test('a command names the variable of the token, never the token', async (t) => {
  t.equal(
    toCurl(CALLS.run(), { ...PLACE, hasToken: true }),
    'curl -s -X POST http://localhost:9191/__mock/clock/run -H "Authorization: Bearer $MOCK_GPUDB_TOKEN"',
  )
})

t.test('quote() makes one word for a shell', async (t) => {
  t.equal(quote('/has/table'), '/has/table')
  t.equal(quote('~root'), "'~root'")
  t.equal(quote('$(rm -rf) `x` "y"'), `'$(rm -rf) \`x\` "y"'`)
  t.equal(quote(''), "''")
})

/** An API that answers every call alike, and what it was called with. */
function answering(body: string | null, status = 200, token?: string) {
  const calls: [string, RequestInit][] = []
  const api = new Api(async (url, init) => {
    calls.push([url, init])
    return new Response(body, { status })
  }, token)
  return { api, calls }
}

t.test('get() reads a document from a relative URL', async (t) => {
  const { api, calls } = answering('{"job_id":9223372036854775807}')
  t.strictSame(await api.get('jobs/9223372036854775807'), { job_id: 9223372036854775807n })
  t.strictSame(calls, [['jobs/9223372036854775807', { method: 'GET', headers: {} }]])
})

t.test('send() sends JSON and the token', async (t) => {
  const { api, calls } = answering('', 200, 'secret')
  t.equal(api.token, 'secret')
  await api.send(CALLS.advance('1s'))
  t.strictSame(calls, [
    [
      'clock/advance',
      {
        method: 'POST',
        body: '{ "by": "1s" }',
        headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
      },
    ],
  ])
  api.token = 'other'
  await api.send(CALLS.next())
  t.match(calls[1]?.[1].headers, { authorization: 'Bearer other' })
})

t.test('a problem document becomes an error with its detail', async (t) => {
  const problem = '{"status":409,"code":"JOB_NOT_HELD","detail":"Cannot release job 1"}'
  await t.rejects(answering(problem, 409).api.get('jobs'), {
    code: 'JOB_NOT_HELD',
    message: 'Cannot release job 1',
  })
})

t.test('an answer of a proxy becomes an error with its status', async (t) => {
  const message = (status: number) => `The answer has the status ${status} and no problem document`
  const html = answering('<html>', 502)
  await t.rejects(html.api.get('jobs'), { code: 'UNREADABLE', message: message(502) })
  const other = answering('{"error":"no"}', 401)
  await t.rejects(other.api.get('jobs'), { code: 'UNAUTHORIZED', message: message(401) })
})

t.test('a mock that does not answer becomes an error', async (t) => {
  const refused = new Api(() => Promise.reject(new TypeError('Failed to fetch')), undefined)
  await t.rejects(refused.get('jobs'), {
    code: 'UNREACHABLE',
    message: 'The mock does not answer: TypeError: Failed to fetch',
  })
  const broken = new Api(async () => {
    const stream = new ReadableStream({ start: (one) => one.error(new Error('reset')) })
    return new Response(stream)
  }, undefined)
  await t.rejects(broken.get('jobs'), { code: 'UNREACHABLE' })
  t.ok(new ApiError('A', 'b') instanceof Error)
})

t.test('openEvents() opens the stream', async (t) => {
  const { api, calls } = answering('event: hello')
  const { signal } = new AbortController()
  const stream = await api.openEvents(signal)
  t.equal(await new Response(stream).text(), 'event: hello')
  t.strictSame(calls, [['events', { signal, headers: {} }]])
  await t.rejects(answering(null).api.openEvents(signal), { code: 'UNREACHABLE' })
})
