import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ScopeControl } from '../../src/control/scope-control.ts'
import { startMockGpudb } from '../../src/index.ts'
import { MockGpudb } from '../../src/start-mock-gpudb.ts'

const page = readFileSync(new URL('../../docs/in-process.md', import.meta.url), 'utf8')

const run = promisify(execFile)

const EXAMPLES = Array.from(page.matchAll(/```js\n(.*?)```/gs), ([, text = '']) => text)

for (const [runner, flags, closing] of [
  ['node:test', ['--test', '--test-reporter=tap'], /^# pass 1$/m],
  ['tap', [], /^# \{ total: 4, pass: 4 \}$/m],
] as const) {
  t.test(`the example with ${runner} runs as it stands`, async (t) => {
    const text = EXAMPLES.find((example) => example.includes(`from '${runner}'`)) ?? ''
    const file = join(t.testdir({ 'example.mjs': text }), 'example.mjs')
    // tap would add its loaders to the environment; the example is to run as a user runs it.
    const { stdout } = await run('env', ['-i', process.execPath, ...flags, file])
    t.match(stdout, closing)
  })
}

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
  const { clock, jobs, rules, requests, polls, fixtures } = mock
  const parts = Object.entries({ clock, jobs, rules, requests, polls, fixtures })
  t.strictSame(listed, [
    ...parts.map(([name, part]) => [name, methodsOf(Object.getPrototypeOf(part))]),
    ['scope', methodsOf(ScopeControl.prototype)],
    ['mock', methodsOf(MockGpudb.prototype)],
  ])
})
