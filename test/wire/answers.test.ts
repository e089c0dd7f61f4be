import fc from 'fast-check'
import t from 'tap'
import type { RecordSchema } from '../../src/avro/avro-schema.ts'
import { createMap } from '../../src/avro/avro-value.ts'
import { RecordCodec } from '../../src/avro/record-codec.ts'
import { zeroRecord } from '../../src/avro/zero-value.ts'
import {
  answerEncoding,
  ENCODINGS,
  type Encoding,
  RESULT_ENCODINGS,
} from '../../src/jobs/encoding.ts'
import { ECHO } from '../../src/jobs/result.ts'
import { encodeResult } from '../../src/wire/encode-result.ts'
import { findEncoding, getEncoding } from '../../src/wire/encoding.ts'
import { withoutFailoverPhrases } from '../../src/wire/failover-phrases.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { decodeMessage, encodeJson } from '../../src/wire/message.ts'
import { writeNested } from '../../src/wire/nested-json.ts'
import { Wrapper } from '../../src/wire/wrapper.ts'
import { catalogue } from '../support/server.ts'
import { toVectorForm, wireVectors } from '../support/vectors.ts'

const wrapperCodec = catalogue.readWrapper()
const wrapper = new Wrapper(wrapperCodec)

const binary = wireVectors.filter((vector) => vector.content_type.endsWith('octet-stream'))
const json = wireVectors.filter((vector) => vector.content_type.endsWith('json'))

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

t.test('answers that clients accepted decode as the wrapper and its record', async (t) => {
  for (const vector of binary.filter(({ decoded_response }) => decoded_response !== null)) {
    const outer = wrapperCodec.decode(Buffer.from(vector.response_hex, 'hex'))
    t.match(outer, { ...vector.wrapper, data_str: '' }, vector.name)
    const { response } = catalogue.get(vector.endpoint)
    const inner = response.decode(Buffer.concat([Buffer.from(Object(outer['data']))]))
    t.strictSame(toVectorForm({ ...inner }), vector.decoded_response, vector.name)
  }
})

t.test('Wrapper writes exactly the bytes that binary clients accepted', async (t) => {
  for (const vector of binary.filter(({ decoded_response }) => decoded_response !== null)) {
    const outer = wrapperCodec.decode(Buffer.from(vector.response_hex, 'hex'))
    const codec = catalogue.get(vector.endpoint).response
    const record = codec.decode(Buffer.from(Object(outer['data'])))
    for (const encoding of ['binary', 'snappy'] as const) {
      const payload = { dataType: codec.name, payload: codec.encode(record) }
      const { contentType, body } = wrapper.ok(encoding, payload)
      t.equal(contentType, 'application/octet-stream', vector.name)
      t.equal(Buffer.from(body).toString('hex'), vector.response_hex, vector.name)
    }
  }
})

t.test('Wrapper writes the JSON that clients accepted', async (t) => {
  for (const vector of json.filter(({ decoded_response }) => decoded_response !== null)) {
    const accepted = JSON.parse(Buffer.from(vector.response_hex, 'hex').toString('utf8'))
    const codec = catalogue.get(vector.endpoint).response
    const message = { encoding: 'json' as const, name: 'data_str', maxBytes: 0 }
    const record = decodeMessage(codec, { ...message, bytes: Buffer.from(accepted.data_str) })
    t.strictSame(toVectorForm({ ...record }), vector.decoded_response, vector.name)

    const payload = { dataType: codec.name, payload: encodeJson(codec, record) }
    const { contentType, body } = wrapper.ok(getEncoding(vector.content_type), payload)
    t.equal(contentType, 'application/json', vector.name)
    const { data_str, ...outer } = JSON.parse(String(body))
    const { data_str: acceptedText, ...acceptedOuter } = accepted
    t.strictSame(outer, acceptedOuter, vector.name)
    t.equal(withoutSpaces(data_str), withoutSpaces(acceptedText), vector.name)
  }
})

