import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Composer, stringify, type ToStringOptions } from 'yaml'
import { isJsonList, isJsonObject } from '../../src/documents/json-value.ts'
import type { LocatedDocument } from '../../src/documents/located-document.ts'
import { toPrintable } from '../../src/documents/printable-text.ts'
import { parseLocatedYaml } from '../../src/yaml/located-yaml.ts'
import { type PlainYaml, parsePlainYaml } from '../../src/yaml/plain-yaml.ts'
import { YamlCursor } from '../../src/yaml/yaml-cursor.ts'
import { parseYamlDocument } from '../../src/yaml/yaml-document.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const PLAIN: readonly (readonly [text: string, value: unknown])[] = [
  ['a: 1\nb: two words   # a comment\n\n  # more\nc:\n', { a: 1, b: 'two words', c: null }],
  [
    '---\na:\n- 1\n-   b: x\n    c: [y]\n- - z\n  -\n    - 2',
    { a: [1, { b: 'x', c: ['y'] }, ['z', [2]]] },
  ],
  ['# one\r\na: |\r\n  x\r\n\r\n   y\r\n\r\nb: |-\r\n  z\r\n', { a: 'x\n\n y\n', b: 'z' }],
  [
    '[a b, "c, d", \'it\'\'s\', http://x, {a: 1, "b":2,}, [], {}]',
    ['a b', 'c, d', "it's", 'http://x', { a: 1, b: 2 }, [], {}],
  ],
  ['a: [1, # one\n\n  2\n ]\n', { a: [1, 2] }],
  ['a: { b: c,\n d: e }', { a: { b: 'c', d: 'e' } }],
  ['["\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00", "", \'\']', ['"\\/\né😀', '', '']],
  [
    '[~, null, true, False, yes, -7, 0.5, -0.25, +7, 007, -0]',
    [null, null, true, false, 'yes', -7, 0.5, -0.25, 7, 7, 0],
  ],
  ['[9007199254740992, -9223372036854775808]', [9007199254740992n, -9223372036854775808n]],
  [
    '[1s, 2026-01-31, 1.2.3, 1_000, -x, ., /a/*, $1, a#b, a:b]',
    ['1s', '2026-01-31', '1.2.3', '1_000', '-x', '.', '/a/*', '$1', 'a#b', 'a:b'],
  ],
  ['1: a\ntrue: b\n"c d": e\n1.50: f', { 1: 'a', true: 'b', 'c d': 'e', 1.5: 'f' }],
  ['{ __proto__: 1 }', Object.fromEntries([['__proto__', 1]])],
  ['  a: 1\n  b: 2', { a: 1, b: 2 }],
]

