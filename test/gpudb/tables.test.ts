import t from 'tap'
import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { referenceRecord } from '../support/avro-reference.ts'
import { readReferenceRecord } from '../support/avro-reference-reader.ts'
import { loadRules } from '../support/rules.ts'
import { createJob } from '../support/run-call.ts'
import { ENCODINGS, FIXTURE_CONTEXT, startTestServer, type TestServer } from '../support/server.ts'

const FIELDS: readonly { readonly name: string; readonly type: AvroSchema }[] = [
  { name: 'id', type: 'long' },
  { name: 'note', type: ['string', 'null'] },
  { name: 'raw', type: 'bytes' },
  { name: 'small', type: ['null', 'int'] },
  { name: 'price', type: 'double' },
]

const DEFINITION = JSON.stringify({ type: 'record', name: 'type_name', fields: FIELDS })

const PROPERTIES = {
  note: ['char16', 'nullable'],
  small: ['int8', 'nullable'],
  id: ['primary_key'],
}

const ROWS: readonly AvroRecord[] = [
  { id: 9007199254740993n, note: 'a', raw: Buffer.from([0, 255]), small: null, price: 1.5 },
  { id: -1n, note: null, raw: Buffer.alloc(0), small: -128, price: 0 },
  { id: 3n, note: '\u00e4', raw: Buffer.from('x'), small: 7, price: -2.25 },
]

const TEXTS = [
  '{"id":9007199254740993,"note":"a","raw":"\\u0000\\u00ff","small":null,"price":1.5}',
  '{"id":-1,"note":null,"raw":"","small":-128,"price":0}',
  '{"id":3,"note":"\\u00e4","raw":"x","small":7,"price":-2.25}',
]

const BYTES = ROWS.map((row) => referenceRecord(FIELDS, row))

/** Calls an endpoint, which must succeed. */
async function must(
  server: TestServer,
  call: { readonly encoding?: Encoding; readonly endpoint: string; readonly fields?: AvroRecord },
): Promise<Record<string, unknown>> {
  const { encoding = 'binary', endpoint, fields = {} } = call
  const { status, message, response } = await server.ask(encoding, endpoint, fields)
  if (status !== 'OK') throw new Error(`${endpoint}: ${message}`)
  return Object(response)
}

/** The message of a call that is rejected. */
async function refused(
  server: TestServer,
  { encoding = 'json', endpoint, fields = {} }: Parameters<typeof must>[1],
): Promise<string> {
  const { httpStatus, status, message } = await server.ask(encoding, endpoint, fields)
  return `${httpStatus} ${status}: ${message}`
}

async function startServer(
  t: { teardown(handler: () => unknown): void },
  options: Parameters<typeof startTestServer>[0] = {},
): Promise<TestServer> {
  const server = await startTestServer(options)
  t.teardown(server.close)
  return server
}

/** Creates a type and a table of it, and returns the id of the type. */
async function createTable(
  server: TestServer,
  { encoding = 'binary' as Encoding, name = 'sales.orders', definition = DEFINITION } = {},
): Promise<string> {
  const { type_id } = await must(server, {
    ...{ encoding, endpoint: '/create/type' },
    fields: { type_definition: definition, label: 'order', properties: PROPERTIES },
  })
  const fields = { table_name: name, type_id: String(type_id) }
  await must(server, { encoding, endpoint: '/create/table', fields })
  return String(type_id)
}

const PAGE = { table_name: 'sales.orders', offset: 0n, limit: -9999n }

function bytesOf(list: unknown): Buffer[] {
  return (Array.isArray(list) ? list : []).map((item) => Buffer.from(item.hex, 'hex'))
}

