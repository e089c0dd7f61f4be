import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { compressSync } from 'snappy'
import t from 'tap'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { RecordCodec } from '../../src/avro/record-codec.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { getEncoding } from '../../src/wire/encoding.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { decodeMessage, encodeJson } from '../../src/wire/message.ts'
import { anyRecord, plainValue } from '../support/avro-arbitrary.ts'
import { referenceRecord } from '../support/avro-reference.ts'
import { catalogueRecords } from '../support/endpoint-catalogue.ts'
import { thrownMessage } from '../support/thrown-message.ts'
import { toVectorForm, wireVectors } from '../support/vectors.ts'

const catalogue = new Catalogue()

/** Fields of decoded requests that differ from the JSON of the client. */
const READ_AS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'node/JSON/create_job_data_undefined': { data: { hex: '' } },
  'node/JSON/create_job_data_null': { data: { hex: '' } },
  'node/JSON/create_job_buffer_object': {
    data: { hex: '147665632e74c3a4626c650674746c023702026b027600' },
  },
  'node/JSON/get_job_by_tag_no_id': { job_id: '0' },
  'node/JSON/get_job_2p53_plus_1_as_string': { job_id: '9007199254740993' },
}

/** Rejected requests: they contain 2^63 - 1 as JavaScript rounds it. */
const REFUSED = ['node/JSON/get_job_int64_max_as_number']

function decode(codec: RecordCodec, encoding: Encoding, bytes: Buffer): AvroRecord {
  return decodeMessage(codec, { encoding, bytes, name: 'the body', maxBytes: 1_000_000 })
}

function decodeText(endpoint: string, text: string): AvroRecord {
  return decode(catalogue.get(endpoint).request, 'json', Buffer.from(text, 'utf8'))
}

/** The error message for the JSON of a request, without its constant beginning. */
function refusal(endpoint: string, text: string): string {
  const { name } = catalogue.get(endpoint).request
  const message = thrownMessage(() => decodeText(endpoint, text))
  return message.replace(`Cannot read the body as ${name}: `, '')
}

t.test('decodeMessage() decodes every request that the clients sent', async (t) => {
  const accepted = wireVectors.filter(({ name }) => !REFUSED.includes(name))
  t.equal(accepted.length, wireVectors.length - REFUSED.length)
  for (const vector of accepted) {
    const codec = catalogue.get(vector.endpoint).request
    const bytes = Buffer.from(vector.request_hex, 'hex')
    const record = decode(codec, getEncoding(vector.content_type), bytes)
    const expected = { ...vector.decoded_request, ...READ_AS[vector.name] }
    t.strictSame(toVectorForm(record), expected, vector.name)
  }
})

t.test('decodeMessage() rejects an integer that JavaScript rounded past 64 bits', async (t) => {
  const refused = wireVectors.filter(({ name }) => REFUSED.includes(name))
  t.equal(refused.length, REFUSED.length)
  for (const { endpoint, request_hex } of refused) {
    t.equal(
      refusal(endpoint, Buffer.from(request_hex, 'hex').toString('utf8')),
      'job_id: expected an integer of 64 bits, got 9223372036854776000',
    )
  }
})

t.test('encode() returns the bytes that the clients sent', async (t) => {
  const binary = wireVectors.filter(({ content_type }) => content_type.endsWith('octet-stream'))
  t.equal(binary.length, 22)
  for (const { name, endpoint, request_hex } of binary) {
    const codec = catalogue.get(endpoint).request
    const record = decode(codec, 'binary', Buffer.from(request_hex, 'hex'))
    t.equal(codec.encode(record).toString('hex'), request_hex, name)
  }
})

/** Whether JSON can express a value: it has no NaN, no infinities, and here no -0. */
function isWritable(value: AvroValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return true
  return Object.values(value).every(isWritable)
}

t.test('decodeMessage() reads the same record from all three encodings', async (t) => {
  for (const { endpoint, role, record } of catalogueRecords) {
    const codec = catalogue.get(endpoint)[role]
    const property = fc.property(anyRecord(record.fields).filter(isWritable), (value) => {
      const bytes = referenceRecord(record.fields, value)
      const expected = plainValue(value)
      return [
        decode(codec, 'binary', bytes),
        decode(codec, 'snappy', compressSync(bytes)),
        decode(codec, 'json', Buffer.from(encodeJson(codec, value), 'utf8')),
      ].every((decoded) => isDeepStrictEqual(plainValue(decoded), expected))
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 3 }), record.name)
  }
})

