import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { Command } from '../clients/client.ts'
import { EXAMPLES, type Example, HELPERS } from './example.ts'
import { renderResults, runExample, runExamples } from './run-example.ts'

function node(script: string): Command {
  return [process.execPath, '--eval', script]
}

function exampleOf(parts: Partial<Example>): Example {
  return { name: 'a', probe: node(''), install: [], run: node(''), ...parts }
}

t.test('runExample() runs in the copy, with the command of the mock', async (t) => {
  const home = t.testdir({ a: { b: {} } })
  const script = `require('node:fs').writeFileSync('seen', process.env.MOCK_GPUDB_COMMAND)`
  const example = exampleOf({ name: 'a/b', run: node(script) })
  const result = await runExample(example, { home, mock: 'bin/mock' })
  t.strictSame(result, { name: 'a/b', verdict: 'pass', detail: '' })
  t.equal(readFileSync(`${home}/a/b/seen`, 'utf8'), '../../bin/mock')
})

t.test('runExample() does not run an example whose toolchain is missing', async (t) => {
  const home = t.testdir({ a: {} })
  const example = exampleOf({ probe: ['no-such-program'], run: node('process.exit(1)') })
  const { verdict, detail } = await runExample(example, { home, mock: '' })
  t.equal(verdict, 'not run')
  t.match(detail, /^no-such-program: exit code 127\n/)
})

t.test('runExample() fails an example that cannot be installed', async (t) => {
  const home = t.testdir({ a: {} })
  const example = exampleOf({ install: [node('console.log("no disk"); process.exit(2)')] })
  const { verdict, detail } = await runExample(example, { home, mock: '' })
  t.equal(verdict, 'FAIL')
  t.match(detail, /: exit code 2\nno disk$/)
})

t.test('runExample() ends an example that hangs', async (t) => {
  const home = t.testdir({ a: {} })
  const example = exampleOf({ probe: ['true'], run: node('setInterval(() => {}, 1000)') })
  const { verdict, detail } = await runExample(example, { home, mock: '', limitMs: 3000 })
  t.equal(verdict, 'FAIL')
  t.match(detail, /: still running after 3000 ms$/)
})

t.test('runExamples() returns results in the order of the examples', async (t) => {
  const home = t.testdir({ a: {}, b: {}, c: {} })
  const slow = exampleOf({ run: node('for (let i = 0; i < 1e8; i += 1);') })
  const examples = [slow, exampleOf({ name: 'b' }), exampleOf({ name: 'c' })]
  const results = await runExamples(examples, { home, mock: '' })
  t.strictSame(
    results.map(({ name, verdict }) => [name, verdict]),
    [
      ['a', 'pass'],
      ['b', 'pass'],
      ['c', 'pass'],
    ],
  )
})

t.test('renderResults() returns a line for each example, and the counts', async (t) => {
  const lines = [
    'pass     a',
    'FAIL     b',
    '    make: exit code 1',
    '    no luck',
    'not run  c',
    '    make: exit code 127',
    'examples: 1 pass, 1 FAIL, 1 not run',
    '',
  ]
  const text = renderResults([
    { name: 'a', verdict: 'pass', detail: '' },
    { name: 'b', verdict: 'FAIL', detail: 'make: exit code 1\nno luck\n' },
    { name: 'c', verdict: 'not run', detail: 'make: exit code 127' },
  ])
  t.strictSame(text.split('\n'), lines)
})

/** Folders of configuration files without a suite: test/docs/recipes.test.ts and test/proxy/ run them. */
const FILES_ONLY = ['github', 'gitlab', 'kubernetes', 'nginx']

function foldersOf(parent: string): string[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testcontainers')
    .filter(({ name }) => !FILES_ONLY.includes(name))
    .map(({ name }) => `${parent}${name}`)
}

t.test('every folder with a suite, and every helper, is in the list', async (t) => {
  const folders = ['examples/', 'examples/testcontainers/'].flatMap(foldersOf)
  t.strictSame(folders.sort(), EXAMPLES.map(({ name }) => `examples/${name}`).sort())
  t.strictSame(foldersOf('helpers/').sort(), HELPERS.map(({ name }) => name).sort())
})
