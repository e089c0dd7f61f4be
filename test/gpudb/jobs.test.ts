import t from 'tap'
import { readJobKey, readTag } from '../../src/gpudb/job-key.ts'
import { FinishedAnswers, type JobResponse } from '../../src/gpudb-parts/finished-answers.ts'
import { RESULT_ENCODINGS } from '../../src/jobs/encoding.ts'
import type { Job } from '../../src/jobs/job.ts'
import { JobTags } from '../../src/jobs/job-tags.ts'
import type { Lifecycle } from '../../src/jobs/lifecycle.ts'
import { createUuids } from '../../src/scope/scope-factory.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'
import { loadRules, ruleOf } from '../support/rules.ts'
import { ENCODINGS, encodeRequest, seedJob, startTestServer } from '../support/server.ts'

// alter_table_request of "vec.täble", "ttl", "7", {"k": "v"}, as sent by the Python client 7.2.3.12
// inside /create/job, uncompressed and in a raw snappy block.
const INNER_HEX = '147665632e74c3a4626c650674746c023702026b027600'
const INNER_SNAPPY_HEX = '1758147665632e74c3a4626c650674746c023702026b027600'

const INNER_JSON = '{"table_name":"vec.täble","action":"ttl","value":"7","options":{"k":"v"}}'

const NOTHING = Buffer.alloc(0)

const PAYLOADS = [
  {
    request_encoding: 'json',
    payload: { data: NOTHING, data_str: INNER_JSON },
    result: {
      response_encoding: 'json',
      job_response: { hex: '' },
      job_response_str:
        '{"table_name":"vec.t\\u00e4ble","action":"ttl","value":"7","type_id":"",' +
        '"type_definition":"","properties":{},"label":"","info":{}}',
    },
  },
  ...[
    { request_encoding: 'binary', data: INNER_HEX },
    { request_encoding: 'snappy', data: INNER_SNAPPY_HEX },
  ].map(({ request_encoding, data }) => ({
    request_encoding,
    payload: { data: Buffer.from(data, 'hex'), data_str: '' },
    result: {
      response_encoding: 'binary',
      // The three strings of the request, then five zeros: see the Avro specification.
      job_response: { hex: '147665632e74c3a4626c650674746c02370000000000' },
      job_response_str: '',
    },
  })),
]

for (const { request_encoding, payload, result } of PAYLOADS) {
  t.test(`POST /create/job runs a ${request_encoding} payload to its result`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const uuids = createUuids('test')
    // The tags of the scope are made with the first.
    uuids()
    for (const [index, asked] of ENCODINGS.entries()) {
      const options = { job_tag: `tag-${asked}` }
      const request = { endpoint: '/alter/table', request_encoding, ...payload, options }
      const created = await server.ask(asked, '/create/job', request)
      t.equal(created.dataType, 'create_job_response', asked)
      t.strictSame(created.response, {
        job_id: String(index + 1),
        info: { job_tag: `tag-${asked}`, query_id: uuids() },
      })
      server.clock.advance(1000)
      const done = await server.ask(asked, '/get/job', { job_id: BigInt(index + 1) })
      t.strictSame(
        done.response,
        {
          endpoint: '/alter/table',
          job_status: 'DONE',
          running: false,
          progress: 100,
          successful: true,
          ...result,
          status_map: {},
          info: { job_tag: `tag-${asked}` },
        },
        asked,
      )
    }
  })
}

t.test('POST /create/job runs a job for the default duration', async (t) => {
  const server = await startTestServer({ defaultDurationMs: 200 })
  t.teardown(server.close)
  const request = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  await server.call('/create/job', request)
  const seen: unknown[] = []
  for (const ms of [0, 100, 99, 1]) {
    server.clock.advance(ms)
    seen.push((await server.call('/get/job', { job_id: 1 }))['job_status'])
  }
  t.strictSame(seen, ['RUNNING', 'RUNNING', 'RUNNING', 'DONE'])
})

t.test('POST /create/job generates a tag if it is missing or empty', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const options of [{}, { job_tag: '' }]) {
    const request = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
    const { info } = await server.call('/create/job', { ...request, options })
    const { job_tag } = Object(info)
    t.match(job_tag, /^[\da-f-]{36}$/)
    const byTag = await server.call('/get/job', { options: { job_tag } })
    t.strictSame(byTag['info'], { job_tag })
  }
})

