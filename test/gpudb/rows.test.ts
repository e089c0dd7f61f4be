import t, { type Test } from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { formatMessage } from '../../src/fixture-format/fixture-problem.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { readReferenceRecord } from '../support/avro-reference-reader.ts'
import { decodePayload, responseOf } from '../support/decode-payload.ts'
import { createJob, tryCreateJob } from '../support/exercise.ts'
import { loadRules } from '../support/rules.ts'
import {
  ENCODINGS,
  FIXTURE_CONTEXT,
  START_MS,
  startTestServer,
  type TestServer,
} from '../support/server.ts'

/** A server with rules, a list in YAML; it stops at the end of the test. */
async function serve(t: Test, yaml: string): Promise<TestServer> {
  const server = await startTestServer({ rules: loadRules(t, yaml) })
  t.teardown(server.close)
  return server
}

/** The encodings of a call, with each encoding of rows that the request may ask for. */
const COMBINATIONS = ENCODINGS.flatMap((call) =>
  (['binary', 'json'] as const).map((encoding) => ({ call, encoding })),
)

/** A response in the form of the vectors: longs are strings, bytes are in hex. */
type Response = Readonly<Record<string, unknown>>

interface Asking {
  readonly endpoint: string
  readonly encoding?: Encoding
  readonly fields?: AvroRecord
}

/** The response to a call, which must succeed; all rows by default. */
async function ask(server: TestServer, { endpoint, encoding = 'json', fields }: Asking) {
  const answer = await server.ask(encoding, endpoint, { limit: -9999n, ...fields })
  if (!isResponse(answer.response)) throw new Error(`${endpoint}: ${answer.message}`)
  return answer.response
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null
}

function hexOf(value: unknown): string {
  return isResponse(value) ? String(value['hex']) : ''
}

/** The record of the columns, decoded by its own schema. */
function columnsIn({
  response_schema_str,
  binary_encoded_response,
  json_encoded_response,
}: Response) {
  const hex = hexOf(binary_encoded_response)
  if (hex === '') return JSON.parse(String(json_encoded_response))
  const { fields } = JSON.parse(String(response_schema_str))
  return readReferenceRecord(fields, Buffer.from(hex, 'hex'))
}

