import t from 'tap'
import { MAX_IDS } from '../../src/gpudb/admin-alter-jobs.ts'
import { type CancelPolicy, type Lifecycle, plainLifecycle } from '../../src/jobs/lifecycle.ts'
import { ENCODINGS, START_MS, seedJob, startTestServer } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

const DONE: Lifecycle = { steps: [], outcome: 'DONE', error: '', cancel: 'immediate' }

function held(cancel: CancelPolicy): Lifecycle {
  return { steps: [{ ends: 'hold', progress: 40 }], outcome: 'DONE', error: '', cancel }
}

t.test('POST /admin/alter/jobs takes 10,000 ids at most', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const idsOf = (length: number) => Array.from({ length }, (_, at) => BigInt(at + 1))
  const fields = { job_ids: idsOf(MAX_IDS), action: 'cancel' }
  const taken = await server.ask('binary', '/admin/alter/jobs', fields)
  t.equal(taken.status, 'OK')
  for (const encoding of ENCODINGS) {
    const tooMany = { ...fields, job_ids: idsOf(MAX_IDS + 1) }
    const { message } = await server.ask(encoding, '/admin/alter/jobs', tooMany)
    t.equal(message, 'Cannot alter 10001 jobs: the maximum of a call is 10000', encoding)
  }
})

for (const asked of ENCODINGS) {
  t.test(`POST /admin/alter/jobs returns a status for each id in ${asked}`, async (t) => {
    const lifecycles = [held('immediate'), held('refuse'), held({ afterMs: 500 }), DONE]
    const seeds = lifecycles.map((lifecycle) => seedJob({ lifecycle }))
    const server = await startTestServer({ seeds })
    t.teardown(server.close)
    const job_ids = [1n, 2n, 3n, 4n, 99n, 1n]
    const request = { job_ids, action: 'cancel' }
    const { response, dataType } = await server.ask(asked, '/admin/alter/jobs', request)
    t.equal(dataType, 'admin_alter_jobs_response')
    t.strictSame(response, {
      job_ids: ['1', '2', '3', '4', '99', '1'],
      action: 'cancel',
      status: ['cancelled', 'refused', 'cancelled', 'already done', 'not found', 'already done'],
      info: {},
    })
    const statuses = () => server.scope.jobs.list().map(({ state }) => state.status)
    t.strictSame(statuses(), ['CANCELLED', 'RUNNING', 'RUNNING', 'DONE'])
    server.clock.advance(500)
    t.strictSame(statuses(), ['CANCELLED', 'RUNNING', 'CANCELLED', 'DONE'])
  })

  t.test(`POST /admin/alter/jobs cancels only the job of the tag in ${asked}`, async (t) => {
    const lifecycle = held('immediate')
    const seeds = ['one', 'two'].map((tag) => seedJob({ tag, lifecycle }))
    const server = await startTestServer({ seeds })
    t.teardown(server.close)
    const request = { job_ids: [1n], action: 'cancel', options: { job_tag: 'two' } }
    const { response } = await server.ask(asked, '/admin/alter/jobs', request)
    t.strictSame(response, { job_ids: ['2'], action: 'cancel', status: ['cancelled'], info: {} })
    t.strictSame(
      server.scope.jobs.list().map(({ state }) => state.status),
      ['RUNNING', 'CANCELLED'],
    )
  })
}

t.test('POST /admin/alter/jobs keeps every digit of an id', async (t) => {
  const ids = [9007199254740993n, 9223372036854775807n]
  const server = await startTestServer({ seeds: ids.map((id) => seedJob({ id })) })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const request = { job_ids: ids, action: 'cancel' }
    const { response } = await server.ask(asked, '/admin/alter/jobs', request)
    t.strictSame(Object(response).job_ids, ids.map(String))
  }
})

const BY_DEFAULT = [
  { endpoint: '/insert/records', fields: 5, status: 'refused' },
  { endpoint: '/insert/records/fromfiles', fields: 5, status: 'refused' },
  { endpoint: '/update/records', fields: 7, status: 'refused' },
  { endpoint: '/delete/records', fields: 3, status: 'refused' },
  { endpoint: '/alter/table', fields: 4, status: 'cancelled' },
  { endpoint: '/execute/sql', fields: 7, status: 'cancelled' },
]

