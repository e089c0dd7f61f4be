import { stringify } from 'lossless-json'
import t from 'tap'
import { type Controlled, startControlled } from '../support/control.ts'
import { sendHttp } from '../support/http.ts'
import { loadRules } from '../support/rules.ts'
import { type Call, createJob, runCall } from '../support/run-call.ts'

const SECRETS = ['hush-1', 'hush-2', 'hush-3', 'hush-4', 'hush-5', 'hush-6']

/** Calls with a secret each, in a field, an option, a map, SQL and a URL. */
const CALLS = [
  ['/create/user/internal', { name: 'bob', password: 'hush-1' }],
  [
    '/create/datasource',
    { name: 'd', location: 's3://b', options: { s3_aws_secret_access_key: 'hush-2' } },
  ],
  ['/alter/user', { name: 'bob', action: 'set_password', value: 'hush-3' }],
  ['/execute/sql', { statement: "CREATE USER bob IDENTIFIED BY 'hush-4'" }],
  ['/upload/files/fromurl', { urls: ['https://ann:hush-5@h/f'] }],
  ['/execute/sql', { statement: "SELECT 1 FROM u WHERE 'hush-6' = lower(password)" }],
] as const

/** The secrets that a document shows, as text or in base64. */
function leaksIn(document: unknown): string[] {
  const texts: string[] = []
  JSON.stringify(document, (_key, value) => {
    if (typeof value === 'string')
      texts.push(value, Buffer.from(value, 'base64').toString('latin1'))
    return typeof value === 'bigint' ? String(value) : value
  })
  return SECRETS.filter((secret) => texts.some((text) => text.includes(secret)))
}

/** Calls an endpoint directly and as a job. */
async function callBoth(
  server: Controlled,
  { encoding, endpoint, fields }: Omit<Call, 'as'>,
): Promise<void> {
  const call = { encoding, endpoint, fields }
  await runCall(server, { ...call, as: 'direct' })
  await createJob(server, call)
}

t.test('no document of the control API shows a secret of a request', async (t) => {
  const rules = loadRules(
    t,
    `
- name: refuses
  when: { endpoint: '*', as: job, user: nobody }
  then: { error: no }
- name: quotes
  when: { endpoint: /create/user/internal, as: job }
  then:
    error: "the password {{request.password}} is too short"
- name: echoes
  when: { endpoint: /execute/sql, as: job }
  then: { response: { info: { text: "ran {{request.statement}}" } } }
- name: text
  when: { endpoint: /alter/user, as: job }
  then: { response_text: '{"info":{"secret":"{{request.value}}"}}' }`,
  )
  for (const encoding of ['json', 'binary', 'snappy'] as const) {
    const server = await startControlled(t, { rules })
    for (const [endpoint, fields] of CALLS) await callBoth(server, { encoding, endpoint, fields })
    await server.must('POST /clock/advance', { by: '1h' })
    const requests = await server.must('GET /requests')
    t.equal(requests['total'], 2 * CALLS.length)
    t.strictSame(leaksIn(requests), [], 'requests')
    for (const route of ['/requests/unmatched', '/jobs', '/jobs/1', '/report', '/fixtures']) {
      const document = await server.must(`GET ${route}`)
      t.strictSame(leaksIn(document), [], route)
      t.match(stringify(document), '(redacted', route)
    }
    const job = await server.must('GET /jobs/1')
    t.equal(job['error'], 'the password (redacted) is too short')
    t.match(job, { request: { name: 'bob', password: '(redacted)' } })
    const wait = await server.control('GET /jobs/1/wait?status=DONE')
    t.strictSame(leaksIn(wait.body), [])
    const waited = await server.must('GET /jobs/1/wait?status=ERROR')
    t.strictSame(leaksIn(waited), [])
    const polled = await server.ask(encoding, '/get/job', { job_id: 1n })
    const message = 'the password hush-1 is too short'
    t.match(polled.response, { status_map: { error_message: message } }, 'the client sees all')
  }
})

t.test('explanations of verify show no secret of a rule or a request', async (t) => {
  const server = await startControlled(t)
  for (const [endpoint, fields] of CALLS) await server.ask('json', endpoint, fields)
  for (const when of [
    { endpoint: '/create/user/internal', request: { password: 'hush-2' } },
    { endpoint: '/create/user/internal', request: { password: { matches: '^hush-2' } } },
    { endpoint: '/alter/user', request: { action: 'set_password', value: 'hush-1' } },
    { endpoint: '/alter/user', request: { name: 'eve', value: { matches: 'hush-1' } } },
    { endpoint: '/execute/sql', request: { statement: "IDENTIFIED BY 'hush-1'" } },
    { endpoint: '/upload/files/fromurl', request: { urls: ['http://a:hush-1@b'] } },
  ]) {
    const { status, body } = await server.control('POST /requests/verify', {
      when,
      times: { at_least: 1 },
    })
    t.equal(status, 417)
    const shown = leaksIn(body)
    // A condition on a field without a secret name is shown as it is written.
    t.strictSame(shown, when.request.name === undefined ? [] : ['hush-1'], String(body['detail']))
  }
})

