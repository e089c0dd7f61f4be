import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../src/cli.ts'
import { makeCertificate } from './support/certificate.ts'
import { FakeHost } from './support/cli-host.ts'
import { sendHttp } from './support/http.ts'
import { startRawUpstream } from './support/recording-proxy.ts'
import { startTestServer } from './support/server.ts'

const HERE = ['record', '--host', '127.0.0.1', '--port', '0']

const CALL = { method: 'POST', path: '/show/table', body: '{"table_name":"t"}' }

/** A recording of a mock that runs in this process. */
async function startRecording(t: Test, argv: readonly string[], upstream?: string) {
  const mock = await startTestServer()
  t.teardown(() => mock.close())
  const host = new FakeHost()
  const ended = main([...HERE, '--upstream', upstream ?? mock.url, ...argv], host)
  const url = await host.listening()
  return { host, ended, mock, port: Number(new URL(url).port) }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  t.test(`record writes the fixture after ${signal}, and exits with 0`, async (t) => {
    const out = join(t.testdir({}), 'recorded.yaml')
    const { host, ended, port, mock } = await startRecording(t, ['--out', out])
    t.match((await sendHttp(port, CALL)).body.toString(), 'does not exist')
    host.emit(signal)
    t.equal(await ended, 0)
    t.equal(host.err, `recorded 1 rule and 0 jobs of 1 request\nwrote ${out}\n`)
    t.match(readFileSync(out, 'utf8'), /when: \{ endpoint: \/show\/table, .*table_name: t/)
    t.equal(await main(['validate', out], new FakeHost()), 0)
    await t.rejects(sendHttp(port, CALL), { code: 'ECONNREFUSED' })
    t.equal((await sendHttp(mock.port, CALL)).status, 400, 'the upstream goes on')
  })
}

t.test('POST /__mock/record/stop writes the fixture, and answers when it is there', async (t) => {
  const out = join(t.testdir({}), 'recorded.yaml')
  const { ended, port } = await startRecording(t, ['--out', out])
  await sendHttp(port, CALL)
  const answer = await sendHttp(port, { method: 'POST', path: '/__mock/record/stop' })
  t.ok(existsSync(out))
  t.strictSame(JSON.parse(answer.body.toString()), {
    written: true,
    file: out,
    rules: 1,
    jobs: 0,
    not_kept: 0,
    drift: [],
  })
  t.equal(await ended, 0)
})

t.test('record does not start if the file exists', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'rules: []\n' })
  const host = new FakeHost()
  const out = join(folder, 'a.yaml')
  t.equal(await main([...HERE, '--upstream', 'http://127.0.0.1:1', '--out', out], host), 2)
  t.equal(host.err, `--out: ${out}: this file exists already, use --merge or another --out\n`)
  t.equal(host.out, '')
})

t.test('what cannot be written is written elsewhere, and the exit code is 1', async (t) => {
  const folder = join(t.testdir({ gone: {} }), 'gone')
  const { host, ended, port } = await startRecording(t, ['--out', join(folder, 'a.yaml')])
  await sendHttp(port, CALL)
  rmSync(folder, { recursive: true })
  const answer = await sendHttp(port, { method: 'POST', path: '/__mock/record/stop' })
  t.equal(answer.status, 500)
  const { code, file, reason } = JSON.parse(answer.body.toString())
  t.strictSame([code, reason], ['NOT_WRITTEN', 'this cannot be written: ENOENT'])
  t.equal(await ended, 1)
  t.match(host.err, `Cannot write ${folder}/a.yaml: ${reason}; the fixture is in ${file}\n`)
  t.match(readFileSync(file, 'utf8'), 'table_name: t')
  rmSync(join(file, '..'), { recursive: true })
})

const OLD = `# mine
rules:
  - when: { endpoint: /show/table, as: direct, request: { table_name: t } }
    then: { error: old }
  - when: { endpoint: /alter/table }
    then: { error: other }
`

