import t from 'tap'
import { startMockGpudb } from '../../src/index.ts'
import { alterTable, startControlled } from '../support/control.ts'
import { loadRules } from '../support/rules.ts'
import { seedJob } from '../support/server.ts'

/** The counts of a report without findings. */
const NONE = {
  no_requests: 0,
  dropped_requests: 0,
  unmatched: 0,
  undecodable: 0,
  unused_rules: 0,
  unfinished_jobs: 0,
  unpolled_jobs: 0,
}

t.test('GET /report of a scope without requests has a finding', async (t) => {
  const server = await startControlled(t)
  t.strictSame(await server.must('GET /report'), {
    ...{ clean: false, requests: 0, dropped: 0, counts: { ...NONE, no_requests: 1 } },
    ...{ unmatched: [], undecodable: [], unused_rules: [], unfinished_jobs: [], unpolled_jobs: [] },
  })
  const { status, body } = await server.control('GET /report?fail=true')
  t.strictSame([status, body['detail']], [417, 'The scope default is not clean: no requests came'])
  await server.post('/show/system/status', {})
  t.match(await server.must('GET /report?fail=true'), { clean: true, requests: 1, counts: NONE })
  await server.must('DELETE /requests')
  t.match(await server.must('GET /report?fail=false'), { clean: false })
})

t.test('GET /report shows what a test may have forgotten', async (t) => {
  const server = await startControlled(t)
  await server.call('/create/job', alterTable('mine'))
  await server.post('/get/job', '{')
  await server.must('POST /rules', { when: { endpoint: '/alter/role' }, then: {} })
  await server.must('POST /rules', { name: 'late', when: { endpoint: '/clear/*' }, then: {} })
  const report = await server.must('GET /report')
  t.match(report, {
    clean: false,
    requests: 2,
    counts: {
      ...{ ...NONE, unmatched: 1, undecodable: 1 },
      ...{ unused_rules: 2, unfinished_jobs: 1, unpolled_jobs: 1 },
    },
    unmatched: [{ endpoint: '/create/job' }],
    undecodable: [{ endpoint: '/get/job' }],
    unused_rules: [{ id: 'rule-2' }, { id: 'rule-1' }],
    unfinished_jobs: [{ job_id: 1 }],
    unpolled_jobs: [{ job_id: 1 }],
  })
  const { status, body } = await server.control('GET /report?fail=true')
  t.equal(status, 417)
  t.match(body, { code: 'FINDINGS', counts: { unmatched: 1 } })
  t.equal(
    body['detail'],
    'The scope default is not clean: 1 unmatched request (request 1 of /create/job); ' +
      '1 undecodable request (request 2 of /get/job: Cannot read the body as JSON: Quoted object key ' +
      "or end of object '}' expected but reached end of input at position 1); " +
      '2 unused rules ("late" for /clear/*, rule-1 for /alter/role); ' +
      '1 unfinished job (job 1 of /alter/table at 0 %); 1 unpolled job (job 1 of /alter/table at 0 %)',
  )
  await server.call('/get/job', { job_id: 1 })
  t.match(await server.control('GET /report?fail=true&checks=unpolled_jobs'), {
    status: 200,
    body: { clean: true },
  })
  t.match(await server.control('GET /report?fail=true&checks=unpolled_jobs,unused_rules'), {
    status: 417,
  })
})

t.test('the error of a report names the first findings, and shortens what is long', async (t) => {
  const server = await startControlled(t)
  await server.post(`/${'x'.repeat(300)}`, {})
  for (let sent = 0; sent < 4; sent += 1) {
    await server.must('POST /rules', { when: { endpoint: '/alter/role' }, then: {} })
  }
  const { body } = await server.control('GET /report?fail=true&checks=unused_rules')
  const rules = ['rule-4', 'rule-3', 'rule-2'].map((id) => `${id} for /alter/role`).join(', ')
  t.equal(body['detail'], `The scope default is not clean: 4 unused rules (${rules}, …)`)
  const unknown = await server.control('GET /report?fail=true&checks=undecodable')
  const text = String(unknown.body['detail'])
  t.match(text, /1 undecodable request \(request 1 of \/x{199}…: Cannot find the endpoint \/x+…\)$/)
})

