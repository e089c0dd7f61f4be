import t from 'tap'
import type { AvroSchema, FieldSchema, MessageSchema } from '../../src/avro/avro-schema.ts'
import { type AvroRecord, createMap } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { EndpointRecords } from '../../src/avro/endpoint-records.ts'
import { type JsonDialect, readRecord } from '../../src/avro/json-reader.ts'
import { type JsonValue, RoundedNumber } from '../../src/documents/json-value.ts'
import { type JsonProblem, problemsOf, type Reading } from '../../src/documents/reading.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'

const catalogue = new Catalogue()

/** A record of the schemas in the form of the documentation's catalogue, which has no defaults. */
function withoutDefaults({ name, fields }: MessageSchema): object {
  return { name, fields: fields.map((field) => ({ name: field.name, type: field.type })) }
}

t.test('Catalogue holds exactly the endpoints of the documentation, and three', async (t) => {
  t.equal(catalogueLines.length, 221)
  const others = ['/chat/completions', '/get/records/json', '/insert/records/json']
  const documented = catalogueLines.map(({ endpoint }) => endpoint)
  t.strictSame(catalogue.endpoints, [...documented, ...others].sort())
})

t.test('Catalogue holds the records of the documentation, field by field', async (t) => {
  for (const { endpoint, request, response } of catalogueLines) {
    const records = catalogue.get(endpoint)
    t.strictSame(withoutDefaults(records.request.schema), request, `${endpoint} request`)
    t.strictSame(withoutDefaults(records.response.schema), response, `${endpoint} response`)
  }
})

t.test('only fields of requests have defaults in the catalogue', async (t) => {
  for (const { endpoint } of catalogueLines) {
    const { fields } = catalogue.get(endpoint).response.schema
    t.strictSame(
      fields.filter((field) => 'default' in field),
      [],
      endpoint,
    )
  }
})

t.test('has() and find() know the endpoints and nothing else', async (t) => {
  for (const { endpoint } of catalogueLines) {
    t.equal(catalogue.has(endpoint), true, endpoint)
    t.equal(catalogue.find(endpoint)?.request.name, catalogue.get(endpoint).request.name, endpoint)
  }
  const others = [
    '',
    '/',
    '/alter',
    'alter/table',
    '/alter/table/',
    '/alter/table.json',
    '/Alter/Table',
    '//alter/table',
    '/alter/../alter/table',
    '/../package',
    '/../package.json',
    '/../tsconfig',
    '/gpudb_response',
    '/gpudb_response.avsc',
    '/fixture.schema',
    '/fixture',
    '/__proto__',
    '__proto__',
    '/constructor',
    '/alter/table\u0000',
  ]
  for (const path of others) {
    t.equal(catalogue.has(path), false, path)
    t.equal(catalogue.find(path), undefined, path)
    t.throws(() => catalogue.get(path), new RangeError(`Cannot find the records of ${path}`), path)
  }
})

t.test('find() reads the records of an endpoint once', async (t) => {
  t.equal(catalogue.find('/alter/table'), catalogue.find('/alter/table'))
})

t.test('readWrapper() reads the record around every answer', async (t) => {
  const { schema } = catalogue.readWrapper()
  // The order of the fields is read off the Python client 7.2.3.
  t.strictSame(schema, {
    type: 'record',
    name: 'gpudb_response',
    fields: [
      { name: 'status', type: 'string' },
      { name: 'message', type: 'string' },
      { name: 'data_type', type: 'string' },
      { name: 'data', type: 'bytes' },
      { name: 'data_str', type: 'string' },
    ],
  })
})

