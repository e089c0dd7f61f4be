import { readFileSync } from 'node:fs'
import t from 'tap'

const ROOT = new URL('../../', import.meta.url)

/** The example that runs the code of the page, by language. */
const RUN: Readonly<Record<string, string>> = {
  python: 'examples/pytest/connect.py',
  java: 'examples/junit5/src/test/java/example/Connect.java',
}

/** Languages whose official client is in no package registry: the page says that it is untested. */
const NOT_RUN: readonly string[] = ['go', 'js', 'csharp', 'cpp']

const page = readFileSync(new URL('docs/clients.md', ROOT), 'utf8')
const blocks = Array.from(
  page.matchAll(/^```(\w+)\n(.*?)^```$/gms),
  ([, language = '', code = '']) => ({ language, code }),
)

t.test('docs/clients.md shows only code that an example runs', async (t) => {
  for (const [language, file] of Object.entries(RUN)) {
    const shown = blocks.filter((block) => block.language === language)
    const source = readFileSync(new URL(file, ROOT), 'utf8')
    t.equal(shown.length, 1, language)
    for (const { code } of shown) t.ok(source.includes(code), file)
  }
})

t.test('docs/clients.md has other code only for unavailable clients', async (t) => {
  const others = blocks.map(({ language }) => language).filter((language) => !(language in RUN))
  t.strictSame([...new Set(others)].sort(), [...NOT_RUN].sort())
})
