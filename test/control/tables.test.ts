import t from 'tap'
import { startMockGpudb, TableError } from '../../src/index.ts'
import { startControlled } from '../support/control.ts'

const ORDERS = {
  name: 'sales.orders',
  columns: ['id long', 'note char16?'],
  rows: [[9007199254740993n, 'a'], { id: 2 }, [3, null]],
}

const SHOWN = { name: 'sales.orders', columns: ['id long', 'note char16?'], count: 3 }

t.test('a test adds, shows and removes tables over HTTP', async (t) => {
  const server = await startControlled(t)
  const added = await server.control('POST /tables', ORDERS)
  t.match(added, { status: 201, body: SHOWN })
  t.match(added.body['type_id'], /^\d+$/)
  t.notOk('rows' in added.body)
  await server.must('POST /tables', { name: 'a/b %', columns: ['id int'] })
  t.strictSame(await server.must('GET /tables'), {
    tables: [
      added.body,
      {
        name: 'a/b %',
        type_id: server.scope.tables.get('a/b %').type.id,
        columns: ['id int'],
        count: 0,
      },
    ],
  })
  const rows = [
    [9007199254740993n, 'a'],
    [2, null],
    [3, null],
  ]
  t.strictSame(await server.must('GET /tables/sales.orders'), { ...added.body, rows })
  const page = await server.must('GET /tables/sales.orders?offset=1&limit=1')
  t.strictSame(page['rows'], [[2, null]])
  t.strictSame((await server.must('GET /tables/sales.orders?offset=9'))['rows'], [])
  t.match(await server.must('GET /tables/a%2Fb%20%25'), { name: 'a/b %', rows: [] })
  t.equal((await server.control('DELETE /tables/a%2Fb%20%25')).status, 204)
  t.match(await server.must('GET /tables'), { tables: [SHOWN] })
  t.equal((await server.control('DELETE /tables')).status, 204)
  t.strictSame(await server.must('GET /tables'), { tables: [] })
})

t.test('rows that clients inserted are shown as cells', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /tables', { ...ORDERS, rows: [] })
  const { type } = server.scope.tables.get('sales.orders')
  const record = { id: -1n, note: null }
  const table_name = 'sales.orders'
  await server.ask('binary', '/insert/records', { table_name, list: [type.codec.encode(record)] })
  const list_str = ['{"note": "x", "id": 9007199254740993}']
  await server.ask('json', '/insert/records', { table_name, list_str, list_encoding: 'json' })
  const { rows } = await server.must('GET /tables/sales.orders')
  t.strictSame(rows, [
    [-1, null],
    [9007199254740993n, 'x'],
  ])
})

for (const [route, body, status, code, detail] of [
  ['GET /tables/x', undefined, 404, 'TABLE_NOT_FOUND', /^Cannot find the table x/],
  ['DELETE /tables/x', undefined, 404, 'TABLE_NOT_FOUND', /^Cannot find the table x/],
  ['POST /tables', ORDERS, 409, 'TABLE_EXISTS', /a table has this name$/],
  [
    'POST /tables',
    { name: 'x' },
    422,
    'BAD_FIXTURES',
    /^Cannot add the table: columns: the key "columns" is missing$/,
  ],
  [
    'POST /tables',
    { name: 'x', columns: ['a int'], rows: [[1], ['b']] },
    422,
    'BAD_FIXTURES',
    /^Cannot add the table: rows\[1\]\[0\]: expected an integer/,
  ],
  ['GET /tables/sales.orders?limit=1001', undefined, 400, 'BAD_REQUEST', /^Cannot show the table/],
  ['GET /tables/sales.orders?limit=x', undefined, 400, 'BAD_REQUEST', /^Cannot show the table/],
  ['GET /tables/sales.orders?from=1', undefined, 400, 'BAD_REQUEST', /^Cannot show the table/],
] as const) {
  t.test(`${route} is rejected with ${code}: ${detail}`, async (t) => {
    const server = await startControlled(t)
    await server.must('POST /tables', ORDERS)
    t.match(await server.control(route, body), { status, body: { code, detail } })
    t.equal(server.scope.tables.size, 1)
  })
}

t.test('a saved scope has its tables, and loads them again', async (t) => {
  const server = await startControlled(t)
  t.notOk('tables' in (await server.must('GET /fixtures')))
  const loaded = await server.control('POST /fixtures', { tables: [ORDERS] })
  t.match(loaded, { status: 201, body: { jobs: [], rules: [], tables: [SHOWN] } })
  const saved = await server.must('GET /fixtures')
  const rows = [
    [9007199254740993n, 'a'],
    [2, null],
    [3, null],
  ]
  t.strictSame(saved['tables'], [{ name: ORDERS.name, columns: ORDERS.columns, rows }])
  await server.must('POST /fixtures', saved, 'copy')
  t.strictSame((await server.must('GET /fixtures', undefined, 'copy'))['tables'], saved['tables'])
})

const NARROW = {
  name: 'narrow',
  columns: ['i int8', 's int16', 'b boolean', 'f float', 'c char4?', 'v vector(1)', 'd date'],
}
const FITS = { i: -128, s: 32767, b: 1, f: 3.4e38, c: 'é12', v: 'abcd', d: '2026-01-31' }