t.test('no part of a secret shows where the journal cuts a long text', async (t) => {
  const secret = 'hush-and-hush-and-hush'
  const then = `- { when: { endpoint: /create/* }, then: { error: "${'x'.repeat(1985)} {{request.password}}" } }`
  const server = await startControlled(t, { rules: loadRules(t, then) })
  const fields = { name: 'bob', password: secret }
  await runCall(server, {
    encoding: 'json',
    endpoint: '/create/user/internal',
    fields,
    as: 'direct',
  })
  const url = `${'x'.repeat(1985)} https://ann:${secret}@host`
  const headers = { 'content-type': 'application/json', 'x-long': url, 'x-short': url.slice(-50) }
  await sendHttp(server.port, { method: 'POST', path: '/has/table', body: '{', headers })
  const { requests } = await server.must('GET /requests')
  t.match(requests, [
    { error: /^x{1985} \(redacted\)$/ },
    {
      headers: {
        'x-long': /^x{1985} https:\/\/… \(\d+ characters\)$/,
        'x-short': /\(redacted\)@host$/,
      },
    },
  ])
  t.notMatch(
    JSON.stringify(requests, (_key, value) => (typeof value === 'bigint' ? 0 : value)),
    'hush',
  )
})

t.test('a strict error shows no secret of the rule that nearly matched', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: a, when: { endpoint: /create/user/internal, request: { password: hush-2 } }, then: {} }
- { name: b, when: { endpoint: /alter/user, request: { action: set_password, value: hush-1 } }, then: {} }`,
  )
  const server = await startControlled(t, { rules, strict: true })
  for (const [endpoint, fields] of [CALLS[0], CALLS[2]]) {
    const { message } = await server.ask('binary', endpoint, fields)
    t.match(message, 'expected (redacted), got (redacted)')
    t.strictSame(leaksIn(message), [])
  }
  t.strictSame(leaksIn(await server.must('GET /requests')), [])
})

t.test('rules are shown without secrets, and still match on them', async (t) => {
  const server = await startControlled(t)
  const rule = {
    when: { endpoint: '/create/user/internal', request: { password: 'hush-1' } },
    then: { error: "use PASSWORD 'hush-2'" },
  }
  const shown = {
    when: { endpoint: '/create/user/internal', request: { password: '(redacted)' } },
    then: { error: "use PASSWORD '(redacted)'" },
  }
  t.match(await server.must('POST /rules', rule), { rule: shown })
  t.match(await server.must('GET /rules/rule-1'), { rule: shown })
  t.match(await server.must('GET /rules'), { rules: [{ rule: shown }] })
  t.match(await server.must('POST /fixtures', { rules: [rule] }), { rules: [{ rule: shown }] })
  t.match(await server.must('PUT /rules/rule-1', rule), { rule: shown })
  const { message } = await server.ask('json', '/create/user/internal', {
    name: 'bob',
    password: 'hush-1',
  })
  t.equal(message, "use PASSWORD 'hush-2'")
})

t.test('a scope with secrets is saved as a document that loads again', async (t) => {
  const server = await startControlled(t)
  const rules = ['hush-1', 'hush-2', 'hush-1'].map((password, index) => ({
    when: {
      endpoint: '/create/user/internal',
      request: { password, name: index === 2 ? 'bob' : 'ann' },
    },
    then: { error: `no ${index}` },
  }))
  const statement = { matches: "(?i)identified by '(hush-3|x" }
  await server.must('POST /fixtures', {
    jobs: [
      { endpoint: '/create/user/internal', request: { name: 'bob', password: 'hush-4' } },
      { endpoint: '/execute/sql', request: { statement: "SET PASSWORD 'hush-4'" } },
    ],
    rules: [
      ...rules,
      { when: { endpoint: '/execute/sql', request: { statement: statement.matches } }, then: {} },
      {
        when: { endpoint: '/alter/user', request: { value: { matches: "password = 'hush-5'" } } },
        then: {},
      },
    ],
  })
  const saved = await server.must('GET /fixtures')
  t.strictSame(leaksIn(saved), [])
  const passwords = (Array.isArray(saved['rules']) ? saved['rules'] : [])
    .slice(0, 3)
    .map(({ when }) => when.request.password)
  const [first, second, third] = passwords
  t.match(first, /^\(redacted <\d+>\)$/)
  t.equal(third, first, 'equal secrets have equal numbers')
  t.not(second, first)
  const other = await startControlled(t)
  const loaded = await other.must('POST /fixtures', saved)
  t.equal(Object(loaded['rules']).length, 5)
  t.strictSame(await other.must('GET /fixtures'), saved)
})

t.test('a body that could not be decoded is shown unless it may hold a secret', async (t) => {
  const server = await startControlled(t)
  const send = (path: string, type: string, body: string | Buffer) =>
    sendHttp(server.port, { method: 'POST', path, headers: { 'content-type': type }, body })
  const AVRO = 'application/octet-stream'
  const JSON_TYPE = 'application/json'
  const cases: [string, string, string, boolean][] = [
    ['/show/table', JSON_TYPE, '{"table_name": orders}', true],
    ['/show/table', 'text/html', '<p>', true],
    ['/show/table', JSON_TYPE, '', true],
    ['/show/table', AVRO, '\x10orders', true],
    ['/create/user/internal', JSON_TYPE, '{"password": hush-1}', false],
    ['/show/table', JSON_TYPE, '{"options": {"token": hush-1}', false],
    ['/create/user/internal', AVRO, '\x06bob\x0chush-1', false],
    ['/show/table', AVRO, '\x10password\x0chush-1', false],
    ['/show/table', 'application/x-snappy', 'hush-1', false],
    ['/create/job', AVRO, 'hush-1', false],
    ['/get/nothing', JSON_TYPE, '{"a": 1}', true],
  ]
  for (const [path, type, body] of cases) await send(path, type, body)
  const { requests } = await server.must('GET /requests')
  t.strictSame(
    (Array.isArray(requests) ? requests : []).map(({ body_base64 }) => body_base64),
    cases.map(([, , body, isShown]) => (isShown ? Buffer.from(body).toString('base64') : null)),
  )
  t.strictSame(leaksIn(requests), [])
})

t.test(
  'a payload of a job that could not be decoded is hidden if it may hold a secret',
  async (t) => {
    const server = await startControlled(t)
    const job = { endpoint: '/create/user/internal', data: Buffer.alloc(0), data_str: '' }
    await server.ask('json', '/create/job', {
      ...job,
      request_encoding: 'json',
      data_str: '{"password": hush-1}',
    })
    await server.ask('binary', '/create/job', {
      ...job,
      request_encoding: 'binary',
      data: Buffer.from('\x06bob\x0chush-1'),
    })
    await server.ask('json', '/create/job', {
      ...job,
      request_encoding: 'json',
      data_str: '{"a": 1}',
    })
    const { requests } = await server.must('GET /requests')
    t.strictSame(leaksIn(requests), [])
    const hidden = { data_str: '(redacted)', data: { base64: '' } }
    t.match(requests, [
      { request: hidden, body_base64: null },
      { request: hidden, body_base64: null },
      { request: { data_str: '{"a": 1}' } },
    ])
  },
)

t.test('an error about a body quotes none of its texts', async (t) => {
  const server = await startControlled(t)
  for (const body of [
    '{"password": hush-1}',
    'hush-1',
    `{"name": "${'x'.repeat(50)}", "password": hush-1, "options": "${'x'.repeat(50)}"}`,
    '{"name": "bob", "password": ["hush-1"]}',
    '{"name": "bob", "password": "x", "options": "hush-1"}',
  ]) {
    const { status, wrapper } = await server.post('/create/user/internal', body)
    t.equal(status, 400)
    t.match(wrapper.message, /^Cannot read the body as /)
    t.strictSame(leaksIn(wrapper), [], wrapper.message)
  }
  const { wrapper } = await server.post('/create/user/internal', '{"name": "b", "password": 4711}')
  t.match(wrapper.message, 'password: expected a string, got a number')
})

t.test('names of secrets can be added', async (t) => {
  const server = await startControlled(t, { redact: ['SSN*', 'x-internal-*', 'table_name'] })
  const headers = { 'content-type': 'application/json', 'x-internal-id': 'hush-1' }
  const options = { ssn_2: 'hush-2', other: 'shown' }
  const body = JSON.stringify({ table_name: 'hush-3', options })
  await sendHttp(server.port, { method: 'POST', path: '/show/table', headers, body })
  const { requests } = await server.must('GET /requests')
  t.strictSame(leaksIn(requests), [])
  t.match(requests, [
    { request: { table_name: '(redacted)', options: { other: 'shown' } }, body_base64: null },
  ])
})
