import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Clock } from '../../src/clock/clock.ts'
import type { ControlledClock } from '../../src/clock/controlled-clock.ts'
import type { JobDefinition } from '../../src/jobs/job.ts'
import { JobError } from '../../src/jobs/job-error.ts'
import {
  type JobKey,
  type JobLimits,
  type JobName,
  JobRegistry,
} from '../../src/jobs/job-registry.ts'
import {
  begin,
  countPoll,
  type JobState,
  progressAt,
  requestCancel,
  settle,
} from '../../src/jobs/job-state.ts'
import { plainLifecycle } from '../../src/jobs/lifecycle.ts'
import type { JobView } from '../../src/jobs/stored-job.ts'
import { autoClock, frozenClock } from '../support/clocks.ts'
import { jobOf } from '../support/job-definition.ts'
import { anyLifecycle, anyShortMs, lifecycleOf } from '../support/lifecycles.ts'

const START_MS = 1_700_000_000_000

const ROOMY: JobLimits = { maxJobs: 1000, maxFinished: 1000, retentionMs: 1_000_000 }

function registryOf(clock: Clock, limits: Partial<JobLimits> = {}): JobRegistry {
  let made = 0
  const newTag = () => {
    made += 1
    return `made-${made}`
  }
  return new JobRegistry({ clock, newTag, limits: { ...ROOMY, ...limits } })
}

/** A registry whose time the test moves. */
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

/** A job that runs until it is cancelled. */
const HELD = jobOf({ lifecycle: lifecycleOf([{ ends: 'hold', progress: 30 }]) })

t.test('create() starts a job now, with all that its definition says', async (t) => {
  const { jobs, clock } = frozen()
  clock.advance(5)
  const definition = jobOf({
    id: 42n,
    tag: 'nightly',
    request: { table_name: 'orders' },
    response: { table_name: 'orders' },
    raw: Buffer.from('raw'),
    encoding: 'json',
    caller: { user: 'ann', sourceIp: '10.0.0.1' },
    keep: 'always',
  })
  t.strictSame(
    { ...jobs.create(definition) },
    { ...definition, createdAtMs: START_MS + 5, state: begin(START_MS + 5), polls: 0 },
  )
})

t.test('create() counts ids from 1 and makes a tag where none is given', async (t) => {
  const { jobs } = frozen()
  const created = [jobs.create(HELD), jobs.create({ ...HELD, tag: 'mine' }), jobs.create(HELD)]
  t.strictSame(
    created.map(({ id, tag }) => [id, tag]),
    [
      [1n, 'made-1'],
      [2n, 'mine'],
      [3n, 'made-2'],
    ],
  )
})

t.test('create() skips ids that are in use', async (t) => {
  const { jobs } = frozen()
  for (const id of [1n, 3n, 4n, 9007199254740993n]) jobs.create({ ...HELD, id })
  t.strictSame(
    Array.from({ length: 3 }, () => jobs.create(HELD).id),
    [2n, 5n, 6n],
  )
  t.equal(jobs.get({ id: 9007199254740993n }).job.id, 9007199254740993n)
})

t.test('create() refuses an id or a tag that is in use, and uses up no id', async (t) => {
  const { jobs } = frozen()
  jobs.create({ ...HELD, id: 7n, tag: 'nightly' })
  t.throws(() => jobs.create({ ...HELD, id: 7n }), {
    name: 'JobError',
    code: 'JOB_ID_TAKEN',
    message: 'Cannot create job 7: the id is in use',
  })
  t.throws(() => jobs.create({ ...HELD, tag: 'nightly' }), {
    name: 'JobError',
    code: 'JOB_TAG_TAKEN',
    message: 'Cannot create a job with the tag nightly: job 7 has it',
  })
  t.strictSame(idsOf(jobs), [7n])
  t.strictSame({ ...jobs.create(HELD) }, { ...jobs.get({ id: 1n }).job, tag: 'made-1' })
})