t.test('POST /create/job skips the ids of fixtures', async (t) => {
  const server = await startTestServer({ seeds: [seedJob({ id: 2n }), seedJob({ id: 101n })] })
  t.teardown(server.close)
  const request = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  const ids: unknown[] = []
  for (const _ of [1, 2, 3]) ids.push((await server.call('/create/job', request))['job_id'])
  t.strictSame(ids, [1, 3, 4])
})

t.test('POST /create/job with remove_job_on_complete removes a reported job', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const [index, value] of ['true', 'false'].entries()) {
    const options = { remove_job_on_complete: value }
    const request = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
    const job_id = index + 1
    await server.call('/create/job', { ...request, options })
    t.equal((await server.call('/get/job', { job_id }))['job_status'], 'RUNNING', value)
    server.clock.advance(1000)
    t.equal((await server.call('/get/job', { job_id }))['job_status'], 'DONE', value)
  }
  t.equal((await server.post('/get/job', { job_id: 1 })).status, 400)
  t.equal((await server.post('/get/job', { job_id: 2 })).status, 200)
})

t.test('POST /create/job accepts the fields that the JavaScript clients omit', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const request = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  t.equal((await server.call('/create/job', { ...request, data: null }))['job_id'], 1)
  t.equal((await server.call('/create/job', { ...request, options: null }))['job_id'], 2)
  const bytes = { type: 'Buffer', data: [...Buffer.from(INNER_HEX, 'hex')] }
  // An omitted request_encoding means binary.
  t.equal(
    (await server.call('/create/job', { endpoint: '/alter/table', data: bytes }))['job_id'],
    3,
  )
})

const RUN = { endpoint: '/alter/table', request_encoding: 'json', data: NOTHING, data_str: '{}' }

const REFUSED = [
  {
    what: 'an unknown endpoint',
    request: { ...RUN, endpoint: '/altar/table' },
    message:
      'Cannot create a job for "/altar/table": ' +
      'GPUdb has no such endpoint (did you mean /alter/table?)',
  },
  {
    what: 'an empty endpoint',
    request: { ...RUN, endpoint: '' },
    message: 'Cannot create a job for "": GPUdb has no such endpoint',
  },
  {
    what: 'a path outside the catalogue',
    request: { ...RUN, endpoint: '/../package' },
    message: 'Cannot create a job for "/../package": GPUdb has no such endpoint',
  },
  {
    what: '/create/job itself',
    request: { ...RUN, endpoint: '/create/job' },
    message: 'Cannot create a job for "/create/job": call it directly',
  },
  {
    what: '/get/job',
    request: { ...RUN, endpoint: '/get/job' },
    message: 'Cannot create a job for "/get/job": call it directly',
  },
  {
    what: 'an unknown request_encoding',
    request: { ...RUN, request_encoding: 'xml' },
    message: 'Cannot create a job: request_encoding "xml" is not binary, json or snappy',
  },
  {
    what: 'invalid JSON',
    request: { ...RUN, data_str: '{"table_name"' },
    message: /^Cannot read data_str as JSON: /,
  },
  {
    what: 'JSON with an unknown field of the inner request',
    request: { ...RUN, data_str: '{"table_name":"t","action":"ttl","value":"7","option":{}}' },
    message:
      'Cannot read data_str as alter_table_request: ' +
      'option: alter_table_request has no such field (did you mean options?)',
  },
  {
    what: 'truncated bytes',
    request: { ...RUN, request_encoding: 'binary', data: Buffer.from('0274', 'hex') },
    message:
      'Cannot read data as alter_table_request: at byte 2, in field action: the bytes end too early',
  },
  {
    what: 'trailing bytes',
    request: { ...RUN, request_encoding: 'binary', data: Buffer.from(`${INNER_HEX}00`, 'hex') },
    message: 'Cannot read data as alter_table_request: at byte 23, 1 bytes are left over',
  },
  {
    what: 'a corrupt snappy block',
    request: { ...RUN, request_encoding: 'snappy', data: Buffer.from('17ff', 'hex') },
    message: 'Cannot decompress data: the snappy block is corrupt',
  },
  {
    what: 'an invalid tag',
    request: { ...RUN, options: { job_tag: 'a/b' } },
    message: `Cannot take options.job_tag "a/b": use 1 to 255 letters, digits, '_' and '-'`,
  },
  {
    what: 'a tag in use',
    request: {
      ...RUN,
      endpoint: '/admin/rebalance',
      options: { job_tag: 'taken' },
    },
    message: 'Cannot create a job with the tag taken: job 7 has it',
  },
]

