import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { made } from '../support/record-exchanges.ts'
import { loadRecorded, record } from '../support/recordings.ts'

function has(table_name: string, table_exists: boolean, options = {}) {
  const request = { table_name, options }
  return made({ endpoint: '/has/table', request, response: { table_name, table_exists } })
}

t.test('equal calls are one rule, and different answers follow one another', async (t) => {
  const { text, counts } = record([
    has('orders', false),
    has('customers', true),
    has('orders', true),
    has('orders', true),
    has('orders', false),
  ])
  t.equal(
    text,
    [
      'rules:',
      '  # 1 call',
      '  - when: { endpoint: /has/table, as: direct, request: { table_name: orders }, nth: 1 }',
      '    then: {}',
      '  # 2 calls',
      '  - when: { endpoint: /has/table, as: direct, request: { table_name: orders } }',
      '    times: 2',
      '    then: { response: { table_exists: true } }',
      '  # 1 call',
      '  - when: { endpoint: /has/table, as: direct, request: { table_name: orders } }',
      '    then: {}',
      '  # 1 call',
      '  - when: { endpoint: /has/table, as: direct, request: { table_name: customers } }',
      '    then: { response: { table_exists: true } }',
      '',
    ].join('\n'),
  )
  t.strictSame(counts, {
    exchanges: 5,
    rules: 4,
    jobs: 0,
    notKept: 0,
    tooLong: 0,
    findingsOmitted: 0,
  })
  loadRecorded(t, text)
})

t.test(
  'a rule whose requests another one meets comes first, and counts only its own',
  async (t) => {
    const { fixture, text } = record([
      has('orders', false),
      has('orders', true, { ttl: '1' }),
      has('orders', true),
    ])
    t.strictSame(
      fixture.rules?.map(({ when, times }) => [when.request, when.nth, times]),
      [
        [{ table_name: 'orders', options: { ttl: '1' } }, undefined, undefined],
        [{ table_name: 'orders' }, undefined, 1],
        [{ table_name: 'orders' }, undefined, undefined],
      ],
    )
    loadRecorded(t, text)
  },
)

t.test('an error keeps its message and its status', async (t) => {
  const { fixture, drift } = record([
    made({ endpoint: '/clear/table', request: { table_name: 'a' }, error: 'no {{{such}} table' }),
    made({ endpoint: '/clear/table', request: { table_name: 'b' }, error: 'busy', status: 500 }),
    made({ endpoint: '/clear/table', request: { table_name: 'c' }, error: 'who?', status: 401 }),
  ])
  t.strictSame(
    fixture.rules?.map(({ then }) => then),
    [{ error: 'no { { {such}} table' }, { error: 'busy', http_status: 500 }],
  )
  t.strictSame(
    drift.map(({ path, what }) => [path, what]),
    [['status', 'an error has HTTP status 500']],
  )
})

/** The answer to `SELECT <integer>`, whose column has another name than that of the mock. */
function selected(value: bigint): AvroRecord {
  const fields = '"fields":[{"name":"column_1","type":{"type":"array","items":"long"}}'
  const names = ['headers', 'datatypes'].map(
    (name) => `{"name":"column_${name}","type":{"type":"array","items":"string"}}`,
  )
  return {
    response_schema_str: `{"type":"record","name":"generic_response",${fields},${names.join()}]}`,
    json_encoded_response: `{"column_1":[${value}],"column_headers":["EXPR$0"],"column_datatypes":["long"]}`,
    total_number_of_records: 1n,
  }
}

t.test(
  'an integer that is selected is written if the answer is not that of the mock',
  async (t) => {
    const select = (integer: bigint, answer: object) => {
      const request = { statement: `SELECT ${integer}`, limit: -9999n, encoding: 'json' }
      return made({ endpoint: '/execute/sql', request, ...answer })
    }
    const time = 1_700_000_000_000n
    const column = { name: 'EXPR$0', type: 'long', nullable: false }
    const none = { response_schema_str: '', json_encoded_response: '', total_number_of_records: 0n }
    const { fixture, text } = record([
      select(time, { response: selected(time) }),
      select(time + 1n, { response: selected(5n) }),
      select(time + 2n, { error: 'offline' }),
      select(time + 3n, {}),
      select(1n, { response: selected(1n) }),
    ])
    t.strictSame(
      fixture.rules?.map(({ when, then }) => [when.request?.['statement'], then]),
      [
        [`SELECT ${time + 1n}`, { columns: [column], rows: [[5n]] }],
        [`SELECT ${time + 2n}`, { error: 'offline' }],
        [`SELECT ${time + 3n}`, { response: none }],
        ['SELECT 1', { columns: [column], rows: [[1n]] }],
      ],
    )
    loadRecorded(t, text)
  },
)

