import assert from 'node:assert/strict'
import fc from 'fast-check'
import { uncompressSync } from 'snappy'
import t from 'tap'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { zeroRecord } from '../../src/avro/zero-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import type { CodecMistake, MessagePart } from '../../src/rules/damage.ts'
import { Draws } from '../../src/rules/draws.ts'
import { type DamagedMessage, damageMessage } from '../../src/wire/damage-message.ts'
import { Wrapper } from '../../src/wire/wrapper.ts'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { referenceRecord, varint } from '../support/avro-reference.ts'
import { readReferenceRecord } from '../support/avro-reference-reader.ts'
import { decodePayload, responseOf } from '../support/decode-payload.ts'
import { encodeRecord } from '../support/encode-record.ts'
import type { CatalogueField } from '../support/endpoint-catalogue.ts'
import { type Wrapper as ReadWrapper, readWrapper } from '../support/read-wrapper.ts'

const catalogue = new Catalogue()
const codec = catalogue.readWrapper()
const wrapper = new Wrapper(codec)

/** An answer before it is damaged. */
interface Whole {
  readonly encoding: Exclude<Encoding, 'snappy'>
  readonly endpoint: string
  readonly body: Buffer
}

function damage(whole: Whole, mistake: CodecMistake, seed = 1): DamagedMessage {
  const tools = { catalogue, wrapper: codec, draws: new Draws(seed) }
  return damageMessage(mistake, { message: whole, tools })
}

/** An answer with a record, which test code encodes. */
function answerOf(encoding: Whole['encoding'], endpoint: string, record: AvroRecord): Whole {
  const { name, fields } = responseOf(endpoint)
  const bytes = encodeRecord(fields, { encoding, record })
  const payload = encoding === 'json' ? toAscii(bytes.toString()) : bytes
  return { encoding, endpoint, body: bodyOf(wrapper.ok(encoding, { dataType: name, payload })) }
}

/** JSON as it is sent: every other character has an escape. */
function toAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function bodyOf({ body }: { readonly body: Buffer | string }): Buffer {
  return Buffer.from(body)
}

/** Reads a wrapper in the encoding, with code of the tests. */
function read({ encoding, body }: Pick<Whole, 'encoding' | 'body'>): ReadWrapper {
  const type = encoding === 'json' ? 'application/json' : 'application/octet-stream'
  return readWrapper({ status: 200, headers: new Map([['content-type', type]]), body })
}

function readDamaged(whole: Whole, mistake: CodecMistake): ReadWrapper {
  const { body, contentLength } = damage(whole, mistake)
  assert.equal(contentLength, undefined, 'the length of the body is right')
  return read({ ...whole, body })
}

function bytesOf(payload: unknown): Buffer {
  return Buffer.isBuffer(payload) ? payload : Buffer.from(String(payload), 'latin1')
}

/** How many bits differ. Throws if the lengths do. */
function differingBits(one: Buffer, other: Buffer): number {
  if (one.length !== other.length) throw new Error(`${one.length} and ${other.length} bytes`)
  const bits = Array.from(one, (byte, index) => (byte ^ (other[index] ?? 0)).toString(2))
  return bits.join('').replaceAll('0', '').length
}

/** JSON has no NaN and no -0, which the answers of the test server have neither. */
function isPlain(value: AvroValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return true
  return Object.values(value).every(isPlain)
}

const ENDPOINTS = ['/has/table', '/show/table', '/alter/table', '/aggregate/statistics'] as const

const anyEncoding = fc.constantFrom('json' as const, 'binary' as const)

const anyAnswer: fc.Arbitrary<Whole> = fc
  .tuple(anyEncoding, fc.constantFrom(...ENDPOINTS))
  .chain(([encoding, endpoint]) =>
    anyRecord(responseOf(endpoint).fields)
      .filter(isPlain)
      .map((record) => answerOf(encoding, endpoint, record)),
  )

/** The result of a job, its field in the answer of `/get/job`, and that answer. */
interface Poll {
  readonly whole: Whole
  readonly held: 'job_response' | 'job_response_str'
}

const POLL = responseOf('/get/job')