const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'nothing in a text': ['', '\n', '# a'],
  'several documents and their ends': [
    'a\n---\nb',
    'a\n...\n',
    '--- a',
    '---\n---\na',
    '[\n---\n]',
  ],
  'directives, tags, anchors and aliases': [
    '%YAML 1.2\n---\na',
    '- !!str 1',
    '- &a b',
    '- *a',
    '<<: a\n? b',
  ],
  'numbers of an unusual form': [
    '0x1F',
    '0o17',
    '1e3',
    '.5',
    '-.INF',
    '.nan',
    '5.',
    '9'.repeat(31),
    '0.12345678',
  ].map((text) => `- ${text}`),
  'keys that are no text': ['~: 1', '[a]: 1', '? a\n: 1', ': a', '{ null: 1 }', '{[a]: 1}'],
  'repeated keys': ['a: 1\na: 2', '{ a: 1, "a": 2 }', '__proto__: 1\n__proto__: 2', '1: a\n"1": b'],
  'long keys': [`${'k'.repeat(1001)}: 1`, `{ "${'k'.repeat(1000)}": 1 }`],
  'scalars of several lines': [
    '- a\n  b',
    'a: b\n  c',
    '- "a\n   b"',
    "- 'a\n   b'",
    '[a\n b]',
    'a: >\n  b\n',
  ],
  'unusual signs of a text': [
    '- |\na',
    'a: |+\n  b\n',
    'a: |2\n   b\n',
    'a: | # b\n  c\n',
    'a: |\nb: 1',
  ],
  'unusual lines of a text': ['a: |\n\n  b\n', 'a: |\n  b\n   \n', 'a: |\n  b\n # c\n'],
  'unusual items': [
    '-\n- a',
    '[a: b]',
    '[a, , b]',
    '{ a }',
    '{ a: }',
    '{ a : b }',
    'a : b',
    '-',
    '[-]',
    '- - ',
  ],
  'scalars alone in a line': ['7', '"a"', 'a:\n  b\n', '-\n#c\n  a\n- b'],
  'lines of comments between brackets': ['[a,\n # b\n c]', '{"a": 1\n#b\n}'],
  'wrong indentation': [
    'a:\n  b: 1\n c: 2',
    '- a\n - b',
    'a: [\n1]',
    'a: 1\n  b: 2',
    'a: 1\n- b',
    '- a\nb: 1',
  ],
  'what is missing or too much': [
    '[a',
    '{ a: 1',
    '"a',
    "'a",
    '"a\\',
    '[a]]',
    '"a" b',
    '"a"#b',
    'a: b: c',
    'a: - b',
  ],
  'escapes that JSON does not have': ['"\\x41"', '"\\e"', '"\\ "'].map((text) => `- ${text}`),
  'characters of their own kind': [
    'a\tb',
    'a\rb',
    'a\r',
    '\uFEFFa',
    'a\u0085',
    'a\u2028b',
    '@a',
    '`a`',
    'a: \u0007',
  ].map((text) => `- ${text}`),
  'more than a hundred levels': [
    '['.repeat(101) + ']'.repeat(101),
    '['.repeat(100_000),
    '- '.repeat(199),
    '{a: '.repeat(101),
  ],
}

for (const [text, value] of PLAIN) {
  t.test(`parsePlainYaml() reads ${JSON.stringify(text)}`, async (t) => {
    t.strictSame(parsePlainYaml(text)?.value, value)
  })
}

for (const [name, texts] of Object.entries(OTHERS)) {
  t.test(`parsePlainYaml() leaves ${name} to the reader of all YAML`, async (t) => {
    for (const text of texts)
      t.equal(parsePlainYaml(text), undefined, toPrintable(text).slice(0, 80))
  })
}

/** Fails if a text that is plain has another value, or another place of an item, for the other reader. */
function compare(text: string): PlainYaml | undefined {
  const plain = parsePlainYaml(text)
  if (plain === undefined) return undefined
  const located = parseLocatedYaml(text)
  if ('problems' in located) assert.fail(`not plain: ${JSON.stringify(text)}`)
  assert.deepStrictEqual(plain.value, located.value.value)
  const document = documentOf(text)
  for (const path of itemsOf(document)) {
    assert.deepEqual(document.locate(path, 'value'), located.value.locate(path, 'value'))
  }
  return plain
}

function documentOf(text: string): LocatedDocument {
  const parsed = parseYamlDocument(text)
  if ('value' in parsed) return parsed.value
  return assert.fail(`no document: ${JSON.stringify(text)}`)
}

/** The paths of the items of lists in the outermost object. */
function itemsOf({ value }: LocatedDocument): (readonly [string, number])[] {
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, list]) =>
    isJsonList(list) ? list.map((_, index) => [key, index] as const) : [],
  )
}

