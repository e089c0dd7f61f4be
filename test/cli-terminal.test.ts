import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../src/cli.ts'
import { makeCertificate } from './support/certificate.ts'
import { FakeHost } from './support/cli-host.ts'
import { type Controlled, startControlled } from './support/control.ts'
import { jobOf } from './support/job-definition.ts'

/** Runs a command to its end. */
async function run(argv: readonly string[], host = new FakeHost()) {
  const code = await main(argv, host)
  return { code, out: host.out, err: host.err }
}

/** Resolves when a host has printed a text. */
async function until(host: FakeHost, text: string): Promise<void> {
  while (!host.out.includes(text)) await once(host, 'out')
}

/** A mock with a rule and two jobs, to which clients have sent requests. */
async function startUsed(t: Parameters<typeof startControlled>[0]): Promise<Controlled> {
  const server = await startControlled(t, {
    seeds: [
      jobOf({ tag: 'nightly', endpoint: '/create/backup', id: 42n, keep: 'always' }),
      jobOf({ tag: 'large', id: 2n ** 63n - 1n, keep: 'always' }),
    ],
  })
  await server.must('POST /rules', {
    name: 'orders exist',
    when: { endpoint: '/has/table', request: { table_name: 'orders' } },
    then: {},
  })
  await server.post('/has/table', { table_name: 'orders' })
  await server.post('/has/table', { table_name: 'items\u001b[2J\u202e' })
  await server.post('/get/job', { job_id: 42 })
  return server
}

t.test('main() status shows the default scope of a mock', async (t) => {
  const { url } = await startUsed(t)
  const { code, out, err } = await run(['status', url])
  t.strictSame([code, err], [0, ''])
  t.strictSame(out.split('\n').slice(1, 7), [
    'clock     frozen, 2023-11-14 22:13:20.000, next change in 1s',
    'jobs      2 RUNNING',
    'requests  3, 1 unmatched',
    '',
    'SCOPE    JOBS  RULES  FAULTS  REQUESTS  UNMATCHED',
    'default     2      1       0         3          1',
  ])
  t.match(out, '    request.table_name: expected "orders", got "items\\u001b[2J\\u202e"\n')
})

t.test('main() requests lists requests, with what answered them', async (t) => {
  const { url } = await startUsed(t)
  const { code, out, err } = await run(['requests', url, '--limit', '2'])
  t.strictSame([code, err], [0, ''])
  t.strictSame(out.split('\n'), [
    '   ID  TIME          ENDPOINT                  HTTP  ANSWER',
    '    2  22:13:20.000  /has/table                 200  unmatched: request.table_n…',
    '    3  22:13:20.000  /get/job                   200  job 42 RUNNING',
    '2 of 3 requests',
    '',
  ])
  const polls = await run(['--endpoint', '/get/*', 'requests', url])
  t.strictSame(polls.out.split('\n').length, 3)
  const explained = await run(['requests', '--unmatched', url])
  t.strictSame(explained.out.split('\n').slice(1), [
    '    2  22:13:20.000  /has/table                 200  unmatched',
    '    the nearest rule is orders exist',
    '    request.table_name: expected "orders", got "items\\u001b[2J\\u202e"',
    '',
  ])
  const unmatched = await run(['requests', '--unmatched', '--json', url])
  t.match(JSON.parse(unmatched.out), {
    requests: [{ id: 2, request: { table_name: 'items\u001b[2J\u202e' } }],
    total: 1,
    dropped: 0,
  })
  t.notMatch(unmatched.out.trim(), /[\p{Cc}\p{Cf}]/u)
})

t.test('main() jobs lists jobs, with every digit of their ids', async (t) => {
  const { url } = await startUsed(t)
  const { code, out, err } = await run(['jobs', url, '--status', 'running'])
  t.strictSame([code, err], [0, ''])
  t.strictSame(out.split('\n'), [
    '                 ID  TAG      ENDPOINT          STATUS   %  POLLS  NEXT',
    '                 42  nightly  /create/backup    RUNNING  0      1  in 1s',
    '9223372036854775807  large    /alter/table      RUNNING  0      0  in 1s',
    '',
  ])
  const json = await run(['jobs', '--json', url, '--limit', '1'])
  t.match(json.out, '"job_id":9223372036854775807,')
  t.match(JSON.parse(json.out), { jobs: [{ lifecycle: {} }], total: 2 })
  t.match((await run(['jobs', url, '--limit', '1'])).out, /\n1 of 2 jobs\n$/)
})

t.test('main() says that there are no requests and jobs', async (t) => {
  const { url } = await startControlled(t)
  t.equal((await run(['requests', url])).out, 'no requests\n')
  t.equal((await run(['requests', '--unmatched', url])).out, 'no unmatched requests\n')
  t.equal((await run(['jobs', url])).out, 'no jobs\n')
  t.match((await run(['status', url])).out, `none yet: let a client use ${url}\n`)
})

