import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startRealTimer } from '../../src/clock/time-source.ts'
import { sendHttp } from '../support/http.ts'
import { runProgram as run } from '../support/program.ts'
import { openSocket } from '../support/socket.ts'

const HERE = ['--host', '127.0.0.1', '--port', '0']

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

for (const signal of SIGNALS) {
  t.test(`mock-gpudb stops at ${signal}, also twice, and answers what is in flight`, async (t) => {
    const late = 'rules: [{ when: { endpoint: /alter/role }, then: { delay: 1h, error: late } }]'
    const cwd = t.testdir({ fixtures: { 'a.yaml': late } })
    const started = run(t, { argv: HERE, cwd })
    const url = await started.listening()
    const port = Number(new URL(url).port)
    const body = '{"name":"a","action":"b","value":"c","options":{}}'
    const answered = sendHttp(port, { method: 'POST', path: '/alter/role', body })
    const unfinished = openSocket(port)
    const head = ['POST /get/job HTTP/1.1', 'Host: x', 'Content-Length: 9', 'Expect: 100-continue']
    unfinished.write(`${head.join('\r\n')}\r\n\r\n`)
    t.match(await unfinished.next(), '100 Continue')
    for (const next of [signal, signal, ...SIGNALS]) started.child.kill(next)
    t.match((await answered).body.toString(), '"message":"late"')
    t.strictSame(await started.ended(), {
      code: 0,
      signal: null,
      out: `listening on ${url}\n`,
      err: `loaded 0 jobs and 1 rule from ./fixtures (1 file)\nlive page on ${url}/__mock/\n`,
    })
  })

  t.test(`mock-gpudb stops at ${signal} while it starts`, async (t) => {
    const cwd = t.testdir({})
    const config = join(cwd, 'mock.json')
    execFileSync('mkfifo', [config])
    const started = run(t, { argv: ['start', '--config', config], cwd })
    // Opens when the mock opens its side: it then waits for the content of the file.
    const writer = await open(config, 'w')
    started.child.kill(signal)
    started.child.kill(signal)
    await writer.writeFile('{ "port": 0, "host": "127.0.0.1" }')
    await writer.close()
    t.match(await started.ended(), { code: 0, signal: null })
  })
}

t.test(
  'with --stop-with-stdin, mock-gpudb stops when the writer of its input is gone',
  async (t) => {
    const cwd = t.testdir({})
    execFileSync('mkfifo', [join(cwd, 'input')])
    const started = run(t, { argv: [...HERE, '--stop-with-stdin'], cwd, shell: 'exec "$@" <input' })
    const writer = await open(join(cwd, 'input'), 'w')
    const url = await started.listening()
    await writer.write('ignored')
    t.equal((await sendHttp(Number(new URL(url).port), { path: '/' })).status, 200)
    await writer.close()
    const { code, err } = await started.ended()
    t.equal(code, 0)
    t.match(err, /^stopping: the standard input has ended$/m)
  },
)

t.test('with --stop-with-stdin, mock-gpudb without an input stops', async (t) => {
  const started = run(t, { argv: [...HERE, '--stop-with-stdin'], cwd: t.testdir({}) })
  t.match(await started.ended(), { code: 0, err: /^stopping: the standard input has ended$/m })
})

t.test('mock-gpudb goes on if the readers of its output leave', async (t) => {
  const argv = [...HERE, '--log-level', 'info']
  const started = run(t, { argv, cwd: t.testdir({}) })
  const port = Number(new URL(await started.listening()).port)
  started.child.stdout?.destroy()
  started.child.stderr?.destroy()
  for (const _ of [1, 2, 3]) t.equal((await sendHttp(port, { path: '/' })).status, 200)
  started.child.kill('SIGTERM')
  t.match(await started.ended(), { code: 0, signal: null })
})

t.test('mock-gpudb listens if its output is lost', async (t) => {
  const cwd = t.testdir({})
  const argv = ['--port', '0', '--fixtures', 'none', '--log-level', 'info']
  const shell = 'exec "$@" 2>/dev/full'
  const started = run(t, { argv, cwd, shell })
  const port = Number(new URL(await started.listening()).port)
  t.equal((await sendHttp(port, { path: '/' })).status, 200)
  started.child.kill('SIGTERM')
  t.match(await started.ended(), { code: 0, signal: null })
})

t.test('mock-gpudb answers while the reader of its log is blocked', async (t) => {
  const started = run(t, { argv: [...HERE, '--log-level', 'info'], cwd: t.testdir({}) })
  const port = Number(new URL(await started.listening()).port)
  started.child.stderr?.pause()
  const path = `/${'x'.repeat(15_000)}`
  for (let sent = 0; sent < 200; sent += 1) await sendHttp(port, { path })
  started.child.stderr?.resume()
  const { texts } = started
  const report = /^dropped (\d+) log lines: the reader of stderr was too slow$/m
  const written = () => texts.err.match(/x{15000}/g)?.length ?? 0
  while (!report.test(texts.err) && written() < 200) {
    await once(started.child.stderr ?? started.child, 'data')
  }
  const dropped = Number(report.exec(texts.err)?.[1])
  t.ok(dropped > 0 && dropped < 200)
  t.equal((await sendHttp(port, { path: '/last' })).status, 404)
  started.child.kill('SIGTERM')
  const { code, err } = await started.ended()
  t.equal(code, 0)
  t.equal(written(), 200 - dropped)
  t.match(err, /dropped [^\n]*\n.*GET \/last/)
})

