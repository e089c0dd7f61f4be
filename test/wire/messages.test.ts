import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { compressSync } from 'snappy'
import t from 'tap'
import type { AvroSchema, RecordSchema } from '../../src/avro/avro-schema.ts'
import { type AvroRecord, type AvroValue, createMap } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { RecordCodec } from '../../src/avro/record-codec.ts'
import { zeroRecord } from '../../src/avro/zero-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { decodeCall } from '../../src/wire/decode-call.ts'
import { getEncoding } from '../../src/wire/encoding.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { jsonText, quotedJson } from '../../src/wire/json-writer.ts'
import { COMPRESSED_VALUES, decodeMessage, encodeJson } from '../../src/wire/message.ts'
import { RecentRequests } from '../../src/wire/recent-requests.ts'
import { decompressSnappy } from '../../src/wire/snappy.ts'
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
    ['"1.5"', 'a string'],
    ['"five"', 'a string'],
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
    ['"\\u0100"', 'got a string'],
    ['"\u{1f600}"', 'got a string'],
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
    .map((index) => `job_ids.${index}: expected an integer of 64 bits, got a string`)
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
      'Cannot read the body as admin_alter_jobs_request: at byte 1, ' +
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

t.test('RecentRequests returns what decodeCall() does, for any calls in turn', async (t) => {
  const endpoints = ['/get/job', '/show/table', '/has/table', '/get/records/json'] as const
  const bodies = ['{}', '{"job_id": 7}', '{"table_name": "a"}', '', '\u0002\u0000', 'ä', '[]']
  const anyCall = fc.record({
    endpoint: fc.constantFrom(...endpoints),
    encoding: fc.constantFrom<Encoding>('json', 'binary', 'snappy'),
    body: fc.constantFrom(...bodies).map((text) => Buffer.from(text)),
    query: fc.constantFrom('', 'table_name=b'),
  })
  const outcome = (decode: () => AvroRecord) => {
    try {
      return plainValue(decode())
    } catch (error) {
      return String(error)
    }
  }
  const recent = new RecentRequests()
  const property = fc.property(anyCall, ({ endpoint, ...parts }) => {
    const records = catalogue.get(endpoint)
    const call = { ...parts, maxBytes: 1000 }
    const decoded = outcome(() => recent.decode(records, call))
    return isDeepStrictEqual(
      decoded,
      outcome(() => decodeCall(records, call)),
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('RecentRequests decodes a small request once, and keeps a bounded number', async (t) => {
  const records = catalogue.get('/get/job')
  const recent = new RecentRequests()
  const call = (text: string) => {
    return { encoding: 'json', query: '', body: Buffer.from(text), maxBytes: 1000 } as const
  }
  const first = recent.decode(records, call('{"job_id": 1}'))
  t.equal(recent.decode(records, call('{"job_id": 1}')), first)
  recent.decode(records, call(`{"job_id": 1}${' '.repeat(256)}`))
  t.equal(recent.size, 1, 'a large one is not kept')
  const body = compressSync(records.request.encode({ job_id: 1n, options: {} }))
  recent.decode(records, { encoding: 'snappy', query: '', body: Buffer.from(body), maxBytes: 1000 })
  t.equal(recent.size, 1, 'a compressed one is not kept: it may hold much more')
  for (let id = 2; id <= 500; id += 1) recent.decode(records, call(`{"job_id": ${id}}`))
  t.equal(recent.size, 500)
  recent.decode(records, call('{"job_id": 501}'))
  t.equal(recent.size, 1, 'keeping begins anew')
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

const ASCII = /^[ -~]*$/

function writeField(type: AvroSchema, value: AvroValue): string {
  const schema: RecordSchema = { type: 'record', name: 'a', fields: [{ name: 'field', type }] }
  return jsonText.record(schema, { field: value })
}

t.test('JsonWriter writes every type', async (t) => {
  const cases: [AvroSchema, AvroValue, string][] = [
    ['null', null, 'null'],
    ['boolean', true, 'true'],
    ['int', -5, '-5'],
    ['long', 9007199254740993n, '9007199254740993'],
    ['long', -9223372036854775808n, '-9223372036854775808'],
    ['double', 1.5, '1.5'],
    ['double', 1e21, '1e+21'],
    ['double', Number.NaN, '"NaN"'],
    ['double', Number.POSITIVE_INFINITY, '"Infinity"'],
    ['double', Number.NEGATIVE_INFINITY, '"-Infinity"'],
    ['string', 'plain text', '"plain text"'],
    ['string', '"\\/', '"\\"\\\\/"'],
    ['string', '\n\t\u0000\u001f', '"\\n\\t\\u0000\\u001f"'],
    ['string', '\u007f', '"\\u007f"'],
    ['string', '\u00e4', '"\\u00e4"'],
    ['string', '\u2028', '"\\u2028"'],
    ['string', '\u{1f600}', '"\\ud83d\\ude00"'],
    ['string', '\ud800', '"\\ud800"'],
    // Avro's JSON encoding of bytes: one character a byte, never base64.
    ['bytes', Buffer.from('00417fff', 'hex'), '"\\u0000A\\u007f\\u00ff"'],
    ['bytes', Buffer.alloc(0), '""'],
    [{ type: 'array', items: 'long' }, [], '[]'],
    [{ type: 'array', items: 'long' }, [1n, 2n], '[1,2]'],
    [{ type: 'map', values: 'string' }, createMap([]), '{}'],
    [
      { type: 'map', values: ['string', 'null'] },
      createMap([
        ['__proto__', 'a'],
        ['\u00e4"', null],
      ]),
      '{"__proto__":"a","\\u00e4\\"":null}',
    ],
  ]
  for (const [type, value, text] of cases) {
    t.equal(writeField(type, value), `{"field":${text}}`, text)
  }
})

t.test('JsonWriter writes the fields in record order', async (t) => {
  const fields = ['b', 'c', 'a'].map((name) => ({ name, type: 'long' as const }))
  const schema: RecordSchema = { type: 'record', name: 'sample', fields }
  t.equal(jsonText.record(schema, { a: 1n, b: 2n, c: 3n }), '{"b":2,"c":3,"a":1}')
  t.equal(jsonText.record(schema, { c: 3n, b: 2n, a: 1n }), '{"b":2,"c":3,"a":1}', 'a second time')
  t.equal(jsonText.record({ ...schema, fields: [] }, {}), '{}', 'no fields')
})

t.test('JsonWriter writes null for a missing field', async (t) => {
  const fields = [{ name: 'a', type: 'string' as const }]
  t.equal(jsonText.record({ type: 'record', name: 'sample', fields }, {}), '{"a":null}')
})

/** A value as JSON.parse returns it: longs are rounded, and NaN is a string. */
function parsedForm(value: AvroValue): unknown {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  if (Array.isArray(value)) return value.map(parsedForm)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parsedForm(item)]))
}

t.test('JsonWriter writes every record as ASCII that JSON.parse reads', async (t) => {
  const catalogue = new Catalogue()
  for (const { endpoint, role, record } of catalogueRecords) {
    const { schema } = catalogue.get(endpoint)[role]
    const property = fc.property(anyRecord(record.fields), (value: AvroRecord) => {
      const text = jsonText.record(schema, value)
      if (JSON.parse(`"${quotedJson.record(schema, value)}"`) !== text) return false
      return ASCII.test(text) && isDeepStrictEqual(JSON.parse(text), parsedForm(value))
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 3 }), record.name)
  }
})

const MAX_BYTES = 100_000

/** The decompressed bytes, or the GpudbError; other errors are rethrown. */
function tryDecompress(block: Buffer): Buffer | GpudbError {
  try {
    return decompressSnappy(block, { name: 'data', maxBytes: MAX_BYTES })
  } catch (error) {
    if (error instanceof GpudbError) return error
    throw error
  }
}

t.test('decompressSnappy() reads the block that the Python client sent', async (t) => {
  const vector = wireVectors.find(({ name }) => name === 'python/BINARY/create_job_snappy')
  const block = '1758147665632e74c3a4626c650674746c023702026b027600'
  t.strictSame(vector?.decoded_request['data'], { hex: block })
  // The block without the length (0x17) and the tag of one literal (0x58).
  t.equal(
    decompressSnappy(Buffer.from(block, 'hex'), { name: 'data', maxBytes: 23 }).toString('hex'),
    block.slice(4),
  )
})

t.test('decompressSnappy() reads literals and copies', async (t) => {
  const cases: [string, string][] = [
    // Empty.
    ['00', ''],
    // 8 bytes: the literal "ab", then a copy of 6 bytes from 2 bytes back.
    ['08' + '046162' + '0902', 'abababab'],
  ]
  for (const [hex, text] of cases) {
    t.equal(
      decompressSnappy(Buffer.from(hex, 'hex'), { name: 'data', maxBytes: 8 }).toString('latin1'),
      text,
      hex,
    )
  }
})

t.test('decompressSnappy() restores what was compressed', async (t) => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.string(), fc.nat(500)).map(([text, times]) => Buffer.from(text.repeat(times))),
  )
  const property = fc.property(anyBytes, (bytes) =>
    decompressSnappy(compressSync(Buffer.from(bytes)), {
      name: 'data',
      maxBytes: bytes.length,
    }).equals(bytes),
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('decompressSnappy() rejects a length over the limit before it allocates', async (t) => {
  const cases: [string, number][] = [
    ['0900', 9],
    ['8080048000', 65536],
    // The largest length of 32 bits: 4 GiB less one byte.
    ['ffffffff0f00', 4294967295],
    ['ffffffff7f00', 34359738367],
  ]
  for (const [hex, length] of cases) {
    const reason = `${length} bytes are more than the limit of 8, raise body-limit`
    const message = `Cannot decompress data: ${reason}`
    const expected = { name: 'GpudbError', code: 'TOO_LARGE', message }
    t.throws(
      () => decompressSnappy(Buffer.from(hex, 'hex'), { name: 'data', maxBytes: 8 }),
      expected,
      hex,
    )
  }
})

t.test('decompressSnappy() accepts a length equal to the limit', async (t) => {
  const block = compressSync(Buffer.alloc(MAX_BYTES))
  t.equal(decompressSnappy(block, { name: 'data', maxBytes: MAX_BYTES }).length, MAX_BYTES)
  t.throws(() => decompressSnappy(block, { name: 'data', maxBytes: MAX_BYTES - 1 }), {
    name: 'GpudbError',
    code: 'TOO_LARGE',
  })
})

t.test('decompressSnappy() rejects a block without a length', async (t) => {
  for (const hex of ['', '80', 'ffffffff', 'ffffffffff', 'ffffffffffffffffff01']) {
    const message = 'Cannot decompress data: the snappy block has no length'
    const expected = { name: 'GpudbError', code: 'REFUSED', message }
    t.throws(
      () => decompressSnappy(Buffer.from(hex, 'hex'), { name: 'data', maxBytes: MAX_BYTES }),
      expected,
      hex,
    )
  }
})

t.test('decompressSnappy() rejects a corrupt block', async (t) => {
  const cases = [
    // A length that is too large; one that is too small; a length without data.
    '05046162',
    '01046162',
    '05',
    // A copy from before the start, a copy with offset 0, a literal that is cut off.
    '080902',
    '08' + '046162' + '0900',
    '08' + 'f0',
    // The stream identifier of the framing format, which GPUdb does not use.
    'ff060000734e61507059',
  ]
  const message = 'Cannot decompress data: the snappy block is corrupt'
  for (const hex of cases) {
    const expected = { name: 'GpudbError', code: 'REFUSED', message }
    t.throws(
      () => decompressSnappy(Buffer.from(hex, 'hex'), { name: 'data', maxBytes: MAX_BYTES }),
      expected,
      hex,
    )
  }
})

t.test('decompressSnappy() returns the declared length or throws, for any bytes', async (t) => {
  const mutated = fc
    .record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      times: fc.integer({ min: 1, max: 20 }),
      at: fc.nat(),
      inserted: fc.uint8Array({ maxLength: 4 }),
      removed: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ bytes, times, at, inserted, removed }) => {
      const block = compressSync(Buffer.concat(new Array(times).fill(bytes)))
      const start = at % (block.length + 1)
      return Buffer.concat([block.subarray(0, start), inserted, block.subarray(start + removed)])
    })
  const random = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))
  const property = fc.property(fc.oneof(random, mutated), (block) => {
    const result = tryDecompress(block)
    return result instanceof GpudbError || result.length <= MAX_BYTES
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 5000 }))
})

t.test('a compressed message has values in proportion to the bytes that were sent', async (t) => {
  const codec = catalogue.get('/admin/alter/jobs').request
  const decode = (encoding: Encoding, ids: number) => {
    const record = { ...zeroRecord(codec.schema), job_ids: Array<bigint>(ids).fill(1n) }
    const bytes = codec.encode(record)
    const sent = encoding === 'snappy' ? Buffer.from(compressSync(bytes)) : bytes
    const message = { encoding, bytes: sent, name: 'the body', maxBytes: 10_000_000 }
    return { sent, decode: () => decodeMessage(codec, message) }
  }
  const few = decode('snappy', COMPRESSED_VALUES)
  t.equal(Object(few.decode()['job_ids']).length, COMPRESSED_VALUES)
  const many = decode('snappy', 200_000)
  const maximum = COMPRESSED_VALUES + many.sent.length
  t.throws(many.decode, {
    message: RegExp(`in field job_ids: there are more than ${maximum} values$`),
  })
  t.equal(Object(decode('binary', 200_000).decode()['job_ids']).length, 200_000)
})
