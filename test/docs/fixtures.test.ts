import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type LoadedFixtures, loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { valueFor } from '../../src/rules/rule.ts'
import {
  askAs,
  cancelJob,
  createJob,
  nextDelayMs,
  pollJob,
  serveFixtures,
  tryCreateJob,
} from '../support/exercise.ts'
import { runProgram } from '../support/program.ts'
import { ENCODINGS, FIXTURE_CONTEXT, START_MS, type TestServer } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const NOTHING = loadFixtures([], FIXTURE_CONTEXT)

interface Block {
  readonly language: string
  readonly text: string
}

/** The fenced blocks of the page, by the heading above them. */
const sections: ReadonlyMap<string, readonly Block[]> = new Map(
  readFileSync(join(ROOT, 'docs/fixtures.md'), 'utf8')
    .split(/^##+ /m)
    .map((section) => [
      section.split('\n')[0] ?? '',
      Array.from(section.matchAll(/```(\w+)\n(.*?)```/gs), ([, language = '', text = '']) => ({
        language,
        text,
      })),
    ]),
)

/** The examples of a section: its JSON and YAML blocks. */
function examples(heading: string): readonly Block[] {
  const blocks = sections.get(heading) ?? []
  return blocks.filter(({ language }) => language === 'json' || language === 'yaml')
}

function block(heading: string, language: string, index = 0): string {
  const found = sections.get(heading)?.filter((one) => one.language === language)[index]
  if (found === undefined) throw new Error(`Cannot find ${language} ${index} in ${heading}`)
  return found.text
}

/** Each example of a section, loaded from a file with the extension of its language. */
function loadExamples(t: Test, heading: string): LoadedFixtures[] {
  const files = examples(heading).map(({ language, text }, index) => [`${index}.${language}`, text])
  const folder = t.testdir(Object.fromEntries(files))
  const context = FIXTURE_CONTEXT
  return files.map(([name = '']) => loadFixtures([join(folder, name)], context))
}

const UP = { state: 'up', drainMs: undefined, forMs: undefined, jobs: 'keep' } as const

/** The checks of a server with an example, by section; each example of a section must pass. */
const SECTIONS: Readonly<Record<string, (t: Test, server: TestServer) => Promise<void>>> = {
  Files: async (t, server) => {
    const answer = await server.ask('json', '/has/table', { table_name: 'orders' })
    t.match(answer.response, { table_name: 'orders', table_exists: true })
    t.match(await pollJob(server, 42n), { status: 'RUNNING', progress: 0 })
  },

  Jobs: async (t, server) => {
    server.clock.advance(1999)
    t.match(await pollJob(server, 42n), { status: 'RUNNING', progress: 99 })
    server.clock.advance(1)
    const result =
      '{"backup_name":"nightly","backup_id":0,"copied_bytes":0,"copied_files":12,' +
      '"copied_records":0,"total_number_of_records":0,"info":{}}'
    const done = { status: 'DONE', progress: 100, result, error: '' }
    t.strictSame(await pollJob(server, 42n), done)
    const found = await server.call('/get/job', { options: { job_tag: 'nightly' } })
    t.equal(found['endpoint'], '/create/backup')
  },

  Lifecycles: async (t, server) => {
    server.clock.advance(2500)
    t.match(await pollJob(server, 1n), { status: 'RUNNING', progress: 10 })
    t.match(await pollJob(server, 2n), { status: 'RUNNING', progress: 50 })
    t.strictSame(await cancelJob(server, 2n), ['refused'])
    server.clock.advance(7500)
    const error = 'rank 2 is unreachable'
    t.strictSame(await pollJob(server, 2n), { status: 'ERROR', progress: 99, result: '', error })
    for (const progress of [80, 80]) t.match(await pollJob(server, 1n), { progress })
    server.clock.advance(3_600_000)
    t.match(await pollJob(server, 1n), { status: 'RUNNING', progress: 80 })
    t.strictSame(await cancelJob(server, 1n), ['cancelled'])
    server.clock.advance(999)
    t.match(await pollJob(server, 1n), { status: 'RUNNING' })
    server.clock.advance(1)
    t.match(await pollJob(server, 1n), { status: 'CANCELLED', progress: 80 })
  },

  Rules: async (t, server) => {
    const endpoint = '/insert/records/fromfiles'
    const options = { batch_size: '1000', more: 'is fine' }
    const request = { table_name: 'sales.orders', options }
    for (const encoding of ENCODINGS) {
      const answer = await server.ask(encoding, endpoint, request)
      t.match(answer, { httpStatus: 400, message: 'disk full' }, encoding)
    }
    const jobs = ENCODINGS.map((encoding) => createJob(server, { endpoint, request, encoding }))
    const pollers = await Promise.all(jobs)
    server.clock.advance(3000)
    for (const { poll } of pollers) {
      t.strictSame(await poll(), { status: 'ERROR', progress: 90, result: '', error: 'disk full' })
    }
    const misses = [
      { table_name: 'the sales.orders', options },
      { table_name: 'sales.orders', options: { batch_size: '100' } },
      { table_name: 'sales.orders', options: {} },
    ]
    for (const miss of misses) t.match(await server.ask('json', endpoint, miss), { status: 'OK' })
  },

  When: async (t, server) => {
    const look = { endpoint: '/show/schema', fields: {} }
    for (const [user, message] of [
      ['guest-1', 'guests may not look'],
      ['guest', 'guests may not look'],
      ['a guest', ''],
    ] as const) {
      t.equal((await askAs(server, { user, ...look })).message, message, user)
    }
    const sql = { endpoint: '/execute/sql', request: {} }
    const nightly = await createJob(server, { ...sql, tag: 'nightly' })
    const weekly = await createJob(server, { ...sql, tag: 'weekly' })
    server.clock.advance(1000)
    t.match(await nightly.poll(), { status: 'ERROR', error: 'the nightly job fails' })
    t.match(await weekly.poll(), { status: 'DONE' })
    t.match(await server.ask('json', '/execute/sql', {}), { message: 'JSON is too slow' })
    t.match(await server.ask('snappy', '/execute/sql', {}), { status: 'OK' })
    for (const [expressions, count_deleted] of [
      [['x > 1', 'xyz'], '7'],
      [['x > 1'], '0'],
      [['x > 1', 'y', 'z'], '0'],
      [['x > 1 ', 'y'], '0'],
    ] as const) {
      const { response } = await server.ask('binary', '/delete/records', { expressions })
      t.match(response, { count_deleted }, expressions.join())
    }
  },

  Counting: async (t, server) => {
    const locked = 'the table is locked'
    t.strictSame(await messages(server, '/clear/table', 4), [locked, locked, '', ''])
    const fails = 'only the second call fails'
    t.strictSame(await messages(server, '/show/schema', 4), ['', fails, '', ''])
  },

  Then: async (t, server) => {
    const delayMs = nextDelayMs(server)
    const pending = server.ask('json', '/show/table', {})
    t.equal(await delayMs, 250)
    server.clock.advance(250)
    t.match(await pending, { httpStatus: 404, status: 'ERROR', message: 'no such table' })
    const request = { table_name: 'orders', column_names: ['x'] }
    const failing = await createJob(server, { endpoint: '/show/table', request: {} })
    const collecting = await createJob(server, {
      endpoint: '/collect/statistics',
      request,
      encoding: 'binary',
    })
    t.match(await failing.poll(), { status: 'RUNNING' })
    server.clock.advance(1000)
    t.match(await failing.poll(), { status: 'ERROR', error: 'no such table' })
    const result = '{"table_name":"orders","column_names":["x"],"info":{"rows":"3"}}'
    t.match(await collecting.poll(), { status: 'DONE', result })
  },

  'Raw results': async (t, server) => {
    const sql = { endpoint: '/execute/sql', request: {} }
    const garbage = await createJob(server, { ...sql, encoding: 'binary', tag: 'garbage' })
    const truncated = await createJob(server, { ...sql, encoding: 'json', tag: 'truncated' })
    server.clock.advance(1000)
    t.match(await garbage.poll(), { status: 'DONE', result: '<html>502 Bad Gateway</html>' })
    t.match(await truncated.poll(), { status: 'DONE', result: '020203' })
  },

  'Job endpoints': async (t, server) => {
    const { id, poll } = await createJob(server, { endpoint: '/alter/table', request: {} })
    t.match(await poll(), { status: 'RUNNING' })
    server.clock.advance(1000)
    t.match(await poll(), { status: 'DONE' })
    const lost = await server.ask('json', '/get/job', { job_id: id })
    t.match(lost, { httpStatus: 503, message: 'try again' })
    t.match(await poll(), { status: 'DONE' })
  },

  'JSON endpoints': async (t, server) => {
    const dataOf = async (path: string, body: unknown) => {
      const { wrapper } = await server.post(path, body)
      return Object(wrapper.data)
    }
    const insert = '/insert/records/json?table_name=orders&batch_size=100'
    t.match(await dataOf(insert, [{ id: 1, note: 'x' }]), { count_inserted: 1, count_skipped: 1 })
    t.match(await dataOf('/get/records/json?table_name=orders&order_by=id%20desc&limit=1', null), {
      records: [{ id: 2, note: null }],
      total_number_of_records: 2,
      has_more_records: true,
    })
    const messages = [{ role: 'user', content: 'How many orders are there?' }]
    t.match(await dataOf('/chat/completions', { messages }), {
      status: 'OK',
      data: {
        choices: [{ message: { role: 'assistant', content: 'SELECT COUNT(*) FROM orders' } }],
      },
    })
  },

  Templates: async (t, server) => {
    const endpoint = '/create/schema'
    const request = { schema_name: 'sales', options: { no_error_if_exists: 'true' } }
    const { response } = await server.ask('snappy', endpoint, request)
    const info = { made: 'sales with true', at: String(START_MS) }
    t.match(response, { schema_name: 'sales', info: { ...info, job: ' ', count: '1' } })
    t.match(response, { info: { id: /^[0-9a-f-]{36}$/ } })
    const { id, poll } = await createJob(server, { endpoint, request, tag: 'mine' })
    server.clock.advance(1000)
    const first = await poll()
    const { result } = first
    t.match(result, `"made":"sales with true","job":"${id} mine","at":"${START_MS}","id":"`)
    t.match(result, '"count":"2"')
    server.clock.advance(1000)
    t.strictSame(await poll(), first, 'filled in once')
    const dropped = await server.ask('json', '/drop/schema', request)
    t.equal(dropped.message, 'sales is in use')
  },

  Tables: async (t, server) => {
    const table = { table_name: 'sales.orders' }
    const known = await server.ask('json', '/has/table', table)
    t.match(known.response, { table_exists: true })
    const json = await server.ask('json', '/get/records', {
      ...table,
      limit: -9999n,
      encoding: 'json',
    })
    t.match(json.response, {
      records_json: [
        '{"id":1,"customer":"ann","at":1700000000000,"note":null}',
        '{"id":9007199254740993,"customer":"bob","at":0,"note":"late"}',
      ],
      total_number_of_records: '2',
    })
    const options = { get_sizes: 'true' }
    const shown = await server.ask('binary', '/show/table', { table_name: 'sales', options })
    t.match(shown.response, { table_names: ['sales.orders'], sizes: ['2'] })
    const missing = await server.ask('binary', '/show/table', { table_name: 'orders' })
    t.match(missing, { httpStatus: 400, status: 'ERROR' })
    t.equal(missing.message, 'Table not found: "orders" does not exist')
  },

  Ring: async (t, server) => {
    const { scope } = server
    t.strictSame(
      scope.ring.clusters.map(({ name, host, state }) => [name, host, state]),
      [
        ['east', 'localhost', 'up'],
        ['west', '127.0.0.1', 'draining'],
      ],
    )
    const east = await server.ask('json', '/has/table', { table_name: 'orders' })
    t.equal(east.httpStatus, 200)
    scope.ring.move('west', UP, server.clock.now())
    const west = await server.post('/~default~west/has/table', { table_name: 'x', options: {} })
    t.match(west, { status: 400, wrapper: { message: 'west has no tables' } })
    const poll = { job_id: 0, options: { job_tag: 'nightly' } }
    t.equal((await server.post('/get/job', poll)).status, 400)
    t.equal((await server.post('/~default~west/get/job', poll)).status, 200)
  },

  Timeline: async (t, { scope, clock }) => {
    const [nightly, failing] = [{ tag: 'nightly' }, { id: 7n }]
    const look = () => {
      const jobs = [nightly, failing].map((key) => scope.jobs.get(key).state.status)
      return [scope.ring.first.state, scope.faults.list()[0]?.enabled, ...jobs]
    }
    const steps: [number, unknown][] = [
      [9999, ['up', false, 'RUNNING', 'RUNNING']],
      [10_000, ['down', false, 'RUNNING', 'RUNNING']],
      [40_000, ['up', false, 'RUNNING', 'RUNNING']],
      [60_000, ['up', true, 'RUNNING', 'RUNNING']],
      [120_000, ['up', true, 'DONE', 'ERROR']],
    ]
    for (const [atMs, expected] of steps) {
      clock.advance(START_MS + atMs - clock.now())
      scope.settle()
      t.strictSame(look(), expected, `${atMs}`)
    }
    t.equal(scope.jobs.get(failing).job.lifecycle.error, 'rank 2 is unreachable')
  },

  'When nothing matches': async (t, server) => {
    const order = { table_name: 'order' }
    const { response } = await server.ask('binary', '/has/table', order)
    t.match(response, { table_name: 'order', table_exists: false })
    t.match(server.logged.join(''), JSON.stringify(explanation).slice(1, -1))
    t.equal(server.logged.length, 1)
    t.match(await server.ask('json', '/clear/table', order), { status: 'OK' })
    t.equal(server.logged.length, 1, 'no rule is about this endpoint')
  },

  'In an editor': async (t, server) => {
    t.match(await pollJob(server, 42n), { status: 'RUNNING' })
  },
}

const explanation = block('When nothing matches', 'text').trim()

/** The messages of several calls of an endpoint without fields; empty if a call succeeded. */
async function messages(server: TestServer, endpoint: string, calls: number): Promise<string[]> {
  const given: string[] = []
  for (let call = 0; call < calls; call += 1) {
    given.push((await server.ask('json', endpoint, {})).message)
  }
  return given
}

t.test('every section of docs/fixtures.md with an example is tested', async (t) => {
  const headings = [...sections.keys()].filter((heading) => examples(heading).length > 0)
  t.strictSame(headings, Object.keys(SECTIONS))
})

for (const [heading, exercise] of Object.entries(SECTIONS)) {
  t.test(`docs/fixtures.md, ${heading}: the examples behave as described`, async (t) => {
    for (const loaded of loadExamples(t, heading)) await exercise(t, await serveFixtures(t, loaded))
  })
}

t.test('docs/fixtures.md: the JSON and YAML examples are equivalent', async (t) => {
  const [json, yaml] = loadExamples(t, 'Files')
  t.strictSame(json?.seeds, yaml?.seeds)
  const read = (loaded?: LoadedFixtures) =>
    loaded?.rules.map(({ when, text, then }) => [when, text, valueFor(then.result, when.endpoint)])
  t.equal(read(json)?.length, 1)
  t.strictSame(read(json), read(yaml))
})

t.test('docs/fixtures.md: the rules of a later file take precedence', async (t) => {
  const folder = t.testdir({
    '10-base.yaml': 'rules: [{ when: { endpoint: /has/table }, then: { error: base } }]',
    '90-special.yaml': [
      'rules:',
      '  - when: { endpoint: /has/table, request: { table_name: orders } }',
      '    then: { error: special }',
    ].join('\n'),
  })
  const loaded = loadFixtures([folder], FIXTURE_CONTEXT)
  const server = await serveFixtures(t, loaded)
  const ask = (table_name: string) => server.ask('json', '/has/table', { table_name })
  t.equal((await ask('orders')).message, 'special')
  t.equal((await ask('others')).message, 'base')
})

t.test('docs/fixtures.md: with --strict an unmatched request is explained', async (t) => {
  const [loaded = NOTHING] = loadExamples(t, 'When nothing matches')
  t.equal(loaded.rules.length, 1)
  const server = await serveFixtures(t, loaded, { strict: true })
  const request = { table_name: 'order' }
  for (const encoding of ENCODINGS) {
    const answer = await server.ask(encoding, '/has/table', request)
    t.match(answer, { httpStatus: 400, status: 'ERROR', message: explanation }, encoding)
  }
  const job = await tryCreateJob(server, { endpoint: '/has/table', request })
  t.match(job, { httpStatus: 400, message: 'Cannot match /has/table as a job: ' })
  t.match(await server.ask('json', '/show/system/status', {}), { status: 'OK' })
})

t.test('docs/fixtures.md: a rule with * ignores direct calls of job endpoints', async (t) => {
  const folder = t.testdir({
    'a.yaml': 'rules: [{ when: { endpoint: "/*" }, then: { error: never } }]',
  })
  const loaded = loadFixtures([folder], FIXTURE_CONTEXT)
  const server = await serveFixtures(t, loaded)
  t.match(await server.ask('json', '/show/system/status', {}), { status: 'OK' })
  t.match(await server.ask('json', '/admin/show/jobs', {}), { status: 'OK' })
  t.match(await server.ask('json', '/show/schema', {}), { message: 'never' })
})

t.test('docs/fixtures.md shows the real output of validate', async (t) => {
  const cwd = t.testdir({ 'rules.yaml': block('Mistakes', 'text') })
  const commands = (sections.get('Mistakes') ?? []).filter(({ language }) => language === 'console')
  t.equal(commands.length, 3)
  for (const { text } of commands) {
    const [command = '', ...printed] = text.trim().split('\n')
    const argv = command.replace('$ mock-gpudb ', '').split(' ')
    const where = command.endsWith('rules.yaml') ? cwd : ROOT
    const { code, out, err } = await runProgram(t, { argv, cwd: where }).ended()
    t.equal(`${out}${err}`.trim(), printed.join('\n'), command)
    t.equal(code, command.endsWith('rules.yaml') ? 3 : 0)
  }
})

t.test('docs/fixtures.md: start prints the same problems, and exits with 3', async (t) => {
  const cwd = t.testdir({ 'rules.yaml': block('Mistakes', 'text') })
  const argv = ['--port', '0', '--fixtures', 'rules.yaml']
  const { code, err } = await runProgram(t, { argv, cwd }).ended()
  t.equal(code, 3)
  t.equal(err.trim(), block('Mistakes', 'console').trim().split('\n').slice(1).join('\n'))
})

t.test('docs/fixtures.md: --watch loads new rules, an invalid file changes nothing', async (t) => {
  const cwd = t.testdir({ 'rules.yaml': block('Files', 'yaml') })
  const argv = ['--host', '127.0.0.1', '--port', '0', '--fixtures', '.', '--watch']
  const program = runProgram(t, { argv, cwd })
  const url = await program.listening()
  let logged = ''
  program.child.stderr?.on('data', (text) => {
    logged += text
  })
  const ask = async (path: string, body: object) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    return response.text()
  }
  const untilAsked = async (path: string, { body, text }: { body: object; text: string }) => {
    while (!(await ask(path, body)).includes(text));
  }
  const orders = { table_name: 'orders' }
  t.match(await ask('/has/table', orders), 'table_exists\\":true')
  const jobs = 'jobs: [{ job_id: 42, endpoint: /show/schema }, { job_id: 43, endpoint: /has/role }]'
  const rules = 'rules: [{ when: { endpoint: /has/table }, then: { error: it is gone } }]'
  writeFileSync(join(cwd, 'rules.yaml'), `${jobs}\n${rules}\n`)
  await untilAsked('/has/table', { body: orders, text: 'it is gone' })
  t.match(await ask('/get/job', { job_id: 43 }), '/has/role', 'a new job is created')
  t.match(await ask('/get/job', { job_id: 42 }), '/alter/table', 'a job that is there stays')
  writeFileSync(join(cwd, 'rules.yaml'), block('Mistakes', 'text'))
  while (!logged.includes('did you mean has_role?')) await ask('/has/table', orders)
  t.match(await ask('/has/table', orders), 'it is gone')
})
