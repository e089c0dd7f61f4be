import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { answerCall } from '../../src/gpudb/answer-call.ts'
import type { Call } from '../../src/gpudb-parts/call.ts'
import { FinishedAnswers } from '../../src/gpudb-parts/finished-answers.ts'
import { JournalEntry } from '../../src/scope/journal-entry.ts'
import { sendHttp } from '../support/http.ts'
import { loadRules } from '../support/rules.ts'
import { createJob, runCall, WAYS } from '../support/run-call.ts'
import {
  catalogue,
  ENCODINGS,
  encodeRequest,
  readAnswer,
  START_MS,
  startTestServer,
  type TestServer,
} from '../support/server.ts'

t.test(
  'answerCall() echoes the request; other fields are zero values that clients can read',
  async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const cases = [
      {
        endpoint: '/alter/table',
        request: { table_name: 'orders', action: 'ttl', value: '7', options: { a: 'b' } },
        dataType: 'alter_table_response',
        response: {
          table_name: 'orders',
          action: 'ttl',
          value: '7',
          type_id: '',
          type_definition: '',
          properties: {},
          label: '',
          info: {},
        },
      },
      {
        endpoint: '/aggregate/groupby',
        request: { table_name: 'orders', limit: -9999n, encoding: 'json' },
        dataType: 'aggregate_group_by_response',
        response: {
          response_schema_str:
            '{"type":"record","name":"generic_response","fields":[' +
            '{"name":"column_1","type":{"type":"array","items":"string"}},' +
            '{"name":"column_headers","type":{"type":"array","items":"string"}},' +
            '{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}',
          binary_encoded_response: { hex: '' },
          json_encoded_response:
            '{"column_1":[],"column_headers":["dummy"],"column_datatypes":["string"]}',
          total_number_of_records: '0',
          has_more_records: false,
          info: {},
        },
      },
      {
        endpoint: '/admin/verifydb',
        request: {},
        dataType: 'admin_verify_db_response',
        response: {
          verified_ok: false,
          error_list: [],
          orphaned_tables_total_size: '0',
          info: {},
        },
      },
    ]
    for (const { endpoint, request, dataType, response } of cases) {
      for (const asked of ENCODINGS) {
        const answer = await server.ask(asked, endpoint, request)
        t.strictSame(
          answer,
          {
            httpStatus: 200,
            contentType: answer.contentType,
            status: 'OK',
            message: '',
            dataType,
            response,
          },
          `${endpoint} in ${asked}`,
        )
      }
    }
  },
)

t.test('answerCall() answers every endpoint of the catalogue', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const refused: string[] = []
  // json-endpoints.test.ts has the endpoints that are JSON only.
  const binary = catalogue.endpoints.filter((one) => catalogue.get(one).form === undefined)
  for (const endpoint of binary) {
    const { httpStatus, dataType } = await server.ask('binary', endpoint, {})
    const { name } = catalogue.get(endpoint).response
    if (httpStatus !== 200 || dataType !== name) refused.push(endpoint)
  }
  // Without a job, a name or a type, these have nothing to do.
  const needy = ['/create/schema', '/create/table', '/create/type']
  t.strictSame(refused, ['/admin/alter/jobs', '/create/job', ...needy, '/get/job'])
})

/** A call of an endpoint in a server's scope. */
function callOf({ scope }: TestServer, endpoint: string): Call {
  const received = { atMs: 0, headers: {}, query: '', user: '', sourceIp: '', cluster: 'a' }
  const entry = new JournalEntry({ ...received, endpoint, encoding: 'json' }, Buffer.alloc(0))
  const client = { origin: '' }
  const finished = new FinishedAnswers()
  return { scope, catalogue, entry, encoding: 'json', client, finished, maxBytes: 100 }
}

t.test('answerCall() returns the errors of endpoints and of the job registry', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const ask = (request: AvroRecord) => answerCall(request, callOf(server, '/get/job'))
  const refusal = { code: 'REFUSED', delayMs: 0 }
  const gone = 'Cannot find job 7: it was never created, or is gone'
  t.strictSame(ask({ job_id: 7n, options: {} }), { error: gone, ...refusal })
  const unnamed = 'Cannot find a job: give job_id, or the tag in options.job_tag'
  t.strictSame(ask({ job_id: 0n, options: {} }), { error: unnamed, ...refusal })
})

