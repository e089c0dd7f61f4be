import t from 'tap'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { NO_JOBS } from '../../src/jobs/job.ts'
import { startControlled } from '../support/control.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { faultsOf } from '../support/faults.ts'
import { type HttpAnswer, type HttpRequest, sendHttp } from '../support/http.ts'
import { loadRules } from '../support/rules.ts'
import { catalogue, FIXTURE_CONTEXT, startTestServer, type TestServer } from '../support/server.ts'

const INSERT = '/insert/records/json'
const GET = '/get/records/json'
const CHAT = '/chat/completions'

/** An answer, parsed. */
interface Seen {
  readonly status: number
  readonly wrapper: Readonly<Record<string, unknown>>
}

function seen({ status, body }: HttpAnswer): Seen {
  return { status, wrapper: JSON.parse(body.toString('latin1')) }
}

/** Sends a call as the Python client does: arguments in the query, JSON as the body or none. */
async function post(
  { port }: TestServer,
  path: string,
  sent: Pick<HttpRequest, 'body' | 'headers'> = {},
): Promise<Seen> {
  const headers = { 'content-type': 'application/json', accept: 'text/plain' }
  return seen(await sendHttp(port, { method: 'POST', path, headers, ...sent }))
}

function ok(dataType: string, data: unknown): Seen {
  const wrapper = { status: 'OK', message: '', data_type: dataType, data, data_str: '' }
  return { status: 200, wrapper }
}

function failed(message: string): Seen {
  const wrapper = { status: 'ERROR', message, data_type: 'none', data: '', data_str: '' }
  return { status: 400, wrapper }
}

const inserted = (count: number) =>
  ok('insert_records_json_response', {
    table_name: 'orders',
    count_inserted: count,
    count_skipped: 0,
    count_updated: 0,
    info: {},
  })

t.test('three endpoints are JSON only, besides the catalogue of the documentation', async (t) => {
  const documented = new Set(catalogueLines.map(({ endpoint }) => endpoint))
  const others = catalogue.endpoints.filter((endpoint) => !documented.has(endpoint))
  t.strictSame(others, [CHAT, GET, INSERT])
  for (const endpoint of catalogue.endpoints) {
    const isOther = others.includes(endpoint)
    t.equal(catalogue.get(endpoint).form !== undefined, isOther, endpoint)
    if (isOther) t.ok(NO_JOBS.has(endpoint), endpoint)
  }
  t.throws(() => catalogue.get(CHAT).response.encode({}), {
    message: 'chat_completions_response has no form in Avro',
  })
})

t.test(`${INSERT} counts the records of a list, or one object`, async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const path = `${INSERT}?table_name=orders`
  const cases: [string, number][] = [
    ['[{"id":1},{"id":2,"tags":["a",{"b":null}]},{"id":1.00000000000000000001}]', 3],
    ['{"id":1}', 1],
    ['[]', 0],
    ['\ufeff{"id":1}', 1],
  ]
  for (const [body, count] of cases) {
    t.strictSame(await post(server, path, { body }), inserted(count), body)
  }
})

t.test(`${GET} returns no records, for POST and GET, with any body`, async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const empty = ok('get_records_json_response', {
    table_name: 'orders',
    column_headers: [],
    column_datatypes: [],
    records: [],
    total_number_of_records: 0,
    has_more_records: false,
  })
  const path = `${GET}?table_name=orders&offset=0&limit=-9999`
  t.strictSame(await post(server, path), empty, 'Python: no body')
  t.strictSame(await post(server, path, { body: 'null' }), empty, 'JavaScript: null')
  t.strictSame(await post(server, path, { headers: {} }), empty, 'Java: no Content-Type')
  t.strictSame(seen(await sendHttp(server.port, { path })), empty, 'curl: GET')
  const head = await sendHttp(server.port, { method: 'HEAD', path })
  t.strictSame([head.status, head.body.length], [200, 0])
  const wrong = await sendHttp(server.port, { method: 'PUT', path })
  t.strictSame([wrong.status, wrong.headers.allow], [405, 'GET, HEAD, POST'])
  t.equal((await sendHttp(server.port, { path: `${INSERT}?table_name=orders` })).status, 405)
})

