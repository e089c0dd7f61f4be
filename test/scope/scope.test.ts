import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { ControlledClock } from '../../src/clock/controlled-clock.ts'
import type { JobDefinition } from '../../src/jobs/job.ts'
import { JobTags } from '../../src/jobs/job-tags.ts'
import type { Rule } from '../../src/rules/rule.ts'
import { MAX_FORMER_NAME_LENGTH, MAX_FORMER_NAMES } from '../../src/scope/former-names.ts'
import { type RingSeed, ringOf } from '../../src/scope/ring.ts'
import { Scope, type Seeds } from '../../src/scope/scope.ts'
import { ScopeError } from '../../src/scope/scope-error.ts'
import { createUuids } from '../../src/scope/scope-factory.ts'
import { DEFAULT_SCOPE, isScopeName, SCOPE_NAME_FORM } from '../../src/scope/scope-name.ts'
import { ScopeTable } from '../../src/scope/scope-table.ts'
import { budgetsOf } from '../support/budgets.ts'
import { frozenClock, ManualTime } from '../support/clocks.ts'
import { usedMemory } from '../support/collect-garbage.ts'
import { faultsOf } from '../support/faults.ts'
import { jobOf } from '../support/job-definition.ts'
import { nextTurn } from '../support/next-turn.ts'
import { scopeOf } from '../support/scopes.ts'

const START_MS = 1_700_000_000_000

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
  t.equal(newUuid(), 'made-2')
  t.equal(jobs.add(jobOf()).tag, new JobTags('made-1').of(1n))
  t.throws(() => jobs.add(jobOf({ tag: 'second' })), { code: 'TOO_MANY_JOBS' })
})

/** A rule for `/alter/table` that answers `times` requests. */
function ruleOf(name: string, times: number): Rule {
  const then = { mayHaveTemplates: false, httpStatus: 400, delayMs: 0 }
  return { name, when: { endpoint: '/alter/table', as: 'any' }, times, then, text: {} }
}