/** An answer of `/get/job` with any result, which need not be a record. */
const anyPoll: fc.Arbitrary<Poll> = fc
  .record({
    encoding: anyEncoding,
    record: anyRecord(POLL.fields).filter(isPlain),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    text: fc.string({ minLength: 1, maxLength: 40 }),
    held: fc.constantFrom('job_response' as const, 'job_response_str' as const),
  })
  .map(({ encoding, record, bytes, text, held }) => {
    const isText = held === 'job_response_str'
    const result = {
      job_response: isText ? Buffer.alloc(0) : bytes,
      job_response_str: isText ? text : '',
    }
    return { whole: answerOf(encoding, '/get/job', { ...record, ...result }), held }
  })

/** The poll's record, whose result the answer holds in bytes, in JSON one character each. */
function readPoll({ held }: Poll, { payload }: ReadWrapper) {
  const record = decodePayload(POLL, payload)
  const { [held]: result, ...rest } = record
  return { rest, result: bytesOf(result) }
}

function property<Value>(arbitrary: fc.Arbitrary<Value>, check: (value: Value, n: number) => void) {
  const options = { numRuns: 60 }
  fc.assert(fc.property(arbitrary, fc.integer({ min: 1, max: 30 }), check), options)
}

t.test('truncate, flip and trailing change the bytes of the wrapper', async () => {
  property(anyAnswer, (whole, n) => {
    const { body } = whole
    const cut = damage(whole, { codec: 'truncate', part: 'wrapper', bytes: n })
    assert.deepStrictEqual(cut, { body: body.subarray(0, Math.max(0, body.length - n)) })
    const flipped = damage(whole, { codec: 'flip', part: 'wrapper', bits: n })
    assert.equal(differingBits(flipped.body, body), Math.min(n, body.length * 8))
    const longer = damage(whole, { codec: 'trailing', bytes: n })
    assert.deepStrictEqual(longer.body.subarray(0, body.length), body)
    assert.equal(longer.body.length, body.length + n)
    assert.deepStrictEqual(Object.keys(longer), ['body'])
  })
})

t.test('truncate and flip change the payload, and the wrapper around it stays', async () => {
  property(anyAnswer, (whole, n) => {
    const { payload, ...rest } = read(whole)
    const bytes = bytesOf(payload)
    const { payload: short, ...around } = readDamaged(whole, {
      codec: 'truncate',
      part: 'data',
      bytes: n,
    })
    assert.deepStrictEqual(around, rest)
    assert.deepStrictEqual(bytesOf(short), bytes.subarray(0, Math.max(0, bytes.length - n)))
    const flipped = readDamaged(whole, { codec: 'flip', part: 'data', bits: n })
    assert.deepStrictEqual({ ...flipped, payload }, { ...rest, payload })
    assert.equal(differingBits(bytesOf(flipped.payload), bytes), Math.min(n, bytes.length * 8))
  })
})

t.test('truncate and flip change the result of a job, and nothing around it', async () => {
  property(anyPoll, (poll, n) => {
    const { whole } = poll
    const before = read(whole)
    const { rest, result } = readPoll(poll, before)
    const check = (mistake: CodecMistake) => {
      const after = readDamaged(whole, mistake)
      assert.deepStrictEqual({ ...after, payload: '' }, { ...before, payload: '' })
      const now = readPoll(poll, after)
      assert.deepStrictEqual(now.rest, rest)
      return now.result
    }
    const short = check({ codec: 'truncate', part: 'job_response', bytes: n })
    assert.deepStrictEqual(short, result.subarray(0, Math.max(0, result.length - n)))
    const flipped = check({ codec: 'flip', part: 'job_response', bits: n })
    assert.equal(differingBits(flipped, result), Math.min(n, result.length * 8))
  })
})

/** The fields of `gpudb_response` before `data`. */
const BEFORE_DATA: readonly CatalogueField[] = ['status', 'message', 'data_type'].map((name) => ({
  name,
  type: 'string',
}))

function wrapInAvro({ status, message, dataType }: ReadWrapper, length: number, payload: Buffer) {
  const before = referenceRecord(BEFORE_DATA, { status, message, data_type: dataType })
  return Buffer.concat([before, varint(BigInt(length)), payload, Buffer.alloc(1)])
}