for (const { what, request, message } of REFUSED) {
  t.test(`POST /create/job rejects ${what} and creates no job`, async (t) => {
    const server = await startTestServer({ seeds: [seedJob({ id: 7n, tag: 'taken' })] })
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const answer = await server.ask(asked, '/create/job', request)
      const { httpStatus, status, dataType } = answer
      t.match(answer.message, message, asked)
      t.strictSame([httpStatus, status, dataType], [400, 'ERROR', 'none'], asked)
    }
    t.strictSame(
      server.scope.jobs.list().map(({ job }) => job.id),
      [7n],
    )
  })
}

t.test('POST /create/job returns 413 for an inner payload over the body limit', async (t) => {
  const server = await startTestServer({ bodyLimit: 400 })
  t.teardown(server.close)
  // A snappy block with a declared length of 2^21 bytes: the varint 80 80 80 01.
  const data = Buffer.from('8080800100', 'hex')
  const request = { endpoint: '/alter/table', request_encoding: 'snappy', data }
  for (const asked of ENCODINGS) {
    const { httpStatus, message } = await server.ask(asked, '/create/job', request)
    t.equal(httpStatus, 413, asked)
    t.match(message, 'Cannot decompress data: 2097152 bytes are more than the limit of 400')
  }
  t.strictSame(server.scope.jobs.list(), [])
})

t.test('POST /create/job records the caller', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const body = encodeRequest('json', '/create/job', { ...RUN, endpoint: '/admin/rebalance' })
  // "jo:secret" in base64.
  const headers = { authorization: 'Basic am86c2VjcmV0', 'content-type': 'application/json' }
  await fetch(`${server.url}/create/job`, { method: 'POST', headers, body })
  await server.post('/create/job', body.toString())
  t.strictSame(
    server.scope.jobs.list().map(({ job }) => job.caller),
    [
      { user: 'jo', sourceIp: '127.0.0.1' },
      { user: '', sourceIp: '127.0.0.1' },
    ],
  )
})

t.test('POST /create/job rejects a job over the maximum', async (t) => {
  const seeds = Array.from({ length: 1000 }, () => seedJob())
  const server = await startTestServer({ seeds })
  t.teardown(server.close)
  const request = { ...RUN, endpoint: '/admin/rebalance' }
  const { httpStatus, message } = await server.ask('binary', '/create/job', request)
  t.equal(httpStatus, 400)
  t.equal(message, 'Cannot create a job: the maximum of 1000 is reached, raise max-jobs')
})

const LIMITED_RULES = [
  { what: 'times', rule: { when: { endpoint: '/admin/rebalance' }, times: 1 } },
  { what: 'nth', rule: { when: { endpoint: '/admin/rebalance', nth: 1 } } },
] as const

for (const { what, rule } of LIMITED_RULES) {
  t.test(`a rejected POST /create/job does not count for ${what} of a rule`, async (t) => {
    const rules = [ruleOf({ ...rule, name: 'limited' })]
    const limits = { maxJobs: 2, maxFinished: 2, retentionMs: 3_600_000 }
    const seeds = [seedJob({ tag: 'taken' })]
    const server = await startTestServer({ rules, limits, seeds })
    t.teardown(server.close)
    const run = { ...RUN, endpoint: '/admin/rebalance' }
    const taken = { ...run, options: { job_tag: 'taken' } }
    for (const asked of ENCODINGS) {
      t.equal((await server.ask(asked, '/create/job', taken)).httpStatus, 400, asked)
    }
    const other = server.scope.jobs.add(seedJob())
    for (const asked of ENCODINGS) {
      t.equal((await server.ask(asked, '/create/job', run)).httpStatus, 400, asked)
    }
    server.scope.jobs.remove(other)
    t.strictSame(
      server.scope.rules.list().map(({ answered }) => answered),
      [0],
    )
    t.equal((await server.ask('json', '/create/job', run)).httpStatus, 200)
    t.equal(server.scope.journal.list().at(-1)?.rule, 'limited')
  })
}

