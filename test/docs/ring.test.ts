import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { FixtureClusterMove } from '../../src/fixture-format/cluster-move-format.ts'
import { FixtureCluster } from '../../src/fixture-format/ring-format.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { CLUSTER_STATES } from '../../src/scope/cluster-move.ts'
import { ringOf } from '../../src/scope/ring.ts'
import { consoleLines, runSession } from '../support/console-session.ts'
import { type Controlled, startControlled } from '../support/control.ts'
import { createJob, nextDelayMs } from '../support/exercise.ts'
import { sendHttp } from '../support/http.ts'
import { runProgram } from '../support/program.ts'
import { FIXTURE_CONTEXT, START_MS } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const page = readFileSync(new URL('../../docs/ring.md', import.meta.url), 'utf8')

/** The text of each section of the page, by its heading. */
const sections: ReadonlyMap<string, string> = new Map(
  page.split(/^## /m).map((section) => [section.split('\n')[0] ?? '', section]),
)

/** The code blocks of a section in one language. */
function blocks(heading: string, language: string): string[] {
  const code = Array.from((sections.get(heading) ?? '').matchAll(/^```(\w+)\n(.*?)^```$/gms))
  return code.filter(([, name]) => name === language).map(([, , text = '']) => text)
}

/** The cells of the rows of a section's tables. */
function rowsOf(heading: string): string[][] {
  return Array.from((sections.get(heading) ?? '').matchAll(/^\| (`.*) \|$/gm), ([, row = '']) =>
    row.replaceAll('`', '').split(' | '),
  )
}

/** Starts a server with a fixture of the page. */
function serve(t: Test, yaml: string): Promise<Controlled> {
  const loaded = loadFixtures([t.testdir({ 'ring.yaml': yaml })], FIXTURE_CONTEXT)
  t.strictSame(loaded.problems, [])
  return startControlled(t, { loaded })
}

t.test('docs/ring.md shows the real output of the commands', async (t) => {
  const [, flags = ''] = /^ {4}npm start -- (.*)$/m.exec(page) ?? []
  const argv = ['--port', '0', ...flags.split(' ')]
  const url = await runProgram(t, { argv, cwd: ROOT }).listening()
  const lines = consoleLines(page)
  t.ok(lines.length > 30, 'the page has commands')
  await runSession(t, lines, url)
})

/** What a request to the cluster `b` is answered, as the table has it. */
async function look(
  { port }: Controlled,
  sent: { readonly path: string; readonly body?: string },
): Promise<string> {
  const path = `/~default~b${sent.path}`
  const call = sent.body === undefined ? { path } : { ...sent, method: 'POST', path }
  const answer = await sendHttp(port, call).catch(({ code }) => code)
  if (answer === 'ECONNRESET') return 'reset'
  const { status, headers, body } = answer
  if (headers['content-type'] === 'text/html') return `${status} HTML`
  return `${status} ${describe(body.toString())}`.trim()
}

function describe(body: string): string {
  if (!body.startsWith('{')) return body
  const { message, data_str } = JSON.parse(body)
  const [, drained = ''] = /drained\\":\\"(\w+)/.exec(data_str) ?? []
  return message || drained
}

t.test('docs/ring.md lists what each endpoint answers in each state', async (t) => {
  const server = await startControlled(t, { ring: ringOf(2) })
  const rows: string[][] = []
  for (const state of CLUSTER_STATES) {
    await server.must('PATCH /clusters/b', { state })
    rows.push([
      state,
      await look(server, { path: '/' }),
      await look(server, { path: '/show/system/status', body: '{}' }),
      await look(server, { path: '/show/system/properties', body: '{}' }),
      await look(server, { path: '/has/table', body: '{"table_name":"orders"}' }),
    ])
  }
  t.strictSame(
    rowsOf('States').filter(({ length }) => length === 5),
    rows,
  )
})

t.test('docs/ring.md lists every key of a move and of a cluster', async (t) => {
  const keys = (heading: string) =>
    rowsOf(heading).flatMap(({ length, 0: key = '' }) => (length === 5 ? [] : [key]))
  t.strictSame(keys('States').sort(), Object.keys(FixtureClusterMove.properties).sort())
  t.strictSame(keys('URLs and host names'), Object.keys(FixtureCluster.properties))
})

t.test('docs/ring.md shows the code that the suite with Python runs', async (t) => {
  const shown = blocks('Failover', 'python')
  const suite = readFileSync(`${ROOT}examples/pytest/test_failover.py`, 'utf8')
  t.strictSame(
    shown.map((code) => suite.includes(code)),
    [true],
  )
})

/** The state of each cluster, by name. */
async function statesOf(server: Controlled): Promise<Record<string, unknown>> {
  const { clusters } = await server.must('GET /clusters')
  const list = clusters as readonly { readonly name: string; readonly state: string }[]
  return Object.fromEntries(list.map(({ name, state }) => [name, state]))
}

t.test('docs/ring.md, URLs and host names: the ring has these names', async (t) => {
  const [ring = '', compose = ''] = blocks('URLs and host names', 'yaml')
  const server = await serve(t, ring)
  t.strictSame(await statesOf(server), { east: 'up', west: 'offline' })
  const { property_map } = await server.call('/show/system/properties', { options: {} })
  const urls: string[] = Object(property_map)['conf.ha_ring_head_nodes_full'].split(';')
  t.strictSame(
    urls.map((url) => new URL(url).pathname),
    ['/', '/~default~west'],
  )
  const { services } = parse(compose)
  t.strictSame(
    services['mock-gpudb'].networks.default.aliases,
    urls.map((url) => new URL(url).hostname),
  )
})

t.test('docs/ring.md, Jobs: the example is what a scope saves', async (t) => {
  const [yaml = ''] = blocks('Jobs', 'yaml')
  const server = await serve(t, yaml)
  const found = async (cluster: string) => {
    const path = `/~default~${cluster}/get/job`
    const tags = ['local', 'lost-at-home']
    const asked = tags.map((job_tag) => server.post(path, { job_id: 0, options: { job_tag } }))
    return (await Promise.all(asked)).map(({ wrapper }) => wrapper.status)
  }
  t.strictSame(await found('a'), ['ERROR', 'ERROR'])
  t.strictSame(await found('b'), ['OK', 'OK'])
  const { jobs } = await server.must('GET /fixtures')
  const places = parse(yaml).jobs.map(({ found_on }: { found_on: unknown }) => ({ found_on }))
  t.match(jobs, places)
})

t.test('docs/ring.md, Rules, faults and the journal: the example behaves so', async (t) => {
  const server = await serve(t, blocks('Rules, faults and the journal', 'yaml')[0] ?? '')
  const table = { table_name: 'orders' }
  t.match(await server.call('/has/table', table), { table_exists: false })
  const delayMs = nextDelayMs(server)
  const slow = server.call('/~default~b/has/table', table)
  t.equal(await delayMs, 2000)
  server.clock.advance(2000)
  t.match(await slow, { table_exists: true })
  t.match(await server.must('GET /requests'), {
    requests: [
      { cluster: 'a', fault: [] },
      { cluster: 'b', fault: ['only b is slow'] },
    ],
  })
})

t.test('docs/ring.md, The timeline: the example behaves so', async (t) => {
  const server = await serve(t, blocks('The timeline', 'yaml')[0] ?? '')
  const seen: unknown[] = []
  for (let stop = 0; stop < 5; stop += 1) {
    const { now_ms } = await server.must('POST /clock/next')
    const { faults } = await server.must('GET /faults')
    const { status } = await server.must('GET /jobs/tag:nightly')
    const [{ enabled }] = faults as [{ readonly enabled: boolean }]
    seen.push([Number(now_ms) - START_MS, (await statesOf(server))['a'], enabled, status])
  }
  t.strictSame(seen, [
    [10_000, 'down', false, 'RUNNING'],
    [40_000, 'up', false, 'RUNNING'],
    [60_000, 'up', true, 'RUNNING'],
    [90_000, 'up', false, 'RUNNING'],
    [120_000, 'up', false, 'DONE'],
  ])
  t.match(await server.control('POST /clock/next'), { body: { code: 'NOTHING_AHEAD' } })
})

/** What the entries of the table do to a job in a hold, and the fault, at their time. */
const ENTRIES: readonly object[] = [
  { states: { a: 'down' } },
  { enabled: true },
  { status: 'DONE' },
  { status: 'CANCELLED' },
  { status: 'ERROR', error: 'out of memory' },
]

t.test('docs/ring.md, The timeline: every entry has its effect', async (t) => {
  const entries = rowsOf('The timeline').map(([entry = '']) => entry)
  const seen: object[] = []
  for (const entry of entries) {
    const yaml = blocks('The timeline', 'yaml')[0]?.replace(/^timeline:.*/ms, '')
    const server = await serve(t, `${yaml}timeline: [${entry}]`)
    const before = await observe(server)
    await server.must('POST /clock/next')
    const after = await observe(server)
    seen.push(Object.fromEntries(changes(before, after)))
  }
  t.strictSame(seen, ENTRIES)
})

async function observe(server: Controlled): Promise<Record<string, unknown>> {
  const { faults } = await server.must('GET /faults')
  const { status, error } = await server.must('GET /jobs/tag:nightly')
  return { states: await statesOf(server), enabled: Object(faults)[0].enabled, status, error }
}

function changes(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): [string, unknown][] {
  const isChanged = ([key, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[key])
  return Object.entries(after).filter(isChanged)
}

t.test('docs/ring.md, The timeline: entries come before steps, and miss jobs', async (t) => {
  const server = await startControlled(t)
  const { id } = await createJob(server, {
    endpoint: '/alter/table',
    request: { table_name: 'orders' },
    tag: 'nightly',
  })
  const cancel = { at: '1s', job: 'nightly', cancel: true }
  await server.must('PUT /timeline', [cancel, { at: '1s', job: 'other', release: true }])
  await server.must('POST /clock/next')
  t.match(await server.must(`GET /jobs/${id}`), { status: 'CANCELLED' })
  t.match(await server.must('GET /report'), { counts: { missed_entries: 1 } })
})

t.test('docs/ring.md, The timeline: it starts at a reset, PUT and POST', async (t) => {
  const server = await serve(t, 'timeline: [{ at: 10s, cluster: a, state: down }]')
  const dueIn = async () => {
    const { entries } = await server.must('GET /timeline')
    const list = entries as readonly { readonly at_ms: number }[]
    return list.map(({ at_ms }) => at_ms - server.mock.scopes.open('default').clock.now())
  }
  await server.must('POST /clock/advance', { by: '4s' })
  t.strictSame(await dueIn(), [6000])
  await server.must('POST /reset')
  t.strictSame(await dueIn(), [10_000])
  await server.must('POST /fixtures', { timeline: [{ at: '1s', cluster: 'a', state: 'up' }] })
  t.strictSame(await dueIn(), [1000, 10_000])
  await server.must('PUT /timeline', [{ at: '5s', cluster: 'a', state: 'up' }])
  t.strictSame(await dueIn(), [5000])
})

t.test('docs/ring.md shows the problems of wrong.yaml', async (t) => {
  const cwd = t.testdir({ 'wrong.yaml': blocks('What is rejected', 'yaml')[0] ?? '' })
  const { err } = await runProgram(t, { argv: ['validate', 'wrong.yaml'], cwd }).ended()
  t.strictSame(
    [err.trim()],
    blocks('What is rejected', 'text').map((text) => text.trim()),
  )
})

t.test('every example of docs/ring.md is tested', async (t) => {
  const count = (language: string) => page.split(`\n\`\`\`${language}\n`).length - 1
  const tested = { python: 1, yaml: 6, text: 1 }
  const found = Object.keys(tested).map((language) => [language, count(language)])
  t.strictSame(Object.fromEntries(found), tested)
})
