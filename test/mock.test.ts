import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { startRealTimer } from '../src/clock/time-source.ts'
import { FixtureError } from '../src/fixtures/load-fixtures.ts'
import type { Logging } from '../src/http-parts/logging.ts'
import { type RunningMock, startMock } from '../src/mock.ts'
import { DEFAULT_SCOPE } from '../src/scope/scope-name.ts'
import { MAX_ENTRIES } from '../src/scope/timeline.ts'
import { sendHttp } from './support/http.ts'
import { ROOMY_CONNECTIONS, seedJob, startTestServer } from './support/server.ts'
import { openSocket } from './support/socket.ts'
import { stayAlive } from './support/stay-alive.ts'

const OPTIONS: Parameters<typeof startMock>[0] = {
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
  maxBodyBytes: 100_000,
  connections: ROOMY_CONNECTIONS,
  controlOrigins: [],
  page: 'on',
  metricsScopes: false,
  strict: false,
  maxScopes: 10,
  budgets: {
    jobBytes: 1_000_000,
    journalBytes: 1_000_000,
    ruleBytes: 1_000_000_000,
    tableBytes: 1_000_000_000,
  },
  journal: { maxRequests: 100, maxBytes: 100_000 },
  redact: [],
  watch: false,
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return JSON.parse(JSON.parse(await response.text()).data_str)
}

const FROZEN = { ...OPTIONS, clock: { mode: 'frozen' }, watch: true } as const

t.test('startMock() listens at its URL', async (t) => {
  for (const { host, form } of [
    { host: '127.0.0.1', form: /^http:\/\/127\.0\.0\.1:\d+$/ },
    { host: '0.0.0.0', form: /^http:\/\/0\.0\.0\.0:\d+$/ },
    { host: 'localhost', form: /^http:\/\/localhost:\d+$/ },
  ]) {
    const server = await startMock({ ...OPTIONS, host })
    t.match(server.url, form)
    const answer = await fetch(server.url)
    t.equal(await answer.text(), 'Kinetica is running!')
    await server.stop()
    await t.rejects(fetch(server.url))
  }
})

t.test('startMock() writes an IPv6 address in brackets', async (t) => {
  const server = await startMock({ ...OPTIONS, host: '::1' })
  t.teardown(server.stop)
  t.match(server.url, /^http:\/\/\[::1\]:\d+$/)
})

t.test('startMock() starts with the fixtures loaded', async (t) => {
  const fixtures = t.testdir({
    'a.json': '{ "jobs": [{ "job_id": 7, "endpoint": "/alter/table", "tag": "seven" }] }',
  })
  const server = await startMock({ ...OPTIONS, fixtures: [fixtures] })
  t.teardown(server.stop)
  const { info } = await post(`${server.url}/get/job`, { job_id: 7 })
  t.strictSame(info, { job_tag: 'seven' })
})

t.test('startMock() rejects with all problems of the fixtures', async (t) => {
  const folder = t.testdir({ 'a.json': '{ "job": [] }', 'b.json': '{ "jobs": 1 }' })
  const problems = [
    {
      file: `${folder}/a.json`,
      position: { line: 1, column: 3 },
      path: 'job',
      message: 'the key "job" is not known (did you mean jobs?)',
    },
    {
      file: `${folder}/b.json`,
      position: { line: 1, column: 11 },
      path: 'jobs',
      message: 'expected a list of jobs, got 1',
    },
  ]
  await t.rejects(startMock({ ...OPTIONS, fixtures: [folder] }), new FixtureError(problems))
})

t.test('startMock() rejects a port in use', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = Object(other.address())
  await t.rejects(startMock({ ...OPTIONS, port }), { code: 'EADDRINUSE' })
})

t.test('startMock() with an auto clock advances time by a poll', async (t) => {
  const server = await startMock({ ...OPTIONS, clock: { mode: 'auto' } })
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
    ['RUNNING', 25],
    ['RUNNING', 50],
    ['RUNNING', 75],
    ['DONE', 100],
    ['DONE', 100],
  ])
})

t.test('startMock() with a frozen clock never advances time', async (t) => {
  const server = await startMock({ ...OPTIONS, clock: { mode: 'frozen' } })
  t.teardown(server.stop)
  const inner = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  await post(`${server.url}/create/job`, inner)
  for (const _ of [1, 2, 3]) {
    const { job_status, progress } = await post(`${server.url}/get/job`, { job_id: 1 })
    t.strictSame([job_status, progress], ['RUNNING', 0])
  }
})