t.test('an integer whose answer cannot be read is written as far as it is known', async (t) => {
  const ask = (statement: string, response: AvroRecord) => {
    const request = { statement, limit: -9999n, encoding: 'json' }
    return made({ endpoint: '/execute/sql', request, response })
  }
  const noJson = { ...selected(1n), json_encoded_response: '<html>' }
  const data_str = '5'
  const unread = Buffer.from(
    JSON.stringify({
      status: 'OK',
      message: '',
      data_type: 'execute_sql_response',
      data: '',
      data_str,
    }),
  )
  const { fixture } = record([
    ask('SELECT 1700000000000', noJson),
    { ...ask('SELECT 1', {}), answer: unread },
  ])
  t.strictSame(
    fixture.rules?.map(({ then }) => Object(then.response).json_encoded_response),
    ['<html>'],
  )
})

t.test('what the mock answers by itself is not written', async (t) => {
  const query = { statement: 'SELECT 1700000000000', limit: -9999n, encoding: 'binary' }
  const page = { ...query, statement: 'SELECT * FROM t', options: { paging_table: 'paging_1' } }
  const { fixture } = record([
    { ...made({ endpoint: '/has/table' }), method: 'GET', target: '/' },
    { ...made({ endpoint: '/has/table' }), method: 'OPTIONS' },
    { ...made({ endpoint: '/has/table' }), target: '/__mock/health' },
    made({ endpoint: '/show/system/status' }),
    made({ endpoint: '/show/system/properties' }),
    made({ endpoint: '/admin/show/jobs' }),
    made({ endpoint: '/get/job', request: { job_id: 1n }, error: 'no such job' }),
    made({ endpoint: '/execute/sql', request: query, response: selected(1_700_000_000_000n) }),
    made({ endpoint: '/execute/sql', request: page, error: 'no such table t' }),
    made({ endpoint: '/clear/table', request: { table_name: 'paging_1' } }),
  ])
  t.strictSame(
    fixture.rules?.map(({ when }) => when),
    [{ endpoint: '/execute/sql', as: 'direct', request: { statement: 'SELECT * FROM t' } }],
  )
})

t.test('ids, times and tags of an exchange become templates', async (t) => {
  const uuid = '8be23e91-f66f-8392-8ef6-92b3f2174c2c'
  const atMs = 1_700_000_000_000
  const info = { query_id: uuid, at: String(atMs + 10), then: String(atMs - 60_000), id: 'x' }
  const { fixture } = record([
    made({ endpoint: '/create/schema', request: { schema_name: 's' }, response: { info }, atMs }),
  ])
  t.strictSame(fixture.rules?.[0]?.then, {
    response: {
      schema_name: '',
      info: { ...info, query_id: '{{uuid}}', at: '{{now}}' },
    },
  })
})

t.test('the base path of a server is no part of a rule', async (t) => {
  const one = { ...has('orders', true), target: 'http://db:9191/gpudb-0//has/table?x=1' }
  t.equal(record([one]).fixture.rules?.[0]?.when.endpoint, '/has/table')
})

t.test('a long field leaves the condition, and a long text becomes an expression', async (t) => {
  const statement = `SELECT '${'x'.repeat(20_000)}'`
  const list = [Buffer.alloc(20_000)]
  const { fixture, text } = record([
    made({
      endpoint: '/execute/sql',
      request: { statement, encoding: 'binary', limit: -9999n },
      error: 'no',
    }),
    made({
      endpoint: '/insert/records',
      request: { table_name: 't', list, list_encoding: 'binary' },
    }),
  ])
  t.strictSame(
    fixture.rules?.map(({ when }) => when.request),
    [{ statement: { matches: `^SELECT '${'x'.repeat(492)}` } }, { table_name: 't' }],
  )
  loadRecorded(t, text)
})

t.test('a long map leaves the condition', async (t) => {
  const options = { a: 'x'.repeat(6000), b: 'y'.repeat(6000) }
  const { fixture } = record([
    made({ endpoint: '/create/schema', request: { schema_name: 's', options } }),
  ])
  t.strictSame(fixture.rules?.[0]?.when.request, { schema_name: 's' })
})

t.test('numbers that JSON lacks leave the condition', async (t) => {
  const { fixture, text } = record([
    made({
      endpoint: '/filter/byradius',
      encoding: 'binary',
      request: { table_name: 't', radius: Number.NaN, x_center: 1.5 },
    }),
  ])
  t.strictSame(fixture.rules?.[0]?.when.request, { table_name: 't', x_center: 1.5 })
  loadRecorded(t, text)
})

