import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import t from 'tap'
import type { JobRecord, JobValue } from '../../src/jobs/job.ts'
import { matchesEndpoint } from '../../src/patterns/endpoint-pattern.ts'
import {
  findMismatches,
  isImplied,
  matchesPattern,
  type Pattern,
  type PatternMap,
} from '../../src/patterns/pattern.ts'
import { estimatePatternSize } from '../../src/patterns/pattern-size.ts'
import { findRequiredText } from '../../src/patterns/required-text.ts'
import { gramOf } from '../../src/patterns/text-grams.ts'
import { TextPattern } from '../../src/patterns/text-pattern.ts'
import { TextPatterns } from '../../src/patterns/text-patterns.ts'
import { TextSearch } from '../../src/patterns/text-search.ts'
import { conditionMisses, matchesRequest, meetsConditions } from '../../src/rules/match-request.ts'
import type { RuleRequest, When } from '../../src/rules/rule.ts'
import {
  renderResult,
  renderText,
  type TemplateSources,
  templateExpressions,
} from '../../src/rules/template.ts'
import { anyText } from '../support/avro-arbitrary.ts'
import { explainAll, requestOf } from '../support/rules.ts'
import { thrownMessage } from '../support/thrown-message.ts'

const require = createRequire(import.meta.url)

const bytes = (text: string) => Buffer.from(text)

t.test(
  'TextPattern loads the package for a plain expression when it is first tested',
  async (t) => {
    const isLoaded = () => Object.keys(require.cache).some((path) => path.includes('re2js'))
    const pattern = new TextPattern('(?i)^select .* from tour\\.big')
    t.equal(isLoaded(), false)
    t.equal(pattern.test('SELECT * FROM tour.big'), true)
    t.equal(isLoaded(), true)
  },
)

t.test('TextPattern accepts without the package only what the package accepts', async () => {
  const build = (source: string) => new TextPattern(source).test('a')
  const check = (source: string) => {
    try {
      RE2JS.compile(source)
    } catch {
      assert.throws(() => new TextPattern(source), source)
      return
    }
    assert.doesNotThrow(() => build(source), source)
  }
  const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
  for (const character of characters) {
    for (const source of [character, `\\${character}`, `a${character}*`]) check(source)
  }
  const part = fc.oneof(
    fc.constantFrom(...'a -]}{)(^$.*+?|\\dbnQ\u00e9', '(?i)', '(?', '\\.', '\\d', '.*'),
    fc.constantFrom(...characters),
  )
  const sources = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(fc.property(sources, check), { numRuns: 2000 })
})

const SAME: readonly { pattern: Pattern; value: JobValue }[] = [
  { pattern: null, value: null },
  { pattern: true, value: true },
  { pattern: 5, value: 5n },
  { pattern: 5n, value: 5 },
  { pattern: 9007199254740993n, value: 9007199254740993n },
  { pattern: 1.5, value: 1.5 },
  { pattern: '', value: '' },
  { pattern: 'a', value: 'a' },
  { pattern: bytes('a'), value: bytes('a') },
  { pattern: new TextPattern('b+'), value: 'abc' },
  { pattern: [], value: [] },
  { pattern: ['a', { b: 1 }], value: ['a', { b: 1n, c: 2n }] },
  { pattern: {}, value: {} },
  { pattern: {}, value: { a: 'b' } },
  { pattern: { a: { b: 'c' } }, value: { a: { b: 'c', d: 'e' }, f: null } },
]

t.test('findMismatches() finds nothing if a value matches', async (t) => {
  for (const { pattern, value } of SAME) {
    t.strictSame(
      [...findMismatches(pattern, value, { path: 'request', search: new TextSearch() })],
      [],
    )
    t.equal(matchesPattern(pattern, value, new TextSearch()), true)
  }
})

const long = 'x'.repeat(100)