t.test('decodeMessage() and encodeJson() keep every digit of a long', async (t) => {
  const { request, response } = catalogue.get('/admin/alter/jobs')
  const ids = '9007199254740993,9223372036854775807,-9223372036854775808,-9007199254740993,0'
  const text = `{"job_ids":[${ids}],"action":"cancel","options":{}}`
  const record = decodeText('/admin/alter/jobs', text)
  t.strictSame(record['job_ids'], ids.split(',').map(BigInt))
  t.equal(encodeJson(request, record), text)
  const answer = { job_ids: [2n ** 63n - 1n], action: 'cancel', status: ['done'], info: {} }
  t.equal(
    encodeJson(response, answer),
    '{"job_ids":[9223372036854775807],"action":"cancel","status":["done"],"info":{}}',
  )
})

t.test('decodeMessage() reads integers in quotes, and integers written as decimals', async (t) => {
  for (const text of ['"9223372036854775807"', '9223372036854775807']) {
    t.equal(decodeText('/get/job', `{"job_id": ${text}}`)['job_id'], 9223372036854775807n, text)
  }
  for (const text of ['5', '"5"', '5.0', '5e0', '50e-1']) {
    t.equal(decodeText('/get/job', `{"job_id": ${text}}`)['job_id'], 5n, text)
  }
})

t.test('decodeMessage() rejects a number that is not a 64-bit integer', async (t) => {
  const cases: [string, string][] = [
    ['1.5', '1.5'],
    ['9223372036854775808', '9223372036854775808'],
    ['-9223372036854775809', '-9223372036854775809'],
    ['100000000000000000000000', '1e+23'],
    ['1e400', 'Infinity'],
    ['"1.5"', '"1.5"'],
    ['"five"', '"five"'],
    ['true', 'true'],
    ['[]', 'a list'],
  ]
  for (const [text, got] of cases) {
    const message = `job_id: expected an integer of 64 bits, got ${got}`
    t.equal(refusal('/get/job', `{"job_id": ${text}}`), message, text)
  }
})

t.test('decodeMessage() rejects a fraction that a double would round away', async (t) => {
  for (const text of ['4503599627370497.5', '9007199254740990.6', '1.00000000000000000001']) {
    t.match(
      refusal('/get/job', `{"job_id": ${text}}`),
      /^job_id: expected an integer of 64 bits/,
      text,
    )
  }
})

t.test('decodeMessage() reads bytes in the JSON forms of Avro and of Node', async (t) => {
  const data = (text: string) =>
    decodeText('/create/job', `{"endpoint":"/a","data":${text}}`)['data']
  t.strictSame(data('"\\u0000A\\u00ff"'), Buffer.from('0041ff', 'hex'))
  t.strictSame(data('"\u00e4"'), Buffer.from('e4', 'hex'))
  t.strictSame(data('""'), Buffer.alloc(0))
  t.strictSame(data('{"type":"Buffer","data":[0,65,255]}'), Buffer.from('0041ff', 'hex'))
  t.strictSame(data('{"type":"Buffer","data":[]}'), Buffer.alloc(0))
})

t.test('decodeMessage() rejects bytes in any other form', async (t) => {
  const form = 'expected bytes as a string with one character U+0000 to U+00FF a byte'
  const cases: [string, string][] = [
    ['"\\u0100"', 'got "\u0100"'],
    ['"\u{1f600}"', 'got "\u{1f600}"'],
    ['5', 'got 5'],
    ['[65]', 'got a list'],
    ['{"type":"Buffer","data":[256]}', 'got an object'],
    ['{"type":"Buffer","data":[-1]}', 'got an object'],
    ['{"type":"Buffer","data":[1.5]}', 'got an object'],
    ['{"type":"Buffer","data":["65"]}', 'got an object'],
    ['{"type":"Buffer","data":"A"}', 'got an object'],
    ['{"type":"Buffer"}', 'got an object'],
    ['{"type":"Uint8Array","data":[65]}', 'got an object'],
    ['{"data":[65]}', 'got an object'],
    ['{"__proto__":{"type":"Buffer","data":[65]}}', 'got an object'],
  ]
  for (const [text, got] of cases) {
    const message = refusal('/create/job', `{"endpoint":"/a","data":${text}}`)
    t.equal(message, `data: ${form}, ${got}`, text)
  }
})

t.test('decodeMessage() uses the documented defaults for fields omitted in JSON', async (t) => {
  const expected = {
    endpoint: '/alter/table',
    request_encoding: 'binary',
    data: { hex: '' },
    data_str: '',
    options: {},
  }
  const nulls = '"request_encoding":null,"data":null,"data_str":null,"options":null'
  for (const text of ['{"endpoint":"/alter/table"}', `{"endpoint":"/alter/table",${nulls}}`]) {
    t.strictSame(toVectorForm(decodeText('/create/job', text)), expected, text)
  }
  t.strictSame(toVectorForm(decodeText('/get/job', '{}')), { job_id: '0', options: {} })
  t.strictSame(toVectorForm(decodeText('/show/system/status', '{}')), { options: {} })
})