/** The name of the rule that answers a call of `/alter/table`. */
function whoAnswers(scope: Scope): string | undefined {
  return scope.rules.choose({
    endpoint: '/alter/table',
    exactOnly: false,
    cluster: 'a',
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
  scope.prepareFixtures({ seeds, rules, faults: [], tables: [] }).apply()
}

t.test('of too many former names, the oldest are forgotten, and long ones at once', async (t) => {
  const { formerNames } = scopeOf({})
  const named = (name: string) => ({ kind: 'rule', name }) as const
  const long = 'x'.repeat(MAX_FORMER_NAME_LENGTH + 1)
  formerNames.addAll([named('first'), named('second'), named(long), named(long.slice(1))])
  formerNames.addAll([named('first')])
  const others = Array.from({ length: MAX_FORMER_NAMES - 2 }, (_, index) => named(`${index}`))
  formerNames.addAll(others)
  const names = ['first', 'second', long, long.slice(1), '0'].map(named)
  t.strictSame(
    names.map((name) => formerNames.has(name)),
    [true, false, false, true, true],
  )
  t.notOk(formerNames.has({ kind: 'fault', name: 'first' }))
})

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

t.test('prepareFixtures() creates a job whose tag only other clusters have', async (t) => {
  const first = jobOf({ tag: 'nightly', cluster: 'a' })
  const second = jobOf({ tag: 'nightly', cluster: 'b' })
  const ring: RingSeed = { ...ringOf(2), jobs: 'own' }
  const scope = scopeOf({ ring, seeds: [first] })
  const load = (given: RingSeed) =>
    scope
      .prepareFixtures({ ring: given, seeds: [first, second], rules: [], faults: [], tables: [] })
      .apply()
  const homes = () => scope.jobs.list().map(({ job }) => job.placement.home)
  load(ringOf(2))
  t.strictSame(homes(), ['a'], 'in the new ring, the tag is found everywhere')
  load(ring)
  t.strictSame(homes(), ['a'], 'clusters that are about to change say nothing')
  load(ring)
  t.strictSame(homes(), ['a', 'b'])
})

t.test('prepareFixtures() leaves out jobs without a name', async (t) => {
  const scope = scopeOf()
  apply(scope, [jobOf()])
  t.strictSame(scope.jobs.list(), [])
})

t.test('prepareFixtures() changes nothing before it is applied', async (t) => {
  const scope = scopeOf({ rules: [ruleOf('old', 9)] })
  const changes = {
    seeds: [jobOf({ tag: 'a' })],
    rules: [ruleOf('new', 9)],
    faults: [],
    tables: [],
  }
  const { apply } = scope.prepareFixtures(changes)
  t.strictSame([scope.jobs.count(), whoAnswers(scope)], [0, 'old'])
  apply()
  t.strictSame([scope.jobs.count(), whoAnswers(scope)], [1, 'new'])
})

t.test('prepareFixtures() refuses more jobs, rules and faults than fit', async (t) => {
  const scope = scopeOf({ seeds: [jobOf({ tag: 'there' })] })
  const jobs = Array.from({ length: 10 }, (_, index) => jobOf({ tag: `new-${index}` }))
  const prepare = (parts: Partial<Seeds>) =>
    scope.prepareFixtures({ seeds: [], rules: [], faults: [], tables: [], ...parts })
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
  const faults = faultsOf(...Array.from({ length: 10_000 }, () => ({ fault: 'reset' }) as const))
  prepare({ faults }).apply()
  t.doesNotThrow(() => prepare({ faults }), 'as many as it has, which they replace')
  t.throws(() => scope.faults.add(faults.slice(0, 1), START_MS), { code: 'TOO_MANY_FAULTS' })
  scope.faults.remove('fault-1')
  scope.faults.add(faults.slice(0, 1), START_MS)
  t.throws(() => prepare({ faults }), { name: 'RuleError', code: 'TOO_MANY_FAULTS' })
  t.doesNotThrow(() => prepare({ faults: faults.slice(1) }))
  t.equal(scope.faults.list().length, 10_000)
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

/** A scope with one job, whose time the test moves. */
function createScope(name: string, notBeforeMs: number): Scope {
  const clock = new ControlledClock({
    source: new ManualTime(START_MS),
    setting: { mode: 'frozen' },
    pollAdvanceMs: 250,
    startMs: Math.max(START_MS, notBeforeMs),
  })
  return new Scope({
    name,
    clock,
    newUuid: () => `tag-of-${name}`,
    limits: { maxJobs: 10, maxFinished: 10, retentionMs: 1000 },
    journal: { maxRequests: 10, maxBytes: 10_000 },
    defaultDurationMs: 500,
    budgets: budgetsOf(),
    seeds: [jobOf({ keep: 'always' })],
    rules: [],
    faults: [],
    tables: [],
  })
}

function tableOf({ maxScopes = 3, maxEvicted = 1000 } = {}): ScopeTable {
  return new ScopeTable({ create: createScope, maxScopes, maxEvicted })
}

function namesOf(scopes: ScopeTable): string[] {
  return scopes.list().map(({ name }) => name)
}

t.test('a table has the default scope from the start', async (t) => {
  const scopes = tableOf({ maxScopes: 7 })
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE])
  t.equal(scopes.find(DEFAULT_SCOPE)?.name, DEFAULT_SCOPE)
  t.equal(scopes.maxScopes, 7)
})

t.test('find() creates no scope', async (t) => {
  const scopes = tableOf()
  t.equal(scopes.find('suite-a'), undefined)
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE])
})

t.test('open() creates a scope on first use, and returns it later', async (t) => {
  const scopes = tableOf()
  const made = scopes.open('suite-a')
  t.equal(made.name, 'suite-a')
  t.equal(scopes.open('suite-a'), made)
  t.equal(scopes.find('suite-a'), made)
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE, 'suite-a'])
})

t.test('scopes do not see each other', async (t) => {
  const scopes = tableOf()
  const [one, other] = [scopes.open('one'), scopes.open('other')]
  one.clock.advance(5000)
  one.jobs.add(jobOf({ tag: 'mine' }))
  t.equal(other.clock.now(), START_MS)
  t.strictSame([one.jobs.count(), other.jobs.count()], [2, 1])
  t.equal(one.jobs.get({ id: 1n }).state.status, 'DONE')
  t.equal(other.jobs.get({ id: 1n }).state.status, 'RUNNING')
})