const DIFFERENT: readonly {
  pattern: Pattern
  value: JobValue | undefined
  expected: string
  got: string
}[] = [
  { pattern: 'a', value: 'A', expected: '"a"', got: '"A"' },
  { pattern: 'a', value: undefined, expected: '"a"', got: 'nothing' },
  { pattern: null, value: undefined, expected: 'null', got: 'nothing' },
  { pattern: '5', value: 5n, expected: '"5"', got: '5' },
  { pattern: 1, value: true, expected: '1', got: 'true' },
  { pattern: 0, value: '', expected: '0', got: '""' },
  { pattern: 0, value: null, expected: '0', got: 'null' },
  {
    pattern: 9007199254740992,
    value: 2n ** 53n + 1n,
    expected: '9007199254740992',
    got: '9007199254740993',
  },
  { pattern: bytes('a'), value: bytes('b'), expected: 'the bytes YQ==', got: 'the bytes Yg==' },
  { pattern: bytes('a'), value: 'a', expected: 'the bytes YQ==', got: '"a"' },
  {
    pattern: new TextPattern('^b'),
    value: 'ab',
    expected: 'a string that matches ^b',
    got: '"ab"',
  },
  { pattern: new TextPattern('5'), value: 5n, expected: 'a string that matches 5', got: '5' },
  { pattern: ['a'], value: ['a', 'b'], expected: 'a list of 1', got: 'a list of 2' },
  { pattern: ['a'], value: 'a', expected: 'a list of 1', got: '"a"' },
  { pattern: ['a'], value: undefined, expected: 'a list of 1', got: 'nothing' },
  { pattern: {}, value: ['a'], expected: 'an object', got: 'a list of 1' },
  { pattern: {}, value: bytes('a'), expected: 'an object', got: 'the bytes YQ==' },
  { pattern: {}, value: undefined, expected: 'an object', got: 'nothing' },
  { pattern: 'a', value: {}, expected: '"a"', got: 'an object' },
  { pattern: '', value: long, expected: '""', got: `"${'x'.repeat(80)}…"` },
]

t.test('findMismatches() reports the expected and the actual value', async (t) => {
  for (const { pattern, value, expected, got } of DIFFERENT) {
    t.strictSame(
      explainAll(findMismatches(pattern, value, { path: 'request', search: new TextSearch() })),
      [{ path: 'request', expected, got }],
    )
  }
})

t.test('findMismatches() reports every place, in order of the pattern', async (t) => {
  const pattern = { a: 1, options: { ttl: '5', keep: 'x' }, list: ['p', { q: 'r' }], z: 'z' }
  const value = { z: 'y', list: ['P', {}], options: { keep: 'x', ttl: '6' }, a: 1n }
  t.strictSame(
    explainAll(findMismatches(pattern, value, { path: 'request', search: new TextSearch() })),
    [
      { path: 'request.options.ttl', expected: '"5"', got: '"6"' },
      { path: 'request.list.0', expected: '"p"', got: '"P"' },
      { path: 'request.list.1.q', expected: '"r"', got: 'nothing' },
      { path: 'request.z', expected: '"z"', got: '"y"' },
    ],
  )
})

t.test('findMismatches() names a similar key that the pattern does not name', async (t) => {
  const long = `batch_size${'s'.repeat(71)}`
  const pattern = { batch_size: '5', other: 'x' }
  for (const { value, got } of [
    { value: { batchsize: '5' }, got: 'nothing, but it has batchsize' },
    { value: { batchSize: '5', b: '' }, got: 'nothing, but it has batchSize' },
    { value: { size: '5' }, got: 'nothing' },
    { value: { [long]: '5' }, got: 'nothing' },
    { value: {}, got: 'nothing' },
  ]) {
    const [first] = explainAll(
      findMismatches(pattern, value, { path: 'options', search: new TextSearch() }),
    )
    t.strictSame(first, { path: 'options.batch_size', expected: '"5"', got })
  }
  const named = explainAll(
    findMismatches(
      { k0: 'x', k1: 'y' },
      { k0: 'x' },
      { path: 'options', search: new TextSearch() },
    ),
  )
  t.strictSame(named, [{ path: 'options.k1', expected: '"y"', got: 'nothing' }])
  const many = Array.from({ length: 1000 }, (_, index) => [`${index}`, ''])
  const crowded = { ...Object.fromEntries(many), batchsize: '5' }
  const [last] = explainAll(
    findMismatches({ batch_size: '5' }, crowded, { path: 'options', search: new TextSearch() }),
  )
  t.equal(last?.got, 'nothing', 'only a thousand keys are compared')
})

t.test('findMismatches() ignores inherited keys', async (t) => {
  for (const key of ['toString', '__proto__', 'constructor']) {
    const pattern = Object.fromEntries([[key, {}]])
    t.equal(
      [...findMismatches(pattern, {}, { path: 'request', search: new TextSearch() })].length,
      1,
      key,
    )
    t.equal(matchesPattern(pattern, {}, new TextSearch()), false, key)
  }
})

const key = fc.constantFrom('a', 'b', 'toString', '__proto__')
const text = fc.constantFrom('', 'a', 'b', 'ab')
const leaf = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.constantFrom(0, 1, 2),
  fc.constantFrom(0n, 1n, 2n),
  text,
  text.map((value) => Buffer.from(value)),
)

function entriesOf<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, Value>> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 3, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries))
}

const { value: anyValue } = fc.letrec<{ value: JobValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    entriesOf(tie('value')),
  ),
}))

