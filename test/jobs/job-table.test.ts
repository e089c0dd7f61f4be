import t from 'tap'
import { begin } from '../../src/jobs/job-state.ts'
import { JobTable } from '../../src/jobs/job-table.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { jobOf } from '../support/job-definition.ts'

function named(id: bigint, tag: string): StoredJob {
  return new StoredJob(jobOf(), { id, tag, state: begin(0) })
}

function tableOf(): JobTable {
  let made = 0
  const newTag = () => {
    made += 1
    return `made-${made}`
  }
  return new JobTable({ newTag, maxJobs: 10 })
}

t.test('JobTable finds a job by its id and by its tag until it is deleted', async (t) => {
  const table = tableOf()
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

t.test('get() names the missing job', async (t) => {
  const table = tableOf()
  const reason = 'it was never created, or is gone'
  const code = 'JOB_NOT_FOUND'
  t.throws(() => table.get({ id: 7n }), { code, message: `Cannot find job 7: ${reason}` })
  t.throws(() => table.get({ tag: 'x' }), {
    code,
    message: `Cannot find the job tagged x: ${reason}`,
  })
})

t.test('offer() returns the wanted names and generates the others', async (t) => {
  const table = tableOf()
  t.strictSame(table.offer({ id: 7n, tag: 'mine' }), { id: 7n, tag: 'mine' })
  t.strictSame(table.offer({ tag: 'mine' }), { id: 1n, tag: 'mine' })
  t.strictSame(table.offer({ id: 7n }), { id: 7n, tag: 'made-1' })
})

t.test('offer() skips ids in use and offers a name again until a job has it', async (t) => {
  const table = tableOf()
  table.add(named(2n, 'two'))
  for (const id of [1n, 3n, 4n]) {
    const tag = `made-${[1n, 3n, 4n].indexOf(id) + 1}`
    t.strictSame(
      [table.offer({}), table.offer({})],
      [
        { id, tag },
        { id, tag },
      ],
    )
    table.add(named(id, tag))
  }
})

t.test('offer() never returns a generated id again, but may return a wanted one', async (t) => {
  const table = tableOf()
  const { id, tag } = table.offer({})
  const generated = named(id, tag)
  table.add(generated)
  table.delete(generated)
  t.equal(table.offer({}).id, 2n)
  table.offer({ id: 2n })
  const wanted = named(2n, 'two')
  table.add(wanted)
  table.delete(wanted)
  t.equal(table.offer({}).id, 2n)
})

t.test('offer() returns a wanted id that has become free since the last offer', async (t) => {
  const table = tableOf()
  const [one, two] = [named(1n, 'one'), named(2n, 'two')]
  table.add(one)
  table.add(two)
  t.equal(table.offer({}).id, 3n)
  table.delete(two)
  t.equal(table.offer({}).id, 2n)
})
