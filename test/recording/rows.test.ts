import t, { type Test } from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { exchange, made, sentOf } from '../support/record-exchanges.ts'
import { loadRecorded, record } from '../support/recordings.ts'
import { loadRules } from '../support/rules.ts'
import { FIXTURE_CONTEXT, startTestServer, type TestServerOptions } from '../support/server.ts'

const RULES = `
  - when: { endpoint: /execute/sql, request: { statement: { matches: "^SELECT" } } }
    then:
      columns: [id long, "note char16?", ratio double, "f float?", data bytes, at timestamp, b boolean]
      rows:
        - [9007199254740993, "a: b", "NaN", 0.5, { base64: AP8= }, 1700000000000, true]
        - [2, null, -0.5, null, { base64: "" }, 0, false]
        - [3, "", "-Infinity", 1, { base64: "" }, 0, false]
      response: { info: { count: "3" } }
  - when: { endpoint: /execute/sql, request: { statement: { matches: "^INSERT" } } }
    then: { affected: 7 }
  - when: { endpoint: /aggregate/groupby }
    then:
      columns: ["customer char32?", { name: "count(*)", type: long }]
      rows: [[ann, 2], [null, 1]]
  - when: { endpoint: "/get/records*" }
    then:
      columns: [id int, "note char16?", "data bytes?"]
      rows: [[1, first, null], [2, null, { base64: AP8= }]]
`

interface Query {
  readonly endpoint: string
  readonly request: AvroRecord
}

async function ask(t: Test, queries: readonly Query[], options: TestServerOptions) {
  const server = await startTestServer(options)
  t.teardown(server.close)
  const exchanges = []
  for (const { endpoint, request } of queries) {
    for (const encoding of ['json', 'binary', 'snappy'] satisfies Encoding[]) {
      exchanges.push(await exchange(server, sentOf(encoding, endpoint, request)))
    }
  }
  return exchanges
}

/** Records queries and sends them to a mock with the recording. */
async function replay(t: Test, queries: readonly Query[]) {
  const exchanges = await ask(t, queries, { rules: loadRules(t, RULES) })
  const recorded = record(exchanges)
  const again = await ask(t, queries, { loaded: loadRecorded(t, recorded.text) })
  const answers = (list: typeof exchanges) => list.map(({ answer }) => answer.toString('latin1'))
  t.strictSame(answers(again), answers(exchanges))
  t.strictSame(recorded.drift, [])
  return recorded
}

const FORMS = ['json', 'binary'] as const

t.test('the pages of a query become one rule with all rows', async (t) => {
  const queries = FORMS.flatMap((encoding) =>
    [0n, 2n].map((offset) => ({
      endpoint: '/execute/sql',
      request: {
        statement: 'SELECT * FROM t',
        offset,
        limit: 2n,
        encoding,
        options: { paging_table: 'p' },
      },
    })),
  )
  const { fixture, text } = await replay(t, queries)
  t.strictSame(
    fixture.rules?.map(({ when }) => when.request),
    [{ statement: 'SELECT * FROM t', encoding: 'json' }, { statement: 'SELECT * FROM t' }],
  )
  t.match(
    text,
    /\[id long, "note char16\?", ratio double, "f float\?", data bytes, at timestamp, b boolean\]/,
  )
  t.match(text, /\[9007199254740993, "a: b", "NaN", 0.5, \{ base64: AP8= \}, 1700000000000, 1\]/)
})

t.test('the first page alone has its rows, a later one its bytes', async (t) => {
  const query = (offset: bigint) => ({
    endpoint: '/execute/sql',
    request: { statement: 'SELECT * FROM t', offset, limit: 1n, encoding: 'binary' },
  })
  const first = await replay(t, [query(0n)])
  t.strictSame(first.fixture.rules?.[0]?.when.request, { statement: 'SELECT * FROM t', limit: 1n })
  t.equal(first.fixture.rules?.[0]?.then.rows?.length, 1)
  const later = await replay(t, [query(0n), query(2n)])
  t.strictSame(
    later.fixture.rules?.map(({ then }) => Object.keys(then)),
    [['response'], ['columns', 'rows', 'response']],
  )
})