t.test('claim writes another length, and every other byte stays', async () => {
  property(anyPoll, (poll, n) => {
    const { whole, held } = poll
    const { body, encoding } = whole
    const wrong = 1000 * n
    const claim = (part: MessagePart) => damage(whole, { codec: 'claim', part, length: wrong })
    assert.deepStrictEqual(claim('wrapper'), { body, contentLength: wrong })
    if (encoding === 'json') {
      assert.deepStrictEqual(claim('data'), { body, contentLength: wrong })
      assert.deepStrictEqual(claim('job_response'), { body, contentLength: wrong })
      return
    }
    const before = read(whole)
    const payload = bytesOf(before.payload)
    assert.deepStrictEqual(claim('data').body, wrapInAvro(before, wrong, payload))
    const place = POLL.fields.findIndex(({ name }) => name === held)
    const record = readReferenceRecord(POLL.fields, payload)
    const result = Buffer.isBuffer(record[held]) ? record[held] : Buffer.from(String(record[held]))
    const inner = Buffer.concat([
      referenceRecord(POLL.fields.slice(0, place), record),
      varint(BigInt(wrong)),
      result,
      referenceRecord(POLL.fields.slice(place + 1), record),
    ])
    assert.deepStrictEqual(claim('job_response').body, wrapInAvro(before, inner.length, inner))
  })
})

t.test('record sends the zero value of another record under the old data_type', async () => {
  property(anyAnswer, (whole) => {
    const { payload, ...rest } = read(whole)
    const { payload: other, ...around } = readDamaged(whole, {
      codec: 'record',
      endpoint: '/clear/table',
    })
    assert.deepStrictEqual(around, rest)
    assert.notEqual(other, payload)
    const zero = decodePayload(responseOf('/clear/table'), other)
    assert.deepStrictEqual(structuredClone(zero), { table_name: '', info: {} })
  })
})

t.test('data_type and status are another text, and all else stays', async () => {
  property(fc.tuple(anyAnswer, fc.string()), ([whole, text]) => {
    const before = read(whole)
    const typed = readDamaged(whole, { codec: 'data_type', text })
    assert.deepStrictEqual(typed, { ...before, dataType: text })
    assert.deepStrictEqual(readDamaged(whole, { codec: 'status', text }), {
      ...before,
      status: text,
    })
  })
})

t.test('omit leaves fields out, of the wrapper and of the response', async () => {
  const fields = ['status', 'exists', 'table_name', 'info', 'unknown']
  property(fc.tuple(anyAnswer, fc.subarray(fields)), ([whole, names]) => {
    const { body } = damage(whole, { codec: 'omit', fields: names })
    const { name, fields: inner } = responseOf(whole.endpoint)
    const record = decodePayload({ name, fields: inner }, read(whole).payload)
    const kept = inner.filter((field) => !names.includes(field.name))
    if (whole.encoding === 'json') {
      const { data_str, ...around } = Object(JSON.parse(body.toString()))
      const { status, ...outer } = Object(JSON.parse(whole.body.toString()))
      const expected = names.includes('status') ? outer : { status, ...outer }
      assert.deepStrictEqual({ ...around, data_str: '' }, { ...expected, data_str: '' })
      assert.deepStrictEqual(JSON.parse(data_str), pick(record, kept))
      return
    }
    const outer = [...BEFORE_DATA, { name: 'data', type: 'bytes' as const }]
    const left = outer.filter((field) => !names.includes(field.name))
    const { data } = readReferenceRecord([...left, { name: 'data_str', type: 'string' }], body)
    assert.deepStrictEqual(readReferenceRecord(kept, bytesOf(data)), pick(record, kept))
  })
})

function pick(record: Readonly<Record<string, unknown>>, fields: readonly CatalogueField[]) {
  return Object.fromEntries(fields.map(({ name }) => [name, record[name]]))
}