/** JSON text without spaces between tokens: Python writes them, the mock does not. */
function withoutSpaces(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')
}

t.test('Wrapper writes errors as clients accepted them', async (t) => {
  const refused = wireVectors.filter(({ decoded_response }) => decoded_response === null)
  t.ok(refused.length > 0)
  for (const vector of refused) {
    const encoding = getEncoding(vector.content_type)
    const bytes = Buffer.from(vector.response_hex, 'hex')
    const accepted = decodeMessage(wrapperCodec, { encoding, bytes, name: 'it', maxBytes: 0 })
    const { body } = wrapper.error(encoding, String(accepted['message']))
    const written = Buffer.from(body)
    const again = decodeMessage(wrapperCodec, { encoding, bytes: written, name: 'it', maxBytes: 0 })
    t.strictSame(toVectorForm({ ...again }), toVectorForm({ ...accepted }), vector.name)
    t.match(again, { status: 'ERROR', data_type: 'none', data_str: '' }, vector.name)
  }
})

t.test('Wrapper.okRecord() and okLarge() write the bytes of ok(), in every encoding', async (t) => {
  const text = `${'plain '.repeat(1000)}"\\\\\u0001\u00e4\u2028\ud83d`
  const types = {
    text: 'string',
    long: 'long',
    real: 'double',
    flag: 'boolean',
    bytes: 'bytes',
    list: { type: 'array', items: 'string' },
    map: { type: 'map', values: 'string' },
    nothing: { type: 'array', items: 'long' },
    none: { type: 'map', values: 'long' },
  } as const
  const fields = Object.entries(types).map(([name, type]) => ({ name, type }))
  const codecs = [[], fields].map(
    (fields) => new RecordCodec({ type: 'record', name: 'sample', fields }),
  )
  const record = {
    text,
    long: -9007199254740993n,
    real: 0.5,
    flag: true,
    bytes: Buffer.from([0, 34, 255]),
    list: ['a', text.slice(0, -1), ''],
    map: createMap([
      ['one "key"', 'a'],
      [text.slice(0, -1), 'b'],
    ]),
    nothing: [],
    none: createMap([]),
  }
  for (const codec of codecs) {
    for (const encoding of ENCODINGS) {
      const isJson = answerEncoding(encoding) === 'json'
      const payload = isJson ? encodeJson(codec, record) : codec.encode(record)
      const expected = wrapper.ok(encoding, { dataType: 'sample', payload })
      for (const way of ['okRecord', 'okLarge'] as const) {
        const { contentType, body } = wrapper[way](encoding, { codec, record })
        t.equal(contentType, expected.contentType)
        const isSame = Buffer.from(body).equals(Buffer.from(expected.body))
        t.ok(isSame, `${way} ${encoding} ${body.length}`)
      }
    }
  }
})

t.test('Wrapper.okRecord() writes records of any length in Avro', async (t) => {
  const fields = [{ name: 'text', type: 'string' as const }]
  const codec = new RecordCodec({ type: 'record', name: 'sample', fields })
  // The length of the record grows by a byte at each of these; from 2 KiB on, it is counted first.
  for (const size of [0, 61, 62, 63, 2045, 2046, 2047, 8188, 8189, 8190]) {
    const record = { text: 'x'.repeat(size) }
    const expected = wrapper.ok('binary', { dataType: 'sample', payload: codec.encode(record) })
    t.strictSame(wrapper.okRecord('binary', { codec, record }), expected, `${size}`)
  }
})

t.test('writeNested() writes null for a field or an entry without a value', async (t) => {
  const schema: RecordSchema = {
    type: 'record',
    name: 'sample',
    fields: [
      { name: 'a', type: 'null' },
      { name: 'b', type: { type: 'map', values: ['null', 'string'] } },
    ],
  }
  const bytes = writeNested(
    { schema, record: { b: createMap([['c', null]]) } },
    { before: '"', after: '"' },
  )
  t.equal(JSON.parse(bytes.toString('latin1')), '{"a":null,"b":{"c":null}}')
})