t.test('make() returns no notice if there is room', async (t) => {
  const { scope, ...rest } = tableOf().make('suite-a')
  t.equal(scope.name, 'suite-a')
  t.strictSame(rest, {})
})

t.test('make() evicts the idle scope that was used least recently', async (t) => {
  const scopes = tableOf({ maxScopes: 4 })
  const made = ['a', 'b', 'c'].map((name) => scopes.open(name))
  scopes.find('a')
  const { scope, notice } = scopes.make('d')
  t.equal(scope.name, 'd')
  t.equal(notice, 'evicted the scope b for d: the maximum is 4, and it was used least recently')
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE, 'a', 'c', 'd'])
  t.strictSame(
    made.map(({ isClosed }) => isClosed),
    [false, true, false],
  )
})

t.test('make() evicts no scope with waiters', async (t) => {
  const scopes = tableOf({ maxScopes: 4 })
  scopes.open('a').clock.schedule(1000, () => {})
  const stopListening = scopes.open('b').changes.listen(() => {})
  scopes.open('c')
  scopes.make('d')
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE, 'a', 'b', 'd'])
  scopes.find('a')
  stopListening()
  scopes.make('e')
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE, 'a', 'd', 'e'])
})

t.test('make() throws if no scope can be evicted, and changes nothing', async (t) => {
  const refused = (maxScopes: number) => ({
    name: 'ScopeError',
    code: 'TOO_MANY_SCOPES',
    message: `Cannot create the scope new: the maximum is ${maxScopes}, and none is idle: raise max-scopes`,
  })
  const full = tableOf({ maxScopes: 2 })
  const busy = full.open('busy')
  busy.changes.listen(() => {})
  t.throws(() => full.make('new'), refused(2))
  t.throws(() => full.open('new'), refused(2))
  t.strictSame(namesOf(full), [DEFAULT_SCOPE, 'busy'])
  t.equal(busy.isClosed, false)
  t.throws(() => tableOf({ maxScopes: 1 }).make('new'), refused(1))
})

t.test('make() says that a scope was evicted before, and marks it', async (t) => {
  const scopes = tableOf({ maxScopes: 2 })
  scopes.make('a')
  t.match(scopes.make('b').notice, 'evicted the scope a for b')
  const { scope, notice } = scopes.make('a')
  const reason = 'the maximum is 2, and it was used least recently'
  const again = 'the scope a was evicted before and starts anew'
  t.equal(notice, `${again}; evicted the scope b for a: ${reason}`)
  t.equal(scope.wasEvicted, true)
  t.equal(scopes.make('c').scope.wasEvicted, false)
})

t.test('the mark stays until a test resets, removes or creates the scope', async (t) => {
  const scopes = tableOf({ maxScopes: 2 })
  const evict = () => {
    scopes.make('a')
    scopes.make('b')
    scopes.remove('b')
  }
  evict()
  evict()
  t.equal(scopes.open('a').wasEvicted, true)
  t.equal(scopes.reset('a').wasEvicted, false)
  scopes.make('b')
  scopes.remove('b')
  t.equal(scopes.open('a').wasEvicted, true)
  scopes.remove('a')
  t.equal(scopes.open('a').wasEvicted, false)
  scopes.make('b')
  t.strictSame(scopes.make('a', 'test').scope.wasEvicted, false)
  t.equal(scopes.open('a').wasEvicted, false)
})

t.test('get() says that a missing scope was evicted', async (t) => {
  const scopes = tableOf({ maxScopes: 2 })
  scopes.make('a')
  scopes.make('b')
  const refused = (reason: string) => ({
    code: 'SCOPE_NOT_FOUND',
    message: `Cannot find the scope ${reason}`,
  })
  t.throws(() => scopes.get('a'), refused('a: it was evicted, raise max-scopes'))
  t.throws(() => scopes.get('c'), refused('c: it was never created, or was removed'))
})

t.test('finderOf() finds a scope again, but not another one of its name', async (t) => {
  const scopes = tableOf()
  const made = scopes.open('a')
  const find = scopes.finderOf('a')
  t.equal(find(), made)
  t.equal(scopes.reset('a'), find())
  scopes.remove('a')
  t.throws(find, { code: 'SCOPE_NOT_FOUND' })
  const other = scopes.open('a')
  const reason = 'it was removed or evicted, and another one has its name, open it again'
  t.throws(find, { code: 'SCOPE_CLOSED', message: `Cannot use the scope a: ${reason}` })
  t.equal(scopes.finderOf('a')(), other)
})

