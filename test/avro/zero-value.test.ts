import t from 'tap'
import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import { createMap } from '../../src/avro/avro-value.ts'
import { zeroRecord, zeroValue } from '../../src/avro/zero-value.ts'

t.test('zeroValue() gives the zero of every type', async (t) => {
  const cases: [AvroSchema, unknown][] = [
    ['null', null],
    ['boolean', false],
    ['int', 0],
    ['long', 0n],
    ['float', 0],
    ['double', 0],
    ['bytes', Buffer.alloc(0)],
    ['string', ''],
    [{ type: 'array', items: 'long' }, []],
    [{ type: 'map', values: 'long' }, createMap([])],
    [['string', 'null'], ''],
    [['null', 'string'], null],
    [[{ type: 'array', items: 'int' }, 'null'], []],
    [[], null],
  ]
  for (const [schema, zero] of cases) {
    t.strictSame(zeroValue(schema), zero, JSON.stringify(schema))
  }
})

t.test('zeroRecord() gives the zero of every field', async (t) => {
  const record = zeroRecord({
    type: 'record',
    name: 'sample',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'tag', type: 'string', default: 'not used' },
    ],
  })
  t.strictSame(record, { id: 0n, tag: '' })
})
