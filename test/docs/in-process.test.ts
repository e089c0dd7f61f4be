import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { ScopeControl } from '../../src/control/scope-control.ts'
import { startMockGpudb } from '../../src/index.ts'
import { MockGpudb, MockScope } from '../../src/start-mock-gpudb.ts'

const page = readFileSync(new URL('../../docs/in-process.md', import.meta.url), 'utf8')

const run = promisify(execFile)

const EXAMPLES = Array.from(page.matchAll(/```js\n(.*?)```/gs), ([, text = '']) => text)

for (const [runner, flags, closing] of [
  ['node:test', ['--test', '--test-reporter=tap'], /^# pass 1$/m],
  ['tap', [], /^# \{ total: 4, pass: 4 \}$/m],
] as const) {
  t.test(`the example with ${runner} runs unchanged`, async (t) => {
    const text = EXAMPLES.find((example) => example.includes(`from '${runner}'`)) ?? ''
    const file = join(t.testdir({ 'example.mjs': text }), 'example.mjs')
    // tap would add its loaders to the environment; a user runs the example without them.
    const { stdout } = await run('env', ['-i', process.execPath, ...flags, file])
    t.match(stdout, closing)
  })
}

/** Runs a program that imports the package, as a user does. */
async function runScript(t: Test, text: string, ...flags: string[]) {
  const file = join(t.testdir({ 'script.mjs': text }), 'script.mjs')
  return run('env', ['-i', process.execPath, ...flags, file], { timeout: 60_000 })
}

const START = `import { startMockGpudb } from 'mock-gpudb'
const start = async (options) => {
  const mock = await startMockGpudb({ clock: 'real', defaultDuration: '20ms', ...options })
  const post = (path, body) => fetch(mock.url + path, { method: 'POST', body: JSON.stringify(body) })
  const job = { endpoint: '/alter/table', request_encoding: 'json' }
  const data_str = JSON.stringify({ table_name: 'orders', action: 'ttl', value: '1' })
  await (await post('/create/job', { ...job, data_str })).json()
  return { mock, post }
}
`

t.test('an open stream of events does not keep the process alive', async (t) => {
  const { stdout } = await runScript(
    t,
    `${START}import { connect } from 'node:net'
const { mock } = await start()
const socket = connect(new URL(mock.url).port, '127.0.0.1').setEncoding('utf8')
socket.write('GET /__mock/events HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n')
socket.on('data', (text) => {
  if (!text.includes('event: hello')) return
  console.log('hello')
  // Only the side of the mock is left.
  socket.unref()
})`,
  )
  t.equal(stdout, 'hello\n')
})

t.test('a process whose test forgets close() ends, after its pending awaits', async (t) => {
  const { stdout } = await runScript(
    t,
    `${START}import { test } from 'node:test'
test('forgets', async () => {
  const { mock, post } = await start()
  await mock.jobs.wait(1)
  mock.rules.add({ when: { endpoint: '/get/job' }, then: { response: {}, delay: '20ms' } })
  await (await post('/get/job', { job_id: 1 })).json()
  mock.polls.verify({ job: 1, times: { exactly: 1 } })
})`,
    ...['--test', '--test-reporter=tap'],
  )
  t.match(stdout, /^# pass 1$/m)
})

t.test('close() keeps the process alive until the mock is stopped', async (t) => {
  const script = `${START}const { mock } = await start()
await mock.close()
console.log('closed')`
  t.equal((await runScript(t, script)).stdout, 'closed\n')
})

t.test('a mock with ref keeps its process alive', async (t) => {
  const outcomeOf = async (ref: boolean) => {
    // Without ref, the process ends before; with it, at that time.
    const afterMs = ref ? 100 : 30_000
    const script = `${START}await start({ ref: ${ref}, host: 'localhost' })
setTimeout(() => process.exit(7), ${afterMs}).unref()`
    return runScript(t, script).then(
      () => 0,
      (error: unknown) => Object(error).code,
    )
  }
  t.strictSame([await outcomeOf(false), await outcomeOf(true)], [0, 7])
})

/** The names of the methods of a class. */
function methodsOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor')
}

t.test('the page lists the methods of each object', async (t) => {
  await using mock = await startMockGpudb()
  const rows = Array.from(page.matchAll(/^\| `mock(?:\.(\w+))?`(, `scope[^|]*)? \| (.*) \|$/gm))
  const listed = rows.map(([, part, ofScope, methods = '']) => [
    part ?? (ofScope === undefined ? 'mock' : 'scope'),
    Array.from(methods.matchAll(/`(\w+)`/g), ([, name]) => name),
  ])
  const { clock, jobs, rules, faults, clusters, timeline, ...others } = mock
  const { tables, requests, polls, fixtures } = others
  const changed = { clock, jobs, rules, faults, clusters, timeline }
  const parts = Object.entries({ ...changed, tables, requests, polls, fixtures })
  t.strictSame(listed, [
    ...parts.map(([name, part]) => [name, methodsOf(Object.getPrototypeOf(part))]),
    ['scope', [MockScope, ScopeControl].flatMap(({ prototype }) => methodsOf(prototype))],
    ['mock', methodsOf(MockGpudb.prototype)],
  ])
})