t.test('create() refuses one job too many, until a finished one is gone', async (t) => {
  const { jobs, clock } = frozen({ maxJobs: 2, retentionMs: 50 })
  jobs.create(HELD)
  jobs.create(lasting(10))
  const tooMany = {
    name: 'JobError',
    code: 'TOO_MANY_JOBS',
    message: 'Cannot create a job: there are 2 jobs already, raise max-jobs',
  }
  t.throws(() => jobs.create(HELD), tooMany)
  clock.advance(59)
  t.throws(() => jobs.create(HELD), tooMany)
  clock.advance(1)
  t.equal(jobs.create(HELD).id, 3n)
})

t.test('create() gives an id only once, also when its job is gone', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 5 })
  t.equal(jobs.create(lasting(10)).id, 1n)
  clock.advance(100)
  t.strictSame(idsOf(jobs), [])
  t.equal(jobs.create(lasting(10)).id, 2n)
})

t.test('create() takes the tag of a job that is gone', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 5 })
  jobs.create(lasting(10, { tag: 'nightly' }))
  clock.advance(15)
  const { id } = jobs.create(lasting(10, { tag: 'nightly' }))
  t.equal(jobs.get({ tag: 'nightly' }).job.id, id)
})

t.test('claim() chooses the names of a job that is then created', async (t) => {
  const { jobs } = frozen()
  jobs.create({ ...HELD, id: 1n })
  const name = jobs.claim({})
  t.strictSame(name, { id: 2n, tag: 'made-2' })
  t.strictSame(idsOf(jobs), [1n])
  const { id, tag } = jobs.create({ ...HELD, ...name })
  t.strictSame({ id, tag }, name)
})

t.test('claim() keeps the names that were given', async (t) => {
  const { jobs } = frozen()
  t.strictSame(jobs.claim({ id: 7n, tag: 'nightly' }), { id: 7n, tag: 'nightly' })
  t.strictSame(jobs.claim({ tag: 'nightly' }), { id: 1n, tag: 'nightly' })
  t.strictSame(jobs.claim({ id: 8n }), { id: 8n, tag: 'made-1' })
})

t.test('claim() gives no id twice, also where no job came of it', async (t) => {
  const { jobs } = frozen()
  t.strictSame(
    [jobs.claim({}), jobs.claim({}), jobs.create(HELD)].map(({ id }) => id),
    [1n, 2n, 3n],
  )
})

t.test('claim() refuses what create() refuses', async (t) => {
  const { jobs, clock } = frozen({ maxJobs: 2, retentionMs: 0 })
  jobs.create({ ...HELD, id: 7n, tag: 'nightly' })
  t.throws(() => jobs.claim({ id: 7n }), { name: 'JobError', code: 'JOB_ID_TAKEN' })
  t.throws(() => jobs.claim({ tag: 'nightly' }), { name: 'JobError', code: 'JOB_TAG_TAKEN' })
  jobs.create(lasting(10))
  t.throws(() => jobs.claim({}), { name: 'JobError', code: 'TOO_MANY_JOBS' })
  clock.advance(10)
  t.equal(jobs.claim({}).id, 2n)
})

t.test('find() and get() know a job by its id and by its tag', async (t) => {
  const { jobs } = frozen()
  const { id, tag } = jobs.create(HELD)
  const expected = { id: 1n, tag: 'made-1', state: begin(START_MS), progress: 30 }
  for (const key of [{ id }, { tag }]) {
    t.strictSame(seen(jobs.get(key)), expected)
    t.strictSame(jobs.find(key), jobs.get(key))
  }
})

