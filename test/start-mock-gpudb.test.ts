import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { OPTION_NAMES } from '../src/config-options.ts'
import { ConfigError, FixtureError, type MockGpudbOptions, startMockGpudb } from '../src/index.ts'
import { makeCertificate } from './support/certificate.ts'
import { alterTable } from './support/control.ts'
import { FAKE_TIMERS } from './support/fake-timers.ts'
import { sendHttp } from './support/http.ts'
import { nextTurn } from './support/next-turn.ts'
import { stayAlive } from './support/stay-alive.ts'

/** Calls an endpoint in JSON, and returns the payload. */
async function call(url: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return JSON.parse(Object(await answer.json()).data_str)
}

t.test('a mock in this process has metrics, by scope if asked', async (t) => {
  await using mock = await startMockGpudb({ metricsScopes: true })
  await call(`${mock.scope('suite-a').url}/has/table`, { table_name: 'no', options: {} })
  const answer = await fetch(`${mock.url}/__mock/metrics`)
  const lines = (await answer.text()).split('\n')
  t.ok(lines.includes('mock_gpudb_log_dropped_total 0'))
  t.ok(lines.some((line) => line.startsWith('mock_gpudb_requests_total{scope="suite-a",')))
})

t.test('startMockGpudb() starts a mock that a test controls without HTTP', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen', fixtures: [] })
  t.match(mock.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  const { job_id } = await call(`${mock.url}/create/job`, alterTable('mine'))
  t.equal(job_id, 1)
  t.equal(mock.clock.get().mode, 'frozen')
  mock.clock.advance('2s')
  const done = mock.jobs.get('tag:mine')
  t.strictSame([done.job_id, done.status], [1n, 'DONE'])
  t.strictSame(await mock.jobs.wait(1), done)
  const when = { endpoint: '/alter/table', as: 'job' } as const
  t.strictSame(mock.requests.verify({ when, times: { exactly: 1 } }), { count: 1, dropped: 0 })
  t.throws(() => mock.requests.verify({ when, times: { exactly: 2 } }), { code: 'NOT_VERIFIED' })
  await call(`${mock.url}/get/job`, { job_id: 1 })
  const { polls, gaps_ms } = mock.polls.verify({ job: 1n, times: { at_least: 1 } })
  t.strictSame([polls, gaps_ms], [1, []])
  t.equal(mock.report(['unfinished_jobs', 'unpolled_jobs']).clean, true)
  t.throws(() => mock.assertClean(), { code: 'FINDINGS', found: { counts: { unmatched: 1 } } })
  mock.reset()
  t.strictSame(mock.jobs.list(), { jobs: [], total: 0 })
})

t.test('each scope of a mock has its own URL and state', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const scope = mock.scope('suite-a')
  t.equal(scope.url, `${mock.url}/~suite-a`)
  scope.rules.add({ when: { endpoint: '/alter/table' }, then: { lifecycle: { duration: '5m' } } })
  await call(`${scope.url}/create/job`, alterTable('mine'))
  t.equal(scope.clock.next().next_change_at_ms, null)
  t.equal(scope.jobs.get(1).changed_at_ms - scope.jobs.get(1).created_at_ms, 300_000)
  t.throws(() => mock.jobs.get(1), { code: 'JOB_NOT_FOUND' })
  t.strictSame(
    mock.scopes().map(({ name, jobs }) => [name, jobs]),
    [
      ['default', 0],
      ['suite-a', 1],
    ],
  )
  mock.removeScope('suite-a')
  t.equal(mock.scopes().length, 1)
  t.throws(() => mock.scope('no/name'), { code: 'BAD_SCOPE_NAME' })
  t.throws(() => mock.removeScope('none'), { code: 'SCOPE_NOT_FOUND' })
})

/** The arguments of a call that are wrong in any method that takes some. */
const WRONG = [{ misspelt: true }, { misspelt: true }]

type Method = [name: string, call: (...given: unknown[]) => unknown]

/** The values of an object, with the methods of its classes. */
function membersOf(target: object): [string, unknown][] {
  if (target === Object.prototype) return []
  const own = Object.entries(Object.getOwnPropertyDescriptors(target))
  const values = own.map(([name, { value }]): [string, unknown] => [name, value])
  return [...values, ...membersOf(Object.getPrototypeOf(target))]
}

/** The methods of an object and of its resources, without those that are callable when closed. */
function methodsOf(target: object): Method[] {
  return membersOf(target).flatMap(([name, value]): Method[] => {
    if (name === 'constructor' || name === 'close') return []
    if (typeof value === 'function') return [[name, value.bind(target)]]
    return typeof value === 'object' && value !== null ? methodsOf(value) : []
  })
}