t.test('stop() does not wait forever for a request in flight', async (t) => {
  const server = await startMock(OPTIONS)
  const socket = openSocket(Number(new URL(server.url).port))
  const head = ['POST /get/job HTTP/1.1', 'Host: x', 'Content-Length: 2', 'Expect: 100-continue']
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  t.equal(await socket.next(), 'HTTP/1.1 100 Continue\r\n\r\n')
  await server.stop()
  t.equal(await socket.rest(), '')
})

const RULE = (error: string) =>
  `rules: [{ when: { endpoint: /alter/table }, then: { error: ${error} } }]`

const CALL = '{"table_name":"","action":"","value":""}'

/** A mock with a running job and a log, whose fixtures are in a folder of the test. */
async function openFolder(t: Test) {
  const folder = join(t.testdir({ fixtures: {} }), 'fixtures')
  const seeds = [seedJob({ id: 7n, tag: 'seven' })]
  const server = await startTestServer({ seeds, fixtures: [folder] })
  t.teardown(server.close)
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const { log } = Fastify({ logger: { level: 'info', stream } })
  return {
    server,
    reload: () => server.mock.reloadTo(log),
    write: (text: string) => writeFileSync(join(folder, 'a.yaml'), text),
    folder,
    logged: () => lines.splice(0).map((line) => JSON.parse(line)),
    answer: async () => (await server.post('/alter/table', CALL)).wrapper.message,
  }
}

t.test('reloadTo() replaces the old rules with the new ones', async (t) => {
  const { write, reload, answer, logged } = await openFolder(t)
  for (const { error, changes } of [
    { error: 'one', changes: '1 file added, 1 rule added' },
    { error: 'two', changes: '1 file changed, 1 rule changed' },
  ]) {
    write(RULE(error))
    reload()
    t.equal(await answer(), error)
    t.strictSame(
      logged().map(({ level, msg }) => [level, msg]),
      [[30, `reloaded the fixtures: ${changes}: now 0 jobs and 1 rule`]],
    )
  }
  write('{}')
  reload()
  t.equal(await answer(), '')
})

t.test(
  'reloadTo() lets requests be found by names of rules and faults that are gone',
  async (t) => {
    const { server, write, reload } = await openFolder(t)
    const found = async (query: string) => {
      return (await sendHttp(server.port, { path: `/__mock/requests?${query}` })).status
    }
    const fixture = (name: string) => `rules:
- { name: ${name}, when: { endpoint: /alter/table }, then: { error: no } }
faults:
- { name: ${name}, delay: 0s }
`
    for (const name of ['one', 'two']) {
      write(fixture(name))
      reload()
    }
    const queries = ['rule=one', 'fault=one', 'rule=on', 'fault=on']
    t.strictSame(await Promise.all(queries.map(found)), [200, 200, 400, 400])
  },
)

t.test('F14: reloadTo() logs what changed, and warns if no rule is left', async (t) => {
  const { write, reload, logged, folder } = await openFolder(t)
  const lines = () => logged().map(({ level, msg }) => [level, msg])
  const say = (text: string) => [30, `reloaded the fixtures: ${text}`]
  write(`jobs: [{ tag: a, endpoint: /alter/role }]\n${RULE('one')}`)
  writeFileSync(join(folder, 'b.yaml'), RULE('two'))
  reload()
  t.strictSame(lines(), [say('2 files added, 1 job added, 2 rules added: now 1 job and 2 rules')])
  reload()
  t.strictSame(lines(), [say('nothing changed: now 1 job and 2 rules')])
  rmSync(join(folder, 'b.yaml'))
  reload()
  t.strictSame(lines(), [say('1 file removed, 1 rule removed: now 1 job and 1 rule')])
  rmSync(join(folder, 'a.yaml'))
  reload()
  t.strictSame(lines(), [
    say('1 file removed, 1 job removed, 1 rule removed: now 0 jobs and 0 rules'),
    [40, 'the fixtures have no rules any more: all were removed'],
  ])
  write('{}')
  reload()
  t.strictSame(lines(), [say('1 file added: now 0 jobs and 0 rules')])
})