const textPattern = fc.constantFrom('', 'a', '^a$', 'b$').map((source) => new TextPattern(source))

const { pattern: anyPattern } = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    textPattern,
    fc.array(tie('pattern'), { maxLength: 3 }),
    entriesOf(tie('pattern')),
  ),
}))

/** Widens a pattern, or turns a value into one: drops keys, turns strings into expressions. */
function widen(value: Pattern | JobValue, toss: () => boolean): Pattern {
  if (typeof value === 'string' && toss()) return new TextPattern('')
  if (typeof value === 'bigint' && toss()) return Number(value)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  if (value instanceof TextPattern) return value
  if (isList(value)) return value.map((item) => widen(item, toss))
  const kept = Object.entries(value).filter(toss)
  return Object.fromEntries(kept.map(([name, item]) => [name, widen(item, toss)]))
}

const anyToss = fc.infiniteStream(fc.boolean()).map((stream) => () => stream.next().value === true)

/** A simple model of whether a pattern accepts a value. */
function accepts(pattern: Pattern, value: JobValue | undefined): boolean {
  if (pattern instanceof TextPattern) {
    return typeof value === 'string' && new RegExp(pattern.source).test(value)
  }
  if (isList(pattern)) return isList<JobValue>(value) && acceptsItems(pattern, value)
  if (isMap(pattern)) return isMap<JobValue>(value) && acceptsKeys(pattern, value)
  return leafText(pattern) === leafText(value)
}

function acceptsItems(pattern: readonly Pattern[], items: readonly JobValue[]): boolean {
  return (
    items.length === pattern.length && pattern.every((item, index) => accepts(item, items[index]))
  )
}

function acceptsKeys(pattern: PatternMap, map: JobRecord): boolean {
  return Object.keys(pattern).every(
    (name) => Object.keys(map).includes(name) && accepts(pattern[name] ?? null, map[name]),
  )
}

/** A string that is the same for equal leaves only. */
function leafText(value: unknown): string {
  if (Buffer.isBuffer(value)) return `bytes ${value.toString('hex')}`
  const kind = typeof value
  if (kind === 'object') return value === null ? 'null' : 'no leaf'
  return kind === 'number' || kind === 'bigint' ? `number ${value}` : `${kind} ${value}`
}

function isMap<Item>(value: unknown): value is Readonly<Record<string, Item>> {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function isList<Item>(value: unknown): value is readonly Item[] {
  return Array.isArray(value)
}

function matches(pattern: Pattern, value: JobValue): boolean {
  return [...findMismatches(pattern, value, { path: 'x', search: new TextSearch() })].length === 0
}

t.test('a pattern that accepts a value matches it and has no mismatches', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyPattern, anyValue, (pattern, value) => {
        assert.equal(matches(pattern, value), accepts(pattern, value))
        assert.equal(matchesPattern(pattern, value, new TextSearch()), accepts(pattern, value))
      }),
      { numRuns: 2000 },
    ),
  )
})

t.test('findMismatches() finds nothing for a pattern made from the value', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyValue, anyToss, (value, toss) => {
        assert.deepEqual(
          [...findMismatches(widen(value, toss), value, { path: 'x', search: new TextSearch() })],
          [],
        )
      }),
      { numRuns: 1000 },
    ),
  )
})

t.test('isImplied() is true for an equal or wider pattern', async (t) => {
  const narrow = { a: { b: 'c' }, list: ['x', 1n], n: 5n, t: new TextPattern('x') }
  for (const wide of [
    {},
    { a: {} },
    { a: { b: new TextPattern('c') } },
    { list: [new TextPattern('x'), 1] },
    { n: 5 },
    { t: new TextPattern('x') },
    narrow,
  ]) {
    t.equal(isImplied(wide, narrow), true)
  }
})

t.test('isImplied() is false for a different or narrower pattern', async (t) => {
  const narrow = { a: { b: 'c' }, list: ['x', 1n], t: new TextPattern('x') }
  for (const other of [
    { z: 1 },
    { a: { b: 'c', d: 'e' } },
    { a: 'b' },
    { a: ['b'] },
    { list: ['x'] },
    { list: {} },
    { t: 'x' },
    { t: new TextPattern('y') },
    { a: new TextPattern('') },
  ]) {
    t.equal(isImplied(other, narrow), false)
  }
  t.equal(isImplied('a', undefined), false)
  t.equal(isImplied({}, undefined), false)
})

t.test('isImplied() ignores inherited keys', async (t) => {
  for (const key of ['toString', '__proto__', 'constructor']) {
    t.equal(isImplied(Object.fromEntries([[key, {}]]), {}), false, key)
  }
})

