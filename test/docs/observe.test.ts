import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { consoleLines, runSession } from '../support/console-session.ts'
import { runProgram } from '../support/program.ts'

const page = readFileSync(new URL('../../docs/observe.md', import.meta.url), 'utf8')
const BUNDLE = fileURLToPath(new URL('../../dist/bin/mock-gpudb.js', import.meta.url))

t.test('docs/observe.md shows the real output of the commands', async (t) => {
  const [, suite = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const [, flags = ''] = /^ {4}npm start -- (.*)$/m.exec(page) ?? []
  const cwd = t.testdir({ 'suite.yaml': suite })
  const started = runProgram(t, { argv: ['--port', '0', ...flags.split(' ')], cwd })
  const url = await started.listening()
  // Without the loaders of tap, as in a shell; on the port that the page calls 9191.
  const program = `env -i MOCK_GPUDB_PORT=${new URL(url).port} ${process.execPath} ${BUNDLE} `
  const lines = consoleLines(page).map(({ command, printed }) => {
    return { command: command.replace(/^mock-gpudb /, program), printed }
  })
  t.ok(lines.length > 15, 'the page has commands')
  await runSession(t, lines, url)
})