t.test('reloadTo() changes the ring and the timeline, and says so', async (t) => {
  const { server, write, reload, logged } = await openFolder(t)
  const { scope, clock } = server
  const ring = (names: string) => `ring: { clusters: [${names}] }\n`
  const down = 'timeline: [{ at: 1s, cluster: a, state: down }]\n'
  const said = (text: string) => {
    reload()
    t.strictSame(
      logged().map(({ msg }) => msg),
      [`reloaded the fixtures: ${text}`],
    )
    scope.settle()
    return scope.ring.clusters.map(({ name, state }) => `${name} ${state}`)
  }
  write(ring('{ name: a }, { name: b }') + down)
  const two = 'a ring of 2 clusters and 1 timeline entry'
  const both = `1 file added, ring added, 1 timeline entry added: now 0 jobs, 0 rules, ${two}`
  t.strictSame(said(both), ['a up', 'b up'])
  clock.advance(600)
  write(`# moved\n${ring('{ name: a }, { name: c, state: draining }')}${down}`)
  const changed = `1 file changed, ring changed: now 0 jobs, 0 rules, ${two}`
  t.strictSame(said(changed), ['a up', 'c draining'])
  clock.advance(400)
  const same = `1 file changed: now 0 jobs, 0 rules, ${two}`
  write(`${ring('{ name: a }, { name: c, state: draining }')}${down}`)
  t.strictSame(said(same), ['a down', 'c draining'], 'the timeline went on')
  write(ring('{ name: a }, { name: c, state: draining }') + down.replace('down', 'offline'))
  const other = `1 file changed, 1 timeline entry changed: now 0 jobs, 0 rules, ${two}`
  t.strictSame(said(other), ['a down', 'c draining'])
  clock.advance(999)
  scope.settle()
  t.equal(scope.ring.first.state, 'down')
  clock.advance(1)
  scope.settle()
  t.equal(scope.ring.first.state, 'offline', 'the changed timeline started at the reload')
  write('rules: []')
  const gone = '1 file changed, ring removed, 1 timeline entry removed: now 0 jobs and 0 rules'
  t.strictSame(said(gone), ['a up'])
})

t.test(
  'reloadTo() refuses another ring once clients have called, and changes no scope',
  async (t) => {
    const { server, write, reload, answer, logged } = await openFolder(t)
    const two = 'ring: { clusters: [{ name: a }, { name: b }] }\n'
    server.mock.scopes.open('quiet')
    await answer()
    write(`${two}${RULE('new')}`)
    reload()
    const reason = 'clients have called, and know the present one: reset the scope first'
    t.match(logged(), [
      { msg: `Cannot reload the fixtures: Cannot change the ring of scope default: ${reason}` },
    ])
    for (const { ring, rules } of server.mock.scopes.list()) {
      t.strictSame([ring.isHa, rules.size], [false, 0])
    }
  },
)

t.test('reloadTo() refuses too many entries of a timeline', async (t) => {
  const { server, write, reload, logged, folder } = await openFolder(t)
  const entries = `timeline: [${'{ at: 0, job: 1, cancel: true },'.repeat(MAX_ENTRIES)}]`
  write(entries)
  writeFileSync(join(folder, 'b.yaml'), entries)
  reload()
  t.match(logged(), [{ msg: /^Cannot reload the fixtures: Cannot take 20000 entries/ }])
  t.strictSame(server.scope.timeline.list(), [])
})

t.test('F5: rules that did not change keep their counts in a reload', async (t) => {
  const { server, write, reload, answer, folder } = await openFolder(t)
  const rules = (first: string) => `rules:
${first}
- { when: { endpoint: /alter/table, nth: 4 }, then: { error: fourth } }
- { when: { endpoint: /alter/table }, times: 2, then: { error: twice } }
- { name: last, when: { endpoint: /alter/table }, then: { error: last } }
`
  const counts = () => server.scope.rules.list().map(({ rule, answered }) => [rule.name, answered])
  write(rules('# nothing'))
  reload()
  t.equal(await answer(), 'twice')
  // The rules move by a line, and with the second reload into another file.
  write(rules('- { name: other, when: { endpoint: /alter/role }, then: {} }'))
  reload()
  const moved = join(folder, 'a.yaml')
  t.strictSame(counts(), [
    ['other', 0],
    [`${moved}:3`, 0],
    [`${moved}:4`, 1],
    ['last', 0],
  ])
  t.equal(await answer(), 'twice')
  renameSync(moved, join(folder, 'b.yaml'))
  reload()
  t.equal(await answer(), 'last')
  t.equal(await answer(), 'fourth')
  writeFileSync(join(folder, 'b.yaml'), rules('').replace('error: twice', 'error: again'))
  reload()
  t.strictSame(counts(), [
    [`${folder}/b.yaml:3`, 1],
    [`${folder}/b.yaml:4`, 0],
    ['last', 1],
  ])
  t.equal(await answer(), 'again')
})