t.test('answerCall() rethrows an unexpected error', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const broken = new Error('out of memory')
  server.scope.jobs.list = () => {
    throw broken
  }
  t.throws(() => answerCall({ options: {} }, callOf(server, '/admin/show/jobs')), broken)
})

const endpoint = '/alter/table'

const FIELDS = { table_name: 'orders', action: 'ttl', value: '7', options: { a: 'b' } }

const ECHO = { table_name: 'orders', action: 'ttl', value: '7', label: '' }

const CASES = [
  {
    what: 'a response, completed by echoes and zeros',
    given: '{ response: { label: l, value: "8" } }',
    result: { response: { ...ECHO, label: 'l', value: '8', info: {} } },
  },
  { what: 'an echo if it has no answer', given: '{}', result: { response: ECHO } },
  { what: 'an error', given: '{ error: no such table }', result: { error: 'no such table' } },
  {
    what: 'an error with a template',
    given: '{ error: "{{request.table_name}} in {{request.options.a}}" }',
    result: { error: 'orders in b' },
  },
  {
    what: 'a lifecycle that ends in an error',
    given: '{ lifecycle: { outcome: ERROR, error: "rank 2: {{request.value}}" } }',
    result: { error: 'rank 2: 7' },
  },
  {
    what: 'a lifecycle that ends in an error without a message',
    given: '{ lifecycle: { outcome: ERROR } }',
    result: { error: '/alter/table failed' },
  },
  {
    what: 'an error at the end of steps',
    given: '{ error: late, lifecycle: { steps: [{ after: 1s, progress: 40 }] } }',
    result: { error: 'late' },
  },
  {
    what: 'a response at the end of steps',
    given: '{ response: { label: l }, lifecycle: { steps: [{ after: 1s }, { after: 2s }] } }',
    result: { response: { ...ECHO, label: 'l' } },
  },
  {
    what: 'templates',
    given: '{ response: { label: "{{request.options.a}}-{{sequence}}", info: { x: "{{uuid}}" } } }',
    result: { response: { label: 'b-1', info: { x: /^[\da-f-]{36}$/ } } },
  },
]

for (const { what, given, result } of CASES) {
  t.test(`a rule answers with ${what}, directly and as a job, in all encodings`, async (t) => {
    const rules = loadRules(t, `- { when: { endpoint: ${endpoint} }, then: ${given} }`)
    for (const { as, encoding } of WAYS) {
      const server = await startTestServer({ rules, strict: true })
      const seen = await runCall(server, { as, encoding, endpoint, fields: FIELDS })
      t.match(seen, result, `${as} in ${encoding}`)
      await server.close()
    }
  })
}

t.test('a lifecycle that ends CANCELLED is an error for a direct call', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: ${endpoint} }, then: { lifecycle: { outcome: CANCELLED } } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const ways = { encoding: 'binary', endpoint, fields: FIELDS } as const
  t.strictSame(await runCall(server, { ...ways, as: 'direct' }), {
    error: '/alter/table was cancelled',
  })
  t.strictSame(await runCall(server, { ...ways, as: 'job' }), { error: 'CANCELLED' })
})

t.test('a job follows the lifecycle of its rule', async (t) => {
  const rules = loadRules(
    t,
    `
- when: { endpoint: ${endpoint} }
  then: { lifecycle: { steps: [{ after: 1s, progress: 40 }, { polls: 2, progress: 80 }] } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const job_id = await createJob(server, { encoding: 'json', endpoint, fields: FIELDS })
  const seen: unknown[] = []
  for (const ms of [0, 500, 500, 0, 0]) {
    server.clock.advance(ms)
    const { response } = await server.ask('json', '/get/job', { job_id })
    seen.push([Object(response).job_status, Object(response).progress])
  }
  t.strictSame(seen, [
    ['RUNNING', 0],
    ['RUNNING', 20],
    ['RUNNING', 80],
    ['RUNNING', 80],
    ['DONE', 100],
  ])
})

t.test('a job has the default duration if its rule has no lifecycle', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: ${endpoint} }, then: { response: { label: l } } }`,
  )
  const server = await startTestServer({ rules, defaultDurationMs: 200 })
  t.teardown(server.close)
  const job_id = await createJob(server, { encoding: 'json', endpoint, fields: FIELDS })
  const seen: unknown[] = []
  for (const ms of [199, 1]) {
    server.clock.advance(ms)
    const { response } = await server.ask('json', '/get/job', { job_id })
    seen.push(Object(response).job_status)
  }
  t.strictSame(seen, ['RUNNING', 'DONE'])
})