t.test('mock-gpudb stops while the reader of its log is blocked', async (t) => {
  const started = run(t, { argv: [...HERE, '--log-level', 'info'], cwd: t.testdir({}) })
  const port = Number(new URL(await started.listening()).port)
  started.child.stderr?.pause()
  for (let sent = 0; sent < 100; sent += 1) await sendHttp(port, { path: `/${'x'.repeat(15_000)}` })
  const exited = once(started.child, 'exit')
  started.child.kill('SIGTERM')
  t.strictSame(await exited, [0, null])
})

t.test('mock-gpudb validate waits for a slow reader', async (t) => {
  const wrong = JSON.stringify({ jobs: Array.from({ length: 100 }, () => 0) })
  const folder = 'x'.repeat(200)
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`${folder}${index}.json`, wrong]),
  )
  const cwd = t.testdir({ [folder]: { [folder]: files } })
  const started = run(t, { argv: ['validate', folder], cwd })
  const { child } = started
  await once(child.stderr ?? child, 'data')
  child.stderr?.pause()
  startRealTimer(500, () => child.stderr?.resume(), { keepsAlive: true })
  const { code, err } = await started.ended()
  t.equal(code, 3)
  // Each file has a line more, which says that it is read no further.
  t.equal(err.trimEnd().split('\n').length, 20 * 101)
})

for (const { shell, code, err } of [
  { shell: '{ "$@"; echo "code $?" >&2; } | true', code: 0, err: 'code 0\n' },
  {
    shell: 'exec "$@" > /dev/full',
    code: 1,
    err: 'Cannot write to stdout: ENOSPC: no space left on device, write\n',
  },
  { shell: 'exec "$@" > /dev/full 2> /dev/full', code: 1, err: '' },
]) {
  t.test(`${shell.replace('"$@"', 'mock-gpudb schema')} exits with ${code}`, async (t) => {
    const started = run(t, { argv: ['schema'], cwd: t.testdir({}), shell })
    t.strictSame(await started.ended(), { code, signal: null, out: '', err })
  })
}

t.test('mock-gpudb listens on localhost by default', async (t) => {
  const started = run(t, { argv: ['--port', '0'], cwd: t.testdir({}) })
  const { port, hostname } = new URL(await started.listening())
  t.equal(hostname, 'localhost')
  for (const host of ['127.0.0.1', '::1']) {
    t.equal((await sendHttp(Number(port), { host, path: '/' })).status, 200, host)
  }
})

t.test('mock-gpudb answers as soon as it reports that it listens', async (t) => {
  const cwd = t.testdir({
    fixtures: { 'a.json': '{ "jobs": [{ "job_id": 7, "endpoint": "/alter/table" }] }' },
  })
  const started = run(t, { argv: HERE, cwd })
  const { port, hostname } = new URL(await started.listening())
  t.equal(hostname, '127.0.0.1')
  const get = { method: 'POST', path: '/get/job', body: '{"job_id":7}' }
  const { status, body } = await sendHttp(Number(port), get)
  t.equal(status, 200)
  t.match(body.toString(), 'get_job_response')
  const health = run(t, { argv: ['health', '--port', port], cwd })
  t.match(await health.ended(), { code: 0, out: `http://localhost:${port} answers 200\n` })
  const again = run(t, { argv: ['--host', '127.0.0.1', '--port', port], cwd })
  t.match(await again.ended(), { code: 1, out: '', err: /EADDRINUSE/ })
})

t.test('mock-gpudb reads the environment and a config file', async (t) => {
  const cwd = t.testdir({
    'mock.json': '{ "port": 0, "host": "::1", "fixtures": [], "user": ["jo:secret"] }',
  })
  const env = { MOCK_GPUDB_CONFIG: join(cwd, 'mock.json'), MOCK_GPUDB_HOST: '127.0.0.1' }
  const started = run(t, { argv: ['start'], cwd, env })
  const { port, hostname } = new URL(await started.listening())
  t.equal(hostname, '127.0.0.1')
  const status = { method: 'POST', path: '/show/system/status', body: '{}' }
  t.equal((await sendHttp(Number(port), status)).status, 401)
  // "jo:secret" in base64.
  const headers = { authorization: 'Basic am86c2VjcmV0' }
  t.equal((await sendHttp(Number(port), { ...status, headers })).status, 200)
})

const ENDINGS = [
  { argv: ['version'], code: 0, out: /^\d+\.\d+\.\d+/, err: '' },
  { argv: ['--help'], code: 0, out: /^Usage: mock-gpudb/, err: '' },
  { argv: ['--port', 'x'], code: 2, out: '', err: /^--port: expected a port/ },
  { argv: ['--nonsense'], code: 2, out: '', err: /unknown option '--nonsense'/ },
  {
    argv: [...HERE, '--fixtures', 'bad.json'],
    code: 3,
    out: '',
    err: /^bad\.json:1:3: x: the key/,
  },
  { argv: [...HERE, '--fixtures', 'nosuch.json'], code: 3, out: '', err: /^nosuch\.json: / },
  {
    argv: ['health', '--port', '1', '--host', '127.0.0.1'],
    code: 1,
    out: '',
    err: /does not answer/,
  },
]

for (const { argv, code, out, err } of ENDINGS) {
  t.test(`mock-gpudb ${argv.join(' ')} exits with ${code}`, async (t) => {
    const { ended } = run(t, { argv, cwd: t.testdir({ 'bad.json': '{ "x": 1 }' }) })
    const ending = await ended()
    t.strictSame([ending.code, ending.signal], [code, null])
    t.match(ending.out, out)
    t.match(ending.err, err)
  })
}
