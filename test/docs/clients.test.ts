import { readFileSync } from 'node:fs'
import t from 'tap'

const ROOT = new URL('../../', import.meta.url)

/** Where the code of the page is run, by its language. */
const RUN: Readonly<Record<string, string>> = {
  python: 'examples/pytest/connect.py',
  java: 'examples/junit5/src/test/java/example/Connect.java',
}

/** Languages whose official client no package registry has: the page says that nobody ran them. */
const NOT_RUN: readonly string[] = ['go', 'js', 'csharp', 'cpp']

const page = readFileSync(new URL('docs/clients.md', ROOT), 'utf8')
const blocks = Array.from(
  page.matchAll(/^```(\w+)\n(.*?)^```$/gms),
  ([, language = '', code = '']) => ({ language, code }),
)

t.test('docs/clients.md shows code that an example runs', async (t) => {
  for (const [language, file] of Object.entries(RUN)) {
    const shown = blocks.filter((block) => block.language === language)
    const source = readFileSync(new URL(file, ROOT), 'utf8')
    t.equal(shown.length, 1, language)
    for (const { code } of shown) t.ok(source.includes(code), file)
  }
})

t.test('docs/clients.md has no other code than of clients that cannot be had', async (t) => {
  const others = blocks.map(({ language }) => language).filter((language) => !(language in RUN))
  t.strictSame([...new Set(others)].sort(), [...NOT_RUN].sort())
})