t.test('Catalogue lists a folder of schemas and reads a file when it is used', async (t) => {
  const record = { type: 'record', name: 'sample', fields: [] }
  const type = { type: 'array', items: { ...record, fields: [{ name: 'any', type: 'object' }] } }
  const nested = { ...record, fields: [{ name: 'list', type }] }
  const folder = t.testdir({
    'gpudb_response.avsc': '{"type":"map","values":"string"}',
    'fixture.schema.json': '{}',
    'notes.txt': 'no schema',
    ping: { 'pong.json': JSON.stringify({ request: record, response: record }) },
    'json.json': JSON.stringify({ form: 'query', request: record, response: nested }),
    'form.json': JSON.stringify({ form: 'header', request: record, response: record }),
    'avro.json': JSON.stringify({ request: record, response: nested }),
    'half.json': JSON.stringify({ request: record }),
    'torn.json': '{',
  })
  const own = new Catalogue(folder)
  t.strictSame(own.endpoints, ['/avro', '/form', '/half', '/json', '/ping/pong', '/torn'])
  t.equal(own.get('/ping/pong').response.name, 'sample')
  t.strictSame(own.get('/json').response.schema, nested)
  for (const name of ['avro', 'form']) {
    const message = /^Cannot read .*\.json: it needs a request and a response, both records$/
    t.throws(() => own.get(`/${name}`), { message }, name)
  }
  t.throws(() => own.get('/half'), {
    message: /^Cannot read .*half\.json: it needs a request and a response, both records$/,
  })
  t.throws(() => own.get('/torn'), SyntaxError)
  t.throws(() => own.readWrapper(), {
    message: /^Cannot read .*gpudb_response\.avsc: it is not an Avro record$/,
  })
})

const records = new EndpointRecords({
  request: {
    type: 'record',
    name: 'sample_request',
    fields: [
      { name: 'table_name', type: 'string' },
      { name: 'limit', type: 'long', default: 10 },
      { name: 'names', type: { type: 'array', items: 'string' } },
      { name: 'options', type: { type: 'map', values: 'string' } },
    ],
  },
  response: {
    type: 'record',
    name: 'sample_response',
    fields: [
      { name: 'table_name', type: 'string' },
      { name: 'limit', type: 'int' },
      { name: 'names', type: { type: 'array', items: 'string' } },
      { name: 'count', type: 'long' },
      { name: 'done', type: 'boolean' },
      { name: 'info', type: { type: 'map', values: 'string' } },
    ],
  },
})

const request = { table_name: 'orders', limit: 5n, names: ['a'], options: createMap([]) }

t.test('EndpointRecords has a codec for each record', async (t) => {
  t.equal(records.request.name, 'sample_request')
  t.equal(records.response.name, 'sample_response')
})

t.test(
  'completeResponse() echoes fields of the same name and type, the rest is zero',
  async (t) => {
    t.strictSame(records.completeResponse({}, request), {
      table_name: 'orders',
      limit: 0,
      names: ['a'],
      count: 0n,
      done: false,
      info: createMap([]),
    })
  },
)

t.test('completeResponse() keeps the given fields, zeros too', async (t) => {
  const given = { table_name: '', count: 0n, done: true, names: [] }
  t.strictSame(records.completeResponse(given, request), {
    table_name: '',
    limit: 0,
    names: [],
    count: 0n,
    done: true,
    info: createMap([]),
  })
})

t.test('completeResponse() is zero if the request has nothing to echo', async (t) => {
  t.strictSame(records.completeResponse({}, {}), {
    table_name: '',
    limit: 0,
    names: [],
    count: 0n,
    done: false,
    info: createMap([]),
  })
})

t.test('completeResponse() writes the fields in record order', async (t) => {
  const completed = records.completeResponse({ info: createMap([]), count: 1n }, request)
  t.strictSame(Object.keys(completed), ['table_name', 'limit', 'names', 'count', 'done', 'info'])
})

/** A dialect with a form of bytes that is like no other. */
const DIALECT: JsonDialect = {
  absent: 'default',
  quotedIntegers: true,
  readBytes: (value) => (value === 'bytes' ? Buffer.from('ff', 'hex') : undefined),
  bytesForm: 'the word bytes',
}

const SPARSE: JsonDialect = { ...DIALECT, absent: 'leave out', quotedIntegers: false }

/** What was read, and the problems; one of the two is empty. */
interface Read {
  readonly record: AvroRecord
  readonly problems: readonly JsonProblem[]
}

function read(fields: FieldSchema[], value: JsonValue, dialect = DIALECT): Read {
  return parts(readRecord({ type: 'record', name: 'sample', fields }, { value, dialect }))
}

function parts(reading: Reading<AvroRecord>): Read {
  const record = 'value' in reading ? reading.value : {}
  return { record, problems: problemsOf(reading) }
}

/** Reads a record with one field `field` of `type`. */
function readField(type: AvroSchema, value: JsonValue, dialect = DIALECT): Read {
  return read([{ name: 'field', type }], { field: value }, dialect)
}

