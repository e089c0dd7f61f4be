import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { Clock } from '../../src/clock/clock.ts'
import type { ControlledClock } from '../../src/clock/controlled-clock.ts'
import type { JobContent, JobDefinition, WantedName } from '../../src/jobs/job.ts'
import type { JobEnding, JobRevision } from '../../src/jobs/job-change.ts'
import { JobError } from '../../src/jobs/job-error.ts'
import { JobRegistry } from '../../src/jobs/job-registry.ts'
import {
  begin,
  countPoll,
  finish,
  type JobState,
  lastChangeAtMs,
  nextChangeAtMs,
  progressAt,
  release,
  remainingLifecycle,
  requestCancel,
  settle,
} from '../../src/jobs/job-state.ts'
import type { JobLimits } from '../../src/jobs/job-store.ts'
import type { JobKey, JobName } from '../../src/jobs/job-table.ts'
import { type Lifecycle, type Outcome, plainLifecycle } from '../../src/jobs/lifecycle.ts'
import { ONLY_PLACEMENT } from '../../src/jobs/placement.ts'
import type { Result } from '../../src/jobs/result.ts'
import type { JobView } from '../../src/jobs/stored-job.ts'
import { budgetsOf } from '../support/budgets.ts'
import { autoClock, frozenClock } from '../support/clocks.ts'
import { jobOf } from '../support/job-definition.ts'
import { anyLifecycle, anyShortMs, lifecycleOf } from '../support/lifecycles.ts'
import { madeTag, madeUuids } from '../support/made-tags.ts'

const START_MS = 1_700_000_000_000

const ROOMY: JobLimits = { maxJobs: 1000, maxFinished: 1000, retentionMs: 1_000_000 }

function registryOf(clock: Clock, limits: Partial<JobLimits> = {}): JobRegistry {
  const { jobs: budget } = budgetsOf()
  return new JobRegistry({ clock, newUuid: madeUuids(), limits: { ...ROOMY, ...limits }, budget })
}

/** A registry on a frozen clock that the test advances. */
function frozen(limits: Partial<JobLimits> = {}): { jobs: JobRegistry; clock: ControlledClock } {
  const clock = frozenClock(START_MS)
  return { jobs: registryOf(clock, limits), clock }
}

function idsOf(jobs: JobRegistry): bigint[] {
  return jobs.list().map(({ job }) => job.id)
}

/** A job that lasts `afterMs`. */
function lasting(afterMs: number, parts: Partial<JobDefinition> = {}): JobDefinition {
  return jobOf({ lifecycle: plainLifecycle(afterMs, 'immediate'), ...parts })
}

/** The error that a callback throws. */
class Refusal extends Error {}

function refuse(): JobContent {
  throw new Refusal()
}

/** A job that runs until it is cancelled. */
const HELD = jobOf({ lifecycle: lifecycleOf([{ ends: 'hold', progress: 30 }]) })

t.test('add() starts a job now, by its definition', async (t) => {
  const { jobs, clock } = frozen()
  clock.advance(5)
  const definition = jobOf({
    id: 42n,
    tag: 'nightly',
    request: { table_name: 'orders' },
    result: { kind: 'fields', fields: { table_name: 'orders' } },
    encoding: 'json',
    caller: { user: 'ann', sourceIp: '10.0.0.1' },
    keep: 'always',
  })
  t.match(jobs.add(definition), {
    ...definition,
    placement: ONLY_PLACEMENT,
    createdAtMs: START_MS + 5,
    state: begin(START_MS + 5),
    polls: 0,
  })
})

t.test('add() counts ids from 1 and generates a tag if none is requested', async (t) => {
  const { jobs } = frozen()
  const created = [jobs.add(HELD), jobs.add({ ...HELD, tag: 'mine' }), jobs.add(HELD)]
  t.strictSame(
    created.map(({ id, tag }) => [id, tag]),
    [
      [1n, madeTag(1)],
      [2n, 'mine'],
      [3n, madeTag(3)],
    ],
  )
})

t.test('add() skips ids that are in use', async (t) => {
  const { jobs } = frozen()
  for (const id of [1n, 3n, 4n, 9007199254740993n]) jobs.add({ ...HELD, id })
  t.strictSame(
    Array.from({ length: 3 }, () => jobs.add(HELD).id),
    [2n, 5n, 6n],
  )
  t.equal(jobs.get({ id: 9007199254740993n }).job.id, 9007199254740993n)
})

t.test('add() rejects an id or a tag that is in use, and uses up no id', async (t) => {
  const { jobs } = frozen()
  jobs.add({ ...HELD, id: 7n, tag: 'nightly' })
  t.throws(() => jobs.add({ ...HELD, id: 7n }), {
    name: 'JobError',
    code: 'JOB_ID_TAKEN',
    message: 'Cannot create job 7: the id is in use',
  })
  t.throws(() => jobs.add({ ...HELD, tag: 'nightly' }), {
    name: 'JobError',
    code: 'JOB_TAG_TAKEN',
    message: 'Cannot create a job with the tag nightly: job 7 has it',
  })
  t.strictSame(idsOf(jobs), [7n])
  const { id, tag } = jobs.add(HELD)
  t.strictSame({ id, tag }, { id: 1n, tag: madeTag(1) })
})

t.test('add() rejects a job over the maximum until a finished one is removed', async (t) => {
  const { jobs, clock } = frozen({ maxJobs: 2, retentionMs: 50 })
  jobs.add(HELD)
  jobs.add(lasting(10))
  const tooMany = {
    name: 'JobError',
    code: 'TOO_MANY_JOBS',
    message: 'Cannot create a job: the maximum of 2 is reached, raise max-jobs',
  }
  t.throws(() => jobs.add(HELD), tooMany)
  clock.advance(59)
  t.throws(() => jobs.add(HELD), tooMany)
  clock.advance(1)
  t.equal(jobs.add(HELD).id, 3n)
})

t.test('add() does not reuse the id of a removed job', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 5 })
  t.equal(jobs.add(lasting(10)).id, 1n)
  clock.advance(100)
  t.strictSame(idsOf(jobs), [])
  t.equal(jobs.add(lasting(10)).id, 2n)
})

t.test('add() accepts the tag of a removed job', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 5 })
  jobs.add(lasting(10, { tag: 'nightly' }))
  clock.advance(15)
  const { id } = jobs.add(lasting(10, { tag: 'nightly' }))
  t.equal(jobs.get({ tag: 'nightly' }).job.id, id)
})