t.test('statements, aggregates and records are recorded as they are written by hand', async (t) => {
  const queries = FORMS.flatMap((encoding) => [
    { endpoint: '/execute/sql', request: { statement: 'INSERT INTO t', limit: -9999n, encoding } },
    { endpoint: '/execute/sql', request: { statement: 'CREATE TABLE t', limit: -9999n, encoding } },
    { endpoint: '/aggregate/groupby', request: { table_name: 't', limit: -9999n, encoding } },
    { endpoint: '/get/records', request: { table_name: 't', limit: -9999n, encoding } },
    { endpoint: '/get/records/bycolumn', request: { table_name: 't', limit: -9999n, encoding } },
    { endpoint: '/get/records/byseries', request: { table_name: 't', limit: 250, encoding } },
    {
      endpoint: '/get/records/fromcollection',
      request: { table_name: 't', limit: -9999n, encoding },
    },
  ])
  const { fixture } = await replay(t, queries)
  const keys = Object.fromEntries(
    fixture.rules?.map(({ when, then }) => [
      `${when.endpoint} ${when.request?.['statement'] ?? ''}`,
      Object.keys(then),
    ]) ?? [],
  )
  t.strictSame(keys, {
    '/execute/sql INSERT INTO t': ['response'],
    '/execute/sql CREATE TABLE t': [],
    '/aggregate/groupby ': ['columns', 'rows'],
    '/get/records ': ['columns', 'rows', 'response'],
    '/get/records/bycolumn ': ['columns', 'rows'],
    '/get/records/byseries ': ['columns', 'rows', 'response'],
    '/get/records/fromcollection ': ['response'],
  })
})

t.test('pages that contradict each other stay as they are', async (t) => {
  const page = (offset: bigint, total: bigint, rows: string, parts: AvroRecord = {}) =>
    made({
      endpoint: '/execute/sql',
      request: { statement: 'q', offset, limit: 2n, encoding: 'json' },
      response: {
        response_schema_str:
          '{"type":"record","name":"generic_response","fields":[{"name":"column_1","type":{"type":"array","items":"int"}},{"name":"column_headers","type":{"type":"array","items":"string"}},{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}',
        json_encoded_response: `{"column_1": ${rows}, "column_headers": ["n"], "column_datatypes": ["int"]}`,
        total_number_of_records: total,
        has_more_records: offset + 2n < total,
        ...parts,
      },
    })
  const rulesOf = (...pages: ReturnType<typeof page>[]) => record(pages).fixture.rules?.length
  t.equal(rulesOf(page(0n, 3n, '[1,2]'), page(2n, 3n, '[3]')), 1)
  t.equal(
    rulesOf(page(0n, 3n, '[1,2]'), page(1n, 3n, '[2,3]', { has_more_records: false })),
    1,
    'they may overlap',
  )
  t.equal(
    rulesOf(page(0n, 4n, '[1,2]'), page(1n, 4n, '[9,3]', { has_more_records: true })),
    2,
    'other rows',
  )
  t.equal(rulesOf(page(0n, 3n, '[1,2]'), page(2n, 4n, '[3,4]')), 2, 'another total')
  t.equal(rulesOf(page(0n, 5n, '[1,2]'), page(4n, 5n, '[5]')), 2, 'rows are missing')
  t.equal(
    rulesOf(page(0n, 3n, '[1,2]'), page(0n, 3n, '[7,2]'), page(2n, 3n, '[3]')),
    3,
    'one page changed',
  )
})

