import t from 'tap'
import {
  countOf,
  formatCount,
  formatDate,
  formatDuration,
  formatTime,
} from '../../src/page/format.ts'
import { parseJson, writeJson } from '../../src/page/json-text.ts'
import { toPrintable, toShort } from '../../src/page/printable.ts'

t.test('parseJson() keeps integers exact that a number cannot hold', async (t) => {
  t.strictSame(parseJson('{"id":9223372036854775807,"small":12}'), {
    id: 9223372036854775807n,
    small: 12,
  })
  t.strictSame(parseJson('[-9007199254740993, 9007199254740991]'), [
    -9007199254740993n,
    9007199254740991,
  ])
})

t.test('parseJson() leaves fractions and digits within texts as they are', async (t) => {
  const text = String.raw`{"a":0.1234567890123456,"b":"9007199254740993","c":"\"9007199254740993","d":1e400}`
  t.strictSame(parseJson(text), {
    a: 0.1234567890123456,
    b: '9007199254740993',
    c: '"9007199254740993',
    d: Number.POSITIVE_INFINITY,
  })
  t.strictSame(parseJson('{"a":null,"b":[9007199254740993,null]}'), {
    a: null,
    b: [9007199254740993n, null],
  })
})

t.test('parseJson() reads a text of a million characters', async (t) => {
  const long = '\\n'.repeat(500_000)
  t.equal(parseJson<string[]>(`["${long}",1234567890123456789]`)[0]?.length, 500_000)
})

t.test('writeJson() puts what fits on a line, and indents the rest', async (t) => {
  t.equal(
    writeJson({ a: [1, 'x', null, true], b: {}, c: [] }),
    '{ "a": [1, "x", null, true], "b": {}, "c": [] }',
  )
  t.equal(writeJson(9223372036854775807n), '9223372036854775807')
  const long = 'x'.repeat(76)
  t.equal(
    writeJson({ key: { inner: long, list: [long] } }),
    `{\n  "key": {\n    "inner": "${long}",\n    "list": [\n      "${long}"\n    ]\n  }\n}`,
  )
})

t.test('toPrintable() escapes what cannot be seen and keeps lines', async (t) => {
  t.equal(toPrintable('a\u0000b\u202ec\u200bd\ne\tf'), 'a\\u0000b\\u202ec\\u200bd\ne\tf')
  t.equal(toPrintable('\ud800 \u2028 é 漢 🙂'), '\\ud800 \\u2028 é 漢 🙂')
  t.equal(toPrintable('\u{e0001}'), '\\udb40\\udc01')
  t.equal(toPrintable('<img src=x onerror=alert(1)>'), '<img src=x onerror=alert(1)>')
})

t.test('toShort() cuts a text', async (t) => {
  t.equal(toShort('abc', 3), 'abc')
  t.equal(toShort('abcd', 3), 'abc…')
})

const DURATIONS: readonly (readonly [number, string])[] = [
  [0, '0 ms'],
  [250.4, '250 ms'],
  [1000, '1 s'],
  [3249, '3.2 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [3_723_000, '1 h 2 min'],
  [90_000_000, '1 d 1 h'],
]

t.test('formatDuration() has the two largest units', async (t) => {
  for (const [ms, text] of DURATIONS) t.equal(formatDuration(ms), text)
})

t.test('times are in UTC, with milliseconds', async (t) => {
  t.equal(formatDate(4_102_444_800_250), '2100-01-01')
  t.equal(formatTime(4_102_444_800_250), '00:00:00.250')
})

t.test('counts have separators and the right noun', async (t) => {
  t.equal(formatCount(1234567), '1,234,567')
  t.equal(countOf(1, 'job'), '1 job')
  t.equal(countOf(2000, 'job'), '2,000 jobs')
})