t.test(
  'create() passes the names to its callback and starts a job with the returned content',
  async (t) => {
    const { jobs } = frozen()
    const seen: JobName[] = []
    const write = ({ id, tag, placement }: JobName) => {
      seen.push({ id, tag, placement })
      return { ...HELD, request: { table_name: tag } }
    }
    const wanted = [{}, { id: 7n }, { tag: 'nightly' }, { id: 9n, tag: 'daily' }]
    const created = wanted.map((names) => jobs.create({ ...names, request: {} }, write))
    const placement = ONLY_PLACEMENT
    t.strictSame(seen, [
      { id: 1n, tag: madeTag(1), placement },
      { id: 7n, tag: madeTag(7), placement },
      { id: 2n, tag: 'nightly', placement },
      { id: 9n, tag: 'daily', placement },
    ])
    t.strictSame(
      created.map(({ id, tag, request }) => ({ id, tag, request })),
      seen.map(({ id, tag }) => ({ id, tag, request: { table_name: tag } })),
    )
  },
)

t.test('create() does not call its callback if the job is rejected', async (t) => {
  const { jobs, clock } = frozen({ maxJobs: 2, retentionMs: 0 })
  jobs.add({ ...HELD, id: 7n, tag: 'nightly' })
  const write = () => {
    t.fail('the content is not wanted')
    return HELD
  }
  t.throws(() => jobs.create({ id: 7n, request: {} }, write), {
    name: 'JobError',
    code: 'JOB_ID_TAKEN',
  })
  t.throws(() => jobs.create({ tag: 'nightly', request: {} }, write), { code: 'JOB_TAG_TAKEN' })
  jobs.add(lasting(10))
  t.throws(() => jobs.create({ request: {} }, write), { name: 'JobError', code: 'TOO_MANY_JOBS' })
  clock.advance(10)
  t.equal(jobs.create({ request: {} }, () => HELD).id, 2n)
})

t.test('create() uses up no name if its callback throws', async (t) => {
  const { jobs } = frozen()
  for (const wanted of [{}, {}, { tag: 'nightly' }, { id: 7n }]) {
    t.throws(() => jobs.create({ ...wanted, request: {} }, refuse), new Refusal())
  }
  t.strictSame(jobs.list(), [])
  const created = [{}, { tag: 'nightly' }, { id: 7n }].map((wanted) =>
    jobs.create({ ...wanted, request: {} }, () => HELD),
  )
  t.strictSame(
    created.map(({ id, tag }) => [id, tag]),
    [
      [1n, madeTag(1)],
      [2n, 'nightly'],
      [7n, madeTag(7)],
    ],
  )
})

t.test('find() and get() find a job by its id and by its tag', async (t) => {
  const { jobs } = frozen()
  const { id, tag } = jobs.add(HELD)
  const expected = { id: 1n, tag: madeTag(1), state: begin(START_MS), progress: 30, polls: 0 }
  for (const key of [{ id }, { tag }]) {
    t.strictSame(seen(jobs.get(key)), expected)
    t.strictSame(jobs.find(key), jobs.get(key))
  }
})

t.test('find() returns undefined for an unknown job, get() and poll() throw', async (t) => {
  const { jobs } = frozen()
  const gone = 'it was never created, or is gone'
  const unknown: readonly (readonly [JobKey, message: string])[] = [
    [{ id: 7n }, `Cannot find job 7: ${gone}`],
    [{ tag: 'nightly' }, `Cannot find the job tagged nightly: ${gone}`],
  ]
  for (const [key, message] of unknown) {
    t.equal(jobs.find(key), undefined)
    t.throws(() => jobs.get(key), { name: 'JobError', code: 'JOB_NOT_FOUND', message })
    t.throws(() => jobs.poll(key), { name: 'JobError', code: 'JOB_NOT_FOUND', message })
    t.equal(jobs.cancel(key), 'not found')
  }
})

t.test('get() returns the state of a job at the current time', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(
    jobOf({
      lifecycle: lifecycleOf([
        { ends: 'after', afterMs: 100, progress: 40 },
        { ends: 'after', afterMs: 100, progress: 80 },
      ]),
    }),
  )
  const shown = [0, 50, 100, 49, 1].map((ms) => {
    clock.advance(ms)
    const { state, progress } = jobs.get({ id })
    return [state.status, progress]
  })
  t.strictSame(shown, [
    ['RUNNING', 0],
    ['RUNNING', 20],
    ['RUNNING', 60],
    ['RUNNING', 79],
    ['DONE', 100],
  ])
})

t.test('a job ends at its due time, however late it is read', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(lasting(10))
  clock.advance(5000)
  t.equal(jobs.get({ id }).state.sinceMs, START_MS + 10)
})

t.test('later events do not change a view', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(lasting(10))
  const before = jobs.get({ id })
  const shown = seen(before)
  clock.advance(10)
  t.equal(jobs.get({ id }).state.status, 'DONE')
  t.strictSame(seen(before), shown)
})

t.test('poll() counts after the state is read: a step of n polls answers n polls', async (t) => {
  const { jobs } = frozen()
  const steps = [
    { ends: 'polls', polls: 2, progress: 20 },
    { ends: 'polls', polls: 1, progress: 80 },
  ] as const
  const { id } = jobs.add(jobOf({ lifecycle: lifecycleOf(steps) }))
  const polled = Array.from({ length: 5 }, () => jobs.poll({ id }))
  t.strictSame(
    polled.map(({ state, progress }) => [state.status, progress]),
    [
      ['RUNNING', 20],
      ['RUNNING', 20],
      ['RUNNING', 80],
      ['DONE', 100],
      ['DONE', 100],
    ],
  )
})

t.test('find(), get(), list() and cancel() do not count as polls', async (t) => {
  const { jobs } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'polls', polls: 1 }], { cancel: 'refuse' })
  const { id } = jobs.add(jobOf({ lifecycle }))
  const before = jobs.get({ id })
  jobs.find({ id })
  jobs.list()
  jobs.cancel({ id })
  t.strictSame(jobs.get({ id }), before)
  t.equal(jobs.poll({ id }).state.status, 'RUNNING')
  t.equal(jobs.poll({ id }).state.status, 'DONE')
})

t.test('poll() advances an auto clock after the state is read', async (t) => {
  const clock = autoClock(START_MS, 250)
  const jobs = registryOf(clock)
  const { id } = jobs.add(lasting(500))
  const progress = Array.from({ length: 4 }, () => jobs.poll({ id }).progress)
  t.strictSame(progress, [0, 50, 100, 100])
  t.equal(clock.now(), START_MS + 1000)
})

t.test('only a poll advances an auto clock', async (t) => {
  const clock = autoClock(START_MS, 250)
  const jobs = registryOf(clock)
  const { id } = jobs.add(HELD)
  jobs.find({ id })
  jobs.get({ id })
  jobs.list()
  jobs.cancel({ id })
  t.throws(() => jobs.poll({ id: 99n }))
  t.equal(clock.now(), START_MS)
})

