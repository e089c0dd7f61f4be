import t from 'tap'
import type { JobDefinition } from '../../src/jobs/job.ts'
import type { Rule } from '../../src/rules/rule.ts'
import { Scope, type ScopeOptions, type Seeds } from '../../src/scope/scope.ts'
import { frozenClock } from '../support/clocks.ts'
import { jobOf } from '../support/job-definition.ts'
import { nextTurn } from '../support/next-turn.ts'

const START_MS = 1_700_000_000_000

function scopeOf(parts: Partial<ScopeOptions> = {}): Scope {
  let made = 0
  const newUuid = () => {
    made += 1
    return `made-${made}`
  }
  return new Scope({
    clock: frozenClock(START_MS),
    newUuid,
    limits: { maxJobs: 10, maxFinished: 10, retentionMs: 1000 },
    defaultDurationMs: 500,
    journal: { maxRequests: 10, maxBytes: 10_000 },
    seeds: [],
    rules: [],
    ...parts,
  })
}

t.test('a scope has the clock that it was given, and its jobs live by it', async (t) => {
  const clock = frozenClock(START_MS)
  const scope = scopeOf({ clock })
  t.equal(scope.clock, clock)
  const { id } = scope.jobs.add(jobOf())
  clock.advance(1000)
  t.equal(scope.jobs.get({ id }).state.status, 'DONE')
})

t.test('a scope begins with the jobs of the fixtures, in their order', async (t) => {
  const seeds = [jobOf({ id: 42n, tag: 'nightly', keep: 'always' }), jobOf({ tag: 'second' })]
  const { jobs } = scopeOf({ seeds })
  jobs.add(jobOf({ tag: 'third' }))
  t.strictSame(
    jobs.list().map(({ job: { id, tag } }) => [id, tag]),
    [
      [42n, 'nightly'],
      [1n, 'second'],
      [2n, 'third'],
    ],
  )
})

t.test('a generated id of a fixture is not the id of a later job', async (t) => {
  const { jobs } = scopeOf({ seeds: [jobOf({ tag: 'first' }), jobOf({ id: 1n })] })
  t.equal(jobs.get({ tag: 'first' }).job.id, 2n)
})

t.test('a scope refuses fixtures with one id or one tag twice', async (t) => {
  const sameId = [jobOf({ id: 42n }), jobOf({ id: 42n })]
  t.throws(() => scopeOf({ seeds: sameId }), { name: 'JobError', code: 'JOB_ID_TAKEN' })
  const sameTag = [jobOf({ tag: 'nightly' }), jobOf({ tag: 'nightly' })]
  t.throws(() => scopeOf({ seeds: sameTag }), { name: 'JobError', code: 'JOB_TAG_TAKEN' })
})

t.test('a scope gives its jobs the limits and the tags', async (t) => {
  const { jobs, newUuid } = scopeOf({ limits: { maxJobs: 1, maxFinished: 1, retentionMs: 1 } })
  t.equal(newUuid(), 'made-1')
  t.equal(jobs.add(jobOf()).tag, 'made-2')
  t.throws(() => jobs.add(jobOf({ tag: 'second' })), { code: 'TOO_MANY_JOBS' })
})

/** A rule for `/alter/table` that answers `times` requests. */
function ruleOf(name: string, times: number): Rule {
  const then = { lifecycles: new Map(), results: new Map(), httpStatus: 400, delayMs: 0 }
  return { name, when: { endpoint: '/alter/table', as: 'any' }, times, then, text: {} }
}

/** The name of the rule that answers a call of `/alter/table`. */
function whoAnswers(scope: Scope): string | undefined {
  return scope.rules.choose({
    endpoint: '/alter/table',
    exactOnly: false,
    as: 'direct',
    request: {},
    tag: '',
    user: '',
    encoding: 'json',
  })?.name
}

t.test('a scope is not strict and has no rules by default', async (t) => {
  const plain = scopeOf()
  t.equal(plain.strict, false)
  t.equal(plain.rules.size, 0)
  t.equal(whoAnswers(plain), undefined)
  t.equal(scopeOf({ strict: true }).strict, true)
})

