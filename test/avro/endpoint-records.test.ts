import t from 'tap'
import { createMap } from '../../src/avro/avro-value.ts'
import { EndpointRecords } from '../../src/avro/endpoint-records.ts'

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

t.test('completeResponse() keeps what is given, zeros too', async (t) => {
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