t.test('find() gives nothing, get() and poll() throw where there is no such job', async (t) => {
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

t.test('get() shows a job as far as time has brought it', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.create(
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

t.test('a job ends when its time is over, however late somebody looks', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.create(lasting(10))
  clock.advance(5000)
  t.equal(jobs.get({ id }).state.sinceMs, START_MS + 10)
})

t.test('a look is of its moment: what happens later does not change it', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.create(lasting(10))
  const before = jobs.get({ id })
  const shown = seen(before)
  clock.advance(10)
  t.equal(jobs.get({ id }).state.status, 'DONE')
  t.strictSame(seen(before), shown)
})

t.test('poll() counts after the state was read: a step of n polls answers n', async (t) => {
  const { jobs } = frozen()
  const steps = [
    { ends: 'polls', polls: 2, progress: 20 },
    { ends: 'polls', polls: 1, progress: 80 },
  ] as const
  const { id } = jobs.create(jobOf({ lifecycle: lifecycleOf(steps) }))
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

t.test('find(), get(), list() and cancel() are no polls', async (t) => {
  const { jobs } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'polls', polls: 1 }], { cancel: 'refuse' })
  const { id } = jobs.create(jobOf({ lifecycle }))
  const before = jobs.get({ id })
  jobs.find({ id })
  jobs.list()
  jobs.cancel({ id })
  t.strictSame(jobs.get({ id }), before)
  t.equal(jobs.poll({ id }).state.status, 'RUNNING')
  t.equal(jobs.poll({ id }).state.status, 'DONE')
})

t.test('poll() moves an auto clock, after the state was read', async (t) => {
  const clock = autoClock(START_MS, 250)
  const jobs = registryOf(clock)
  const { id } = jobs.create(lasting(500))
  const progress = Array.from({ length: 4 }, () => jobs.poll({ id }).progress)
  t.strictSame(progress, [0, 49, 100, 100])
  t.equal(clock.now(), START_MS + 1000)
})

t.test('only a poll of a job moves an auto clock', async (t) => {
  const clock = autoClock(START_MS, 250)
  const jobs = registryOf(clock)
  const { id } = jobs.create(HELD)
  jobs.find({ id })
  jobs.get({ id })
  jobs.list()
  jobs.cancel({ id })
  t.throws(() => jobs.poll({ id: 99n }))
  t.equal(clock.now(), START_MS)
})

t.test('cancel() says what came of it', async (t) => {
  const { jobs } = frozen()
  const cancelled = jobs.create(HELD)
  const refusing = jobs.create(
    jobOf({ lifecycle: lifecycleOf([{ ends: 'hold' }], { cancel: 'refuse' }) }),
  )
  t.equal(jobs.cancel({ id: cancelled.id }), 'cancelled')
  t.equal(jobs.cancel({ tag: cancelled.tag }), 'already done')
  t.equal(jobs.cancel({ id: refusing.id }), 'refused')
  t.equal(jobs.cancel({ id: 99n }), 'not found')
  t.match(jobs.get({ id: cancelled.id }), { state: { status: 'CANCELLED' }, progress: 30 })
  t.match(jobs.get({ id: refusing.id }), { state: { status: 'RUNNING' } })
})

t.test('cancel() at the instant at which a job ends comes too late', async (t) => {
  const { jobs, clock } = frozen()
  const { id } = jobs.create(lasting(10))
  clock.advance(10)
  t.equal(jobs.cancel({ id }), 'already done')
  t.equal(jobs.get({ id }).state.status, 'DONE')
})

t.test('cancel() takes effect later where the policy says so', async (t) => {
  const { jobs, clock } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'hold' }], { cancel: { afterMs: 10 } })
  const { id } = jobs.create(jobOf({ lifecycle }))
  t.equal(jobs.cancel({ id }), 'cancelled')
  clock.advance(9)
  t.equal(jobs.get({ id }).state.status, 'RUNNING')
  clock.advance(100)
  t.match(jobs.get({ id }).state, { status: 'CANCELLED', sinceMs: START_MS + 10 })
})

t.test('list() gives every job in order of creation', async (t) => {
  const { jobs, clock } = frozen()
  for (const id of [9n, 4n]) jobs.create({ ...HELD, id })
  jobs.create(lasting(10))
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
  const { id, tag } = jobs.create(lasting(10))
  clock.advance(59)
  t.equal(jobs.get({ id }).state.status, 'DONE')
  clock.advance(1)
  t.equal(jobs.find({ id }), undefined)
  t.equal(jobs.find({ tag }), undefined)
  t.strictSame(jobs.list(), [])
})

