import { isDeepStrictEqual } from 'node:util'
import avro from 'avsc'
import fc from 'fast-check'
import t from 'tap'
import {
  type AvroSchema,
  isEndpointSchema,
  isRecordSchema,
  type RecordSchema,
  type ValueSchema,
} from '../../src/avro/avro-schema.ts'
import { type AvroRecord, createMap } from '../../src/avro/avro-value.ts'
import { ByteCursor, MalformedBytes } from '../../src/avro/byte-cursor.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { AvroError, checkBytes } from '../../src/avro/check-bytes.ts'
import { isLong, longType } from '../../src/avro/long-type.ts'
import { isMap, MapType } from '../../src/avro/map-type.ts'
import { RecordCodec } from '../../src/avro/record-codec.ts'
import { zeroRecord, zeroValue } from '../../src/avro/zero-value.ts'
import { anyLayout, anyRecord, plainValue } from '../support/avro-arbitrary.ts'
import { referenceRecord, varint } from '../support/avro-reference.ts'
import { catalogueRecords } from '../support/endpoint-catalogue.ts'

function cursorOver(hex: string): ByteCursor {
  return new ByteCursor(Buffer.from(hex, 'hex'))
}

t.test('ByteCursor reports its offset and the remaining bytes', async (t) => {
  const cursor = cursorOver('0102030405')
  t.equal(cursor.offset, 0)
  t.equal(cursor.left, 5)
  cursor.skip(3)
  t.equal(cursor.offset, 3)
  t.equal(cursor.left, 2)
  t.throws(() => cursor.skip(3), new MalformedBytes('3 bytes are needed, 2 are left', 3))
  t.equal(cursor.offset, 3, 'a refused step moves nothing')
})

t.test('long() reads zig-zag varints', async (t) => {
  // The table of the Avro specification, "Binary Encoding", and the ends of what is exact.
  const cases: [string, number][] = [
    ['00', 0],
    ['01', -1],
    ['02', 1],
    ['03', -2],
    ['04', 2],
    ['7f', -64],
    ['8001', 64],
    ['8000', 0],
    ['feffffffffffff1f', 2 ** 53 - 1],
    ['ffffffffffffff0f', -(2 ** 52)],
  ]
  for (const [hex, value] of cases) {
    const cursor = cursorOver(hex)
    t.equal(cursor.long(), value, hex)
    t.equal(cursor.left, 0, hex)
  }
})

t.test('long() takes ten bytes of 64 bits and no more', async (t) => {
  t.ok(cursorOver('feffffffffffffffff01').long() > 2 ** 62, 'the largest long')
  for (const hex of ['ffffffffffffffffff02', 'ffffffffffffffffffff01', '80808080808080808080']) {
    t.throws(() => cursorOver(hex).long(), new MalformedBytes('a long is too wide', 0), hex)
  }
  t.doesNotThrow(() => cursorOver('80808080808080808000').long(), 'ten bytes that say 0')
})

t.test('skipInt() takes five bytes of 32 bits and no more', async (t) => {
  for (const hex of ['00', 'feffffff0f', 'ffffffff0f', '8080808000']) {
    const cursor = cursorOver(hex)
    cursor.skipInt()
    t.equal(cursor.left, 0, hex)
  }
  for (const hex of ['ffffffff10', 'ffffffff1f', '808080808000']) {
    t.throws(() => cursorOver(hex).skipInt(), new MalformedBytes('an int is too wide', 0), hex)
  }
})

t.test('a varint that is cut off is refused', async (t) => {
  t.throws(() => cursorOver('').long(), new MalformedBytes('the bytes end too early', 0))
  t.throws(() => cursorOver('ffff').skipInt(), new MalformedBytes('the bytes end too early', 2))
})

t.test('skipBoolean() takes 0 and 1 alone', async (t) => {
  const cursor = cursorOver('000102')
  cursor.skipBoolean()
  cursor.skipBoolean()
  const refused = new MalformedBytes('a boolean is neither 0 nor 1', 2)
  t.throws(() => cursor.skipBoolean(), refused)
  t.throws(() => cursorOver('').skipBoolean(), new MalformedBytes('the bytes end too early', 0))
})

t.test('skipBytes() passes over any bytes, skipString() over UTF-8 alone', async (t) => {
  const bytes = cursorOver('06ff00fe')
  bytes.skipBytes()
  t.equal(bytes.left, 0)
  const text = cursorOver('04c3a4')
  text.skipString()
  t.equal(text.left, 0)
  // A lone byte, an overlong NUL, a surrogate, a cut sequence, a scalar past U+10FFFF.
  for (const hex of ['02ff', '04c080', '06eda080', '02c3', '08f4908080']) {
    const cursor = cursorOver(hex)
    t.throws(() => cursor.skipString(), new MalformedBytes('a string is not UTF-8', 1), hex)
  }
})