for (const [change, reason] of [
  [{ i: 128 }, 'i: expected an integer from -128 to 127, got 128'],
  [{ s: -32769 }, 's: expected an integer from -32768 to 32767, got -32769'],
  [{ b: 2 }, 'b: expected true or false, got 2'],
  [{ f: 1e39 }, 'f: expected a number that a float can hold, got 1e+39'],
  [{ c: 'é123' }, 'c: a char4 has at most 4 bytes, this string has 5'],
  [{ v: 'abc' }, 'v: a vector(1) has 4 bytes, this one has 3'],
] as const) {
  t.test(`a record whose cell does not fit its column is not inserted: ${reason}`, async (t) => {
    const server = await startControlled(t)
    await server.must('POST /tables', NARROW)
    const list_str = [FITS, { ...FITS, ...change }].map((record) => JSON.stringify(record))
    const fields = { table_name: 'narrow', list_str, list_encoding: 'json' }
    const { message } = await server.ask('binary', '/insert/records', fields)
    t.equal(message, `Cannot read list_str[1]: ${reason}`)
    t.match(await server.must('GET /tables/narrow'), { count: 0 })
  })
}

t.test('records that fit their columns are saved and loaded again', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /tables', NARROW)
  const records = [FITS, { ...FITS, c: null }]
  const list_str = records.map((record) => JSON.stringify(record))
  await server.post('/insert/records', { table_name: 'narrow', list_str, list_encoding: 'json' })
  const vector = Buffer.from('abcd').toString('base64')
  const { status } = await server.post('/insert/records/json?table_name=narrow', [
    { ...FITS, v: vector },
  ])
  t.equal(status, 200)
  const saved = await server.must('GET /fixtures')
  const cells: unknown[] = [-128, 32767, 1, 3.4e38, 'é12', { base64: vector }, '2026-01-31']
  t.strictSame(Object(saved['tables'])[0].rows, [cells, cells.with(4, null), cells])
  await server.must('POST /fixtures', saved, 'copy')
  t.strictSame((await server.must('GET /fixtures', undefined, 'copy'))['tables'], saved['tables'])
})

t.test('Avro records fit their columns, or are cut by truncate_strings', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /tables', { name: 'short', columns: ['i int8', 'c char4', 'n int8?'] })
  const insert = (hex: string, options = {}) => {
    const list = [Buffer.from(hex, 'hex')]
    const fields = { table_name: 'short', list, list_encoding: 'binary', options }
    return server.ask('binary', '/insert/records', fields)
  }
  // 300, "x", null; 1, "123é", null; 1, "1234", null.
  t.match(await insert('d804027802'), { message: /^Cannot read list\[0\]: i: expected an integer/ })
  t.match(await insert('020a313233c3a902'), { message: /c: a char4 has at most 4 bytes/ })
  t.match(await insert('02083132333402'), { status: 'OK' })
  const cut = { truncate_strings: 'true' }
  t.match(await insert('020a313233c3a902', cut), { status: 'OK' })
  t.match(await insert('020231020e', cut), { status: 'ERROR' })
  t.match(await insert('02027802', cut), { status: 'OK' })
  const text = JSON.stringify({ i: 1, c: '12345', n: null })
  const fields = { table_name: 'short', list_str: [text], list_encoding: 'json', options: cut }
  t.match(await server.ask('json', '/insert/records', fields), { status: 'OK' })
  t.match(await server.must('GET /tables/short'), {
    rows: [
      [1, '1234', null],
      [1, '123', null],
      [1, 'x', null],
      [1, '1234', null],
    ],
  })
  await server.must('POST /tables', { name: 'plain', columns: ['i int'] })
  const list = [Buffer.from('d804', 'hex')]
  const plain = { table_name: 'plain', list, list_encoding: 'binary' }
  t.match(await server.ask('binary', '/insert/records', plain), { status: 'OK' })
  t.match(await server.must('GET /tables/plain'), { rows: [[300]] })
})

t.test('POST /fixtures with a table that does not fit changes nothing', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /tables', ORDERS)
  const jobs = [{ endpoint: '/alter/table' }]
  const taken = await server.control('POST /fixtures', { jobs, tables: [ORDERS] })
  t.match(taken, { status: 409, body: { code: 'TABLE_EXISTS' } })
  const other = { name: 'x', columns: ['a int'] }
  const twice = await server.control('POST /fixtures', { jobs, tables: [other, other] })
  const detail =
    'Cannot load the fixtures: tables[1].name: the name x is taken by the table at tables[0]'
  t.match(twice, { status: 422, body: { code: 'BAD_FIXTURES', detail } })
  t.strictSame([server.scope.jobs.count(), server.scope.tables.size], [0, 1])
})

t.test('a reset restores the tables of the fixtures, within the budget', async (t) => {
  const fixtures = [{ tables: [{ name: 'orders', columns: ['id int'], rows: [[1], [2]] }] }]
  await using mock = await startMockGpudb({ fixtures, maxTableBytes: 6000 })
  const type = { columns: ['id int'], count: 2 }
  t.match(mock.tables.list(), [{ name: 'orders', ...type }])
  mock.tables.remove('orders')
  mock.tables.add({ name: 'other', columns: ['id int'] })
  mock.reset()
  t.match(mock.tables.get('orders'), { ...type, rows: [[1], [2]] })
  t.match(mock.tables.get('orders', { offset: 1, limit: 5 }), { rows: [[2]] })
  t.equal(mock.tables.list().length, 1)
  const large = { name: 'large', columns: ['a string'], rows: [['x'.repeat(5000)]] }
  t.throws(() => mock.tables.add(large), TableError)
  t.throws(() => mock.tables.get('none'), { code: 'TABLE_NOT_FOUND' })
  t.throws(() => mock.tables.get('orders', { limit: -1 }), { code: 'BAD_REQUEST' })
  mock.tables.clear()
  t.strictSame(mock.tables.list(), [])
})

t.test('a mock does not start with tables over the budget', async (t) => {
  const fixtures = [{ tables: [{ name: 'orders', columns: ['id int'] }] }]
  const starting = startMockGpudb({ fixtures, maxTableBytes: 10 })
  await t.rejects(starting, { name: 'TableError', code: 'TOO_MANY_TABLE_BYTES' })
})
