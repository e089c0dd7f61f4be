import t from 'tap'
import { MAX_SAVED_JOBS } from '../../src/control-routes/fixture-routes.ts'
import { plainLifecycle } from '../../src/jobs/lifecycle.ts'
import { alterTable, startControlled } from '../support/control.ts'
import { jobOf } from '../support/job-definition.ts'
import { seedJob } from '../support/server.ts'

/** A request of about 10,000 bytes for `/create/job`. */
const LARGE = {
  endpoint: '/execute/sql',
  request_encoding: 'json',
  data_str: JSON.stringify({ statement: 'x'.repeat(10_000), offset: 0, limit: 1 }),
}

const REFUSED = {
  status: 409,
  body: { code: 'TOO_MANY_JOB_BYTES', detail: /raise max-job-bytes$/ },
}

t.test('/create/job over the budget removes finished jobs, then is rejected', async (t) => {
  const server = await startControlled(t, { budgets: { jobBytes: 30_000 } })
  await server.call('/create/job', LARGE)
  server.clock.advance(1000)
  await server.call('/create/job', LARGE)
  await server.call('/~other/create/job', LARGE)
  t.match(await server.must('GET /jobs'), { total: 1, jobs: [{ job_id: 2 }] })
  const { status, wrapper } = await server.post('/create/job', LARGE)
  t.equal(status, 400)
  t.match(wrapper, { status: 'ERROR', message: /^Cannot take .*raise max-job-bytes$/ })
  await server.must('DELETE /scopes/other')
  await server.call('/create/job', LARGE)
})

t.test('a rejected /create/job does not use up the rule that matches it', async (t) => {
  const server = await startControlled(t, { budgets: { jobBytes: 9_000 } })
  const then = { response: { count_affected: 3 } }
  await server.must('POST /rules', { when: { endpoint: '/execute/sql' }, times: 1, then })
  t.equal((await server.post('/create/job', LARGE)).status, 400)
  t.match(await server.must('GET /rules'), { rules: [{ answered: 0 }] })
})

t.test('GET /fixtures saves a scope with 50,000 jobs, and rejects one with more', async (t) => {
  const limits = { maxJobs: MAX_SAVED_JOBS + 1, maxFinished: 1, retentionMs: 1 }
  const server = await startControlled(t, { limits })
  for (let made = 0; made < MAX_SAVED_JOBS; made += 1) server.scope.jobs.add(jobOf())
  const { jobs } = await server.must('GET /fixtures')
  t.match(jobs, { length: 50_000 })
  await server.must('POST /jobs', { endpoint: '/alter/table' })
  t.match(await server.control('GET /fixtures'), {
    status: 409,
    body: {
      code: 'TOO_MANY_TO_SAVE',
      detail:
        'Cannot save the scope: it has 50001 jobs of at most 50000; save it in process, or list its jobs by GET /jobs',
    },
  })
})

t.test('jobs of the control API count too, all or none of a document', async (t) => {
  const server = await startControlled(t, { budgets: { jobBytes: 25_000 } })
  const request = { statement: 'x'.repeat(10_000) }
  const job = { endpoint: '/execute/sql', request }
  const { job_id } = await server.must('POST /jobs', job)
  t.match(await server.control('POST /fixtures', { jobs: [job, job] }), REFUSED)
  const response = { info: { text: 'x'.repeat(20_000) } }
  t.match(await server.control(`PATCH /jobs/${job_id}`, { response }), REFUSED)
  t.match(await server.must('GET /jobs'), { total: 1 })
  await server.must('POST /fixtures', { jobs: [job] })
  t.match(await server.must('GET /jobs'), { total: 2 })
})

t.test('reset takes the room of the jobs that it removes', async (t) => {
  const seeds = Array.from({ length: 10 }, (_, at) => seedJob({ id: BigInt(at + 1) }))
  const server = await startControlled(t, { seeds, budgets: { jobBytes: 20_000 } })
  await server.call('/create/job', LARGE)
  await server.must('POST /reset')
  t.match(await server.must('GET /jobs'), { total: 10 })
  await server.call('/create/job', LARGE)
})

