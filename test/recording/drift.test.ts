import t from 'tap'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { made } from '../support/record-exchanges.ts'
import { loadRecorded, record } from '../support/recordings.ts'
import { catalogue } from '../support/server.ts'

const wrapper = catalogue.readWrapper()
const response = catalogue.get('/has/table').response

/** An answer in Avro around bytes. */
function around(data: Buffer, fields: object = {}): Buffer {
  const usual = { status: 'OK', message: '', data_type: 'has_table_response', data_str: '' }
  return wrapper.encode({ ...usual, data, ...fields })
}

const RECORD = response.encode({ table_name: 'a', table_exists: true, info: {} })

function json(fields: object, inner: object = { table_name: 'a', table_exists: true, info: {} }) {
  const usual = { status: 'OK', message: '', data_type: 'has_table_response', data: '' }
  return Buffer.from(JSON.stringify({ ...usual, data_str: JSON.stringify(inner), ...fields }))
}

const binary = made({ endpoint: '/has/table', encoding: 'binary', request: { table_name: 'a' } })
const text = made({ endpoint: '/has/table', request: { table_name: 'a' } })

function unknownJson(): Exchange {
  const request = Buffer.from('{"table_name":"a","with_views":true}')
  return { ...text, request }
}

/** What is found in an exchange. */
const CASES: readonly (readonly [name: string, exchange: Exchange, findings: readonly string[]])[] =
  [
    ['nothing', binary, []],
    ['a broken answer', { ...binary, whole: false, answer: binary.answer.subarray(0, 9) }, []],
    [
      'a broken answer of an unknown endpoint',
      { ...text, whole: false, target: '/show/everything' },
      [': an unknown endpoint'],
    ],
    [
      'a page of a proxy',
      { ...text, answerType: 'text/html' },
      [': the answer to json is text/html'],
    ],
    [
      'an answer without a Content-Type',
      { ...text, answerType: undefined },
      [': the answer to json is without a Content-Type'],
    ],
    ['an unknown endpoint', { ...text, target: '/show/everything?a' }, [': an unknown endpoint']],
    [
      'an unknown Content-Type',
      { ...text, requestType: 'text/xml' },
      [': the Content-Type of the request is unknown'],
    ],
    ['no JSON', { ...text, answer: Buffer.from('<html>') }, ['wrapper: is not JSON']],
    [
      'no Avro',
      { ...binary, answer: Buffer.from([9]) },
      [
        'wrapper: cannot be read as gpudb_response: in field status: a string of n bytes is claimed, n are left',
      ],
    ],
    [
      'bytes after the wrapper',
      { ...binary, answer: Buffer.concat([around(RECORD), Buffer.alloc(3)]) },
      ['wrapper: bytes are left over after gpudb_response'],
    ],
    [
      'bytes after the record',
      { ...binary, answer: around(Buffer.concat([RECORD, Buffer.alloc(3)])) },
      ['response: bytes are left over after has_table_response'],
    ],
    [
      'another form of the record',
      { ...binary, answer: around(Buffer.from('0261010108026b026200', 'hex')) },
      ['response: the record has another form in bytes'],
    ],
    [
      'text in Avro',
      { ...binary, answer: around(RECORD, { data_str: 'x' }) },
      ['wrapper.data_str: an answer in Avro has text'],
    ],
    [
      'a wrong data_type',
      { ...binary, answer: around(RECORD, { data_type: 'x' }) },
      ['wrapper.data_type: is "x", not has_table_response'],
    ],
    [
      'a data_type of an error',
      { ...binary, status: 400, answer: around(RECORD, { status: 'ERROR' }) },
      ['wrapper.data_type: is not none in an error'],
    ],
    [
      'an unknown status',
      { ...binary, answer: around(RECORD, { status: 'WARNING' }) },
      [': the status of the wrapper is neither OK nor ERROR'],
    ],
    ['an HTTP status', { ...binary, status: 201 }, ['status: an OK answer has HTTP status 201']],
    [
      'an error with HTTP status 200',
      { ...made({ endpoint: '/has/table', error: 'x' }), status: 200 },
      ['status: an error has HTTP status 200'],
    ],
    [
      'an unknown field',
      {
        ...text,
        answer: json({ took: 1 }, { table_name: 'a', table_exists: true, info: {}, rows: 5 }),
      },
      ['wrapper.took: an unknown field', 'response.rows: an unknown field'],
    ],
    [
      'a missing field',
      { ...text, answer: json({}, { table_name: 'a', table_exists: true }) },
      ['response.info: the field is missing'],
    ],
    [
      'a field of another type',
      { ...text, answer: json({}, { table_name: 'a', table_exists: 'yes', info: {} }) },
      ['response.table_exists: expected true or false'],
    ],
    [
      'a payload that is no JSON',
      { ...text, answer: json({ data_str: '{' }) },
      ['response: is not JSON'],
    ],
    [
      'a payload that is no record',
      { ...binary, answer: around(Buffer.from([2])) },
      [
        'response: cannot be read as has_table_response: in field table_name: a string of n bytes is claimed, n are left',
      ],
    ],
    [
      'a wrapper that is no object',
      { ...text, answer: Buffer.from('[]') },
      ['wrapper: expected an object with the fields of gpudb_response'],
    ],
    ['an unknown field of a request', unknownJson(), ['request.with_views: an unknown field']],
    [
      'bytes after a request',
      { ...binary, request: Buffer.concat([binary.request, Buffer.alloc(1)]) },
      ['request: bytes are left over after has_table_request'],
    ],
    [
      'a request that is no JSON',
      { ...text, request: Buffer.from('{') },
      ['request: the request is not JSON'],
    ],
    [
      'a request in snappy',
      { ...binary, requestType: 'application/x-snappy' },
      ['request: the request cannot be read'],
    ],
  ]