t.test('calls of the JSON endpoints are recorded with the arguments of their URLs', async (t) => {
  const answer = (data_type: string, data: object) =>
    Buffer.from(JSON.stringify({ status: 'OK', message: '', data_type, data, data_str: '' }))
  const one = made({ endpoint: '/has/table' })
  const chat = { id: 'c', object: 'o', created: 5, model: 'm', choices: [], usage: {}, prompt: 'p' }
  const { fixture, text, drift } = record([
    {
      ...one,
      method: 'GET',
      target: '/get/records/json?table_name=t&limit=5',
      request: Buffer.alloc(0),
      answer: answer('get_records_json_response', {
        table_name: 't',
        column_headers: ['id', 'note', 'data'],
        column_datatypes: ['int', 'string', 'bytes'],
        records: [{ id: 1, note: null, data: 'AP8=' }],
        total_number_of_records: 1,
        has_more_records: false,
      }),
    },
    {
      ...one,
      target: '/chat/completions',
      request: Buffer.from('{"messages":[{"role":"user","content":"hi"}]}'),
      answer: answer('chat_completions_response', { status: 'OK', data: chat }),
    },
  ])
  const { usage: _, ...other } = chat
  t.strictSame(
    fixture.rules?.map(({ when, then }) => [when.request, then]),
    [
      [
        { table_name: 't' },
        {
          columns: ['id int', 'note string?', 'data bytes'],
          rows: [[1, null, { base64: 'AP8=' }]],
        },
      ],
      [{ messages: [{ role: 'user', content: 'hi' }] }, { response: { ...other, created: 5n } }],
    ],
  )
  t.strictSame(drift, [])
  loadRecorded(t, text)
})

t.test('a record that looks like an expression leaves the condition', async (t) => {
  const records = (inner: object) => ({
    ...made({ endpoint: '/has/table' }),
    target: '/insert/records/json?table_name=t',
    request: Buffer.from(JSON.stringify([inner])),
    answer: Buffer.from(
      '{"status":"OK","message":"","data_type":"insert_records_json_response","data":{"table_name":"t","count_inserted":1,"count_skipped":0,"count_updated":0,"info":{}},"data_str":""}',
    ),
  })
  const { fixture, text } = record([records({ a: { matches: '(' } }), records({ a: [1] })])
  t.strictSame(
    fixture.rules?.map(({ when }) => when.request),
    [
      { table_name: 't', records: [{ a: [1] }] },
      { table_name: 't', records: [{}] },
    ],
  )
  loadRecorded(t, text)
})

t.test('requests with other lists and texts do not meet one condition', async (t) => {
  const call = (list: readonly string[], table_exists: boolean, table_name = 't') =>
    made({
      endpoint: '/aggregate/unpivot',
      request: { table_name, pivoted_columns: list },
      response: { info: { a: String(table_exists) } },
    })
  const { fixture } = record([
    call(['a'], true),
    call(['a'], false),
    call(['b'], true),
    call(['a', 'b'], true),
    call([], true),
    call(['a'], true, ''),
  ])
  t.strictSame(
    fixture.rules?.map(({ when, times }) => [
      Object(when.request).pivoted_columns,
      when.nth,
      times,
    ]),
    [
      [['a', 'b'], undefined, undefined],
      [['a'], undefined, 1],
      [['a'], undefined, undefined],
      [['b'], undefined, undefined],
      [['a'], undefined, undefined],
      [undefined, undefined, undefined],
    ],
  )
})

t.test('an expression may meet the requests of other conditions', async (t) => {
  const query = (statement: string, error: string) =>
    made({
      endpoint: '/execute/sql',
      request: { statement, limit: -9999n, encoding: 'binary' },
      error,
    })
  const secret = (password: string) => `CREATE USER a IDENTIFIED BY '${password}'`
  const { fixture } = record([
    query('SELECT a', 'one'),
    query('SELECT a', 'two'),
    query(secret('geheim-1'), 'one'),
    query(secret('geheim-2'), 'two'),
  ])
  t.strictSame(
    fixture.rules?.map(({ times }) => times),
    [1, undefined, 1, undefined],
  )
})

t.test('values of another kind do not meet one condition', async (t) => {
  const insert = (inner: object, count_inserted: number) => ({
    ...made({ endpoint: '/has/table' }),
    target: '/insert/records/json?table_name=t',
    request: Buffer.from(JSON.stringify([inner])),
    answer: Buffer.from(
      `{"status":"OK","message":"","data_type":"insert_records_json_response","data":{"table_name":"t","count_inserted":${count_inserted},"count_skipped":0,"count_updated":0,"info":{}},"data_str":""}`,
    ),
  })
  const { fixture } = record([
    insert({ a: 1 }, 1),
    insert({ a: 1 }, 2),
    insert({ a: [2] }, 1),
    insert({ a: { b: 1 } }, 1),
    insert({ a: { b: 1 } }, 2),
  ])
  const nths = fixture.rules?.map(({ when }) => when.nth)
  t.strictSame(nths?.toSorted(), [1, 1, undefined, undefined, undefined])
})

t.test('of very many conditions, it is not looked up whether they are apart', async (t) => {
  const names = Array.from({ length: 1001 }, (_, index) => `t${index}`)
  const { fixture } = record([has('t0', false), ...names.map((name) => has(name, true))])
  t.equal(fixture.rules?.[0]?.times, 1)
})