t.test('isImplied() is true for a widened pattern', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyValue, anyToss, (narrow, toss) => {
        assert.equal(isImplied(widen(narrow, toss), narrow), true)
      }),
      { numRuns: 500 },
    ),
  )
})

t.test(
  'isImplied() is true only if the pattern accepts every value that the other accepts',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(anyPattern, anyValue, anyToss, anyToss, (other, value, one, two) => {
          const narrow = widen(value, one)
          for (const wide of [other, widen(narrow, two)]) {
            assert.ok(!isImplied(wide, narrow) || matches(wide, value))
          }
        }),
        { numRuns: 2000 },
      ),
    )
  },
)

const CASES = [
  { pattern: '/alter/table', endpoint: '/alter/table', matches: true },
  { pattern: '/alter/table', endpoint: '/alter/tables', matches: false },
  { pattern: '/alter/table', endpoint: '/Alter/table', matches: false },
  { pattern: '*', endpoint: '/alter/table', matches: true },
  { pattern: '/alter/*', endpoint: '/alter/table', matches: true },
  { pattern: '/alter/*', endpoint: '/alter/', matches: true },
  { pattern: '/alter/*', endpoint: '/create/table', matches: false },
  { pattern: '*/table', endpoint: '/alter/table', matches: true },
  { pattern: '*/table', endpoint: '/alter/table/columns', matches: false },
  { pattern: '/a*b*c', endpoint: '/a/b/c', matches: true },
  { pattern: '/a*b*c', endpoint: '/a/c/b', matches: false },
  { pattern: '/ab*ba', endpoint: '/aba', matches: false },
  { pattern: '/ab*b*ba', endpoint: '/abba', matches: false },
  { pattern: '**', endpoint: '', matches: true },
  { pattern: '/alter.table', endpoint: '/alter/table', matches: false },
]

for (const { pattern, endpoint, matches } of CASES) {
  t.test(`matchesEndpoint(${pattern}, ${endpoint}) is ${matches}`, async (t) => {
    t.equal(matchesEndpoint(pattern, endpoint), matches)
  })
}

t.test('matchesEndpoint() agrees with a regular expression', async (t) => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 7 })
  const endpoint = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 9 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pattern, endpoint, (pattern, endpoint) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*')
        assert.equal(matchesEndpoint(pattern, endpoint), new RegExp(`^${source}$`).test(endpoint))
      }),
      { numRuns: 3000 },
    ),
  )
})

t.test('matchesEndpoint() does not backtrack', async (t) => {
  const pattern = `${'*a'.repeat(10_000)}*b`
  t.equal(matchesEndpoint(pattern, 'a'.repeat(20_000)), false)
})

const TEXT_CASES = [
  { source: '', text: '', matches: true },
  { source: 'b', text: 'abc', matches: true },
  { source: '^b', text: 'abc', matches: false },
  { source: '^a.c$', text: 'abc', matches: true },
  { source: '^a.c$', text: 'a\nc', matches: false },
  { source: '(?i)ABC', text: 'xabcx', matches: true },
  { source: '^\\d{3}$', text: '1234', matches: false },
  { source: '^.$', text: '\u{1f600}', matches: true },
]