t.test('main() fits the number of further requests and jobs to a narrow terminal', async (t) => {
  const { url } = await startUsed(t)
  const last = async (...args: string[]) => {
    const host = new FakeHost({ NO_COLOR: '1' })
    host.terminal = { columns: 9, rows: 24 }
    return (await run([...args, url], host)).out.trimEnd().split('\n').at(-1)
  }
  t.equal(await last('requests', '--limit', '1'), '1 of 3 r…')
  t.equal(await last('jobs', '--limit', '1'), '1 of 2 j…')
  t.equal(await last('requests', '--endpoint', '/clear/*'), 'no reque…')
})

t.test('main() shows another scope by --scope and by the URL', async (t) => {
  const server = await startUsed(t)
  await server.must('PUT /scopes/suite-a')
  for (const argv of [
    ['status', server.url, '--scope', 'suite-a'],
    ['status', `${server.url}/~suite-a`],
    ['status', `${server.url}/~suite-a/__mock/`, '--scope', 'suite-a'],
  ]) {
    const { code, out } = await run(argv)
    t.equal(code, 0)
    t.match(out, `, scope suite-a\n`)
    t.match(out, `requests  none yet: let a client use ${server.url}/~suite-a\n`)
  }
  const json = await run(['status', '--json', server.url, '--scope', 'suite-a'])
  t.match(JSON.parse(json.out), { scope: 'suite-a', scopes: [{}, { name: 'suite-a' }] })
})

for (const command of ['status', 'requests', 'jobs']) {
  t.test(`main() ${command} exits with 1 if the scope is missing, or the token`, async (t) => {
    const { url } = await startControlled(t, { access: { users: [], tokens: ['t0ken'] } })
    const absent = 'Cannot find the scope suite-b: it was never created, or was removed\n'
    const given = [command, url, '--token', 't0ken', '--scope', 'suite-b']
    t.strictSame(await run(given), { code: 1, out: '', err: absent })
    t.strictSame(await run([command, url]), {
      code: 1,
      out: '',
      err: `${url} needs a token: give it with --token, --token-file or MOCK_GPUDB_TOKEN\n`,
    })
    const wrong = await run([command, url], new FakeHost({ MOCK_GPUDB_TOKEN: 'wrong' }))
    t.match(wrong, { code: 1, out: '', err: / rejects the token: / })
    const file = join(t.testdir({ token: '# the token\nt0ken\n' }), 'token')
    const env = { MOCK_GPUDB_TOKEN: 'wrong' }
    t.equal((await run([command, url, '--token-file', file], new FakeHost(env))).code, 0)
    t.equal((await run([command, url], new FakeHost({ MOCK_GPUDB_TOKEN: 't0ken' }))).code, 0)
  })

  t.test(`main() ${command} exits with 1 if nothing answers, or no mock`, async (t) => {
    const { code, out, err } = await run([command, 'localhost:1'])
    t.strictSame([code, out], [1, ''])
    t.match(err, /^http:\/\/localhost:1 does not answer: .*ECONNREFUSED.*\n$/)
    const apart = await startControlled(t, { serves: 'calls' })
    t.match(await run([command, apart.url]), {
      code: 1,
      out: '',
      err: /^http:\S+ is no mock-gpudb: GET \/__mock\/\w+ answers 404; with --control-port, its control API is there\n$/,
    })
  })
}

const USAGE = [
  { argv: ['status', 'a', 'b'], err: /^error: too many arguments/ },
  {
    argv: ['status', 'ftp://h'],
    err: 'Cannot use the URL "ftp://h": expected http:// or https://\n',
  },
  { argv: ['status', 'h', '--port', '1'], err: 'error: a URL was given: --port has no meaning\n' },
  {
    argv: ['jobs', 'h/~a', '--scope', 'b'],
    err: 'error: the URL is of the scope a, --scope of b\n',
  },
  {
    argv: ['jobs', '--scope', '-x\u001b'],
    err: "error: a scope has 1 to 64 letters, digits, '_', '-' and '.', starting with a letter or digit, got '-x\\u001b'\n",
  },
  {
    argv: ['jobs', '--status', 'runing'],
    err: /Expected one of RUNNING, DONE, ERROR, CANCELLED \(did you mean RUNNING\?\)/,
  },
  { argv: ['requests', '--limit', '1001'], err: /Expected a number from 0 to 1000\./ },
  { argv: ['requests', '--limit', 'x'], err: /Expected a number from 0 to 1000\./ },
  { argv: ['jobs', '--follow'], err: "error: unknown option '--follow'\n" },
  { argv: ['requests', '--port', 'x'], err: '--port: expected a port from 0 to 65535, got "x"\n' },
  { argv: ['jbos'], err: "error: unknown command 'jbos' (did you mean jobs?)\n" },
]

for (const { argv, err } of USAGE) {
  t.test(`main() ${argv.join(' ').replace('\u001b', '')} exits with 2`, async (t) => {
    const ended = await run(argv)
    t.match(ended, { code: 2, out: '' })
    if (typeof err === 'string') t.equal(ended.err, err)
    else t.match(ended.err, err)
  })
}

