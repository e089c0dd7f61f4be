import { readFileSync } from 'node:fs'
import t from 'tap'

const ROOT = new URL('../../', import.meta.url)

/** The READMEs of the helpers, and the test of an example suite that each begins with. */
const FIRST_TESTS = [
  { helper: 'python', file: 'examples/pytest/test_first.py' },
  { helper: 'java', file: 'examples/junit5/src/test/java/example/FirstTest.java' },
  { helper: 'go', file: 'examples/go-test/first_test.go' },
]

for (const { helper, file } of FIRST_TESTS) {
  t.test(`the README of the helper for ${helper} begins with a test that runs`, async (t) => {
    const readme = readFileSync(new URL(`helpers/${helper}/README.md`, ROOT), 'utf8')
    const [, snippet] = /^```\w+\n(.*?)^```$/ms.exec(readme) ?? []
    t.equal(snippet, readFileSync(new URL(file, ROOT), 'utf8'))
  })
}

t.test('the helpers that are copied as a folder or a package have the licence', async (t) => {
  const licence = readFileSync(new URL('LICENSE', ROOT), 'utf8')
  for (const helper of ['python', 'go']) {
    t.equal(readFileSync(new URL(`helpers/${helper}/LICENSE`, ROOT), 'utf8'), licence)
  }
})
