import { join } from 'node:path'
import t from 'tap'
import { sendHttp } from '../support/http.ts'
import { runProgram as run } from '../support/program.ts'
import { openSocket } from '../support/socket.ts'

const HERE = ['--host', '127.0.0.1', '--port', '0']

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`mock-gpudb stops at ${signal} while a request is in flight`, async (t) => {
    const started = run(t, { argv: [...HERE, '--fixtures', '.'], cwd: t.testdir({}) })
    const url = await started.listening()
    const socket = openSocket(Number(new URL(url).port))
    const head = ['POST /get/job HTTP/1.1', 'Host: x', 'Content-Length: 9', 'Expect: 100-continue']
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    t.match(await socket.next(), '100 Continue')
    started.child.kill(signal)
    t.strictSame(await started.ended(), {
      code: 0,
      signal: null,
      out: `listening on ${url}\n`,
      err: '',
    })
  })
}

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
  t.match(await health.ended(), { code: 0, out: `http://127.0.0.1:${port} answers 200\n` })
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
  { argv: [...HERE, '--fixtures', 'bad.json'], code: 3, out: '', err: /^bad\.json:1:3: the key/ },
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
