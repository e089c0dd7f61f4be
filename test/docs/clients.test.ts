import { readFileSync } from 'node:fs'
import t from 'tap'
import { zeroFields } from '../../src/gpudb-parts/zero-fields.ts'
import { catalogue, createTestMock } from '../support/server.ts'

const ROOT = new URL('../../', import.meta.url)

/** The file that a suite runs and that contains the code of the page, by language. */
const RUN: Readonly<Record<string, string>> = {
  python: 'examples/pytest/connect.py',
  java: 'examples/junit5/src/test/java/example/Connect.java',
  yaml: 'test/clients/packages/sqlalchemy/fixture.yaml',
}

/** Languages whose official client is in no package registry: the page says that it is untested. */
const NOT_RUN: readonly string[] = ['go', 'js', 'csharp', 'cpp']

const page = readFileSync(new URL('docs/clients.md', ROOT), 'utf8')
const blocks = Array.from(
  page.matchAll(/^```(\w+)\n(.*?)^```$/gms),
  ([, language = '', code = '']) => ({ language, code }),
)

t.test('docs/clients.md shows only code that a suite runs', async (t) => {
  for (const [language, file] of Object.entries(RUN)) {
    const shown = blocks.filter((block) => block.language === language)
    const source = readFileSync(new URL(file, ROOT), 'utf8')
    t.equal(shown.length, 1, language)
    for (const { code } of shown) t.ok(source.includes(code), file)
  }
})

t.test('docs/clients.md lists the endpoints that answer more than zeros', async (t) => {
  const [, section = ''] = page.split('## Answers without a rule')
  const rows = Array.from(
    section.split('\n## ')[0]?.matchAll(/^\| (`.*?) \|/gm) ?? [],
    ([, cell]) => cell,
  )
  const listed = rows.flatMap((cell = '') =>
    Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name),
  )
  const scope = createTestMock().scopes.open('default')
  const others = catalogue.endpoints.filter(
    (endpoint) => zeroFields({}, { endpoint, request: {}, scope }) !== undefined,
  )
  t.strictSame(listed.sort(), [...others, '/get/records/json'].sort())
})

t.test('docs/clients.md has other code only for unavailable clients', async (t) => {
  const others = blocks.map(({ language }) => language).filter((language) => !(language in RUN))
  t.strictSame([...new Set(others)].sort(), [...NOT_RUN].sort())
})