for (const [policy, error] of [
  ['replace', 'does not exist'],
  ['keep', 'old'],
]) {
  t.test(`--merge ${policy} adds to a file`, async (t) => {
    const out = join(t.testdir({ 'a.yaml': OLD }), 'a.yaml')
    const { host, ended, port } = await startRecording(t, ['--out', out, '--merge', `${policy}`])
    await sendHttp(port, CALL)
    await sendHttp(port, { ...CALL, body: '{"table_name":"u"}' })
    host.emit('SIGTERM')
    t.equal(await ended, 0)
    t.match(host.err, `the comments of ${out} will be lost\n`)
    const text = readFileSync(out, 'utf8')
    t.match(text, String(error))
    t.match(text, 'error: other')
    t.match(text, 'table_name: u')
    t.equal(await main(['validate', out], new FakeHost()), 0)
  })
}

t.test('with --stop-with-stdin, the end of the input ends the recording', async (t) => {
  const out = join(t.testdir({}), 'a.yaml')
  const { host, ended, port } = await startRecording(t, ['--out', out, '--stop-with-stdin'])
  await sendHttp(port, CALL)
  host.stdin.end()
  t.equal(await ended, 0)
  t.match(host.err, 'stopping: the standard input has ended\n')
  t.match(readFileSync(out, 'utf8'), 'endpoint: /show/table')
})

t.test('--merge creates a file that does not exist', async (t) => {
  const out = join(t.testdir({}), 'a.yaml')
  const { host, ended } = await startRecording(t, ['--out', out, '--merge', 'keep'])
  host.emit('SIGTERM')
  t.equal(await ended, 0)
  t.equal(host.err, `recorded 0 rules and 0 jobs of 0 requests\nwrote ${out}\n`)
  t.equal(await main(['validate', out], new FakeHost()), 0)
})

t.test('an existing fixture that is invalid ends with 3, or is left alone', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'x: 1\n', 'b.yaml': OLD })
  const argv = (name: string) => ['--out', join(folder, name), '--merge', 'keep']
  const host = new FakeHost()
  const upstream = ['--upstream', 'http://127.0.0.1:1']
  t.equal(await main([...HERE, ...upstream, ...argv('a.yaml')], host), 3)
  t.match(host.err, /^\S+a\.yaml:1:1: x: the key/)
  const later = await startRecording(t, argv('b.yaml'))
  writeFileSync(join(folder, 'b.yaml'), 'x: 1\n')
  later.host.emit('SIGTERM')
  t.equal(await later.ended, 1)
  t.match(later.host.err, 'the file is no valid fixture any more; the fixture is in ')
  t.equal(readFileSync(join(folder, 'b.yaml'), 'utf8'), 'x: 1\n')
})

t.test('--fail-on-drift exits with 4 if the upstream does something unknown', async (t) => {
  const upstream = await startRawUpstream(t, (socket) => {
    const body = '{"status":"OK","message":"","data_type":"none","data":"","data_str":"{}"}'
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  })
  for (const [flags, code] of [
    [[], 0],
    [['--fail-on-drift'], 4],
  ] as const) {
    const out = join(t.testdir({}), 'a.yaml')
    const { host, ended, port } = await startRecording(t, ['--out', out, ...flags], upstream.url)
    await sendHttp(port, { ...CALL, path: '/no/such/endpoint' })
    await sendHttp(port, CALL)
    host.emit('SIGTERM')
    t.equal(await ended, code)
    t.match(host.err, /^drift: \/no\/such\/endpoint: .* \(1 time, first in request 1\)$/m)
    t.match(
      host.err,
      /^drift: \/show\/table wrapper\.data_type: .* \(1 time, first in request 2\)$/m,
    )
    t.match(host.err, /answers GET \/ with 200 .*: is it Kinetica\?/)
  }
})