t.test('a scope whose fixtures do not fit is not created', async (t) => {
  const request = { statement: 'x'.repeat(1000) }
  const seeds = [1n, 2n, 3n, 4n].map((id) => seedJob({ id, request }))
  const server = await startControlled(t, { seeds, budgets: { jobBytes: 4300 } })
  await server.must('PUT /scopes/one')
  t.match(await server.control('PUT /scopes/two'), REFUSED)
  const { wrapper } = await server.post('/~two/create/job', alterTable('a'))
  t.match(wrapper, { status: 'ERROR', message: /raise max-job-bytes$/ })
  t.match(await server.must('GET /scopes'), { scopes: [{ name: 'default' }, { name: 'one' }] })
})

t.test('a reload that does not fit changes no scope', async (t) => {
  const jobs = Array.from({ length: 20 }, (_, at) => ({
    ...{ job_id: at + 1, endpoint: '/alter/table' },
  }))
  const server = await startControlled(t, {
    fixtures: [{ jobs }],
    budgets: { jobBytes: 24_000 },
  })
  for (const name of ['a', 'b', 'c']) await server.must(`PUT /scopes/${name}`)
  t.match(await server.control('POST /reload'), REFUSED)
  const { scopes } = await server.must('GET /scopes')
  t.match(scopes, [{ jobs: 0 }, { jobs: 0 }, { jobs: 0 }, { jobs: 0 }])
  for (const name of ['b', 'c']) await server.must(`DELETE /scopes/${name}`)
  await server.must('POST /reload')
  t.match(await server.must('GET /jobs', undefined, 'a'), { total: 20 })
})

t.test('a job of a rule without templates adds little to the budget', async (t) => {
  const server = await startControlled(t, { budgets: { jobBytes: 30_000 } })
  const then = { response: { info: { text: 'x'.repeat(10_000) } } }
  await server.must('POST /rules', { when: { endpoint: '/alter/table' }, then })
  for (let made = 0; made < 10; made += 1) {
    await server.call('/create/job', alterTable(`job-${made}`))
  }
  t.equal(server.scope.jobs.count(), 10)
  t.strictSame(server.scope.plainLifecycle('/alter/table'), plainLifecycle(1000, 'immediate'))
})

const LARGE_RULE = {
  when: { endpoint: '/alter/table' },
  then: { response: { info: { text: 'x'.repeat(5000) } } },
}

const RULE_REFUSED = {
  status: 409,
  body: { code: 'TOO_MANY_RULE_BYTES', detail: /raise max-rule-bytes$/ },
}

t.test('rules over the budget are rejected, all or none of a document', async (t) => {
  const server = await startControlled(t, { budgets: { ruleBytes: 30_000 } })
  const job = { job_id: 7, endpoint: '/alter/table' }
  const other = { ...LARGE_RULE, when: { endpoint: '/has/table' } }
  await server.must('POST /rules', LARGE_RULE)
  const document = { jobs: [job], rules: [other, { ...other, when: { endpoint: '/alter/user' } }] }
  t.match(await server.control('POST /fixtures', document), RULE_REFUSED)
  t.match(
    await server.control('PUT /rules/rule-1', {
      when: { endpoint: '/alter/table' },
      then: { response: { info: { text: 'x'.repeat(15_000) } } },
    }),
    RULE_REFUSED,
  )
  t.match(await server.must('GET /jobs'), { total: 0 })
  await server.must('POST /fixtures', { jobs: [job], rules: [other] }, 'b')
  t.match(await server.control('POST /rules', LARGE_RULE, 'b'), RULE_REFUSED)
  await server.must('DELETE /scopes/b')
  await server.must('POST /fixtures', { jobs: [job], rules: [other] })
})

t.test('a reload with too many bytes of rules changes no scope', async (t) => {
  const rules = [LARGE_RULE, { ...LARGE_RULE, when: { endpoint: '/has/table' } }]
  const server = await startControlled(t, { fixtures: [{ rules }], budgets: { ruleBytes: 20_000 } })
  await server.must('PUT /scopes/a')
  t.match(await server.control('POST /reload'), RULE_REFUSED)
  t.match(await server.must('GET /scopes'), { scopes: [{ rules: 0 }, { rules: 0 }] })
  const roomy = await startControlled(t, { fixtures: [{ rules }], budgets: { ruleBytes: 40_000 } })
  await roomy.must('PUT /scopes/a')
  for (let times = 0; times < 3; times += 1) await roomy.must('POST /reload')
  t.match(await roomy.must('GET /scopes'), { scopes: [{ rules: 2 }, { rules: 2 }] })
  await roomy.must('PUT /scopes/b')
})
