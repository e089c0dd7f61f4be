import { connect } from 'node:net'
import { Writable } from 'node:stream'
import t, { type Test } from 'tap'
import { EventFeed } from '../../src/control/event-feed.ts'
import { EventStreams, MAX_STREAMS } from '../../src/control-routes/event-stream.ts'
import { packageVersion } from '../../src/http/package-version.ts'
import type { ScopeTable } from '../../src/scope/scope-table.ts'
import { ManualTime } from '../support/clocks.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { type EventReader, openEvents, type ReadEvent } from '../support/event-reader.ts'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { createTestMock, START_MS, type TestServerOptions } from '../support/server.ts'

const RING = {
  clusters: [
    { name: 'a', host: undefined, state: 'up' },
    { name: 'b', host: 'localhost', state: 'up' },
  ],
  jobs: 'replicated',
} as const

/** A server whose streams pause until the test lets time pass. */
interface Streaming extends Controlled {
  readonly realTime: ManualTime
  follow(path?: string): Promise<EventReader>
}

async function startStreaming(t: Test, options: TestServerOptions = {}): Promise<Streaming> {
  const realTime = new ManualTime(0)
  const server = await startControlled(t, { ...options, realTime })
  const follow = async (path?: string) => {
    const reader = await openEvents({ port: server.port, ...(path === undefined ? {} : { path }) })
    t.teardown(reader.leave)
    return reader
  }
  return { ...server, realTime, follow }
}

/** The next event, after the pause of its stream. */
async function changesAfterPause(reader: EventReader, { realTime }: Streaming): Promise<unknown> {
  realTime.pass(250)
  const { event, data } = await reader.next()
  return event === 'changes' ? data : `is ${event}`
}

function clockAt(ms: number, nextMs: number | null = null, mode = 'frozen'): object {
  return {
    mode,
    now_ms: START_MS + ms,
    next_change_at_ms: nextMs === null ? null : START_MS + nextMs,
    poll_advance_ms: 250,
  }
}

t.test('hello names the mock, the scope, its clock and its last request', async (t) => {
  const server = await startStreaming(t)
  await server.post('/has/table', { table_name: 'orders' })
  const { instance } = server.mock
  const version = packageVersion()
  t.match(instance, /^[0-9a-f-]{36}$/)
  const here = await server.follow()
  t.strictSame(await here.next(), {
    event: 'hello',
    data: {
      instance,
      version,
      scope: 'default',
      exists: true,
      generation: 1,
      clock: clockAt(0),
      last_request: 1,
    },
  } satisfies ReadEvent)
  t.equal(here.headers['content-type'], 'text/event-stream')
  t.equal(here.headers['cache-control'], 'no-store')
  t.equal(here.headers['x-accel-buffering'], 'no')
  const there = await server.follow('/~suite-a/__mock/events')
  t.strictSame(await there.next(), {
    event: 'hello',
    data: {
      instance,
      version,
      scope: 'suite-a',
      exists: false,
      generation: null,
      clock: null,
      last_request: 0,
    },
  } satisfies ReadEvent)
  t.equal(server.mock.scopes.peek('suite-a'), undefined, 'a stream creates no scope')
  t.not(createTestMock().instance, instance, 'another mock is another instance')
})

const HELD = { endpoint: '/alter/table', lifecycle: { steps: [{ hold: true }] } }
const LISTED = { scopes: true } as const

/** An action, and what its event holds. */
type Step = readonly [(server: Streaming) => Promise<unknown>, Readonly<Record<string, unknown>>]