/** How each method of a target ends when it is called with wrong arguments, or none. */
async function endsOf(target: object): Promise<Set<unknown>> {
  const ends = new Set<unknown>()
  const methods = methodsOf(target)
  for (const [name, call] of methods) {
    for (const given of [WRONG, []]) {
      const end = await Promise.resolve(given)
        .then((args) => call(...args))
        .then(
          () => 'returned',
          (error: unknown) => Object(error),
        )
      ends.add(end.code === undefined ? name : `${end.name} ${end.code}`)
    }
  }
  ends.add(`${methods.length} methods`)
  return ends
}

t.test('after close(), every method throws MOCK_CLOSED, whatever its input is', async (t) => {
  const mock = await startMockGpudb({ clock: 'frozen' })
  const scope = mock.scope('suite-a')
  await mock.close()
  t.throws(() => scope.report(), { message: 'Cannot use the mock: it is closed' })
  t.strictSame([...(await endsOf(scope))], ['ScopeError MOCK_CLOSED', '52 methods'])
  t.strictSame([...(await endsOf(mock))], ['ScopeError MOCK_CLOSED', '56 methods'])
  await mock.close()
})

t.test('every method of a handle whose scope is gone says so, whatever its input is', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const scope = mock.scope('suite-a')
  mock.removeScope('suite-a')
  t.strictSame([...(await endsOf(scope))], ['ScopeError SCOPE_NOT_FOUND', '52 methods'])
  mock.scope('suite-a')
  t.strictSame([...(await endsOf(scope))], ['ScopeError SCOPE_CLOSED', '52 methods'])
})

/** A name of the command line in camelCase. */
function toCamelCase(name: string): string {
  const [first = '', ...others] = name.split('-')
  return first + others.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('')
}

t.test('fixtures are paths and objects; reload() rereads the paths', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'jobs: [{ job_id: 7, endpoint: /alter/table }]' })
  const document = {
    jobs: [{ job_id: 9007199254740993n, tag: 'big', endpoint: '/alter/role' }],
    rules: [{ when: { endpoint: '/alter/role' }, then: { error: 'no' } }],
  }
  await using mock = await startMockGpudb({ fixtures: [folder, document] })
  t.strictSame(
    mock.jobs.list().jobs.map(({ job_id }) => job_id),
    [7n, 9007199254740993n],
  )
  t.strictSame(
    mock.rules.list().map(({ origin }) => origin),
    ['fixture'],
  )
  writeFileSync(join(folder, 'a.yaml'), 'jobs: [{ job_id: 8, endpoint: /alter/table }]')
  mock.reload()
  t.strictSame(mock.jobs.list().total, 3)
  writeFileSync(join(folder, 'a.yaml'), 'job: []')
  t.throws(() => mock.reload(), {
    code: 'BAD_FIXTURES',
    problems: [{ message: /did you mean jobs/ }],
  })
  const saved = mock.fixtures.save()
  t.equal(saved.jobs?.length, 3)
  t.strictSame(
    saved.rules?.map(({ then }) => then),
    [{ error: 'no' }],
  )
  mock.fixtures.load({ jobs: [{ job_id: 9, endpoint: '/alter/table' }] })
  t.equal(mock.jobs.list().total, 4)
})

t.test('startMockGpudb() rejects invalid fixtures and options', async (t) => {
  const fixture = { jobs: [{ endpoint: '/alter/tabel' }] }
  const wrong = await startMockGpudb({ fixtures: [fixture] }).catch((error: unknown) => error)
  if (!(wrong instanceof FixtureError)) throw wrong
  t.strictSame(
    wrong.problems.map(({ file, position }) => [file, position]),
    [['fixtures[0].json', { line: 4, column: 19 }]],
  )
  const duration =
    'a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds, at most 876000h'
  const cases: [object, string][] = [
    [{ clok: 'frozen' }, 'clok: unknown option (did you mean clock?)'],
    [{ clock: 'fast' }, 'clock: expected real, frozen, auto, or a factor such as 10x, got "fast"'],
    [{ 'journal-requests': 5 }, 'journal-requests: unknown option (did you mean journalRequests?)'],
    [{ journalrequests: 5 }, 'journalrequests: unknown option (did you mean journalRequests?)'],
    [{ config: 'mock.json' }, 'config: unknown option'],
    [{ fixture: [] }, 'fixture: unknown option (did you mean fixtures?)'],
    [{ defaultDuration: -1 }, `defaultDuration: expected ${duration}, got -1`],
    [{ port: '80' }, 'port: expected a port from 0 to 65535, got "80"'],
    [{ port: null }, 'port: expected a port from 0 to 65535, got null'],
    [{ user: 'ann:hunter2' }, 'user: expected a list of users'],
    [{ token: 7351 }, 'token: expected a string that is not empty'],
    [
      { userFile: '/nowhere' },
      'user-file: /nowhere: this cannot be read: there is no such file or folder',
    ],
    [{ ref: 'yes' }, 'ref: expected true or false'],
    [{ fixtures: 'fixtures' }, 'fixtures: expected a list of paths and documents'],
    [{ fixtures: null }, 'fixtures: expected a list of paths and documents'],
    [{ fixtures: { jobs: [] } }, 'fixtures: expected a list of paths and documents'],
    [JSON.parse('null'), 'expected an object with options'],
    [JSON.parse('5'), 'expected an object with options'],
    [{ tlsCert: 'cert.pem' }, 'tlsCert: tls-cert and tls-key must be set together'],
  ]
  for (const [options, problem] of cases) {
    const rejected = await startMockGpudb(options).catch((error: unknown) => error)
    if (!(rejected instanceof ConfigError)) throw rejected
    t.strictSame(rejected.problems, [problem])
  }
})