t.test('F5: rules that are written alike keep one count each', async (t) => {
  const { server, write, reload, answer } = await openFolder(t)
  const rule = '- { when: { endpoint: /alter/table }, times: 1, then: { error: once } }\n'
  write(`rules:\n${rule}${rule}`)
  reload()
  t.strictSame([await answer(), await answer(), await answer()], ['once', 'once', ''])
  write(`rules:\n${rule}${rule}${rule}`)
  reload()
  t.strictSame(
    server.scope.rules.list().map(({ answered }) => answered),
    [1, 1, 0],
  )
})

const SHORT_FAULTS = `faults:
- { when: { endpoint: /alter/table }, skip: 1, times: 2, fault: { http: { status: 502, page: wrapper } } }
- { name: early, for: 10s, delay: 0 }
`

t.test('F5: faults that did not change stay as they are in a reload', async (t) => {
  const { server, write, reload, folder } = await openFolder(t)
  const status = async () => (await server.post('/alter/table', CALL)).status
  const faults = () => {
    const all = server.scope.faults.list()
    return all.map(({ id, seen, hits, fault }) => [id, fault.name, seen, hits])
  }
  const moved = join(folder, 'a.yaml')
  write(SHORT_FAULTS)
  reload()
  t.strictSame([await status(), await status()], [200, 502])
  server.clock.advance(9999)
  // The faults move by a line; the first one has no name but its place.
  write(`# moved\n${SHORT_FAULTS}- { delay: 0 }\n`)
  reload()
  t.strictSame(faults(), [
    ['fault-1', `${moved}:3`, 2, 1],
    ['fault-2', 'early', 2, 2],
    ['fault-3', `${moved}:5`, 0, 0],
  ])
  t.strictSame([await status(), await status()], [502, 200])
  server.clock.advance(1)
  t.equal(await status(), 200)
  t.strictSame(faults()[1], ['fault-2', 'early', 4, 4], 'its time went on')
  write(SHORT_FAULTS.replace('name: early', 'name: renamed').replace('skip: 1', 'skip: 0'))
  reload()
  t.strictSame(faults(), [
    ['fault-4', `${moved}:2`, 0, 0],
    ['fault-5', 'renamed', 0, 0],
  ])
})

t.test('F7: a folder that was missing at the start may stay missing', async (t) => {
  const root = t.testdir({ here: { 'a.yaml': RULE('one') } })
  const [here, absent] = [join(root, 'here'), join(root, 'absent')]
  const server = await startMock({ ...FROZEN, fixtures: [here, absent], watch: false })
  t.teardown(server.stop)
  const reload = () => fetch(`${server.url}/__mock/reload`, { method: 'POST' })
  writeFileSync(join(here, 'a.yaml'), RULE('two'))
  t.equal((await reload()).status, 204)
  t.equal(await messageOf(server), 'two')
  mkdirSync(absent)
  writeFileSync(join(absent, 'b.yaml'), RULE('three'))
  t.equal((await reload()).status, 204)
  t.equal(await messageOf(server), 'three')
  rmSync(absent, { recursive: true })
  t.equal((await reload()).status, 422)
  t.equal(await messageOf(server), 'three')
})

