import t from 'tap'
import { begin } from '../../src/jobs/job-state.ts'
import { JobTable, jobNotFound } from '../../src/jobs/job-table.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { jobOf } from '../support/job-definition.ts'

function named(id: bigint, tag: string): StoredJob {
  return new StoredJob(jobOf(), { id, tag, state: begin(0) })
}

t.test('JobTable knows a job by its id and by its tag, until it is taken out', async (t) => {
  const table = new JobTable()
  const job = named(7n, 'seven')
  table.add(job)
  t.strictSame([table.find({ id: 7n }), table.find({ tag: 'seven' })], [job, job])
  t.strictSame([table.size, table.holds(job), [...table.values()]], [1, true, [job]])
  table.delete(job)
  t.strictSame([table.find({ id: 7n }), table.find({ tag: 'seven' })], [undefined, undefined])
  t.strictSame([table.size, table.holds(job)], [0, false])
  table.add(named(7n, 'another'))
  t.equal(table.holds(job), false)
})

t.test('takeId() counts from 1, and passes over ids that are in use', async (t) => {
  const table = new JobTable()
  table.add(named(2n, 'two'))
  t.strictSame([table.takeId(), table.takeId(), table.takeId()], [1n, 3n, 4n])
})

t.test('jobNotFound() says which job is not there', async (t) => {
  t.match(jobNotFound({ id: 7n }), { code: 'JOB_NOT_FOUND', message: /^Cannot find job 7: / })
  t.match(jobNotFound({ tag: 'x' }), { message: /^Cannot find the job tagged x: / })
})