t.test('a running job is kept, however old it is', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50, maxFinished: 0 })
  const { id } = jobs.create(HELD)
  clock.advance(1_000_000)
  t.equal(jobs.get({ id }).state.status, 'RUNNING')
})

t.test('of too many finished jobs the one that finished first goes', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 2 })
  for (const ms of [30, 10, 20]) jobs.create(lasting(ms))
  jobs.create(HELD)
  clock.advance(20)
  t.strictSame(idsOf(jobs), [1n, 2n, 3n, 4n])
  clock.advance(10)
  t.strictSame(idsOf(jobs), [1n, 3n, 4n])
  jobs.cancel({ id: 4n })
  t.strictSame(idsOf(jobs), [1n, 4n])
})

t.test('which job finished first does not depend on how many steps it had', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 1 })
  const inTwoSteps = lifecycleOf([
    { ends: 'after', afterMs: 5 },
    { ends: 'after', afterMs: 10 },
  ])
  jobs.create(jobOf({ lifecycle: inTwoSteps }))
  jobs.create(lasting(10))
  clock.advance(20)
  t.strictSame(idsOf(jobs), [1n])
})

t.test('of jobs that finish at one instant the one with the smallest id goes first', async (t) => {
  const anyIds = fc.uniqueArray(fc.bigInt({ min: 1n, max: 1000n }), { maxLength: 60, size: 'max' })
  const property = fc.property(anyIds, fc.nat(60), (ids, maxFinished) => {
    const { jobs, clock } = frozen({ maxFinished })
    for (const id of ids) jobs.create(lasting(10, { id }))
    clock.advance(20)
    const byId = ids.toSorted((left, right) => Number(left - right))
    const kept = byId.slice(Math.max(0, byId.length - maxFinished))
    assert.deepEqual(new Set(idsOf(jobs)), new Set(kept))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 100 }))
})

t.test('a job kept for its first answer is gone once a poll has told how it ended', async (t) => {
  const { jobs, clock } = frozen()
  const { id, tag } = jobs.create(lasting(10, { keep: 'first answer' }))
  t.equal(jobs.poll({ id }).state.status, 'RUNNING')
  clock.advance(10)
  t.equal(jobs.get({ id }).state.status, 'DONE')
  t.equal(jobs.list().length, 1)
  t.equal(jobs.poll({ id }).state.status, 'DONE')
  t.throws(() => jobs.poll({ id }), { code: 'JOB_NOT_FOUND' })
  t.equal(jobs.find({ tag }), undefined)
  t.strictSame(jobs.list(), [])
})

t.test('a poll that ends a job has not yet told how it ended', async (t) => {
  const { jobs } = frozen()
  const lifecycle = lifecycleOf([{ ends: 'polls', polls: 1 }], { outcome: 'ERROR' })
  const { id } = jobs.create(jobOf({ lifecycle, keep: 'first answer' }))
  t.equal(jobs.poll({ id }).state.status, 'RUNNING')
  t.equal(jobs.poll({ id }).state.status, 'ERROR')
  t.throws(() => jobs.poll({ id }), { code: 'JOB_NOT_FOUND' })
})

t.test('a job kept for its first answer, once gone, makes room for another', async (t) => {
  const { jobs, clock } = frozen({ maxFinished: 2 })
  const first = jobs.create(lasting(10, { keep: 'first answer' }))
  for (const ms of [20, 30]) jobs.create(lasting(ms))
  clock.advance(10)
  jobs.poll({ id: first.id })
  clock.advance(20)
  t.strictSame(idsOf(jobs), [2n, 3n])
})

t.test('a job that is gone does not take the next one of its id with it', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50 })
  jobs.create(lasting(10))
  jobs.create(lasting(20, { id: 7n, keep: 'first answer' }))
  clock.advance(20)
  jobs.poll({ id: 7n })
  jobs.create({ ...HELD, id: 7n })
  clock.advance(100)
  t.strictSame(idsOf(jobs), [7n])
})