for (const { endpoint, fields, status } of BY_DEFAULT) {
  t.test(`POST /admin/alter/jobs returns ${status} for a job of ${endpoint}`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    // These requests consist of strings, longs, lists and maps; the zero of each is one byte 00.
    const data = Buffer.alloc(fields)
    const request = { endpoint, request_encoding: 'binary', data }
    const created = await server.ask('binary', '/create/job', request)
    t.equal(created.httpStatus, 200, created.message)
    const answer = await server.call('/admin/alter/jobs', { job_ids: [1], action: 'cancel' })
    t.strictSame(answer['status'], [status])
  })
}

const REFUSED = [
  {
    what: 'an unknown action',
    request: { job_ids: [1n], action: 'pause' },
    message: 'Cannot alter jobs: the action "pause" is not known, use cancel',
  },
  {
    what: 'a request without ids and tag',
    request: { job_ids: [], action: 'cancel', options: { job_tag: '' } },
    message: 'Cannot alter jobs: give job_ids, or a tag in options.job_tag',
  },
  {
    what: 'an unknown tag',
    request: { job_ids: [1n], action: 'cancel', options: { job_tag: 'missing' } },
    message: 'Cannot find the job tagged missing: it was never created, or is gone',
  },
  {
    what: 'an invalid tag',
    request: { job_ids: [1n], action: 'cancel', options: { job_tag: '*' } },
    message: `Cannot take options.job_tag "*": use 1 to 255 letters, digits, '_' and '-'`,
  },
]

for (const { what, request, message } of REFUSED) {
  t.test(`POST /admin/alter/jobs rejects ${what}`, async (t) => {
    const server = await startTestServer({ seeds: [seedJob()] })
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const answer = await server.ask(asked, '/admin/alter/jobs', request)
      t.strictSame([answer.httpStatus, answer.message], [400, message], asked)
    }
    t.equal(server.scope.jobs.get({ id: 1n }).state.status, 'RUNNING')
  })
}

const HELD: Lifecycle = { ...DONE, steps: [{ ends: 'hold', progress: 40 }] }

const caller = { user: 'jo', sourceIp: '192.0.2.7' }

const SEEDS = [
  seedJob({
    lifecycle: HELD,
    caller,
    endpoint: '/execute/sql',
    request: { statement: 'SELECT 1', options: { job_user_data: 'from jo' } },
  }),
  seedJob({ lifecycle: DONE }),
  seedJob({ lifecycle: { ...DONE, outcome: 'ERROR', error: 'no' }, endpoint: '/show/table' }),
  seedJob({
    id: 9223372036854775807n,
    lifecycle: HELD,
    request: { statement: 'not of SQL', options: { other: '1' } },
  }),
  seedJob({ lifecycle: { ...DONE, outcome: 'CANCELLED' }, endpoint: '/execute/sql' }),
]

const TIME = String(START_MS)

t.test('POST /admin/show/jobs lists running jobs', async (t) => {
  const server = await startTestServer({ seeds: SEEDS })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    for (const options of [{}, { show_async_jobs: 'false' }]) {
      const { response, dataType } = await server.ask(asked, '/admin/show/jobs', { options })
      t.equal(dataType, 'admin_show_jobs_response', asked)
      t.strictSame(
        response,
        {
          job_id: ['1', '9223372036854775807'],
          status: ['RUNNING', 'RUNNING'],
          endpoint_name: ['/execute/sql', '/alter/table'],
          time_received: [TIME, TIME],
          auth_id: ['jo', ''],
          source_ip: ['192.0.2.7', ''],
          query_text: ['SELECT 1', ''],
          user_data: ['from jo', ''],
          flags: ['', ''],
          info: {},
        },
        asked,
      )
    }
  }
})

