import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { ControlledClock } from '../../src/clock/controlled-clock.ts'
import { DEFAULT_SCOPE, isScopeName, SCOPE_NAME_FORM, Scope } from '../../src/scope/scope.ts'
import { ScopeError, ScopeTable } from '../../src/scope/scope-table.ts'
import { ManualTime } from '../support/clocks.ts'
import { jobOf } from '../support/job-definition.ts'

const START_MS = 1_700_000_000_000

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
    seeds: [jobOf({ keep: 'always' })],
    rules: [],
  })
}

function tableOf({ maxScopes = 3 } = {}): ScopeTable {
  return new ScopeTable({ create: createScope, maxScopes })
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

t.test('make() says that a scope was evicted before, once', async (t) => {
  const scopes = tableOf({ maxScopes: 2 })
  scopes.make('a')
  t.match(scopes.make('b').notice, 'evicted the scope a for b')
  t.match(scopes.make('a').notice, 'evicted the scope b for a')
  scopes.remove('a')
  t.strictSame(scopes.make('b').notice, 'the scope b was evicted before and starts anew')
  scopes.remove('b')
  t.equal(scopes.make('b').notice, undefined)
})

t.test('make() returns no notice about a removed scope', async (t) => {
  const scopes = tableOf()
  scopes.make('a')
  scopes.remove('a')
  t.equal(scopes.make('a').notice, undefined)
})

t.test('a table remembers a thousand evicted scopes', async (t) => {
  const scopes = tableOf({ maxScopes: 2 })
  const again = (name: string) => `the scope ${name} was evicted before and starts anew`
  for (let made = 0; made <= 1000; made += 1) scopes.open(`s${made}`)
  scopes.remove('s1000')
  t.equal(scopes.make('s7').notice, again('s7'))
  for (let made = 1001; made <= 1003; made += 1) scopes.open(`s${made}`)
  scopes.remove('s1003')
  t.equal(scopes.make('s8').notice, undefined)
  const reason = 'the maximum is 2, and it was used least recently'
  const evicted = `evicted the scope s8 for s1002: ${reason}`
  t.equal(scopes.make('s1002').notice, `${again('s1002')}; ${evicted}`)
  scopes.remove('s1002')
  t.equal(scopes.make('s8').notice, again('s8'))
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

/** Does one thing; what is refused changes nothing. */
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
  const error = new ScopeError('SCOPE_NOT_FOUND', 'Cannot remove the scope a: there is none')
  t.type(error, Error)
  t.strictSame(
    [error.name, error.code, error.message],
    ['ScopeError', 'SCOPE_NOT_FOUND', 'Cannot remove the scope a: there is none'],
  )
})