t.test('a job that is kept always outlives both limits, and counts towards neither', async (t) => {
  const { jobs, clock } = frozen({ retentionMs: 50, maxFinished: 1 })
  jobs.create(lasting(10, { id: 42n, keep: 'always' }))
  jobs.create(lasting(20))
  clock.advance(20)
  t.strictSame(idsOf(jobs), [42n, 1n])
  clock.advance(1000)
  t.equal(jobs.poll({ id: 42n }).state.status, 'DONE')
  t.equal(jobs.poll({ id: 42n }).state.status, 'DONE')
  t.strictSame(idsOf(jobs), [42n])
})

/** What a look shows. */
interface Seen {
  readonly id: bigint
  readonly tag: string
  readonly state: JobState
  readonly progress: number
}

function seen({ job, state, progress }: JobView): Seen {
  return { id: job.id, tag: job.tag, state, progress }
}

type Wanted = Pick<JobDefinition, 'id' | 'tag'>

/** What may be done to a registry. */
type Operation =
  | { readonly kind: 'create'; readonly definition: JobDefinition }
  | { readonly kind: 'claim'; readonly wanted: Wanted }
  | { readonly kind: 'poll' | 'find' | 'cancel'; readonly key: JobKey }
  | { readonly kind: 'list' }
  | { readonly kind: 'advance'; readonly ms: number }

/** A registry, or the model of one. */
interface Subject {
  claim(wanted: Wanted): JobName
  create(definition: JobDefinition): JobName
  poll(key: JobKey): Seen
  find(key: JobKey): Seen | undefined
  cancel(key: JobKey): string
  list(): Seen[]
}

function subjectOf(jobs: JobRegistry): Subject {
  return {
    claim: (wanted) => jobs.claim(wanted),
    create: (definition) => {
      const { id, tag } = jobs.create(definition)
      return { id, tag }
    },
    poll: (key) => seen(jobs.poll(key)),
    find: (key) => {
      const view = jobs.find(key)
      return view && seen(view)
    },
    cancel: (key) => jobs.cancel(key),
    list: () => jobs.list().map(seen),
  }
}

/** Does one thing, and gives what came of it: an answer, or the code of an error. */
function perform(operation: Operation, subject: Subject, advance: (ms: number) => void): unknown {
  try {
    switch (operation.kind) {
      case 'create':
        return subject.create(operation.definition)
      case 'claim':
        return subject.claim(operation.wanted)
      case 'list':
        return subject.list()
      case 'advance':
        return advance(operation.ms)
      case 'poll':
      case 'find':
      case 'cancel':
        return subject[operation.kind](operation.key)
    }
  } catch (error) {
    assert(error instanceof JobError)
    return error.code
  }
}

interface ModelJob extends Pick<JobDefinition, 'keep' | 'lifecycle'> {
  readonly id: bigint
  readonly tag: string
  state: JobState
}

/** A registry as one would write it without a care for speed: every call goes over every job. */
class ModelRegistry implements Subject {
  readonly #clock: Clock
  readonly #limits: JobLimits
  #jobs: ModelJob[] = []
  #finished: ModelJob[] = []
  #nextId = 1n
  #madeTags = 0