t.test('startMockGpudb() accepts the options of the command line in camelCase', async (t) => {
  stayAlive(t)
  const options: MockGpudbOptions = {
    ...{ clock: 'auto', pollAdvance: '2s', defaultDuration: '3s', maxScopes: 2, strict: true },
    ...{ user: ['ann:secret'], journalRequests: 1, seed: 'same', basePath: ['/gpu'] },
  }
  await using mock = await startMockGpudb(options)
  const { mode, poll_advance_ms } = mock.clock.get()
  t.strictSame([mode, poll_advance_ms], ['auto', 2000])
  t.equal((await fetch(`${mock.url}/get/job`, { method: 'POST', body: '{}' })).status, 401)
  mock.jobs.create({ job_id: 1, endpoint: '/alter/table' })
  t.equal((mock.clock.get().next_change_at_ms ?? 0) - mock.clock.get().now_ms, 3000)
})

t.test('startMockGpudb() loads an inline fixture after the others', async (t) => {
  const fixtures = [{ jobs: [{ job_id: 7, endpoint: '/alter/table' }] }]
  const fixturesInline = 'jobs: [{ job_id: 8, endpoint: /alter/role }]'
  await using mock = await startMockGpudb({ fixtures, fixturesInline })
  t.match(mock.jobs.list(), { jobs: [{ job_id: 7 }, { job_id: 8 }], total: 2 })
  await t.rejects(startMockGpudb({ fixturesInline: 'jobs: 7' }), {
    message: /: fixturesInline:1:7: jobs: expected a list of jobs, got 7$/,
  })
})

