import fc from 'fast-check'
import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { keepAnswer } from '../../src/exchanges/kept-answer.ts'
import { ByteBudget } from '../../src/jobs/byte-budget.ts'
import { RecordedCalls } from '../../src/recording/recorded-calls.ts'
import { RecordedJobs } from '../../src/recording/recorded-jobs.ts'
import { isSameValue } from '../../src/recording/same-value.ts'
import { writeRecorded } from '../../src/recording/write-recorded.ts'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { made } from '../support/record-exchanges.ts'
import { loadRecorded, record, recordingOf } from '../support/recordings.ts'
import { catalogue } from '../support/server.ts'

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
          data_str: `{"table_name":"a${index}"}`,
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

t.test('a call whose answer is not kept counts for those after it', async (t) => {
  const has = (info: object) =>
    made({ endpoint: '/has/table', request: { table_name: 'a' }, response: { info } as AvroRecord })
  const long = has({ text: 'x'.repeat(5 * 1024 * 1024) })
  const strange = has({ hint: '{{x}}', password: 'geheim' })
  const { fixture, text, counts } = record([
    has({ n: '1' }),
    long,
    strange,
    strange,
    has({ n: '2' }),
    has({ n: '2' }),
    long,
  ])
  t.strictSame(
    fixture.rules?.map(({ when, times, then }) => [when.nth, times, Object.keys(then)]),
    [
      [1, undefined, ['response']],
      [2, undefined, []],
      [undefined, 2, []],
      [undefined, 2, ['response']],
    ],
  )
  t.match(text, '# 1 call, not recorded: its answer is too long\n')
  t.match(text, '# 2 calls, not recorded: a fixture cannot hold its answer\n')
  t.equal(counts.tooLong, 2)
  loadRecorded(t, text)
})

t.test('after a call that did not fit, no other answers in its place', async (t) => {
  const has = (n: number) => {
    const info = { text: String(n).repeat(3000) }
    return made({ endpoint: '/has/table', request: { table_name: 'a' }, response: { info } })
  }
  const { fixture, counts } = record([has(1), has(2), has(1), has(1)], { maxBytes: 18_000 })
  t.equal(fixture.rules?.length, 1)
  t.match(fixture.rules?.[0]?.then.response?.['info'], { text: /^1+$/ })
  t.equal(counts.notKept, 3)
})

/** A response whose text has a length. */
function longAnswer(length: number) {
  const kept = keepAnswer({ text: { response: { table_name: 'x'.repeat(length) } } })
  if (kept === undefined) throw new Error('too long')
  return kept
}

t.test('a rule that is left out counts for those after it', async (t) => {
  const budget = new ByteBudget(1_000_000)
  const [calls, jobs] = [new RecordedCalls(budget), new RecordedJobs(budget)]
  const add = (name: string, length: number) => {
    const pattern = { fields: { table_name: name }, key: name, weight: 2, expressions: 0 }
    calls.add({ as: 'direct', endpoint: '/has/table', pattern }, longAnswer(length))
  }
  for (const length of [1, 2000, 2]) add('a', length)
  for (const name of ['b', 'c', 'd']) add(name, 1900)
  const dropped: string[] = []
  const written = writeRecorded({
    calls,
    jobs,
    catalogue,
    dropped: (endpoint, why) => dropped.push(`${endpoint}: ${why}`),
    maxTextBytes: 7000,
  })
  const rules = written.fixture.rules?.filter(({ when }) => when.request?.['table_name'] === 'a')
  t.strictSame(
    rules?.map(({ when, then }) => [when.nth, Object.keys(then)]),
    [
      [1, ['response']],
      [2, []],
      [undefined, ['response']],
    ],
  )
  const why = 'the fixture file would be too large with it'
  t.match(written.text, `# 1 call, not recorded: ${why}\n`)
  t.strictSame(dropped, [`/has/table: ${why}`])
})

t.test('jobs that make a file too large are left out', async (t) => {
  const budget = new ByteBudget(1_000_000)
  const [calls, jobs] = [new RecordedCalls(budget), new RecordedJobs(budget)]
  for (const id of [1n, 2n, 3n, 4n]) {
    const start = { id, tag: '', endpoint: '/has/table', startMs: 0, created: undefined }
    const job = jobs.add(start)
    if (job) jobs.keepResult(job, { answer: longAnswer(2000), encoding: 'json' })
  }
  const dropped: string[] = []
  const written = (maxTextBytes: number) =>
    writeRecorded({
      calls,
      jobs,
      catalogue,
      dropped: (endpoint) => dropped.push(endpoint),
      maxTextBytes,
    })
  t.equal(written(7000).fixture.jobs?.length, 3)
  t.strictSame(dropped, ['/has/table'])
  t.strictSame(written(2000).fixture, { rules: [] }, 'far too large')
})