t.test('cancel() returns its result', async (t) => {
  const { jobs } = frozen()
  const cancelled = jobs.add(HELD)
  const refusing = jobs.add(
    jobOf({ lifecycle: lifecycleOf([{ ends: 'hold' }], { cancel: 'refuse' }) }),
  )
  t.equal(jobs.cancel({ id: cancelled.id }), 'cancelled')
  t.equal(jobs.cancel({ tag: cancelled.tag }), 'already done')
  t.equal(jobs.cancel({ id: refusing.id }), 'refused')
  t.equal(jobs.cancel({ id: 99n }), 'not found')
  t.match(jobs.get({ id: cancelled.id }), { state: { status: 'CANCELLED' }, progress: 30 })
  t.match(jobs.get({ id: refusing.id }), { state: { status: 'RUNNING' } })
})

t.test('cancel() at the instant at which a job ends is too late', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(lasting(10))
  clock.advance(10)
  t.equal(jobs.cancel({ id }), 'already done')
  t.equal(jobs.get({ id }).state.status, 'DONE')
})

t.test('cancel() takes effect after the delay of the policy', async (t) => {
  const { jobs, clock } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'hold' }], { cancel: { afterMs: 10 } })
  const { id } = jobs.add(jobOf({ lifecycle }))
  t.equal(jobs.cancel({ id }), 'cancelled')
  clock.advance(9)
  t.equal(jobs.get({ id }).state.status, 'RUNNING')
  clock.advance(100)
  t.match(jobs.get({ id }).state, { status: 'CANCELLED', sinceMs: START_MS + 10 })
})

t.test('list() returns every job in order of creation', async (t) => {
  const { jobs, clock } = frozen()
  for (const id of [9n, 4n]) jobs.add({ ...HELD, id })
  jobs.add(lasting(10))
  clock.advance(10)
  t.strictSame(
    jobs.list().map(({ job, state }) => [job.id, state.status]),
    [
      [9n, 'RUNNING'],
      [4n, 'RUNNING'],
      [1n, 'DONE'],
    ],
  )
})

t.test('a finished job is kept for the retention, counted from its end', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50 })
  const { id, tag } = jobs.add(lasting(10))
  clock.advance(59)
  t.equal(jobs.get({ id }).state.status, 'DONE')
  clock.advance(1)
  t.equal(jobs.find({ id }), undefined)
  t.equal(jobs.find({ tag }), undefined)
  t.strictSame(jobs.list(), [])
})

t.test('a running job is kept at any age', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50, maxFinished: 0 })
  const { id } = jobs.add(HELD)
  clock.advance(1_000_000)
  t.equal(jobs.get({ id }).state.status, 'RUNNING')
})

t.test('over the maximum, the job that finished first is removed', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 2 })
  for (const ms of [30, 10, 20]) jobs.add(lasting(ms))
  jobs.add(HELD)
  clock.advance(20)
  t.strictSame(idsOf(jobs), [1n, 2n, 3n, 4n])
  clock.advance(10)
  t.strictSame(idsOf(jobs), [1n, 3n, 4n])
  jobs.cancel({ id: 4n })
  t.strictSame(idsOf(jobs), [1n, 4n])
})

t.test('the order of finishing does not depend on the number of steps', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 1 })
  const inTwoSteps = lifecycleOf([
    { ends: 'after', afterMs: 5 },
    { ends: 'after', afterMs: 10 },
  ])
  jobs.add(jobOf({ lifecycle: inTwoSteps }))
  jobs.add(lasting(10))
  clock.advance(20)
  t.strictSame(idsOf(jobs), [1n])
})

t.test(
  'of jobs that finish at the same instant, the one with the smallest id is removed first',
  async (t) => {
    const anyIds = fc.uniqueArray(fc.bigInt({ min: 1n, max: 1000n }), {
      maxLength: 60,
      size: 'max',
    })
    const property = fc.property(anyIds, fc.nat(60), (ids, maxFinished) => {
      const { jobs, clock } = frozen({ maxFinished })
      for (const id of ids) jobs.add(lasting(10, { id }))
      clock.advance(20)
      const byId = ids.toSorted((left, right) => Number(left - right))
      const kept = byId.slice(Math.max(0, byId.length - maxFinished))
      assert.deepEqual(new Set(idsOf(jobs)), new Set(kept))
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 100 }))
  },
)

t.test(
  'a job kept for its first answer is removed after a poll has returned its end',
  async (t) => {
    const { jobs, clock } = frozen()
    const { id, tag } = jobs.add(lasting(10, { keep: 'first answer' }))
    t.equal(jobs.poll({ id }).state.status, 'RUNNING')
    clock.advance(10)
    t.equal(jobs.get({ id }).state.status, 'DONE')
    t.equal(jobs.list().length, 1)
    t.equal(jobs.poll({ id }).state.status, 'DONE')
    t.throws(() => jobs.poll({ id }), { code: 'JOB_NOT_FOUND' })
    t.equal(jobs.find({ tag }), undefined)
    t.strictSame(jobs.list(), [])
  },
)

t.test('a poll that ends a job does not yet return its end', async (t) => {
  const { jobs } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'polls', polls: 1 }], { outcome: 'ERROR' })
  const { id } = jobs.add(jobOf({ lifecycle, keep: 'first answer' }))
  t.equal(jobs.poll({ id }).state.status, 'RUNNING')
  t.equal(jobs.poll({ id }).state.status, 'ERROR')
  t.throws(() => jobs.poll({ id }), { code: 'JOB_NOT_FOUND' })
})

t.test('a removed job that was kept for its first answer makes room for another', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 2 })
  const first = jobs.add(lasting(10, { keep: 'first answer' }))
  for (const ms of [20, 30]) jobs.add(lasting(ms))
  clock.advance(10)
  jobs.poll({ id: first.id })
  clock.advance(20)
  t.strictSame(idsOf(jobs), [2n, 3n])
})

t.test('a removed job does not affect the next job with its id', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50 })
  jobs.add(lasting(10))
  jobs.add(lasting(20, { id: 7n, keep: 'first answer' }))
  clock.advance(20)
  jobs.poll({ id: 7n })
  jobs.add({ ...HELD, id: 7n })
  clock.advance(100)
  t.strictSame(idsOf(jobs), [7n])
})

t.test('a job that is always kept outlives both limits and counts towards neither', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50, maxFinished: 1 })
  jobs.add(lasting(10, { id: 42n, keep: 'always' }))
  jobs.add(lasting(20))
  clock.advance(20)
  t.strictSame(idsOf(jobs), [42n, 1n])
  clock.advance(1000)
  t.equal(jobs.poll({ id: 42n }).state.status, 'DONE')
  t.equal(jobs.poll({ id: 42n }).state.status, 'DONE')
  t.strictSame(idsOf(jobs), [42n])
})