for (const { what, rule } of LIMITED_RULES) {
  for (const [why, length, budgets] of [
    ['whose templates are too large', 60_000, {}],
    ['whose result does not fit the budget', 40_000, { jobBytes: 90_000 }],
  ] as const) {
    t.test(`T5: a POST /create/job ${why} does not count for ${what} of a rule`, async (t) => {
      const { when } = rule
      const then = { response: { info: { x: '{{request.options.fill}}{{request.options.fill}}' } } }
      const rules = loadRules(t, `- ${JSON.stringify({ name: 'limited', ...rule, when, then })}`)
      const server = await startTestServer({ rules, budgets, bodyLimit: 100_000 })
      t.teardown(server.close)
      const create = (length: number) => {
        const data_str = JSON.stringify({ options: { fill: 'x'.repeat(length) } })
        const run = { ...RUN, endpoint: '/admin/rebalance', data_str }
        return server.ask('json', '/create/job', run)
      }
      t.equal((await create(length)).httpStatus, 400)
      t.equal(server.scope.rules.list()[0]?.answered, 0)
      t.equal((await create(10)).httpStatus, 200)
      t.equal(server.scope.journal.list().at(-1)?.rule, 'limited')
    })
  }
}

t.test('a strict POST /create/job counts for nth, as a direct call does', async (t) => {
  const rules = [ruleOf({ when: { endpoint: '/admin/rebalance', nth: 2 }, name: 'second' })]
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const run = { ...RUN, endpoint: '/admin/rebalance' }
  const { message } = await server.ask('json', '/create/job', run)
  t.match(message, /nearest rule is second; nth: expected request 2, got request 1$/)
  t.equal((await server.ask('json', '/create/job', run)).httpStatus, 200)
})

t.test('POST /create/job uses no id and no tag if a strict scope rejects it', async (t) => {
  const rules = [ruleOf({ when: { endpoint: '/admin/rebalance' } })]
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  t.equal((await server.ask('json', '/create/job', RUN)).httpStatus, 400)
  const { response } = await server.ask('json', '/create/job', {
    ...RUN,
    endpoint: '/admin/rebalance',
  })
  const uuids = createUuids('test')
  const tag = new JobTags(uuids()).of(1n)
  t.strictSame(response, { job_id: '1', info: { job_tag: tag, query_id: uuids() } })
})

const NO_BYTES = { hex: '' }

// alter_table_response of "t", "ttl", "7" and zeros, by the Avro specification: each
// string is its zig-zag length and its bytes (02 74, 06 74746c, 02 37), the empty strings
// type_id, type_definition and label and the empty maps properties and info are one 00 each.
const RESULT_HEX = '02740674746c02370000000000'

const RESULT_JSON =
  '{"table_name":"t","action":"ttl","value":"7","type_id":"","type_definition":"",' +
  '"properties":{},"label":"","info":{}}'

function lifecycle(given: Partial<Lifecycle>): Lifecycle {
  const steps = [{ ends: 'after', afterMs: 0, progress: 60 } as const]
  return { steps, outcome: 'DONE', error: '', cancel: 'immediate', ...given }
}

const ROWS = [
  {
    lifecycle: lifecycle({ steps: [{ ends: 'hold', progress: 40 }] }),
    answer: { job_status: 'RUNNING', running: true, progress: 40, successful: false },
    status_map: {},
  },
  {
    lifecycle: lifecycle({ steps: [{ ends: 'hold', progress: 100 }] }),
    answer: { job_status: 'RUNNING', running: true, progress: 99, successful: false },
    status_map: {},
  },
  {
    lifecycle: lifecycle({ outcome: 'ERROR', error: 'rank 2 is unreachable' }),
    answer: { job_status: 'ERROR', running: false, progress: 60, successful: false },
    status_map: { error_message: 'rank 2 is unreachable' },
  },
  {
    lifecycle: lifecycle({ outcome: 'CANCELLED' }),
    answer: { job_status: 'CANCELLED', running: false, progress: 60, successful: false },
    status_map: {},
  },
]