t.test('as writes the same answer in another encoding', async () => {
  property(anyRecord(responseOf('/show/table').fields).filter(isPlain), (record) => {
    const [json, binary] = [
      answerOf('json', '/show/table', record),
      answerOf('binary', '/show/table', record),
    ]
    assert.deepStrictEqual(damage(json, { codec: 'as', encoding: 'json' }).body, json.body)
    assert.deepStrictEqual(damage(binary, { codec: 'as', encoding: 'binary' }).body, binary.body)
    const toAvro = damage(json, { codec: 'as', encoding: 'binary' }).body
    assert.deepStrictEqual(valuesOf('binary', toAvro), valuesOf('binary', binary.body))
    const toJson = damage(binary, { codec: 'as', encoding: 'json' }).body
    assert.deepStrictEqual(valuesOf('json', toJson), valuesOf('json', json.body))
    for (const whole of [json, binary]) {
      const { body } = damage(whole, { codec: 'as', encoding: 'snappy' })
      const avro = Buffer.from(uncompressSync(body))
      assert.deepStrictEqual(valuesOf('binary', avro), valuesOf('binary', binary.body))
    }
  })
})

/** The values of an answer of `/show/table`; the order in maps may differ. */
function valuesOf(encoding: Whole['encoding'], body: Buffer) {
  const { payload, ...rest } = read({ encoding, body })
  return { ...rest, record: structuredClone(decodePayload(responseOf('/show/table'), payload)) }
}

const ON_PARTS = (['data', 'job_response'] as const).flatMap((part): CodecMistake[] => [
  { codec: 'truncate', part, bytes: 3 },
  { codec: 'flip', part, bits: 3 },
  { codec: 'claim', part, length: 3 },
])

t.test('an answer without the part stays as it is', async (t) => {
  const none = zeroRecord(catalogue.get('/get/job').response.schema)
  for (const encoding of ['json', 'binary'] as const) {
    const running = answerOf(encoding, '/get/job', none)
    for (const mistake of ON_PARTS.filter((one) => 'part' in one && one.part !== 'data')) {
      t.strictSame(damage(running, mistake), { body: running.body }, JSON.stringify(mistake))
    }
    const body = bodyOf(wrapper.error(encoding, 'no such table'))
    const refused = { encoding, endpoint: '/get/job', body }
    for (const mistake of [...ON_PARTS, { codec: 'record', endpoint: '/has/table' } as const]) {
      t.strictSame(damage(refused, mistake), { body }, JSON.stringify(mistake))
    }
    const renamed = readDamaged(refused, { codec: 'status', text: 'FINE' })
    t.match(renamed, { status: 'FINE', message: 'no such table', dataType: 'none' })
    const omitted = damage(refused, { codec: 'omit', fields: ['nothing', 'job_id'] })
    t.strictSame(omitted, { body })
  }
  const table = answerOf('binary', '/clear/table', { table_name: 'x', info: {} })
  const ofJob = { codec: 'truncate', part: 'job_response', bytes: 1 } as const
  t.strictSame(damage(table, ofJob), { body: table.body }, 'no poll')
  const error = bodyOf(wrapper.error('json', 'no'))
  const whole = { encoding: 'json', endpoint: '/get/job', body: error } as const
  const converted = damage(whole, { codec: 'as', encoding: 'binary' }).body
  t.strictSame(converted, bodyOf(wrapper.error('binary', 'no')))
})

/** Answers whose payload is not the response record, as rules can send. */
const RAW = [
  { encoding: 'json', payload: '<html>502</html>' },
  { encoding: 'json', payload: 'Grüße, 漢字' },
  { encoding: 'json', payload: Buffer.from('00ff80', 'hex') },
  { encoding: 'binary', payload: Buffer.from('00ff80', 'hex') },
  { encoding: 'binary', payload: 'plain text' },
] as const

for (const { encoding, payload } of RAW) {
  t.test(`a raw payload in ${encoding}: ${JSON.stringify(payload)}`, async (t) => {
    const { body } = wrapper.ok(encoding, { dataType: 'get_job_response', payload })
    const whole = { encoding, endpoint: '/get/job', body: Buffer.from(body) }
    const held = typeof payload === 'string' ? 'data_str' : 'data'
    const readRaw = (bytes: Buffer) =>
      encoding === 'json'
        ? Object(JSON.parse(bytes.toString()))
        : readReferenceRecord(ALL_FIELDS, bytes)
    const before = readRaw(whole.body)
    const short = readRaw(damage(whole, { codec: 'truncate', part: 'data', bytes: 1 }).body)
    t.strictSame({ ...short, [held]: '' }, { ...before, [held]: '' })
    t.equal(String(short[held]), String(before[held].slice(0, -1)).concat(lastHalf(payload)))
    const unchanged: readonly CodecMistake[] = [
      ...ON_PARTS.filter((one) => 'part' in one && one.part === 'job_response'),
      { codec: 'omit', fields: ['job_id'] },
    ]
    for (const mistake of unchanged) {
      t.strictSame(damage(whole, mistake), { body: whole.body }, mistake.codec)
    }
    const other = encoding === 'json' ? 'binary' : 'json'
    const converted = damage(whole, { codec: 'as', encoding: other }).body
    t.strictSame(converted, bodyOf(wrapper.ok(other, { dataType: 'get_job_response', payload })))
  })
}

