import t from 'tap'
import type { CancelPolicy, Lifecycle } from '../../src/jobs/lifecycle.ts'
import { ENCODINGS, seedJob, startTestServer } from '../support/server.ts'

const DONE: Lifecycle = { steps: [], outcome: 'DONE', error: '', cancel: 'immediate' }

function held(cancel: CancelPolicy): Lifecycle {
  return { steps: [{ ends: 'hold', progress: 40 }], outcome: 'DONE', error: '', cancel }
}

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
