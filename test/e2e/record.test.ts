import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { type HttpAnswer, sendHttp } from '../support/http.ts'
import { type ProgramOptions, runProgram as run } from '../support/program.ts'
import { sentOf } from '../support/record-exchanges.ts'
import { sampleRecord } from '../support/sample-record.ts'
import { ENCODINGS } from '../support/server.ts'

const HERE = ['--host', '127.0.0.1', '--port', '0']

const UPSTREAM = `
jobs:
  - { job_id: 42, tag: nightly, endpoint: /create/backup, lifecycle: { duration: 0 } }
rules:
  - { when: { endpoint: /show/table, request: { table_name: a } }, then: { response: { table_names: [a] } } }
  - { when: { endpoint: /show/table }, then: { error: no such table } }
  - when: { endpoint: /execute/sql }
    then: { columns: [id int, "note string?"], rows: [[1, one], [2, null]] }
`

/** The endpoints whose answers need no history. */
const ENDPOINTS = ['/show/table', '/execute/sql', '/alter/table', '/has/table', '/admin/rebalance']

const CALLS = catalogueLines
  .filter(({ endpoint }) => ENDPOINTS.includes(endpoint))
  .flatMap(({ endpoint, request }) => {
    return ENCODINGS.flatMap((encoding) =>
      ['a', 'b'].map((table_name) => {
        const sample = sampleRecord(request.fields)
        const fields = 'table_name' in sample ? { ...sample, table_name } : sample
        return sentOf(encoding, endpoint, fields)
      }),
    )
  })

async function callAll(port: number): Promise<HttpAnswer[]> {
  // The life of a job that existed before begins with the recording.
  const poll = { method: 'POST', path: '/get/job', body: '{"job_id":42}' }
  const answers = [await sendHttp(port, poll), await sendHttp(port, poll)]
  for (const { target: path, type, body } of CALLS) {
    const headers = { 'content-type': type }
    answers.push(await sendHttp(port, { method: 'POST', path, headers, body }))
  }
  return answers
}

async function start(t: Test, options: ProgramOptions) {
  const program = run(t, options)
  const url = await program.listening()
  return { program, url, port: Number(new URL(url).port) }
}

function startUpstream(t: Test, cwd: string) {
  return start(t, { argv: [...HERE, '--fixtures', 'upstream.yaml'], cwd })
}

function shown(answers: readonly HttpAnswer[]) {
  return answers.map(({ status, headers, body }) => {
    return { status, type: headers['content-type'], body: body.toString('latin1') }
  })
}

t.test('a mock with a recorded fixture answers as the upstream did', async (t) => {
  const cwd = t.testdir({ 'upstream.yaml': UPSTREAM })
  const upstream = await startUpstream(t, cwd)
  const argv = ['record', ...HERE, '--upstream', upstream.url]
  const proxy = await start(t, { argv, cwd })
  const passed = await callAll(proxy.port)
  t.strictSame(shown(passed), shown(await callAll(upstream.port)), 'through the proxy')
  proxy.program.child.kill('SIGINT')
  const { code, err } = await proxy.program.ended()
  t.equal(code, 0)
  t.match(err, /^recorded \d+ rules and 1 job of \d+ requests\nwrote recorded\.yaml\n$/)
  const checked = await run(t, { argv: ['validate', 'recorded.yaml'], cwd }).ended()
  t.match(checked, { code: 0, out: /^ok: 1 job, \d+ rules\n$/ })
  const replay = await start(t, { argv: [...HERE, '--fixtures', 'recorded.yaml', '--strict'], cwd })
  t.strictSame(shown(await callAll(replay.port)), shown(passed), 'from the fixture')
})

t.test('a fixture that cannot be written is written whole to another place', async (t) => {
  const cwd = t.testdir({ 'upstream.yaml': UPSTREAM })
  const upstream = await startUpstream(t, cwd)
  // A limit for the size of files is like a full disk, and so is a folder for temporary files without it.
  const shell = 'ulimit -f 0; exec "$@"'
  const env = { TMPDIR: cwd }
  const argv = ['record', ...HERE, '--upstream', upstream.url]
  const proxy = await start(t, { argv, cwd, shell, env })
  await callAll(proxy.port)
  proxy.program.child.kill('SIGTERM')
  const { code, out, err } = await proxy.program.ended()
  t.equal(code, 1)
  t.match(
    err,
    'Cannot write recorded.yaml: this cannot be written: EFBIG; the fixture follows on stdout',
  )
  const [, fixture = ''] = out.split(/^listening on .*\n/)
  t.match(fixture, /^jobs:\n.*\nrules:\n/s)
  t.notOk(existsSync(join(cwd, 'recorded.yaml')))
  t.strictSame(
    readdirSync(cwd).filter((name) => name.startsWith('.')),
    [],
    'nothing half is left',
  )
})

t.test('a recording whose process is killed leaves no fixture', async (t) => {
  const cwd = t.testdir({ 'upstream.yaml': UPSTREAM })
  const upstream = await startUpstream(t, cwd)
  const proxy = await start(t, { argv: ['record', ...HERE, '--upstream', upstream.url], cwd })
  await callAll(proxy.port)
  proxy.program.child.kill('SIGKILL')
  await proxy.program.ended()
  t.strictSame(readdirSync(cwd), ['upstream.yaml'])
})

t.test('a folder that is removed meanwhile does not lose the recording', async (t) => {
  const cwd = t.testdir({ 'upstream.yaml': UPSTREAM, gone: {} })
  const upstream = await startUpstream(t, cwd)
  const out = ['--out', 'gone/a.yaml', '--upstream', upstream.url]
  const proxy = await start(t, { argv: ['record', ...HERE, ...out], cwd })
  await callAll(proxy.port)
  rmSync(join(cwd, 'gone'), { recursive: true })
  const sent = { method: 'POST', path: '/__mock/record/stop' }
  const { file } = JSON.parse((await sendHttp(proxy.port, sent)).body.toString())
  t.ok(file.startsWith(tmpdir()))
  t.match(await proxy.program.ended(), { code: 1 })
  t.match(readFileSync(file, 'utf8'), 'table_name: a')
  rmSync(join(file, '..'), { recursive: true })
})