t.test(
  'types that the mock does not know are a finding, and the answer stays as it is',
  async (t) => {
    const schema = (item: string) =>
      `{"type":"record","name":"generic_response","fields":[{"name":"column_1","type":{"type":"array","items":"${item}"}},{"name":"column_headers","type":{"type":"array","items":"string"}},{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}`
    const query = (item: string, type: string, cell = '1', parts: AvroRecord = {}) =>
      made({
        endpoint: '/execute/sql',
        request: { statement: `${item} ${type} ${cell}`, limit: -9999n, encoding: 'json' },
        response: {
          response_schema_str: schema(item),
          json_encoded_response: `{"column_1":[${cell}],"column_headers":["n"],"column_datatypes":["${type}"]}`,
          total_number_of_records: 1n,
          ...parts,
        },
      })
    const { drift, fixture, text } = record([
      query('int', 'int128'),
      query('int', 'long'),
      query('string', 'date', '"today"'),
      query('string', 'string', '"{{x"'),
      query('int', 'int', '1', { response_schema_str: '{"type":"enum"}' }),
      query('int', 'int', '1', { response_schema_str: '{' }),
      query('int', 'int', '1', { json_encoded_response: '{' }),
      query('int', 'int', '1', { json_encoded_response: '[]' }),
      query('int', 'int', '1', {
        json_encoded_response: '',
        binary_encoded_response: Buffer.from([9]),
      }),
    ])
    const rows = 'the rows are not of the type that the answer names'
    t.strictSame(
      drift.map(({ what }) => what),
      ['the type int128 is unknown', 'the type long is sent as int', rows],
    )
    t.notOk(fixture.rules?.some(({ then }) => then.columns !== undefined))
    loadRecorded(t, text)
  },
)

t.test('numbers of JSON are read by the types of their columns', async (t) => {
  const column = (item: string, index: number) =>
    `{"name":"column_${index + 1}","type":{"type":"array","items":"${item}"}}`
  const items = ['long', 'double', 'double', 'bytes', 'double']
  const texts = ['column_headers', 'column_datatypes'].map(
    (name) => `{"name":"${name}","type":{"type":"array","items":"string"}}`,
  )
  const schema = `{"type":"record","name":"generic_response","fields":[${[...items.map(column), ...texts].join(',')}]}`
  const query = (cells: string) =>
    made({
      endpoint: '/execute/sql',
      request: { statement: cells, limit: -9999n, encoding: 'json' },
      response: {
        response_schema_str: schema,
        json_encoded_response: `{${cells},"column_headers":["a","b","c","d","e"],"column_datatypes":${JSON.stringify(items)}}`,
        total_number_of_records: 1n,
      },
    })
  const good =
    '"column_1":[9007199254740993],"column_2":[9007199254740993],"column_3":[1.00000000000000000001],"column_4":["\u00ff"],"column_5":["Infinity"]'
  const { fixture, text } = record([
    query(good),
    query('"column_1":[1.5],"column_2":[1],"column_3":[1],"column_4":[""],"column_5":[1]'),
    query('"column_1":[true],"column_2":[1],"column_3":[1],"column_4":[""],"column_5":[1]'),
  ])
  t.strictSame(
    fixture.rules?.map(({ then }) => then.rows),
    [
      [[9007199254740993n, 9007199254740992, 1, { base64: '/w==' }, 'Infinity']],
      undefined,
      undefined,
    ],
  )
  loadRecorded(t, text)
})

t.test('JSON beside rows in Avro stays as it is', async (t) => {
  const request = { statement: 'SELECT 1 AS n', limit: -9999n, encoding: 'binary' }
  const response = {
    response_schema_str:
      '{"type":"record","name":"generic_response","fields":[{"name":"column_1","type":{"type":"array","items":"int"}},{"name":"column_headers","type":{"type":"array","items":"string"}},{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}',
    binary_encoded_response: Buffer.from('02020002026e000206696e7400', 'hex'),
    json_encoded_response: '<html>',
    total_number_of_records: 1n,
  }
  const { fixture, text } = record([made({ endpoint: '/execute/sql', request, response })])
  t.strictSame(Object.keys(fixture.rules?.[0]?.then ?? {}), ['response'])
  loadRecorded(t, text)
})

t.test('JSON objects of unknown types stay as they are', async (t) => {
  const answer = (types: readonly string[], headers: readonly string[]) => ({
    ...made({ endpoint: '/has/table' }),
    method: 'GET',
    target: `/get/records/json?table_name=t${types.join()}`,
    request: Buffer.alloc(0),
    answer: Buffer.from(
      JSON.stringify({
        status: 'OK',
        message: '',
        data_type: 'get_records_json_response',
        data: {
          table_name: 't',
          column_headers: headers,
          column_datatypes: types,
          records: [{ 'a b': 1 }],
          total_number_of_records: 1,
          has_more_records: false,
        },
        data_str: '',
      }),
    ),
  })
  const { fixture, drift, text } = record([
    answer(['int128'], ['a b']),
    answer(['int'], ['a b']),
    answer([], []),
  ])
  t.strictSame(
    drift.map(({ what }) => what),
    ['the type int128 is unknown'],
  )
  t.notOk(fixture.rules?.some(({ then }) => then.columns !== undefined))
  loadRecorded(t, text)
})

