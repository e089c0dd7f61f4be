import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { made } from '../support/record-exchanges.ts'
import { loadRecorded, record } from '../support/recordings.ts'

const TAG = '7030916e-7f09-8400-8000-000000000001'
const NO_BYTES = Buffer.alloc(0)

function create(atMs: number, parts: { readonly id?: bigint; readonly name?: string } = {}) {
  const { id = 42n, name = 'orders' } = parts
  const data_str = `{"table_name":"${name}"}`
  const request = { endpoint: '/has/table', request_encoding: 'json', data_str }
  return made({
    endpoint: '/create/job',
    request,
    response: { job_id: id, info: { job_tag: TAG } },
    atMs,
  })
}

function poll(atMs: number, job_status: string, parts: AvroRecord = {}) {
  const response = { endpoint: '/has/table', job_status, response_encoding: 'json', ...parts }
  return made({ endpoint: '/get/job', request: { job_id: 42n }, response, atMs })
}

const DONE = {
  job_response_str: `{"table_name":"orders","table_exists":true,"info":{"tag":"${TAG}"}}`,
}

t.test('a job becomes a rule with its lifecycle and its result', async (t) => {
  const { text, counts } = record([
    create(1000),
    poll(1100, 'RUNNING'),
    poll(1600, 'RUNNING', { progress: 40 }),
    poll(3000, 'RUNNING', { progress: 40 }),
    poll(4000, 'DONE', DONE),
    poll(5000, 'DONE', DONE),
  ])
  t.equal(
    text,
    [
      'rules:',
      '  # 1 job',
      '  - when: { endpoint: /has/table, as: job, request: { table_name: orders } }',
      '    then:',
      '      lifecycle:',
      '        steps:',
      '          - { after: 350ms } # ±250ms',
      '          - { after: 0, progress: 40 }',
      '          - { after: 2.15s } # ±500ms',
      '      response: { table_exists: true, info: { tag: "{{job.tag}}" } }',
      '',
    ].join('\n'),
  )
  t.equal(counts.rules, 1)
  loadRecorded(t, text)
})

