import t from 'tap'
import type { Lifecycle } from '../../src/jobs/lifecycle.ts'
import { ENCODINGS, START_MS, seedJob, startTestServer } from '../support/server.ts'

const DONE: Lifecycle = { steps: [], outcome: 'DONE', error: '', cancel: 'immediate' }
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