t.test('POST /admin/show/jobs lists finished jobs with show_async_jobs', async (t) => {
  const server = await startTestServer({ seeds: SEEDS })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const options = { show_async_jobs: 'true' }
    const { response } = await server.ask(asked, '/admin/show/jobs', { options })
    t.strictSame(
      response,
      {
        job_id: ['1', '2', '3', '9223372036854775807', '4'],
        status: ['RUNNING', 'DONE', 'ERROR', 'RUNNING', 'CANCELLED'],
        endpoint_name: [
          '/execute/sql',
          '/alter/table',
          '/show/table',
          '/alter/table',
          '/execute/sql',
        ],
        time_received: [TIME, TIME, TIME, TIME, TIME],
        auth_id: ['jo', '', '', '', ''],
        source_ip: ['192.0.2.7', '', '', '', ''],
        query_text: ['SELECT 1', '', '', '', ''],
        user_data: ['from jo', '', '', '', ''],
        flags: ['', '', '', '', ''],
        info: {},
      },
      asked,
    )
  }
})

t.test('POST /admin/show/jobs describes the workers with show_worker_info', async (t) => {
  const server = await startTestServer({ seeds: SEEDS })
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const options = { show_worker_info: 'true', show_async_jobs: 'true' }
    const { response } = await server.ask(asked, '/admin/show/jobs', { options })
    t.strictSame(
      JSON.parse(Object(response).info.worker_info),
      {
        workers: [
          {
            rank: 1,
            jobs: [
              { job_id: '1', progress: 40 },
              { job_id: '9223372036854775807', progress: 40 },
            ],
          },
        ],
      },
      asked,
    )
  }
})

t.test('POST /admin/show/jobs reports who created a job and when', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  server.clock.advance(250)
  const data_str = '{"statement":"SELECT 2","options":{"job_user_data":"run 7"}}'
  const created = { endpoint: '/execute/sql', request_encoding: 'json', data_str }
  const inner = JSON.stringify(created)
  await fetch(`${server.url}/create/job`, {
    method: 'POST',
    // "jo:secret" in base64.
    headers: { authorization: 'Basic am86c2VjcmV0' },
    body: inner,
  })
  t.strictSame(await server.call('/admin/show/jobs', {}), {
    job_id: [1],
    status: ['RUNNING'],
    endpoint_name: ['/execute/sql'],
    time_received: [START_MS + 250],
    auth_id: ['jo'],
    source_ip: ['127.0.0.1'],
    query_text: ['SELECT 2'],
    user_data: ['run 7'],
    flags: [''],
    info: {},
  })
})

t.test('POST /admin/show/jobs does not count as a poll', async (t) => {
  const lifecycle: Lifecycle = { ...DONE, steps: [{ ends: 'polls', polls: 1 }] }
  const server = await startTestServer({ seeds: [seedJob({ lifecycle })] })
  t.teardown(server.close)
  for (const _ of [1, 2]) {
    t.strictSame((await server.call('/admin/show/jobs', {}))['status'], ['RUNNING'])
  }
})

t.test('POST /admin/show/jobs returns empty lists if there are no jobs', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const { response } = await server.ask('binary', '/admin/show/jobs', {})
  t.strictSame(Object(response).job_id, [])
})

t.test('POST /show/system/properties returns what clients need to connect', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const { response, dataType } = await server.ask(asked, '/show/system/properties', {})
    t.equal(dataType, 'show_system_properties_response', asked)
    t.strictSame(
      response,
      {
        property_map: {
          'version.gpudb_core_version': '7.2.3.0.20260101000000',
          'conf.number_of_hosts': '1',
          'conf.host0_public_urls': 'http://127.0.0.1',
          'conf.enable_worker_http_servers': 'FALSE',
          'conf.enable_ha': 'FALSE',
          'conf.ha_ring_head_nodes_full': '',
          'conf.enable_httpd_proxy': 'FALSE',
          'conf.use_https': 'FALSE',
        },
        info: {},
      },
      asked,
    )
  }
})

const FILTERS = [
  { properties: 'conf.enable_ha', names: ['conf.enable_ha'] },
  {
    properties: ' conf.use_https , conf.enable_ha,',
    names: ['conf.enable_ha', 'conf.use_https'],
  },
  { properties: 'conf.nothing', names: [] },
  { properties: 'conf.nothing,conf.number_of_hosts', names: ['conf.number_of_hosts'] },
]

for (const { properties, names } of FILTERS) {
  t.test(`POST /show/system/properties returns only ${JSON.stringify(properties)}`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    for (const asked of ENCODINGS) {
      const request = { options: { properties } }
      const { response } = await server.ask(asked, '/show/system/properties', request)
      t.strictSame(Object.keys(Object(response).property_map), names, asked)
    }
  })
}