/** A job that ends in ERROR when it is released. */
const FAILING = jobOf({
  lifecycle: lifecycleOf([{ ends: 'hold', progress: 30 }], { outcome: 'ERROR', error: 'broken' }),
})

t.test('release() ends the hold that a job is in', async (t) => {
  const { jobs, clock } = frozen()
  const lifecycle = lifecycleOf([
    { ends: 'hold', progress: 30 },
    { ends: 'after', afterMs: 10, progress: 60 },
    { ends: 'hold' },
  ])
  const { id, tag } = jobs.add(jobOf({ lifecycle }))
  clock.advance(5)
  t.match(seen(jobs.release({ tag })), {
    id,
    state: { status: 'RUNNING', step: 1, sinceMs: START_MS + 5 },
    progress: 30,
  })
  clock.advance(10)
  t.match(jobs.get({ id }), { state: { step: 2 }, progress: 60 })
  t.match(jobs.release({ id }), { state: { status: 'DONE' }, progress: 100 })
})

t.test('release() returns the settled job, also if the next step takes no time', async (t) => {
  const { jobs } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'hold' }, { ends: 'after', afterMs: 0, progress: 50 }])
  const { id } = jobs.add(jobOf({ lifecycle }))
  t.match(seen(jobs.release({ id })), { state: { status: 'DONE' }, progress: 100 })
})

t.test('release() rejects a job whose step is not a hold, with the reason', async (t) => {
  const { jobs } = frozen()
  const running = jobs.add(lasting(10))
  const ended = jobs.add(HELD)
  jobs.cancel({ id: ended.id })
  const code = 'JOB_NOT_HELD'
  t.throws(() => jobs.release({ id: running.id }), {
    name: 'JobError',
    code,
    message: 'Cannot release job 1: its step is not a hold',
  })
  t.throws(() => jobs.release({ id: ended.id }), {
    name: 'JobError',
    code,
    message: 'Cannot release job 2: it is already CANCELLED',
  })
})

t.test('finish() ends a running job now, instead of by its lifecycle', async (t) => {
  const { jobs, clock } = frozen()
  clock.advance(5)
  for (const [outcome, progress] of [
    ['DONE', 100],
    ['ERROR', 30],
    ['CANCELLED', 30],
  ] as const) {
    const { id } = jobs.add(FAILING)
    const shown = jobs.finish({ id }, { outcome })
    t.match(seen(shown), { id, state: { status: outcome, sinceMs: START_MS + 5 }, progress })
    t.strictSame(jobs.get({ id }), shown)
    const error = outcome === 'ERROR' ? 'broken' : ''
    t.match(shown.job.lifecycle, { outcome, error })
    t.equal(shown.job.lifecycle.error, error)
  }
})

const FIELDS: Result = { kind: 'fields', fields: { table_name: 'orders' } }

const RAW: Result = { kind: 'raw', payload: 'raw' }

t.test('finish() sets the given error and result', async (t) => {
  const { jobs } = frozen()
  const failed = jobs.add(FAILING)
  const ending = { outcome: 'ERROR', error: 'rank 2 is unreachable' } as const
  t.equal(jobs.finish({ id: failed.id }, ending).job.lifecycle.error, 'rank 2 is unreachable')
  const plain = jobs.add(HELD)
  const { lifecycle } = jobs.finish({ id: plain.id }, { outcome: 'ERROR' }).job
  t.equal(lifecycle.error, `${HELD.endpoint} failed`, 'without an error of its lifecycle')
  const done = jobs.add({ ...HELD, result: RAW })
  const { job } = jobs.finish({ id: done.id }, { outcome: 'DONE', result: FIELDS })
  t.equal(job.result, FIELDS)
  const kept = jobs.add({ ...HELD, result: RAW })
  t.equal(jobs.finish({ id: kept.id }, { outcome: 'DONE' }).job.result, RAW)
})

t.test('finish() does not affect other jobs with the same lifecycle', async (t) => {
  const { jobs } = frozen()
  const [one, other] = [jobs.add(FAILING), jobs.add(FAILING)]
  jobs.finish({ id: one.id }, { outcome: 'DONE', error: 'x' })
  t.equal(other.lifecycle, FAILING.lifecycle)
  t.match(FAILING.lifecycle, { outcome: 'ERROR', error: 'broken' })
})

t.test('finish() and revise() reject a job that has ended', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(lasting(10))
  clock.advance(10)
  const refused = (verb: string) => ({
    name: 'JobError',
    code: 'JOB_FINISHED',
    message: `Cannot ${verb} job 1: it is already DONE`,
  })
  t.throws(() => jobs.finish({ id }, { outcome: 'ERROR' }), refused('finish'))
  t.throws(() => jobs.revise({ id }, { progress: 99 }), refused('change'))
})

t.test('methods that change a job reject an unknown job', async (t) => {
  const { jobs } = frozen()
  const refused = { name: 'JobError', code: 'JOB_NOT_FOUND' }
  for (const key of [{ id: 7n }, { tag: 'nightly' }]) {
    t.throws(() => jobs.release(key), refused)
    t.throws(() => jobs.finish(key, { outcome: 'DONE' }), refused)
    t.throws(() => jobs.revise(key, {}), refused)
    t.throws(() => jobs.remove(key), refused)
  }
})

t.test('revise() sets the progress and does not move the end of the step', async (t) => {
  const { jobs, clock } = frozen()
  const steps = [{ ends: 'after', afterMs: 100, progress: 80 }, { ends: 'hold' }] as const
  const { id } = jobs.add(jobOf({ lifecycle: lifecycleOf(steps) }))
  clock.advance(50)
  t.equal(jobs.revise({ id }, { progress: 60 }).progress, 60)
  clock.advance(25)
  t.equal(jobs.get({ id }).progress, 70)
  clock.advance(24)
  t.match(jobs.get({ id }), { state: { step: 0 }, progress: 79 })
  clock.advance(1)
  t.match(jobs.get({ id }), { state: { step: 1, sinceMs: START_MS + 100 }, progress: 80 })
})

t.test('revise() rejects a progress that would fall, and changes nothing', async (t) => {
  const { jobs } = frozen()
  const { id } = jobs.add({ ...HELD, result: RAW })
  const before = jobs.get({ id })
  t.throws(() => jobs.revise({ id }, { progress: 29, result: FIELDS }), {
    name: 'JobError',
    code: 'PROGRESS_FALLS',
    message: 'Cannot set the progress of job 1: it has reached 30 and never falls',
  })
  t.strictSame(jobs.get({ id }), before)
  t.equal(before.job.result, RAW)
  t.equal(jobs.revise({ id }, { progress: 30 }).progress, 30)
})

