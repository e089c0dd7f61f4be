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

/** The targets of links and images in Markdown and HTML. */
const TARGET = /\]\(\s*<?([^)\s>]*)|^ {0,3}\[[^\]]+\]:\s*<?(\S+)|\b(?:href|src)=["']?([^"'\s>]*)/gm

// A page of a package index has neither the files nor the headings of the repository.
t.test('the README in the Python wheel has only links with a host', async (t) => {
  const project = readFileSync(new URL('helpers/python/pyproject.toml', ROOT), 'utf8')
  t.match(project, /^readme = "README.md"$/m)
  const readme = readFileSync(new URL('helpers/python/README.md', ROOT), 'utf8')
  const targets = Array.from(readme.matchAll(TARGET), (match) => match.slice(1).join(''))
  t.strictSame(
    targets.filter((target) => !target.startsWith('https://')),
    [],
  )
})

t.test('the README in the Python wheel lists the checks of a report', async (t) => {
  const [python, control] = ['helpers/python/README.md', 'docs/control.md'].map((file) => {
    return readFileSync(new URL(file, ROOT), 'utf8')
  })
  const [, table = ''] = /^\| check \| finds \|\n.*\n((?:\|.*\n)+)/m.exec(control ?? '') ?? []
  const checks = Array.from(table.matchAll(/^\| (`\w+`)/gm), ([, name = '']) => name)
  t.ok(checks.length > 0)
  t.match(python, checks.join(', '))
})

t.test('the Java helper is compiled for the version that its README names', async (t) => {
  const pom = readFileSync(new URL('helpers/java/pom.xml', ROOT), 'utf8')
  const readme = readFileSync(new URL('helpers/java/README.md', ROOT), 'utf8')
  const [, release] = /<maven\.compiler\.release>(\d+)<\//.exec(pom) ?? []
  t.equal(release, '11')
  t.match(readme, `Java ${release} or later`)
})

t.test('the helpers that are copied as a folder or a package have the licence', async (t) => {
  const licence = readFileSync(new URL('LICENSE', ROOT), 'utf8')
  for (const helper of ['python', 'go']) {
    t.equal(readFileSync(new URL(`helpers/${helper}/LICENSE`, ROOT), 'utf8'), licence)
  }
})
