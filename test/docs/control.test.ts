import { readFileSync } from 'node:fs'
import t from 'tap'
import { REPORT_CHECKS } from '../../src/control/report.ts'
import { PROBLEM_STATUSES } from '../../src/control-routes/problem.ts'
import { consoleLines, runSession } from '../support/console-session.ts'
import { startControlled } from '../support/control.ts'
import { runProgram } from '../support/program.ts'

const page = read('docs/control.md')
const lines = consoleLines(page)

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
}

/** The first columns of the table rows whose first cell matches a pattern. */
function rows(form: RegExp): string[][] {
  return Array.from(page.matchAll(form), ([, ...cells]) => cells)
}

/** The route that a command calls, such as `POST /clock`; empty if it calls none. */
function routeOf(command: string): string {
  const [, path] = /\/__mock(\/[^\s'?]*)/.exec(command) ?? []
  const [, method = / -d /.test(command) ? 'POST' : 'GET'] = / -X (\w+)/.exec(command) ?? []
  return path === undefined ? '' : `${method} ${path}`
}

t.test('docs/control.md shows the real output of the commands', async (t) => {
  const [, suite = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const [, flags = ''] = /^ {4}npm start -- (.*)$/m.exec(page) ?? []
  const cwd = t.testdir({ 'suite.yaml': suite })
  const argv = ['--host', '127.0.0.1', '--port', '0', ...flags.split(' ')]
  const url = await runProgram(t, { argv, cwd }).listening()
  t.ok(lines.length > 60, 'the page has commands')
  await runSession(t, lines, url)
})

t.test('docs/control.md lists and calls every route', async (t) => {
  const { paths } = await (await startControlled(t)).must('GET /openapi.json')
  const routes = Object.entries(Object(paths)).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map(
      (method) => `${method.toUpperCase()} ${path.replace('/__mock', '')}`,
    ),
  )
  const table = page.split('\n').filter((line) => line.startsWith('| ['))
  const listed = table.flatMap((row) =>
    Array.from(row.matchAll(/`([A-Z]+ [^`]+)`/g), ([, it]) => it),
  )
  t.strictSame(listed.sort(), routes.sort())
  const called = lines.map(({ command }) => routeOf(command))
  const missing = routes.filter((route) => {
    const form = new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`)
    return !called.some((call) => form.test(call))
  })
  t.strictSame(missing, [])
})

t.test('docs/control.md lists every problem code with its status', async (t) => {
  const codes = Object.entries(PROBLEM_STATUSES).map(([code, status]) => [code, String(status)])
  t.strictSame(rows(/^\| `([A-Z_]+)` \| (\d{3}) \| \S/gm), codes)
})

t.test('docs/control.md lists every kind of finding in a report', async (t) => {
  const checks = REPORT_CHECKS.map((check) => [check])
  t.strictSame(rows(/^\| `([a-z_]+)` \| \S/gm), checks)
})