t.test('Wrapper.error() writes the layout of the wrapper', async (t) => {
  // "ERROR", "no", "none", no bytes, no text.
  const hex = `${'0a4552524f52'}${'046e6f'}${'086e6f6e65'}0000`
  for (const encoding of ['binary', 'snappy'] as const) {
    const { contentType, body } = wrapper.error(encoding, 'no')
    t.equal(contentType, 'application/octet-stream')
    t.equal(Buffer.from(body).toString('hex'), hex)
  }
  t.strictSame(wrapper.error('json', 'no \u00e4'), {
    contentType: 'application/json',
    body: '{"status":"ERROR","message":"no \\u00e4","data_type":"none","data":"","data_str":""}',
  })
})

t.test('Wrapper writes only ASCII, which is the same in Latin-1 and UTF-8', async (t) => {
  const codec = catalogue.get('/has/table').response
  const record = { table_name: '\u00e4\u2028\u{1f600}', table_exists: true, info: {} }
  for (const payload of [encodeJson(codec, record), JSON.stringify(record)]) {
    const { body } = wrapper.ok('json', { dataType: codec.name, payload })
    t.match(body, /^[ -~]*$/)
    const outer = JSON.parse(latin1(String(body)).toString('latin1'))
    t.strictSame(JSON.parse(outer.data_str), record)
  }
})

t.test(
  'Wrapper.ok() puts a string into data_str and bytes into data, in every encoding',
  async (t) => {
    for (const encoding of ENCODINGS) {
      for (const payload of ['a "text"', Buffer.from([0, 255])]) {
        const { body } = wrapper.ok(encoding, { dataType: 'sample', payload })
        const bytes = Buffer.from(body)
        const form = answerEncoding(encoding)
        const read = { encoding: form, bytes, name: 'it', maxBytes: 0 }
        const { data, data_str, ...rest } = decodeMessage(wrapperCodec, read)
        t.strictSame({ ...rest }, { status: 'OK', message: '', data_type: 'sample' })
        const sent = typeof payload === 'string' ? ['', payload] : [payload.toString('hex'), '']
        t.strictSame([Buffer.from(Object(data)).toString('hex'), data_str], sent, encoding)
      }
    }
  },
)

const records = catalogue.get('/has/table')

// has_table_response of "t", true and an empty map: the length of the text and the text, 01, 00.
const HEX = '02740100'

const JSON_TEXT = '{"table_name":"t","table_exists":true,"info":{}}'

t.test('encodeResult() completes fields from the request, in both encodings', async (t) => {
  const request = { table_name: 't', options: {} }
  const result = { kind: 'fields', fields: { table_exists: true } } as const
  t.equal(encodeResult(result, { records, request, encoding: 'json' }), JSON_TEXT)
  const bytes = encodeResult(result, { records, request, encoding: 'binary' })
  t.equal(Buffer.from(bytes).toString('hex'), HEX)
  t.equal(
    encodeResult(ECHO, { records, request, encoding: 'json' }),
    '{"table_name":"t","table_exists":false,"info":{}}',
  )
})

t.test('encodeResult() returns a raw payload unchanged in every encoding', async (t) => {
  for (const encoding of RESULT_ENCODINGS) {
    for (const payload of ['{"a"', '', Buffer.from([0, 255])]) {
      t.equal(encodeResult({ kind: 'raw', payload }, { records, request: {}, encoding }), payload)
    }
  }
})

const KNOWN: [string | undefined, Encoding][] = [
  ['application/octet-stream', 'binary'],
  ['application/x-snappy', 'snappy'],
  ['application/json', 'json'],
  ['application/json; charset=utf-8', 'json'],
  ['application/json;charset=UTF-8', 'json'],
  ['Application/JSON', 'json'],
  [' application/octet-stream ; a=b', 'binary'],
  ['text/plain', 'json'],
  ['text/plain;charset=UTF-8', 'json'],
  ['application/x-www-form-urlencoded', 'json'],
  ['', 'json'],
  [undefined, 'json'],
]

