import t from 'tap'
import { begin } from '../../src/jobs/job-state.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { jobOf } from '../support/job-definition.ts'
import { lifecycleOf } from '../support/lifecycles.ts'

const START_MS = 1_700_000_000_000

const OWN = { id: 7n, tag: 'nightly', state: begin(START_MS) }

t.test('StoredJob is its definition under its own names, created when it began', async (t) => {
  const definition = jobOf({
    id: 1n,
    tag: 'other',
    request: { table_name: 'orders' },
    response: { table_name: 'orders' },
    raw: 'raw',
    encoding: 'json',
    caller: { user: 'ann', sourceIp: '10.0.0.1' },
    keep: 'always',
  })
  t.strictSame(
    { ...new StoredJob(definition, OWN) },
    { ...definition, ...OWN, createdAtMs: START_MS, polls: 0 },
  )
})

t.test('replaceResponse() gives another result, and drops what stood in for it', async (t) => {
  for (const raw of [undefined, 'raw', Buffer.from('raw')]) {
    const job = new StoredJob(jobOf({ raw, response: { table_name: 'a' } }), OWN)
    job.replaceResponse({ table_name: 'b' })
    t.strictSame([job.response, job.raw], [{ table_name: 'b' }, undefined])
  }
})

t.test('view() shows a job as it is at one moment, whatever comes later', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 100, progress: 80 }])
  const job = new StoredJob(jobOf({ lifecycle }), OWN)
  job.polls = 2
  const view = job.view(START_MS + 50)
  t.equal(view.job, job)
  job.polls = 3
  job.state = { ...job.state, progress: 70, sinceMs: START_MS + 50 }
  t.strictSame(
    { ...view, job: undefined },
    { job: undefined, state: begin(START_MS), progress: 40, polls: 2 },
  )
  t.strictSame([job.view(START_MS + 50).progress, job.view(START_MS + 50).polls], [70, 3])
})