t.test('revise() starts another lifecycle now, from the progress reached', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(HELD)
  clock.advance(5)
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10, progress: 50 }], {
    outcome: 'ERROR',
    error: 'late',
  })
  t.match(seen(jobs.revise({ id }, { lifecycle })), { state: { step: 0 }, progress: 30 })
  clock.advance(5)
  t.equal(jobs.get({ id }).progress, 40)
  clock.advance(5)
  const { job, state } = jobs.get({ id })
  t.match(state, { status: 'ERROR', sinceMs: START_MS + 15, progress: 50 })
  t.equal(job.lifecycle, lifecycle)
})

t.test('revise() to a lifecycle that takes no time ends the job at once', async (t) => {
  const { jobs } = frozen()
  const { id } = jobs.add(HELD)
  t.match(jobs.revise({ id }, { lifecycle: lifecycleOf([]) }), { state: { status: 'DONE' } })
})

t.test('revise() changes the result only', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.add(lasting(100, { result: RAW }))
  clock.advance(50)
  const before = seen(jobs.get({ id }))
  const { job } = jobs.revise({ id }, { result: FIELDS })
  t.equal(job.result, FIELDS)
  t.strictSame(seen(jobs.get({ id })), before)
  t.strictSame(seen(jobs.revise({ id }, {})), before)
})

t.test('a job ends with its latest result', async (t) => {
  const { jobs, clock } = frozen()
  const ends: readonly ((id: bigint) => unknown)[] = [
    (id) => jobs.finish({ id }, { outcome: 'DONE' }),
    () => clock.advance(100),
  ]
  for (const end of ends) {
    const { id } = jobs.add(lasting(100, { result: RAW }))
    jobs.revise({ id }, { result: FIELDS })
    end(id)
    const { job, state } = jobs.get({ id })
    t.strictSame([job.result, state.status], [FIELDS, 'DONE'])
  }
})

t.test('revise() does not delay a pending cancellation', async (t) => {
  const { jobs, clock } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'hold' }], { cancel: { afterMs: 10 } })
  for (const revision of [{ progress: 50 }, { lifecycle: lifecycleOf([{ ends: 'hold' }]) }]) {
    const { id } = jobs.add(jobOf({ lifecycle }))
    jobs.cancel({ id })
    clock.advance(5)
    jobs.revise({ id }, revision)
    clock.advance(4)
    t.equal(jobs.get({ id }).state.status, 'RUNNING')
    clock.advance(1)
    t.equal(jobs.get({ id }).state.status, 'CANCELLED')
  }
})

t.test('remove() removes a running or finished job, and frees both its names', async (t) => {
  const { jobs, clock } = frozen()
  const [running, ended] = [jobs.add(HELD), jobs.add(lasting(10))]
  clock.advance(10)
  jobs.remove({ tag: running.tag })
  jobs.remove({ id: ended.id })
  for (const { id, tag } of [running, ended]) {
    t.equal(jobs.find({ id }), undefined)
    t.equal(jobs.find({ tag }), undefined)
  }
  t.equal(jobs.count(), 0)
  t.equal(jobs.add({ ...HELD, id: 1n, tag: running.tag }).id, 1n)
})

t.test('remove() makes room among the finished jobs only by removing one of them', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 2 })
  for (const ms of [10, 20]) jobs.add(lasting(ms))
  const always = jobs.add(lasting(10, { keep: 'always' }))
  const held = jobs.add(HELD)
  clock.advance(20)
  jobs.remove({ id: always.id })
  jobs.remove({ id: held.id })
  jobs.add(lasting(5))
  clock.advance(5)
  t.strictSame(idsOf(jobs), [2n, 5n])
  jobs.remove({ id: 2n })
  jobs.add(lasting(5))
  clock.advance(5)
  t.strictSame(idsOf(jobs), [5n, 6n])
})

t.test(
  'nextChangeAtMs() and lastChangeAtMs() are the times of changes by time alone',
  async (t) => {
    const { jobs, clock } = frozen()
    t.strictSame([jobs.nextChangeAtMs(), jobs.lastChangeAtMs()], [undefined, undefined])
    jobs.add(HELD)
    t.strictSame([jobs.nextChangeAtMs(), jobs.lastChangeAtMs()], [undefined, undefined])
    jobs.add(lasting(30))
    const short = jobs.add(lasting(10))
    t.strictSame([jobs.nextChangeAtMs(), jobs.lastChangeAtMs()], [START_MS + 10, START_MS + 30])
    jobs.remove({ id: short.id })
    t.equal(jobs.nextChangeAtMs(), START_MS + 30)
    clock.advance(30)
    t.strictSame([jobs.nextChangeAtMs(), jobs.lastChangeAtMs()], [undefined, undefined])
  },
)

t.test('count() is the current number of jobs', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50 })
  t.equal(jobs.count(), 0)
  jobs.add(HELD)
  jobs.add(lasting(10))
  t.equal(jobs.count(), 2)
  clock.advance(60)
  t.equal(jobs.count(), 1)
})

t.test('polls counts every poll of a job in all its steps', async (t) => {
  const { jobs, clock } = frozen()
  const steps = [
    { ends: 'polls', polls: 2 },
    { ends: 'after', afterMs: 10 },
  ] as const
  const { id } = jobs.add(jobOf({ lifecycle: lifecycleOf(steps) }))
  const polls = Array.from({ length: 3 }, () => jobs.poll({ id }).polls)
  clock.advance(10)
  t.strictSame(polls, [0, 1, 2])
  jobs.poll({ id })
  jobs.find({ id })
  t.equal(jobs.get({ id }).polls, 4)
})