t.test('a scope keeps its name only, not the URL that it is a part of', async (t) => {
  const url = `/~a-name-of-some-length/${'x'.repeat(5000)}`
  const before = usedMemory()
  const scopes = tableOf({ maxScopes: 3 })
  const made = Array.from({ length: 1000 }, (_, index) => {
    return scopes.make(`${url}${index}`.slice(2, 2 + 'a-name-of-some'.length) + index).scope.name
  })
  t.equal(made.at(-1), 'a-name-of-some999')
  t.ok(usedMemory() - before < 2_000_000)
  t.equal(scopes.list().length, 3)
})

t.test('make() returns no notice about a removed scope', async (t) => {
  const scopes = tableOf()
  scopes.make('a')
  scopes.remove('a')
  t.equal(scopes.make('a').notice, undefined)
})

t.test('a table that cannot remember all evicted scopes marks every new one', async (t) => {
  const scopes = tableOf({ maxScopes: 2, maxEvicted: 2 })
  for (const name of ['a', 'b', 'c']) scopes.open(name)
  scopes.remove('c')
  t.equal(scopes.open('d').wasEvicted, false)
  scopes.open('a')
  scopes.open('e')
  scopes.remove('e')
  t.equal(scopes.open('new').wasEvicted, true)
  t.equal(scopes.reset('new').wasEvicted, false)
  scopes.remove('new')
  t.equal(scopes.make('other', 'test').scope.wasEvicted, false)
})

t.test('isScopeName() accepts 1 to 64 characters, the first a letter or digit', async (t) => {
  const names = ['a', 'A', '7', 'suite-a', 'a.b_c-d', '0.', 'default', 'x'.repeat(64)]
  t.strictSame(names.filter(isScopeName), names)
  const others = ['', '-a', '.a', '_a', 'a b', 'a/b', '~a', 'a%20', 'ä', 'a\n', 'x'.repeat(65)]
  t.strictSame(others.filter(isScopeName), [])
})

t.test('make() rejects an invalid name, and shortens a long one in the message', async (t) => {
  const scopes = tableOf()
  const cases = [
    ['', '""'],
    ['-a', '"-a"'],
    ['a\n', String.raw`"a\n"`],
    ['x'.repeat(70), `"${'x'.repeat(70)}"`],
    ['x'.repeat(71), `"${'x'.repeat(70)}…"`],
  ] as const
  for (const [name, shown] of cases) {
    t.throws(() => scopes.make(name), {
      name: 'ScopeError',
      code: 'BAD_SCOPE_NAME',
      message: `Cannot use the scope ${shown}: use ${SCOPE_NAME_FORM}`,
    })
  }
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE])
})

t.test('reset() restores the initial state of a scope, at its present time', async (t) => {
  const scopes = tableOf()
  for (const name of [DEFAULT_SCOPE, 'suite-a']) {
    const old = scopes.open(name)
    old.clock.advance(5000)
    old.jobs.add(jobOf())
    const scope = scopes.reset(name)
    t.not(scope, old)
    t.equal(scopes.find(name), scope)
    t.strictSame([old.isClosed, scope.isClosed], [true, false])
    t.strictSame([scope.name, scope.jobs.count(), scope.clock.now()], [name, 1, START_MS + 5000])
  }
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE, 'suite-a'])
})

t.test('reset() creates a missing scope, and rejects an invalid name', async (t) => {
  const scopes = tableOf()
  t.equal(scopes.reset('new').name, 'new')
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE, 'new'])
  t.throws(() => scopes.reset('a b'), { code: 'BAD_SCOPE_NAME' })
})

t.test('remove() removes a scope, and ends its waits', async (t) => {
  const scopes = tableOf()
  const scope = scopes.open('suite-a')
  const called: string[] = []
  scope.clock.schedule(1000, () => called.push('waited'))
  scopes.remove('suite-a')
  t.strictSame(called, ['waited'])
  t.equal(scope.isClosed, true)
  t.equal(scopes.find('suite-a'), undefined)
  t.not(scopes.open('suite-a'), scope)
})