for (const { source, text, matches } of TEXT_CASES) {
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

for (const source of ['(', '[z-a]', 'a{2,1}', '(a{900}', 'a(?=b)', '(a)\\1', '*']) {
  t.test(`TextPattern rejects ${source}`, async (t) => {
    t.match(
      thrownMessage(() => new TextPattern(source)),
      /^error parsing regexp: ./,
    )
  })
}

t.test('TextPattern accepts an expression of 1000 characters, not one more', async (t) => {
  const most = `${'x'.repeat(998)}.*`
  t.equal(new TextPattern(most).test('x'.repeat(998)), true)
  for (const source of [`x${most}`, '('.repeat(100_000), `(?i)${'\\pL'.repeat(15_000)}`]) {
    const reason = `it has ${source.length} characters, the maximum is 1000`
    const message = `the regular expression is too long: ${reason}`
    t.equal(
      thrownMessage(() => new TextPattern(source)),
      message,
    )
  }
})

/** Expressions and the estimates of their sizes; that of a Unicode class is 100. */
const SIZES: readonly { source: string; size: number }[] = [
  { source: '', size: 0 },
  { source: 'abc', size: 3 },
  { source: 'a{1000}', size: 1000 },
  { source: 'a{10,20}', size: 20 },
  { source: 'a{3,}', size: 3 },
  { source: 'a{0}', size: 1 },
  { source: '(abc){100}', size: 500 },
  { source: '((a{10}){10})', size: 122 },
  { source: '(((a){9}){9}){9}', size: 2367 },
  { source: '[a-z(]{3}', size: 3 },
  { source: '[]a]{5}', size: 5 },
  { source: '\\{3}', size: 3 },
  { source: '\\d{4}-\\({2}', size: 7 },
  { source: '\\pL+', size: 101 },
  { source: '\\p{Greek}{2}', size: 200 },
  { source: '[\\pL\\PN_]', size: 200 },
  { source: '[a-\\x{ffff}]', size: 1 },
  { source: '(?i)[a-\\x{ffff}]', size: 1316 },
  { source: '(?si:[b-\\x{FFFE}])', size: 1318 },
  { source: '(?i)[a-z]{2}', size: 12 },
  { source: '(?i)[\\w-]', size: 13 },
  { source: '(?i)\\w\\S', size: 14 },
]

for (const { source, size } of SIZES) {
  t.test(`estimatePatternSize() of ${source} is ${size}`, async (t) => {
    t.equal(estimatePatternSize(source), size)
    const compiled = RE2JS.compile(source).programSize()
    t.ok(compiled <= 3 * size + 3, `RE2JS compiles it to ${compiled} instructions`)
  })
}

t.test('the expressions of a document have a maximum together, plain ones have none', async (t) => {
  const patterns = new TextPatterns(100)
  for (let made = 0; made < 2000; made += 1) patterns.get(`^ki_home\\.orders_[0-9]{4}_${made}$`)
  t.equal(patterns.get('a{1000}'), patterns.get('a{1000}'))
  const firstRefused = (source: string) => {
    for (let made = 0; made < 1000; made += 1) {
      try {
        patterns.get(`${source}${made}`)
      } catch (error) {
        return { made, message: Object(error).message }
      }
    }
    return undefined
  }
  const reason = 'they are larger than their texts by more than 12000 instructions'
  const message = `the regular expressions of the document are too large: ${reason}`
  t.strictSame(firstRefused('a{990}'), { made: 11, message })
  t.strictSame(firstRefused('\\p{Greek}'), { made: 2, message })
  t.equal(firstRefused('plain'), undefined)
})

t.test('estimatePatternSize() counts a group that is not closed', async (t) => {
  t.equal(estimatePatternSize('ab(c(d'), 4)
  t.equal(estimatePatternSize('a)b'), 4)
})

t.test('TextPattern accepts an expression of size 1000, not one more', async (t) => {
  t.equal(new TextPattern('a{1000}').test('a'.repeat(1000)), true)
  t.ok(new TextPattern('\\pL'.repeat(10)))
  for (const [source, size] of [
    ['a{1000}b', 1001],
    ['(a{100}){100}', 10_200],
    ['\\pL'.repeat(11), 1100],
    ['a{1000}{1000}', 1_000_000],
  ] as const) {
    const reason = `it compiles to about ${size} instructions, the maximum is 1000`
    const message = `the regular expression is too large: ${reason}`
    t.equal(
      thrownMessage(() => new TextPattern(source)),
      message,
    )
  }
})

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\b', '^', '$', '(a|b)', '(?i)')
const suffix = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '|')
const expression = fc.array(fc.tuple(atom, suffix).map((parts) => parts.join('')))

