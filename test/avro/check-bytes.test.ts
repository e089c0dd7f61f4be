import t from 'tap'
import type { AvroSchema, RecordSchema } from '../../src/avro/avro-schema.ts'
import { AvroError, checkBytes } from '../../src/avro/check-bytes.ts'
import { varint } from '../support/avro-reference.ts'

function recordOf(...types: AvroSchema[]): RecordSchema {
  const fields = types.map((type, index) => ({ name: `field${index}`, type }))
  return { type: 'record', name: 'sample', fields }
}

function arrayOf(items: AvroSchema): AvroSchema {
  return { type: 'array', items }
}

function mapOf(values: AvroSchema): AvroSchema {
  return { type: 'map', values }
}

/** Bytes derived by hand from the Avro specification. */
const SOUND: [AvroSchema, string][] = [
  ['null', ''],
  ['boolean', '00'],
  ['boolean', '01'],
  ['int', 'feffffff0f'],
  ['long', 'feffffffffffffffff01'],
  ['float', '0000c03f'],
  ['double', '000000000000f83f'],
  ['bytes', '04ff00'],
  ['string', '04c3a4'],
  [['string', 'null'], '000261'],
  [['string', 'null'], '02'],
  [arrayOf('long'), '00'],
  // Two items, then one, then the end.
  [arrayOf('long'), '04020402' + '0600'],
  // -2 items in 2 bytes, then the end.
  [arrayOf('long'), '0304020400'],
  [arrayOf(arrayOf('int')), '04' + '0202' + '00' + '00' + '00'],
  [mapOf('string'), '02' + '0261' + '0262' + '00'],
  [mapOf(mapOf('boolean')), '02' + '0261' + '02' + '0262' + '01' + '00' + '00'],
  // One entry with its size: key "a", value "b".
  [mapOf('string'), '0108' + '0261' + '0262' + '00'],
]

t.test('checkBytes() passes what the specification allows', async (t) => {
  for (const [type, hex] of SOUND) {
    const name = `${JSON.stringify(type)} ${hex}`
    t.doesNotThrow(() => checkBytes(recordOf(type), Buffer.from(hex, 'hex')), name)
  }
  t.doesNotThrow(() => checkBytes(recordOf(), Buffer.alloc(0)), 'a record without fields')
})

/** What is refused: the type, the bytes, the byte that is named, and the reason. */
const REFUSED: [AvroSchema, string, number, string][] = [
  ['boolean', '02', 0, 'a boolean is neither 0 nor 1'],
  ['int', 'ffffffff1f', 0, 'an int is too wide'],
  ['long', 'ffffffffffffffffff02', 0, 'a long is too wide'],
  ['long', '80', 1, 'the bytes end too early'],
  ['float', '000000', 0, '4 bytes are needed, 3 are left'],
  ['double', '00000000000000', 0, '8 bytes are needed, 7 are left'],
  ['bytes', '0400', 0, 'bytes of 2 bytes is claimed, 1 are left'],
  ['string', '0661', 0, 'a string of 3 bytes is claimed, 1 are left'],
  ['string', '03', 0, 'a string of -2 bytes is claimed, 0 are left'],
  ['string', '02ff', 1, 'a string is not UTF-8'],
  [['string', 'null'], '04', 1, 'branch 2 of a union of 2 is named'],
  [['string', 'null'], '01', 1, 'branch -1 of a union of 2 is named'],
  [arrayOf('long'), '0602', 1, '3 items are claimed, 1 bytes are left'],
  [arrayOf('float'), '04000000000000', 1, '2 items are claimed, 6 bytes are left'],
  [arrayOf('double'), '040000000000000000', 1, '2 items are claimed, 8 bytes are left'],
  [arrayOf('boolean'), '0202', 1, 'a boolean is neither 0 nor 1'],
  [arrayOf('long'), '0202', 2, 'the bytes end too early'],
  [arrayOf('long'), '0101', 2, 'a block of -1 bytes is claimed'],
  [arrayOf('long'), '010602', 2, 'a block of 3 bytes is claimed'],
  [arrayOf('long'), '07040202', 2, '4 items are claimed, 2 bytes are left'],
  [mapOf('string'), '04026102', 1, '2 items are claimed, 3 bytes are left'],
  [mapOf('string'), '0202ff00', 2, 'a string is not UTF-8'],
  [mapOf('long'), '020261', 3, 'the bytes end too early'],
]