t.test('jobs of one request that end alike are one rule, others follow one another', async (t) => {
  const error = { status_map: { error_message: `job ${TAG} {{failed}}` } }
  const cancel = made({
    endpoint: '/admin/alter/jobs',
    request: { job_ids: [42n], action: 'cancel' },
    atMs: 7000,
  })
  const { fixture, text } = record([
    create(1000),
    poll(2000, 'DONE', DONE),
    create(3000),
    poll(3500, 'RUNNING'),
    poll(4000, 'DONE', DONE),
    create(5000),
    poll(5500, 'ERROR', error),
    create(6000),
    poll(6500, 'RUNNING'),
    cancel,
    poll(7500, 'RUNNING'),
    poll(8000, 'CANCELLED'),
    create(9000),
    poll(9500, 'RUNNING', { progress: 7 }),
    create(10_000),
  ])
  t.strictSame(
    fixture.rules?.map(({ when, times, then }) => [when.nth, times, then]),
    [
      [
        undefined,
        2,
        {
          lifecycle: { steps: [{ after: '750ms' }] },
          response: { table_exists: true, info: { tag: '{{job.tag}}' } },
        },
      ],
      [
        3,
        undefined,
        {
          lifecycle: {
            steps: [{ after: '250ms' }],
            outcome: 'ERROR',
            error: 'job {{job.tag}} { {failed}}',
          },
        },
      ],
      [4, undefined, { lifecycle: { steps: [{ hold: true }], cancel: { after: '750ms' } } }],
      [5, undefined, { lifecycle: { steps: [{ hold: true, progress: 7 }] } }],
      [undefined, undefined, {}],
    ],
  )
  t.match(text, /# 1 job, still running when last polled/)
  t.match(text, /# 1 job, never polled/)
  loadRecorded(t, text)
})

t.test('a job that existed before becomes a job of the fixture', async (t) => {
  const other = made({
    endpoint: '/get/job',
    request: { options: { job_tag: 'nightly' } },
    response: { endpoint: '/has/schema', job_status: 'RUNNING', progress: 3 },
    atMs: 1200,
  })
  const sameTag = made({
    endpoint: '/get/job',
    request: { options: { job_tag: 'other' } },
    response: { endpoint: '/has/schema', job_status: 'RUNNING', info: { job_tag: TAG } },
  })
  const { text } = record([
    poll(1000, 'RUNNING', { info: { job_tag: TAG } }),
    poll(2000, 'DONE', { ...DONE, job_response: NO_BYTES }),
    other,
    sameTag,
    made({ endpoint: '/get/job', request: { job_id: 9n }, response: { endpoint: '/get/job' } }),
  ])
  t.equal(
    text,
    [
      'jobs:',
      '  # 2 polls, since the recording began',
      '  - job_id: 42',
      `    tag: "${TAG}"`,
      '    endpoint: /has/table',
      '    encoding: json',
      '    lifecycle:',
      '      steps:',
      '        - { after: 500ms } # ±500ms',
      '    response:',
      '      table_name: orders',
      '      table_exists: true',
      `      info: { tag: "${TAG}" }`,
      '  # 1 poll, still running when last polled, since the recording began',
      '  - tag: nightly',
      '    endpoint: /has/schema',
      '    lifecycle: { steps: [{ hold: true, progress: 3 }] }',
      'rules: []',
      '',
    ].join('\n'),
  )
  loadRecorded(t, text)
})

t.test('a job that is polled by its tag and by its id is one job', async (t) => {
  const seen = (atMs: number, request: AvroRecord, parts: AvroRecord = {}) => {
    const response = { endpoint: '/has/schema', job_status: 'RUNNING', ...parts }
    return made({ endpoint: '/get/job', request, response, atMs })
  }
  const tagged = (job_tag: string) => ({ options: { job_tag } })
  const cancel = made({
    endpoint: '/admin/alter/jobs',
    request: { ...tagged('cancelled'), action: 'cancel' },
    response: { job_ids: [9n] },
    atMs: 1200,
  })
  const { fixture, text } = record([
    seen(1000, tagged('shown')),
    seen(1100, { job_id: 7n }, { info: { job_tag: 'shown' } }),
    seen(1200, tagged('shown')),
    seen(1000, tagged('cancelled')),
    cancel,
    seen(1300, { job_id: 9n }, { job_status: 'CANCELLED' }),
    seen(1000, { job_id: 11n }),
    seen(1100, { job_id: 11n, ...tagged('both') }),
    seen(1200, tagged('both')),
    // The mock takes no such tag.
    seen(1200, tagged('with blanks')),
    // Another job took over the tag.
    seen(1200, { job_id: 12n }, { info: { job_tag: 'shown' } }),
    seen(1000, { job_id: 13n }),
    seen(1100, { job_id: 13n }, { info: { job_tag: 'late' } }),
    seen(1200, tagged('late')),
    made({
      endpoint: '/admin/alter/jobs',
      request: { ...tagged('late'), action: 'cancel' },
      error: 'not permitted',
    }),
  ])
  t.strictSame(
    fixture.jobs?.map(({ job_id, tag }) => [job_id, tag]),
    [
      [7n, 'shown'],
      [9n, 'cancelled'],
      [11n, 'both'],
      [12n, undefined],
      [13n, 'late'],
    ],
  )
  t.match(
    text,
    '# 3 polls, still running when last polled, since the recording began\n  - job_id: 7',
  )
  t.match(text, '# 2 polls, since the recording began\n  - job_id: 9')
  loadRecorded(t, text)
})

t.test('what is strange about jobs is a finding', async (t) => {
  const created = create(1000)
  const bad = made({
    endpoint: '/create/job',
    request: { endpoint: '/has/tabel' },
    response: { job_id: 1n },
  })
  const { drift, fixture } = record([
    created,
    poll(1500, 'QUEUED', { running: true }),
    poll(2000, 'FINISHED', { successful: true, ...DONE, job_response_str: '{}' }),
    bad,
    poll(1000, 'DONE'),
    made({
      endpoint: '/get/job',
      request: { job_id: 5n },
      response: { endpoint: '/new', job_status: 'FAILED' },
    }),
  ])
  t.strictSame(
    drift.map(({ path, what }) => `${path}: ${what}`),
    [
      'response.job_status: the status QUEUED is unknown',
      'response.job_status: the status FINISHED is unknown',
      'response.table_name: the field is missing',
      'response.table_exists: the field is missing',
      'response.info: the field is missing',
      'request: the request of the job cannot be read',
      'response.job_status: the status FAILED is unknown',
      'response.endpoint: the endpoint of the job is unknown',
    ],
  )
  t.equal(fixture.rules?.length, 1)
})

t.test('the encoding of a result is written if it is not that of the request', async (t) => {
  const binary = {
    response_encoding: 'binary',
    job_response: Buffer.from('0c6f72646572730100', 'hex'),
  }
  const { fixture } = record([create(1000), poll(2000, 'DONE', binary)])
  t.strictSame(fixture.rules?.[0]?.then, {
    lifecycle: { steps: [{ after: '500ms' }] },
    encoding: 'binary',
    response: { table_exists: true },
  })
})

t.test('with raw, a result that its record does not give again is kept as bytes', async (t) => {
  const { fixture, text } = record(
    [create(1000), poll(2000, 'DONE', { job_response_str: `${DONE.job_response_str} ` })],
    { raw: 'always' },
  )
  const [rule] = fixture.rules ?? []
  t.equal(rule?.when.encoding, 'json')
  t.equal(rule?.then.response_text, `${DONE.job_response_str} `)
  loadRecorded(t, text)
})

t.test('a job is found by its tag', async (t) => {
  const byTag = (atMs: number, endpoint: string, request: AvroRecord, response: AvroRecord) =>
    made({ endpoint, request: { ...request, options: { job_tag: TAG } }, response, atMs })
  const state = { endpoint: '/has/table', job_status: 'RUNNING' }
  const { fixture } = record([
    create(1000),
    byTag(1500, '/get/job', {}, state),
    byTag(1600, '/admin/alter/jobs', { action: 'cancel' }, {}),
    byTag(1600, '/admin/alter/jobs', { action: 'look' }, {}),
    byTag(1700, '/get/job', {}, { ...state, job_status: 'CANCELLED' }),
  ])
  t.strictSame(fixture.rules?.[0]?.then, { lifecycle: { steps: [{ hold: true }] } })
})

t.test('answers of job endpoints in JSON may lack anything', async (t) => {
  const answer = (data_type: string, inner: object) =>
    Buffer.from(
      JSON.stringify({
        status: 'OK',
        message: '',
        data_type,
        data: '',
        data_str: JSON.stringify(inner),
      }),
    )
  const created = { ...create(1000), answer: answer('create_job_response', {}) }
  const polled = {
    ...poll(2000, 'DONE'),
    answer: answer('get_job_response', { job_status: 'DONE', endpoint: '/has/table' }),
  }
  const unread = Buffer.from(
    '{"status":"OK","message":"","data_type":"x","data":"","data_str":"5"}',
  )
  const { fixture } = record([
    created,
    polled,
    { ...create(3000), answer: unread },
    { ...poll(3000, 'DONE'), answer: unread },
  ])
  t.strictSame(
    fixture.rules?.map(({ then }) => then),
    [{}],
  )
  t.strictSame(
    fixture.jobs?.map(({ job_id }) => job_id),
    [42n],
  )
})

t.test('a result that cannot be read or is too long is not kept', async (t) => {
  const long = `{"table_name":"${'x'.repeat(5 * 1024 * 1024)}","table_exists":true,"info":{}}`
  const { fixture, counts } = record([
    create(1000),
    poll(2000, 'DONE', { job_response_str: '<html>' }),
    create(3000),
    poll(4000, 'DONE', { job_response_str: long }),
    create(5000),
    poll(6000, 'DONE', { response_encoding: '' }),
  ])
  const steps = [{ after: '500ms' }]
  t.strictSame(
    fixture.rules?.map(({ then }) => then),
    [{ lifecycle: { steps } }],
  )
  t.equal(counts.tooLong, 1)
})

t.test('a result repeats the id of its job, also in lists', async (t) => {
  const endpoint = '/show/video'
  const request = { endpoint, request_encoding: 'json', data_str: '{"paths":["a"],"options":{}}' }
  const info = { job_id: '42', tags: 'x' }
  const done = {
    endpoint,
    job_status: 'DONE',
    response_encoding: 'json',
    job_response_str: JSON.stringify({ paths: ['a', TAG], info }),
  }
  const { fixture } = record([
    made({ endpoint: '/create/job', request, response: { job_id: 42n, info: { job_tag: TAG } } }),
    made({ endpoint: '/get/job', request: { job_id: 42n }, response: done, atMs: 2000 }),
  ])
  const { paths, info: shown } = Object(fixture.rules?.[0]?.then.response)
  t.strictSame(paths, ['a', '{{job.tag}}'])
  t.strictSame(shown, { job_id: '{{job.id}}', tags: 'x' })
})

t.test('a creation that fails between others is answered in its turn', async (t) => {
  const data_str = '{"table_name":"orders"}'
  const request = { endpoint: '/has/table', request_encoding: 'json', data_str }
  const failed = made({ endpoint: '/create/job', request, error: 'busy' })
  const { fixture, text } = record([create(1000), failed, create(2000)])
  t.strictSame(
    fixture.rules
      ?.filter(({ when }) => when.endpoint === '/create/job')
      .map(({ when, then }) => [when.nth, then]),
    [
      [1, {}],
      [2, { error: 'busy' }],
    ],
  )
  loadRecorded(t, text)
})

t.test('the error of a job whose request is not kept is not that of others', async (t) => {
  const asked = (data_str: string, answer: object) => {
    const request = { endpoint: '/alter/user', request_encoding: 'json', data_str }
    return made({ endpoint: '/create/job', request, ...answer })
  }
  const secret = '{"name":"ann","action":"set_password","value":"hush"}'
  const { fixture, text } = record([
    asked(secret, { error: 'busy' }),
    asked('{"name":"bob"}', { response: { job_id: 1n } }),
    asked('{"name":"eve"}', { error: 'no eve' }),
    asked('{"name":"eve"}', { response: { job_id: 2n } }),
    asked('{"name', { error: 'no JSON' }),
  ])
  const answers = fixture.rules
    ?.filter(({ when }) => when.endpoint === '/create/job')
    .map(({ when, then }) => [when.request?.['data_str'], then])
  t.strictSame(answers, [
    ['{"name":"bob"}', {}],
    ['{"name":"eve"}', { error: 'no eve' }],
    ['{"name":"eve"}', {}],
    ['{"name', { error: 'no JSON' }],
    [undefined, { error: 'busy' }],
  ])
  loadRecorded(t, text)
})

t.test('of very many errors, a job that was created has a rule in any case', async (t) => {
  const asked = (name: string, answer: object) => {
    const data_str = `{"table_name":"${name}"}`
    const request = { endpoint: '/has/table', request_encoding: 'json', data_str }
    return made({ endpoint: '/create/job', request, ...answer })
  }
  const errors = Array.from({ length: 1001 }, (_, index) => asked(`t${index}`, { error: 'no' }))
  const { fixture } = record([...errors, asked('orders', { response: { job_id: 1n } })])
  const created = fixture.rules?.filter(({ when, then }) => {
    return when.endpoint === '/create/job' && then.error === undefined
  })
  t.equal(created?.length, 1)
})