t.test('TextPattern agrees with RE2JS', async (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '\n', ' ') })
  const property = fc.property(expression, text, (parts, value) => {
    const source = parts.join('').replaceAll('(?i)*', '')
    fc.pre(isValid(source))
    assert.equal(new TextPattern(source).test(value), RE2JS.compile(source).test(value))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

function isValid(source: string): boolean {
  try {
    return RE2JS.compile(source) !== undefined
  } catch {
    return false
  }
}

/** Expressions with how a text must start, and the runs of characters that it must hold. */
const REQUIRED: readonly { source: string; start?: string; runs?: readonly string[] }[] = [
  { source: '' },
  { source: 'ab' },
  { source: 'from orders', runs: ['from orders'] },
  { source: '(?i)FROM Orders', runs: ['from orders'] },
  { source: '^insert into', start: 'insert into', runs: ['insert into'] },
  { source: '(?is)^Insert.*', start: 'insert', runs: ['insert'] },
  { source: '(?m)^insert', runs: ['insert'] },
  { source: '^^insert', runs: ['insert'] },
  { source: '^*insert', runs: ['insert'] },
  { source: '^a', start: 'a' },
  { source: '^a?bcd', runs: ['bcd'] },
  { source: 'abc*def+ghi?jkl{2}mno', runs: ['def', 'mno'] },
  { source: 'abcd{0}', runs: ['abc'] },
  { source: 'abc{,2}', runs: [',2}'] },
  { source: 'a\\.b\\(c', runs: ['a.b(c'] },
  { source: 'abc\\d+def', runs: ['abc', 'def'] },
  { source: 'abc\\x{64}efg\\x64hij\\144klm', runs: ['abc', 'efg', 'hij', 'klm'] },
  { source: '\\pNabc\\p{Greek}def', runs: ['abc', 'def'] },
  { source: 'abc[def]ghi[]x]jkl[[:alpha:]]mno', runs: ['abc', 'ghi', 'jkl', 'mno'] },
  { source: 'abc(def|(ghi))*jkl', runs: ['abc', 'jkl'] },
  { source: 'abcédef', runs: ['abc', 'def'] },
  { source: 'abc|def' },
  { source: 'abc(?i)def' },
  { source: '\\Qabc(\\Edef' },
  { source: '(\\Q)\\E)abc' },
]

/** The runs of three characters of a text. */
function gramsOf(text: string): number[] {
  const codes = Array.from(text, (char) => char.charCodeAt(0))
  return codes.slice(2).map((_, index) => gramOf(codes, index + 2))
}

t.test('findRequiredText() finds the plain characters outside of groups', async (t) => {
  for (const { source, start = '', runs = [] } of REQUIRED) {
    t.ok(isValid(source), source)
    const required = findRequiredText(source)
    t.equal(required.start, start, source)
    const wanted = runs.flatMap(gramsOf)
    t.strictSame(required.grams, wanted, source)
  }
})

const literal = fc.constantFrom(
  'a',
  'ab',
  'kab',
  'sba',
  'bak',
  'K',
  '\\.',
  '\\pNb',
  '\\x61',
  '\\144',
)
const wordPiece = fc.oneof(literal, literal, literal, atom)
const wordy = fc.array(
  fc.tuple(wordPiece, suffix).map((parts) => parts.join('')),
  { maxLength: 5 },
)

t.test('TextSearch agrees with RE2JS', async (t) => {
  const unit = fc.constantFrom(
    'a',
    'b',
    'A',
    'B',
    'k',
    'K',
    '\u212a',
    's',
    '\u017f',
    'é',
    '\n',
    '.',
    'd',
  )
  const part = fc.oneof(unit, fc.constantFrom('kab', 'sba', 'bak', 'aba', 'ab'))
  const texts = fc.array(part).map((parts) => parts.join(''))
  const start = fc.constantFrom('', '^', '(?i)', '(?i)^', '(?m)^')
  const property = fc.property(start, wordy, texts, (first, parts, text) => {
    const source = `${first}${parts.join('')}`
    fc.pre(isValid(source))
    const expected = RE2JS.compile(source).test(text)
    assert.equal(new TextSearch().test(new TextPattern(source), text), expected)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 5000 }))
})

t.test('an expression that requires what a text lacks reads nothing', async (t) => {
  const search = new TextSearch(1000)
  const text = 'select 1 from foo '.repeat(100)
  const sources = Array.from({ length: 10_000 }, (_, index) => `(?i)from orders_${index}$`)
  t.notOk(sources.some((source) => search.test(new TextPattern(source), text)))
  t.notOk(search.isOver)
  t.ok(search.test(new TextPattern('(?i)FROM FOO $'), text))
})

t.test('TextSearch reads its limit and twenty times the longest text, no more', async (t) => {
  const search = new TextSearch(500)
  const pattern = new TextPattern('a.?b')
  for (let read = 0; read < 25; read += 1) t.ok(search.test(pattern, `${'x'.repeat(98)}ab`))
  t.doesNotThrow(() => search.assertDecided())
  t.notOk(search.test(pattern, 'ab'))
  const limit = 'they would read more than 2500 characters'
  t.equal(
    thrownMessage(() => search.assertDecided()),
    `Cannot compare the request with all regular expressions: ${limit}`,
  )
})

t.test('TextSearch tests many texts in turn', async (t) => {
  const search = new TextSearch()
  const pattern = new TextPattern('abc')
  for (let number = 0; number < 100; number += 1) {
    t.ok(search.test(pattern, `${number % 40} abc`))
    t.notOk(search.test(pattern, `${number % 40} abd`))
  }
})

t.test('TextPattern is linear in the text', async (t) => {
  // Backtracking would take 2 to the power of the length of the text.
  const hostile = 'a'.repeat(50_000)
  for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*.*.*.*)$']) {
    t.equal(new TextPattern(source).test(`${hostile}!b\n`), false, source)
  }
})