const RESULTS = {
  json: { job_response: NO_BYTES, job_response_str: RESULT_JSON },
  binary: { job_response: { hex: RESULT_HEX }, job_response_str: '' },
}

for (const encoding of RESULT_ENCODINGS) {
  for (const { lifecycle, answer, status_map } of ROWS) {
    const name = `${answer.job_status} at ${answer.progress} with a ${encoding} result`
    t.test(`POST /get/job reports ${name}`, async (t) => {
      const server = await startTestServer({ seeds: [seedJob({ encoding, lifecycle, tag: 'a' })] })
      t.teardown(server.close)
      for (const asked of ENCODINGS) {
        const { response, dataType } = await server.ask(asked, '/get/job', { job_id: 1n })
        t.equal(dataType, 'get_job_response', asked)
        t.strictSame(
          response,
          {
            endpoint: '/alter/table',
            ...answer,
            response_encoding: encoding,
            job_response: NO_BYTES,
            job_response_str: '',
            status_map,
            info: { job_tag: 'a' },
          },
          asked,
        )
      }
    })
  }

  t.test(`POST /get/job reports the error of a ${encoding} job in ERROR`, async (t) => {
    const scripts = [
      { steps: [{ ends: 'hold', progress: 40 }], then: 'nothing', status: 'RUNNING' },
      { steps: [{ ends: 'hold', progress: 40 }], then: 'release', status: 'ERROR' },
      { steps: [{ ends: 'hold', progress: 40 }], then: 'cancel', status: 'CANCELLED' },
      { steps: [{ ends: 'after', afterMs: 1000, progress: 40 }], then: 'cancel', status: 'ERROR' },
    ] as const
    for (const { steps, then, status } of scripts) {
      const failing = lifecycle({ steps, outcome: 'ERROR', error: 'rank 2 is unreachable' })
      const seeds = [seedJob({ encoding, lifecycle: failing, tag: 'a' })]
      const server = await startTestServer({ seeds })
      t.teardown(server.close)
      // A cancellation at the instant at which the job ends is too late.
      server.clock.advance(1000)
      if (then !== 'nothing') server.scope.jobs[then]({ id: 1n })
      for (const asked of ENCODINGS) {
        const { response } = await server.ask(asked, '/get/job', { job_id: 1n })
        t.strictSame(
          response,
          {
            endpoint: '/alter/table',
            job_status: status,
            running: status === 'RUNNING',
            progress: 40,
            successful: false,
            response_encoding: encoding,
            job_response: NO_BYTES,
            job_response_str: '',
            status_map: status === 'ERROR' ? { error_message: 'rank 2 is unreachable' } : {},
            info: { job_tag: 'a' },
          },
          `${then} in ${asked}`,
        )
      }
    }
  })

  t.test(`POST /get/job returns the bare ${encoding} result of a job in DONE`, async (t) => {
    const request = { table_name: 't', action: 'ttl', value: '7' }
    const done = lifecycle({})
    const seeds = [seedJob({ encoding, request, lifecycle: done, tag: 'a' })]
    const server = await startTestServer({ seeds })
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const { response } = await server.ask(asked, '/get/job', { job_id: 1n })
      t.strictSame(
        response,
        {
          endpoint: '/alter/table',
          job_status: 'DONE',
          running: false,
          progress: 100,
          successful: true,
          response_encoding: encoding,
          ...RESULTS[encoding],
          status_map: {},
          info: { job_tag: 'a' },
        },
        asked,
      )
    }
  })
}

t.test('POST /get/job repeats the answer about a finished job, and counts each poll', async (t) => {
  const request = { table_name: 'täble', action: 'ttl', value: '7' }
  const server = await startTestServer({ seeds: [seedJob({ request, lifecycle: lifecycle({}) })] })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const first = await server.ask(asked, '/get/job', { job_id: 1n })
    t.strictSame(await server.ask(asked, '/get/job', { job_id: 1n }), first, asked)
  }
  t.equal(server.scope.jobs.get({ id: 1n }).polls, 2 * ENCODINGS.length)
  const statuses = server.scope.journal.list().map(({ jobStatus }) => jobStatus)
  t.strictSame(statuses, Array(2 * ENCODINGS.length).fill('DONE'))
  server.scope.jobs.remove({ id: 1n })
  server.scope.jobs.add({ ...seedJob({ lifecycle: lifecycle({}) }), id: 1n, tag: 'other' })
  t.strictSame((await server.call('/get/job', { job_id: 1 }))['info'], { job_tag: 'other' })
})