/** The records of a list of bytes or of texts, decoded by a schema. */
function recordsIn({
  schema,
  binary,
  json,
}: Readonly<Record<'schema' | 'binary' | 'json', unknown>>) {
  const { fields } = JSON.parse(String(schema))
  const ofBytes = listIn(binary).map((bytes) =>
    readReferenceRecord(fields, Buffer.from(hexOf(bytes), 'hex')),
  )
  return [...ofBytes, ...listIn(json).map((text) => JSON.parse(String(text)))]
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const ORDERS = `
- when: { endpoint: $ENDPOINT }
  then:
    columns: [id int, "note char16?"]
    rows: [[1, a], { id: 2, note: null }, [3, c]]
`

function orders(endpoint: string): string {
  return ORDERS.replace('$ENDPOINT', JSON.stringify(endpoint))
}

t.test('the rows of the protocol have its bytes', async (t) => {
  const server = await serve(
    t,
    `
- when: { endpoint: /execute/sql }
  then:
    columns: [n int, "s string?"]
    rows: [[1, a], [2, null]]`,
  )
  for (const encoding of ENCODINGS) {
    const fields = { encoding: 'binary', statement: 'SELECT n, s FROM t' }
    const response = await ask(server, { endpoint: '/execute/sql', encoding, fields })
    t.strictSame(response, {
      count_affected: '0',
      response_schema_str:
        '{"type":"record","name":"generic_response","fields":[' +
        '{"name":"column_1","type":{"type":"array","items":"int"}},' +
        '{"name":"column_2","type":{"type":"array","items":["string","null"]}},' +
        '{"name":"column_headers","type":{"type":"array","items":"string"}},' +
        '{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}',
      binary_encoded_response: {
        hex: '04020400 0400026102 00 04026e027300 0406696e740c737472696e6700'.replaceAll(' ', ''),
      },
      json_encoded_response: '',
      total_number_of_records: '2',
      has_more_records: false,
      paging_table: '',
      info: {},
    })
  }
})

t.test('affected rows have the bytes of an answer without a result set', async (t) => {
  const server = await serve(t, '- { when: { endpoint: /execute/sql }, then: { affected: 2 } }')
  for (const encoding of ENCODINGS) {
    const fields = { encoding: 'binary', statement: 'DELETE FROM t' }
    const response = await ask(server, { endpoint: '/execute/sql', encoding, fields })
    t.match(response, {
      count_affected: '2',
      binary_encoded_response: { hex: '00020a64756d6d7900020c737472696e6700' },
      total_number_of_records: '-1',
      has_more_records: false,
      paging_table: '',
    })
  }
})

const PAGE = { offset: 1n, limit: 1n }
const ALL_ROWS = [
  [1, 2, 3],
  ['a', null, 'c'],
]
const SECOND_ROW = [[2], [null]]

/** The endpoints that return columns; two of them lack fields that the others have. */
const COLUMN_ENDPOINTS = [
  { endpoint: '/execute/sql', page: PAGE, cells: SECOND_ROW, more: true, total: '3' },
  { endpoint: '/get/records/bycolumn', page: PAGE, cells: SECOND_ROW, more: true, total: '3' },
  { endpoint: '/aggregate/groupby', page: PAGE, cells: SECOND_ROW, more: true, total: '3' },
  { endpoint: '/aggregate/unique', page: PAGE, cells: SECOND_ROW, more: true, total: undefined },
  { endpoint: '/aggregate/unpivot', page: {}, cells: ALL_ROWS, more: false, total: '3' },
]

for (const { endpoint, page, cells, more, total } of COLUMN_ENDPOINTS) {
  for (const { call, encoding } of COMBINATIONS) {
    t.test(`${endpoint} returns rows as columns in ${encoding}, called in ${call}`, async (t) => {
      const server = await serve(t, orders(endpoint))
      const answer = await server.ask(call, endpoint, { encoding, ...page })
      const response = isResponse(answer.response) ? answer.response : {}
      t.strictSame(columnsIn(response), {
        column_1: cells[0],
        column_2: cells[1],
        column_headers: ['id', 'note'],
        column_datatypes: ['int', 'char16'],
      })
      t.equal(response['has_more_records'], more)
      t.equal(response['total_number_of_records'], total)
      const isJson = encoding === 'json'
      t.equal(hexOf(response['binary_encoded_response']) === '', isJson)
      t.equal(response['json_encoded_response'] === '', !isJson)
    })
  }
}

const SCHEMA =
  '{"type":"record","name":"type_name","fields":[' +
  '{"name":"id","type":"int"},{"name":"note","type":["string","null"]}]}'

/** Where the endpoints of records have what rows define. */
const RECORD_ENDPOINTS = {
  '/get/records': (response: Response) => ({
    types: [response['type_name']],
    schema: response['type_schema'],
    binary: response['records_binary'],
    json: response['records_json'],
  }),
  '/get/records/byseries': (response: Response) => ({
    types: response['type_names'],
    schema: listIn(response['type_schemas'])[0],
    binary: listIn(response['list_records_binary'])[0],
    json: listIn(response['list_records_json'])[0],
  }),
  '/get/records/fromcollection': (response: Response) => ({
    types: response['type_names'],
    schema: SCHEMA,
    binary: response['records_binary'],
    json: response['records_json'],
  }),
}

for (const [endpoint, partsOf] of Object.entries(RECORD_ENDPOINTS)) {
  t.test(`${endpoint} returns rows as records, whose type /show/types knows`, async (t) => {
    const server = await serve(t, orders(endpoint))
    for (const { call, encoding } of COMBINATIONS) {
      const isInt = endpoint.endsWith('byseries')
      const page = isInt ? { offset: 1, limit: -9999 } : { offset: 1n, limit: -9999n }
      const answer = await server.ask(call, endpoint, { table_name: 'o', encoding, ...page })
      t.equal(answer.message, '', `${call}, ${encoding}`)
      const { types, ...parts } = partsOf(isResponse(answer.response) ? answer.response : {})
      t.equal(parts.schema, SCHEMA)
      t.strictSame(recordsIn(parts), [
        { id: 2, note: null },
        { id: 3, note: 'c' },
      ])
      t.equal(listIn(encoding === 'json' ? parts.binary : parts.json).length, 0)
      const [id] = listIn(types)
      t.equal(new Set(listIn(types)).size, 1)
      const shown = await ask(server, { endpoint: '/show/types', fields: { type_id: String(id) } })
      t.match(shown, {
        type_ids: [id],
        type_schemas: [SCHEMA],
        properties: [{ id: ['data'], note: ['data', 'nullable', 'char16'] }],
      })
    }
  })
}

t.test(
  '/get/records counts the rows, and byseries and fromcollection name a type for each',
  async (t) => {
    const server = await serve(t, orders('/get/records*'))
    const fields = { table_name: 'o', encoding: 'json', limit: 2n }
    const records = await ask(server, { endpoint: '/get/records', fields })
    t.match(records, { table_name: 'o', total_number_of_records: '3', has_more_records: true })
    const collection = await ask(server, { endpoint: '/get/records/fromcollection', fields })
    t.equal(listIn(collection['type_names']).length, 2)
    const bySeries = { ...fields, limit: 2 }
    const series = await ask(server, { endpoint: '/get/records/byseries', fields: bySeries })
    t.strictSame(series['table_names'], ['o'])
  },
)

t.test('pages end where the rows do', async (t) => {
  const server = await serve(t, orders('/execute/sql'))
  const pages = [
    { offset: 0n, limit: 2n, ids: [1, 2], more: true },
    { offset: 2n, limit: 2n, ids: [3], more: false },
    { offset: 3n, limit: 2n, ids: [], more: false },
    { offset: 0n, limit: 0n, ids: [], more: true },
    { offset: 0n, limit: -9999n, ids: [1, 2, 3], more: false },
    { offset: 2n, limit: -9999n, ids: [3], more: false },
    { offset: 10n, limit: -9999n, ids: [], more: false },
  ]
  for (const { offset, limit, ids, more } of pages) {
    const options = { paging_table: 'page_1' }
    const fields = { encoding: 'json', offset, limit, options }
    const response = await ask(server, { endpoint: '/execute/sql', fields })
    t.strictSame(columnsIn(response)['column_1'], ids, `${offset}, ${limit}`)
    t.match(response, {
      total_number_of_records: '3',
      has_more_records: more,
      paging_table: 'page_1',
    })
  }
})

t.test('a response has at most 20,000 rows', async (t) => {
  const rows = JSON.stringify(Array.from({ length: 20_001 }, (_, index) => [index]))
  const server = await serve(
    t,
    `- { when: { endpoint: /execute/sql }, then: { columns: [id int], rows: ${rows} } }`,
  )
  const fields = { encoding: 'json', limit: 50_000n }
  const response = await ask(server, { endpoint: '/execute/sql', fields })
  t.equal(columnsIn(response).column_1.length, 20_000)
  t.match(response, { has_more_records: true, total_number_of_records: '20001' })
})

t.test('columns alone are an empty result', async (t) => {
  const server = await serve(
    t,
    '- { when: { endpoint: /execute/sql }, then: { columns: [id int, "at timestamp?"] } }',
  )
  const fields = { encoding: 'binary' }
  const response = await ask(server, { endpoint: '/execute/sql', fields })
  t.match(response, { total_number_of_records: '0', has_more_records: false })
  t.strictSame(columnsIn(response), {
    column_1: [],
    column_2: [],
    column_headers: ['id', 'at'],
    column_datatypes: ['int', 'timestamp'],
  })
})

t.test('a response beside rows sets the remaining fields', async (t) => {
  const server = await serve(
    t,
    `
- when: { endpoint: /execute/sql }
  then:
    columns: [id int]
    rows: [[1]]
    response: { total_number_of_records: 7, info: { count: "{{request.limit}}" } }`,
  )
  const response = await ask(server, { endpoint: '/execute/sql', fields: { encoding: 'json' } })
  t.match(response, { total_number_of_records: '7', info: { count: '-9999' } })
  t.strictSame(columnsIn(response)['column_1'], [1])
})

t.test('a rule for several endpoints returns rows in the form of each', async (t) => {
  const server = await serve(
    t,
    `
- when: { endpoint: "/get/records*" }
  then: { columns: [id int], rows: [[1]], response: { info: { a: b } } }`,
  )
  const fields = { encoding: 'json' }
  const records = await ask(server, { endpoint: '/get/records', fields })
  t.match(records, { records_json: ['{"id":1}'], info: { a: 'b' } })
  const columns = await ask(server, { endpoint: '/get/records/bycolumn', fields })
  t.match(columnsIn(columns), { column_1: [1] })
  t.match(columns, { info: { a: 'b' } })
})

for (const { call, encoding } of COMBINATIONS) {
  t.test(`a ${call} job with rows has the whole response, its rows in ${encoding}`, async (t) => {
    const server = await serve(t, orders('/execute/sql'))
    const request = { statement: 'SELECT 1', encoding, offset: 1n, limit: 1n }
    const { poll } = await createJob(server, { endpoint: '/execute/sql', request, encoding: call })
    server.clock.advance(1000)
    const { status, result } = await poll()
    t.equal(status, 'DONE')
    const payload = call === 'json' ? String(result) : Buffer.from(String(result), 'hex')
    const record = decodePayload(responseOf('/execute/sql'), payload)
    t.match(record, { has_more_records: true, total_number_of_records: call === 'json' ? 3 : 3n })
    const bytes = record['binary_encoded_response']
    const hex = Buffer.isBuffer(bytes) ? bytes : Buffer.from(String(bytes), 'latin1')
    const given = { ...record, binary_encoded_response: { hex: hex.toString('hex') } }
    t.match(columnsIn(given), { column_1: [2], column_2: [null], column_headers: ['id', 'note'] })
    t.equal(hex.length === 0, encoding === 'json')
  })
}

t.test('a job of a fixture has rows, and keeps templates as they are', async (t) => {
  const folder = t.testdir({
    'a.yaml': `
jobs:
  - job_id: 7
    endpoint: /execute/sql
    encoding: json
    lifecycle: { duration: 0 }
    request: { encoding: json, limit: -9999 }
    columns: [id int, text string]
    rows: [[1, "{{now}}"]]
`,
  })
  const { seeds, problems } = loadFixtures([folder], FIXTURE_CONTEXT)
  t.strictSame(problems, [])
  const server = await startTestServer({ seeds })
  t.teardown(server.close)
  const { job_response_str } = await ask(server, { endpoint: '/get/job', fields: { job_id: 7n } })
  t.match(columnsIn(JSON.parse(String(job_response_str))), { column_2: ['{{now}}'] })
})

t.test('templates in cells are filled, and then read by the type of the column', async (t) => {
  const server = await serve(
    t,
    `
- when: { endpoint: /execute/sql }
  then:
    columns: [text string, at timestamp, count long, half double, "bytes bytes?", "d decimal(5,2)?"]
    rows:
      - ["{{request.statement}}!", "{{now}}", "{{sequence}}", "{{request.offset}}.5", "AP{{request.offset}}=", "1.50"]
      - [plain, 5, 9007199254740993, "NaN", null, null]`,
  )
  for (const sequence of [1, 2]) {
    const fields = { statement: 'SELECT "é"', encoding: 'binary' }
    const response = await ask(server, { endpoint: '/execute/sql', encoding: 'binary', fields })
    t.match(columnsIn(response), {
      column_1: ['SELECT "é"!', 'plain'],
      column_2: [BigInt(START_MS), 5n],
      column_3: [BigInt(sequence), 9_007_199_254_740_993n],
      column_4: [0.5, Number.NaN],
      column_5: [Buffer.from('00fd', 'hex'), null],
      column_6: ['1.50', null],
    })
  }
})

t.test('the templates of a job are filled once, with its id and tag', async (t) => {
  const server = await serve(
    t,
    `
- when: { endpoint: /execute/sql }
  then: { columns: [id long, tag string], rows: [["{{job.id}}", "{{job.tag}}"]] }`,
  )
  const request = { statement: 'SELECT 1', encoding: 'json', limit: -9999n }
  const job = await createJob(server, { endpoint: '/execute/sql', request, tag: 'nightly' })
  server.clock.advance(1000)
  const { result } = await job.poll()
  const columns = columnsIn(JSON.parse(String(result)))
  t.strictSame(columns['column_1'], [Number(job.id)])
  t.strictSame(columns['column_2'], ['nightly'])
})

t.test(
  'a template that fills a cell with another type is an error, directly and for a job',
  async (t) => {
    const server = await serve(
      t,
      `
- name: orders
  when: { endpoint: /execute/sql }
  then: { columns: [text string, id int], rows: [[a, 1], [b, "{{request.statement}}"]] }`,
    )
    const message =
      'Cannot fill the templates of the rule orders: rows[1][1]: ' +
      'expected an integer from -2147483648 to 2147483647, got "SELECT 1;"'
    const request = { statement: 'SELECT 1;', encoding: 'json' }
    const answer = await server.ask('json', '/execute/sql', request)
    t.match(answer, { httpStatus: 400, status: 'ERROR', message })
    const job = await tryCreateJob(server, { endpoint: '/execute/sql', request })
    t.match(job, { httpStatus: 400, status: 'ERROR', message })
  },
)

/** The messages about a rule for an endpoint with an answer in YAML, without the name of the file. */
function messagesOf(t: Test, endpoint: string, then: string): string[] {
  const rule = `  - { when: { endpoint: "${endpoint}" }, then: ${then} }`
  const folder = t.testdir({ 'a.yaml': `rules:\n${rule}\n` })
  return loadFixtures([folder], FIXTURE_CONTEXT).problems.map(formatMessage)
}

const REJECTED = [
  {
    then: '{ columns: [a varchar] }',
    message: 'then.columns[0]: unknown column type "varchar" (did you mean string?)',
  },
  {
    then: '{ columns: [id int, note char16], rows: [[1, a], [2, null]] }',
    message: 'then.rows[1][1]: note is not nullable (write "note char16?")',
  },
  {
    then: '{ columns: [id int], rows: [[1, 2]] }',
    message: 'then.rows[0]: expected 1 cell (id), got 2',
  },
  {
    then: '{ columns: [id int8], rows: [[300]] }',
    message: 'then.rows[0][0]: expected an integer from -128 to 127, got 300',
  },
  {
    then: '{ rows: [[1]] }',
    message: 'then.rows: rows need columns: add columns such as ["id int"]',
  },
  {
    then: '{ columns: [] }',
    message: 'then.columns: there is no column, a client needs at least one',
  },
  {
    then: '{ columns: [id] }',
    message: 'then.columns[0]: expected a name and a type such as "id int", got "id"',
  },
  {
    then: '{ columns: [{ name: id }] }',
    message:
      'then.columns[0]: expected a name and a type such as "id int", ' +
      'or { name, type, nullable }, got an object',
  },
  {
    then: '{ columns: [id int], rows: {} }',
    message: 'then.rows: expected a list of rows, got an object',
  },
  {
    then: '{ columns: [id int], rows: [7] }',
    message: 'then.rows[0]: expected a list of cells or an object, got 7',
  },
  {
    endpoint: '/alter/table',
    then: '{ columns: [id int] }',
    message: 'then.columns: /alter/table returns no rows',
  },
  {
    endpoint: '/get/j*',
    then: '{ columns: [id int] }',
    message: 'then.columns: /get/job returns no rows',
  },
  {
    endpoint: '/get/records',
    then: '{ columns: [id int, id long] }',
    message: 'then.columns[1]: there are two columns "id"',
  },
  {
    then: '{ columns: [id int], response: { json_encoded_response: x } }',
    message: 'then.response.json_encoded_response: the columns and rows define this field',
  },
  {
    then: '{ columns: [id int], response_text: x }',
    message:
      'then.response_text: a rule has fields and rows, or one raw result: this one has columns too',
  },
  {
    then: '{ columns: [id int], error: x }',
    message: 'then.error: a rule has a result or an error, this one has columns too',
  },
  {
    then: '{ columns: [id int], affected: 1 }',
    message: 'then.affected: a statement has rows or affected rows, not both',
  },
  {
    then: '{ affected: 1, response: { count_affected: 1 } }',
    message: 'then.affected: response has the same number as count_affected',
  },
  { then: '{ affected: -1 }', message: 'then.affected: expected an integer from 0, got -1' },
  {
    endpoint: '/alter/table',
    then: '{ affected: 1 }',
    message: 'then.affected: /alter/table has no count_affected',
  },
  {
    then: '{ columns: [id int], rows: [["{{request.statment}}"]] }',
    message:
      'then.rows[0][0]: {{request.statment}} cannot be filled (did you mean request.statement?)',
  },
]

for (const { endpoint = '/execute/sql', then, message } of REJECTED) {
  t.test(`a rule for ${endpoint} rejects ${then}`, async (t) => {
    t.strictSame(messagesOf(t, endpoint, then), [`rules[0].${message}`])
  })
}

t.test('rows with templates have at most 100,000 cells', async (t) => {
  const rows = JSON.stringify(
    ['{{now}}', ...Array.from({ length: 100_000 }, () => 'a')].map((a) => [a]),
  )
  t.strictSame(messagesOf(t, '/execute/sql', `{ columns: [a string], rows: ${rows} }`), [
    'rules[0].then.rows: rows with templates have at most 100000 cells, these rows have 100001 cells',
  ])
})

t.test('a statement without a rule is answered as one without a result set', async (t) => {
  const server = await serve(t, '- { when: { endpoint: /alter/table }, then: {} }')
  for (const endpoint of ['/get/records/bycolumn', '/aggregate/unique']) {
    const response = await ask(server, { endpoint, fields: { encoding: 'json' } })
    t.match(columnsIn(response), { column_1: [], column_headers: ['dummy'] })
  }
})