for (const { encoding, sent, result } of [
  { encoding: 'json', sent: 'binary', result: 'json' },
  { encoding: 'binary', sent: 'json', result: 'binary' },
] as const) {
  t.test(`encoding ${encoding} of a rule is the encoding of the result`, async (t) => {
    const rules = loadRules(
      t,
      `
- { when: { endpoint: ${endpoint} }, then: { encoding: ${encoding}, response: { label: l } } }`,
    )
    const server = await startTestServer({ rules, defaultDurationMs: 0 })
    t.teardown(server.close)
    const job_id = await createJob(server, { encoding: sent, endpoint, fields: FIELDS })
    const { response } = await server.ask(sent, '/get/job', { job_id })
    const { response_encoding, job_response, job_response_str } = Object(response)
    t.equal(response_encoding, result)
    t.strictSame(
      [job_response.hex !== '', job_response_str !== ''],
      [result === 'binary', result === 'json'],
    )
  })
}

const RAW = [
  { given: '{ response_base64: "/wAB" }', data: 'ff0001', text: '', result: 'binary' },
  { given: '{ response_base64: "" }', data: '', text: '', result: 'binary' },
  {
    given: '{ response_text: "{ no JSON \u00e4" }',
    data: '',
    text: '{ no JSON \u00e4',
    result: 'json',
  },
  { given: '{ response_text: "" }', data: '', text: '', result: 'json' },
  { given: '{ response_text: "{{now}}" }', data: '', text: '{{now}}', result: 'json' },
]

for (const { given, data, text, result } of RAW) {
  t.test(`${given} replaces the result of a job, unchecked`, async (t) => {
    const rules = loadRules(t, `- { when: { endpoint: ${endpoint} }, then: ${given} }`)
    const server = await startTestServer({ rules, defaultDurationMs: 0 })
    t.teardown(server.close)
    for (const encoding of ['json', 'binary', 'snappy'] as const) {
      const job_id = await createJob(server, { encoding, endpoint, fields: FIELDS })
      const { response } = await server.ask(encoding, '/get/job', { job_id })
      const { job_status, response_encoding, job_response, job_response_str } = Object(response)
      t.strictSame([job_status, response_encoding], ['DONE', result], encoding)
      t.strictSame([job_response.hex, job_response_str], [data, text], encoding)
    }
  })

  t.test(`${given} replaces the payload of a direct answer, unchecked`, async (t) => {
    const rules = loadRules(t, `- { when: { endpoint: ${endpoint} }, then: ${given} }`)
    const server = await startTestServer({ rules })
    t.teardown(server.close)
    const body = encodeRequest('json', endpoint, FIELDS).toString()
    const { status, wrapper } = await server.post(endpoint, body)
    t.equal(status, 200)
    t.strictSame(wrapper, {
      status: 'OK',
      message: '',
      data_type: 'alter_table_response',
      data: Buffer.from(data, 'hex').toString('latin1'),
      data_str: text,
    })
    const answer = await sendHttp(server.port, {
      method: 'POST',
      path: endpoint,
      headers: { 'content-type': 'application/octet-stream' },
      body: encodeRequest('binary', endpoint, FIELDS),
    })
    // "OK", "", "alter_table_response" (20 bytes, 28 in zig-zag), data and data_str.
    const sized = (bytes: Buffer) => [
      (bytes.length * 2).toString(16).padStart(2, '0'),
      bytes.toString('hex'),
    ]
    const parts = [Buffer.from('OK'), Buffer.alloc(0), Buffer.from('alter_table_response')]
    const payload = [Buffer.from(data, 'hex'), Buffer.from(text)]
    t.equal(answer.body.toString('hex'), [...parts, ...payload].flatMap(sized).join(''))
  })
}