t.test('secrets do not reach the file, and --redact adds names', async (t) => {
  const folder = t.testdir({})
  const out = join(folder, 'a.yaml')
  const { host, ended, port } = await startRecording(t, ['--out', out, '--redact', 'table_name'])
  const headers = { authorization: 'Basic c2VjcmV0OmhlYWRlcg==' }
  await sendHttp(port, { ...CALL, headers, body: '{"table_name":"hunter2"}' })
  const user = '{"name":"jo","password":"hunter3","options":{}}'
  await sendHttp(port, { ...CALL, path: '/create/user/internal', headers, body: user })
  host.emit('SIGTERM')
  t.equal(await ended, 0)
  for (const name of readdirSync(folder)) {
    t.notMatch(readFileSync(join(folder, name), 'utf8'), /hunter|c2VjcmV0|secret:header/)
  }
  t.notMatch(host.err, 'hunter')
})

t.test('without room, calls pass, and the report says so', async (t) => {
  const out = join(t.testdir({}), 'a.yaml')
  const { host, ended, port } = await startRecording(t, ['--out', out, '--max-bytes', '0'])
  for (const _ of [1, 2]) t.match((await sendHttp(port, CALL)).body.toString(), 'does not exist')
  host.emit('SIGTERM')
  t.equal(await ended, 0)
  t.equal(host.err.match(/there is no more room/g)?.length, 1)
  t.match(host.err, 'did not record 2 calls: no room was left, raise max-bytes')
})

t.test('health in a container asks the proxy, and so the database', async (t) => {
  const out = join(t.testdir({}), 'a.yaml')
  const { host, ended, port } = await startRecording(t, ['--out', out])
  const own = ['--upstream', 'http://db', '--raw', '--merge=keep', '--out', 'a.yaml']
  const argv = ['record', ...own, '--port', `${port}`, '--host', '127.0.0.1']
  const inside = new FakeHost({}, argv)
  t.equal(await main(['health'], inside), 0)
  t.equal(inside.out, `http://127.0.0.1:${port} answers 200\n`)
  host.emit('SIGTERM')
  t.equal(await ended, 0)
})

t.test('record exits with 1 if it cannot listen', async (t) => {
  const host = new FakeHost()
  const out = join(t.testdir({}), 'a.yaml')
  const argv = ['record', '--upstream', 'http://db', '--host', 'a b', '--out', out]
  t.equal(await main(argv, host), 1)
  t.match(host.err, /^Cannot start: .* a b, change --host\n$/)
})

t.test('a fixture that can be written nowhere follows on stdout', async (t) => {
  const folder = join(t.testdir({ gone: {} }), 'gone')
  const { host, ended, port } = await startRecording(t, ['--out', join(folder, 'a.yaml')])
  await sendHttp(port, CALL)
  rmSync(folder, { recursive: true })
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = folder
  t.teardown(() => {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  })
  const answer = await sendHttp(port, { method: 'POST', path: '/__mock/record/stop' })
  t.equal(answer.status, 500)
  t.equal(JSON.parse(answer.body.toString()).file, undefined)
  t.equal(await ended, 1)
  t.match(host.err, 'this cannot be written: ENOENT; the fixture follows on stdout\n')
  t.match(host.out, /^listening on \S+\nrules:\n.*table_name: t/s)
})

