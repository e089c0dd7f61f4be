import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { type JsonValue, RoundedNumber } from '../../src/documents/json-value.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { parseJson as parseBytes } from '../../src/wire/json-text.ts'

function parseJson(text: string, name: string): JsonValue {
  return parseBytes(Buffer.from(text), name)
}

/** A value as JSON.parse returns it, which rounds the integers past 2^53. */
function rounded(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof RoundedNumber) return value.value
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

t.test('parseJson() reads a text as its UTF-8', async (t) => {
  const outcome = (json: Buffer | string) => {
    try {
      return parseBytes(json, 'data_str')
    } catch (error) {
      return String(error)
    }
  }
  const texts = [
    '{"a": 1}',
    '\ufeff{}',
    '"\ud800"',
    '[9007199254740993]',
    '1e3',
    '"\u00e4"',
    '{"a": x}',
    '',
  ]
  for (const text of [...texts, `["${'x'.repeat(70_000)}", 1 1]`]) {
    t.strictSame(outcome(text), outcome(Buffer.from(text)), text.slice(0, 20))
  }
})

t.test('parseJson() keeps every digit of an integer of 64 bits', async (t) => {
  t.strictSame(parseJson('[9007199254740993, -9223372036854775808, 5]', 'the body'), [
    9007199254740993n,
    -9223372036854775808n,
    5,
  ])
  t.equal(parseJson('9007199254740993', 'the body'), 9007199254740993n)
})

t.test('parseJson() keeps __proto__ as a key like any other', async (t) => {
  const value = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}', 'the body')
  t.strictSame(Object.keys(Object(value)), ['__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(value), Object.prototype)
  t.notOk('polluted' in Object(value))
})

t.test('parseJson() marks a fraction that a double loses, and keeps other numbers', async (t) => {
  t.strictSame(parseJson('[1.00000000000000000001, 1e-400, 1e3, 5.0, 0.5]', 'the body'), [
    new RoundedNumber(1),
    new RoundedNumber(0),
    1000,
    5,
    0.5,
  ])
})

t.test(
  'parseJson() changes nothing in texts that look like numbers, or like its marks',
  async (t) => {
    const text = '{"#0#0": "9007199254740993", "a": "1e5 #1#", "b": "\\\\\\"123456789012345678"}'
    const value = JSON.parse(text)
    t.strictSame(parseJson(text, 'the body'), value)
    const withLong = parseJson(text.replace('}', ', "long": 9007199254740993}'), 'the body')
    t.strictSame(withLong, { ...value, long: 9007199254740993n })
  },
)

t.test('parseJson() returns the last of two equal keys', async (t) => {
  t.strictSame(parseJson('{"a": 1, "a": 2}', 'the body'), { a: 2 })
})

t.test('parseJson() skips a byte order mark', async (t) => {
  t.strictSame(parseJson('\uFEFF{"a": 1}', 'the body'), { a: 1 })
})

t.test('parseJson() rejects a text that is not JSON', async (t) => {
  const texts = [
    ...['', '{"a": }', '[1, 2', '{} {}', "{'a': 1}", 'NaN', '{"a": "\\ud8"}', '[01]', '[1.]'],
    ...['[-]', '[01234567890123456789]', '[1234567890123456.]', '[1e]', '{1234567890123456789: 1}'],
    ...[
      '[1234567890123456789 1]',
      '[1234567890123456789,',
      '[12345678901234567890a]',
      '{"a": 1e5, "b',
      '[1e5, nul]',
      '[1e5, "\\',
    ],
  ]
  for (const text of texts) {
    const message = /^Cannot read the body as JSON: ./
    t.throws(() => parseJson(text, 'the body'), { code: 'REFUSED', message }, text)
  }
})

t.test('H1: parseJson() rejects a number of more than 400 characters', async (t) => {
  const message = 'Cannot read the body as JSON: a number has more than 400 characters'
  for (const number of [`1.${'0'.repeat(64_000)}1`, '9'.repeat(401), `1${'0'.repeat(400)}e-9`]) {
    t.throws(() => parseJson(`{"a":${number}}`, 'the body'), { code: 'REFUSED', message })
  }
  const longest = `0.${'1'.repeat(398)}`
  t.strictSame(parseJson(`[${longest}]`, 'the body'), [Number(longest)])
})

t.test('H15: parseJson() rejects a text with more than 250,000 values', async (t) => {
  const message = 'Cannot read the body as JSON: it has more than 250000 values'
  const rejected = { code: 'REFUSED', message }
  t.throws(() => parseJson(`[${'[],'.repeat(249_999)}0]`, 'the body'), rejected)
  t.equal(Object(parseJson(`[${'0,'.repeat(249_998)}0]`, 'the body')).length, 249_999)
  t.equal(parseJson(`"${','.repeat(2_000_000)}"`, 'the body'), ','.repeat(2_000_000))
  const object = (keys: number) => {
    const entries = Array.from({ length: keys }, (_, at) => `"${at}":0`)
    return () => parseJson(`{"a":{${entries.join(',')}}}`, 'the body')
  }
  t.doesNotThrow(object(124_998), 'two values and a key, then keys with their values')
  t.throws(object(124_999), rejected)
})

t.test('parseJson() rejects more than 100 levels, in a large text or beside a long', async (t) => {
  const message = 'Cannot read data_str as JSON: it is nested too deep'
  const nested = (levels: number, inside: string) => {
    return `${'['.repeat(levels)}${inside}${']'.repeat(levels)}`
  }
  const large = `"${'x'.repeat(64 * 1024)}"`
  for (const inside of ['9007199254740993', large]) {
    t.ok(Array.isArray(parseJson(nested(100, inside), 'data_str')))
    t.throws(() => parseJson(nested(101, inside), 'data_str'), { code: 'REFUSED', message })
  }
  t.throws(() => parseJson('{"a":'.repeat(999_999), 'data_str'), { code: 'REFUSED', message })
})

/** A large text, which is not read as a small one is. */
function large(json: string): string {
  return `[${json},"${'x'.repeat(64 * 1024)}"]`
}

t.test('parseJson() reads any large JSON as JSON.parse does', async (t) => {
  const unit = fc.oneof(fc.constantFrom('grapheme', 'binary'))
  const strings = unit.chain((kind) => fc.string({ unit: kind, maxLength: 50 }))
  const property = fc.property(fc.json(), strings, fc.nat(3000), (json, text, times) => {
    const content = large(`${json},${JSON.stringify(text.repeat(times))}`)
    return isDeepStrictEqual(rounded(parseJson(content, 'the body')), JSON.parse(content))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
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

t.test('parseJson() reads UTF-8 and rejects other bytes', async (t) => {
  t.equal(parseBytes(Buffer.from('22c3a422', 'hex'), 'the body'), '\u00e4')
  // U+00E4 in Latin-1, a lone surrogate, an overlong quote.
  for (const hex of ['22e422', '22eda08022', 'c0a2']) {
    t.throws(
      () => parseBytes(Buffer.from(hex, 'hex'), 'the body'),
      { name: 'GpudbError', message: 'Cannot read the body as JSON: it is not UTF-8' },
      hex,
    )
  }
})