t.test('checkBytes() names the field and the byte of what is wrong', async (t) => {
  for (const [type, hex, offset, reason] of REFUSED) {
    // A sound field of two bytes stands before, and one that is never reached behind.
    const record = recordOf('string', type, 'string')
    const bytes = Buffer.from(`0261${hex}`, 'hex')
    const expected = new AvroError('sample', {
      offset: offset + 2,
      reason: `in field field1: ${reason}`,
    })
    t.throws(() => checkBytes(record, bytes), expected, `${JSON.stringify(type)} ${hex}`)
  }
})

t.test('checkBytes() refuses the smallest long as a count', async (t) => {
  const bytes = Buffer.from('ffffffffffffffffff01' + '00' + '00', 'hex')
  t.throws(() => checkBytes(recordOf(arrayOf('long')), bytes), { name: 'AvroError' })
})

t.test('checkBytes() refuses bytes that are left over', async (t) => {
  const expected = new AvroError('sample', { offset: 2, reason: '3 bytes are left over' })
  t.throws(() => checkBytes(recordOf('string'), Buffer.from('0261000000', 'hex')), expected)
})

t.test('checkBytes() refuses more than a million values', async (t) => {
  const million = Buffer.concat([varint(1_000_000n), Buffer.alloc(1_000_000), varint(0n)])
  t.doesNotThrow(() => checkBytes(recordOf(arrayOf('long')), million))
  const reason = 'there are more than 1000000 values'

  const oneMore = Buffer.concat([varint(1_000_001n), Buffer.alloc(1_000_001), varint(0n)])
  const inOneBlock = new AvroError('sample', { offset: 3, reason: `in field field0: ${reason}` })
  t.throws(() => checkBytes(recordOf(arrayOf('long')), oneMore), inOneBlock)

  const inTwoFields = new AvroError('sample', {
    offset: million.length + 1,
    reason: `in field field1: ${reason}`,
  })
  const twoFields = Buffer.concat([million, Buffer.from('020000', 'hex')])
  t.throws(() => checkBytes(recordOf(arrayOf('long'), arrayOf('long')), twoFields), inTwoFields)

  // Lists of no items count as well: they cost one byte on the wire and an object in memory.
  const lists = recordOf(arrayOf(arrayOf('long')))
  t.throws(() => checkBytes(lists, oneMore), inOneBlock)
  const entries = Buffer.concat([varint(1_000_001n), Buffer.alloc(2_000_002), varint(0n)])
  t.throws(() => checkBytes(recordOf(mapOf('long')), entries), inOneBlock)
})

t.test('checkBytes() passes on an error that is not about the bytes', async (t) => {
  const broken: RecordSchema = {
    type: 'record',
    name: 'sample',
    fields: [
      {
        name: 'field0',
        get type(): AvroSchema {
          throw new TypeError('the schema is broken')
        },
      },
    ],
  }
  t.throws(() => checkBytes(broken, Buffer.alloc(1)), new TypeError('the schema is broken'))
})

t.test('AvroError names the record, the byte and the reason', async (t) => {
  const error = new AvroError('get_job_request', { offset: 7, reason: 'the bytes end too early' })
  t.equal(
    error.message,
    'Cannot decode get_job_request: at byte 7, the bytes end too early',
    'action first, then the reason',
  )
  t.equal(error.name, 'AvroError')
  t.equal(error.code, 'AVRO_UNDECODABLE')
  t.equal(error.record, 'get_job_request')
  t.equal(error.offset, 7)
  t.ok(error instanceof Error)
})