t.test('startMockGpudb() uses the default of an option that is undefined', async (t) => {
  const named = OPTION_NAMES.filter((name) => name !== 'stop-with-stdin')
  const names = [...named.map(toCamelCase), 'ref']
  const options = Object.fromEntries(names.map((name) => [name, undefined]))
  await using mock = await startMockGpudb(options)
  t.match(mock.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.not(new URL(mock.url).port, '9191')
})

t.test('startMockGpudb() does not know the option about the input of the command', async (t) => {
  // @ts-expect-error: it is not in the type either
  await t.rejects(startMockGpudb({ stopWithStdin: true }), {
    message: /: stopWithStdin: unknown option$/,
  })
})

t.test('startMockGpudb() accepts the users and tokens of files', async (t) => {
  const folder = t.testdir({ users: 'ann:secret', tokens: 't0ken' })
  const files = { userFile: join(folder, 'users'), tokenFile: join(folder, 'tokens') }
  await using mock = await startMockGpudb(files)
  const statusOf = async (authorization: string) => {
    const call = { method: 'POST', body: '{}', headers: { authorization } }
    return (await fetch(`${mock.url}/show/system/status`, call)).status
  }
  t.equal(await statusOf(`Basic ${Buffer.from('ann:secret').toString('base64')}`), 200)
  t.equal(await statusOf('Bearer t0ken'), 200)
  t.equal(await statusOf('Bearer other'), 401)
})

t.test('mocks add one listener to stderr, and drop log lines while it is blocked', async (t) => {
  const count = process.stderr.listenerCount('error')
  const written = t.capture(process.stderr, 'write', (_text: string, done?: () => void) => {
    done?.()
    return true
  })
  await using mock = await startMockGpudb({ logLevel: 'info' })
  await using other = await startMockGpudb({ logLevel: 'info', logFormat: 'json' })
  t.ok(process.stderr.listenerCount('error') <= count + 1)
  Object.defineProperty(process.stderr, 'writableLength', { value: 2 ** 30, configurable: true })
  await fetch(mock.url)
  await fetch(other.url)
  Reflect.deleteProperty(process.stderr, 'writableLength')
  await nextTurn()
  const lines = written().map(({ args }) => String(args[0]))
  t.strictSame(
    lines.filter((line) => /GET/.test(line)),
    [],
  )
  t.match(
    lines.filter((line) => /dropped/.test(line)),
    [
      /^dropped \d+ log lines?: the reader of stderr was too slow\n$/,
      /^\{"level":40,"time":\d+,"msg":"dropped \d+ log lines?: the reader of stderr was too slow"\}\n$/,
    ],
  )
})

t.test('with a seed, generated tags are the same in every run, and differ by scope', async (t) => {
  const tagsOf = async () => {
    await using mock = await startMockGpudb({ seed: 'same' })
    return [mock, mock.scope('a'), mock.scope('b')].map(({ jobs }) => {
      return jobs.create({ endpoint: '/alter/table' }).tag
    })
  }
  const tags = await tagsOf()
  t.strictSame(await tagsOf(), tags)
  t.equal(new Set(tags).size, 3)
})

t.test('a reset restores the clock of the start', async (t) => {
  for (const clock of ['real', '10x', 'frozen', 'auto']) {
    await using mock = await startMockGpudb({ clock, pollAdvance: '2s' })
    const { mode, scale, poll_advance_ms } = mock.clock.get()
    mock.clock.set({ mode: 'scaled', scale: 60, poll_advance: '1h' })
    mock.clock.set({ mode: clock === 'frozen' ? 'auto' : 'frozen' })
    mock.reset()
    const after = mock.clock.get()
    const seen = [after.mode, after.scale, after.poll_advance_ms]
    t.strictSame(seen, [mode, scale, poll_advance_ms], clock)
  }
})

t.test('a mock logs to stderr', async (t) => {
  const written = t.capture(process.stderr, 'write', () => true)
  const mock = await startMockGpudb({ logLevel: 'info' })
  await fetch(mock.url)
  await mock.close()
  // The lines of a turn are written in the next one.
  await nextTurn()
  const lines = written().map(({ args }) => String(args[0]))
  t.match(lines.join(''), /^\[.*\] INFO: GET \/ 200 in \d+\.\d ms\n$/m)
})

t.test(
  'a mock with a certificate speaks HTTPS, and stops listening when it is closed',
  async (t) => {
    const certificate = makeCertificate()
    t.teardown(certificate.remove)
    const mock = await startMockGpudb({
      tlsCert: certificate.certFile,
      tlsKey: certificate.keyFile,
    })
    const port = Number(new URL(mock.url).port)
    t.match(mock.url, /^https:/)
    t.equal((await sendHttp(port, { path: '/__mock/ready', isTls: true })).status, 200)
    const wait = mock.requests.wait({ when: { endpoint: '*' }, timeout: '1h' })
    const ended = t.rejects(wait, { code: 'SCOPE_CLOSED' })
    await mock.close()
    await ended
    await t.rejects(sendHttp(port, { path: '/', isTls: true }), { code: 'ECONNREFUSED' })
  },
)

for (const [name, install] of Object.entries(FAKE_TIMERS)) {
  t.test(`a mock keeps real time under ${name}`, async (t) => {
    stayAlive(t)
    const mock = await startMockGpudb({ clock: 'real', defaultDuration: '20ms' })
    t.teardown(() => mock.close())
    const startMs = mock.clock.get().now_ms
    install(t)
    const port = Number(new URL(mock.url).port)
    const send = async (path: string, body: object) => {
      const sent = { method: 'POST', path, body: JSON.stringify(body) }
      const { body: answer } = await sendHttp(port, sent)
      return JSON.parse(JSON.parse(answer.toString()).data_str)
    }
    t.equal((await send('/create/job', alterTable('mine'))).job_id, 1)
    t.equal((await mock.jobs.wait(1, { timeout: '1h' })).status, 'DONE')
    const { job_status, progress } = await send('/get/job', { job_id: 1 })
    t.strictSame([job_status, progress], ['DONE', 100])
    t.ok(mock.clock.get().now_ms >= startMs + 20)

    mock.jobs.create({
      job_id: 2,
      endpoint: '/alter/table',
      lifecycle: { steps: [{ hold: true }] },
    })
    const late = mock.jobs.wait(2, { timeout: '5ms' })
    await t.rejects(late, { code: 'WAIT_TIMED_OUT' })
    const changed = mock.jobs.wait(2, { timeout: '1h' })
    mock.jobs.release(2)
    t.equal((await changed).status, 'DONE')
    await mock.close()
    await t.rejects(sendHttp(port, { path: '/' }), { code: 'ECONNREFUSED' })
  })
}