t.test(`${CHAT} returns one empty choice`, async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'How many orders?' }] })
  const message = { role: 'assistant', content: '' }
  t.strictSame(
    await post(server, CHAT, { body }),
    ok('chat_completions_response', {
      status: 'OK',
      data: {
        id: '',
        object: 'chat.completion',
        created: 0,
        model: '',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
        prompt: '',
      },
    }),
  )
})

t.test('rules match the arguments, the records and the messages', async (t) => {
  const rules = loadRules(
    t,
    `
- when: { endpoint: ${INSERT}, request: { table_name: orders, options: { batch_size: "10" } } }
  then: { response: { count_updated: 2, info: { at: "{{now}} {{request.records.0.id}}" } } }
- when: { endpoint: ${INSERT}, request: { records: [{ id: 7, note: { matches: ^x } }] } }
  then: { error: "{{request.table_name}} is full", http_status: 409 }
- when: { endpoint: ${GET}, request: { column_names: "id,note", limit: 5, order_by: id desc } }
  then: { error: no such column }
- when: { endpoint: ${CHAT}, request: { messages: [{}, { content: { matches: (?i)orders } }] } }
  then:
    response:
      model: sqlgpt
      choices: [{ message: { content: "SELECT 'ü' -- {{request.messages.1.content}}" } }]
`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const insert = async (query: string, body: string) =>
    (await post(server, `${INSERT}?${query}`, { body })).wrapper
  t.match(await insert('table_name=orders&batch_size=10', '[{"id":1}]'), {
    data: { table_name: 'orders', count_inserted: 1, count_updated: 2 },
  })
  t.match(await insert('table_name=orders&batch_size=10', '[{"id":9007199254740993}]'), {
    data: { info: { at: '1700000000000 9007199254740993' } },
  })
  const full = await post(server, `${INSERT}?table_name=o`, { body: '{"id":7,"note":"xy"}' })
  t.strictSame([full.status, full.wrapper['message']], [409, 'o is full'])
  const query = 'table_name=orders&column_names=id%2Cnote&offset=0&limit=5&order_by=id+desc'
  t.strictSame(await post(server, `${GET}?${query}`), failed('no such column'))
  const messages = [
    { role: 'system', content: '' },
    { role: 'user', content: 'Orders?' },
  ]
  const chat = await post(server, CHAT, { body: JSON.stringify({ messages }) })
  const message = { role: 'assistant', content: "SELECT 'ü' -- Orders?" }
  t.match(chat.wrapper, {
    data: {
      data: { model: 'sqlgpt', choices: [{ index: 0, message, finish_reason: 'stop' }] },
    },
  })
})

t.test(`columns and rows answer ${GET}, page by page`, async (t) => {
  const rules = loadRules(
    t,
    `
- when: { endpoint: ${GET} }
  then:
    columns: [id long, "note char16?", raw bytes?, share double]
    rows:
      - [9007199254740993, "{{request.table_name}}", { base64: AIA= }, .nan]
      - [2, null, null, 0.5]
      - [3, ü, null, 1]
`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const { port } = server
  const first = await sendHttp(port, { path: `${GET}?table_name=orders&limit=2` })
  t.match(first.body.toString(), '"id":9007199254740993,', 'every digit')
  const { wrapper } = seen(first)
  t.match(wrapper['data'], {
    table_name: 'orders',
    column_headers: ['id', 'note', 'raw', 'share'],
    column_datatypes: ['long', 'char16', 'bytes', 'double'],
    total_number_of_records: 3,
    has_more_records: true,
  })
  t.strictSame(Object(wrapper['data']).records.slice(1), [
    { id: 2, note: null, raw: null, share: 0.5 },
  ])
  t.match(Object(wrapper['data']).records[0], { note: 'orders', raw: 'AIA=', share: 'NaN' })
  const second = await post(server, `${GET}?table_name=orders&offset=2&limit=2`)
  t.match(second.wrapper['data'], { total_number_of_records: 3, has_more_records: false })
  t.strictSame(Object(second.wrapper['data']).records, [{ id: 3, note: 'ü', raw: null, share: 1 }])
})

t.test('raw results and faults damage the answers', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: ${GET}, nth: 1 }, then: { response_text: '[{"a": "ü"' } }
- { when: { endpoint: ${GET}, nth: 2 }, then: { response_base64: AP8i } }
`,
  )
  const faults = faultsOf({ when: { endpoint: GET }, skip: 2, fault: 'reset' })
  const server = await startTestServer({ rules, faults })
  t.teardown(server.close)
  const sent = { path: `${GET}?table_name=orders` }
  const start = '{"status":"OK","message":"","data_type":"get_records_json_response","data":'
  const bodyOf = async () => (await sendHttp(server.port, sent)).body.toString()
  t.equal(await bodyOf(), `${start}[{"a": "\\u00fc","data_str":""}`)
  t.equal(await bodyOf(), `${start}"\\u0000\\u00ff\\"","data_str":""}`)
  await t.rejects(sendHttp(server.port, sent), { code: 'ECONNRESET' })
})