for (const encoding of ENCODINGS) {
  t.test(`a client creates a table, fills and reads it in ${encoding}`, async (t) => {
    const server = await startServer(t)
    const type_id = await createTable(server, { encoding })
    const ask = (endpoint: string, fields: AvroRecord) =>
      must(server, { encoding, endpoint, fields })
    t.match(await ask('/has/table', PAGE), { table_exists: true })
    const sent = { table_name: 'sales.orders', list: BYTES.slice(0, 2), list_encoding: 'binary' }
    const options = { return_record_ids: 'true' }
    const { record_ids, ...inserted } = await ask('/insert/records', { ...sent, options })
    t.strictSame(inserted, { count_inserted: 2, count_updated: 0, info: {} })
    t.equal(new Set(Object(record_ids)).size, 2)
    const text = { table_name: 'sales.orders', list_str: TEXTS.slice(2), list_encoding: 'json' }
    t.match(await ask('/insert/records', text), { count_inserted: 1, record_ids: [] })

    const binary = await ask('/get/records', { ...PAGE, encoding: 'binary' })
    t.match(binary, { type_name: type_id, type_schema: DEFINITION, records_json: [] })
    t.match(binary, { total_number_of_records: '3', has_more_records: false })
    const read = bytesOf(binary['records_binary'])
    t.strictSame(
      read.map((one) => readReferenceRecord(FIELDS, one)),
      ROWS,
    )

    const json = await ask('/get/records', { ...PAGE, encoding: 'json' })
    t.match(json, { records_binary: [], records_json: TEXTS })

    const page = await ask('/get/records', { ...PAGE, offset: 1n, limit: 1n, encoding: 'json' })
    t.match(page, { records_json: [TEXTS[1]], has_more_records: true })
  })
}

t.test('types are shown by id and by label, of tables and created ones', async (t) => {
  const server = await startServer(t)
  const type_id = await createTable(server)
  const shown = {
    type_ids: [type_id],
    type_schemas: [DEFINITION],
    labels: ['order'],
    properties: [PROPERTIES],
    info: {},
  }
  const ask = (fields: AvroRecord) => must(server, { endpoint: '/show/types', fields })
  t.strictSame(await ask({ type_id }), shown)
  t.strictSame(await ask({ label: 'order' }), shown)
  t.strictSame(await ask({}), shown)
  t.match(await ask({ label: 'other' }), { type_ids: [] })
  t.match(await ask({ type_id: '5' }), { type_ids: ['5'], properties: [{ dummy: ['data'] }] })
})

t.test('a type of a table is known when the scope has forgotten all others', async (t) => {
  const server = await startServer(t)
  const type_id = await createTable(server)
  for (let index = 0; index < 1000; index += 1) {
    const [type] = server.scope.types.list()
    if (type) server.scope.types.keep({ ...type, id: String(index) })
  }
  t.equal(server.scope.types.find(type_id), undefined)
  const { type_ids } = await must(server, { endpoint: '/show/types', fields: { type_id } })
  t.strictSame(type_ids, [type_id])
  const fields = { table_name: 'other', type_id }
  t.match(await must(server, { endpoint: '/create/table', fields }), { type_id })
})

t.test('types and schemas of clients count in the bytes of tables, until a reset', async (t) => {
  const server = await startTestServer({ budgets: { tableBytes: 50_000 } })
  t.teardown(server.close)
  const long = 'x'.repeat(20_000)
  const type = (label: string) => ({ type_definition: DEFINITION, label, properties: {} })
  const ids = []
  for (const number of [1, 2, 3]) {
    ids.push((await server.call('/create/type', type(`${long}${number}`)))['type_id'])
  }
  const shown = async () =>
    (await server.call('/show/types', { type_id: '', label: '' }))['type_ids']
  t.strictSame(await shown(), ids.slice(-1))
  const { wrapper } = await server.post('/create/type', type(long.repeat(3)))
  t.match(wrapper.message, /^Cannot take \d+ bytes for tables: .*, raise max-table-bytes$/)
  await server.call('/create/schema', { schema_name: long, options: {} })
  const { status } = await server.post('/create/schema', { schema_name: `${long}1${long}` })
  t.equal(status, 400)
  server.mock.scopes.reset('default')
  t.strictSame(await shown(), [])
  await server.call('/create/schema', { schema_name: `${long}1${long}` })
})

t.test('/create/type gives equal definitions one id, and others another one', async (t) => {
  const server = await startServer(t)
  const create = async (fields: AvroRecord) => {
    const sent = { type_definition: DEFINITION, ...fields }
    return (await must(server, { endpoint: '/create/type', fields: sent }))['type_id']
  }
  const ids = [await create({}), await create({ label: 'x' }), await create({})]
  t.match(ids[0], /^\d+$/)
  t.equal(ids[0], ids[2])
  t.not(ids[0], ids[1])
})

