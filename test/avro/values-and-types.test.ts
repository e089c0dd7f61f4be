import avro from 'avsc'
import t from 'tap'
import { type AvroSchema, isEndpointSchema, isRecordSchema } from '../../src/avro/avro-schema.ts'
import { createMap } from '../../src/avro/avro-value.ts'
import { isLong, longType } from '../../src/avro/long-type.ts'
import { isMap, MapType } from '../../src/avro/map-type.ts'
import { zeroRecord, zeroValue } from '../../src/avro/zero-value.ts'
import { varint } from '../support/avro-reference.ts'

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

t.test('createMap() keeps every key as data', async (t) => {
  const entries = ['__proto__', 'constructor', 'toString', ''].map((key) => [key, key] as const)
  const map = createMap(entries)
  t.strictSame(Object.entries(map), entries)
})

t.test('createMap() makes maps that inherit no key', async (t) => {
  for (const map of [createMap([]), createMap([['a', 1n]])]) {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      t.equal(key in map, false, key)
      t.equal(map[key], undefined, key)
    }
  }
})

t.test('createMap() lets the later of two entries with one key win', async (t) => {
  t.strictSame(
    Object.entries(
      createMap([
        ['a', 1n],
        ['b', 2n],
        ['a', 3n],
      ]),
    ),
    [
      ['a', 3n],
      ['b', 2n],
    ],
  )
})

t.test('createMap() makes an empty map that nobody can change', async (t) => {
  const map = createMap([])
  t.strictSame(Object.keys(map), [])
  t.equal(Reflect.set(map, 'key', 'value'), false)
})

t.test('zeroValue() returns the zero of every type', async (t) => {
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

t.test('zeroRecord() returns the zero of every field', async (t) => {
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

const MAX = 9223372036854775807n
const MIN = -9223372036854775808n

t.test('longType reads and writes all 64 bits', async (t) => {
  // Zig-zag varints, by hand: 2n for n >= 0, -2n - 1 for n < 0, seven bits a byte.
  const cases: [bigint, string][] = [
    [0n, '00'],
    [-1n, '01'],
    [1n, '02'],
    [-64n, '7f'],
    [64n, '8001'],
    [9007199254740993n, '8280808080808020'],
    [-9007199254740993n, '8180808080808020'],
    [MAX, 'feffffffffffffffff01'],
    [MIN, 'ffffffffffffffffff01'],
  ]
  for (const [value, hex] of cases) {
    t.equal(longType.toBuffer(value).toString('hex'), hex, `${value} to bytes`)
    t.equal(longType.fromBuffer(Buffer.from(hex, 'hex')), value, `${hex} to a long`)
  }
})

t.test('longType is right beside every power of two', async (t) => {
  for (let bits = 0n; bits < 63n; bits += 1n) {
    for (const value of [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n, -(2n ** bits), MIN + bits]) {
      t.equal(longType.toBuffer(value).toString('hex'), varint(value).toString('hex'), `${value}`)
      t.equal(longType.fromBuffer(varint(value)), value, `${value} back`)
    }
  }
})

t.test('longType refuses what is no bigint of 64 bits', async (t) => {
  for (const value of [MAX + 1n, MIN - 1n, 0, 1.5, '1', null, undefined]) {
    t.equal(longType.isValid(value), false, String(value))
    t.throws(() => longType.toBuffer(value), String(value))
  }
  t.equal(longType.isValid(MAX), true)
  t.equal(longType.isValid(MIN), true)
})

t.test('longType orders longs by value', async (t) => {
  t.equal(longType.compare(MIN, MAX), -1)
  t.equal(longType.compare(MAX, MIN), 1)
  t.equal(longType.compare(MAX, 9223372036854775807n), 0)
})

t.test('longType keeps every digit in JSON', async (t) => {
  t.equal(longType.toString(MAX), '"9223372036854775807"')
  t.equal(longType.fromString('"9223372036854775807"'), MAX)
  t.equal(longType.fromString('7'), 7n)
})

t.test('isLong() knows the ends of the range', async (t) => {
  t.equal(isLong(MAX), true)
  t.equal(isLong(MIN), true)
  t.equal(isLong(MAX + 1n), false)
  t.equal(isLong(MIN - 1n), false)
})

t.test('isMap() knows the schema of a map', async (t) => {
  t.equal(isMap({ type: 'map', values: 'string' }), true)
  t.equal(isMap({ type: 'array', items: 'string' }), false)
  t.equal(isMap('string'), false)
  t.equal(isMap(['string', 'null']), false)
})

/** Builds a type in the way of RecordCodec: the hook is what makes maps MapTypes, nested ones too. */
function typeOf(schema: avro.Schema): avro.Type {
  const typeHook: avro.ForSchemaOptions['typeHook'] = (inner, options) =>
    isMap(inner) ? new MapType(inner, options) : undefined
  return avro.Type.forSchema(schema, { typeHook })
}

t.test('MapType reads and writes the bytes of an Avro map', async (t) => {
  const type = typeOf({ type: 'map', values: 'long' })
  // 2 entries: "a" to 1, "__proto__" to the largest long; then the end.
  const hex = `04${'026102'}${'125f5f70726f746f5f5f'}${'feffffffffffffffff01'}00`
  const map = createMap([
    ['a', 1n],
    ['__proto__', 9223372036854775807n],
  ])
  t.strictSame(type.fromBuffer(Buffer.from(hex, 'hex')), map)
  t.equal(type.toBuffer(map).toString('hex'), hex)
  t.equal(type.toBuffer(createMap([])).toString('hex'), '00')
})

t.test('MapType returns the later of two entries with one key', async (t) => {
  const type = typeOf({ type: 'map', values: 'string' })
  const bytes = Buffer.from(`04${'02610262'}${'02610263'}00`, 'hex')
  t.strictSame(type.fromBuffer(bytes), createMap([['a', 'c']]))
})

t.test('MapType holds maps', async (t) => {
  const type = typeOf({ type: 'map', values: { type: 'map', values: 'long' } })
  const map = createMap([['a', createMap([['constructor', -1n]])]])
  // "a" to a map of one entry, "constructor" to -1.
  const hex = `02${'0261'}02${'16636f6e7374727563746f72'}${'01'}0000`
  t.equal(type.toBuffer(map).toString('hex'), hex)
  t.strictSame(type.fromBuffer(Buffer.from(hex, 'hex')), map)
})