t.test('what the schemas do not know is a finding', async (t) => {
  for (const [name, exchange, findings] of CASES) {
    const { drift, text } = record([exchange])
    t.strictSame(
      drift.map(({ path, what }) => `${path}: ${what}`),
      findings,
      name,
    )
    loadRecorded(t, text)
  }
})

t.test('answers in JSON may lack anything', async (t) => {
  const lacking = (data_str: string) => ({
    ...text,
    answer: Buffer.from(
      JSON.stringify({ status: 'OK', data_type: 'has_table_response', data_str }),
    ),
  })
  const error = Buffer.from('{"status":"ERROR","data_type":"none"}')
  const chat = { ...text, target: '/chat/completions', request: Buffer.from('{"messages":[]}') }
  const plain = { message: { role: 'a', content: 'b' } }
  const choices = [plain, { message: { role: 'a', content: 'b', mood: 'c' } }]
  const answer = (data: object) =>
    Buffer.from(
      JSON.stringify({
        status: 'OK',
        message: '',
        data_type: 'chat_completions_response',
        data,
        data_str: '',
      }),
    )
  const { drift, fixture } = record([
    lacking('{}'),
    { ...text, answer: Buffer.from('{"status":"OK"}') },
    { ...text, status: 400, answer: error },
    { ...chat, answer: answer({ status: 'OK' }) },
    { ...chat, answer: answer({ status: 'OK', data: { choices } }) },
    { ...chat, answer: Buffer.from('{"status":"OK","data":5}') },
    {
      ...binary,
      target: '/chat/completions',
      answer: around(RECORD, { data_type: 'chat_completions_response' }),
    },
  ])
  const shown = { index: 0, ...plain, finish_reason: 'stop' }
  const found = drift.map(({ endpoint, path, what }) => `${endpoint} ${path}: ${what}`)
  for (const one of [
    '/has/table wrapper.message: the field is missing',
    '/has/table wrapper.data_str: the field is missing',
    '/has/table response: is not JSON',
    '/chat/completions response: expected an object with the fields of chat_completions_response',
    '/chat/completions response.choices.[].message.mood: an unknown field',
    '/chat/completions wrapper.data: expected bytes as a string with one character U+0000 to U+00FF a byte',
    '/chat/completions request: the request cannot be read',
  ]) {
    t.ok(found.includes(one), one)
  }
  t.strictSame(
    fixture.rules?.map(({ then }) => then),
    [
      {},
      {},
      { error: '' },
      {},
      {
        response: {
          choices: [shown, shown],
        },
      },
    ],
  )
})