function problemAt(path: JsonProblem['path'], message: string): JsonProblem {
  return { path, part: 'value', message }
}

const MAX = 9223372036854775807n

t.test('readRecord() reads every type', async (t) => {
  const cases: [AvroSchema, JsonValue, unknown][] = [
    ['boolean', true, true],
    ['boolean', false, false],
    ['int', 2147483647, 2147483647],
    ['int', -2147483648, -2147483648],
    ['int', '-5', -5],
    ['long', 5, 5n],
    ['long', -0, 0n],
    ['long', MAX, MAX],
    ['long', -MAX - 1n, -MAX - 1n],
    ['long', '9223372036854775807', MAX],
    ['long', '-9223372036854775808', -MAX - 1n],
    ['float', 1.5, 1.5],
    ['double', -1, -1],
    ['double', 9007199254740993n, 9007199254740992],
    ['string', '', ''],
    ['string', '5', '5'],
    ['bytes', 'bytes', Buffer.from('ff', 'hex')],
    [{ type: 'array', items: ['string', 'null'] }, [null, 'a'], [null, 'a']],
    [['string', 'null'], 'a', 'a'],
    [{ type: 'array', items: 'null' }, [null], [null]],
    [['null', 'long'], 7, 7n],
    [{ type: 'array', items: 'long' }, [], []],
    [{ type: 'array', items: 'long' }, [1, '2', 3n], [1n, 2n, 3n]],
    [{ type: 'map', values: 'int' }, {}, createMap([])],
    [
      { type: 'map', values: 'int' },
      { a: 1, b: 2 },
      createMap([
        ['a', 1],
        ['b', 2],
      ]),
    ],
    [
      { type: 'array', items: { type: 'map', values: ['string', 'null'] } },
      [{ a: null }],
      [createMap([['a', null]])],
    ],
  ]
  for (const [type, value, expected] of cases) {
    const { record, problems } = readField(type, value)
    t.strictSame(problems, [], JSON.stringify(type))
    t.strictSame(record['field'], expected, JSON.stringify(type))
  }
})

t.test('readRecord() says what was expected and what it got', async (t) => {
  const cases: [AvroSchema, JsonValue, string][] = [
    ['boolean', 1, 'expected true or false, got 1'],
    ['boolean', 'true', 'expected true or false, got "true"'],
    ['int', 2147483648, 'expected an integer of 32 bits, got 2147483648'],
    ['int', -2147483649, 'expected an integer of 32 bits, got -2147483649'],
    ['int', 1.5, 'expected an integer of 32 bits, got 1.5'],
    ['int', '2147483648', 'expected an integer of 32 bits, got "2147483648"'],
    ['long', MAX + 1n, 'expected an integer of 64 bits, got 9223372036854775808'],
    ['long', -MAX - 2n, 'expected an integer of 64 bits, got -9223372036854775809'],
    ['long', 9223372036854776000, 'expected an integer of 64 bits, got 9223372036854776000'],
    ['long', 1e300, 'expected an integer of 64 bits, got 1e+300'],
    ['long', 0.5, 'expected an integer of 64 bits, got 0.5'],
    ['long', Number.POSITIVE_INFINITY, 'expected an integer of 64 bits, got Infinity'],
    ['long', '9223372036854775808', 'expected an integer of 64 bits, got "9223372036854775808"'],
    ['long', '', 'expected an integer of 64 bits, got ""'],
    ['long', ' 5', 'expected an integer of 64 bits, got " 5"'],
    ['long', '5.0', 'expected an integer of 64 bits, got "5.0"'],
    ['long', '0x10', 'expected an integer of 64 bits, got "0x10"'],
    ['long', '1e3', 'expected an integer of 64 bits, got "1e3"'],
    ['long', '+5', 'expected an integer of 64 bits, got "+5"'],
    ['long', '5\n', 'expected an integer of 64 bits, got "5\\n"'],
    ['long', '9'.repeat(1000), 'expected an integer of 64 bits, got a string of 1000 characters'],
    ['long', true, 'expected an integer of 64 bits, got true'],
    ['long', [5], 'expected an integer of 64 bits, got a list'],
    ['double', '1.5', 'expected a finite number, got "1.5"'],
    ['double', Number.POSITIVE_INFINITY, 'expected a finite number, got Infinity'],
    ['float', {}, 'expected a finite number, got an object'],
    ['string', 5, 'expected a string, got 5'],
    ['string', [], 'expected a string, got a list'],
    ['bytes', 'other', 'expected the word bytes, got "other"'],
    [['string', 'null'], 5, 'expected a string, got 5'],
    [['null'], 5, 'expected null, got 5'],
    [{ type: 'array', items: 'long' }, {}, 'expected a list, got an object'],
    [{ type: 'array', items: 'long' }, '1', 'expected a list, got "1"'],
    [{ type: 'map', values: 'long' }, [], 'expected an object, got a list'],
    [{ type: 'map', values: 'long' }, 5, 'expected an object, got 5'],
  ]
  for (const [type, value, message] of cases) {
    const { problems } = readField(type, value)
    t.strictSame(problems, [problemAt(['field'], message)], `${JSON.stringify(type)}: ${message}`)
  }
})