for (const { level, count } of [
  { level: 'warn', count: 1 },
  { level: 'info', count: 1 },
  { level: 'error', count: 0 },
  { level: 'silent', count: 0 },
] as const) {
  t.test(
    `F14: POST /reload at the log level ${level} logs ${count} lines of changes`,
    async (t) => {
      const folder = t.testdir({ 'a.yaml': RULE('one') })
      const { lines, logging } = collectLog()
      const options = { ...FROZEN, watch: false, logging: { ...logging, level } }
      const server = await startMock({ ...options, fixtures: [folder] })
      t.teardown(server.stop)
      writeFileSync(join(folder, 'a.yaml'), RULE('two'))
      await fetch(`${server.url}/__mock/reload`, { method: 'POST' })
      const text = 'reloaded the fixtures: 1 file changed, 1 rule changed: now 0 jobs and 1 rule'
      t.equal(lines.filter((line) => line.includes(text)).length, count)
    },
  )
}

t.test('reloadTo() changes nothing if a file is invalid, and logs the reason', async (t) => {
  const { server, write, reload, answer, logged, folder } = await openFolder(t)
  write(RULE('one'))
  reload()
  logged()
  for (const { text, problem } of [
    {
      text: `jobs: [{ job_id: 8, endpoint: /alter/table }]\nrule: []`,
      problem: '2:1: rule: the key "rule"',
    },
    { text: '{', problem: '1:2: this is not YAML' },
  ]) {
    write(text)
    reload()
    t.equal(await answer(), 'one')
    t.equal(server.scope.jobs.find({ id: 8n }), undefined)
    const [line, named, ...more] = logged()
    t.strictSame([line.level, line.msg], [50, 'Cannot reload the fixtures: 1 problem'])
    t.equal(named.level, 50)
    t.match(named.msg, `${folder}/a.yaml:${problem}`)
    t.strictSame(more, [])
  }
  write(RULE('two'))
  reload()
  t.equal(await answer(), 'two')
})

t.test('reloadTo() creates new jobs, and keeps those that run', async (t) => {
  const { server, write, reload } = await openFolder(t)
  server.clock.advance(400)
  write(`jobs:
  - { job_id: 7, endpoint: /alter/table, lifecycle: { outcome: ERROR, duration: 0 } }
  - { tag: seven, endpoint: /alter/table }
  - { job_id: 8, endpoint: /alter/role }
  - { tag: nine, endpoint: /alter/role }
  - { endpoint: /alter/role }
`)
  for (const _ of [1, 2]) {
    reload()
    const jobs = server.scope.jobs.list()
    t.strictSame(
      jobs.map(({ job, progress }) => [job.id, job.endpoint, progress]),
      [
        [7n, '/alter/table', 40],
        [8n, '/alter/role', 0],
        [1n, '/alter/role', 0],
      ],
    )
  }
})

t.test('later scopes and resets start with the last good fixtures', async (t) => {
  const { server, write, reload, folder, logged } = await openFolder(t)
  const { scopes } = server.mock
  const startsWith = async (name: string) => {
    scopes.reset(DEFAULT_SCOPE)
    const seen = ['', `/~${name}`].map(async (base) => {
      const jobs = scopes.open(base === '' ? DEFAULT_SCOPE : name).jobs.list()
      const { wrapper } = await server.post(`${base}/alter/table`, CALL)
      return [jobs.map(({ job }) => job.tag), wrapper.message]
    })
    const [own, other] = await Promise.all(seen)
    t.strictSame(other, own, name)
    return own
  }
  t.strictSame(await startsWith('a'), [['seven'], ''])
  write(`jobs: [{ tag: eight, endpoint: /alter/role }]\n${RULE('one')}`)
  reload()
  t.strictSame(await startsWith('b'), [['eight'], 'one'])
  write(`jobs: [{ tag: nine, endpoint: /alter/role }]\n${RULE('two')}\nrule: []`)
  reload()
  t.strictSame(await startsWith('c'), [['eight'], 'one'])
  logged()
  rmSync(folder, { recursive: true })
  reload()
  t.strictSame(
    logged().map(({ level, msg }) => [level, msg]),
    [
      [50, 'Cannot reload the fixtures: 1 problem'],
      [50, `${folder}: does not exist`],
    ],
  )
  t.strictSame(await startsWith('d'), [['eight'], 'one'])
  mkdirSync(folder)
  write(RULE('three'))
  reload()
  t.strictSame(await startsWith('e'), [[], 'three'])
})