t.test('a job that does not fit is not kept', async (t) => {
  const request = {
    endpoint: '/has/table',
    request_encoding: 'json',
    data_str: '{"table_name":"a"}',
  }
  const jobs = [1n, 2n, 3n, 4n, 5n, 6n].map((job_id) =>
    made({ endpoint: '/create/job', request, response: { job_id } }),
  )
  const { counts } = record(jobs, { maxBytes: 10_000 })
  t.ok(counts.notKept > 0 && counts.notKept < jobs.length)
  t.equal(counts.rules, 1)
})

t.test(
  'very many different answers to one request are kept: quadratic work exceeds the time limit',
  async (t) => {
    const calls = new RecordedCalls(new ByteBudget(Number.MAX_SAFE_INTEGER))
    const pattern = { fields: {}, key: '', weight: 0, expressions: 0 }
    for (let index = 0; index < 100_000; index += 1) {
      const key = String(index)
      calls.add({ as: 'direct', endpoint: '/has/table', pattern }, { text: {}, key, bytes: 1 })
    }
    t.equal(calls.list()[0]?.runs.length, 100_000)
  },
)

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

t.test('what the reader of fixtures would reject is left out', async (t) => {
  const budget = new ByteBudget(1_000_000)
  const calls = new RecordedCalls(budget)
  const pattern = { fields: {}, key: '', weight: 0, expressions: 0 }
  for (const [endpoint, response] of [
    ['/has/table', { nope: 1 }],
    ['/has/schema', {}],
  ] as const) {
    const answer = keepAnswer({ text: { response } })
    if (answer !== undefined) calls.add({ as: 'direct', endpoint, pattern }, answer)
  }
  const jobs = new RecordedJobs(budget)
  jobs.add({ id: 1n, tag: '', endpoint: '/get/job', startMs: 0, created: undefined })
  const dropped: string[] = []
  const few = writeRecorded({ calls, jobs, catalogue, dropped: () => undefined, maxRules: 0 })
  t.strictSame(few.fixture.rules, [])
  const { fixture } = writeRecorded({
    calls,
    jobs,
    catalogue,
    dropped: (endpoint, why) => dropped.push(`${endpoint}: ${why}`),
  })
  t.strictSame(
    fixture.rules?.map(({ when }) => when.endpoint),
    ['/has/schema'],
  )
  t.strictSame(fixture.jobs, undefined)
  t.strictSame(dropped, [
    '/get/job: a fixture cannot hold it',
    '/has/table: a fixture cannot hold it',
  ])
})

t.test('a result of a job that does not fit is not kept', async (t) => {
  const inner = { endpoint: '/has/table', request_encoding: 'json', data_str: '{"table_name":"a"}' }
  const long = `{"table_name":"${'x'.repeat(10_000)}","table_exists":true,"info":{}}`
  const done = {
    endpoint: '/has/table',
    job_status: 'DONE',
    response_encoding: 'json',
    job_response_str: long,
  }
  const { fixture, counts } = record(
    [
      made({ endpoint: '/create/job', request: inner, response: { job_id: 1n } }),
      made({ endpoint: '/get/job', request: { job_id: 1n }, response: done, atMs: 2000 }),
    ],
    { maxBytes: 20_000 },
  )
  t.equal(counts.notKept, 1)
  t.strictSame(Object.keys(fixture.rules?.[0]?.then ?? {}), ['lifecycle'])
})

t.test('an error that is too long is not kept', async (t) => {
  const { counts } = record([made({ endpoint: '/has/table', error: 'x'.repeat(5 * 1024 * 1024) })])
  t.strictSame([counts.tooLong, counts.rules], [1, 0])
})

t.test('values are equal in any order of their keys', async (t) => {
  t.equal(isSameValue({ a: 1, b: [2n, null] }, { b: [2n, null], a: 1 }), true)
  t.equal(isSameValue({ a: 1 }, 'a'), false)
  t.equal(isSameValue({ a: 1 }, { a: 1, b: 2 }), false)
  t.equal(isSameValue([1], 1), false)
  t.equal(isSameValue(Buffer.from('a'), 'a'), false)
})