const CASES: Readonly<Record<string, readonly Step[]>> = {
  jobs: [
    [({ must }) => must('POST /jobs', { ...HELD, job_id: 7 }), { jobs: true, ...LISTED }],
    [({ must }) => must('PATCH /jobs/7', { progress: 40 }), { jobs: true, ...LISTED }],
    [({ must }) => must('POST /jobs/7/release'), { jobs: true, ...LISTED }],
    [({ must }) => must('DELETE /jobs/7'), { jobs: true, ...LISTED }],
    [
      ({ must }) => must('POST /jobs', { endpoint: '/alter/table', lifecycle: { duration: '1s' } }),
      { jobs: true, clock: clockAt(0, 1000), ...LISTED },
    ],
    [
      ({ must }) => must('POST /clock/advance', { by: '1s' }),
      { jobs: true, clock: clockAt(1000), ...LISTED },
    ],
  ],
  requests: [
    [({ post }) => post('/has/table', { table_name: 'a' }), { requests: [1, 1], ...LISTED }],
    [
      async ({ post }) => {
        for (const table_name of ['b', 'c', 'd']) await post('/has/table', { table_name })
      },
      { requests: [2, 4], ...LISTED },
    ],
    [({ must }) => must('DELETE /requests'), { requests: [1, 4], ...LISTED }],
    [
      async ({ must, post }) => {
        await must('DELETE /requests')
        await post('/has/table', { table_name: 'e' })
      },
      { requests: [1, 5], ...LISTED },
    ],
    [
      ({ call }) => call('/create/job', alterTable('nightly')),
      { requests: [6, 6], jobs: true, clock: clockAt(0, 1000), ...LISTED },
    ],
  ],
  clock: [
    [({ must }) => must('POST /clock/advance', { by: '2s' }), { clock: clockAt(2000) }],
    [({ must }) => must('POST /clock', { mode: 'auto' }), { clock: clockAt(2000, null, 'auto') }],
    [({ must }) => must('POST /jobs', { ...HELD, job_id: 7 }), { jobs: true, ...LISTED }],
    [
      ({ post }) => post('/get/job', { job_id: 7 }),
      { requests: [1, 1], clock: clockAt(2250, null, 'auto'), ...LISTED },
    ],
  ],
  rules: [
    [
      ({ must }) => must('POST /rules', { when: { endpoint: '*' }, then: { error: 'no' } }),
      { rules: true, ...LISTED },
    ],
    [
      ({ must }) => must('PUT /rules/rule-1', { when: { endpoint: '*' }, then: { error: 'yes' } }),
      { rules: true, ...LISTED },
    ],
    [({ must }) => must('DELETE /rules/rule-1'), { rules: true, ...LISTED }],
    [({ must }) => must('DELETE /rules'), { rules: true, ...LISTED }],
  ],
  faults: [
    [({ must }) => must('POST /faults', { fault: 'reset' }), { faults: true, ...LISTED }],
    [({ must }) => must('PATCH /faults/fault-1', { enabled: false }), { faults: true, ...LISTED }],
    [({ must }) => must('PUT /faults/fault-1', { delay: 1 }), { faults: true, ...LISTED }],
    [({ must }) => must('DELETE /faults/fault-1'), { faults: true, ...LISTED }],
    [({ must }) => must('DELETE /faults'), { faults: true, ...LISTED }],
  ],
  clusters: [
    [({ must }) => must('PATCH /clusters/b', { state: 'draining' }), { clusters: true }],
    [
      ({ must }) => must('PATCH /clusters/b', { state: 'down', for: '5s' }),
      { clusters: true, clock: clockAt(0, 5000) },
    ],
    [
      ({ must }) => must('POST /clock/advance', { by: '5s' }),
      { clusters: true, clock: clockAt(5000) },
    ],
    [
      ({ must }) => must('PATCH /clusters/b', { state: 'down', drain: '1s' }),
      { clusters: true, clock: clockAt(5000, 6000) },
    ],
    [({ must }) => must('POST /clock/next'), { clusters: true, clock: clockAt(6000) }],
  ],
  timeline: [
    [
      ({ must }) => must('POST /faults', { name: 'slow', enabled: false, delay: 10 }),
      { faults: true, ...LISTED },
    ],
    [
      ({ must }) =>
        must('PUT /timeline', [
          { at: '1s', cluster: 'a', state: 'draining' },
          { at: '2s', fault: 'slow', enabled: true },
          { at: '3s', job: 'nightly', release: true },
        ]),
      { timeline: true, clock: clockAt(0, 1000) },
    ],
    [
      ({ must }) => must('POST /clock/next'),
      { timeline: true, clusters: true, clock: clockAt(1000, 2000) },
    ],
    [
      ({ must }) => must('POST /clock/next'),
      { timeline: true, faults: true, clock: clockAt(2000, 3000), ...LISTED },
    ],
    [
      ({ must }) => must('POST /clock/next'),
      // There is no such job: the entry is missed.
      { timeline: true, clock: clockAt(3000) },
    ],
    [({ must }) => must('PUT /timeline', []), { timeline: true }],
  ],
  tables: [
    [
      ({ must }) => must('POST /tables', { name: 't', columns: ['id int'], rows: [[1]] }),
      { tables: true },
    ],
    [
      ({ call }) =>
        call('/delete/records', {
          table_name: 't',
          expressions: [],
          options: { delete_all_records: 'true' },
        }),
      { requests: [1, 1], tables: true, ...LISTED },
    ],
    [
      ({ post }) => post('/insert/records/json?table_name=t', [{ id: 2 }]),
      { requests: [2, 2], tables: true, ...LISTED },
    ],
    [
      ({ post }) => post('/create/schema', { schema_name: 's' }),
      { requests: [3, 3], tables: true, ...LISTED },
    ],
    [
      ({ post }) => post('/drop/schema', { schema_name: 's' }),
      { requests: [4, 4], tables: true, ...LISTED },
    ],
    [({ must }) => must('DELETE /tables/t'), { tables: true }],
    [({ must }) => must('DELETE /tables'), { tables: true }],
  ],
  scopes: [
    [({ must }) => must('PUT /scopes/suite-a'), LISTED],
    [({ post }) => post('/~suite-a/has/table', { table_name: 'a' }), LISTED],
    [
      ({ must }) =>
        must('POST /rules', { when: { endpoint: '*' }, then: { error: 'no' } }, 'suite-a'),
      LISTED,
    ],
    [({ must }) => must('POST /reset', undefined, 'suite-a'), LISTED],
    [({ must }) => must('DELETE /scopes/suite-a'), LISTED],
  ],
  fixtures: [
    [
      ({ must }) =>
        must('POST /fixtures', {
          jobs: [HELD],
          rules: [{ when: { endpoint: '*' }, then: { error: 'no' } }],
          faults: [{ delay: 1 }],
          tables: [{ name: 't', columns: ['id int'], rows: [] }],
          timeline: [{ at: '9s', cluster: 'x', state: 'down' }],
          ring: {
            clusters: [
              { name: 'x', host: 'localhost' },
              { name: 'y', host: '127.0.0.1' },
            ],
          },
        }),
      {
        jobs: true,
        rules: true,
        faults: true,
        clusters: true,
        timeline: true,
        tables: true,
        clock: clockAt(0, 9000),
        ...LISTED,
      },
    ],
  ],
}