t.test('a scope asks its rules in their order', async (t) => {
  const scope = scopeOf({ rules: [ruleOf('first', 1), ruleOf('second', 1)] })
  t.equal(scope.rules.size, 2)
  t.strictSame(
    [1, 2, 3].map(() => whoAnswers(scope)),
    ['first', 'second', undefined],
  )
})

t.test('replaceFixtures() asks other rules, and counts their answers from the start', async (t) => {
  const once = ruleOf('once', 1)
  const scope = scopeOf({ rules: [once] })
  t.strictSame(
    [1, 2].map(() => whoAnswers(scope)),
    ['once', undefined],
  )
  scope.rules.replaceFixtures([once, ruleOf('then', 1)])
  t.strictSame(
    [1, 2, 3].map(() => whoAnswers(scope)),
    ['once', 'then', undefined],
  )
  scope.rules.replaceFixtures([])
  t.equal(scope.rules.size, 0)
})

/** Applies fixtures to a scope. */
function apply(scope: Scope, seeds: readonly JobDefinition[], rules: readonly Rule[] = []): void {
  scope.prepareFixtures({ seeds, rules })()
}

t.test('prepareFixtures() creates the jobs whose id and tag are new', async (t) => {
  const scope = scopeOf({ seeds: [jobOf({ id: 42n, tag: 'nightly' })] })
  apply(scope, [jobOf({ tag: 'weekly' }), jobOf({ id: 1n })])
  t.equal(scope.jobs.get({ id: 1n }).job.createdAtMs, START_MS)
  t.equal(scope.jobs.get({ tag: 'weekly' }).job.id, 2n)
  t.equal(scope.jobs.count(), 3)
})

t.test('prepareFixtures() leaves the jobs alone that are there', async (t) => {
  const clock = frozenClock(START_MS)
  const seeds = [jobOf({ id: 42n }), jobOf({ id: 44n, tag: 'weekly' }), jobOf({ tag: 'nightly' })]
  const scope = scopeOf({ clock, seeds })
  const before = scope.jobs.list()
  clock.advance(5)
  apply(scope, seeds)
  apply(scope, [jobOf({ id: 42n, tag: 'other' }), jobOf({ id: 99n, tag: 'nightly' })])
  const startedAt = before.map(({ job }) => [job.id, START_MS])
  t.strictSame(
    scope.jobs.list().map(({ job }) => [job.id, job.createdAtMs]),
    startedAt,
  )
})

t.test('prepareFixtures() leaves out jobs without a name', async (t) => {
  const scope = scopeOf()
  apply(scope, [jobOf()])
  t.strictSame(scope.jobs.list(), [])
})

t.test('prepareFixtures() changes nothing before its result is called', async (t) => {
  const scope = scopeOf({ rules: [ruleOf('old', 9)] })
  const apply = scope.prepareFixtures({ seeds: [jobOf({ tag: 'a' })], rules: [ruleOf('new', 9)] })
  t.strictSame([scope.jobs.count(), whoAnswers(scope)], [0, 'old'])
  apply()
  t.strictSame([scope.jobs.count(), whoAnswers(scope)], [1, 'new'])
})

t.test('prepareFixtures() refuses more jobs and rules than fit', async (t) => {
  const scope = scopeOf({ seeds: [jobOf({ tag: 'there' })] })
  const jobs = Array.from({ length: 10 }, (_, index) => jobOf({ tag: `new-${index}` }))
  const prepare = (parts: Partial<Seeds>) =>
    scope.prepareFixtures({ seeds: [], rules: [], ...parts })
  t.throws(() => prepare({ seeds: jobs }), {
    name: 'JobError',
    code: 'TOO_MANY_JOBS',
    message: 'Cannot create all new jobs: there are 1 of at most 10, raise max-jobs',
  })
  t.doesNotThrow(() => prepare({ seeds: [...jobs.slice(1), jobOf({ tag: 'there' }), jobOf()] }))
  scope.rules.add([ruleOf('of a test', 1)])
  const rules = new Array<Rule>(100_000).fill(ruleOf('many', 1))
  t.throws(() => prepare({ rules }), { name: 'RuleError', code: 'TOO_MANY_RULES' })
  t.doesNotThrow(() => prepare({ rules: rules.slice(1) }))
})