const field = (type: unknown, name: unknown = 'a') =>
  JSON.stringify({ type: 'record', name: 'x', fields: [{ name, type }] })

const UNION = 'int, long, float, double, string, bytes, or a list of one of them and "null"'

for (const [definition, reason] of [
  ['{', 'the definition is not JSON'],
  ['"int"', /^expected an Avro record such as /],
  ['{"type":"record","name":"x","fields":[]}', 'expected 1 to 8000 fields, got 0'],
  [field('int', 'a b'), "fields[0] has no name of letters, digits and '_'"],
  [field('int', 7), "fields[0] has no name of letters, digits and '_'"],
  [field('boolean'), `the field a has an unknown type: expected ${UNION}`],
  [field(['int', 'long']), `the field a has an unknown type: expected ${UNION}`],
  [field(['int', 'int', 'null']), `the field a has an unknown type: expected ${UNION}`],
  [field({ type: 'array', items: 'int' }), `the field a has an unknown type: expected ${UNION}`],
  [DEFINITION.replace('note', 'id'), 'there are two fields "id"'],
  [field('int'), 'properties: there is no column "note"'],
] as const) {
  t.test(`/create/type rejects ${definition}`, async (t) => {
    const server = await startServer(t)
    const fields = { type_definition: definition, label: '', properties: { note: ['char16'] } }
    const message = await refused(server, { endpoint: '/create/type', fields })
    const [status, text = ''] = message.split('Cannot create the type: ')
    t.equal(status, '400 ERROR: ')
    if (typeof reason === 'string') t.equal(text, reason)
    else t.match(text, reason)
  })
}

t.test('/create/table rejects what it cannot create', async (t) => {
  const server = await startServer(t)
  const type_id = await createTable(server)
  const create = (table_name: string, parts: AvroRecord = { type_id }) =>
    refused(server, { endpoint: '/create/table', fields: { table_name, ...parts } })
  const start = '400 ERROR: Cannot create the table '
  t.equal(await create(''), `${start}"": it has no name`)
  t.equal(await create('', { options: { is_collection: 'true' } }), `${start}"": it has no name`)
  t.equal(await create('x', {}), `${start}"x": there is no type with the id ""`)
  t.equal(await create('sales.orders'), `${start}"sales.orders": it exists already`)
  t.equal(await create('sales'), `${start}"sales": it exists already as a schema`)
  const collection = { options: { is_collection: 'true' } }
  t.equal(await create('sales', collection), `${start}"sales": it exists already`)
  t.equal(await create('sales.orders', collection), `${start}"sales.orders": it exists already`)
  t.match(await create('x'.repeat(501)), /: its name has 501 characters, the maximum is 500$/)
  const options = { no_error_if_exists: 'true' }
  const other = await create('sales.orders', { type_id: '7', options })
  t.equal(other, `${start}"sales.orders": it exists already with another type`)
})

t.test('/create/table takes the options that change a name', async (t) => {
  const server = await startServer(t)
  const type_id = await createTable(server)
  const create = (table_name: string, options: AvroRecord) =>
    must(server, { endpoint: '/create/table', fields: { table_name, type_id, options } })
  const known = { table_name: 'sales.orders', type_id, is_collection: false }
  t.match(await create('sales.orders', { no_error_if_exists: 'true' }), known)
  const info = { qualified_table_name: 'sales.stock' }
  t.match(await create('stock', { collection_name: 'sales' }), { table_name: 'stock', info })
  t.match(await create('a.b', { collection_name: 'sales' }), {
    info: { qualified_table_name: 'a.b' },
  })
  const temporary = await create('', { create_temp_table: 'true' })
  t.match(temporary['table_name'], /^sys_temp\.[\da-f_]{36}$/)
  t.strictSame(Object(temporary['info'])['qualified_table_name'], temporary['table_name'])
  t.match(await create('empty', { is_collection: 'true' }), { is_collection: true, type_id: '' })
  t.match(await create('empty', { is_collection: 'true', no_error_if_exists: 'true' }), {
    is_collection: true,
  })
  t.strictSame(
    server.scope.tables.list().map(({ name }) => name),
    ['sales.orders', 'sales.stock', 'a.b', temporary['table_name']],
  )
})

