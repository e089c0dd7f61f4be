import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { DEFAULT_SCOPE } from '../../src/scope/scope-table.ts'
import { reloadToLog } from '../../src/server/reload-fixtures.ts'
import { ScopeSources } from '../../src/server/scope-sources.ts'
import {
  type RunningServer,
  type ServerOptions,
  startServer,
} from '../../src/server/start-server.ts'
import { catalogue, seedJob, startTestServer } from '../support/server.ts'
import { stayAlive } from '../support/stay-alive.ts'

const RULE = (error: string) =>
  `rules: [{ when: { endpoint: /alter/table }, then: { error: ${error} } }]`

const CALL = '{"table_name":"","action":"","value":""}'

/** A scope with a job that runs, and a log, on a folder that a test writes to. */
async function openFolder(t: Test) {
  const folder = t.testdir({})
  const server = await startTestServer({ seeds: [seedJob({ id: 7n, tag: 'seven' })] })
  t.teardown(server.close)
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const { log } = Fastify({ logger: { level: 'info', stream } })
  return {
    server,
    reload: () => {
      const { scopes } = server.control
      const sources = new ScopeSources(OPTIONS, { seeds: [], rules: [] })
      const context = { fixtures: [folder], catalogue, defaultDurationMs: 1000 }
      reloadToLog({ ...context, scopes, sources }, log)
    },
    write: (text: string) => writeFileSync(join(folder, 'a.yaml'), text),
    folder,
    logged: () => lines.splice(0).map((line) => JSON.parse(line)),
    answer: async () => (await server.post('/alter/table', CALL)).wrapper.message,
  }
}

t.test('reloadToLog() puts new rules in place of the old ones', async (t) => {
  const { write, reload, answer, logged } = await openFolder(t)
  for (const error of ['one', 'two']) {
    write(RULE(error))
    reload()
    t.equal(await answer(), error)
    t.match(logged(), [{ level: 30, msg: 'reloaded the fixtures: 1 rules' }])
  }
  write('{}')
  reload()
  t.equal(await answer(), '')
})

t.test('reloadToLog() keeps all as it was where a file is wrong, and says why', async (t) => {
  const { server, write, reload, answer, logged, folder } = await openFolder(t)
  write(RULE('one'))
  reload()
  logged()
  for (const { text, problem } of [
    {
      text: `jobs: [{ job_id: 8, endpoint: /alter/table }]\nrule: []`,
      problem: '2:1: the key "rule"',
    },
    { text: '{', problem: '1:2: this is not YAML' },
  ]) {
    write(text)
    reload()
    t.equal(await answer(), 'one')
    t.equal(server.scope.jobs.find({ id: 8n }), undefined)
    const [line, ...more] = logged()
    t.equal(line.level, 50)
    t.match(line.msg, 'Cannot reload the fixtures: Cannot use the fixtures: ')
    t.match(line.msg, `${folder}/a.yaml:${problem}`)
    t.strictSame(more, [])
  }
  write(RULE('two'))
  reload()
  t.equal(await answer(), 'two')
})

t.test('reloadToLog() creates new jobs, and leaves those that run', async (t) => {
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

t.test('reloadToLog() says where there is no room for new jobs', async (t) => {
  const { server, write, reload, logged } = await openFolder(t)
  // A test server has room for a thousand jobs.
  for (let made = 1; made < 1000; made += 1) server.scope.jobs.create(seedJob())
  write('jobs: [{ tag: more, endpoint: /alter/table }]')
  reload()
  t.match(logged(), [{ level: 50, msg: /Cannot create a job: there are 1000 jobs already/ }])
  t.equal(server.scope.jobs.find({ tag: 'more' }), undefined)
})

t.test('reloadToLog() passes on what is no refusal', async (t) => {
  const { server, write, reload } = await openFolder(t)
  write('jobs: [{ tag: more, endpoint: /alter/table }]')
  const broken = new Error('no memory')
  server.scope.addMissingSeeds = () => {
    throw broken
  }
  t.throws(reload, broken)
})

const OPTIONS: Omit<ServerOptions, 'fixtures' | 'logging'> = {
  host: '127.0.0.1',
  port: 0,
  clock: { mode: 'frozen' },
  pollAdvanceMs: 250,
  defaultDurationMs: 1000,
  limits: { maxJobs: 100, maxFinished: 100, retentionMs: 3_600_000 },
  access: { users: [] },
  basePaths: [],
  bodyLimit: 10_000,
  strict: false,
  maxScopes: 10,
  journal: { maxRequests: 100, maxBytes: 100_000 },
  watch: true,
}

/** Asks again until the answer is the one that is wanted; the test's own time limit ends it. */
async function until(ask: () => Promise<unknown>, wanted: unknown): Promise<void> {
  while ((await ask()) !== wanted);
}

async function messageOf({ url }: RunningServer): Promise<unknown> {
  const response = await fetch(`${url}/alter/table`, { method: 'POST', body: CALL })
  return Object(await response.json()).message
}

t.test('startServer() with watch follows its files, and a bad edit changes nothing', async (t) => {
  stayAlive(t)
  const folder = t.testdir({
    'a.yaml': `jobs: [{ job_id: 7, endpoint: /alter/table }]\n${RULE('one')}`,
  })
  const write = (text: string) => writeFileSync(join(folder, 'a.yaml'), text)
  const lines: string[] = []
  const logging = {
    level: 'info',
    format: 'json',
    write: (line: string) => void lines.push(line),
  } as const
  const server = await startServer({ ...OPTIONS, fixtures: [folder], logging })
  t.teardown(server.stop)
  t.equal(await messageOf(server), 'one')
  const running = server.control.scopes.open(DEFAULT_SCOPE).jobs.get({ id: 7n }).job

  write(RULE('two'))
  await until(() => messageOf(server), 'two')
  t.equal(server.control.scopes.open(DEFAULT_SCOPE).jobs.get({ id: 7n }).job, running)

  write('rules: 7')
  const told = async () => lines.some((line) => line.includes('Cannot reload the fixtures'))
  await until(async () => {
    t.equal(await messageOf(server), 'two')
    return told()
  }, true)
  t.match(lines.join(''), 'a.yaml:1:8: expected a list of rules, got 7')
  t.equal(await messageOf(server), 'two')

  write(`jobs: [{ job_id: 8, tag: eight, endpoint: /alter/role }]\n${RULE('three')}`)
  await until(() => messageOf(server), 'three')
  t.equal(
    server.control.scopes.open(DEFAULT_SCOPE).jobs.get({ tag: 'eight' }).state.status,
    'RUNNING',
  )
  t.equal(server.control.scopes.open(DEFAULT_SCOPE).jobs.get({ id: 7n }).job, running)
})

t.test('startServer() without watch reads its files once', async (t) => {
  stayAlive(t)
  const folder = t.testdir({ 'a.yaml': RULE('one') })
  const logging = { level: 'silent', format: 'json', write: () => undefined } as const
  const options = { ...OPTIONS, fixtures: [folder], logging }
  const [still, watching] = [
    await startServer({ ...options, watch: false }),
    await startServer(options),
  ]
  t.teardown(still.stop)
  t.teardown(watching.stop)
  writeFileSync(join(folder, 'a.yaml'), RULE('two'))
  await until(() => messageOf(watching), 'two')
  t.equal(await messageOf(still), 'one')
})