t.test('a length beyond the remaining bytes is rejected at its offset', async (t) => {
  const cursor = cursorOver('0006aa')
  cursor.skipBytes()
  const reason = 'bytes of 3 bytes is claimed, 1 are left'
  t.throws(() => cursor.skipBytes(), new MalformedBytes(reason, 1))
  t.throws(
    () => cursorOver('01').skipString(),
    new MalformedBytes('a string of -1 bytes is claimed, 0 are left', 0),
  )
})

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

/** Rejected bytes: the type, the bytes, the offset in the error, and the reason. */
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

t.test('checkBytes() refuses more than 250,000 values', async (t) => {
  const most = Buffer.concat([varint(250_000n), Buffer.alloc(250_000), varint(0n)])
  t.doesNotThrow(() => checkBytes(recordOf(arrayOf('long')), most))
  const reason = 'there are more than 250000 values'

  const oneMore = Buffer.concat([varint(250_001n), Buffer.alloc(250_001), varint(0n)])
  const inOneBlock = new AvroError('sample', { offset: 3, reason: `in field field0: ${reason}` })
  t.throws(() => checkBytes(recordOf(arrayOf('long')), oneMore), inOneBlock)

  const inTwoFields = new AvroError('sample', {
    offset: most.length + 1,
    reason: `in field field1: ${reason}`,
  })
  const twoFields = Buffer.concat([most, Buffer.from('020000', 'hex')])
  t.throws(() => checkBytes(recordOf(arrayOf('long'), arrayOf('long')), twoFields), inTwoFields)

  // Lists of no items count as well: they cost one byte on the wire and an object in memory.
  const lists = recordOf(arrayOf(arrayOf('long')))
  t.throws(() => checkBytes(lists, oneMore), inOneBlock)
  // Keys count too.
  const map = (count: number) => {
    return Buffer.concat([varint(BigInt(count)), Buffer.alloc(2 * count), varint(0n)])
  }
  t.doesNotThrow(() => checkBytes(recordOf(mapOf('long')), map(125_000)))
  t.throws(() => checkBytes(recordOf(mapOf('long')), map(125_001)), inOneBlock)
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

const catalogue = new Catalogue()

/** Every record with the codec that is to read and write it. */
const cases = catalogueRecords.map(({ endpoint, role, record }) => ({
  name: record.name,
  fields: record.fields,
  codec: catalogue.get(endpoint)[role],
}))

const { request: alterJobs } = catalogue.get('/admin/alter/jobs')
const { request: getJob } = catalogue.get('/get/job')

function same(left: AvroRecord, right: AvroRecord): boolean {
  return isDeepStrictEqual(plainValue(left), plainValue(right))
}

/** What decoding gives: the record, or the AvroError; anything else that is thrown passes. */
function tryDecode(codec: RecordCodec, bytes: Uint8Array): AvroRecord | AvroError {
  try {
    return codec.decode(bytes)
  } catch (error) {
    if (error instanceof AvroError) return error
    throw error
  }
}

/** Whether bytes are refused with an AvroError of the record, or read as what can be written. */
function refusedOrSound(codec: RecordCodec, bytes: Uint8Array): boolean {
  const decoded = tryDecode(codec, bytes)
  if (decoded instanceof AvroError) {
    return decoded.record === codec.name && decoded.offset <= bytes.length
  }
  return same(codec.decode(codec.encode(decoded)), decoded)
}

t.test('RecordCodec agrees with a second implementation on every record', async (t) => {
  for (const { name, fields, codec } of cases) {
    const property = fc.property(anyRecord(fields), (record) => {
      const bytes = referenceRecord(fields, record)
      return codec.encode(record).equals(bytes) && same(codec.decode(bytes), record)
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 10 }), name)
  }
})

t.test('decode() reads arrays and maps in blocks, sized or not', async (t) => {
  for (const { name, fields, codec } of cases) {
    const property = fc.property(anyRecord(fields), anyLayout, (record, layout) =>
      same(codec.decode(referenceRecord(fields, record, layout)), record),
    )
    t.doesNotThrow(() => fc.assert(property, { numRuns: 6 }), name)
  }
})

t.test('decode() reads a varint that is longer than it need be', async (t) => {
  // 2 ids: 1 in ten bytes, -1 in two; "cancel"; no options, in three bytes.
  const hex = `8480${'00'}${'82808080808080808000'}${'8100'}00${'0c63616e63656c'}${'808000'}`
  t.strictSame(plainValue(alterJobs.decode(Buffer.from(hex, 'hex'))), {
    job_ids: [1n, -1n],
    action: 'cancel',
    options: {},
  })
})

t.test('decode() reads bytes that are part of a larger buffer', async (t) => {
  const whole = new Uint8Array(Buffer.from('ffff0200ffff', 'hex'))
  const record = getJob.decode(whole.subarray(2, 4))
  t.strictSame(plainValue(record), { job_id: 1n, options: {} })
})

t.test('decode() keeps a byte order mark', async (t) => {
  const { request } = catalogue.get('/has/table')
  // table_name is U+FEFF, "a"; no options.
  const record = request.decode(Buffer.from('08efbbbf6100', 'hex'))
  t.equal(record['table_name'], '\ufeffa')
})

t.test('decode() refuses every record that is cut short or has a byte too many', async (t) => {
  for (const { name, fields, codec } of cases) {
    const [sample = {}] = fc.sample(anyRecord(fields), { numRuns: 1, seed: 7 })
    const bytes = referenceRecord(fields, sample)
    const cut = bytes.subarray(0, bytes.length - 1)
    t.throws(() => codec.decode(cut), { name: 'AvroError', record: name }, `${name} cut short`)
    const long = Buffer.concat([bytes, Buffer.alloc(1)])
    const leftOver = new AvroError(name, { offset: bytes.length, reason: '1 bytes are left over' })
    t.throws(() => codec.decode(long), leftOver, `${name} with a byte too many`)
  }
})

t.test('decode() refuses random bytes with an AvroError, or reads them soundly', async (t) => {
  for (const { name, codec } of cases) {
    const property = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) =>
      refusedOrSound(codec, bytes),
    )
    t.doesNotThrow(() => fc.assert(property, { numRuns: 25 }), name)
  }
})