t.test('findEncoding() and getEncoding() read the content types of PROTOCOL', async (t) => {
  for (const [contentType, encoding] of KNOWN) {
    t.equal(findEncoding(contentType), encoding, String(contentType))
    t.equal(getEncoding(contentType), encoding, String(contentType))
  }
})

t.test('getEncoding() rejects an unknown type, findEncoding() finds none', async (t) => {
  for (const contentType of ['text/html', 'application/xml', 'json', 'multipart/form-data; a=b']) {
    t.equal(findEncoding(contentType), undefined, contentType)
    const known = 'application/json, application/octet-stream or application/x-snappy'
    const message = `Cannot read a body of type ${contentType}: send ${known}`
    t.throws(() => getEncoding(contentType), { name: 'GpudbError', code: 'REFUSED', message })
  }
})

t.test('a GpudbError has the code REFUSED by default', async (t) => {
  const error = new GpudbError('Cannot find job 7')
  t.equal(error.message, 'Cannot find job 7')
  t.equal(error.code, 'REFUSED')
  t.equal(error.name, 'GpudbError')
  t.equal(error.cause, undefined)
  t.ok(error instanceof Error)
})

t.test('GpudbError keeps its code and its cause', async (t) => {
  const cause = new Error('cause')
  const error = new GpudbError('Cannot read the body', { code: 'TOO_LARGE', cause })
  t.equal(error.code, 'TOO_LARGE')
  t.equal(error.cause, cause)
})

t.test('the message of a GpudbError contains no phrase that makes clients fail over', async (t) => {
  const error = new GpudbError('Cannot find table Connection refused')
  t.equal(error.message, 'Cannot find table Connection_refused')
})

/** As PROTOCOL lists them, "Errors". */
const PHRASES = [
  'Kinetica is exiting',
  'Kinetica is offline',
  'System is offline',
  'system-limited-fatal',
  'Connection refused',
  'Connection reset',
  'Query planner is not running',
  'Unexpected end of file from server',
  'System shutting down',
  'Unavailable: Draining HA queue',
]

t.test('withoutFailoverPhrases() alters every phrase and keeps the text readable', async (t) => {
  for (const phrase of PHRASES) {
    const text = withoutFailoverPhrases(`Cannot find ${phrase}: no such table`)
    t.equal(text, `Cannot find ${phrase.replace(/[ -]/, '_')}: no such table`)
  }
})

t.test('withoutFailoverPhrases() keeps other messages unchanged', async (t) => {
  const message = 'Cannot cancel job 7: it is already DONE - the system is online'
  t.equal(withoutFailoverPhrases(message), message)
  t.equal(withoutFailoverPhrases(''), '')
})

t.test('withoutFailoverPhrases() leaves no phrase in any message', async (t) => {
  const words = PHRASES.flatMap((phrase) => phrase.split(/(?<=[ -])/))
  const parts = fc.oneof(fc.constantFrom(...PHRASES), fc.constantFrom(...words), fc.string())
  const property = fc.property(fc.array(parts), (chosen) => {
    const text = withoutFailoverPhrases(chosen.join(''))
    return PHRASES.every((phrase) => !text.includes(phrase))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a long text is escaped as a short one is, also between the halves of a pair', async (t) => {
  const codec = catalogue.get('/alter/table').response
  for (const part of ['é', 'a\u{1f600}', '"\\\u0001', '\ud83d']) {
    const table_name = part.repeat(20_000)
    const text = encodeJson(codec, { ...zeroRecord(codec.schema), table_name })
    t.match(text, /^[ -~]*$/)
    t.equal(JSON.parse(text).table_name, table_name)
  }
})