t.test('changed is called for changes of a job only', async (t) => {
  const clock = frozenClock(START_MS)
  let calls = 0
  const changed = () => {
    calls += 1
  }
  const limits = { ...ROOMY, retentionMs: 50 }
  const { jobs: budget } = budgetsOf()
  const jobs = new JobRegistry({ clock, newUuid: madeUuids(), limits, budget, changed })
  const callsOf = (action: () => unknown) => {
    const before = calls
    action()
    return calls - before
  }
  const { id } = jobs.add(HELD)
  t.equal(calls, 1)
  const steps = [{ ends: 'polls', polls: 1 }, { ends: 'hold' }] as const
  const polled = { id: jobs.add(jobOf({ lifecycle: lifecycleOf(steps) })).id }
  const looks = [
    () => jobs.find({ id }),
    () => jobs.list(),
    () => jobs.poll({ id }),
    () => jobs.nextChangeAtMs(),
    () => jobs.lastChangeAtMs(),
    () => jobs.settle(),
    () => jobs.count(),
    () => t.throws(() => jobs.create({ request: {} }, refuse), new Refusal()),
  ]
  for (const look of looks) t.equal(callsOf(look), 0, String(look))
  const changes = [
    () => jobs.poll(polled),
    () => jobs.release(polled),
    () => jobs.revise({ id }, { result: FIELDS }),
    () => jobs.revise({ id }, { progress: 50 }),
    () => jobs.cancel({ id }),
    () => jobs.remove(polled),
    () => jobs.add(lasting(10)),
    () => jobs.add({ ...HELD, id: 77n }),
    () => jobs.finish({ id: 77n }, { outcome: 'DONE' }),
  ]
  for (const change of changes) t.equal(callsOf(change), 1, String(change))
  clock.advance(10)
  t.equal(
    callsOf(() => jobs.settle()),
    1,
  )
  clock.advance(1000)
  t.equal(
    callsOf(() => jobs.settle()),
    3,
  )
})

/** The names of a job without a ring. */
type Named = Pick<JobName, 'id' | 'tag'>

/** A view in comparable form. */
interface Seen extends Named {
  readonly state: JobState
  readonly progress: number
  readonly polls: number
}

function seen({ job, state, progress, polls }: JobView): Seen {
  return { id: job.id, tag: job.tag, state, progress, polls }
}

type KeyedKind = 'poll' | 'find' | 'cancel' | 'release' | 'remove'

type LookKind = 'list' | 'nextChangeAtMs' | 'lastChangeAtMs' | 'count'

/** An operation on a registry. */
type Operation =
  | { readonly kind: 'create'; readonly definition: JobDefinition }
  | { readonly kind: 'abandon'; readonly wanted: WantedName }
  | { readonly kind: KeyedKind; readonly key: JobKey }
  | { readonly kind: 'finish'; readonly key: JobKey; readonly ending: JobEnding }
  | { readonly kind: 'revise'; readonly key: JobKey; readonly revision: JobRevision }
  | { readonly kind: LookKind }
  | { readonly kind: 'advance'; readonly ms: number }

/** A registry, or the model of one. */
interface Subject {
  /** Creates a job whose callback throws. */
  abandon(wanted: WantedName): JobName
  create(definition: JobDefinition): Named
  poll(key: JobKey): Seen
  find(key: JobKey): Seen | undefined
  cancel(key: JobKey): string
  release(key: JobKey): Seen
  finish(key: JobKey, ending: JobEnding): Seen
  revise(key: JobKey, revision: JobRevision): Seen
  remove(key: JobKey): void
  list(): Seen[]
  nextChangeAtMs(): number | undefined
  lastChangeAtMs(): number | undefined
  count(): number
}

function subjectOf(jobs: JobRegistry): Subject {
  return {
    abandon: (wanted) => jobs.create({ ...wanted, request: {} }, refuse),
    create: (definition) => {
      const { id, tag } = jobs.add(definition)
      return { id, tag }
    },
    poll: (key) => seen(jobs.poll(key)),
    find: (key) => {
      const view = jobs.find(key)
      return view && seen(view)
    },
    cancel: (key) => jobs.cancel(key),
    release: (key) => seen(jobs.release(key)),
    finish: (key, ending) => seen(jobs.finish(key, ending)),
    revise: (key, revision) => seen(jobs.revise(key, revision)),
    remove: (key) => jobs.remove(key),
    list: () => jobs.list().map(seen),
    nextChangeAtMs: () => jobs.nextChangeAtMs(),
    lastChangeAtMs: () => jobs.lastChangeAtMs(),
    count: () => jobs.count(),
  }
}

/** Performs one operation; returns its result, or the code of the error that it throws. */
function perform(operation: Operation, subject: Subject, advance: (ms: number) => void): unknown {
  try {
    switch (operation.kind) {
      case 'create':
        return subject.create(operation.definition)
      case 'abandon':
        return subject.abandon(operation.wanted)
      case 'finish':
        return subject.finish(operation.key, operation.ending)
      case 'revise':
        return subject.revise(operation.key, operation.revision)
      case 'list':
      case 'nextChangeAtMs':
      case 'lastChangeAtMs':
      case 'count':
        return subject[operation.kind]()
      case 'advance':
        return advance(operation.ms)
      case 'poll':
      case 'find':
      case 'cancel':
      case 'release':
      case 'remove':
        return subject[operation.kind](operation.key)
    }
  } catch (error) {
    if (error instanceof Refusal) return 'refused'
    assert(error instanceof JobError)
    return error.code
  }
}

interface ModelJob extends Pick<JobDefinition, 'keep'> {
  readonly id: bigint
  readonly tag: string
  lifecycle: Lifecycle
  state: JobState
  polls: number
}

/** A simple registry without indexes: every call visits every job. */
class ModelRegistry implements Subject {
  readonly #clock: Clock
  readonly #limits: JobLimits
  #jobs: ModelJob[] = []
  #finished: ModelJob[] = []
  #nextId = 1n

