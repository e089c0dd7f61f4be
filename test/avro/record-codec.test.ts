import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { AvroError } from '../../src/avro/check-bytes.ts'
import { RecordCodec } from '../../src/avro/record-codec.ts'
import { anyLayout, anyRecord, plainValue } from '../support/avro-arbitrary.ts'
import { referenceRecord, varint } from '../support/avro-reference.ts'
import { catalogueRecords } from '../support/endpoint-catalogue.ts'

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
