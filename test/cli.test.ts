import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import t from 'tap'
import { main } from '../src/cli.ts'
import { runProcess } from '../src/cli-process.ts'
import { packageVersion } from '../src/http/package-version.ts'
import { MAX_ENTRIES } from '../src/scope/timeline.ts'
import { makeCertificate } from './support/certificate.ts'
import { FakeHost } from './support/cli-host.ts'
import { sendHttp } from './support/http.ts'
import { nextTurn } from './support/next-turn.ts'

const GOOD = 'jobs: [{ endpoint: /alter/table }]\nrules: [{ when: { endpoint: "*" }, then: {} }]\n'

const ADDRESS = ['--host', '127.0.0.1', '--port', '0']
/** Without the line about the page. */
const HERE = [...ADDRESS, '--page', 'off']

for (const argv of [['version'], ['--version'], ['-V'], ['--port', '1', '-V'], ['start', '-V']]) {
  t.test(`main() ${argv.join(' ')} prints the version`, async (t) => {
    const host = new FakeHost()
    t.equal(await main(argv, host), 0)
    t.strictSame([host.out, host.err], [`${packageVersion()}\n`, ''])
  })
}

t.test('runProcess() runs the command line of a process', async (t) => {
  const signals = new FakeHost()
  const written: string[] = []
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      done()
    },
  })
  const process = { argv: ['node', 'mock-gpudb', 'version'], env: {}, stdout, stderr: stdout }
  const code = await runProcess({ ...process, on: signals.on.bind(signals) }, signals.signals)
  t.equal(code, 0)
  t.equal(written.join(''), `${packageVersion()}\n`)
  t.equal(signals.listenerCount('exit'), 1)
})

t.test('main() openapi prints the control API', async (t) => {
  const host = new FakeHost()
  t.equal(await main(['openapi'], host), 0)
  const { openapi, info, paths } = JSON.parse(host.out)
  t.strictSame([openapi, info.version, host.err], ['3.1.0', packageVersion(), ''])
  t.ok('/__mock/clock/advance' in paths)
})

for (const argv of [
  ['--help'],
  ['help'],
  ['start', '--help'],
  ['health', '--help'],
  ['help', 'start'],
]) {
  t.test(`main() ${argv.join(' ')} prints the usage`, async (t) => {
    const host = new FakeHost()
    t.equal(await main(argv, host), 0)
    t.match(host.out, /^Usage: mock-gpudb/)
    t.equal(host.err, '')
  })
}

t.test('main() start --help names every option, its default and its variable', async (t) => {
  const host = new FakeHost()
  await main(['start', '--help'], host)
  const help = host.out.replace(/\s+/g, ' ')
  t.match(help, '--port <value> the port to listen on; 0 picks a free port')
  t.match(help, '(default: 9191, env: MOCK_GPUDB_PORT)')
  t.match(
    help,
    '--user <value> name:password of an accepted user; calls then need credentials, the control API does not (env: MOCK_GPUDB_USER)',
  )
  t.match(help, '--strict reject requests')
  t.match(help, '--config <file>')
})

const USAGE = [
  { argv: ['--prot', '1'], err: "error: unknown option '--prot'\n(Did you mean --port?)\n" },
  { argv: ['start', '--port'], err: "error: option '--port <value>' argument missing\n" },
  { argv: ['strat'], err: "error: unknown command 'strat' (did you mean start?)\n" },
  {
    argv: ['--fixtures', 'a', 'b'],
    err: 'error: --fixtures takes one value: repeat the flag, or use commas\n',
  },
  { argv: ['--config', ''], err: '--config: expected the path of a file, got ""\n' },
  { argv: ['version', 'x'], err: /^error: too many arguments/ },
  {
    argv: ['--port', 'x', '--clock', 'y'],
    err:
      '--port: expected a port from 0 to 65535, got "x"\n' +
      '--clock: expected real, frozen, auto, or a factor such as 10x, got "y"\n',
  },
  {
    argv: ['health', '--port', 'x'],
    err: '--port: expected a port from 0 to 65535, got "x"\n',
  },
  {
    argv: ['--config', '/nowhere/mock.json'],
    err: 'config: /nowhere/mock.json: this cannot be read: there is no such file or folder\n',
  },
  {
    argv: ['--tls-cert', '/nowhere/c.pem', '--tls-key', '/nowhere/k.pem'],
    err: 'tls-cert: /nowhere/c.pem: this cannot be read: there is no such file or folder\n',
  },
]