for (const [kind, steps] of Object.entries(CASES)) {
  t.test(`changes of ${kind} are in the next event, and nothing else is`, async (t) => {
    const server = await startStreaming(t, { ring: RING })
    const reader = await server.follow()
    await reader.next()
    for (const [act, expected] of steps) {
      await act(server)
      t.strictSame(await changesAfterPause(reader, server), expected)
    }
  })
}

t.test('a reload reports what it replaces', async (t) => {
  const file = t.testdir({
    'a.json': '{"rules":[{"when":{"endpoint":"*"},"then":{"error":"no"}}]}',
  })
  const server = await startStreaming(t, { fixtures: [file] })
  const reader = await server.follow()
  await reader.next()
  await server.must('POST /reload')
  t.strictSame(await changesAfterPause(reader, server), { rules: true, faults: true, ...LISTED })
})

t.test('time alone brings an event, whichever way the clock goes', async (t) => {
  const server = await startStreaming(t)
  await server.must('POST /clock', { mode: 'real' })
  await server.must('POST /jobs', { endpoint: '/alter/table', lifecycle: { duration: '1s' } })
  const reader = await server.follow()
  await reader.next()
  server.realTime.pass(250)
  server.time.pass(999)
  server.time.pass(1)
  t.strictSame(await reader.next(), {
    event: 'changes',
    data: { jobs: true, clock: clockAt(1000, null, 'real'), ...LISTED },
  })
  server.realTime.pass(250)
  await server.must('POST /clock', { mode: 'scaled', scale: 10 })
  await reader.next()
  server.realTime.pass(250)
  t.equal(server.scope.isWaitedIn, false, 'a stream is no waiter')
  server.time.pass(100)
  await server.must('PATCH /clusters/a', { state: 'down', for: '1s' })
  t.strictSame((await reader.next()).data['clusters'], true)
  server.realTime.pass(250)
  server.time.pass(100)
  t.strictSame((await reader.next()).data['clusters'], true)
})

/** In which mode, and how a test lets time pass until a job is past its retention. */
const EXPIRIES = {
  frozen: ({ must }: Streaming) => must('POST /clock/advance', { by: '5s' }),
  auto: async ({ post }: Streaming) => {
    // Twenty polls of another job are five seconds.
    for (let poll = 0; poll < 20; poll += 1) await post('/get/job', { job_id: 2 })
  },
  real: async ({ time }: Streaming) => time.pass(5000),
  scaled: async ({ time }: Streaming) => time.pass(500),
}