for (const http_status of [400, 401, 404, 500, 503, 599]) {
  t.test(`http_status ${http_status} applies only to direct errors`, async (t) => {
    const rules = loadRules(
      t,
      `
- { when: { endpoint: ${endpoint} }, then: { error: Kinetica is offline, http_status: ${http_status} } }`,
    )
    const server = await startTestServer({ rules })
    t.teardown(server.close)
    for (const encoding of ['json', 'binary', 'snappy'] as const) {
      const answer = await server.ask(encoding, endpoint, FIELDS)
      t.match(answer, {
        httpStatus: http_status,
        status: 'ERROR',
        message: 'Kinetica is offline',
        dataType: 'none',
        response: null,
      })
      const job = await runCall(server, { as: 'job', encoding, endpoint, fields: FIELDS })
      t.strictSame(job, { error: 'Kinetica is offline' })
    }
  })
}

t.test('an error without an http_status has the status 400', async (t) => {
  const rules = loadRules(t, `- { when: { endpoint: ${endpoint} }, then: { error: no } }`)
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  t.equal((await server.ask('json', endpoint, FIELDS)).httpStatus, 400)
})

for (const given of ['{ delay: 2s, response: {} }', '{ delay: 2s, error: no }']) {
  t.test(`${given} delays a direct answer`, async (t) => {
    const rules = loadRules(t, `- { when: { endpoint: ${endpoint} }, then: ${given} }`)
    const server = await startTestServer({ rules })
    t.teardown(server.close)
    let answered = false
    const answer = server.ask('binary', endpoint, FIELDS).then(() => {
      answered = true
    })
    // Answers of the same process overtake it while it waits.
    for (const ms of [0, 1000, 999]) {
      for (const _ of [1, 2, 3]) await server.ask('json', '/show/system/status', {})
      t.equal(answered, false, `${ms} ms`)
      server.clock.advance(ms)
    }
    for (const _ of [1, 2, 3]) await server.ask('json', '/show/system/status', {})
    t.equal(answered, false)
    server.clock.advance(1)
    await answer
  })
}