function responseOf(result: string): JobResponse {
  return {
    endpoint: '/alter/table',
    job_status: 'DONE',
    running: false,
    progress: 100,
    successful: true,
    response_encoding: 'json',
    job_response: NOTHING,
    job_response_str: result,
    status_map: {},
    info: {},
  }
}

t.test('FinishedAnswers keeps the second short response of a bounded number of jobs', async (t) => {
  const { scope, close } = await startTestServer()
  t.teardown(close)
  const answers = new FinishedAnswers()
  const jobs = Array.from({ length: 257 }, () => scope.jobs.add(seedJob()))
  const [long, ...others] = jobs
  const [first, last] = [others[0], others.at(-1)]
  if (!(long && first && last)) throw new Error('Cannot test without jobs')
  const keepTwice = (job: Job, given: JobResponse) => {
    answers.keep(job, given)
    t.equal(answers.find(job), undefined, 'most jobs are asked for once')
    answers.keep(job, given)
  }
  keepTwice(long, responseOf('a'.repeat(2001)))
  t.equal(answers.find(long), undefined)
  const response = responseOf('a'.repeat(2000))
  for (const job of others) keepTwice(job, response)
  t.equal(answers.find(first), response)
  t.equal(answers.find(last), response)
  keepTwice(long, response)
  t.equal(answers.find(long), response)
  t.equal(answers.find(first), undefined, 'keeping began anew')
})

t.test('POST /get/job prefers the fields of a fixture to an echo', async (t) => {
  const given = {
    encoding: 'json',
    request: { table_name: 't', action: 'ttl' },
    result: { kind: 'fields', fields: { table_name: 'from the fixture', type_id: '9' } },
    lifecycle: lifecycle({}),
  } as const
  const server = await startTestServer({ seeds: [seedJob(given)] })
  t.teardown(server.close)
  const { job_response_str } = await server.call('/get/job', { job_id: 1 })
  t.equal(
    job_response_str,
    '{"table_name":"from the fixture","action":"ttl","value":"","type_id":"9",' +
      '"type_definition":"","properties":{},"label":"","info":{}}',
  )
})

t.test('POST /get/job reports progress that follows the clock and never falls', async (t) => {
  const server = await startTestServer({ seeds: [seedJob()] })
  t.teardown(server.close)
  const seen: unknown[] = []
  for (const ms of [0, 10, 490, 499, 1, 3_000_000]) {
    server.clock.advance(ms)
    seen.push((await server.call('/get/job', { job_id: 1 }))['progress'])
  }
  t.strictSame(seen, [0, 1, 50, 99, 100, 100])
})

t.test('POST /get/job counts as a poll', async (t) => {
  const steps = [{ ends: 'polls', polls: 2, progress: 80 } as const]
  const server = await startTestServer({ seeds: [seedJob({ lifecycle: lifecycle({ steps }) })] })
  t.teardown(server.close)
  const seen: unknown[] = []
  for (const asked of ENCODINGS) {
    const { response } = await server.ask(asked, '/get/job', { job_id: 1n })
    seen.push(Object(response).job_status)
  }
  t.strictSame(seen, ['RUNNING', 'RUNNING', 'DONE'])
})

t.test('POST /get/job finds a job by its tag and ignores the id', async (t) => {
  const seeds = [seedJob({ tag: 'one' }), seedJob({ tag: 'two', endpoint: '/show/table' })]
  const server = await startTestServer({ seeds })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    for (const job_id of [0n, 1n, 2n, 777n, -1n]) {
      const request = { job_id, options: { job_tag: 'two' } }
      const { response } = await server.ask(asked, '/get/job', request)
      t.equal(Object(response).endpoint, '/show/table', `${asked} beside id ${job_id}`)
    }
  }
})

