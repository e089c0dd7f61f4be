import t from 'tap'
import { isJob, isRequest } from '../../src/page-state/details-kind.ts'
import { groupedCount, groupedCountText } from '../../src/page-state/grouped-count.ts'
import { parseJson, writeJson } from '../../src/page-state/json-text.ts'
import { toShort } from '../../src/page-state/short-text.ts'

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

t.test('toShort() cuts a text, and escapes what cannot be seen', async (t) => {
  t.equal(toShort('a\u202e\nb', 80), 'a\\u202e\\nb')
  t.equal(toShort('abc', 3), 'abc')
  t.equal(toShort('abcd', 3), 'abc…')
})

t.test('counts have separators and the right noun', async (t) => {
  t.equal(groupedCount(1234567), '1,234,567')
  t.equal(groupedCountText(1, 'job'), '1 job')
  t.equal(groupedCountText(2000, 'job'), '2,000 jobs')
})

t.test('details that have not arrived are neither a job nor a request', async (t) => {
  const job = { list: 'jobs', key: '7' } as const
  const request = { list: 'requests', key: '7' } as const
  for (const [document, arrived] of [
    [{ job_id: 7 }, true],
    [undefined, false],
  ] as const) {
    t.strictSame([isJob(job, document), isJob(request, document)], [arrived, false])
    t.strictSame([isRequest(request, document), isRequest(job, document)], [arrived, false])
  }
})