const ALL_FIELDS: readonly CatalogueField[] = [
  ...BEFORE_DATA,
  { name: 'data', type: 'bytes' },
  { name: 'data_str', type: 'string' },
]

/** What is left of the last character when its last byte is missing, in texts beyond ASCII. */
function lastHalf(payload: string | Buffer): string {
  return typeof payload === 'string' && payload.endsWith('字') ? '\ufffd' : ''
}

t.test('an empty payload is where a payload would be', async (t) => {
  for (const encoding of ['json', 'binary'] as const) {
    const { body } = wrapper.ok(encoding, { dataType: 'x', payload: '' })
    const whole = { encoding, endpoint: '/get/records/json', body: Buffer.from(body) }
    const zero = readDamaged(whole, { codec: 'record', endpoint: '/clear/table' })
    const record = decodePayload(responseOf('/clear/table'), zero.payload)
    t.strictSame(structuredClone(record), { table_name: '', info: {} }, encoding)
    t.strictSame(damage(whole, { codec: 'omit', fields: ['records'] }), { body: whole.body })
  }
})

t.test('the answer of an endpoint that is JSON only has its object as payload', async (t) => {
  const payload = '{"count_inserted":9007199254740993,"count_updated":0,"info":{"a":"\\u00e4"}}'
  const form = 'query and records'
  const dataType = 'insert_records_response'
  const { body } = wrapper.ok('json', { dataType, payload, form })
  const whole: Whole = {
    encoding: 'json',
    endpoint: '/insert/records/json',
    body: Buffer.from(body),
  }
  const around = (status: string, data: string) =>
    `{"status":"${status}","message":"","data_type":"${dataType}",${data}"data_str":""}`
  const textAfter = (mistake: CodecMistake) => damage(whole, mistake).body.toString()
  t.equal(String(body), around('OK', `"data":${payload},`))
  t.equal(
    textAfter({ codec: 'truncate', part: 'data', bytes: 2 }),
    around('OK', `"data":${payload.slice(0, -2)},`),
  )
  t.equal(textAfter({ codec: 'status', text: 'NO' }), around('NO', `"data":${payload},`))
  t.equal(textAfter({ codec: 'omit', fields: ['data'] }), around('OK', ''))
  t.equal(
    textAfter({ codec: 'record', endpoint: '/clear/table' }),
    around('OK', '"data":{"table_name":"","info":{}},'),
  )
  t.equal(textAfter({ codec: 'as', encoding: 'json' }), String(body))
  const avro = read({
    encoding: 'binary',
    body: damage(whole, { codec: 'as', encoding: 'binary' }).body,
  })
  t.strictSame(avro, { status: 'OK', message: '', dataType, payload: Buffer.from(payload) })
})

t.test('a record that only JSON can carry is not sent in Avro', async (t) => {
  const whole = answerOf('binary', '/clear/table', { table_name: 'x', info: {} })
  const mistake = { codec: 'record', endpoint: '/get/records/json' } as const
  t.strictSame(damage(whole, mistake), { body: whole.body })
})

t.test('the same seed damages the same bits', async (t) => {
  const whole = answerOf('binary', '/clear/table', { table_name: 'orders', info: {} })
  const flip = { codec: 'flip', part: 'data', bits: 4 } as const
  t.strictSame(damage(whole, flip, 5), damage(whole, flip, 5))
  t.not(damage(whole, flip, 5).body.equals(damage(whole, flip, 6).body), true)
})