t.test('/show/table has parallel lists for a table, a schema and all tables', async (t) => {
  const server = await startServer(t)
  const type_id = await createTable(server)
  await createTable(server, { name: 'stock' })
  const list = BYTES
  await must(server, { endpoint: '/insert/records', fields: { table_name: 'stock', list } })
  const show = (table_name: string, options: AvroRecord = {}) =>
    must(server, { endpoint: '/show/table', fields: { table_name, options } })
  t.strictSame(await show('stock', { get_sizes: 'true' }), {
    table_name: 'stock',
    table_names: ['stock'],
    table_descriptions: [[]],
    type_ids: [type_id],
    type_schemas: [DEFINITION],
    type_labels: ['order'],
    properties: [PROPERTIES],
    additional_info: [
      {
        collection_names: '',
        schema_name: '',
        request_avro_type: 'create_table',
        table_ttl: '-1',
        remaining_table_ttl: '-1',
      },
    ],
    sizes: ['3'],
    full_sizes: ['3'],
    join_sizes: [3],
    total_size: '3',
    total_full_size: '3',
    info: {},
  })
  t.match(await show('stock'), { sizes: [], full_sizes: [], join_sizes: [], total_size: '-1' })
  for (const name of ['', '*']) {
    const all = await show(name, { get_cached_sizes: 'true', skip_additional_info: 'true' })
    const table_names = ['sales.orders', 'stock']
    t.match(all, { table_names, sizes: ['0', '3'], additional_info: [{}, {}], total_size: '3' })
    t.strictSame(Object(all['additional_info']), [{}, {}])
  }
  const top = { table_names: ['sales', 'stock'], type_ids: ['', type_id], properties: [{}, {}] }
  t.match(await show('*', { show_children: 'false' }), top)
  t.match(await show('sales'), { table_names: ['sales.orders'] })
  t.match(await show('sales', { show_children: 'false', get_sizes: 'true' }), {
    table_names: ['sales'],
    table_descriptions: [['COLLECTION', 'SCHEMA']],
    sizes: ['0'],
  })
})

t.test('C4: /show/table of an unknown table is an error unless it is allowed', async (t) => {
  const server = await startServer(t)
  for (const encoding of ENCODINGS) {
    const fields = { table_name: 'none' }
    const message = await refused(server, { encoding, endpoint: '/show/table', fields })
    t.equal(message, '400 ERROR: Table not found: "none" does not exist', encoding)
    const options = { no_error_if_not_exists: 'true' }
    const shown = await must(server, {
      ...{ encoding, endpoint: '/show/table' },
      fields: { ...fields, options },
    })
    t.match(shown, { table_names: [], type_ids: [], sizes: [], total_size: '-1' }, encoding)
  }
})

for (const [list, reason] of [
  [[BYTES[0], Buffer.from('02', 'hex')], /: list\[1\]: at byte 1, in field note: /],
  [[Buffer.concat([BYTES[0] ?? Buffer.alloc(0), Buffer.from([0])])], /: list\[0\]: .* left over$/],
] as const) {
  t.test(`C6: a wrong Avro record is an error that names it: ${reason}`, async (t) => {
    const server = await startServer(t)
    await createTable(server)
    const records = list.map((one) => one ?? Buffer.alloc(0))
    const fields = { table_name: 'sales.orders', list: records, list_encoding: 'binary' }
    for (const encoding of ENCODINGS) {
      const message = await refused(server, { encoding, endpoint: '/insert/records', fields })
      t.match(message, '400 ERROR: Cannot insert records into sales.orders: list[')
      t.match(message, reason)
    }
    t.equal(server.scope.tables.get('sales.orders').count, 0)
  })
}