for (const [mode, pass] of Object.entries(EXPIRIES)) {
  t.test(`a job that retention removes brings an event with a ${mode} clock`, async (t) => {
    const server = await startStreaming(t, {
      limits: { maxJobs: 10, maxFinished: 10, retentionMs: 5000 },
    })
    await server.must('POST /clock', { mode, ...(mode === 'scaled' ? { scale: 10 } : {}) })
    await server.call('/create/job', alterTable('nightly'))
    await server.must('POST /jobs', { ...HELD, job_id: 2 })
    await server.must('POST /jobs/1/finish', { outcome: 'DONE' })
    const reader = await server.follow()
    await reader.next()
    // It has looked, and listens.
    server.realTime.pass(250)
    await pass(server)
    for (;;) {
      const { data } = await reader.next()
      if (data['jobs']) break
      server.realTime.pass(250)
    }
    t.equal((await server.control('GET /jobs/1')).status, 404)
    t.equal(Object(await server.must('GET /clock')).next_change_at_ms, null)
  })
}

t.test('a stream does not move an auto clock', async (t) => {
  const server = await startStreaming(t)
  await server.must('POST /clock', { mode: 'auto' })
  await server.must('POST /jobs', { endpoint: '/alter/table', lifecycle: { duration: '1s' } })
  const reader = await server.follow()
  await reader.next()
  // It has looked, and listens.
  server.realTime.pass(250)
  t.equal(server.clock.now(), START_MS)
  for (const ms of [250, 500, 750, 1000]) {
    await server.post('/get/job', { job_id: 1 })
    const { data } = await reader.next()
    t.equal(Object(data['clock']).now_ms, START_MS + ms)
    t.equal(data['jobs'], ms === 1000 ? true : undefined)
    server.realTime.pass(250)
  }
})

t.test('a stream follows the name of its scope through all that happens to it', async (t) => {
  const server = await startStreaming(t, { seeds: [], maxScopes: 2 })
  const reader = await server.follow('/~suite-a/__mock/events')
  t.equal((await reader.next()).data['exists'], false)
  await server.post('/has/table', { table_name: 'a' })
  t.strictSame(await changesAfterPause(reader, server), LISTED, 'it does not exist yet')
  const all = {
    jobs: true,
    rules: true,
    faults: true,
    clusters: true,
    timeline: true,
    tables: true,
    ...LISTED,
  }
  await server.post('/~suite-a/has/table', { table_name: 'a' })
  const made = { scope: 'created', generation: 2, requests: [1, 1], clock: clockAt(0), ...all }
  t.strictSame(await changesAfterPause(reader, server), made)
  await server.must('POST /reset', undefined, 'suite-a')
  const fresh = { clock: clockAt(0), ...all }
  t.strictSame(await changesAfterPause(reader, server), { scope: 'reset', generation: 3, ...fresh })
  const again = await server.follow('/~suite-a/__mock/events')
  t.equal((await again.next()).data['generation'], 3)
  await server.must('DELETE /scopes/suite-a')
  t.strictSame(await changesAfterPause(reader, server), { scope: 'removed', ...LISTED })
  await server.must('PUT /scopes/suite-a')
  t.strictSame(await changesAfterPause(reader, server), {
    scope: 'created',
    generation: 4,
    ...fresh,
  })
  await server.must('DELETE /scopes/suite-a')
  await server.must('PUT /scopes/suite-a')
  t.strictSame(await changesAfterPause(reader, server), {
    scope: 'created',
    generation: 5,
    ...fresh,
  })
  await server.must('PUT /scopes/suite-b')
  const evicted = await changesAfterPause(reader, server)
  t.strictSame(evicted, { scope: 'removed', ...LISTED }, 'a stream keeps no scope')
  t.equal(server.mock.scopes.peek('suite-a'), undefined)
})

t.test('a stream is no use of its scope: another one that is used stays longer', async (t) => {
  const server = await startStreaming(t, { maxScopes: 3 })
  await server.must('PUT /scopes/suite-a')
  const reader = await server.follow('/~suite-a/__mock/events')
  await reader.next()
  await server.must('PUT /scopes/suite-b')
  t.strictSame(await changesAfterPause(reader, server), LISTED)
  await server.must('PUT /scopes/suite-c')
  t.strictSame(await changesAfterPause(reader, server), { scope: 'removed', ...LISTED })
})