t.test('main() status finds the mock by the options of its server', async (t) => {
  const fixtures = t.testdir({})
  const server = new FakeHost()
  const here = ['--host', '127.0.0.1', '--port', '0', '--fixtures', fixtures]
  const ended = main([...here, '--control-port', '0', '--token', 't'], server)
  await server.listening()
  const [, port = ''] = /control API on http:\S+:(\d+)/.exec(server.out) ?? []
  const [, url = ''] = /^listening on (\S+)$/m.exec(server.out) ?? []
  const found = `at http://127.0.0.1:${port}, scope default\n`
  const flags = ['--host', '0.0.0.0', '--port', '1', '--control-port', port, '--watch']
  const container = new FakeHost({ MOCK_GPUDB_TOKEN: 't' }, ['start', ...flags])
  t.match(await run(['status'], container), { code: 0, out: found, err: '' })
  const args = ['status', '--host', '127.0.0.1', '--control-port', port, '--token', 't']
  t.match(await run(args, new FakeHost({}, ['--port', '1'])), { code: 0, out: found })
  const file = join(
    t.testdir({ 'mock.json': `{"host": "::ffff:0:0", "port": ${port}}` }),
    'mock.json',
  )
  const config = await run(['status', '--config', file, '--token', 't'])
  t.match(config, { code: 0, out: found })
  t.match(config.out, `let a client use ${url}\n`, 'the hint has the port of clients')
  server.emit('SIGTERM')
  await ended
})

t.test('main() jobs reads over HTTPS, whatever the certificate is', async (t) => {
  const { certFile, keyFile, remove } = makeCertificate()
  t.teardown(remove)
  const tls = ['--tls-cert', certFile, '--tls-key', keyFile]
  const server = new FakeHost()
  const here = ['--host', '127.0.0.1', '--port', '0', '--fixtures', t.testdir({})]
  const ended = main([...here, ...tls], server)
  const url = await server.listening()
  const { port } = new URL(url)
  t.strictSame(await run(['jobs', '--host', '127.0.0.1', '--port', port, ...tls]), {
    code: 0,
    out: 'no jobs\n',
    err: '',
  })
  t.equal((await run(['jobs', url])).code, 0)
  server.emit('SIGTERM')
  await ended
})

t.test('main() uses colours and the width of a terminal, unless NO_COLOR is set', async (t) => {
  const { url } = await startUsed(t)
  const printed = async (env: Record<string, string>, columns: number) => {
    const host = new FakeHost(env)
    host.terminal = { columns, rows: 24 }
    return (await run(['requests', url], host)).out
  }
  const coloured = await printed({ NO_COLOR: '' }, 120)
  t.match(coloured, '\u001b[33munmatched: request.table_name: expected "orders", got …\u001b[39m')
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    t.notMatch(await printed(env, 120), /\p{Cc}(?<!\n)/u)
  }
  const narrow = await printed({ NO_COLOR: '1', COLUMNS: '120' }, 60)
  t.ok(narrow.split('\n').every((line) => line.length <= 60))
})

t.test('main() writes lines of COLUMNS without a terminal, by default of 80', async (t) => {
  const { url } = await startUsed(t)
  for (const [COLUMNS = '', end] of [
    ['120', 'unmatched: request.table_name: expected "orders", got …\n'],
    ['200', '202e" (rule orders exist)\n'],
    ...['0', '-1', '1e3', '99999', 'x', ''].map((text) => [text, 'unmatched: request.table_n…\n']),
  ]) {
    const { out } = await run(['requests', url], new FakeHost({ COLUMNS }))
    t.match(out, end, COLUMNS)
  }
})

t.test(
  'main() requests --follow and status --watch run until a signal, and exit with 0',
  async (t) => {
    const server = await startUsed(t)
    const following = new FakeHost()
    const followed = main(['requests', '--follow', '--limit', '1', server.url], following)
    const watching = new FakeHost({ TERM: 'xterm' })
    watching.terminal = { columns: 80, rows: 40 }
    const watched = main(['status', '--watch', server.url], watching)
    await until(following, 'job 42 RUNNING\n')
    await until(watching, '3, 1 unmatched')
    await server.post('/has/table', { table_name: 'orders' })
    await until(
      following,
      '    4  22:13:20.000  /has/table                 200  rule orders exist\n',
    )
    await until(watching, '4, 1 unmatched')
    const waiting = new FakeHost()
    const waited = main(['requests', '--follow', '--scope', 'none', server.url], waiting)
    while (waiting.err === '') await once(waiting, 'err')
    t.equal(waiting.err, 'the scope none does not exist yet\n')
    waiting.emit('SIGTERM')
    t.equal(await waited, 0)
    following.emit('SIGINT')
    watching.emit('SIGINT')
    t.strictSame([await followed, await watched], [0, 0])
    t.strictSame([following.err, watching.err], ['', ''])
    t.ok(watching.out.endsWith('\u001b[?1049l'))
  },
)