for (const { argv, err } of USAGE) {
  t.test(`main() ${argv.join(' ')} exits with 2`, async (t) => {
    const host = new FakeHost()
    t.equal(await main(argv, host), 2)
    t.match(host.err, err)
    t.equal(host.out, '')
  })
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) {
  t.test(`main() starts a server, and exits with 0 after ${signal}`, async (t) => {
    const fixtures = t.testdir({ 'a.json': '{ "jobs": [{ "endpoint": "/alter/table" }] }' })
    const host = new FakeHost()
    const ended = main([...ADDRESS, '--fixtures', fixtures], host)
    const url = await host.listening()
    t.match(host.out, /^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    const port = Number(new URL(url).port)
    t.equal((await sendHttp(port, { path: '/' })).status, 200)
    const get = { method: 'POST', path: '/get/job', body: '{"job_id":1}' }
    t.equal((await sendHttp(port, get)).status, 200)
    host.emit(signal)
    host.emit(signal)
    t.equal(await ended, 0)
    const loaded = `loaded 1 job and 0 rules from ${fixtures} (1 file)`
    t.equal(host.err, `${loaded}\nlive page on ${url}/__mock/\n`)
    await t.rejects(sendHttp(port, { path: '/' }), { code: 'ECONNREFUSED' })
  })
}

t.test('with --stop-with-stdin, the end of the input stops the server', async (t) => {
  const host = new FakeHost()
  const argv = [...HERE, '--fixtures', t.testdir({}), '--stop-with-stdin', '--log-format', 'json']
  const ended = main(argv, host)
  const port = Number(new URL(await host.listening()).port)
  host.stdin.write('ignored')
  t.equal((await sendHttp(port, { path: '/' })).status, 200)
  host.stdin.end()
  t.equal(await ended, 0)
  t.match(host.err.split('\n').at(-2), '"msg":"stopping: the standard input has ended"')
  await t.rejects(sendHttp(port, { path: '/' }), { code: 'ECONNREFUSED' })
})

t.test('with --stop-with-stdin, a server without an input stops at once', async (t) => {
  const host = new FakeHost({ MOCK_GPUDB_STOP_WITH_STDIN: 'true' })
  host.stdin.end()
  t.equal(await main([...HERE, '--fixtures', t.testdir({})], host), 0)
  t.equal(host.err, 'stopping: the standard input has ended\n')
})

t.test('without --stop-with-stdin, the input is not read', async (t) => {
  const host = new FakeHost()
  const ended = main([...HERE, '--fixtures', t.testdir({})], host)
  const port = Number(new URL(await host.listening()).port)
  host.stdin.end('not read')
  t.equal((await sendHttp(port, { path: '/' })).status, 200)
  t.equal(host.stdin.readableFlowing, null)
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('main() prints the URL of a control API with a port of its own first', async (t) => {
  const host = new FakeHost()
  const ended = main([...ADDRESS, '--fixtures', t.testdir({}), '--control-port', '0'], host)
  await host.listening()
  const urls = String.raw`http://127\.0\.0\.1:\d+\n`
  t.match(host.out, new RegExp(`^control API on ${urls}listening on ${urls}$`))
  const [control = '', calls = ''] = host.out.match(/http:\S+/g) ?? []
  t.match(host.err, `live page on ${control}/__mock/\n`)
  await fetch(`${calls}/get/job`, { method: 'POST', body: '{"job_id": 1}' })
  const metrics = await (await fetch(`${control}/__mock/metrics`)).text()
  t.match(metrics, /^mock_gpudb_log_dropped_total 0$/m)
  t.match(metrics, /^mock_gpudb_requests_total\{endpoint="\/get\/job",.* 1$/m)
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('main() lists every problem of the fixtures and exits with 3', async (t) => {
  const folder = t.testdir({ 'a.json': '{ "x": 1,\n "jobs": 1 }', 'b.json': '{}' })
  const host = new FakeHost()
  const nosuch = join(folder, 'nosuch.json')
  t.equal(await main([...HERE, '--fixtures', folder, '--fixtures', nosuch], host), 3)
  t.equal(host.out, '')
  t.equal(
    host.err,
    `${folder}/a.json:1:3: x: the key "x" is not known ` +
      '(expected one of $schema, jobs, rules, faults, tables, ring, timeline)\n' +
      `${folder}/a.json:2:10: jobs: expected a list of jobs, got 1\n` +
      `${nosuch}: this cannot be read: there is no such file or folder\n`,
  )
})

t.test('main() loads an inline fixture together with files, and names it', async (t) => {
  const folder = t.testdir({ 'a.json': '{ "jobs": [{ "endpoint": "/alter/table" }] }' })
  const MOCK_GPUDB_FIXTURES_INLINE = 'jobs: [{ endpoint: /alter/role }]\n'
  const host = new FakeHost({ MOCK_GPUDB_FIXTURES_INLINE })
  const ended = main([...HERE, '--fixtures', folder], host)
  await host.listening()
  host.emit('SIGTERM')
  t.equal(await ended, 0)
  t.equal(
    host.err,
    `loaded 2 jobs and 0 rules from ${folder} (1 file), MOCK_GPUDB_FIXTURES_INLINE\n`,
  )
})

t.test('main() exits with 3 if an inline fixture is invalid, or a fixture is a URL', async (t) => {
  const MOCK_GPUDB_FIXTURES_INLINE = '\njobs:\n    7'
  const host = new FakeHost({ MOCK_GPUDB_FIXTURES_INLINE })
  t.equal(await main([...HERE, '--fixtures', 'http://ann:pass@host/a.yaml'], host), 3)
  t.match(
    host.err,
    /^http:\/\/host\/a\.yaml: URLs are not fetched: .*\nMOCK_GPUDB_FIXTURES_INLINE:3:5: jobs: expected a list of jobs, got 7\n$/,
  )
})

t.test('main() exits with 3 if the fixtures do not fit the limits', async (t) => {
  const folder = t.testdir({ 'a.json': '{ "jobs": [{ "endpoint": "/alter/table" }] }' })
  const host = new FakeHost()
  t.equal(await main([...HERE, '--fixtures', folder, '--max-job-bytes', '50'], host), 3)
  t.match(host.err, /^Cannot take \d+ bytes for a job: .*, raise max-job-bytes\n$/)
})

t.test('main() exits with 3 if the timelines of the fixtures have too many entries', async (t) => {
  const timeline = `timeline: [${'{ at: 0, job: 1, cancel: true },'.repeat(MAX_ENTRIES)}]`
  const folder = t.testdir({ 'a.yaml': timeline, 'b.yaml': timeline })
  const host = new FakeHost()
  t.equal(await main([...HERE, '--fixtures', folder], host), 3)
  t.match(host.err, /^Cannot take 20000 entries of a timeline: the maximum is 10000\n$/)
})

t.test(
  'main() start has the ring of --ring, and validate counts rings and timelines',
  async (t) => {
    const folder = t.testdir({
      'a.yaml': 'rules: [{ when: { endpoint: /has/table, cluster: b }, then: { error: b } }]',
    })
    const host = new FakeHost()
    const ended = main([...HERE, '--fixtures', folder, '--ring', '2'], host)
    const { port } = new URL(await host.listening())
    const call = { method: 'POST', path: '/~default~b/has/table', body: '{"table_name":"x"}' }
    t.match((await sendHttp(Number(port), call)).body.toString(), /"message":"b"/)
    host.emit('SIGTERM')
    t.equal(await ended, 0)
    const unknown = new FakeHost()
    t.equal(await main(['validate', folder], unknown), 3)
    t.match(unknown.err, /there is no cluster "b", only a\n$/)
    const flag = new FakeHost()
    t.equal(await main(['validate', '--ring', '2', folder], flag), 0)
    const variable = new FakeHost({ MOCK_GPUDB_RING: '2' })
    t.equal(await main(['validate', folder], variable), 0)
    const wrong = new FakeHost()
    t.equal(await main(['validate', '--ring', '9', folder], wrong), 2)
    t.match(wrong.err, /^--ring: expected a number of clusters from 2 to 8, got "?9"?\n$/)
    const entries =
      'timeline: [{ at: 1, cluster: b, state: down }, { at: 2, cluster: b, state: up }]'
    writeFileSync(
      join(folder, 'b.yaml'),
      `ring: { clusters: [{ name: a }, { name: b }] }\n${entries}`,
    )
    const known = new FakeHost()
    t.equal(await main(['validate', folder], known), 0)
    t.equal(known.out, 'ok: 0 jobs, 1 rule, a ring of 2 clusters, 2 timeline entries\n')
  },
)

const FORGED = 'x\n/etc/passwd:1:1: forged\u001b[2J\u202e'

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

t.test('main() escapes names and texts in what it writes to stderr', async (t) => {
  const folder = t.testdir({
    'a.json': JSON.stringify({ [FORGED]: 1, rules: [{ when: { endpoint: FORGED }, then: {} }] }),
  })
  for (const { argv, code, lines } of [
    { argv: [...HERE, '--fixtures', folder], code: 3, lines: 2 },
    { argv: ['validate', folder], code: 3, lines: 2 },
    { argv: ['validate', `${FORGED}.json`], code: 3, lines: 1 },
    { argv: ['--config', FORGED], code: 2, lines: 1 },
    { argv: ['--clock', FORGED], code: 2, lines: 1 },
    { argv: ['--host', FORGED, '--fixtures', folder.slice(0, 1) + FORGED], code: 1, lines: 1 },
    { argv: ['--\u001b[2Jx'], code: 2, lines: 1 },
    { argv: ['health', '--host', FORGED], code: 1, lines: 1 },
  ]) {
    const host = new FakeHost()
    t.equal(await main(argv, host), code, argv.join(' '))
    t.notMatch(host.err.replaceAll('\n', ''), UNPRINTABLE)
    t.equal(host.err.trimEnd().split('\n').length, lines, host.err)
  }
})

t.test('main() starts if the fixture folder is missing, and reports it', async (t) => {
  const absent = join(t.testdir({}), 'nothing')
  const host = new FakeHost()
  const ended = main([...HERE, '--fixtures', absent], host)
  await host.listening()
  host.emit('SIGTERM')
  t.equal(await ended, 0)
  t.equal(
    host.err,
    `loaded 0 jobs and 0 rules\nno fixtures from ${absent}: the folder does not exist\n`,
  )
})

t.test('main() starts without the default fixture folder, which is no warning', async (t) => {
  const former = process.cwd()
  t.teardown(() => process.chdir(former))
  process.chdir(t.testdir({}))
  for (const [argv, err] of [
    [[], 'loaded 0 jobs and 0 rules: there is no folder ./fixtures\n'],
    [
      ['--fixtures', './fixtures'],
      'loaded 0 jobs and 0 rules\nno fixtures from ./fixtures: the folder does not exist\n',
    ],
  ] as const) {
    const host = new FakeHost()
    const ended = main([...HERE, ...argv], host)
    await host.listening()
    host.emit('SIGTERM')
    await ended
    t.equal(host.err, err)
  }
})

t.test('F13: main() says how many jobs and rules it loaded, and from where', async (t) => {
  const folder = t.testdir({
    more: { 'a.yaml': GOOD, deep: { 'b.yaml': 'jobs: [{ endpoint: /alter/role }]' } },
    'c.json': '{}',
    empty: {},
  })
  const paths = ['more', 'c.json', 'empty'].map((name) => join(folder, name))
  const host = new FakeHost()
  const ended = main([...HERE, '--fixtures', paths.join(',')], host)
  await host.listening()
  host.emit('SIGTERM')
  await ended
  const [more, file, empty] = paths
  t.equal(
    host.err,
    `loaded 2 jobs and 1 rule from ${more} (2 files), ${file}, ${empty} (0 files)\n`,
  )
})

t.test(
  'F8, F9: validate reads YAML by its extension in capitals, and rejects UTF-16',
  async (t) => {
    const folder = t.testdir({ 'RULES.YAML': GOOD, utf16: Buffer.from('\uFEFF{}', 'utf16le') })
    const host = new FakeHost()
    t.equal(await main(['validate', join(folder, 'RULES.YAML')], host), 0)
    t.equal(host.out, 'ok: 1 job, 1 rule\n')
    t.equal(await main(['validate', join(folder, 'utf16')], host), 3)
    t.equal(host.err, `${folder}/utf16:1:1: this is UTF-16: save the file as UTF-8\n`)
  },
)

t.test('main() exits with 1 if the port is in use', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = Object(other.address())
  const host = new FakeHost()
  const empty = t.testdir({})
  const argv = ['--host', '127.0.0.1', '--port', String(port), '--fixtures', empty]
  t.equal(await main(argv, host), 1)
  const reason = `listen EADDRINUSE: address already in use 127.0.0.1:${port}`
  t.equal(host.err, `Cannot start: ${reason}, change --port\n`)
})

t.test('main() stops before it listens if a signal is received while it starts', async (t) => {
  for (const argv of [HERE, [...HERE, '--host', 'no.such.host.invalid']]) {
    const host = new FakeHost()
    const ended = main([...argv, '--fixtures', t.testdir({})], host)
    host.emit('SIGTERM')
    t.equal(await ended, 0)
    t.strictSame([host.out, host.err], ['', ''])
  }
})

t.test('main() lets signals end the commands that are not servers', async (t) => {
  const host = new FakeHost()
  t.equal(await main(['version'], host), 0)
  t.equal(host.listenerCount('SIGTERM'), 0)
  const server = new FakeHost()
  const ended = main([...HERE, '--fixtures', t.testdir({})], server)
  await server.listening()
  t.equal(server.listenerCount('SIGHUP'), 1)
  server.emit('SIGHUP')
  await ended
  t.equal(server.listenerCount('SIGHUP'), 1)
})

/** A host whose stdout fails when it is flushed, or is never flushed. */
function hostWithOutput(flush: () => Promise<Error | undefined>): FakeHost {
  const host = new FakeHost()
  return Object.assign(host, { stdout: { ...host.stdout, flush } })
}

t.test('main() exits with 1 if output is lost', async (t) => {
  const host = hostWithOutput(async () => new Error('write ENOSPC'))
  t.equal(await main(['version'], host), 1)
  t.equal(host.err, 'Cannot write to stdout: write ENOSPC\n')
  t.equal(await main(['--port', 'x'], host), 2)
})

for (const { thrown, line } of [
  { thrown: new Error('no memory'), line: 'no memory\n' },
  { thrown: 'no reason', line: 'no reason\n' },
]) {
  t.test(`main() exits with 1 if a command fails with ${thrown}`, async (t) => {
    const host = new FakeHost()
    const write = () => {
      throw thrown
    }
    const failing = Object.assign(host, { stdout: { ...host.stdout, write } })
    t.equal(await main(['version'], failing), 1)
    t.equal(host.err, line)
  })
}

t.test('main() exits with 0 if the reader of its output leaves', async (t) => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  const host = hostWithOutput(async () => gone)
  t.strictSame([await main(['version'], host), host.err], [0, ''])
})

t.test('main() waits for the readers of its output', async (t) => {
  let read: (value: undefined) => void = () => undefined
  const host = hostWithOutput(() => new Promise((resolve) => (read = resolve)))
  let isOver = false
  const ended = main(['version'], host).finally(() => (isOver = true))
  await nextTurn()
  t.equal(isOver, false)
  read(undefined)
  t.equal(await ended, 0)
})

t.test('main() exits with 0 if a server stops whose terminal is closed', async (t) => {
  const host = hostWithOutput(async () => new Error('write EIO'))
  const ended = main([...HERE, '--fixtures', t.testdir({})], host)
  await host.listening()
  host.emit('SIGHUP')
  t.equal(await ended, 0)
  t.match(host.err, /^loaded 0 jobs and 0 rules from \S+ \(0 files\)\n$/)
})

t.test('main() does not wait for blocked readers once a server was asked to stop', async (t) => {
  const host = hostWithOutput(() => new Promise(() => undefined))
  const ended = main([...HERE, '--fixtures', t.testdir({})], host)
  await host.listening()
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('main() warns of unknown variables', async (t) => {
  const env = { MOCK_GPUDB_PROT: 'hunter2', MOCK_GPUDB_SERVICE_HOST: '10.96.0.12' }
  for (const [format, line] of [
    [
      'console',
      /^MOCK_GPUDB_PROT: unknown option \(did you mean MOCK_GPUDB_PORT\?\)\nloaded [^\n]+\n$/,
    ],
    [
      'json',
      /^\{"level":40,"time":\d+,"msg":"MOCK_GPUDB_PROT: unknown option [^"]*"\}\n\{"level":30,[^\n]+\n$/,
    ],
  ] as const) {
    const host = new FakeHost(env)
    const ended = main([...HERE, '--log-format', format, '--fixtures', t.testdir({})], host)
    await host.listening()
    host.emit('SIGTERM')
    t.equal(await ended, 0)
    t.match(host.err, line)
  }
})

t.test('main() accepts the users and tokens of files', async (t) => {
  const folder = t.testdir({ users: 'ann:secret\n', tokens: 't0ken\n', empty: {} })
  const host = new FakeHost()
  const files = ['--user-file', join(folder, 'users'), '--token-file', join(folder, 'tokens')]
  const more = ['--user', 'bob:pass', '--token', 'other', '--fixtures', join(folder, 'empty')]
  const ended = main([...HERE, ...files, ...more], host)
  const port = Number(new URL(await host.listening()).port)
  const statusOf = async (authorization: string) => {
    const call = { method: 'POST', path: '/show/system/status', body: '{}' }
    return (await sendHttp(port, { ...call, headers: { authorization } })).status
  }
  const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`
  const given = [basic('ann:secret'), basic('bob:pass'), 'Bearer t0ken', 'Bearer other']
  for (const one of given) t.equal(await statusOf(one), 200, one)
  t.equal(await statusOf(basic('ann:pass')), 401)
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('main() health without arguments uses those of the server', async (t) => {
  const server = new FakeHost()
  const ended = main([...HERE, '--fixtures', t.testdir({})], server)
  const { port } = new URL(await server.listening())
  const found = new FakeHost({}, ['start', '--port', port, '--strict'])
  t.equal(await main(['health'], found), 0)
  t.equal(found.out, `http://localhost:${port} answers 200\n`)
  const lost = new FakeHost({}, ['start', '--port', port])
  t.equal(await main(['health', '--port', '1', '--host', '127.0.0.1'], lost), 1)
  t.match(lost.err, 'http://127.0.0.1:1 does not answer: ')
  server.emit('SIGINT')
  await ended
})

t.test('main() health checks the server that the same options start', async (t) => {
  const server = new FakeHost()
  const ended = main([...HERE, '--fixtures', t.testdir({})], server)
  const { port } = new URL(await server.listening())
  const found = new FakeHost({ MOCK_GPUDB_PORT: port })
  t.equal(await main(['health'], found), 0)
  t.strictSame([found.out, found.err], [`http://localhost:${port} answers 200\n`, ''])
  server.emit('SIGINT')
  await ended
  const lost = new FakeHost()
  t.equal(await main(['health', '--port', port, '--host', '127.0.0.1'], lost), 1)
  t.equal(lost.out, '')
  t.match(lost.err, `http://127.0.0.1:${port} does not answer: `)
})

t.test('main() serves HTTPS, and health uses it', async (t) => {
  const { certFile, keyFile, remove } = makeCertificate()
  t.teardown(remove)
  const tls = ['--tls-cert', certFile, '--tls-key', keyFile]
  const server = new FakeHost()
  const ended = main([...HERE, ...tls, '--fixtures', t.testdir({})], server)
  const { port, protocol } = new URL(await server.listening())
  t.equal(protocol, 'https:')
  const found = new FakeHost()
  t.equal(await main(['health', '--port', port, ...tls], found), 0)
  t.equal(found.out, `https://localhost:${port} answers 200\n`)
  server.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('main() reads options from the environment and from the file that it names', async (t) => {
  const folder = t.testdir({ 'mock.json': '{ "port": 0, "token": "t", "fixtures": [] }' })
  const host = new FakeHost({
    MOCK_GPUDB_CONFIG: join(folder, 'mock.json'),
    MOCK_GPUDB_HOST: '127.0.0.1',
  })
  const ended = main([], host)
  const { port } = new URL(await host.listening())
  const answer = await sendHttp(Number(port), { method: 'POST', path: '/get/job', body: '{}' })
  t.equal(answer.status, 401)
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('main() logs to stderr', async (t) => {
  const host = new FakeHost()
  const log = ['--log-level', 'info', '--log-format', 'json']
  const ended = main([...HERE, ...log, '--fixtures', t.testdir({})], host)
  const { port } = new URL(await host.listening())
  await sendHttp(Number(port), { path: '/' })
  host.emit('SIGTERM')
  await ended
  t.match(host.err, /"msg":"GET \/ 200 in \d+\.\d ms"\}\n/)
  t.match(host.out, /^listening on [^\n]*\n$/)
})

t.test('main() validate counts the content of valid files', async (t) => {
  const folder = t.testdir({ 'a.yaml': GOOD, 'b.json': '{}' })
  const host = new FakeHost()
  t.equal(await main(['validate', folder, join(folder, 'b.json')], host), 0)
  t.strictSame([host.out, host.err], ['ok: 1 job, 1 rule\n', ''])
})

t.test('main() validate exits with 3 if no path has a fixture file', async (t) => {
  const folder = t.testdir({ 'notes.txt': '', empty: {} })
  const paths = [folder, join(folder, 'empty')]
  const text = new FakeHost()
  t.equal(await main(['validate', ...paths], text), 3)
  const message = 'this folder has no fixture files'
  t.strictSame([text.out, text.err], ['', paths.map((file) => `${file}: ${message}\n`).join('')])
  const json = new FakeHost()
  t.equal(await main(['validate', '--format', 'json', folder], json), 3)
  t.strictSame(JSON.parse(json.out), { problems: [{ file: folder, message }] })
})

t.test('main() validate --format json reports no problems for valid files', async (t) => {
  const folder = t.testdir({ 'a.yaml': GOOD })
  const host = new FakeHost()
  t.equal(await main(['validate', '--format', 'json', folder], host), 0)
  t.strictSame([JSON.parse(host.out), host.err], [{ problems: [] }, ''])
})

t.test('main() validate lists every problem of every path and exits with 3', async (t) => {
  const folder = t.testdir({
    'a.yaml': 'rules:\n- { when: { endpoint: /altar/table }, then: {} }\n',
    'b.json': '{ "job": [] }',
  })
  const paths = [folder, join(folder, 'nosuch'), join(folder, 'nosuch.json')]
  const text = new FakeHost()
  t.equal(await main(['validate', ...paths], text), 3)
  t.equal(text.out, '')
  t.equal(
    text.err,
    `${folder}/nosuch: this cannot be read: there is no such file or folder\n` +
      `${folder}/a.yaml:2:23: rules[0].when.endpoint: GPUdb has no endpoint "/altar/table" (did you mean /alter/table?)\n` +
      `${folder}/b.json:1:3: job: the key "job" is not known (did you mean jobs?)\n` +
      `${folder}/nosuch.json: this cannot be read: there is no such file or folder\n`,
  )
  const json = new FakeHost()
  t.equal(await main(['validate', ...paths, '--format', 'json'], json), 3)
  t.equal(json.err, '')
  t.strictSame(JSON.parse(json.out), {
    problems: [
      { file: `${folder}/nosuch`, message: 'this cannot be read: there is no such file or folder' },
      {
        file: `${folder}/a.yaml`,
        position: { line: 2, column: 23 },
        path: 'rules[0].when.endpoint',
        message: 'GPUdb has no endpoint "/altar/table" (did you mean /alter/table?)',
      },
      {
        file: `${folder}/b.json`,
        position: { line: 1, column: 3 },
        path: 'job',
        message: 'the key "job" is not known (did you mean jobs?)',
      },
      {
        file: `${folder}/nosuch.json`,
        message: 'this cannot be read: there is no such file or folder',
      },
    ],
  })
})

for (const argv of [['validate'], ['validate', 'x', '--format', 'xml'], ['schema', 'x']]) {
  t.test(`main() ${argv.join(' ')} exits with 2`, async (t) => {
    const host = new FakeHost()
    t.equal(await main(argv, host), 2)
    t.match(host.err, /^error: /)
  })
}

t.test('main() schema prints the committed JSON Schema', async (t) => {
  const host = new FakeHost()
  t.equal(await main(['schema'], host), 0)
  const committed = new URL('../schemas/fixture.schema.json', import.meta.url)
  t.equal(host.out, readFileSync(committed, 'utf8'))
  t.equal(host.err, '')
})

t.test('main() with a seed generates the same tags and UUIDs in every run', async (t) => {
  const rule =
    'rules: [{ when: { endpoint: /alter/table }, then: ' +
    "{ response: { label: '{{uuid}} {{sequence}}' } } }]"
  const folder = t.testdir({ 'a.yaml': rule })
  const run = async (seed: string) => {
    const host = new FakeHost()
    const ended = main([...HERE, '--seed', seed, '--fixtures', folder], host)
    const port = Number(new URL(await host.listening()).port)
    const body = '{"table_name":"","action":"","value":""}'
    const seen: unknown[] = []
    for (const _ of [1, 2]) {
      const answer = await sendHttp(port, { method: 'POST', path: '/alter/table', body })
      seen.push(JSON.parse(JSON.parse(answer.body.toString()).data_str).label)
    }
    const create = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
    const path = '/create/job'
    const created = await sendHttp(port, { method: 'POST', path, body: JSON.stringify(create) })
    seen.push(JSON.parse(JSON.parse(created.body.toString()).data_str).info)
    host.emit('SIGTERM')
    await ended
    return seen
  }
  const first = await run('ci')
  t.match(first, [/^[\da-f-]{36} 1$/, /^[\da-f-]{36} 2$/, { job_tag: /^[\da-f-]{36}$/ }])
  t.strictSame(await run('ci'), first)
  t.notSame(await run('other'), first)
})

t.test('main() --clock auto skips delays, --strict rejects unmatched requests', async (t) => {
  const rule = 'rules: [{ when: { endpoint: /alter/table }, then: { delay: 1h, error: late } }]'
  const folder = t.testdir({ 'a.yaml': rule })
  const host = new FakeHost()
  const ended = main([...HERE, '--clock', 'auto', '--strict', '--fixtures', folder], host)
  const port = Number(new URL(await host.listening()).port)
  const post = async (path: string, body: string) => {
    const answer = await sendHttp(port, { method: 'POST', path, body })
    return JSON.parse(answer.body.toString()).message
  }
  t.equal(await post('/alter/table', '{"table_name":"","action":"","value":""}'), 'late')
  t.match(await post('/admin/rebalance', '{}'), /^Cannot match \/admin\/rebalance: /)
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})