t.test('reloadTo() changes no scope if new jobs exceed the limit of one', async (t) => {
  const { server, write, reload, logged } = await openFolder(t)
  const full = server.mock.scopes.open('full')
  // A test server allows a thousand jobs.
  for (let made = 1; made < 1000; made += 1) full.jobs.add(seedJob())
  write(`jobs: [{ tag: more, endpoint: /alter/table }]\n${RULE('one')}`)
  reload()
  t.strictSame(
    logged().map(({ level, msg }) => [level, msg]),
    [
      [
        50,
        'Cannot reload the fixtures: Cannot create all new jobs: there are 1000 of at most 1000, raise max-jobs',
      ],
    ],
  )
  for (const name of ['default', 'full', 'new']) {
    const { jobs, rules } = server.mock.scopes.open(name)
    t.strictSame([jobs.find({ tag: 'more' }), rules.size], [undefined, 0], name)
  }
})

t.test('reloadTo() changes no scope if all jobs exceed the limit of a new one', async (t) => {
  const { server, write, reload, logged } = await openFolder(t)
  const jobs = Array.from({ length: 1001 }, () => ({ endpoint: '/alter/table' }))
  write(JSON.stringify({ jobs, rules: [{ when: { endpoint: '/alter/role' }, then: {} }] }))
  reload()
  t.strictSame(
    logged().map(({ level, msg }) => [level, msg]),
    [
      [
        50,
        'Cannot reload the fixtures: Cannot create a job: the maximum of 1000 is reached, raise max-jobs',
      ],
    ],
  )
  t.equal(server.scope.rules.size, 0)
  t.equal(server.mock.scopes.reset(DEFAULT_SCOPE).jobs.count(), 1)
})

t.test('reloadTo() rethrows an unexpected error', async (t) => {
  const { server, write, reload } = await openFolder(t)
  write('jobs: [{ tag: more, endpoint: /alter/table }]')
  const broken = new Error('no memory')
  server.scope.prepareFixtures = () => {
    throw broken
  }
  t.throws(reload, broken)
})

/** The settings of a log at the level info, and the lines that it writes. */
function collectLog(): { readonly lines: string[]; readonly logging: Logging } {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  return { lines, logging: { level: 'info', format: 'json', write } }
}

/** Repeats a request, a few times a second, until the answer is as expected; a minute at most. */
async function until(ask: () => Promise<unknown>, expected: unknown): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await ask()) === expected) return
    await new Promise<void>((resolve) => startRealTimer(100, resolve))
  }
  throw new Error(`Waited for ${expected} for a minute, got ${await ask()}`)
}

async function messageOf({ url }: RunningMock): Promise<unknown> {
  const response = await fetch(`${url}/alter/table`, { method: 'POST', body: CALL })
  return Object(await response.json()).message
}

t.test('startMock() with watch reloads changed files, and ignores an invalid one', async (t) => {
  stayAlive(t)
  const folder = t.testdir({
    'a.yaml': `jobs: [{ job_id: 7, endpoint: /alter/table }]\n${RULE('one')}`,
  })
  const write = (text: string) => writeFileSync(join(folder, 'a.yaml'), text)
  const { lines, logging } = collectLog()
  const server = await startMock({ ...FROZEN, fixtures: [folder], logging })
  t.teardown(server.stop)
  t.equal(await messageOf(server), 'one')
  const running = server.mock.scopes.open(DEFAULT_SCOPE).jobs.get({ id: 7n }).job

  write(RULE('two'))
  await until(() => messageOf(server), 'two')
  t.equal(server.mock.scopes.open(DEFAULT_SCOPE).jobs.get({ id: 7n }).job, running)

  write('rules: 7')
  const isLogged = async () => lines.some((line) => line.includes('Cannot reload the fixtures'))
  await until(async () => {
    t.equal(await messageOf(server), 'two')
    return isLogged()
  }, true)
  t.match(lines.join(''), 'a.yaml:1:8: rules: expected a list of rules, got 7')
  t.equal(await messageOf(server), 'two')

  write(`jobs: [{ job_id: 8, tag: eight, endpoint: /alter/role }]\n${RULE('three')}`)
  await until(() => messageOf(server), 'three')
  t.equal(server.mock.scopes.open(DEFAULT_SCOPE).jobs.get({ tag: 'eight' }).state.status, 'RUNNING')
  t.equal(server.mock.scopes.open(DEFAULT_SCOPE).jobs.get({ id: 7n }).job, running)
})

