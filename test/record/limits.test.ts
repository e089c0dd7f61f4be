import fc from 'fast-check'
import t from 'tap'
import type { Exchange } from '../../src/record/exchange.ts'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { made } from '../support/record-exchanges.ts'
import { loadRecorded, record, recordingOf } from '../support/recordings.ts'

const ENDPOINTS = catalogueLines.map(({ endpoint }) => endpoint)

const anyBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))

const anyType = fc.constantFrom(
  'application/json',
  'application/octet-stream',
  'application/x-snappy',
  'text/html',
  undefined,
)

/** A few bytes of a valid body are changed, removed or repeated. */
function damaged(bytes: Buffer): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.nat(bytes.length), fc.nat(bytes.length), anyBytes).map(([from, to, other]) => {
    return Buffer.concat([bytes.subarray(0, from), other.subarray(0, 3), bytes.subarray(to)])
  })
}

const anyExchange: fc.Arbitrary<Exchange> = fc
  .tuple(fc.constantFrom(...ENDPOINTS), fc.constantFrom('json' as const, 'binary' as const))
  .map(([endpoint, encoding]) => made({ endpoint, encoding }))
  .chain((valid) =>
    fc.record({
      receivedAtMs: fc.constant(1000),
      answeredAtMs: fc.constant(2000),
      method: fc.constantFrom('POST', 'GET', 'HEAD', 'POST', 'POST'),
      target: fc.constantFrom(valid.target, `/gpudb-0/${valid.target}?a=b`, '/', '//', '%'),
      requestType: fc.oneof(fc.constant(valid.requestType), anyType),
      request: fc.oneof(fc.constant(valid.request), damaged(valid.request), anyBytes),
      status: fc.constantFrom(200, 200, 400, 404, 500, 0),
      answerType: fc.oneof(fc.constant(valid.answerType), anyType),
      answer: fc.oneof(fc.constant(valid.answer), damaged(valid.answer), anyBytes),
      whole: fc.constantFrom(true, true, false),
    }),
  )

t.test('no exchange throws, and what is recorded of it loads', async (t) => {
  const property = fc.property(
    fc.array(anyExchange, { maxLength: 6 }),
    fc.constantFrom('always' as const, 'never' as const),
    (exchanges, raw) => {
      loadRecorded(t, record(exchanges, { raw }).text)
    },
  )
  fc.assert(property, { numRuns: 150 })
  t.pass()
})

t.test('any request and response are recorded as a fixture that loads', async (t) => {
  const anyCall = fc.constantFrom(...catalogueLines).chain(({ endpoint, request, response }) =>
    fc.record({
      endpoint: fc.constant(endpoint),
      encoding: fc.constantFrom('json' as const, 'binary' as const, 'snappy' as const),
      request: anyRecord(request.fields),
      response: anyRecord(response.fields),
    }),
  )
  const property = fc.property(fc.array(anyCall, { minLength: 1, maxLength: 4 }), (calls) => {
    loadRecorded(t, record(calls.map(made)).text)
  })
  fc.assert(property, { numRuns: 150 })
  t.pass()
})

t.test('what does not fit into the memory is not kept', async (t) => {
  const recording = recordingOf({ maxBytes: 20_000 })
  for (let index = 0; index < 100; index += 1) {
    recording.add(made({ endpoint: '/has/table', request: { table_name: `t${index}` } }))
    recording.add(
      made({
        endpoint: '/create/job',
        request: {
          endpoint: '/has/table',
          request_encoding: 'json',
          data_str: '{"table_name":"a"}',
        },
      }),
    )
    recording.add(made({ endpoint: '/create/job', error: 'no' }))
    recording.add(
      made({
        endpoint: '/get/job',
        request: { job_id: BigInt(index + 1) },
        response: { endpoint: '/has/table', job_status: 'RUNNING' },
      }),
    )
  }
  const { counts } = recording.finish()
  t.equal(recording.isFull, true)
  t.ok(counts.rules > 0 && counts.rules < 100)
  t.ok(counts.notKept > 100)
})

t.test('equal exchanges are kept once', async (t) => {
  const recording = recordingOf({ maxBytes: 20_000 })
  for (let index = 0; index < 1000; index += 1) {
    const table_exists = index % 2 === 0
    if (index < 50)
      recording.add(
        made({ endpoint: '/has/table', request: { table_name: 'a' }, response: { table_exists } }),
      )
    recording.add(made({ endpoint: '/has/schema', request: { schema_name: 'a' } }))
  }
  t.equal(recording.isFull, false)
  t.equal(recording.finish().counts.notKept, 0)
})

t.test('a very long answer is not kept', async (t) => {
  const info = { text: 'x'.repeat(5 * 1024 * 1024) }
  const { counts } = record([
    made({ endpoint: '/has/table', request: { table_name: 'a' }, response: { info } }),
    made({ endpoint: '/has/table', request: { table_name: 'b' }, response: { info: {} } }),
  ])
  t.equal(counts.tooLong, 1)
  t.equal(counts.rules, 1)
})

t.test('the largest rules are left out of a file that would be too large', async (t) => {
  const calls = Array.from({ length: 6 }, (_, index) => {
    const info = { text: String(index).repeat(3.5 * 1024 * 1024) }
    return made({
      endpoint: '/has/table',
      request: { table_name: `t${index}` },
      response: { info },
    })
  })
  const { counts, drift, text } = record([...calls, made({ endpoint: '/has/schema' })], {
    maxBytes: 1024 * 1024 * 1024,
  })
  t.equal(counts.rules, 5)
  t.ok(text.length < 16 * 1024 * 1024)
  t.strictSame(
    drift.map(({ what, count }) => [what, count]),
    [['the fixture file would be too large with it', 2]],
  )
})