const MATCHES: readonly {
  readonly when: Partial<When>
  readonly hit: Partial<RuleRequest>
  readonly miss: Partial<RuleRequest>
  readonly path: string
}[] = [
  { when: { as: 'job' }, hit: { as: 'job' }, miss: { as: 'direct' }, path: 'as' },
  { when: { tag: 'a' }, hit: { tag: 'a' }, miss: { tag: 'b' }, path: 'tag' },
  {
    when: { user: new TextPattern('^a') },
    hit: { user: 'ann' },
    miss: { user: 'bob' },
    path: 'user',
  },
  {
    when: { encoding: 'snappy' },
    hit: { encoding: 'snappy' },
    miss: { encoding: 'json' },
    path: 'encoding',
  },
  {
    when: { request: { options: { ttl: '5' } } },
    hit: { request: { table_name: 'x', options: { ttl: '5' } } },
    miss: { request: { options: { ttl: '6' } } },
    path: 'request.options.ttl',
  },
]

function whenOf(parts: Partial<When> = {}): When {
  return { endpoint: '/alter/table', as: 'any', ...parts }
}

for (const { when, hit, miss, path } of MATCHES) {
  t.test(`matchesRequest() checks ${path}`, async (t) => {
    t.equal(matchesRequest(whenOf(when), requestOf(hit)), true)
    t.equal(matchesRequest(whenOf(when), requestOf(miss)), false)
    t.strictSame([...conditionMisses(whenOf(when), requestOf(hit))], [])
    t.strictSame(
      [...conditionMisses(whenOf(when), requestOf(miss))].map((mismatch) => mismatch.path),
      [path],
    )
  })
}

t.test('matchesRequest() checks the endpoint, meetsConditions() does not', async (t) => {
  const request = requestOf({ endpoint: '/alter/table' })
  const cases = [
    ['/alter/table', true],
    ['/alter/*', true],
    ['*', true],
    ['/alter', false],
    ['/get/job', false],
  ] as const
  for (const [endpoint, expected] of cases) {
    t.equal(matchesRequest(whenOf({ endpoint }), request), expected, endpoint)
    t.equal(meetsConditions(whenOf({ endpoint }), request), true, endpoint)
  }
})

t.test('matchesRequest() does not check nth, which depends on a rule set', async (t) => {
  t.equal(matchesRequest(whenOf({ nth: 7 }), requestOf()), true)
})

t.test('conditionMisses() reports every failed condition and the expected value', async (t) => {
  const when = whenOf({ as: 'direct', tag: 'a', request: { table_name: 'x', value: '7' } })
  const request = requestOf({ as: 'job', tag: 'b', request: { table_name: 'y', value: '7' } })
  t.strictSame(explainAll(conditionMisses(when, request)), [
    { path: 'as', expected: 'direct', got: 'job' },
    { path: 'tag', expected: '"a"', got: '"b"' },
    { path: 'request.table_name', expected: '"x"', got: '"y"' },
  ])
})

function sourcesOf(parts: Partial<TemplateSources> = {}): TemplateSources {
  let uuids = 0
  let count = 0n
  return {
    request: {
      table_name: 'orders',
      limit: -9999n,
      ratio: 1.5,
      keep: true,
      options: { ttl: '5', 'a.b': 'c', __proto__: null },
      names: ['x', 'y'],
      data: [Buffer.from([0, 255])],
      none: null,
      trick: '{{uuid}}',
    },
    nowMs: 1_700_000_000_000,
    newUuid: () => `uuid-${++uuids}`,
    nextSequence: () => ++count,
    maxLength: 1000,
    ...parts,
  }
}

const JOB = { id: 9007199254740993n, tag: 'nightly' }

const TEMPLATE_CASES = [
  { text: '', filled: '' },
  { text: 'plain { } }} {{', filled: 'plain { } }} {{' },
  { text: '{{request.table_name}}', filled: 'orders' },
  { text: '<{{ request.table_name }}>', filled: '<orders>' },
  { text: '{{request.limit}} {{request.ratio}} {{request.keep}}', filled: '-9999 1.5 true' },
  { text: '{{request.options.ttl}}', filled: '5' },
  { text: '{{request.names.1}}{{request.names.0}}', filled: 'yx' },
  { text: '[{{request.names.2}}{{request.names.x}}{{request.names}}]', filled: '[]' },
  { text: '{{request.data.0}}', filled: 'AP8=' },
  { text: '[{{request.none}}{{request.nope}}{{request.nope.deeper}}{{request}}]', filled: '[]' },
  { text: '[{{request.table_name.length}}{{request.options.toString}}]', filled: '[]' },
  { text: '[{{request.__proto__}}{{request.constructor.name}}]', filled: '[]' },
  { text: '{{request.trick}}', filled: '{{uuid}}' },
  { text: '{{job.id}} {{job.tag}}', filled: '9007199254740993 nightly' },
  { text: '{{now}}', filled: '1700000000000' },
  { text: '{{uuid}} {{uuid}}', filled: 'uuid-1 uuid-2' },
  { text: '{{sequence}} {{sequence}}', filled: '1 2' },
  { text: '[{{nope}}{{}}{{job}}{{job.state}}{{1+1}}{{process.exit()}}]', filled: '[]' },
  { text: '{{{request.table_name}}}', filled: '{orders}' },
]