t.test('however much changes, a stream has four events a second', async (t) => {
  const server = await startStreaming(t)
  const reader = await server.follow()
  await reader.next()
  let last = 0
  for (let round = 1; round <= 8; round += 1) {
    for (let call = 0; call < 50; call += 1) {
      await server.post('/has/table', { table_name: 'a' })
      server.realTime.pass(5)
    }
    const { data } = await reader.next()
    const [first, end] = data['requests'] as [number, number]
    t.equal(first, last + 1, 'no request is missing')
    last = end
  }
  t.equal(reader.blocks.length, 9)
})

/** A request for `/__mock/events`, as bytes. */
const RAW_REQUEST = 'GET /__mock/events HTTP/1.1\r\nHost: a\r\n\r\n'

/** Resolves when the server has so many streams. */
async function streamsOpen(server: Streaming, count: number): Promise<void> {
  // Each open stream has one heartbeat ahead, and none or one pause.
  while (server.realTime.waiting < count) await nextTurn()
}

t.test('the 33rd stream is rejected, until one of the others has left', async (t) => {
  const server = await startStreaming(t)
  const readers = await Promise.all(Array.from({ length: MAX_STREAMS }, () => server.follow()))
  t.equal(readers.length, 32)
  const refused = await server.control('GET /events')
  t.match(refused, { status: 429, body: { code: 'TOO_MANY_STREAMS' } })
  t.equal(
    refused.body['detail'],
    'Cannot open a stream of events: there are 32 of at most 32, close another one',
  )
  t.equal((await server.control('HEAD /events')).status, 200, 'a HEAD opens none')
  readers[0]?.leave()
  await t.resolves(until429Ends(server))
})

async function until429Ends(server: Streaming): Promise<void> {
  for (;;) {
    const reader = await server.follow().catch(() => undefined)
    if (reader) return
    await nextTurn()
  }
}

t.test('a client that leaves costs nothing any more', async (t) => {
  const server = await startStreaming(t)
  const reader = await server.follow()
  await reader.next()
  server.realTime.pass(250)
  t.strictSame([server.realTime.waiting, server.mock.scopes.changes.size], [1, 1])
  reader.leave()
  while (server.realTime.waiting > 0) await nextTurn()
  t.equal(server.mock.scopes.changes.size, 0)
})

/** A stream whose client takes so many bytes, and then nothing more. */
function openStuck({ streams, scopes }: { streams: EventStreams; scopes: ScopeTable }) {
  const feed = new EventFeed({ name: 'default', scopes, instance: '', version: '' })
  const stream = streams.open(feed)
  // As a response whose socket is full: it takes what fits its buffer.
  const response = new Writable({ highWaterMark: 1024, write: () => undefined })
  stream.pipe(response)
  return { stream, response }
}

t.test('a client that never reads takes little memory, and a place for a minute', async (t) => {
  const time = new ManualTime(0)
  const { scopes } = createTestMock()
  const streams = new EventStreams(time)
  const { stream, response } = openStuck({ streams, scopes })
  const lengths = new Set<number>()
  for (let round = 0; round < 140; round += 1) {
    scopes.open('default').changes.fire('rules')
    time.pass(250)
    await nextTurn()
    if (round >= 70) lengths.add(response.writableLength)
  }
  t.equal(lengths.size, 1, 'nothing more is written')
  t.ok(response.writableLength < 2 * 1024)
  t.equal(stream.readableLength, 0)
  t.equal(stream.destroyed, false)
  time.pass(60_000)
  t.strictSame([time.waiting, stream.destroyed], [0, true])
  await nextTurn()
  const others = Array.from({ length: MAX_STREAMS }, () => openStuck({ streams, scopes }))
  await nextTurn()
  streams.close()
  t.equal(others.filter((other) => other.stream.destroyed).length, 0, 'these have read all')
})

t.test('a stream whose client never reads ends at once when the server stops', async (t) => {
  const time = new ManualTime(0)
  const { scopes } = createTestMock()
  const streams = new EventStreams(time)
  const { stream } = openStuck({ streams, scopes })
  for (let round = 0; round < 70; round += 1) {
    scopes.open('default').changes.fire('rules')
    time.pass(250)
    await nextTurn()
  }
  streams.close()
  t.strictSame([time.waiting, stream.destroyed], [0, true])
})