t.test('remove() rejects the default scope and a missing one', async (t) => {
  const scopes = tableOf()
  t.throws(() => scopes.remove(DEFAULT_SCOPE), {
    name: 'ScopeError',
    code: 'DEFAULT_SCOPE_STAYS',
    message: 'Cannot remove the scope default: it has the root path, reset it instead',
  })
  t.throws(() => scopes.remove('suite-a'), {
    name: 'ScopeError',
    code: 'SCOPE_NOT_FOUND',
    message: 'Cannot remove the scope suite-a: it is missing',
  })
  t.strictSame(namesOf(scopes), [DEFAULT_SCOPE])
})

t.test('close() ends the waits of all scopes', async (t) => {
  const scopes = tableOf()
  const called: string[] = []
  for (const name of [DEFAULT_SCOPE, 'a', 'b']) {
    scopes.open(name).clock.schedule(1000, () => called.push(name))
  }
  scopes.close()
  t.strictSame(called, [DEFAULT_SCOPE, 'a', 'b'])
  t.ok(scopes.list().every(({ isClosed }) => isClosed))
})

/** What may be done with a table. */
interface Action {
  readonly kind: 'find' | 'open' | 'reset' | 'remove' | 'listen'
  readonly name: string
}

/** Does one thing; a rejected one changes nothing. */
function act(scopes: ScopeTable, { kind, name }: Action): void {
  try {
    if (kind === 'listen') scopes.open(name).changes.listen(() => {})
    else scopes[kind](name)
  } catch (error) {
    assert(error instanceof ScopeError)
  }
}

t.test('there are never too many scopes, and only those that are gone are closed', async (t) => {
  const anyAction: fc.Arbitrary<Action> = fc.record({
    kind: fc.constantFrom('find', 'open', 'open', 'open', 'reset', 'remove', 'listen'),
    name: fc.constantFrom(DEFAULT_SCOPE, 'a', 'b', 'c', 'd', '~'),
  })
  const anyActions = fc.array(anyAction, { maxLength: 30, size: 'max' })
  const property = fc.property(anyActions, fc.integer({ min: 1, max: 4 }), (actions, maxScopes) => {
    const made: Scope[] = []
    const create = (name: string, notBeforeMs: number) => {
      const scope = createScope(name, notBeforeMs)
      made.push(scope)
      return scope
    }
    const scopes = new ScopeTable({ create, maxScopes })
    for (const action of actions) {
      act(scopes, action)
      const listed = scopes.list()
      assert.equal(listed.length <= maxScopes, true)
      assert.equal(listed[0]?.name, DEFAULT_SCOPE)
      assert.equal(new Set(namesOf(scopes)).size, listed.length)
      assert.deepEqual(
        made
          .filter(({ isClosed }) => !isClosed)
          .map(({ name }) => name)
          .sort(),
        namesOf(scopes).sort(),
      )
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }))
})

t.test('ScopeError carries a code and a message', async (t) => {
  const error = new ScopeError('SCOPE_NOT_FOUND', 'Cannot remove the scope a: it does not exist')
  t.type(error, Error)
  t.strictSame(
    [error.name, error.code, error.message],
    ['ScopeError', 'SCOPE_NOT_FOUND', 'Cannot remove the scope a: it does not exist'],
  )
})

const FORM = /^[\da-f]{8}-[\da-f]{4}-([48])[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

for (const { seed, version } of [
  { seed: undefined, version: '4' },
  { seed: 'ci', version: '8' },
]) {
  t.test(`createUuids(${seed}) makes UUIDs of version ${version}, no two the same`, async (t) => {
    const uuids = Array.from({ length: 1000 }, createUuids(seed))
    t.equal(new Set(uuids).size, 1000)
    t.strictSame(
      uuids.filter((uuid) => FORM.exec(uuid)?.[1] !== version),
      [],
    )
  })
}

t.test('createUuids() makes the same sequence for the same seed alone', async (t) => {
  const take = (seed: string | undefined) => Array.from({ length: 3 }, createUuids(seed))
  t.strictSame(take('a'), take('a'))
  t.notSame(take('a'), take('b'))
  t.notSame(take(undefined), take(undefined))
})