t.test('a request that cannot be read is an error with the reason', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const both = 'Cannot read the query and the body as insert_records_json_request'
  const query = 'Cannot read the query as get_records_json_request'
  const chat = 'Cannot read the body as chat_completions_request'
  const one = 'Cannot read the body: expected an object or a list of objects, got'
  const cases: [string, string, string][] = [
    [`${INSERT}?table_name=a`, '', 'Cannot read the body as JSON: Unexpected end of JSON input'],
    [`${INSERT}?table_name=a`, '[', 'Cannot read the body as JSON: Unexpected end of JSON input'],
    [`${INSERT}?table_name=a`, '"secret"', `${one} a string`],
    [`${INSERT}?table_name=a`, 'null', `${one} null`],
    [
      `${INSERT}?table_name=a`,
      '[{},7,[]]',
      `${both}: records.1: expected an object, got 7; records.2: expected an object, got a list`,
    ],
    [INSERT, '{}', `${both}: the field table_name is missing`],
    [`${INSERT}?table_name=`, '{}', `${both}: the field table_name is missing`],
    [GET, '', `${query}: the field table_name is missing`],
    [
      `${GET}?table_name=a&offset=x&limit=1.5`,
      '',
      `${query}: offset: expected an integer of 64 bits, got a string; limit: expected an integer of 64 bits, got a string`,
    ],
    [CHAT, '{}', `${chat}: the field messages is missing`],
    [CHAT, '{"messages":["hi"]}', `${chat}: messages.0: expected an object, got a string`],
    [
      CHAT,
      '{"messages":[],"stream":true}',
      `${chat}: stream: chat_completions_request has no such field`,
    ],
  ]
  for (const [path, body, message] of cases) {
    t.strictSame(await post(server, path, { body }), failed(message), `${path} ${body}`)
  }
  const headers = { 'content-type': 'application/octet-stream' }
  const sent = { method: 'POST', path: `${INSERT}?table_name=a`, headers, body: '{}' }
  const refused = await sendHttp(server.port, sent)
  t.equal(refused.status, 400)
  t.match(refused.body.toString('latin1'), `insert_records_json_request: send application/json`)
})

t.test('the journal shows requests decoded, and expectations match them', async (t) => {
  const server = await startControlled(t, { redact: ['kdb_password'] })
  await post(server, `${INSERT}?table_name=orders&kdb_password=abc`, { body: '{"id":1}' })
  await post(server, `${GET}?table_name=orders&limit=3`)
  await post(server, INSERT, { body: '{}' })
  const { requests } = await server.must('GET /requests')
  const [first, second, third] = Object(requests)
  t.match(first, { endpoint: INSERT, encoding: 'json', decoded: true, status: 200 })
  t.strictSame(first.request, {
    table_name: 'orders',
    records: [{ id: 1 }],
    options: { kdb_password: '(redacted)' },
  })
  t.match(second.request, { table_name: 'orders', limit: 3, offset: 0, having: '' })
  t.match(third, { decoded: false, status: 400, request: null })
  const when = { endpoint: INSERT, request: { table_name: 'orders', records: [{ id: 1 }] } }
  t.match(await server.must('POST /requests/count', { when }), { count: 1 })
  await server.must('POST /requests/verify', { when, times: { at_least: 1 } })
  const got = { when: { endpoint: '/get/records/*', as: 'direct' } }
  t.match(await server.must('POST /requests/count', got), { count: 1 })
})

