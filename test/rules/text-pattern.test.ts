import t from 'tap'
import { TextPattern } from '../../src/rules/text-pattern.ts'
import { thrownMessage } from '../support/thrown-message.ts'

const CASES = [
  { source: '', text: '', matches: true },
  { source: 'b', text: 'abc', matches: true },
  { source: '^b', text: 'abc', matches: false },
  { source: '^a.c$', text: 'abc', matches: true },
  { source: '^a.c$', text: 'a\nc', matches: false },
  { source: '(?i)ABC', text: 'xabcx', matches: true },
  { source: '^\\d{3}$', text: '1234', matches: false },
  { source: '^.$', text: '\u{1f600}', matches: true },
]

for (const { source, text, matches } of CASES) {
  t.test(`TextPattern ${source} on ${JSON.stringify(text)} is ${matches}`, async (t) => {
    t.equal(new TextPattern(source).test(text), matches)
  })
}

t.test('TextPattern keeps its source', async (t) => {
  t.equal(new TextPattern('^a+$').source, '^a+$')
})

t.test('TextPattern returns the same result every time', async (t) => {
  const pattern = new TextPattern('a')
  t.strictSame(
    [1, 2, 3].map(() => pattern.test('a')),
    [true, true, true],
  )
})

for (const source of ['(', '[z-a]', 'a{1001}', '(a{1000}){1000}', 'a(?=b)', '(a)\\1', '*']) {
  t.test(`TextPattern rejects ${source}`, async (t) => {
    t.match(
      thrownMessage(() => new TextPattern(source)),
      /^error parsing regexp: ./,
    )
  })
}

t.test('TextPattern rejects an expression that is nested too deeply', async (t) => {
  const source = `${'('.repeat(100_000)}a${')'.repeat(100_000)}`
  t.match(
    thrownMessage(() => new TextPattern(source)),
    /nests too deeply/,
  )
})

t.test('TextPattern is linear in the text', async (t) => {
  // Backtracking would take 2 to the power of the length of the text.
  const hostile = 'a'.repeat(50_000)
  for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*.*.*.*)$']) {
    t.equal(new TextPattern(source).test(`${hostile}!b\n`), false, source)
  }
})
