import t from 'tap'
import { JobRegistry } from '../../src/jobs/job-registry.ts'
import { NewestJobs } from '../../src/jobs/newest-jobs.ts'
import type { Placement } from '../../src/jobs/placement.ts'
import { selectJobs } from '../../src/jobs/select-jobs.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { budgetsOf } from '../support/budgets.ts'
import { frozenClock } from '../support/clocks.ts'
import { jobOf } from '../support/job-definition.ts'
import { madeUuids } from '../support/made-tags.ts'

const LIMITS = { maxJobs: 5000, maxFinished: 5000, retentionMs: 1_000_000 }

function registry(): JobRegistry {
  const { jobs: budget } = budgetsOf()
  return new JobRegistry({ clock: frozenClock(0), newUuid: madeUuids(), limits: LIMITS, budget })
}

function addJobs(jobs: JobRegistry, count: number): void {
  for (let number = 0; number < count; number += 1) jobs.add(jobOf())
}

/** Whether parts of a list, all over it, are the same parts of all jobs. */
function isEachPartRight(jobs: JobRegistry): boolean {
  const all = jobs.list().map(({ job }) => job.id)
  const size = all.length
  const starts = [0, 1, size - 1300, size - 1025, size - 600, size - 513, size - 50, size - 1, size]
  return starts.every((from) =>
    [0, 1, 50, 2000].every((limit) => {
      const start = Math.max(from, 0)
      const range = () => ({ start, end: start + limit })
      const { views, total } = jobs.select({ isWanted: undefined, range })
      const ids = views.map(({ job }) => job.id)
      return total === size && String(ids) === String(all.slice(start, start + limit))
    }),
  )
}

t.test(
  'every part of a list of jobs is right, however many were created and removed',
  async (t) => {
    const jobs = registry()
    t.ok(isEachPartRight(jobs), 'none')
    for (const count of [1, 511, 511, 1, 1, 800, 1024]) {
      addJobs(jobs, count)
      t.ok(isEachPartRight(jobs), `${jobs.count()} jobs`)
    }
    const ids = jobs.list().map(({ job }) => job.id)
    for (const id of ids.filter((_, index) => index % 3 === 0)) jobs.remove({ id })
    t.ok(isEachPartRight(jobs), 'without every third one')
    for (const id of ids.filter((_, index) => index % 3 === 1).slice(-800)) jobs.remove({ id })
    t.ok(isEachPartRight(jobs), 'without most of the newest')
    addJobs(jobs, 2)
    t.ok(isEachPartRight(jobs), 'with two more')
    jobs.clear()
    t.ok(isEachPartRight(jobs), 'none again')
  },
)

t.test('a page of the newest jobs needs no walk over the others', async (t) => {
  const table = {
    size: 1_000_000,
    values: () => {
      throw new Error('all jobs are read')
    },
    newest: { size: 600, values: () => [] },
    tagged: () => [],
  }
  const range = (total: number) => ({ start: total - 600, end: total })
  t.strictSame(selectJobs(table, { isWanted: undefined, range }), { jobs: [], total: 1_000_000 })
})

t.test('the newest jobs are some hundreds, however many were created', async (t) => {
  const jobs = registry()
  addJobs(jobs, 2000)
  const newest = new NewestJobs()
  for (const { job } of jobs.list()) if (job instanceof StoredJob) newest.add(job)
  t.ok(newest.size >= 512 && newest.size < 1024, String(newest.size))
})

const WEST: Placement = { home: 'west', on: new Set(['west', 'east']) }
const EAST: Placement = { home: 'east', on: new Set(['east']) }

t.test('countByHome() follows jobs that are created, moved, lost and removed', async (t) => {
  const jobs = registry()
  const counts = () => Object.fromEntries(jobs.countByHome())
  const add = (placement: Placement) => jobs.add(jobOf({ placement })).id
  const id = add(WEST)
  add(WEST)
  add(EAST)
  t.strictSame(counts(), { west: 2, east: 1 })
  jobs.remove({ id })
  t.strictSame(counts(), { west: 1, east: 1 })
  jobs.place(({ placement: { home } }) =>
    home === 'west' ? { home, on: new Set(['east']) } : undefined,
  )
  t.strictSame(counts(), { west: 0, east: 0 }, 'the home of one has lost it, the other is gone')
  jobs.place(() => EAST)
  t.strictSame(counts(), { west: 0, east: 1 })
  jobs.clear()
  t.strictSame(counts(), { west: 0, east: 0 })
})