t.test('GET /report rejects unknown checks and values', async (t) => {
  const server = await startControlled(t)
  for (const [query, detail] of [
    ['fail=yes', 'fail: expected true or false, got "yes"'],
    [
      'checks=',
      /^Cannot make the report: checks\[0\]: expected one of no_requests, .*, all, got ""$/,
    ],
    ['checks=unmached', /got "unmached" \(did you mean unmatched\?\)$/],
    ['checks=unmatched,', /^Cannot make the report: checks\[1\]: expected one of/],
    ['check=all', 'check: the key "check" is not known (did you mean checks?)'],
  ] as const) {
    const expected = typeof detail === 'string' ? `Cannot make the report: ${detail}` : detail
    const answer = await server.control(`GET /report?${query}`)
    t.match(answer, { status: 400, body: { code: 'BAD_REQUEST', detail: expected } }, query)
  }
})

t.test(
  'a report leaves out the unused part of the fixtures, unless all is asked for',
  async (t) => {
    const rules = loadRules(t, '  - { when: { endpoint: /admin/rebalance }, then: { error: no } }')
    const seeds = [seedJob({ id: 7n }), seedJob({ id: 8n })]
    const server = await startControlled(t, { seeds, rules })
    await server.post('/show/system/status', {})
    t.match(await server.must('GET /report?fail=true'), { clean: true })
    t.match(await server.must('GET /report?checks=unused_rules,unpolled_jobs'), { clean: true })
    t.match(await server.must('GET /report?checks=all'), {
      ...{
        clean: false,
        counts: { ...NONE, unused_rules: 1, unfinished_jobs: 2, unpolled_jobs: 2 },
      },
    })
    await server.call('/get/job', { job_id: 7 })
    t.match(await server.must('GET /report'), {
      counts: { ...NONE, unfinished_jobs: 1 },
      unfinished_jobs: [{ job_id: 7 }],
    })
    await server.must('POST /jobs/7/finish', { outcome: 'DONE' })
    await server.must('POST /fixtures', { jobs: [{ job_id: 9, endpoint: '/alter/table' }] })
    t.match(await server.must('GET /report'), {
      counts: { ...NONE, unfinished_jobs: 1, unpolled_jobs: 1 },
      unpolled_jobs: [{ job_id: 9 }],
    })
  },
)

t.test('report() and assertClean() take a list of checks, or all', async (t) => {
  const fixtures = [{ jobs: [{ job_id: 7, endpoint: '/alter/table' }] }]
  await using mock = await startMockGpudb({ clock: 'frozen', fixtures })
  await fetch(`${mock.url}/show/system/status`, { method: 'POST', body: '{}' })
  t.equal(mock.assertClean().clean, true)
  for (const checks of ['all', ['all'], ['unpolled_jobs', 'all']] as const) {
    t.match(mock.report(checks).counts, { unfinished_jobs: 1, unpolled_jobs: 1 })
  }
  t.throws(() => mock.assertClean('all'), {
    code: 'FINDINGS',
    message:
      'The scope default is not clean: 1 unfinished job (job 7 of /alter/table at 0 %); ' +
      '1 unpolled job (job 7 of /alter/table at 0 %)',
    found: { unpolled_jobs: [{ job_id: 7n }] },
  })
  mock.jobs.create({ job_id: 8, endpoint: '/alter/table' })
  t.match(mock.report(['unpolled_jobs']).counts, { unfinished_jobs: 0, unpolled_jobs: 1 })
})

t.test('requests that the journal dropped are a finding', async (t) => {
  for (const maxRequests of [0, 1]) {
    const server = await startControlled(t, { journal: { maxRequests, maxBytes: 10_000 } })
    for (let sent = 0; sent < 2; sent += 1) await server.post('/show/system/status', {})
    const { body } = await server.control('GET /report?fail=true')
    const [number, noun] = maxRequests === 0 ? [2, 'requests'] : [1, 'request']
    const detail = `The scope default is not clean: ${number} dropped ${noun} (raise journal-requests)`
    t.match(body, { requests: 2, dropped: number, detail })
  }
})