  constructor(clock: Clock, limits: JobLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  abandon(wanted: WantedName): JobName {
    this.#assertFree(wanted)
    throw new Refusal()
  }

  create(definition: JobDefinition): Named {
    this.#assertFree(definition)
    const { keep, lifecycle, id = this.#takeId(), tag = madeTag(id) } = definition
    const state = begin(this.#clock.now())
    this.#jobs.push({ id, tag, keep, lifecycle, state, polls: 0 })
    return { id, tag }
  }

  poll(key: JobKey): Seen {
    const job = this.#get(key)
    const answer = this.#see(job)
    job.polls += 1
    const told = job.state.status !== 'RUNNING'
    this.#enter(job, countPoll(job, this.#clock.now()))
    if (told && job.keep === 'first answer') this.#remove([job])
    this.#clock.polled()
    return answer
  }

  find(key: JobKey): Seen | undefined {
    this.#settle()
    const job = this.#lookUp(key)
    return job && this.#see(job)
  }

  cancel(key: JobKey): string {
    this.#settle()
    const job = this.#lookUp(key)
    if (job === undefined) return 'not found'
    const { state, result } = requestCancel(job, this.#clock.now())
    this.#enter(job, state)
    return result
  }

  release(key: JobKey): Seen {
    const job = this.#get(key)
    const state = release(job, this.#clock.now())
    if (state === job.state) throw new JobError('JOB_NOT_HELD', '')
    this.#enter(job, state)
    this.#settle()
    return this.#see(job)
  }

  finish(key: JobKey, { outcome, error }: JobEnding): Seen {
    const job = this.#getRunning(key)
    job.lifecycle = { ...job.lifecycle, outcome, error: error ?? job.lifecycle.error }
    this.#enter(job, finish(job, { outcome, nowMs: this.#clock.now() }))
    return this.#see(job)
  }

  revise(key: JobKey, { progress, lifecycle }: JobRevision): Seen {
    const job = this.#getRunning(key)
    const nowMs = this.#clock.now()
    const reached = progressAt(job, nowMs)
    if (progress !== undefined && progress < reached) throw new JobError('PROGRESS_FALLS', '')
    if (progress === undefined && lifecycle === undefined) return this.#see(job)
    const { cancelAtMs } = job.state
    job.lifecycle = lifecycle ?? remainingLifecycle(job, nowMs)
    job.state = { ...begin(nowMs), progress: progress ?? reached }
    if (cancelAtMs !== undefined) job.state = { ...job.state, cancelAtMs }
    this.#settle()
    return this.#see(job)
  }

  remove(key: JobKey): void {
    this.#remove([this.#get(key)])
  }

  list(): Seen[] {
    this.#settle()
    return this.#jobs.map((job) => this.#see(job))
  }

  nextChangeAtMs(): number | undefined {
    this.#settle()
    return this.#times(nextChangeAtMs).at(0)
  }

  lastChangeAtMs(): number | undefined {
    this.#settle()
    return this.#times(lastChangeAtMs).at(-1)
  }

  count(): number {
    return this.list().length
  }

  #times(timeOf: (job: ModelJob) => number | undefined): number[] {
    const times = this.#jobs.map(timeOf).filter((atMs) => atMs !== undefined)
    return times.sort((left, right) => left - right)
  }

  #get(key: JobKey): ModelJob {
    this.#settle()
    const job = this.#lookUp(key)
    if (job === undefined) throw new JobError('JOB_NOT_FOUND', '')
    return job
  }

  #getRunning(key: JobKey): ModelJob {
    const job = this.#get(key)
    if (job.state.status !== 'RUNNING') throw new JobError('JOB_FINISHED', '')
    return job
  }

  #see(job: ModelJob): Seen {
    const { id, tag, state, polls } = job
    return { id, tag, state, progress: progressAt(job, this.#clock.now()), polls }
  }

  #lookUp(key: JobKey): ModelJob | undefined {
    return this.#jobs.find((job) => ('tag' in key ? job.tag === key.tag : job.id === key.id))
  }

  #assertFree({ id, tag }: WantedName): void {
    this.#settle()
    if (this.#jobs.some((job) => job.id === id)) throw new JobError('JOB_ID_TAKEN', '')
    if (this.#jobs.some((job) => job.tag === tag)) throw new JobError('JOB_TAG_TAKEN', '')
    if (this.#jobs.length >= this.#limits.maxJobs) throw new JobError('TOO_MANY_JOBS', '')
  }

  #takeId(): bigint {
    while (this.#jobs.some((job) => job.id === this.#nextId)) this.#nextId += 1n
    this.#nextId += 1n
    return this.#nextId - 1n
  }

  #enter(job: ModelJob, state: JobState): void {
    const ends = job.state.status === 'RUNNING' && state.status !== 'RUNNING'
    job.state = state
    if (ends && job.keep !== 'always') this.#finished.push(job)
  }

  /** Settles running jobs, records those that ended in order of their end, removes the oldest. */
  #settle(): void {
    const nowMs = this.#clock.now()
    const settled = this.#jobs.map((job) => ({ job, state: settle(job, nowMs) }))
    settled.sort(
      (left, right) =>
        left.state.sinceMs - right.state.sinceMs || Number(left.job.id - right.job.id),
    )
    for (const { job, state } of settled) this.#enter(job, state)
    const { retentionMs, maxFinished } = this.#limits
    const excess = Math.max(0, this.#finished.length - maxFinished)
    this.#remove(
      this.#finished.filter(
        (job, index) => index < excess || job.state.sinceMs + retentionMs <= nowMs,
      ),
    )
  }

  #remove(gone: readonly ModelJob[]): void {
    this.#jobs = this.#jobs.filter((job) => !gone.includes(job))
    this.#finished = this.#finished.filter((job) => !gone.includes(job))
  }
}

const anyId = fc.bigInt({ min: 1n, max: 12n })
const anyTag = fc.constantFrom('mine', 'yours', 'theirs')
const anyMadeTag = fc.integer({ min: 1, max: 8 }).map(madeTag)

const anyKey: fc.Arbitrary<JobKey> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id: anyId }) },
  { weight: 1, arbitrary: fc.record({ tag: fc.oneof(anyTag, anyMadeTag) }) },
)

const anyDefinition: fc.Arbitrary<JobDefinition> = fc
  .record(
    {
      id: anyId,
      tag: anyTag,
      lifecycle: anyLifecycle,
      keep: fc.constantFrom('retention', 'first answer', 'always'),
    },
    { requiredKeys: ['lifecycle', 'keep'] },
  )
  .map(jobOf)

const anyWanted: fc.Arbitrary<WantedName> = fc.record(
  { id: anyId, tag: anyTag },
  { requiredKeys: [] },
)

const anyEnding: fc.Arbitrary<JobEnding> = fc.record(
  { outcome: fc.constantFrom<Outcome>('DONE', 'ERROR', 'CANCELLED'), error: fc.constant('x') },
  { requiredKeys: ['outcome'] },
)

const anyRevision: fc.Arbitrary<JobRevision> = fc.record(
  { progress: fc.integer({ min: 0, max: 99 }), lifecycle: anyLifecycle },
  { requiredKeys: [] },
)

const anyLook: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('find'), key: anyKey }),
  fc.record({ kind: fc.constantFrom('list', 'nextChangeAtMs', 'lastChangeAtMs', 'count') }),
)

/** Operations of a test on running jobs. */
const anyTouch: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('release', 'remove'), key: anyKey }),
  fc.record({ kind: fc.constant('finish'), key: anyKey, ending: anyEnding }),
  fc.record({ kind: fc.constant('revise'), key: anyKey, revision: anyRevision }),
)

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create'), definition: anyDefinition }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('poll', 'cancel'), key: anyKey }) },
  { weight: 4, arbitrary: anyTouch },
  { weight: 2, arbitrary: anyLook },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abandon'), wanted: anyWanted }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance'), ms: anyShortMs }) },
)

const anyOperations = fc.array(anyOperation, { maxLength: 50, size: 'max' })

const anyLimits: fc.Arbitrary<JobLimits> = fc.record({
  maxJobs: fc.integer({ min: 1, max: 10 }),
  maxFinished: fc.integer({ min: 0, max: 4 }),
  retentionMs: fc.integer({ min: 0, max: 40 }),
})

