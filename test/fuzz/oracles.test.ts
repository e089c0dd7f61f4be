import t from 'tap'
import { AnswerReader, type RawAnswer } from '../support/answer-reader.ts'
import type { Exchange } from '../support/connection.ts'
import { encodeRecord } from '../support/encode-record.ts'
import { findTruthViolation, type PollAnswer } from '../support/truth-table.ts'
import { findAnswerProblem } from './check-answer.ts'
import { readFuzzOptions } from './fuzz-options.ts'
import { type Expectation, inputOf, writeCommand, writeRequest } from './input.ts'
import { changeBytes, changeDocument } from './mutation.ts'
import { findStruckProblem, type WrittenFault } from './struck-calls.ts'

const WRAPPER_HEADERS = { 'access-control-allow-origin': '*', 'x-request-time-secs': '0.000100' }
const HAS_TABLE = '{"table_name":"a","table_exists":true,"info":{}}'

function answerOf(
  body: string | Buffer,
  { status = 200, type = 'application/json', headers = {} }: AnswerParts = {},
): RawAnswer {
  const all = { 'content-type': type, ...WRAPPER_HEADERS, ...headers }
  return { status, headers: new Map(Object.entries(all)), body: Buffer.from(body) }
}

interface AnswerParts {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

function wrapperOf(parts: Readonly<Record<string, string>> = {}): string {
  const ok = { status: 'OK', message: '', data_type: 'has_table_response', data: '' }
  return JSON.stringify({ ...ok, data_str: HAS_TABLE, ...parts })
}

function problemOf(answer: RawAnswer, expected: Expectation = CALL): string | undefined {
  return findAnswerProblem(answer, inputOf({ method: 'POST', path: '/has/table' }, expected))
}

const CALL: Expectation = { kind: 'call', endpoint: '/has/table' }
const ERROR = { status: 'ERROR', message: 'no', data_type: 'none', data_str: '' }

t.test('the oracle accepts answers that are whole', async (t) => {
  const avro = encodeRecord(
    [
      { name: 'status', type: 'string' },
      { name: 'message', type: 'string' },
      { name: 'data_type', type: 'string' },
      { name: 'data', type: 'bytes' },
      { name: 'data_str', type: 'string' },
    ],
    {
      encoding: 'binary',
      record: { ...JSON.parse(wrapperOf({ data_str: '' })), data: Buffer.from([2, 97, 1, 0]) },
    },
  )
  t.equal(problemOf(answerOf(wrapperOf())), undefined)
  t.equal(problemOf(answerOf(wrapperOf(ERROR), { status: 400 })), undefined)
  t.equal(problemOf(answerOf(avro, { type: 'application/octet-stream' })), undefined)
  t.equal(
    problemOf(answerOf('Kinetica is running!', { type: 'application/octet-stream' })),
    undefined,
  )
  const problem = { type: 'urn:a', title: 'Conflict', status: 409, code: 'A', detail: 'no' }
  const type = 'application/problem+json'
  const control = { kind: 'control' } as const
  t.equal(problemOf(answerOf(JSON.stringify(problem), { status: 409, type }), control), undefined)
  t.equal(problemOf(answerOf('', { status: 204 }), control), undefined)
})

/** An answer that is wrong in one way, and a part of the reason. */
const WRONG_ANSWERS = [
  { answer: answerOf(wrapperOf(ERROR), { status: 500 }), reason: 'the status is 500' },
  { answer: answerOf('{"status":"OK"}'), reason: 'a wrapper with status' },
  { answer: answerOf(wrapperOf({ data: 'x' })), reason: 'data is "x"' },
  { answer: answerOf(wrapperOf({ data_type: 'get_job_response' })), reason: 'the data_type is' },
  { answer: answerOf(wrapperOf({ data_str: '{"a":1}' })), reason: 'has the fields a instead of' },
  { answer: answerOf(wrapperOf({ message: 'x' })), reason: 'OK with 200 and "x"' },
  { answer: answerOf(wrapperOf(), { status: 400 }), reason: 'OK with 400' },
  { answer: answerOf(wrapperOf(ERROR)), reason: 'ERROR with 200' },
  {
    answer: answerOf(wrapperOf({ ...ERROR, message: '' }), { status: 400 }),
    reason: 'without a message',
  },
  { answer: answerOf(`${wrapperOf()}\u00e9`), reason: 'JSON' },
  { answer: answerOf('<html>', { type: 'text/html' }), reason: 'a wrapper of type text/html' },
  {
    answer: answerOf(wrapperOf(), { headers: { 'access-control-allow-origin': 'a' } }),
    reason: 'CORS',
  },
  { answer: answerOf(wrapperOf(), { headers: { 'x-request-time-secs': '' } }), reason: 'secs is' },
  {
    answer: answerOf(wrapperOf({ ...ERROR, message: 'x'.repeat(50_000) }), { status: 400 }),
    reason: 'an error of 5',
  },
  {
    answer: answerOf(wrapperOf({ data_str: HAS_TABLE.replace('true', '"yes"') })),
    reason: 'table_exists is "yes"',
  },
]

for (const { answer, reason } of WRONG_ANSWERS) {
  t.test(`the oracle finds an answer where ${reason}`, async (t) => {
    t.match(problemOf(answer), reason)
  })
}

t.test('the oracle accepts an error of any length from a rule', async (t) => {
  const long = answerOf(wrapperOf({ ...ERROR, message: 'x'.repeat(50_000) }), { status: 400 })
  const ruled = { kind: 'call', endpoint: '/has/table', hasRules: true } as const
  t.equal(problemOf(long, ruled), undefined)
})

t.test('the oracle finds wrong answers of the control API', async (t) => {
  const control = { kind: 'control' } as const
  const type = 'application/problem+json'
  const unexpected = {
    type: 'a',
    title: 'a',
    status: 400,
    code: 'UNEXPECTED',
    detail: 'x is undefined',
  }
  const text = JSON.stringify(unexpected)
  t.match(problemOf(answerOf(text, { status: 400, type }), control), 'an unexpected error')
  t.match(problemOf(answerOf(text, { status: 404, type }), control), 'the problem {')
  t.match(problemOf(answerOf('{}', { status: 400 }), control), 'the problem {}')
  t.match(problemOf(answerOf('{', {}), control), 'JSON')
  t.match(problemOf(answerOf('{}', { type: 'text/html' }), control), 'a document of type text/html')
  t.match(problemOf(answerOf('{}', { type: 'text/plain' }), control), 'the last line has no end')
})

t.test(
  'the oracle finds a valid request that is rejected, or answered in another encoding',
  async (t) => {
    const valid = { ...CALL, valid: 'binary' } as const
    t.match(problemOf(answerOf(wrapperOf(ERROR), { status: 400 }), valid), 'is rejected: no')
    t.match(problemOf(answerOf(wrapperOf()), valid), 'another encoding')
  },
)

/** What came back for a call that faults struck, on a clock that runs. */
function struckProblem(
  exchange: Partial<Exchange>,
  faults: readonly WrittenFault[] = [],
  { isFrozen = false } = {},
): string | undefined {
  const whole = { answers: [], closed: false, timedOut: false, problem: '', ...exchange }
  const expected = { kind: 'struck', endpoint: '/has/table' } as const
  const input = inputOf({ method: 'POST', path: '/has/table' }, expected)
  return findStruckProblem(whole, { input, faults, isFrozen })
}

t.test('the oracle accepts what the faults that struck a call can do', async (t) => {
  const waits = { timedOut: true }
  const broken = { closed: true, problem: 'the connection was closed within an answer' }
  const accepted = [
    struckProblem({ answers: [answerOf(wrapperOf())] }),
    struckProblem({ answers: [answerOf(wrapperOf())] }, [{ delay: '1s' }]),
    struckProblem({ answers: [answerOf('', { status: 502 })] }, [
      { fault: { http: { status: 502 } } },
    ]),
    struckProblem({ closed: true }, [{ fault: 'reset' }]),
    struckProblem(broken, [{ delay: 0 }, { fault: { cut: { after: 3 } } }]),
    struckProblem(broken, [{ fault: { codec: { claim: { part: 'wrapper', length: 9 } } } }]),
    ...['hang', { hang: {} }, { cut: { after: 0, end: 'hang' } }].map((fault) =>
      struckProblem(waits, [{ fault }]),
    ),
    struckProblem(waits, [{ delay: '1s' }], { isFrozen: true }),
    struckProblem(waits, [{ fault: { hang: { for: '1s' } } }], { isFrozen: true }),
  ]
  t.strictSame(
    accepted.filter((problem) => problem !== undefined),
    [],
  )
})

t.test('the oracle finds what no fault did', async (t) => {
  const whole = [{ fault: 'empty' }, { fault: { slow: { rate: 9 } } }]
  t.match(struckProblem({ answers: [answerOf('{}')] }), 'a wrapper with')
  t.match(struckProblem({ answers: [answerOf('', { status: 502 })] }, whole), 'no fault asked')
  t.match(
    struckProblem({ answers: [answerOf('', { status: 502 })] }, [
      { fault: { http: { status: 503 } } },
    ]),
    'the status is 502',
  )
  t.match(struckProblem({ closed: true }), 'closed without an answer')
  t.match(struckProblem({ closed: true }, whole), 'closed without an answer')
  t.match(struckProblem({ closed: true, problem: 'no HTTP' }, whole), 'no HTTP')
  t.match(struckProblem({ timedOut: true }, [{ fault: 'close' }]), 'too long')
  t.match(struckProblem({ timedOut: true }, [{ delay: '1s' }]), 'too long')
  t.match(struckProblem({ timedOut: true }, [{ fault: { hang: { for: '1s' } } }]), 'too long')
})

const RUNNING: PollAnswer = {
  job_status: 'RUNNING',
  running: true,
  progress: 40,
  successful: false,
  response_encoding: 'json',
  job_response: '',
  job_response_str: '',
  status_map: {},
}
const DONE = { ...RUNNING, job_status: 'DONE', running: false, progress: 100, successful: true }
const FAILED = {
  ...RUNNING,
  job_status: 'ERROR',
  running: false,
  status_map: { error_message: 'a' },
}

t.test('findTruthViolation() accepts every row of the truth table', async (t) => {
  const rows = [
    RUNNING,
    { ...DONE, job_response_str: '{}' },
    { ...DONE, response_encoding: 'binary', job_response: Buffer.from([0]) },
    FAILED,
    { ...RUNNING, job_status: 'CANCELLED', running: false },
  ]
  for (const row of rows) t.equal(findTruthViolation(row), undefined)
})

t.test('findTruthViolation() finds every field that is wrong', async (t) => {
  const wrong = [
    { ...RUNNING, job_status: 'Done' },
    { ...RUNNING, running: false },
    { ...RUNNING, successful: true },
    { ...RUNNING, progress: 100 },
    { ...RUNNING, progress: 1.5 },
    { ...RUNNING, job_response_str: '{}' },
    { ...RUNNING, response_encoding: 'snappy' },
    { ...RUNNING, status_map: { error_message: 'a' } },
    { ...DONE, progress: 99 },
    { ...DONE, job_response: 'a' },
    { ...DONE, response_encoding: 'binary', job_response_str: '{}' },
    { ...FAILED, status_map: {} },
  ]
  for (const row of wrong) t.type(findTruthViolation(row), 'string')
})

function readAll(text: string, methods = ['POST']): readonly RawAnswer[] {
  const reader = new AnswerReader(methods)
  // One byte at a time: answers come in any pieces.
  for (const byte of Buffer.from(text, 'latin1')) reader.push(Buffer.from([byte]))
  reader.end()
  return reader.answers
}

t.test('AnswerReader reads bodies by length, by chunks, and up to the end', async (t) => {
  const texts = [
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n',
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nrest',
  ]
  const seen = readAll(texts.join(''), ['POST', 'POST', 'HEAD', 'POST', 'POST'])
  t.strictSame(
    seen.map(({ status, body }) => [status, body.toString()]),
    [
      [200, 'ab'],
      [204, ''],
      [200, ''],
      [200, 'abc'],
      [400, 'rest'],
    ],
  )
})

t.test('AnswerReader rejects bytes that are not HTTP', async (t) => {
  t.throws(() => readAll('HTTP/1.1 2000 OK\r\n\r\n'), /begins with/)
  t.throws(() => readAll('HTTP/1.1 200 OK\r\nno colon\r\n\r\n'), /header line no colon/)
  t.throws(() => readAll('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'), /Content-Length is x/)
  t.throws(() => readAll('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na'), /within an answer/)
  t.throws(() => readAll('HTTP/1.1 200'), /within an answer/)
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  t.throws(() => readAll(`${chunked}not-a-size\r\na\r\n`), /the size of a chunk is not-a-size/)
})

t.test('writeRequest() sends a body with its length or in chunks', async (t) => {
  const parts = { method: 'POST', path: '/a', headers: { x: 'y' }, body: Buffer.from('abc') }
  const head = 'POST /a HTTP/1.1\r\nhost: localhost\r\nx: y\r\n'
  t.equal(String(writeRequest(parts)), `${head}content-length: 3\r\n\r\nabc`)
  const chunks = '2\r\nab\r\n1\r\nc\r\n0\r\n\r\n'
  const chunked = `${head}transfer-encoding: chunked\r\n\r\n${chunks}`
  t.equal(String(writeRequest({ ...parts, chunkSizes: [2] })), chunked)
})

t.test('writeCommand() writes commands for a shell', async (t) => {
  const body = Buffer.from("a'\u0000%", 'latin1')
  const input = inputOf({ method: 'POST', path: '/a', headers: { x: 'y' }, body }, CALL)
  t.equal(
    writeCommand(input),
    `printf 'a'\\''\\000\\045' | curl -sS -i --path-as-is -g -X POST -H 'x: y' --data-binary @- "$U"'/a'`,
  )
  const raw = {
    bytes: Buffer.from('ab'),
    method: '',
    expected: { kind: 'bytes', whole: 0 },
  } as const
  t.equal(writeCommand(raw), 'xxd -r -p <<< 6162 | nc -q 2 localhost 9191')
})

t.test('changeBytes() and changeDocument() change one place', async (t) => {
  const change = { at: 500, length: 1, bytes: Buffer.from('x') } as const
  const changed = (kind: Parameters<typeof changeBytes>[1][number]['kind']) =>
    changeBytes(Buffer.from('abcd'), [{ kind, ...change }]).toString()
  t.strictSame(
    [changed('flip'), changed('insert'), changed('cut'), changed('remove'), changed('replace')],
    ['abbd', 'abxcd', 'ab', 'abd', 'abxd'],
  )
  t.match(changed('repeat'), /^abc{4001}d$/)
  const document = { a: 1, b: [2, 3] }
  t.strictSame(changeDocument(document, { nth: 3, kind: 'replace', value: 0 }), { a: 1, b: [0, 3] })
  t.strictSame(changeDocument(document, { nth: 1, kind: 'remove', value: 0 }), {
    a: undefined,
    b: [2, 3],
  })
  t.strictSame(changeDocument(document, { nth: 9, kind: 'replace', value: 0 }), document)
})

t.test('readFuzzOptions() reads the command line', async (t) => {
  const random = () => 0.5
  const none = { target: undefined, path: undefined }
  t.strictSame(readFuzzOptions([], random), { seconds: 60, seed: 2 ** 30, ...none })
  t.strictSame(
    readFuzzOptions(['5', '--seed', '7', '--target', 'calls', '--path', '1:2'], random),
    {
      seconds: 5,
      seed: 7,
      target: 'calls',
      path: '1:2',
    },
  )
  for (const argv of [['x'], ['0'], ['1', '2'], ['--seed', 'x']]) {
    t.throws(() => readFuzzOptions(argv, random), /^usage: npm run test:fuzz/)
  }
})
