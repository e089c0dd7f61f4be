import avro from 'avsc'
import t from 'tap'
import { createMap } from '../../src/avro/avro-value.ts'
import { isMap, MapType } from '../../src/avro/map-type.ts'

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

t.test('MapType gives the later of two entries with one key', async (t) => {
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