t.test('they take part in strict scopes, but cannot run as jobs', async (t) => {
  const server = await startTestServer({ strict: true })
  t.teardown(server.close)
  t.strictSame(
    await post(server, `${GET}?table_name=a`),
    failed(`Cannot match ${GET}: there are no rules`),
  )
  const job = { endpoint: INSERT, request_encoding: 'json', data_str: '{}' }
  const { wrapper } = await server.post('/create/job', job)
  t.equal(wrapper.message, `Cannot create a job for "${INSERT}": call it directly`)
})

t.test('mistakes in fixtures name the field', async (t) => {
  const problemsOf = (document: object) =>
    loadFixtures([document], FIXTURE_CONTEXT).problems.map(({ path, message }) => {
      return `${path}: ${message}`
    })
  const rule = (when: object, then: object) => problemsOf({ rules: [{ when, then }] })
  t.strictSame(rule({ endpoint: INSERT, as: 'job' }, { error: 'no' }), [
    `rules[0].when.as: "${INSERT}" cannot run as a job, only directly`,
  ])
  t.strictSame(problemsOf({ jobs: [{ endpoint: CHAT }] }), [
    `jobs[0].endpoint: ${CHAT} cannot run as a job`,
  ])
  t.strictSame(rule({ endpoint: INSERT, request: { records: ['x'] } }, { error: 'no' }), [
    'rules[0].when.request.records[0]: expected an object, got "x"',
  ])
  t.strictSame(rule({ endpoint: CHAT }, { response: { choices: [{ message: {} }] } }), [
    'rules[0].then.response.choices[0].message: the field content is missing',
  ])
  t.strictSame(rule({ endpoint: CHAT }, { response: { usage: { tokens: 1 } } }), [
    'rules[0].then.response.usage.tokens: chat_usage has no such field',
  ])
  t.strictSame(rule({ endpoint: GET }, { columns: ['id int'], response: { records: [] } }), [
    'rules[0].then.response.records: the columns and rows define this field',
  ])
  t.strictSame(rule({ endpoint: INSERT }, { columns: ['id int'] }), [
    `rules[0].then.columns: ${INSERT} returns no rows`,
  ])
})

t.test('JSON records are stored in a known table and read from it', async (t) => {
  const columns = ['id long', 'note char16?', 'blob bytes?']
  const rows = [[1, 'a', { base64: 'AQI=' }]]
  const plain = { name: 'plain', columns: ['id long'], rows: [] }
  const document = { tables: [{ name: 'orders', columns, rows }, plain] }
  const { tables } = loadFixtures([document], FIXTURE_CONTEXT)
  const server = await startTestServer({ tables })
  t.teardown(server.close)
  const body = '[{"id":9007199254740993,"blob":"/wA="},{"id":3,"note":"é"}]'
  t.strictSame(await post(server, `${INSERT}?table_name=orders`, { body }), inserted(2))
  await post(server, `${INSERT}?table_name=plain`, { body: '{"id":1}' })
  t.equal(server.scope.tables.get('plain').count, 1)
  const wrong = await post(server, `${INSERT}?table_name=orders`, {
    body: '[{"id":4},{"id":"x"}]',
  })
  t.equal(wrong.status, 400)
  t.match(wrong.wrapper['message'], /^Cannot read records\[1\]: id: /)
  const all = await sendHttp(server.port, {
    method: 'POST',
    path: `${GET}?table_name=orders&offset=1&limit=5`,
  })
  const { data } = JSON.parse(all.body.toString())
  t.equal(data.total_number_of_records, 3)
  t.strictSame(data.column_headers, ['id', 'note', 'blob'])
  t.match(all.body.toString(), '{"id":9007199254740993,"note":null,"blob":"/wA="}')
  t.strictSame(data.records[1], { id: 3, note: 'é', blob: null })
  const some = await post(server, `${GET}?table_name=orders&column_names=note,id&limit=1`)
  t.strictSame(Object(some.wrapper['data']).records, [{ note: 'a', id: 1 }])
  const filtered = await post(server, `${GET}?table_name=orders&expression=id%3D1`)
  t.match(filtered.wrapper['message'], 'Cannot filter the table orders: ')
})