for (const { text, filled } of TEMPLATE_CASES) {
  t.test(`renderText() fills ${JSON.stringify(text)}`, async (t) => {
    t.equal(renderText(text, sourcesOf({ job: JOB })), filled)
  })
}

t.test('renderText() replaces job.id and job.tag of a direct call by nothing', async (t) => {
  t.equal(renderText('[{{job.id}}{{job.tag}}]', sourcesOf()), '[]')
})

t.test(
  'renderResult() fills every string in the fields and leaves a raw payload unchanged',
  async (t) => {
    const fields = {
      a: '{{request.table_name}}',
      list: ['{{sequence}}', { deep: ['{{sequence}}'] }],
      map: { '{{now}}': '{{now}}' },
      bytes: Buffer.from('{{now}}'),
      others: [1, 2n, true, null],
    }
    t.strictSame(renderResult({ kind: 'fields', fields }, sourcesOf()), {
      kind: 'fields',
      fields: {
        a: 'orders',
        list: ['1', { deep: ['2'] }],
        map: { '{{now}}': '1700000000000' },
        bytes: Buffer.from('{{now}}'),
        others: [1, 2n, true, null],
      },
    })
    const raw = { kind: 'raw', payload: '{{now}}' } as const
    t.equal(renderResult(raw, sourcesOf()), raw)
  },
)

const TOO_LONG = { name: 'TemplateError', message: 'the result has more than 20 characters' }

t.test('renderText() inserts at most the maximum number of characters', async (t) => {
  const sources = sourcesOf({ request: { text: 'x'.repeat(10) }, maxLength: 20 })
  const kept = 'y'.repeat(100)
  t.equal(
    renderText(`${kept}{{request.text}}{{request.text}}`, sources),
    `${kept}${'x'.repeat(20)}`,
  )
  t.throws(() => renderText('{{request.text}}{{request.text}}{{sequence}}', sources), TOO_LONG)
})

t.test('renderResult() counts what templates insert into all strings', async (t) => {
  const sources = sourcesOf({ request: { text: 'x'.repeat(10) }, maxLength: 20 })
  const text = '{{request.text}}'
  t.ok(renderResult({ kind: 'fields', fields: { a: text, b: [text] } }, sources))
  const most = { kind: 'fields', fields: { a: text, b: [text, { c: '{{sequence}}' }] } } as const
  t.throws(() => renderResult(most, sources), TOO_LONG)
})

t.test('renderText() stops at the maximum, however often a template is repeated', async (t) => {
  let looks = 0
  const request = Object.defineProperty({}, 'text', {
    get() {
      looks += 1
      return 'x'.repeat(10)
    },
  })
  const sources = sourcesOf({ request, maxLength: 20 })
  t.throws(() => renderText('{{request.text}}'.repeat(10_000), sources), TOO_LONG)
  t.equal(looks, 3)
})

t.test('templateExpressions() finds every expression', async (t) => {
  t.strictSame(templateExpressions('a {{ now }} b {{request.x}}{{}} {{ {{ c }}'), [
    'now',
    'request.x',
    '',
    'c',
  ])
  t.strictSame(templateExpressions('none { now }'), [])
})

const piece = fc.oneof(
  fc.constantFrom('{{', '}}', '{', '}', 'request', '.', 'job.id', 'now', 'uuid', ' ', '__proto__'),
  fc.constantFrom('request.names.', 'request.options.', '$&', '$1', 'length', '-1', '1e3'),
  fc.string({ maxLength: 4 }),
)

t.test('renderText() never throws', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        assert.equal(typeof renderText(pieces.join(''), sourcesOf({ job: JOB })), 'string')
      }),
      { numRuns: 2000 },
    ),
  )
})

t.test('renderText() leaves a string without templates unchanged', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = text.replaceAll('{{', '{')
        assert.equal(renderText(plain, sourcesOf()), plain)
      }),
    ),
  )
})

t.test('renderText() inserts any value of the request unchanged', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyText, (text) => {
        const sources = sourcesOf({ request: { text } })
        assert.equal(renderText('<{{request.text}}>', sources), `<${text}>`)
      }),
    ),
  )
})