t.test('decode() refuses mutated bytes with an AvroError, or reads them soundly', async (t) => {
  const anyMutation = fc.record({
    at: fc.nat(),
    removed: fc.integer({ min: 0, max: 3 }),
    inserted: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      // Counts and lengths near the ends of what a long holds.
      fc
        .constantFrom(
          2n ** 63n - 1n,
          -(2n ** 63n),
          2n ** 31n,
          2n ** 32n,
          2n ** 53n,
          -1n,
          1_000_001n,
        )
        .map((value) => new Uint8Array(varint(value))),
    ),
  })
  for (const { name, fields, codec } of cases) {
    const property = fc.property(anyRecord(fields), anyMutation, (record, mutation) => {
      const bytes = referenceRecord(fields, record)
      const at = mutation.at % (bytes.length + 1)
      const rest = bytes.subarray(at + mutation.removed)
      return refusedOrSound(codec, Buffer.concat([bytes.subarray(0, at), mutation.inserted, rest]))
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 15 }), name)
  }
})

t.test('decode() refuses a small body that claims a great deal', async (t) => {
  const claims = [2n ** 20n, 2n ** 31n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 62n)]
  for (const claim of claims) {
    const bytes = Buffer.concat([varint(claim), Buffer.alloc(16)])
    t.throws(() => alterJobs.decode(bytes), { name: 'AvroError' }, `${claim} ids`)
    const { request } = catalogue.get('/alter/table')
    t.throws(() => request.decode(bytes), { name: 'AvroError' }, `a string of ${claim} bytes`)
  }
})

t.test('decode() says which field and byte are wrong', async (t) => {
  // 3 ids are claimed, 2 bytes are there.
  const expected = new AvroError('admin_alter_jobs_request', {
    offset: 1,
    reason: 'in field job_ids: 3 items are claimed, 2 bytes are left',
  })
  t.throws(() => alterJobs.decode(Buffer.from('060200', 'hex')), expected)
})

t.test('encode() refuses a record that is not whole or not of its types', async (t) => {
  const options = Object.create(null)
  t.throws(() => getJob.encode({ options }), 'a field is missing')
  t.throws(() => getJob.encode({ job_id: 1, options }), 'a number is no long')
  t.throws(() => getJob.encode({ job_id: 2n ** 63n, options }), 'over 64 bits')
})

t.test('encode() writes more than fits the first buffer of the library', async (t) => {
  const text = '\u00e4'.repeat(100_000)
  const record = { table_name: text, options: {} }
  const { request } = catalogue.get('/has/table')
  const bytes = Buffer.concat([varint(200_000n), Buffer.from(text, 'utf8'), varint(0n)])
  t.ok(request.encode(record).equals(bytes))
})

t.test('RecordCodec reads and writes a union that holds null', async (t) => {
  const codec = new RecordCodec({
    type: 'record',
    name: 'sample',
    fields: [
      { name: 'rows', type: { type: 'array', items: { type: 'map', values: ['string', 'null'] } } },
    ],
  })
  // 1 row of 2 entries: "a" to branch 0, "b"; "c" to branch 1, null.
  const hex = `02${'04'}${'0261000262'}${'026302'}0000`
  const decoded = codec.decode(Buffer.from(hex, 'hex'))
  t.strictSame(plainValue(decoded), { rows: [{ a: 'b', c: null }] })
  t.equal(codec.encode(decoded).toString('hex'), hex)
})

function onlyField(type: unknown): unknown {
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
    t.equal(isRecordSchema(onlyField(type)), true, JSON.stringify(type))
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
    t.equal(isRecordSchema(onlyField(type)), false, JSON.stringify(type) ?? 'undefined')
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
  const record = onlyField('string')
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

t.test('createMap() creates an empty map that cannot be changed', async (t) => {
  const map = createMap([])
  t.strictSame(Object.keys(map), [])
  t.equal(Reflect.set(map, 'key', 'value'), false)
})

t.test('zeroValue() returns the zero of every type', async (t) => {
  const cases: [ValueSchema, unknown][] = [
    ['object', createMap([])],
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