t.test('decodeMessage() names a missing field', async (t) => {
  for (const text of ['{}', '{"endpoint":null}']) {
    t.equal(refusal('/create/job', text), 'the field endpoint is missing', text)
  }
})

t.test('decodeMessage() names an unknown field and suggests a similar one', async (t) => {
  t.equal(
    refusal('/get/job', '{"jobid": 1}'),
    'jobid: get_job_request has no such field (did you mean job_id?)',
  )
  t.equal(refusal('/get/job', '{"colour": 1}'), 'colour: get_job_request has no such field')
  t.equal(
    refusal('/get/job', '{"__proto__": {"job_id": 1}}'),
    '__proto__: get_job_request has no such field',
  )
})

t.test('decodeMessage() keeps every key of a map', async (t) => {
  const text = '{"options": {"__proto__": "a", "constructor": "b", "toString": "c"}}'
  t.strictSame(Object.entries(Object(decodeText('/get/job', text)['options'])), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
  ])
})

t.test('decodeMessage() names five problems and counts the others', async (t) => {
  const texts = (count: number) => `{"job_ids": [${new Array(count).fill('"x"')}], "action": "a"}`
  const five = [0, 1, 2, 3, 4]
    .map((index) => `job_ids.${index}: expected an integer of 64 bits, got "x"`)
    .join('; ')
  t.equal(refusal('/admin/alter/jobs', texts(5)), five)
  t.equal(refusal('/admin/alter/jobs', texts(6)), `${five}; and 1 more`)
  t.equal(refusal('/admin/alter/jobs', texts(10_000)), `${five}; and 95 more`)
})

t.test('decodeMessage() names the text and the record in errors', async (t) => {
  const { request } = catalogue.get('/get/job')
  const message = { encoding: 'json' as const, name: 'data_str', maxBytes: 10 }
  t.equal(
    thrownMessage(() => decodeMessage(request, { ...message, bytes: Buffer.from('[]') })),
    'Cannot read data_str as get_job_request: ' +
      'expected an object with the fields of get_job_request, got a list',
  )
  t.match(
    thrownMessage(() => decodeMessage(request, { ...message, bytes: Buffer.alloc(0) })),
    /^Cannot read data_str as JSON: /,
  )
  t.equal(
    thrownMessage(() => decodeMessage(request, { ...message, bytes: Buffer.from('ff', 'hex') })),
    'Cannot read data_str as JSON: it is not UTF-8',
  )
})

t.test('decodeMessage() rejects a million nested lists', async (t) => {
  const brackets = '['.repeat(1_000_000)
  t.equal(
    thrownMessage(() => decodeText('/get/job', `{"options": ${brackets}`)),
    'Cannot read the body as JSON: it is nested too deep',
  )
})

t.test('decodeMessage() reports the reason for invalid Avro and snappy', async (t) => {
  const { request } = catalogue.get('/admin/alter/jobs')
  const bytes = Buffer.from('060200', 'hex')
  const expected = {
    name: 'GpudbError',
    code: 'REFUSED',
    message:
      'Cannot decode admin_alter_jobs_request: at byte 1, ' +
      'in field job_ids: 3 items are claimed, 2 bytes are left',
    cause: { name: 'AvroError' },
  }
  t.throws(() => decode(request, 'binary', bytes), expected)
  t.throws(() => decode(request, 'snappy', compressSync(bytes)), expected)
  const tooLarge = compressSync(Buffer.alloc(1_000_001))
  t.throws(() => decode(request, 'snappy', tooLarge), { name: 'GpudbError', code: 'TOO_LARGE' })
})

t.test('decodeMessage() rethrows an error that is not an AvroError', async (t) => {
  class BrokenCodec extends RecordCodec {
    override decode(): AvroRecord {
      throw new TypeError('the codec is broken')
    }
  }
  const broken = new BrokenCodec(catalogue.get('/get/job').request.schema)
  t.throws(() => decode(broken, 'binary', Buffer.alloc(2)), new TypeError('the codec is broken'))
})

t.test('decodeMessage() throws only GpudbError, for any JSON', async (t) => {
  const { request } = catalogue.get('/show/table')
  const keys = fc.constantFrom('table_name', 'options', '__proto__', 'other')
  const property = fc.property(fc.dictionary(keys, fc.jsonValue()), (value) => {
    try {
      return typeof decode(request, 'json', Buffer.from(JSON.stringify(value))) === 'object'
    } catch (error) {
      return error instanceof GpudbError
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})
