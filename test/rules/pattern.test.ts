import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { JobRecord, JobValue } from '../../src/jobs/job.ts'
import {
  findMismatches,
  isImplied,
  type Pattern,
  type PatternMap,
} from '../../src/rules/pattern.ts'
import { TextPattern } from '../../src/rules/text-pattern.ts'

const bytes = (text: string) => Buffer.from(text)

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
    t.strictSame([...findMismatches(pattern, value, 'request')], [])
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
      [...findMismatches(pattern, value, 'request')],
      [{ path: 'request', expected, got }],
    )
  }
})

t.test('findMismatches() reports every place, in order of the pattern', async (t) => {
  const pattern = { a: 1, options: { ttl: '5', keep: 'x' }, list: ['p', { q: 'r' }], z: 'z' }
  const value = { z: 'y', list: ['P', {}], options: { keep: 'x', ttl: '6' }, a: 1n }
  t.strictSame(
    [...findMismatches(pattern, value, 'request')],
    [
      { path: 'request.options.ttl', expected: '"5"', got: '"6"' },
      { path: 'request.list.0', expected: '"p"', got: '"P"' },
      { path: 'request.list.1.q', expected: '"r"', got: 'nothing' },
      { path: 'request.z', expected: '"z"', got: '"y"' },
    ],
  )
})

t.test('findMismatches() ignores inherited keys', async (t) => {
  for (const key of ['toString', '__proto__', 'constructor']) {
    const pattern = Object.fromEntries([[key, {}]])
    t.equal([...findMismatches(pattern, {}, 'request')].length, 1, key)
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
  return [...findMismatches(pattern, value, 'x')].length === 0
}

t.test('findMismatches() finds nothing if and only if a pattern accepts a value', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyPattern, anyValue, (pattern, value) => {
        assert.equal(matches(pattern, value), accepts(pattern, value))
      }),
      { numRuns: 2000 },
    ),
  )
})

t.test('findMismatches() finds nothing for a pattern made from the value', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyValue, anyToss, (value, toss) => {
        assert.deepEqual([...findMismatches(widen(value, toss), value, 'x')], [])
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
