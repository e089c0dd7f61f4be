import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { describeDefault, environmentName } from '../../src/config-any-option.ts'
import { RECORD_OPTION_NAMES, RecordOptions } from '../../src/config-record-options.ts'
import { consoleLines, runSession } from '../support/console-session.ts'
import { runProgram } from '../support/program.ts'

const page = readFileSync(new URL('../../docs/record.md', import.meta.url), 'utf8')

t.test('docs/record.md shows a real recording', async (t) => {
  const [database = '', recorded = ''] = Array.from(
    page.matchAll(/```yaml\n(.*?)```/gs),
    ([, text = '']) => text,
  )
  const cwd = t.testdir({ 'database.yaml': database })
  const here = ['--host', '127.0.0.1', '--port', '0']
  const argv = [...here, '--fixtures', 'database.yaml']
  const upstream = await runProgram(t, { argv, cwd }).listening()
  const proxy = runProgram(t, { argv: ['record', ...here, '--upstream', upstream], cwd })
  const lines = consoleLines(page)
  t.equal(lines.length, 6)
  await runSession(t, lines, await proxy.listening())
  const { code, err } = await proxy.ended()
  t.equal(code, 0)
  const [, drift = ''] = /^ {4}(drift: .*)$/m.exec(page) ?? []
  t.strictSame(err.match(/^drift: .*$/gm), [drift])
  t.equal(readFileSync(join(cwd, 'recorded.yaml'), 'utf8'), recorded)
})

t.test(
  'docs/record.md lists the options of record, with their variables and defaults',
  async (t) => {
    const rows = RECORD_OPTION_NAMES.map((name) => {
      const { computed, description } = RecordOptions.properties[name]
      const shown = describeDefault(name)
      const value = shown === '' || computed !== undefined ? shown : `\`${shown}\``
      return `| \`--${name}\` | \`${environmentName(name)}\` | ${value} | ${description} |`
    })
    const table = page.split('\n').filter((line) => /^\| `--[a-z-]+` \| `MOCK_/.test(line))
    t.strictSame(table, rows)
  },
)