const USAGE = [
  {
    argv: ['record'],
    err: '--upstream: expected the URL of the database, such as http://kinetica:9191\n',
  },
  {
    argv: ['record', '--upstream', 'http://jo:hunter2@db:9191'],
    err: '--upstream: expected a URL such as http://kinetica:9191, without a user and a query\n',
  },
  {
    argv: ['record', '--upstream', 'ftp://db'],
    err: '--upstream: expected a URL such as http://kinetica:9191, without a user and a query\n',
  },
  {
    argv: ['record', '--upstream', 'http://localhost:9191'],
    err: '--upstream: this is the address of the proxy itself\n',
  },
  {
    argv: ['record', '--host', '::1', '--port', '80', '--upstream', 'http://[::1]'],
    err: '--upstream: this is the address of the proxy itself\n',
  },
  {
    argv: ['record', '--host', 'db.invalid', '--upstream', 'http://db.invalid:9191'],
    err: '--upstream: this is the address of the proxy itself\n',
  },
  {
    argv: 'record --tls-cert c --tls-key k --port 443 --upstream https://127.0.0.1'.split(' '),
    err: '--upstream: this is the address of the proxy itself\n',
  },
  {
    argv: ['record', '--upstream', 'http://db', '--merge', 'add'],
    err: '--merge: expected one of fail, replace, keep, got "add"\n',
  },
  {
    argv: ['record', '--upstream', 'http://db', '--out', 'a.csv', '--max-bytes', 'x'],
    err:
      '--out: expected a file whose name ends in .yaml, got "a.csv"\n' +
      '--max-bytes: expected a number of bytes, got "x"\n',
  },
  {
    argv: ['record', '--upstream', 'http://db', '--out', '/nowhere/a.yaml'],
    err: '--out: /nowhere/a.yaml: this cannot be written: ENOENT\n',
  },
  {
    argv: ['record', '--upstream', 'https://db', '--upstream-ca', 'package.json'],
    err: 'upstream-ca: package.json: expected a certificate in PEM\n',
  },
  {
    argv: ['record', '--upstream', 'https://db', '--upstream-ca', '/nowhere/ca.pem'],
    err: 'upstream-ca: /nowhere/ca.pem: this cannot be read: there is no such file or folder\n',
  },
  { argv: ['record', '--port', 'x'], err: '--port: expected a port from 0 to 65535, got "x"\n' },
  { argv: ['record', 'http://db'], err: "error: unknown argument 'http://db'\n" },
]

for (const { argv, err } of USAGE) {
  t.test(`main() ${argv.join(' ').replace(/:hunter2/, '')} exits with 2`, async (t) => {
    const host = new FakeHost()
    t.equal(await main(argv, host), 2)
    t.strictSame([host.out, host.err], ['', err])
  })
}

t.test(
  'record reads its options from the environment, and calls an upstream with TLS',
  async (t) => {
    const { cert, key, certFile, keyFile, remove } = makeCertificate()
    t.teardown(remove)
    const mock = await startTestServer({ tls: { cert, key } })
    t.teardown(() => mock.close())
    const out = join(t.testdir({}), 'a.yaml')
    const host = new FakeHost({
      MOCK_GPUDB_HOST: '127.0.0.1',
      MOCK_GPUDB_RECORD_UPSTREAM: `https://localhost:${mock.port}`,
      MOCK_GPUDB_RECORD_UPSTREAM_CA: certFile,
      MOCK_GPUDB_RECORD_OUT: out,
      MOCK_GPUDB_RECORD_RAW: 'true',
      MOCK_GPUDB_RECORD_MAX_BYTES: '1000000',
      MOCK_GPUDB_RECORD_UPSTRAEM: 'x',
    })
    const ended = main(
      ['record', '--port', '0', '--tls-cert', certFile, '--tls-key', keyFile],
      host,
    )
    const url = await host.listening()
    t.match(url, /^https:/)
    const port = Number(new URL(url).port)
    t.equal((await sendHttp(port, { ...CALL, isTls: true })).status, 400)
    host.emit('SIGTERM')
    t.equal(await ended, 0)
    t.match(
      host.err,
      /^MOCK_GPUDB_RECORD_UPSTRAEM: unknown option \(did you mean MOCK_GPUDB_RECORD_UPSTREAM\?\)/,
    )
    t.match(readFileSync(out, 'utf8'), 'table_name: t')
  },
)

t.test('a bad value in the environment is named by its variable', async (t) => {
  const host = new FakeHost({
    MOCK_GPUDB_RECORD_UPSTREAM: 'http://db',
    MOCK_GPUDB_RECORD_RAW: 'yes',
  })
  t.equal(await main(['record'], host), 2)
  t.equal(host.err, 'MOCK_GPUDB_RECORD_RAW: expected true or false, got "yes"\n')
})

t.test('record --help names every option with its variable', async (t) => {
  const host = new FakeHost()
  t.equal(await main(['record', '--help'], host), 0)
  for (const name of ['upstream', 'out', 'merge', 'raw', 'fail-on-drift', 'upstream-ca']) {
    t.match(host.out, `--${name}`)
    t.match(host.out, `MOCK_GPUDB_RECORD_${name.toUpperCase().replaceAll('-', '_')}`)
  }
})