t.test('POST /get/job uses the id if the tag is empty', async (t) => {
  const server = await startTestServer({ seeds: [seedJob({ tag: 'one' })] })
  t.teardown(server.close)
  const { info } = await server.call('/get/job', { job_id: 1, options: { job_tag: '' } })
  t.strictSame(info, { job_tag: 'one' })
})

t.test('POST /get/job keeps every digit of an id', async (t) => {
  const ids = [9007199254740993n, 9223372036854775807n]
  const server = await startTestServer({ seeds: ids.map((id) => seedJob({ id, tag: `t${id}` })) })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    for (const job_id of ids) {
      const { response } = await server.ask(asked, '/get/job', { job_id })
      t.strictSame(Object(response).info, { job_tag: `t${job_id}` }, asked)
    }
  }
  t.equal((await server.post('/get/job', { job_id: '9007199254740993' })).status, 200)
  t.equal((await server.post('/get/job', '{"job_id":9007199254740992}')).status, 400)
})

const REJECTED_POLLS = [
  {
    what: 'an unknown job',
    request: { job_id: 4242424242n },
    message: 'Cannot find job 4242424242: it was never created, or is gone',
  },
  {
    what: 'a negative id',
    request: { job_id: -1n },
    message: 'Cannot find job -1: it was never created, or is gone',
  },
  {
    what: 'an unknown tag with a known id',
    request: { job_id: 1n, options: { job_tag: 'missing' } },
    message: 'Cannot find the job tagged missing: it was never created, or is gone',
  },
  {
    what: 'a tag that would make clients fail over',
    request: { job_id: 1n, options: { job_tag: 'system-limited-fatal' } },
    message: 'Cannot find the job tagged system_limited-fatal: it was never created, or is gone',
  },
  {
    what: 'a request without id and tag',
    request: { job_id: 0n },
    message: 'Cannot find a job: give job_id, or the tag in options.job_tag',
  },
  {
    what: 'an invalid tag',
    request: { job_id: 1n, options: { job_tag: 'no blanks' } },
    message:
      `Cannot take options.job_tag "no blanks": ` + `use 1 to 255 letters, digits, '_' and '-'`,
  },
]

for (const { what, request, message } of REJECTED_POLLS) {
  t.test(`POST /get/job rejects ${what}`, async (t) => {
    const server = await startTestServer({ seeds: [seedJob({ tag: 'one' })] })
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const answer = await server.ask(asked, '/get/job', request)
      const { httpStatus, status, dataType, response } = answer
      t.equal(answer.message, message, asked)
      t.strictSame([httpStatus, status, dataType, response], [400, 'ERROR', 'none', null], asked)
    }
  })
}

t.test('readTag() returns the tag, or undefined if it is missing or empty', async (t) => {
  t.equal(readTag({ job_tag: 'Nightly_2026-01' }), 'Nightly_2026-01')
  t.equal(readTag({ job_tag: 'x'.repeat(255) }), 'x'.repeat(255))
  t.equal(readTag({ job_tag: '' }), undefined)
  t.equal(readTag({}), undefined)
})

const BAD = ['a b', 'a.b', 'täg', 'a\n', 'x'.repeat(256)]

for (const job_tag of BAD) {
  t.test(`readTag() rejects ${JSON.stringify(job_tag.slice(0, 12))}`, async (t) => {
    const allowed = "use 1 to 255 letters, digits, '_' and '-'"
    const shown = JSON.stringify(job_tag.slice(0, 40))
    const message = `Cannot take options.job_tag ${shown}: ${allowed}`
    t.throws(() => readTag({ job_tag }), new GpudbError(message))
  })
}

t.test('readJobKey() prefers the tag to the id', async (t) => {
  t.strictSame(readJobKey({ job_id: 7n, options: { job_tag: 'x' } }, 'b'), { tag: 'x', at: 'b' })
  t.strictSame(readJobKey({ job_id: 7n, options: { job_tag: '' } }, 'b'), { id: 7n, at: 'b' })
  t.strictSame(readJobKey({ job_id: -7n, options: {} }, 'a'), { id: -7n, at: 'a' })
})

t.test('readJobKey() rejects a request without id and tag', async (t) => {
  const message = 'Cannot find a job: give job_id, or the tag in options.job_tag'
  t.throws(() => readJobKey({ job_id: 0n, options: {} }, 'a'), new GpudbError(message))
})