t.test('rows that a rule cannot give again stay as they are', async (t) => {
  const lists = (count: number, item = 'int') =>
    Array.from(
      { length: count },
      (_, index) => `{"name":"column_${index + 1}","type":{"type":"array","items":"${item}"}}`,
    )
  const texts = ['column_headers', 'column_datatypes'].map(
    (name) => `{"name":"${name}","type":{"type":"array","items":"string"}}`,
  )
  const query = (endpoint: string, request: AvroRecord, columns: number, rows: number) => {
    const names = Array.from({ length: columns }, (_, index) => `c${index}`)
    const cells = JSON.stringify(Array.from({ length: rows }, (_, index) => index))
    const values = names.map((_, index) => `"column_${index + 1}":${cells}`)
    const types = JSON.stringify(names.map(() => 'int'))
    return made({
      endpoint,
      request: { ...request, encoding: 'json' },
      response: {
        response_schema_str: `{"type":"record","name":"generic_response","fields":[${[...lists(columns), ...texts].join(',')}]}`,
        json_encoded_response: `{${values.join(',')},"column_headers":${JSON.stringify(names)},"column_datatypes":${types}}`,
        total_number_of_records: BigInt(rows),
      },
    })
  }
  const sql = (limit: bigint) => ({ statement: `q ${limit}`, limit })
  const { fixture, text } = record([
    query('/execute/sql', sql(1n), 1, 2),
    query('/execute/sql', sql(-9999n), 8001, 1),
    query('/aggregate/unpivot', { table_name: 't', options: {} }, 1, 2),
  ])
  t.strictSame(
    fixture.rules?.map(({ then }) => then.columns?.length),
    [undefined, undefined, 1],
  )
  loadRecorded(t, text)
})

t.test('records in JSON may have blanks', async (t) => {
  const response = {
    table_name: 't',
    type_name: '1',
    type_schema: '{"type":"record","name":"type_name","fields":[{"name":"id","type":"int"}]}',
    records_json: ['{ "id": 1 }', '{ "id": 2 }'],
    total_number_of_records: 2n,
  }
  const request = { table_name: 't', encoding: 'json', limit: -9999n }
  const { fixture } = record([made({ endpoint: '/get/records', request, response })])
  t.strictSame(fixture.rules?.[0]?.then.rows, [[1], [2]])
})

t.test('the schema of records may be written in another way', async (t) => {
  const response = {
    table_name: 't',
    type_name: '1',
    // As the Python client sends it to /create/type.
    type_schema:
      '{"type": "record", "name": "type_name", "fields": [{"type": "int", "name": "id"}]}',
    records_binary: [Buffer.from([2]), Buffer.from([4])],
    total_number_of_records: 2n,
  }
  const request = { table_name: 't', encoding: 'binary', limit: -9999n }
  const { fixture } = record([made({ endpoint: '/get/records', request, response })])
  const [rule] = fixture.rules ?? []
  t.strictSame(rule?.then.rows, [[1], [2]])
  t.strictSame(rule?.then.response, { type_name: '1' })
})

t.test('records without a type stay as they are', async (t) => {
  const request = { table_name: 't', encoding: 'json', limit: -9999n }
  const { fixture } = record([made({ endpoint: '/get/records', request })])
  t.equal(fixture.rules?.[0]?.then.columns, undefined)
})

t.test(
  'the rows of a job that existed before are rows, and all of them are answered',
  async (t) => {
    const rows = { columns: ['n long'], rows: [[42], [43]] }
    const job = { job_id: 7, endpoint: '/execute/sql', ...rows }
    const loaded = loadFixtures([{ jobs: [job] }], FIXTURE_CONTEXT)
    const server = await startTestServer({ loaded })
    t.teardown(server.close)
    server.clock.advance(60_000)
    const { fixture } = record([await exchange(server, sentOf('json', '/get/job', { job_id: 7n }))])
    t.strictSame(fixture.jobs?.[0]?.rows, [[42n], [43n]])
  },
)