  constructor(clock: Clock, limits: JobLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  claim({ id, tag }: Wanted): JobName {
    this.#settle()
    if (this.#jobs.some((job) => job.id === id)) throw new JobError('JOB_ID_TAKEN', '')
    if (this.#jobs.some((job) => job.tag === tag)) throw new JobError('JOB_TAG_TAKEN', '')
    if (this.#jobs.length >= this.#limits.maxJobs) throw new JobError('TOO_MANY_JOBS', '')
    return { id: id ?? this.#takeId(), tag: tag ?? this.#makeTag() }
  }

  create(definition: JobDefinition): JobName {
    const { keep, lifecycle } = definition
    const name = this.claim(definition)
    this.#jobs.push({ ...name, keep, lifecycle, state: begin(this.#clock.now()) })
    return name
  }

  poll(key: JobKey): Seen {
    this.#settle()
    const job = this.#lookUp(key)
    if (job === undefined) throw new JobError('JOB_NOT_FOUND', '')
    const answer = this.#see(job)
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

  list(): Seen[] {
    this.#settle()
    return this.#jobs.map((job) => this.#see(job))
  }

  #see(job: ModelJob): Seen {
    const { id, tag, state } = job
    return { id, tag, state, progress: progressAt(job, this.#clock.now()) }
  }

  #lookUp(key: JobKey): ModelJob | undefined {
    return this.#jobs.find((job) => ('tag' in key ? job.tag === key.tag : job.id === key.id))
  }

  #takeId(): bigint {
    while (this.#jobs.some((job) => job.id === this.#nextId)) this.#nextId += 1n
    this.#nextId += 1n
    return this.#nextId - 1n
  }

  #makeTag(): string {
    this.#madeTags += 1
    return `made-${this.#madeTags}`
  }

  #enter(job: ModelJob, state: JobState): void {
    const ends = job.state.status === 'RUNNING' && state.status !== 'RUNNING'
    job.state = state
    if (ends && job.keep !== 'always') this.#finished.push(job)
  }

  /** Lets all running jobs go on, notes which ended in order of their end, and forgets the oldest. */
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
const anyMadeTag = fc.integer({ min: 1, max: 8 }).map((made) => `made-${made}`)

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

const anyWanted: fc.Arbitrary<Wanted> = fc.record({ id: anyId, tag: anyTag }, { requiredKeys: [] })

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create'), definition: anyDefinition }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('poll', 'cancel'), key: anyKey }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('find'), key: anyKey }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('claim'), wanted: anyWanted }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance'), ms: anyShortMs }) },
)

const anyOperations = fc.array(anyOperation, { maxLength: 50, size: 'max' })

const anyLimits: fc.Arbitrary<JobLimits> = fc.record({
  maxJobs: fc.integer({ min: 1, max: 10 }),
  maxFinished: fc.integer({ min: 0, max: 4 }),
  retentionMs: fc.integer({ min: 0, max: 40 }),
})

/** What came of each operation, on a frozen clock. */
function playFrozen(operations: readonly Operation[], limits: JobLimits): unknown[] {
  const { jobs, clock } = frozen(limits)
  const subject = subjectOf(jobs)
  return operations.map((operation) => perform(operation, subject, (ms) => clock.advance(ms)))
}

t.test('the registry does what its model does, on a frozen clock', async (t) => {
  const property = fc.property(anyOperations, anyLimits, (operations, limits) => {
    const all: Operation[] = [...operations, { kind: 'list' }]
    const clock = frozenClock(START_MS)
    const model = new ModelRegistry(clock, limits)
    const expected = all.map((operation) => perform(operation, model, (ms) => clock.advance(ms)))
    assert.deepEqual(playFrozen(all, limits), expected)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('the registry does what its model does, on an auto clock', async (t) => {
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

t.test('looking at jobs changes nothing for them, however often and whenever', async (t) => {
  const anyLook = fc.oneof(
    fc.record({ kind: fc.constant('find'), key: anyKey }),
    fc.record({ kind: fc.constant('list') }),
  )
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

t.test('no id is given twice, where those who choose theirs come first and stay', async (t) => {
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
  const anyOther = anyOperation.filter(({ kind }) => kind !== 'create' && kind !== 'claim')
  const anyMix = fc.array(fc.oneof(anyCreate, anyOther), { maxLength: 50, size: 'max' })
  const property = fc.property(anySeeds, anyMix, (seeds, operations) => {
    const { jobs, clock } = frozen({ maxFinished: 2, retentionMs: 10 })
    const given = seeds.map((seed) => jobs.create(jobOf(seed)).id)
    const subject: Subject = {
      ...subjectOf(jobs),
      create: (definition) => {
        const job = jobs.create(definition)
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