t.test('delay does not delay /create/job', async (t) => {
  const rules = loadRules(
    t,
    `- { when: { endpoint: ${endpoint} }, then: { response: {}, delay: 2s } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  t.equal(await createJob(server, { encoding: 'json', endpoint, fields: FIELDS }), 1n)
})

t.test('templates of a job can use its id, its tag and its creation time', async (t) => {
  const rules = loadRules(
    t,
    `
- when: { endpoint: ${endpoint} }
  then:
    response:
      label: '{{job.id}} {{job.tag}} {{now}} {{sequence}}'
      info: { uuid: '{{uuid}}', list: '{{request.options.none}}' }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const call = { as: 'job', encoding: 'json', endpoint, fields: FIELDS } as const
  server.clock.advance(5)
  const first = await runCall(server, { ...call, tag: 'nightly' })
  const again = await server.ask('json', '/get/job', { options: { job_tag: 'nightly' } })
  t.match(first, {
    response: {
      label: `1 nightly ${START_MS + 5} 1`,
      info: { uuid: /^[\da-f-]{36}$/, list: '' },
    },
  })
  t.match(JSON.parse(Object(again.response).job_response_str), Object(first).response)
  t.match(await runCall(server, { ...call, tag: 'b' }), {
    response: { label: `2 b ${START_MS + 5 + 3_600_000} 2` },
  })
  t.match(await runCall(server, { ...call, as: 'direct' }), {
    response: { label: `  ${START_MS + 5 + 7_200_000} 3` },
  })
})

t.test(
  'templates that insert more than the body limit are an error, and create no job',
  async (t) => {
    const rules = loadRules(
      t,
      `
- name: repeats
  when: { endpoint: ${endpoint}, request: { value: ok } }
  then: { response: { label: '${'{{request.value}}'.repeat(20)}' } }
- name: repeats much
  when: { endpoint: ${endpoint}, user: '' }
  then: { response: { label: '${'{{request.value}}'.repeat(20)}' } }
- name: fails at length
  when: { endpoint: ${endpoint} }
  then: { error: '${'{{request.value}}'.repeat(20)}' }`,
    )
    const server = await startTestServer({ rules, bodyLimit: 1000 })
    t.teardown(server.close)
    const fields = { ...FIELDS, value: 'x'.repeat(60) }
    const refused = (name: string) =>
      `Cannot fill the templates of the rule ${name}: the result has more than 1000 characters`
    for (const as of ['direct', 'job'] as const) {
      const good = await runCall(server, {
        as,
        encoding: 'json',
        endpoint,
        fields: { ...FIELDS, value: 'ok' },
      })
      t.match(good, { response: { label: 'ok'.repeat(20) } })
    }
    const jobs = server.scope.jobs.count()
    const job = { endpoint, request_encoding: 'json', data_str: JSON.stringify(fields) }
    for (const [path, request] of [
      [endpoint, fields],
      ['/create/job', job],
    ] as const) {
      const { httpStatus, message } = await server.ask('json', path, request)
      t.strictSame([httpStatus, message], [400, refused('repeats much')], path)
    }
    t.equal(server.scope.jobs.count(), jobs)
    server.scope.rules.remove('rule-2')
    t.equal((await server.ask('json', endpoint, fields)).message, refused('fails at length'))
  },
)

t.test('templates of a job without a tag use the generated tag', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: ${endpoint} }, then: { response: { label: '{{job.tag}}' } } }`,
  )
  const server = await startTestServer({ rules, defaultDurationMs: 0 })
  t.teardown(server.close)
  const job_id = await createJob(server, { encoding: 'json', endpoint, fields: FIELDS })
  const { response } = await server.ask('json', '/get/job', { job_id })
  const { info, job_response_str } = Object(response)
  t.match(info.job_tag, /^.{36}$/)
  t.equal(JSON.parse(job_response_str).label, info.job_tag)
})

const POLICIES = [
  { endpoint: '/alter/table', status: 'cancelled' },
  { endpoint: '/insert/records', status: 'refused' },
  { endpoint: '/update/records', status: 'refused' },
  { endpoint: '/delete/records', status: 'refused' },
  { endpoint: '/delete/proc', status: 'cancelled' },
]

for (const { given, asWritten } of [
  { given: '{ lifecycle: { duration: 1h } }', asWritten: undefined },
  { given: '{ error: late }', asWritten: undefined },
  { given: '{}', asWritten: undefined },
  { given: '{ lifecycle: { duration: 1h, cancel: refuse } }', asWritten: 'refused' },
  { given: '{ lifecycle: { duration: 1h, cancel: immediate } }', asWritten: 'cancelled' },
]) {
  t.test(`cancel is set by a * rule with ${given}, else by the endpoint`, async (t) => {
    const rules = loadRules(t, `- { when: { endpoint: '*' }, then: ${given} }`)
    const server = await startTestServer({ rules })
    t.teardown(server.close)
    for (const { endpoint, status } of POLICIES) {
      const id = await createJob(server, { encoding: 'binary', endpoint, fields: {} })
      const request = { job_ids: [id], action: 'cancel', options: {} }
      const { response } = await server.ask('json', '/admin/alter/jobs', request)
      t.strictSame(Object(response).status, [asWritten ?? status], endpoint)
    }
  })
}

const CONDITIONS = [
  { when: 'as: job', hits: { as: 'job' }, misses: { as: 'direct' } },
  { when: 'as: direct', hits: { as: 'direct' }, misses: { as: 'job' } },
  { when: 'encoding: snappy', hits: { encoding: 'snappy' }, misses: { encoding: 'binary' } },
  { when: 'encoding: json', hits: { encoding: 'json' }, misses: { encoding: 'snappy' } },
  { when: 'tag: a', hits: { as: 'job', tag: 'a' }, misses: { as: 'job', tag: 'ab' } },
  { when: 'tag: { matches: "^a" }', hits: { as: 'job', tag: 'ab' }, misses: { as: 'direct' } },
  {
    when: 'request: { options: { a: b } }',
    hits: {},
    misses: { fields: { ...FIELDS, options: { a: 'B' } } },
  },
  {
    when: 'request: { table_name: { matches: "^o.*s$" } }',
    hits: {},
    misses: { fields: { ...FIELDS, table_name: 'order' } },
  },
] as const

for (const { when, hits, misses } of CONDITIONS) {
  t.test(`a rule with ${when} answers only matching requests`, async (t) => {
    const rules = loadRules(
      t,
      `- { when: { endpoint: ${endpoint}, ${when} }, then: { error: hit } }`,
    )
    const server = await startTestServer({ rules })
    t.teardown(server.close)
    const call = { as: 'direct', encoding: 'binary', endpoint, fields: FIELDS } as const
    t.strictSame(await runCall(server, { ...call, ...hits }), { error: 'hit' })
    t.match(await runCall(server, { ...call, ...misses }), { response: {} })
  })
}

t.test('a rule with a user answers only that user', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: ${endpoint}, user: { matches: '^e' } }, then: { error: not you } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const inner = {
    endpoint,
    request_encoding: 'json',
    data_str: '{"table_name":"","action":"","value":""}',
  }
  const cases = [
    { user: 'eve', message: 'not you', job: 'ERROR' },
    { user: 'adam', message: '', job: 'DONE' },
  ]
  for (const { user, message, job } of cases) {
    const headers = { authorization: `Basic ${Buffer.from(`${user}:x`).toString('base64')}` }
    const post = async (path: string, body: string | Buffer) =>
      readAnswer(path, await sendHttp(server.port, { method: 'POST', path, headers, body }))
    t.equal((await post(endpoint, encodeRequest('json', endpoint, FIELDS))).message, message)
    const created = await post('/create/job', JSON.stringify(inner))
    server.clock.advance(1000)
    const { job_id } = Object(created.response)
    t.match((await post('/get/job', `{"job_id":${job_id}}`)).response, { job_status: job })
  }
})

t.test('a call is rejected if the expressions of rules would read too much of it', async (t) => {
  const condition = (index: number) => `{ table_name: { matches: '[y${index}]$' } }`
  const lines = Array.from({ length: 50 }, (_, index) => {
    return `- { when: { endpoint: ${endpoint}, request: ${condition(index)} }, then: {} }`
  })
  const server = await startTestServer({ rules: loadRules(t, lines.join('\n')) })
  t.teardown(server.close)
  const call = { encoding: 'binary', endpoint } as const
  const most = { ...FIELDS, table_name: 'x'.repeat(100_000) }
  t.match(await runCall(server, { ...call, as: 'direct', fields: most }), { response: {} })
  const fields = { ...FIELDS, table_name: 'x'.repeat(200_000) }
  const limit = 'they would read more than 8000000 characters'
  const error = `Cannot compare the request with all regular expressions: ${limit}`
  t.strictSame(await runCall(server, { ...call, as: 'direct', fields }), { error })
  await t.rejects(createJob(server, { ...call, fields }), { message: error })
})

t.test('times limits how often a rule answers, nth selects the call', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: ${endpoint}, nth: 3 }, then: { error: third } }
- { when: { endpoint: ${endpoint} }, times: 1, then: { error: once } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const seen: unknown[] = []
  for (const { as, encoding } of WAYS.slice(0, 4)) {
    seen.push(Object(await runCall(server, { as, encoding, endpoint, fields: FIELDS })).error)
  }
  t.strictSame(seen, ['once', undefined, 'third', undefined])
})

const OWN = [
  { endpoint: '/get/job', given: '{ response: { job_status: RUNNING, progress: 7 } }' },
  { endpoint: '/show/system/status', given: '{ response: { info: { x: y } } }' },
  { endpoint: '/show/system/properties', given: '{ error: not now, http_status: 503 }' },
  { endpoint: '/create/job', given: '{ error: full }' },
]

for (const { endpoint, given } of OWN) {
  t.test(`a rule that names ${endpoint} replaces it, one with a * does not`, async (t) => {
    const named = await startTestServer({
      rules: loadRules(t, `- { when: { endpoint: ${endpoint} }, then: ${given} }`),
      seeds: [],
    })
    t.teardown(named.close)
    const wild = await startTestServer({
      rules: loadRules(t, `- { when: { endpoint: '*' }, then: { error: wild } }`),
    })
    t.teardown(wild.close)
    const plain = await startTestServer()
    t.teardown(plain.close)
    for (const encoding of ['json', 'binary', 'snappy'] as const) {
      const ruled = await named.ask(encoding, endpoint, {})
      const expected = await plain.ask(encoding, endpoint, {})
      t.notSame([ruled.response, ruled.message], [expected.response, expected.message])
      const { message } = await wild.ask(encoding, endpoint, {})
      t.equal(message, expected.message)
    }
  })
}

t.test('a rule for /get/job answers with its response', async (t) => {
  const rules = loadRules(
    t,
    `