/** Parts of YAML that mean something. */
const PIECES = [
  ...[
    'a',
    'b',
    'k: ',
    ': ',
    ':',
    '- ',
    '-',
    '\n',
    '\n  ',
    '\n    ',
    '\n ',
    ' ',
    ', ',
    ',',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '&a ',
    '*a',
    '? ',
    '!!map ',
    '!',
    '|\n',
    '|-\n  x',
    '>',
    '"',
    "'",
    '#',
    ' #c',
    '\n#c\n',
    '---\n',
    '---',
  ],
  ...[
    '...\n',
    '<<: ',
    '0x1',
    '0o7',
    '.inf',
    '.5',
    '1e3',
    '1_0',
    '007',
    '-0',
    '+1',
    '1',
    '-1',
    '1.5',
    '~',
  ],
  ...[
    '12345678901234567890',
    'null',
    'true',
    'yes',
    '"q"',
    "'s'",
    '"\\n"',
    '\\',
    '/',
    '=',
    '%',
    '@',
    '`',
  ],
  ...[
    '\t',
    '\r\n',
    '\r',
    'é',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ud83d',
    '😀',
    '__proto__: ',
    'b: ',
    'c: ',
  ],
]

const SCALARS = [
  ...[null, true, false, 0, -0, 1.5, 1e21, 1e-7, 9007199254740993n, -9223372036854775808n],
  ...[
    '',
    'yes',
    '0x10',
    '007',
    '1_000',
    '1:30',
    '2026-01-31',
    '.inf',
    '~',
    'Null',
    'true',
    '12.3400',
  ],
  ...[
    '- a',
    'a: b',
    'a:b',
    'a #b',
    'a#b',
    '#',
    '"',
    "'",
    "it's",
    '\\',
    '\n',
    'a\nb',
    'a\n\nb\n',
    '  a\n b\n',
  ],
  ...[
    ' a',
    'a ',
    '\t',
    'é',
    '😀',
    '\ud800',
    '\u2028',
    '\u0085',
    '\ufeff',
    '&a',
    '*a',
    '!a',
    '%a',
    '@a',
    '`a',
  ],
  ...[
    '|',
    '>',
    '?',
    '? a',
    '-',
    '--- a',
    '...',
    '=',
    '<<',
    '{a}',
    '[a]',
    'a, b',
    'word '.repeat(30),
    '/alter/*',
  ],
]

const KEYS = [
  'a',
  'b',
  'rules',
  '__proto__',
  '1',
  '1.50',
  'true',
  'null',
  '',
  ' ',
  'a b',
  'a: b',
  '#',
  '<<',
  '? ',
]

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.constantFrom(...SCALARS), fc.string({ maxLength: 8 }), fc.integer(), fc.double()),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 4 })), tie('tree'), {
      maxKeys: 4,
    }),
  ),
}))

const style = fc.record<ToStringOptions & { readonly indent: number }>({
  indent: fc.constantFrom(1, 2, 4),
  indentSeq: fc.boolean(),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'),
  defaultKeyType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  lineWidth: fc.constantFrom(0, 80),
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  flowCollectionPadding: fc.boolean(),
})

const whole = fc.dictionary(fc.constantFrom(...KEYS), tree, { minKeys: 1, maxKeys: 4 })

const printed = fc.tuple(whole, style).map(([value, options]) => stringify(value, options))

/** A fixture with every form that is plain. */
const FIXTURE = `---
rules:
  - name: a b
    when: { endpoint: /x, request: { "a":[1, two, 'three'] } } # c
    then:
      - - b
        - c: |
            text
             more

            end
          d:
          - e
        # c
  - x: "y\\n"
list:
- a: ~
  b: {
    "c": [
      1, 2.5
    ] }
`

/** A text of which some parts are replaced. */
function changed(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({ at: fc.nat(), cut: fc.nat(3), piece: fc.constantFrom(...PIECES) })
  return fc.tuple(text, fc.array(change, { minLength: 1, maxLength: 3 })).map(([whole, changes]) =>
    changes.reduce((given, { at, cut, piece }) => {
      const start = at % (given.length + 1)
      return given.slice(0, start) + piece + given.slice(start + cut)
    }, whole),
  )
}

