import t from 'tap'
import { RESULT_ENCODINGS } from '../../src/jobs/encoding.ts'
import { begin } from '../../src/jobs/job-state.ts'
import { ECHO, type Result } from '../../src/jobs/result.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { jobOf } from '../support/job-definition.ts'
import { lifecycleOf } from '../support/lifecycles.ts'

const START_MS = 1_700_000_000_000

const OWN = { id: 7n, tag: 'nightly', state: begin(START_MS) }

t.test(
  'StoredJob has the fields of its definition, its own names and its start as creation time',
  async (t) => {
    const definition = jobOf({
      id: 1n,
      tag: 'other',
      request: { table_name: 'orders' },
      result: { kind: 'fields', fields: { table_name: 'orders' } },
      encoding: 'json',
      caller: { user: 'ann', sourceIp: '10.0.0.1' },
      keep: 'always',
    })
    t.strictSame(
      { ...new StoredJob(definition, OWN) },
      { ...definition, ...OWN, createdAtMs: START_MS, polls: 0 },
    )
  },
)

const TEXT: Result = { kind: 'raw', payload: 'raw' }

const BYTES: Result = { kind: 'raw', payload: Buffer.from('raw') }

t.test(
  'StoredJob has the encoding of its raw result instead of that of its definition',
  async (t) => {
    for (const encoding of RESULT_ENCODINGS) {
      const encodings = [ECHO, TEXT, BYTES].map(
        (result) => new StoredJob(jobOf({ encoding, result }), OWN).encoding,
      )
      t.strictSame(encodings, [encoding, 'json', 'binary'])
    }
  },
)

t.test('replaceResult() sets the result and the encoding that it requires', async (t) => {
  const job = new StoredJob(jobOf({ encoding: 'binary' }), OWN)
  const seen = [TEXT, ECHO, BYTES, ECHO].map((result) => {
    job.replaceResult(result)
    return [job.result, job.encoding]
  })
  t.strictSame(seen, [
    [TEXT, 'json'],
    [ECHO, 'json'],
    [BYTES, 'binary'],
    [ECHO, 'binary'],
  ])
})

t.test('view() is a snapshot that later events do not change', async (t) => {
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