- when: { endpoint: /get/job, request: { job_id: 9007199254740993 } }
  then: { response: { job_status: RUNNING, running: true, progress: 7 } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const { response } = await server.ask('binary', '/get/job', { job_id: 9007199254740993n })
  t.match(response, { job_status: 'RUNNING', running: true, progress: '7' })
  t.equal((await server.ask('binary', '/get/job', { job_id: 9007199254740992n })).httpStatus, 400)
})

t.test('a rule with an empty response delays an endpoint with its own behaviour', async (t) => {
  const rules = loadRules(
    t,
    `- { when: { endpoint: /show/system/status }, then: { response: {}, delay: 5 } }`,
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const answer = server.ask('json', '/show/system/status', {})
  const second = server.ask('json', '/show/system/timing', {})
  await second
  const early = await Promise.race([answer, second.then(() => 'waits')])
  t.equal(early, 'waits')
  server.clock.advance(5)
  const { status_map } = Object((await answer).response)
  t.equal(JSON.parse(status_map.system).status, 'running')
})

t.test('a rule with a * answers a job of an endpoint with its own behaviour', async (t) => {
  const rules = loadRules(t, `- { when: { endpoint: '/show/*' }, then: { error: wild } }`)
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const call = { encoding: 'json', endpoint: '/show/system/status', fields: {} } as const
  for (const { as, result } of [
    { as: 'direct', result: { response: {} } },
    { as: 'job', result: { error: 'wild' } },
    { as: 'direct', result: { response: {} } },
  ] as const) {
    t.match(await runCall(server, { ...call, as }), result)
  }
})

const RULES = `
- name: far
  when: { endpoint: ${endpoint}, user: eve, request: { table_name: x, action: y } }
  then: {}
- name: near
  when: { endpoint: '/alter/*', request: { options: { a: c, d: { matches: '^e' } } } }
  then: {}`

const WHY =
  'the nearest rule is near; request.options.a: expected "c", got "b"; ' +
  'request.options.d: expected a string that matches ^e, got nothing'

const WHYS = [
  `Cannot match ${endpoint}: ${WHY}`,
  `Cannot match ${endpoint} as a job: ${WHY}`,
] as const

/** The reasons of the warnings in a log. */
function reasons({ logged }: { readonly logged: readonly string[] }): unknown[] {
  const lines = logged.map((line) => JSON.parse(line))
  return lines.filter(({ level }) => level === 40).map(({ reason }) => reason)
}

t.test('a strict error names the nearest rule, field by field, in all encodings', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES), strict: true })
  t.teardown(server.close)
  for (const encoding of ['json', 'binary', 'snappy'] as const) {
    t.strictSame(await server.ask(encoding, endpoint, FIELDS), {
      httpStatus: 400,
      contentType: encoding === 'json' ? 'application/json' : 'application/octet-stream',
      status: 'ERROR',
      message: `Cannot match ${endpoint}: ${WHY}`,
      dataType: 'none',
      response: null,
    })
    await t.rejects(createJob(server, { encoding, endpoint, fields: FIELDS }), {
      message: `Cannot match ${endpoint} as a job: ${WHY}`,
    })
  }
  t.strictSame(server.scope.jobs.list(), [])
  t.strictSame(reasons(server), [...WHYS, ...WHYS, ...WHYS], 'the log has them too')
})