t.test('a scope has the default name by default, and a journal', async (t) => {
  const scope = scopeOf({ journal: { maxRequests: 7, maxBytes: 100 } })
  t.equal(scope.name, 'default')
  t.equal(scope.journal.capacity, 7)
  t.equal(scopeOf({ name: 'suite-a' }).name, 'suite-a')
})

t.test('changes fires when a job of the scope has changed', async (t) => {
  const scope = scopeOf()
  let calls = 0
  scope.changes.listen(() => {
    calls += 1
  })
  const { id } = scope.jobs.add(jobOf())
  await nextTurn()
  t.equal(calls, 1)
  scope.jobs.find({ id })
  await nextTurn()
  t.equal(calls, 1)
  scope.jobs.cancel({ id })
  await nextTurn()
  t.equal(calls, 2)
})

t.test('isWaitedIn is true with a delayed answer, and with a waiter for a change', async (t) => {
  const scope = scopeOf()
  t.equal(scope.isWaitedIn, false)
  const cancel = scope.clock.schedule(10, () => {})
  t.equal(scope.isWaitedIn, true)
  cancel()
  t.equal(scope.isWaitedIn, false)
  const stopListening = scope.changes.listen(() => {})
  t.equal(scope.isWaitedIn, true)
  stopListening()
  t.equal(scope.isWaitedIn, false)
})

t.test('close() ends delays, and notifies waiters for a change', async (t) => {
  const scope = scopeOf()
  const seen: (readonly [who: string, isClosed: boolean])[] = []
  scope.clock.schedule(10, () => seen.push(['delayed', scope.isClosed]))
  scope.changes.listen(() => seen.push(['waiting', scope.isClosed]))
  t.equal(scope.isClosed, false)
  scope.close()
  await nextTurn()
  t.strictSame(seen, [
    ['delayed', true],
    ['waiting', true],
  ])
})

t.test('shareCaller() returns one object for consecutive calls of one caller', async (t) => {
  const scope = scopeOf()
  const ann = () => ({ user: 'ann', sourceIp: '10.0.0.1' })
  const first = scope.shareCaller(ann())
  t.strictSame(first, ann())
  t.equal(scope.shareCaller(ann()), first)
  for (const other of [
    { user: 'bob', sourceIp: '10.0.0.1' },
    { user: 'bob', sourceIp: '10.0.0.2' },
  ]) {
    t.equal(scope.shareCaller(other), other)
  }
  const again = scope.shareCaller(ann())
  t.strictSame(again, ann())
  t.not(again, first)
})

t.test('nextSequence() counts from 1, in each scope', async (t) => {
  const scope = scopeOf()
  t.strictSame(
    [1, 2, 3].map(() => scope.nextSequence()),
    [1n, 2n, 3n],
  )
  t.equal(scopeOf().nextSequence(), 1n)
})

t.test('plainLifecycle() lasts the default duration', async (t) => {
  t.strictSame(scopeOf({ defaultDurationMs: 500 }).plainLifecycle('/alter/table'), {
    steps: [{ ends: 'after', afterMs: 500, progress: 100 }],
    outcome: 'DONE',
    error: '',
    cancel: 'immediate',
  })
})

t.test('plainLifecycle() follows the cancel policy of the endpoint', async (t) => {
  const scope = scopeOf()
  t.equal(scope.plainLifecycle('/insert/records').cancel, 'refuse')
  t.equal(scope.plainLifecycle('/alter/table').cancel, 'immediate')
})

t.test('plainLifecycle() is one object for all jobs that share it', async (t) => {
  const scope = scopeOf()
  const plain = scope.plainLifecycle('/alter/table')
  const refusing = scope.plainLifecycle('/insert/records')
  t.equal(scope.plainLifecycle('/create/table'), plain)
  t.equal(scope.plainLifecycle('/delete/records'), refusing)
  t.not(plain, refusing)
})