t.test('POST /show/system/properties with an empty filter returns all properties', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const body = { options: { properties: '' } }
  const { property_map } = await server.call('/show/system/properties', body)
  t.equal(Object.keys(Object(property_map)).length, 8)
})

t.test('POST /show/system/properties returns the URL that the caller used', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const request = [
    'POST /show/system/properties HTTP/1.1',
    'Host: gpudb.example:19191',
    'Content-Length: 2',
    'Connection: close',
  ]
  const answer = await sendBytes(server.port, `${request.join('\r\n')}\r\n\r\n{}`)
  t.match(answer, '\\"conf.host0_public_urls\\":\\"http://gpudb.example\\"')
})

t.test('POST /show/system/status reports a running system', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  for (const asked of ENCODINGS) {
    const { response, dataType } = await server.ask(asked, '/show/system/status', {})
    t.equal(dataType, 'show_system_status_response', asked)
    t.strictSame(
      response,
      {
        status_map: { system: '{"status":"running","version":"7.2.3.0.20260101000000"}' },
        info: {},
      },
      asked,
    )
  }
})

t.test('POST /show/system/status accepts a body without options', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  t.strictSame((await server.call('/show/system/status', {}))['info'], {})
})

t.test('POST /show/system/timing lists finished jobs, the latest first', async (t) => {
  const seeds = [
    seedJob({ lifecycle: plainLifecycle(100, 'immediate'), endpoint: '/alter/table' }),
    seedJob({ lifecycle: plainLifecycle(900, 'immediate'), endpoint: '/execute/sql' }),
    seedJob({ lifecycle: plainLifecycle(300, 'immediate'), endpoint: '/show/table' }),
    seedJob({ lifecycle: plainLifecycle(1001, 'immediate'), endpoint: '/admin/rebalance' }),
  ]
  const server = await startTestServer({ seeds })
  t.teardown(server.close)
  server.clock.advance(1000)
  for (const asked of ENCODINGS) {
    const { response, dataType } = await server.ask(asked, '/show/system/timing', {})
    t.equal(dataType, 'show_system_timing_response', asked)
    t.strictSame(
      response,
      {
        endpoints: ['/execute/sql', '/show/table', '/alter/table'],
        time_in_ms: [900, 300, 100],
        jobIds: ['2', '3', '1'],
        info: {},
      },
      asked,
    )
  }
})

t.test('POST /show/system/timing lists at most a hundred jobs', async (t) => {
  const lifecycle = plainLifecycle(0, 'immediate')
  const server = await startTestServer({
    seeds: Array.from({ length: 101 }, () => seedJob({ lifecycle })),
  })
  t.teardown(server.close)
  const { jobIds } = await server.call('/show/system/timing', {})
  t.equal(Object(jobIds).length, 100)
})

t.test('POST /show/system/timing returns empty lists if no job has finished', async (t) => {
  const server = await startTestServer({ seeds: [seedJob()] })
  t.teardown(server.close)
  const answer = await server.call('/show/system/timing', {})
  t.strictSame(answer, { endpoints: [], time_in_ms: [], jobIds: [], info: {} })
})

t.test('H11: an answer that repeats a request is at most 20 times as large', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const table_name = 'x'.repeat(500_000)
  const echo = { table_name, action: 'ttl', value: '1' }
  const refused = await server.ask('snappy', '/alter/table', echo)
  t.equal(refused.httpStatus, 400)
  t.match(refused.message, /^Cannot answer with an echo: its \d+ bytes would be more than 20 times/)
  t.equal((await server.ask('binary', '/alter/table', echo)).httpStatus, 200)
  const ids = { job_ids: Array<bigint>(10_000).fill(1n), action: 'cancel' }
  const { message } = await server.ask('snappy', '/admin/alter/jobs', ids)
  t.match(message, /^Cannot alter 10000 jobs: the answer would be more than 20 times the \d+ bytes/)
  t.equal((await server.ask('snappy', '/admin/alter/jobs', { ...ids, job_ids: [1n] })).status, 'OK')
  const read = { ...echo, table_name: 'x'.repeat(4000) }
  t.equal((await server.ask('snappy', '/alter/table', read)).status, 'OK')
})