for (const { name, text, leastPlain } of [
  { name: 'printed documents', text: printed, leastPlain: 0.2 },
  { name: 'changed documents', text: changed(printed), leastPlain: 0.05 },
  { name: 'changed fixtures', text: changed(fc.constant(FIXTURE)), leastPlain: 0.05 },
  {
    name: 'mixed parts',
    text: fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => pieces.join('')),
    leastPlain: 0.02,
  },
]) {
  t.test(`parsePlainYaml() reads ${name} as the reader of all YAML does`, async (t) => {
    const runs = 1500
    let plain = 0
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(text, (given) => {
          if (compare(given) !== undefined) plain += 1
        }),
        { numRuns: runs },
      ),
    )
    t.ok(plain >= runs * leastPlain, `${plain} of ${runs} are plain`)
  })
}

/** Counts the tokens that the reader of all YAML reads from here on. */
function countTokens(t: Test): { tokens: number } {
  const { next } = Composer.prototype
  const count = { tokens: 0 }
  Composer.prototype.next = function* (token) {
    count.tokens += 1
    yield* next.call(this, token)
  }
  t.teardown(() => Object.assign(Composer.prototype, { next }))
  return count
}

t.test('the reader of all YAML reads a plain text only for a place that is no item', async (t) => {
  const count = countTokens(t)
  const document = documentOf(FIXTURE)
  t.strictSame(document.locate(['rules', 1], 'value'), { line: 15, column: 5 })
  t.strictSame(document.locate(['list', 0], 'value'), { line: 17, column: 3 })
  t.equal(count.tokens, 0)
  t.strictSame(document.locate(['rules', 0, 'when'], 'key'), { line: 4, column: 5 })
  t.strictSame(document.locate(['rules', 7], 'value'), { line: 3, column: 3 })
  t.ok(count.tokens > 0)
  const { tokens } = count
  t.strictSame(document.locate(['rules'], 'key'), { line: 2, column: 1 })
  t.equal(count.tokens, tokens, 'it reads once')
})

t.test('ordinary fixtures are plain', async (t) => {
  const clients = ['dbapi', 'dbt', 'mcp', 'sqlalchemy'].map(
    (name) => `test/clients/packages/${name}/fixture.yaml`,
  )
  const files = ['fixtures/rules.yaml', 'test/clients/fixtures/rows.yaml', ...clients]
  for (const file of files) {
    const text = readFileSync(`${ROOT}${file}`, 'utf8')
    t.ok(compare(text), file)
    t.ok(compare(text.replaceAll('\n', '\r\n')), `${file} with the line ends of Windows`)
  }
})

for (const { name, text } of [
  { name: 'brackets', text: '['.repeat(65_536) },
  { name: 'brackets in lines', text: '[\n '.repeat(16_000) },
  { name: 'items in a line', text: '- '.repeat(190) + 'x\n'.repeat(32_000) },
  { name: 'spaces', text: `a: ${' '.repeat(65_536)}` },
  { name: 'spaces in a list', text: `[${`${' '.repeat(300)},`.repeat(200)}` },
  { name: 'comments', text: '#\n'.repeat(32_000) },
  { name: 'signs of comments', text: `a: ${'#'.repeat(65_536)}` },
  { name: 'colons', text: ':'.repeat(65_536) },
  { name: 'quotes', text: '"'.repeat(65_536) },
  { name: 'single quotes', text: "'".repeat(65_535) },
  { name: 'a quote that does not end', text: `"${'\\"'.repeat(32_000)}` },
  { name: 'empty lines of a text', text: `a: |\n  b${'\n'.repeat(65_536)}c` },
  { name: 'texts', text: 'a: |\n  b\n'.repeat(6000) },
  { name: 'keys', text: Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n') },
]) {
  t.test(`parsePlainYaml() looks at each of many ${name} a few times`, async (t) => {
    const { codeAt } = YamlCursor.prototype
    let calls = 0
    YamlCursor.prototype.codeAt = function (at) {
      calls += 1
      return codeAt.call(this, at)
    }
    t.teardown(() => Object.assign(YamlCursor.prototype, { codeAt }))
    parsePlainYaml(text)
    t.ok(calls < text.length * 20, `${calls} for ${text.length} characters`)
  })
}