t.test('what the server refuses too is no finding', async (t) => {
  const bad = { ...text, request: Buffer.from('{'), status: 400 }
  const unknown = { ...text, target: '/show/everything', status: 404 }
  const { drift, fixture } = record([
    { ...bad, answer: made({ endpoint: '/has/table', error: 'x' }).answer },
    unknown,
  ])
  t.strictSame(drift, [])
  t.strictSame(fixture.rules, [])
})

t.test('equal findings are counted, and there are not endlessly many', async (t) => {
  const page = { ...text, answerType: 'text/html' }
  const many = Array.from({ length: 1010 }, (_, index) => ({
    ...text,
    target: `/unknown/${index}`,
  }))
  const { drift } = record([text, page, page, ...many])
  t.strictSame(drift[0], {
    endpoint: '/has/table',
    path: '',
    what: 'the answer to json is text/html',
    count: 2,
    firstExchange: 2,
  })
  t.equal(drift.length, 1000)
  const [long] = record([{ ...text, target: `/${'x'.repeat(1000)}` }]).drift
  t.equal(long?.endpoint.length, 201)
})

t.test('what was found is kept as far as it is known', async (t) => {
  const answer = json({}, { table_name: 'a', table_exists: true, info: {}, rows: 5 })
  const { fixture } = record([{ ...text, answer }])
  t.strictSame(fixture.rules?.[0]?.then, { response: { table_exists: true } })
})

t.test('with raw, an answer that its record does not give again is kept as bytes', async (t) => {
  const more = Buffer.concat([RECORD, Buffer.from([7])])
  const other = json({ data_str: ' {"table_name":"a","table_exists":true,"info":{}}' })
  const wrong = made({ endpoint: '/has/table', encoding: 'snappy', request: { table_name: 'b' } })
  const { fixture, text: yaml } = record(
    [
      { ...binary, answer: around(more) },
      { ...text, answer: other },
      { ...wrong, answer: around(Buffer.from([2])) },
    ],
    { raw: 'always' },
  )
  t.strictSame(
    fixture.rules?.map(({ when, then }) => [when.encoding, then]),
    [
      ['binary', { response_base64: more.toString('base64') }],
      ['json', { response_text: ' {"table_name":"a","table_exists":true,"info":{}}' }],
      ['snappy', { response_base64: 'Ag==' }],
    ],
  )
  loadRecorded(t, yaml)
})

t.test('with raw, bytes that may hold a secret are not kept', async (t) => {
  const secret = around(Buffer.from('password=geheim'))
  const { fixture, drift } = record([{ ...binary, answer: secret }], { raw: 'always' })
  t.strictSame(fixture.rules, [])
  t.equal(drift.at(-1)?.what, 'may hold a secret and is not kept as bytes')
})

t.test('a text that looks like a template is kept as it came', async (t) => {
  const response = { table_name: 'a', info: { hint: 'use {{name}}' } }
  const given = { endpoint: '/has/table', request: { table_name: 'a' }, response }
  const { fixture, text: yaml } = record([made({ ...given, encoding: 'binary' })])
  t.equal(fixture.rules?.[0]?.when.encoding, 'binary')
  loadRecorded(t, yaml)
  const info = { hint: '{{name}}', password: 'geheim' }
  const hidden = record([made({ ...given, response: { info } })])
  t.strictSame(hidden.fixture.rules, [])
  t.equal(hidden.drift.at(-1)?.what, 'a fixture cannot hold a value in it')
})