/** The result of each operation, on a frozen clock. */
function playFrozen(operations: readonly Operation[], limits: JobLimits): unknown[] {
  const { jobs, clock } = frozen(limits)
  const subject = subjectOf(jobs)
  return operations.map((operation) => perform(operation, subject, (ms) => clock.advance(ms)))
}

t.test('the registry agrees with its model on a frozen clock', async (t) => {
  const property = fc.property(anyOperations, anyLimits, (operations, limits) => {
    const all: Operation[] = [...operations, { kind: 'list' }]
    const clock = frozenClock(START_MS)
    const model = new ModelRegistry(clock, limits)
    const expected = all.map((operation) => perform(operation, model, (ms) => clock.advance(ms)))
    assert.deepEqual(playFrozen(all, limits), expected)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('the registry agrees with its model on an auto clock', async (t) => {
  const property = fc.property(
    anyOperations,
    anyLimits,
    anyShortMs,
    (operations, limits, stepMs) => {
      const model = new ModelRegistry(autoClock(START_MS, stepMs), limits)
      const subject = subjectOf(registryOf(autoClock(START_MS, stepMs), limits))
      const all: Operation[] = [...operations, { kind: 'list' }]
      for (const operation of all) {
        const expected = perform(operation, model, () => {})
        assert.deepEqual(
          perform(operation, subject, () => {}),
          expected,
        )
      }
    },
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('reading jobs does not change them, at any time and any number of times', async (t) => {
  const anyStretch = fc.record({ operation: anyOperation, looks: fc.array(anyLook) })
  const anyStretches = fc.array(anyStretch, { maxLength: 40, size: 'max' })
  const property = fc.property(anyStretches, anyLimits, (stretches, limits) => {
    const operations = stretches.map(({ operation }) => operation)
    const disturbed = stretches.flatMap(({ looks, operation }) => [...looks, operation])
    const answers = new Map(
      playFrozen(disturbed, limits).map((answer, index) => [disturbed[index], answer]),
    )
    assert.deepEqual(
      operations.map((operation) => answers.get(operation)),
      playFrozen(operations, limits),
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('running jobs change by time alone at nextChangeAtMs() and not before', async (t) => {
  const running = (jobs: JobRegistry) => {
    const views = jobs.list().filter(({ state }) => state.status === 'RUNNING')
    return views.map(({ job, state }) => [job.id, state])
  }
  const property = fc.property(anyOperations, anyLimits, (operations, limits) => {
    const { jobs, clock } = frozen(limits)
    const subject = subjectOf(jobs)
    for (const operation of operations) perform(operation, subject, (ms) => clock.advance(ms))
    const nextMs = jobs.nextChangeAtMs() ?? Number.POSITIVE_INFINITY
    const before = running(jobs)
    clock.advance(Math.min(nextMs - clock.now() - 1, 1_000_000))
    assert.deepEqual(running(jobs), before)
    clock.advance(1)
    assert.equal(isDeepStrictEqual(running(jobs), before), nextMs > clock.now())
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('no job changes by time alone after lastChangeAtMs()', async (t) => {
  const property = fc.property(anyOperations, (operations) => {
    const { jobs, clock } = frozen()
    const subject = subjectOf(jobs)
    for (const operation of operations) perform(operation, subject, (ms) => clock.advance(ms))
    const lastMs = jobs.lastChangeAtMs() ?? clock.now()
    clock.advance(lastMs - clock.now())
    assert.equal(jobs.nextChangeAtMs(), undefined)
    assert.equal(jobs.lastChangeAtMs(), undefined)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('no two jobs share an id or a tag', async (t) => {
  const property = fc.property(anyOperations, anyLimits, (operations, limits) => {
    const { jobs, clock } = frozen(limits)
    const subject = subjectOf(jobs)
    for (const operation of operations) {
      perform(operation, subject, (ms) => clock.advance(ms))
      const listed = jobs.list()
      assert.equal(new Set(listed.map(({ job }) => job.id)).size, listed.length)
      assert.equal(new Set(listed.map(({ job }) => job.tag)).size, listed.length)
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 100 }))
})

t.test('no id is generated twice if requested ids come first and their jobs stay', async (t) => {
  const anySeed = fc.record({ id: anyId, lifecycle: anyLifecycle, keep: fc.constant('always') })
  const anySeeds = fc.uniqueArray(anySeed, { selector: ({ id }) => id, maxLength: 5 })
  const anyUnnamed = fc.record({
    lifecycle: anyLifecycle,
    keep: fc.constantFrom('retention', 'first answer'),
  })
  const anyCreate: fc.Arbitrary<Operation> = anyUnnamed.map((parts) => ({
    kind: 'create',
    definition: jobOf(parts),
  }))
  const others = ['poll', 'find', 'cancel', 'release', 'finish', 'revise', 'list', 'advance']
  const anyOther = anyOperation.filter(({ kind }) => others.includes(kind))
  const anyMix = fc.array(fc.oneof(anyCreate, anyOther), { maxLength: 50, size: 'max' })
  const property = fc.property(anySeeds, anyMix, (seeds, operations) => {
    const { jobs, clock } = frozen({ maxFinished: 2, retentionMs: 10 })
    const given = seeds.map((seed) => jobs.add(jobOf(seed)).id)
    const subject: Subject = {
      ...subjectOf(jobs),
      create: (definition) => {
        const job = jobs.add(definition)
        given.push(job.id)
        return job
      },
    }
    for (const operation of operations) {
      perform(operation, subject, (ms) => clock.advance(ms))
    }
    assert.equal(new Set(given).size, given.length)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }))
})

/** How often the steps of `count` jobs are read in their life: creation, polls, lists, their end. */
function readsOfSteps(count: number): number {
  const { jobs, clock } = frozen({ maxJobs: count, maxFinished: count / 2 })
  let reads = 0
  const watched = (afterMs: number) => {
    const { steps, ...rest } = plainLifecycle(afterMs, 'immediate')
    return {
      ...rest,
      get steps() {
        reads += 1
        return steps
      },
    }
  }
  for (let made = 0; made < count; made += 1) {
    jobs.add(jobOf({ lifecycle: watched(1 + (made % 97)) }))
  }
  for (let id = 1n; id <= count; id += 1n) jobs.poll({ id })
  while (clock.now() < START_MS + 100) clock.advance(10)
  jobs.settle()
  jobs.list()
  t.equal(jobs.count(), count / 2)
  return reads
}

t.test('the work for many jobs grows as their number', async (t) => {
  const [few, many] = [readsOfSteps(2_000), readsOfSteps(20_000)]
  t.ok(many <= 10.5 * few, `${few} reads for 2,000 jobs, ${many} for 20,000`)
})