t.test('a client that reads again within a minute keeps its stream', async (t) => {
  const time = new ManualTime(0)
  const { scopes } = createTestMock()
  const stream = new EventStreams(time).open(
    new EventFeed({ name: 'default', scopes, instance: '', version: '' }),
  )
  t.teardown(() => stream.destroy())
  for (let minute = 0; minute < 3; minute += 1) {
    time.pass(59_000)
    stream.read()
    await nextTurn()
  }
  t.equal(stream.destroyed, false)
})

t.test('a heartbeat comes every 15 seconds, besides the events', async (t) => {
  const server = await startStreaming(t)
  const reader = await server.follow()
  await reader.next()
  for (let beat = 1; beat <= 3; beat += 1) {
    server.realTime.pass(14_999)
    server.realTime.pass(1)
    await server.must('POST /rules', { when: { endpoint: '*' }, then: { error: 'no' } })
    await reader.next()
    t.equal(reader.blocks.filter((block) => block === ': ').length, beat)
  }
})

t.test('streams end when the server stops, also those without a reader', async (t) => {
  const server = await startStreaming(t)
  const reader = await server.follow()
  await reader.next()
  server.realTime.pass(250)
  const deaf = connect(server.port, '127.0.0.1').pause()
  deaf.write(RAW_REQUEST)
  await streamsOpen(server, 3)
  await server.close()
  t.equal(await reader.ended, true)
  t.equal(server.realTime.waiting, 0)
  deaf.destroy()
})

t.test('a stream passes what every request of the control API passes', async (t) => {
  const server = await startStreaming(t, {
    access: { users: [], tokens: ['secret'] },
    controlOrigins: ['http://page.example'],
    basePaths: ['/proxy'],
  })
  const { port } = server
  const path = '/__mock/events'
  const ask = async (headers: Record<string, string>, method = 'GET') => {
    const { status, body } = await sendHttp(port, { path, headers, method })
    return [status, body.length === 0 ? '' : JSON.parse(body.toString()).code]
  }
  const authorization = 'Bearer secret'
  t.strictSame(await ask({}), [401, 'UNAUTHORIZED'])
  t.strictSame(await ask({ authorization: 'Bearer other' }), [401, 'UNAUTHORIZED'])
  for (const foreign of [{ origin: 'http://other.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    t.strictSame(await ask({ ...foreign, authorization }), [403, 'FOREIGN_ORIGIN'])
  }
  t.strictSame(await ask({ authorization }, 'POST'), [405, 'METHOD_NOT_ALLOWED'])
  t.strictSame(await ask({ authorization }, 'HEAD'), [200, ''])
  t.equal(server.realTime.waiting, 0, 'none of them opened a stream')
  const origin = 'http://page.example'
  const allowed = await openEvents({ port, headers: { authorization, origin } })
  t.teardown(allowed.leave)
  t.equal(allowed.headers['access-control-allow-origin'], origin)
  for (const prefix of ['/proxy', '/gpudb-0', '/proxy/~suite-a', '/~suite-a']) {
    const reader = await openEvents({ port, path: prefix + path, headers: { authorization } })
    const { scope } = (await reader.next()).data
    t.equal(scope, prefix.endsWith('~suite-a') ? 'suite-a' : 'default', prefix)
    reader.leave()
  }
})

t.test('a name that no scope can have, and a query, are rejected', async (t) => {
  const server = await startStreaming(t)
  const bad = await server.control('GET /events', undefined, '-a')
  t.match(bad, { status: 400, body: { code: 'BAD_SCOPE_NAME' } })
  t.match(await server.control('GET /events?since=1'), { status: 400 })
})

t.test('a stream has a line in the log when it ends, whichever side ends it', async (t) => {
  const lines: string[] = []
  const write = (line: string) => {
    const { msg } = JSON.parse(line)
    if (msg.startsWith('GET ')) lines.push(msg)
  }
  const server = await startStreaming(t, { logging: { level: 'info', format: 'json', write } })
  const left = await server.follow()
  await left.next()
  left.leave()
  while (lines.length === 0) await nextTurn()
  const ended = await server.follow()
  await ended.next()
  await server.close()
  await ended.ended
  while (lines.length === 1) await nextTurn()
  t.strictSame(
    lines.map((line) => line.replace(/ in .*/, '')),
    ['GET /__mock/events 200', 'GET /__mock/events 200'],
  )
})
