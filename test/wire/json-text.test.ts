import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { JsonValue } from '../../src/documents/json-value.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { parseJson, parseJsonBytes } from '../../src/wire/json-text.ts'

/** A value as JSON.parse returns it: integers past 2^53 are rounded. */
function rounded(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(rounded)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]))
}

t.test('parseJson() reads any JSON as JSON.parse does, except large integers', async (t) => {
  const property = fc.property(fc.json(), (text) =>
    isDeepStrictEqual(rounded(parseJson(text, 'the body')), JSON.parse(text)),
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('parseJson() keeps every digit of a 64-bit integer', async (t) => {
  t.strictSame(parseJson('[9007199254740993, -9223372036854775808, 5]', 'the body'), [
    9007199254740993n,
    -9223372036854775808n,
    5,
  ])
})

t.test('parseJson() keeps __proto__ as a key like any other', async (t) => {
  const value = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}', 'the body')
  t.strictSame(Object.keys(Object(value)), ['__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(value), Object.prototype)
  t.notOk('polluted' in Object(value))
})

t.test('parseJson() reports the reason for invalid JSON', async (t) => {
  const cases: [string, RegExp][] = [
    ['', /^Cannot read the body as JSON: JSON value expected/],
    ['{"a": }', /^Cannot read the body as JSON: Object value expected/],
    ['[1, 2', /^Cannot read the body as JSON: Array item or end of array/],
    ['{} {}', /^Cannot read the body as JSON: Expected end of input/],
    ["{'a': 1}", /^Cannot read the body as JSON: Quoted object key/],
    ['NaN', /^Cannot read the body as JSON: /],
    ['{"a": 1, "a": 2}', /^Cannot read the body as JSON: Duplicate key 'a'/],
    ['{"a": "\\ud8"}', /^Cannot read the body as JSON: Invalid unicode character/],
  ]
  for (const [text, message] of cases) {
    t.throws(
      () => parseJson(text, 'the body'),
      { name: 'GpudbError', code: 'REFUSED', message },
      text,
    )
  }
})

t.test('parseJson() quotes no phrase that makes clients fail over', async (t) => {
  const text = '{"Connection refused": 1, "Connection refused": 2}'
  t.throws(() => parseJson(text, 'data_str'), { message: /Duplicate key 'Connection_refused'/ })
})

t.test('parseJson() rejects a million nested lists', async (t) => {
  const deep = 1_000_000
  const texts = [
    '['.repeat(deep),
    '['.repeat(deep) + ']'.repeat(deep),
    '{"a":'.repeat(deep),
    `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
  ]
  for (const text of texts) {
    const message = 'Cannot read data_str as JSON: it is nested too deep'
    t.throws(() => parseJson(text, 'data_str'), { name: 'GpudbError', message })
  }
})

t.test('parseJson() throws only GpudbError, for any text', async (t) => {
  const token = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '-', '1', 'e', '.', 'null')
  const texts = fc.oneof(
    fc.array(token).map((tokens) => tokens.join('')),
    fc.string(),
  )
  const property = fc.property(texts, (text) => {
    try {
      parseJson(text, 'the body')
      return true
    } catch (error) {
      return error instanceof GpudbError
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }))
})

t.test('parseJsonBytes() reads UTF-8 and rejects other bytes', async (t) => {
  t.equal(parseJsonBytes(Buffer.from('22c3a422', 'hex'), 'the body'), '\u00e4')
  // U+00E4 in Latin-1, a lone surrogate, an overlong quote.
  for (const hex of ['22e422', '22eda08022', 'c0a2']) {
    t.throws(
      () => parseJsonBytes(Buffer.from(hex, 'hex'), 'the body'),
      { name: 'GpudbError', message: 'Cannot read the body as JSON: it is not UTF-8' },
      hex,
    )
  }
})