t.test('the log names the nearest rule if the endpoint has rules', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES) })
  t.teardown(server.close)
  for (const { as, encoding } of WAYS) {
    const call = { as, encoding, endpoint, fields: FIELDS }
    t.match(await runCall(server, call), { response: { table_name: 'orders' } })
  }
  const [direct, job] = WHYS
  t.strictSame(reasons(server), [direct, direct, direct, job, job, job])
})

t.test('nothing is logged if a rule matches or the endpoint has no rules', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES) })
  t.teardown(server.close)
  const matching = { ...FIELDS, options: { a: 'c', d: 'e' } }
  await server.ask('json', endpoint, matching)
  await server.ask('json', '/create/table', {})
  await server.ask('json', '/get/job', { job_id: 1n })
  t.strictSame(server.logged, [])
})

t.test('a strict server accepts matched requests and calls of own endpoints', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES), strict: true })
  t.teardown(server.close)
  const matching = { ...FIELDS, options: { a: 'c', d: 'e' } }
  t.equal((await server.ask('binary', endpoint, matching)).status, 'OK')
  const id = await createJob(server, { encoding: 'snappy', endpoint, fields: matching })
  t.equal((await server.ask('binary', '/get/job', { job_id: id })).status, 'OK')
  t.equal((await server.ask('json', '/show/system/status', {})).status, 'OK')
})

