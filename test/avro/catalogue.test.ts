import t from 'tap'
import type { RecordSchema } from '../../src/avro/avro-schema.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'

const catalogue = new Catalogue()

/** A record of the schemas in the form of the documentation's catalogue, which has no defaults. */
function withoutDefaults({ name, fields }: RecordSchema): object {
  return { name, fields: fields.map((field) => ({ name: field.name, type: field.type })) }
}

t.test('Catalogue holds exactly the endpoints of the documentation', async (t) => {
  t.equal(catalogueLines.length, 221)
  t.strictSame(catalogue.endpoints, catalogueLines.map(({ endpoint }) => endpoint).sort())
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
  const folder = t.testdir({
    'gpudb_response.avsc': '{"type":"map","values":"string"}',
    'fixture.schema.json': '{}',
    'notes.txt': 'no schema',
    ping: { 'pong.json': JSON.stringify({ request: record, response: record }) },
    'half.json': JSON.stringify({ request: record }),
    'torn.json': '{',
  })
  const own = new Catalogue(folder)
  t.strictSame(own.endpoints, ['/half', '/ping/pong', '/torn'])
  t.equal(own.get('/ping/pong').response.name, 'sample')
  t.throws(() => own.get('/half'), {
    message: /^Cannot read .*half\.json: it needs a request and a response, both Avro records$/,
  })
  t.throws(() => own.get('/torn'), SyntaxError)
  t.throws(() => own.readWrapper(), {
    message: /^Cannot read .*gpudb_response\.avsc: it is not an Avro record$/,
  })
})