t.test('readRecord() tells every problem with its path', async (t) => {
  const nested: AvroSchema = {
    type: 'map',
    values: { type: 'array', items: { type: 'map', values: 'string' } },
  }
  const { problems } = readField(nested, { a: [{ b: 'fine' }, { c: 1, d: 2 }], e: 5 })
  t.strictSame(problems, [
    problemAt(['field', 'a', 1, 'c'], 'expected a string, got 1'),
    problemAt(['field', 'a', 1, 'd'], 'expected a string, got 2'),
    problemAt(['field', 'e'], 'expected a list, got 5'),
  ])
})

t.test('readRecord() wants an object', async (t) => {
  for (const value of [[], null, 'text', 5, true]) {
    const { problems } = read([], value)
    t.equal(problems.length, 1)
    t.strictSame(problems[0]?.path, [])
    t.match(problems[0]?.message, /^expected an object with the fields of sample, got /)
  }
})

t.test('readRecord() takes the default of a field that is left out or null', async (t) => {
  const fields: FieldSchema[] = [
    { name: 'id', type: 'long', default: -9999 },
    { name: 'width', type: 'int', default: 7 },
    { name: 'ratio', type: 'double', default: -1 },
    { name: 'fast', type: 'boolean', default: true },
    { name: 'encoding', type: 'string', default: 'binary' },
    { name: 'data', type: 'bytes', default: '' },
    { name: 'names', type: { type: 'array', items: 'string' }, default: [] },
    { name: 'options', type: { type: 'map', values: 'string' }, default: {} },
  ]
  const expected = {
    id: -9999n,
    width: 7,
    ratio: -1,
    fast: true,
    encoding: 'binary',
    data: Buffer.alloc(0),
    names: [],
    options: createMap([]),
  }
  const nulls = Object.fromEntries(fields.map(({ name }) => [name, null]))
  for (const value of [{}, nulls]) {
    const { record, problems } = read(fields, value)
    t.strictSame(problems, [])
    t.strictSame(record, expected)
  }
})

t.test('readRecord() refuses to do without a field that has no default', async (t) => {
  const fields: FieldSchema[] = [
    { name: 'table_name', type: 'string' },
    { name: 'options', type: { type: 'map', values: 'string' }, default: {} },
  ]
  for (const value of [{}, { table_name: null }]) {
    const { problems } = read(fields, value)
    t.strictSame(problems, [problemAt([], 'the field table_name is missing')])
  }
})

t.test('readRecord() leaves fields out where the dialect says so', async (t) => {
  const fields: FieldSchema[] = [
    { name: 'id', type: 'long' },
    { name: 'tag', type: 'string', default: 'none' },
  ]
  t.strictSame(read(fields, { id: 5 }, SPARSE), { record: { id: 5n }, problems: [] })
  t.strictSame(read(fields, {}, SPARSE), { record: {}, problems: [] })
  t.strictSame(read(fields, { tag: null }, SPARSE).problems, [
    problemAt(['tag'], 'expected a string, got null'),
  ])
  t.strictSame(readField(['string', 'null'], null, SPARSE).record, { field: null })
})

t.test('readRecord() reads integers in quotes where the dialect says so', async (t) => {
  t.strictSame(readField('long', '5', SPARSE).problems, [
    problemAt(['field'], 'expected an integer of 64 bits, got "5"'),
  ])
})

