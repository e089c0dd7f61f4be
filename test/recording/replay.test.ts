import t, { type Test } from 'tap'
import type { JsonValue } from '../../src/documents/json-value.ts'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { writeFields } from '../../src/fixture-format/fixture-dialect.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { exchange, type Sent, sentOf } from '../support/record-exchanges.ts'
import { loadRecorded, record } from '../support/recordings.ts'
import { sampleRecord } from '../support/sample-record.ts'
import {
  ENCODINGS,
  encodeRequest,
  FIXTURE_CONTEXT,
  startTestServer,
  type TestServerOptions,
} from '../support/server.ts'

/** A request, or how far the clock goes on. */
type Action = Sent | number

async function run(
  t: Test,
  actions: readonly Action[],
  options: TestServerOptions,
): Promise<Exchange[]> {
  const server = await startTestServer(options)
  t.teardown(server.close)
  const exchanges: Exchange[] = []
  for (const action of actions) {
    if (typeof action === 'number') server.clock.advance(action)
    else exchanges.push(await exchange(server, action))
  }
  return exchanges
}

/** Records requests to a mock, and sends them to another one with what was recorded. */
async function replay(t: Test, actions: readonly Action[], options: TestServerOptions = {}) {
  const exchanges = await run(t, actions, options)
  const recorded = record(exchanges)
  const loaded = loadRecorded(t, recorded.text)
  const again = await run(t, actions, { loaded })
  t.strictSame(again.map(shown), exchanges.map(shown))
  return recorded
}

/** An answer without what takes long to compare. */
function shown({ target, status, answerType, answer }: Exchange): string {
  return `${target} ${status} ${answerType} ${answer.toString('latin1')}`
}

function rulesOf(rules: readonly JsonValue[]): TestServerOptions {
  const loaded = loadFixtures([{ rules: rules as never }], FIXTURE_CONTEXT)
  if (loaded.problems.length > 0) throw new Error(JSON.stringify(loaded.problems))
  return { loaded }
}

/** What the mock answers by itself, whatever was recorded. */
const NOT_WRITTEN = new Set(['/create/job', '/get/job', '/admin/alter/jobs', '/admin/show/jobs'])

const PLAIN = catalogueLines.filter(
  ({ endpoint }) => !NOT_WRITTEN.has(endpoint) && !endpoint.startsWith('/show/system/'),
)

t.test('a replay of all endpoints has the same answers, in all encodings', async (t) => {
  const actions = PLAIN.flatMap(({ endpoint, request }) =>
    ENCODINGS.map((encoding) => sentOf(encoding, endpoint, sampleRecord(request.fields))),
  )
  const { drift } = await replay(t, actions)
  t.strictSame(drift, [])
})

/** Its answer is a secret, which is redacted. */
const SECRET = '/show/credential'

t.test('a replay has the values of all fields', async (t) => {
  const known = PLAIN.filter(({ endpoint }) => endpoint !== SECRET)
  const rules = known.map(({ endpoint, response }) => ({
    when: { endpoint },
    then: { response: writeFields(sampleRecord(response.fields)) },
  }))
  const actions = known.map(({ endpoint, request }, index) => {
    const encoding = ENCODINGS[index % ENCODINGS.length] ?? 'json'
    return sentOf(encoding, endpoint, sampleRecord(request.fields))
  })
  const { counts } = await replay(t, actions, rulesOf(rules))
  t.equal(counts.rules, known.length)
})

t.test('a replay of jobs of all endpoints has the same answers', async (t) => {
  const endpoints = catalogueLines.filter(({ endpoint }) => !/^\/(create|get)\/job$/.test(endpoint))
  const actions = endpoints.flatMap(({ endpoint, request }, index) => {
    const encoding = ENCODINGS[index % ENCODINGS.length] ?? 'json'
    const inner = encodeRequest(encoding, endpoint, sampleRecord(request.fields))
    const isJson = encoding === 'json'
    const created = sentOf('json', '/create/job', {
      endpoint,
      request_encoding: encoding,
      data: isJson ? Buffer.alloc(0) : inner,
      data_str: isJson ? inner.toString() : '',
    })
    const poll = sentOf('binary', '/get/job', { job_id: BigInt(index + 1) })
    return [created, poll, 400, poll, 700, poll]
  })
  const { drift } = await replay(t, actions)
  t.strictSame(drift, [])
})

t.test('a replay has errors and other values of what the mock answers by itself', async (t) => {
  const once = (endpoint: string, request: object, then: object) => {
    return { when: { endpoint, request, nth: 2 }, then } as unknown as JsonValue
  }
  const [one, two] = ['SELECT 1', 'SELECT 2'].map((statement) => {
    return sentOf('binary', '/execute/sql', { statement, limit: -9999n, encoding: 'binary' })
  })
  const status = sentOf('json', '/show/system/status', {})
  const cancel = sentOf('json', '/admin/alter/jobs', { job_ids: [9n], action: 'cancel' })
  const rules = rulesOf([
    once('/execute/sql', { statement: 'SELECT 1' }, { error: 'busy' }),
    once('/execute/sql', { statement: 'SELECT 2' }, { columns: ['EXPR_0 long'], rows: [[7]] }),
    once('/show/system/status', {}, { error: 'System is offline', http_status: 503 }),
    once('/admin/alter/jobs', {}, { error: 'not permitted' }),
  ])
  const actions = [one, two, status, cancel].flatMap((sent) => (sent ? [sent, sent, sent] : []))
  const { counts, fixture } = await replay(t, actions, rules)
  t.equal(counts.rules, 8)
  t.equal(fixture.rules?.filter(({ then }) => Object.keys(then).length > 0).length, 4)
})
