import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { describeDefault, environmentName } from '../src/config-any-option.ts'
import { ConfigOptions, OPTION_NAMES } from '../src/config-options.ts'
import { loadFixtures } from '../src/fixtures/load-fixtures.ts'
import { consoleLines, runSession } from './support/console-session.ts'
import { startControlled } from './support/control.ts'
import { loadText } from './support/fixture-text.ts'
import { runProgram } from './support/program.ts'
import { FIXTURE_CONTEXT } from './support/server.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The code blocks of the README in one language. */
function blocks(language: string): string[] {
  return Array.from(readme.matchAll(/```(\w+)\n(.*?)```/gs))
    .filter(([, name]) => name === language)
    .map(([, , text = '']) => text)
}

t.test('the README shows the real output of the commands', async (t) => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const url = await runProgram(t, { argv: ['--host', '127.0.0.1', '--port', '0'], cwd }).listening()
  const lines = consoleLines(readme)
  t.equal(lines.length, 10)
  await runSession(t, lines, url)
})

t.test('the README lists every option, with its variable and default', async (t) => {
  const rows = OPTION_NAMES.map((name) => {
    const { computed, description } = ConfigOptions.properties[name]
    const shown = describeDefault(name)
    const value = shown === '' || computed !== undefined ? shown : `\`${shown}\``
    return `| \`--${name}\` | \`${environmentName(name)}\` | ${value} | ${description} |`
  })
  const table = readme.split('\n').filter((line) => /^\| `--[a-z-]+` \| `MOCK_/.test(line))
  t.strictSame(table, rows)
})

t.test('the first fixture in the README is valid', async (t) => {
  const [text = ''] = blocks('json')
  t.strictSame(loadText(t, text).problems, [])
})

t.test('the timeline in the README takes a cluster down', async (t) => {
  const loaded = loadFixtures([t.testdir({ 'ring.yaml': blocks('yaml').join() })], FIXTURE_CONTEXT)
  t.strictSame(loaded.problems, [])
  const server = await startControlled(t, { loaded })
  await server.must('POST /clock/next')
  t.match(await server.must('GET /clusters/a'), { state: 'down' })
})