for (const [text, reason] of [
  ['{"id":1', /^Cannot read list_str\[1\] as JSON: /],
  ['[]', /^Cannot read list_str\[1\]: expected an object with the fields of type_name/],
  [
    '{"id":"x","note":null,"raw":"","small":null,"price":1}',
    /: id: expected an integer of 64 bits/,
  ],
  ['{"id":null,"raw":"","price":1}', /: id: expected an integer of 64 bits/],
  ['{"id":1,"raw":""}', /^Cannot read list_str\[1\]: the field price is missing$/],
  ['{"id":1,"raw":"","price":1,"no":1}', /: no: type_name has no such field/],
] as const) {
  t.test(`a wrong JSON record is an error that names it: ${text}`, async (t) => {
    const server = await startServer(t)
    await createTable(server)
    const list_str = [TEXTS[0] ?? '', text]
    const fields = { table_name: 'sales.orders', list_str, list_encoding: 'json' }
    const { message } = await server.ask('binary', '/insert/records', fields)
    t.match(message, reason)
    t.equal(server.scope.tables.get('sales.orders').count, 0)
  })
}

t.test('columns that a JSON record omits are null; list_encoding must be known', async (t) => {
  const server = await startServer(t)
  await createTable(server)
  const insert = { endpoint: '/insert/records' }
  const table_name = 'sales.orders'
  const list_str = ['{ "price": 1, "raw": "", "id": 5 }']
  await must(server, { ...insert, fields: { table_name, list_str, list_encoding: 'json' } })
  const { records_json } = await must(server, {
    endpoint: '/get/records',
    fields: { ...PAGE, encoding: 'json' },
  })
  t.strictSame(records_json, ['{"id":5,"note":null,"raw":"","small":null,"price":1}'])
  const message = await refused(server, { ...insert, fields: { table_name, list_encoding: 'xml' } })
  t.equal(message, '400 ERROR: Cannot insert records: list_encoding "xml" is not binary or json')
})

t.test('Avro records can omit columns that request_schema_str does not name', async (t) => {
  const server = await startServer(t)
  await createTable(server)
  const insert = async (columns: unknown, list: readonly Buffer[]) => {
    const text = typeof columns === 'string' ? columns : JSON.stringify(columns)
    const options = { request_schema_str: text }
    const fields = { table_name: 'sales.orders', list, list_encoding: 'binary', options }
    return (await server.ask('binary', '/insert/records', fields)).message
  }
  const full = FIELDS.map(({ name }) => [name, 'any'])
  t.equal(await insert(full, BYTES.slice(0, 1)), '')
  const some = [
    ['price', 'double'],
    ['small', 'int', 'nullable'],
    ['id', 'long'],
    ['raw', 'bytes'],
  ]
  const record = { price: 2.5, small: 7, id: 8n, raw: Buffer.from('r') }
  const fields = [
    { name: 'price', type: 'double' },
    { name: 'small', type: ['int', 'null'] },
    { name: 'id', type: 'long' },
    { name: 'raw', type: 'bytes' },
  ] as const
  const bytes = referenceRecord(
    fields.map(({ name, type }) => ({ name, type: typeof type === 'string' ? type : [...type] })),
    record,
  )
  t.equal(await insert(some, [bytes]), '')
  const { records_json } = await must(server, {
    endpoint: '/get/records',
    fields: { ...PAGE, encoding: 'json', offset: 1n },
  })
  t.strictSame(records_json, ['{"id":8,"note":null,"raw":"r","small":7,"price":2.5}'])
  const start = 'Cannot read request_schema_str: '
  const form = 'expected a list such as [["id","int"]]'
  for (const text of ['{', '{}', '["id"]', '[["id"]]', '[["id",7]]']) {
    t.equal(await insert(text, [bytes]), start + form, text)
  }
  t.equal(await insert([['no', 'int']], []), `${start}the table has no column "no"`)
  const twice = [...some, ...some]
  t.equal(await insert(twice, []), `${start}it names a column twice`)
  const strict = [['id', 'long', 'nullable']]
  t.equal(await insert(strict, []), `${start}the column id is not nullable`)
  const omitted = `${start}it omits the column id, which is not nullable`
  t.equal(await insert(some.slice(0, 2), []), omitted)
  const short = await insert(some, [bytes, bytes.subarray(1)])
  t.match(short, 'Cannot insert records into sales.orders: list[1]: at byte ')
  t.equal(server.scope.tables.get('sales.orders').count, 2)
})