t.test('a strict error for an endpoint without rules names the nearest rule of all', async (t) => {
  const rules = loadRules(t, `- { when: { endpoint: /alter/role }, then: {} }`)
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const { message } = await server.ask('binary', endpoint, FIELDS)
  t.match(message, /^Cannot match \/alter\/table: the nearest rule is .*rules\.yaml:2; /)
  t.match(message, '; endpoint: expected /alter/role, got /alter/table')
})

t.test('a strict error reports how often a rule may still answer', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: once, when: { endpoint: ${endpoint} }, times: 1, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  t.equal((await server.ask('json', endpoint, FIELDS)).status, 'OK')
  t.equal(
    (await server.ask('json', endpoint, FIELDS)).message,
    `Cannot match ${endpoint}: the nearest rule is once; times: expected at most 1, got one more`,
  )
})

t.test('an explanation lists at most ten differences and shortens long values', async (t) => {
  const keys = Array.from({ length: 12 }, (_, index) => `k${index}: v`).join(', ')
  const rules = loadRules(
    t,
    `
- { name: r, when: { endpoint: ${endpoint}, request: { options: { ${keys} } } }, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const options = { k0: 'x'.repeat(100_000) }
  const { message } = await server.ask('binary', endpoint, { ...FIELDS, options })
  t.equal(message.split('; ').length, 11)
  t.match(message, `; request.options.k0: expected "v", got "${'x'.repeat(80)}…"; `)
  t.match(message, /; request\.options\.k9: expected "v", got nothing$/)
})

t.test('an explanation that quotes a request contains no failover phrase', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: r, when: { endpoint: ${endpoint}, request: { value: x } }, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const { message } = await server.ask('json', endpoint, { ...FIELDS, value: 'Connection refused' })
  t.notMatch(message, 'Connection refused')
})

t.test('an explanation hides secrets in fields and options', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: r, when: { endpoint: ${endpoint}, request: { options: { api_token: x } } }, then: {} }
- { name: u, when: { endpoint: /create/user/internal, request: { password: x } }, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const hidden = 'expected (redacted), got (redacted)'
  const options = { api_token: 'hush' }
  t.equal(
    (await server.ask('json', endpoint, { ...FIELDS, options })).message,
    `Cannot match ${endpoint}: the nearest rule is r; request.options.api_token: ${hidden}`,
  )
  const user = { name: 'bob', password: 'hush' }
  t.equal(
    (await server.ask('binary', '/create/user/internal', user)).message,
    `Cannot match /create/user/internal: the nearest rule is u; request.password: ${hidden}`,
  )
})