t.test('F5: startMock() with watch keeps faults that did not change', async (t) => {
  stayAlive(t)
  const fault =
    'faults: [{ name: once, times: 1, fault: { http: { status: 200, phrase: broken } } }]'
  const folder = t.testdir({ 'a.yaml': `${fault}\n${RULE('one')}` })
  const server = await startMock({ ...FROZEN, fixtures: [folder] })
  t.teardown(server.stop)
  const { faults } = server.mock.scopes.open(DEFAULT_SCOPE)
  const ask = () => fetch(`${server.url}/alter/table`, { method: 'POST', body: CALL })
  t.equal((await ask()).statusText, 'broken')
  writeFileSync(join(folder, 'a.yaml'), `${RULE('two')}\n${fault}`)
  await until(() => messageOf(server), 'two')
  t.match(faults.list(), [{ id: 'fault-1', hits: 1, left: 0 }])
})

t.test('startMock() with watch reloads no files after stop()', async (t) => {
  stayAlive(t)
  const folder = t.testdir({ 'a.yaml': RULE('one') })
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const logging = { level: 'info', format: 'json', write } as const
  const options = { ...FROZEN, fixtures: [folder], logging }
  const stopped = await startMock(options)
  const going = await startMock({ ...options, logging: OPTIONS.logging })
  t.teardown(going.stop)
  await stopped.stop()
  writeFileSync(join(folder, 'a.yaml'), RULE('two'))
  // Both check for changes in turn: by now, the stopped one would have seen the change.
  await until(() => messageOf(going), 'two')
  writeFileSync(join(folder, 'a.yaml'), RULE('three'))
  await until(() => messageOf(going), 'three')
  const [rule] = stopped.mock.scopes.open(DEFAULT_SCOPE).rules.list()
  t.equal(rule?.rule.then.error, 'one')
  t.strictSame(
    lines.filter((line) => line.includes('reloaded')),
    [],
  )
})

t.test('startMock() counts no dropped lines of a log that drops none', async (t) => {
  stayAlive(t)
  const logging = { level: 'silent', format: 'json', write: () => undefined } as const
  const { url, stop } = await startMock({ ...FROZEN, fixtures: [], logging, watch: false })
  t.teardown(stop)
  const answer = await fetch(`${url}/__mock/metrics`)
  t.match(await answer.text(), /^mock_gpudb_log_dropped_total 0$/m)
})

t.test('startMock() without watch reads its files once', async (t) => {
  stayAlive(t)
  const folder = t.testdir({ 'a.yaml': RULE('one') })
  const logging = { level: 'silent', format: 'json', write: () => undefined } as const
  const options = { ...FROZEN, fixtures: [folder], logging }
  const [still, watching] = [
    await startMock({ ...options, watch: false }),
    await startMock(options),
  ]
  t.teardown(still.stop)
  t.teardown(watching.stop)
  writeFileSync(join(folder, 'a.yaml'), RULE('two'))
  await until(() => messageOf(watching), 'two')
  t.equal(await messageOf(still), 'one')
})

t.test('startMock() with watch changes no scope if new rules exceed its limit', async (t) => {
  stayAlive(t)
  const folder = t.testdir({ 'a.yaml': RULE('one') })
  const { lines, logging } = collectLog()
  const server = await startMock({ ...FROZEN, fixtures: [folder], logging })
  t.teardown(server.stop)
  const { scopes } = server.mock
  const [rule] = scopes.open(DEFAULT_SCOPE).rules.list()
  // A scope allows 100,000 rules.
  scopes.open('full').rules.add(Array.from({ length: 99_999 }, () => Object(rule).rule))
  writeFileSync(
    join(folder, 'b.yaml'),
    `jobs: [{ tag: new, endpoint: /alter/role }]\n${RULE('two')}`,
  )
  const refused = 'Cannot reload the fixtures: Cannot take 100001 rules: the maximum is 100000'
  await until(async () => lines.some((line) => line.includes(refused)), true)
  t.strictSame(
    scopes.list().map(({ rules, jobs }) => [rules.size, jobs.count()]),
    [
      [1, 0],
      [100_000, 0],
    ],
  )
  t.equal(await messageOf(server), 'one')
  t.equal(scopes.reset(DEFAULT_SCOPE).rules.size, 1)
})