t.test('/insert/records into an unknown table counts the records and keeps none', async (t) => {
  const server = await startServer(t)
  const fields = { table_name: 'none', list: BYTES, list_encoding: 'binary' }
  const answer = await must(server, { endpoint: '/insert/records', fields })
  t.match(answer, { count_inserted: 3 })
  t.equal(server.scope.tables.size, 0)
})

/** A server whose table `sales.orders` has a row of each origin. */
async function startFilled(t: Parameters<typeof startServer>[0]): Promise<TestServer> {
  const server = await startServer(t)
  await createTable(server)
  const endpoint = '/insert/records'
  const table_name = 'sales.orders'
  await must(server, { endpoint, fields: { table_name, list: BYTES.slice(0, 2) } })
  const fields = { table_name, list_str: TEXTS.slice(2), list_encoding: 'json' }
  await must(server, { endpoint, fields })
  return server
}

t.test('/get/records/bycolumn returns the columns in the order of the request', async (t) => {
  const server = await startFilled(t)
  const read = (column_names: readonly string[], parts: AvroRecord = {}) =>
    must(server, {
      endpoint: '/get/records/bycolumn',
      fields: { ...PAGE, column_names, encoding: 'json', ...parts },
    })
  const two = {
    column_1: ['a', null, '\u00e4'],
    column_2: [9007199254740993n, -1n, 3n],
    column_headers: ['note', 'id'],
    column_datatypes: ['char16', 'long'],
  }
  const text = JSON.stringify(two, (_, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  )
  const exact = text.replace('9007199254740992', '9007199254740993').replace('\u00e4', '\\u00e4')
  const answer = await read(['note', 'id'])
  t.match(answer, { json_encoded_response: exact, total_number_of_records: '3' })
  const schema = Object(JSON.parse(String(answer['response_schema_str'])))
  t.strictSame(schema.fields[0].type.items, ['string', 'null'])
  const binary = await read(['note', 'id'], { encoding: 'binary' })
  const bytes = Buffer.from(Object(binary['binary_encoded_response']).hex, 'hex')
  t.strictSame(readReferenceRecord(schema.fields, bytes), two)
  const page = await read([' note '], { offset: 1n, limit: 1n })
  t.match(page, { json_encoded_response: /^\{"column_1":\[null\],/, has_more_records: true })
  for (const names of [['*'], []]) {
    const all = String((await read(names))['json_encoded_response'])
    const headers = FIELDS.map(({ name }) => name)
    t.strictSame(JSON.parse(all).column_headers, headers)
    t.strictSame(JSON.parse(all).column_datatypes, ['long', 'char16', 'bytes', 'int8', 'double'])
  }
  const message = await refused(server, {
    endpoint: '/get/records/bycolumn',
    fields: { ...PAGE, column_names: ['id', 'nota'] },
  })
  const reason = 'it has no column "nota" (did you mean note?)'
  t.equal(message, `400 ERROR: Cannot read the table sales.orders: ${reason}`)
})

t.test('/get/records/byseries and /fromcollection read a table', async (t) => {
  const server = await startFilled(t)
  const [type_id] = server.scope.tables.list().map(({ type }) => type.id)
  const series = await must(server, {
    endpoint: '/get/records/byseries',
    fields: { table_name: 'sales.orders', offset: 0, limit: 2, encoding: 'json' },
  })
  t.match(series, { type_names: [type_id], list_records_json: [TEXTS.slice(0, 2)] })
  const collection = await must(server, {
    endpoint: '/get/records/fromcollection',
    fields: { ...PAGE, encoding: 'json' },
  })
  t.match(collection, { type_names: [type_id, type_id, type_id], records_json: TEXTS })
})

t.test('a table with an expression is a matter of rules', async (t) => {
  const server = await startFilled(t)
  const start = '400 ERROR: Cannot '
  const reason = 'the mock evaluates no expressions, add a rule for this request'
  const options = { expression: 'id > 1' }
  const read = await refused(server, { endpoint: '/get/records', fields: { ...PAGE, options } })
  t.equal(read, `${start}filter the table sales.orders: ${reason}`)
  const endpoint = '/delete/records'
  const table_name = 'sales.orders'
  const some = await refused(server, { endpoint, fields: { table_name, expressions: ['x'] } })
  t.equal(some, `${start}delete records of sales.orders: ${reason}`)
  const none = await refused(server, { endpoint, fields: { table_name } })
  t.match(none, /there are no expressions, and delete_all_records is not true$/)
  t.equal(server.scope.tables.get('sales.orders').count, 3)
})

t.test('the cells of a fixture are read as records and as columns', async (t) => {
  const { tables } = loadFixtures(
    [
      {
        tables: [
          {
            name: 'all',
            columns: [
              ...['a int8', 'b long?', 'c float', 'd double', 'e decimal(4,1)?', 'f bytes?'],
              ...['g timestamp', 'h boolean', 'i vector(1)'],
            ],
            rows: [
              [-128, 9007199254740993n, 0.5, 'NaN', '1.5', { base64: 'AP8=' }, 7, true, [1]],
              [0, null, 0, 0, null, null, 0, false, [0]],
            ],
          },
        ],
      },
    ],
    FIXTURE_CONTEXT,
  )
  const server = await startServer(t, { tables })
  const fields = { ...PAGE, table_name: 'all' }
  const answer = await must(server, { endpoint: '/get/records', fields })
  const schema = JSON.parse(String(answer['type_schema']))
  t.strictSame(
    bytesOf(answer['records_binary']).map((one) => readReferenceRecord(schema.fields, one)),
    [
      {
        ...{ a: -128, b: 9007199254740993n, c: 0.5, d: Number.NaN, e: '1.5' },
        ...{ f: Buffer.from([0, 255]), g: 7n, h: 1, i: Buffer.from('0000803f', 'hex') },
      },
      { a: 0, b: null, c: 0, d: 0, e: null, f: null, g: 0n, h: 0, i: Buffer.alloc(4) },
    ],
  )
  const json = await must(server, {
    endpoint: '/get/records',
    fields: { ...fields, limit: 1n, encoding: 'json' },
  })
  const text =
    '{"a":-128,"b":9007199254740993,"c":0.5,"d":"NaN","e":"1.5","f":"\\u0000\\u00ff","g":7,"h":1,' +
    '"i":"\\u0000\\u0000\\u0080?"}'
  t.strictSame(json['records_json'], [text])
  const { properties } = await must(server, {
    endpoint: '/show/types',
    fields: { type_id: String(answer['type_name']) },
  })
  t.strictSame(Object(properties)[0].e, ['data', 'nullable', 'decimal(4,1)'])
  const columns = await must(server, {
    endpoint: '/get/records/bycolumn',
    fields: { ...fields, column_names: ['h', 'e'], encoding: 'json' },
  })
  t.match(columns['json_encoded_response'], '{"column_1":[1,0],"column_2":["1.5",null],')
})

t.test('/delete/records of an unknown table is an echo', async (t) => {
  const server = await startServer(t)
  const fields = { table_name: 'none', options: { delete_all_records: 'true' } }
  t.match(await must(server, { endpoint: '/delete/records', fields }), { count_deleted: '0' })
})

t.test('records are deleted, tables and schemas are cleared', async (t) => {
  const server = await startFilled(t)
  const options = { delete_all_records: 'true' }
  const deleted = await must(server, {
    endpoint: '/delete/records',
    fields: { table_name: 'sales.orders', options },
  })
  t.match(deleted, { count_deleted: '3' })
  t.equal(server.scope.tables.get('sales.orders').count, 0)
  for (const name of ['a', 'b.c', 'd']) await createTable(server, { name })
  const names = () => server.scope.tables.list().map(({ name }) => name)
  const clear = async (table_name: string) => {
    const answer = await must(server, { endpoint: '/clear/table', fields: { table_name } })
    return answer['table_name']
  }
  t.equal(await clear('none'), 'none')
  t.equal(await clear('a'), 'a')
  t.equal(await clear('b'), 'b')
  t.strictSame(names(), ['sales.orders', 'd'])
  t.equal(await clear(''), 'ALL CLEARED')
  t.strictSame(names(), [])
})

t.test('schemas are created, shown and dropped', async (t) => {
  const server = await startServer(t)
  await createTable(server)
  const ask = (endpoint: string, schema_name: string, options: AvroRecord = {}) =>
    must(server, { endpoint, fields: { schema_name, options } })
  const deny = (endpoint: string, schema_name: string, options: AvroRecord = {}) =>
    refused(server, { endpoint, fields: { schema_name, options } })
  await ask('/create/schema', 'empty')
  t.match(await ask('/has/schema', 'empty'), { schema_exists: true })
  t.match(await ask('/has/schema', 'sales'), { schema_exists: true })
  t.match(await ask('/has/schema', 'none'), { schema_exists: false })
  t.match(await must(server, { endpoint: '/has/table', fields: { table_name: 'empty' } }), {
    table_exists: true,
  })
  t.match(await deny('/create/schema', 'sales'), 'Cannot create the schema "sales": it exists')
  t.match(await deny('/create/schema', ''), 'Cannot create the schema "": it has no name')
  await ask('/create/schema', 'sales', { no_error_if_exists: 'true' })
  const all = { schema_names: ['empty', 'sales'], schema_tables: [[], ['sales.orders']] }
  t.match(await ask('/show/schema', '*'), all)
  t.match(await ask('/show/schema', 'empty'), { schema_names: ['empty'], schema_tables: [[]] })
  t.equal(await deny('/show/schema', 'x'), '400 ERROR: Schema not found: "x" does not exist')
  t.match(await ask('/show/schema', 'x', { no_error_if_not_exists: 'true' }), { schema_names: [] })
  t.match(await deny('/drop/schema', 'sales'), 'it has tables, and cascade is not true')
  await ask('/drop/schema', 'none')
  await ask('/drop/schema', 'empty')
  await ask('/drop/schema', 'sales', { cascade: 'true' })
  t.match(await ask('/show/schema', ''), { schema_names: [] })
})

t.test('a rule that matches wins over a table, and strict scopes know tables', async (t) => {
  const rules = loadRules(
    t,
    '- { when: { endpoint: /has/table, request: { table_name: x } }, then: { error: no } }',
  )
  const server = await startServer(t, { rules, strict: true })
  await createTable(server, { name: 'x' })
  await createTable(server, { name: 'y' })
  const has = (table_name: string) =>
    server.ask('json', '/has/table', { table_name }).then(({ message }) => message)
  t.equal(await has('x'), 'no')
  t.equal(await has('y'), '')
  t.match(await has('z'), 'Cannot match /has/table')
})

t.test('a job that reads a table has the rows of its creation, others an echo', async (t) => {
  const server = await startFilled(t)
  const fields = { ...PAGE, encoding: 'json' }
  const read = { encoding: 'json', endpoint: '/get/records', fields } as const
  const id = await createJob(server, read)
  const clear = { table_name: 'sales.orders' }
  await createJob(server, { encoding: 'json', endpoint: '/clear/table', fields: clear })
  t.equal(server.scope.tables.size, 1)
  server.scope.tables.clear()
  server.clock.advance(1000)
  const { job_response_str } = Object(
    (await server.ask('json', '/get/job', { job_id: id })).response,
  )
  t.strictSame(JSON.parse(job_response_str).records_json, TEXTS)
  const unmatched = (endpoint: string) =>
    server.scope.journal.list().find(({ jobEndpoint }) => jobEndpoint === endpoint)?.unmatched
  t.strictSame([unmatched('/get/records'), unmatched('/clear/table')], [false, true])
})

t.test('a request over the limits of tables is an error that names the option', async (t) => {
  const server = await startServer(t, { budgets: { tableBytes: 20_000 } })
  await createTable(server)
  const list = Array.from({ length: 200 }, () => BYTES[0] ?? Buffer.alloc(0))
  const fields = { table_name: 'sales.orders', list }
  const message = await refused(server, { endpoint: '/insert/records', fields })
  t.match(message, /^400 ERROR: Cannot take \d+ bytes for tables: .*, raise max-table-bytes$/)
  t.equal(server.scope.tables.get('sales.orders').count, 0)
})