t.test('readRecord() names an unknown field and the one that was meant', async (t) => {
  const fields: FieldSchema[] = [{ name: 'job_id', type: 'long', default: 0 }]
  const { problems } = read(fields, { jobid: 1, job_id: 2, colour: 3 })
  t.strictSame(problems, [
    { path: ['jobid'], part: 'key', message: 'sample has no such field (did you mean job_id?)' },
    { path: ['colour'], part: 'key', message: 'sample has no such field' },
  ])
})

t.test('readRecord() takes what an object inherits for nothing', async (t) => {
  const fields: FieldSchema[] = [{ name: 'toString', type: 'string', default: 'default' }]
  t.strictSame(Object.entries(read(fields, {}).record), [['toString', 'default']])
  const hostile: JsonValue = JSON.parse('{"__proto__": {"toString": "a"}, "constructor": 1}')
  t.strictSame(
    read(fields, hostile).problems.map(({ path }) => path),
    [['__proto__'], ['constructor']],
  )
})

t.test('readRecord() keeps every key of a map', async (t) => {
  const text = '{"__proto__": "a", "constructor": "b", "toString": "c", "": "d"}'
  const { record } = readField({ type: 'map', values: 'string' }, JSON.parse(text))
  t.strictSame(
    record['field'],
    createMap([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
      ['', 'd'],
    ]),
  )
  t.strictSame(Object.keys(Object(record['field'])), ['__proto__', 'constructor', 'toString', ''])
})

t.test('readRecord() tells a hundred problems and no more', async (t) => {
  const list = new Array(1000).fill('no number')
  const { problems } = readField({ type: 'array', items: 'double' }, list)
  t.strictSame(problems[99], problemAt(['field', 99], 'expected a finite number, got "no number"'))
  const counts = [99, 100, 101, 1000].map((length) => {
    const unknown = Object.fromEntries(list.slice(0, length).map((_, index) => [index, 0]))
    const wrong = readField({ type: 'array', items: 'double' }, list.slice(0, length))
    return [wrong.problems.length, read([], unknown).problems.length]
  })
  t.strictSame(counts, [
    [99, 99],
    [100, 100],
    [100, 100],
    [100, 100],
  ])
})

t.test('readRecord() refuses a quoted integer of more than 19 digits by its length', async (t) => {
  // By its value it would fit: what is too long is not converted, which takes long.
  t.strictSame(readField('long', '5'.padStart(19, '0')).record, { field: 5n })
  t.strictSame(readField('long', '5'.padStart(20, '0')).problems, [
    problemAt(['field'], 'expected an integer of 64 bits, got "00000000000000000005"'),
  ])
  t.strictSame(readField('long', '9'.repeat(4_000_000)).problems, [
    problemAt(['field'], 'expected an integer of 64 bits, got a string of 4000000 characters'),
  ])
})

t.test('readRecord() writes the fields in record order', async (t) => {
  const fields: FieldSchema[] = ['b', 'c', 'a'].map((name) => ({ name, type: 'string' }))
  t.strictSame(Object.keys(read(fields, { a: '', b: '', c: '' }).record), ['b', 'c', 'a'])
})

t.test('every default of the schemas is one that readRecord() understands', async (t) => {
  const catalogue = new Catalogue()
  for (const { endpoint } of catalogueLines) {
    const { schema } = catalogue.get(endpoint).request
    const fields = schema.fields.filter((field) => 'default' in field)
    const dialect = { ...DIALECT }
    const { record, problems } = parts(readRecord({ ...schema, fields }, { value: {}, dialect }))
    t.strictSame(problems, [], endpoint)
    const texts = fields.map((field) => JSON.stringify(field.default))
    t.strictSame(
      fields.map(({ name }) => defaultText(record[name])),
      texts,
      endpoint,
    )
  }
})

/** A default as the schemas write it. */
function defaultText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  return JSON.stringify(Buffer.isBuffer(value) ? value.toString('latin1') : value)
}

t.test(
  'readRecord() takes a number that was rounded for a double, and for no integer',
  async (t) => {
    const rounded = new RoundedNumber(1)
    t.strictSame(readField('double', rounded), { record: { field: 1 }, problems: [] })
    t.equal(readField('long', rounded).problems.length, 1)
  },
)
