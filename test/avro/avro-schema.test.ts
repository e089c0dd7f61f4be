import t from 'tap'
import { isEndpointSchema, isRecordSchema } from '../../src/avro/avro-schema.ts'

function recordOf(type: unknown): unknown {
  return { type: 'record', name: 'sample', fields: [{ name: 'field', type }] }
}

t.test('isRecordSchema() takes every kind of type that GPUdb uses', async (t) => {
  const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']
  const nested = [
    { type: 'array', items: 'long' },
    { type: 'map', values: { type: 'array', items: { type: 'map', values: 'bytes' } } },
    ['string', 'null'],
    { type: 'map', values: ['string', 'null'] },
    ['null', { type: 'array', items: 'int' }],
  ]
  for (const type of [...primitives, ...nested]) {
    t.equal(isRecordSchema(recordOf(type)), true, JSON.stringify(type))
  }
  t.equal(isRecordSchema({ type: 'record', name: 'empty', fields: [] }), true, 'no fields')
})

t.test('isRecordSchema() refuses a type that GPUdb does not use', async (t) => {
  const types = [
    'text',
    '',
    undefined,
    null,
    7,
    [],
    [['string', 'null'], 'null'],
    ['string', 'text'],
    { type: 'array' },
    { type: 'array', items: 'text' },
    { type: 'map' },
    { type: 'map', values: [] },
    { type: 'enum', symbols: ['A'] },
    { type: 'string' },
    {},
  ]
  for (const type of types) {
    t.equal(isRecordSchema(recordOf(type)), false, JSON.stringify(type) ?? 'undefined')
  }
})

t.test('isRecordSchema() refuses what is no record', async (t) => {
  const others = [
    null,
    undefined,
    'record',
    [],
    {},
    { type: 'map', name: 'a', fields: [] },
    { type: 'record', fields: [] },
    { type: 'record', name: 'a' },
    { type: 'record', name: 'a', fields: {} },
    { type: 'record', name: 'a', fields: [null] },
    { type: 'record', name: 'a', fields: [{ type: 'string' }] },
    { type: 'record', name: 'a', fields: [{ name: 'b', type: 'int' }, { name: 'c' }] },
  ]
  for (const other of others) {
    t.equal(isRecordSchema(other), false, JSON.stringify(other) ?? 'undefined')
  }
})

t.test('isEndpointSchema() wants a request and a response', async (t) => {
  const record = recordOf('string')
  t.equal(isEndpointSchema({ request: record, response: record }), true)
  t.equal(isEndpointSchema({ request: record }), false)
  t.equal(isEndpointSchema({ response: record }), false)
  t.equal(isEndpointSchema({ request: record, response: {} }), false)
  t.equal(isEndpointSchema(record), false)
  t.equal(isEndpointSchema(null), false)
  t.equal(isEndpointSchema('request'), false)
})
