import t from 'tap'
import { TextPattern } from '../../src/patterns/text-pattern.ts'
import { MatchError } from '../../src/patterns/text-search.ts'
import { type Delay, drawDelay } from '../../src/rules/delay.ts'
import { Draws } from '../../src/rules/draws.ts'
import type { Fault } from '../../src/rules/fault.ts'
import { FaultSet, MAX_FAULTS } from '../../src/rules/fault-set.ts'
import type { RuleRequest } from '../../src/rules/rule.ts'
import { RuleBudget } from '../../src/rules/rule-budget.ts'
import { RuleError } from '../../src/rules/rule-error.ts'
import { requestOf, ruleOf } from '../support/rules.ts'

/** A fault that resets every call of `/alter/table`; `parts` overrides fields. */
function faultOf({ when, ...parts }: FaultParts = {}): Fault {
  return {
    name: 'a fault',
    when: { endpoint: '/alter/table', as: 'any', ...when },
    skip: 0,
    times: undefined,
    probability: 1,
    seed: undefined,
    forMs: undefined,
    enabled: true,
    at: 'answer',
    delay: undefined,
    damage: { kind: 'reset' },
    text: {},
    ...parts,
  }
}

interface FaultParts extends Partial<Omit<Fault, 'when'>> {
  readonly when?: Partial<Fault['when']>
}

function setOf(faults: readonly FaultParts[], seed = 1): FaultSet {
  const named = faults.map((fault, index) => faultOf({ name: `fault ${index}`, ...fault }))
  return new FaultSet(named, { nowMs: 0, seed })
}

/** What the faults do to a request: the names, or `none`. */
function strike(set: FaultSet, parts: Partial<RuleRequest> = {}, nowMs = 0): string {
  return set.strike({ request: requestOf(parts), nowMs })?.names.join(' and ') ?? 'none'
}

/** For each of several requests, 1 if it was struck, else 0. */
function strikes(set: FaultSet, count: number): string {
  return Array.from({ length: count }, () => (strike(set) === 'none' ? 0 : 1)).join('')
}

/** The first numbers of seed 1; another release of the library must not change them. */
const GOLDEN = [0.7036719300182562, 30, 5, -1.06570818]

const FIXED: Delay = { kind: 'fixed', ms: 250 }

/** Logarithm and cosine may differ in their last digits. */
function roundedNormal(draws: Draws): number {
  return Math.round(draws.normal() * 1e8) / 1e8
}

t.test('Draws are the same for the same seed, in every release', async (t) => {
  const draws = new Draws(1)
  const numbers = [
    draws.fraction(),
    draws.integer(0, 255),
    draws.integer(1, 6),
    roundedNormal(draws),
  ]
  t.strictSame(numbers, GOLDEN)
  t.equal(new Draws(1).fraction(), numbers[0])
  t.not(new Draws(2).fraction(), numbers[0])
  const range = { min: 2 ** 50, max: 2 ** 50 + 1 }
  const wide = Array.from({ length: 20 }, () => draws.integer(range.min, range.max))
  t.strictSame([...new Set(wide)].sort(), [range.min, range.max])
})

t.test('Draws of neighbouring seeds are evenly distributed from the first on', async (t) => {
  for (const place of [0, 1]) {
    const shares = Array.from({ length: 1000 }, (_, seed) => {
      const draws = new Draws(seed)
      return [draws.fraction(), draws.fraction()][place] ?? 0
    })
    const low = shares.filter((share) => share < 0.1).length
    t.ok(Math.abs(low - 100) < 35, `${low} of 1000 are below 0.1`)
  }
})

t.test('Draws.fork() has other numbers, and takes one', async (t) => {
  const [draws, same] = [new Draws(7), new Draws(7)]
  const fork = draws.fork()
  for (let call = 0; call < 5; call += 1) fork.fraction()
  same.fork()
  t.equal(draws.fraction(), same.fraction(), 'whatever is done with the fork')
  t.not(new Draws(7).fork().fraction(), new Draws(7).fraction())
})

t.test('drawDelay() returns whole milliseconds of its distribution', async (t) => {
  const draw = (delay: Delay) => {
    const draws = new Draws(3)
    return Array.from({ length: 1000 }, () => drawDelay(delay, draws)).sort((a, b) => a - b)
  }
  t.strictSame([...new Set(draw(FIXED))], [250])
  const uniform = draw({ kind: 'uniform', minMs: 10, maxMs: 13 })
  t.strictSame([...new Set(uniform)], [10, 11, 12, 13])
  const same = draw({ kind: 'uniform', minMs: 10, maxMs: 10 })
  t.strictSame([...new Set(same)], [10])
  const lognormal = draw({ kind: 'lognormal', medianMs: 200, sigma: 0.4, maxMs: 400 })
  t.ok(lognormal.every(Number.isInteger))
  t.equal(lognormal.at(-1), 400, 'the maximum')
  // Of a normal distribution, 16 % are more than one deviation below the median.
  t.ok(Math.abs((lognormal[500] ?? 0) - 200) < 15, `the median ${lognormal[500]}`)
  t.ok(Math.abs((lognormal[159] ?? 0) - 200 / Math.exp(0.4)) < 15, `${lognormal[159]}`)
  const certain = draw({ kind: 'lognormal', medianMs: 200, sigma: 0, maxMs: 400 })
  t.strictSame([...new Set(certain)], [200])
})

t.test('strike() lets skip requests pass, then strikes times of them', async (t) => {
  t.equal(strikes(setOf([{ skip: 2 }]), 4), '0011')
  t.equal(strikes(setOf([{ times: 2 }]), 4), '1100')
  t.equal(strikes(setOf([{ skip: 1, times: 1 }]), 4), '0100')
})

t.test('strike() counts only requests that match', async (t) => {
  const set = setOf([{ when: { as: 'direct', user: 'eve' }, skip: 1, times: 1 }])
  t.equal(strike(set, { user: 'adam' }), 'none')
  t.equal(strike(set, { user: 'eve', as: 'job' }), 'none')
  t.equal(strike(set, { user: 'eve', endpoint: '/alter/role' }), 'none')
  t.equal(strike(set, { user: 'eve' }), 'none')
  t.equal(strike(set, { user: 'adam' }), 'none')
  t.equal(strike(set, { user: 'eve' }), 'fault 0')
  t.match(set.list(), [{ seen: 2, hits: 1, left: 0 }])
})

t.test('strike() draws by probability, and repeats exactly', async (t) => {
  const pattern = strikes(setOf([{ probability: 0.25 }]), 1000)
  const hits = pattern.replaceAll('0', '').length
  t.ok(Math.abs(hits - 250) < 45, `${hits} of 1000`)
  t.equal(strikes(setOf([{ probability: 0.25 }]), 1000), pattern)
  t.equal(strikes(setOf([{ probability: 0.25, seed: 1 }], 2), 1000), pattern, 'its own seed')
  t.not(strikes(setOf([{ probability: 0.25 }], 2), 1000), pattern, 'another seed')
  t.equal(strikes(setOf([{ probability: 0 }]), 100), '0'.repeat(100))
})

t.test('strike() draws of a fault do not depend on other faults, scopes and calls', async (t) => {
  const seeded = { probability: 0.5, seed: 9 }
  const alone = strikes(setOf([seeded]), 50)
  const uniform: Delay = { kind: 'uniform', minMs: 1, maxMs: 9 }
  const others = [
    { probability: 0.5, when: { endpoint: '*' }, delay: uniform, damage: undefined },
    { ...seeded, name: 'this' },
  ]
  const [set, other] = [setOf(others), setOf(others)]
  const both = Array.from({ length: 50 }, () => {
    strike(other)
    strike(set, { endpoint: '/alter/role' })
    const struck = set.strike({ request: requestOf(), nowMs: 0 })
    // What the damage draws later is its own.
    struck?.damage?.draws.integer(0, 5)
    return struck?.names.includes('this') ? 1 : 0
  })
  t.equal(both.join(''), alone)
})

t.test('strike() draws as far as times allows', async (t) => {
  const pattern = strikes(setOf([{ probability: 0.5 }]), 50)
  const third = pattern.split('1', 3).join('1').length
  const limited = strikes(setOf([{ probability: 0.5, times: 2 }]), 50)
  t.equal(limited, `${pattern.slice(0, third)}${'0'.repeat(50 - third)}`)
})

t.test('strike() ends a fault when its time is over on the clock', async (t) => {
  const set = setOf([{ forMs: 1000 }])
  t.equal(strike(set, {}, 999), 'fault 0')
  t.equal(strike(set, {}, 1000), 'none')
  t.match(set.list(), [{ enabled: true, seen: 1, hits: 1 }])
  set.enable('fault-1', true, 5000)
  t.equal(strike(set, {}, 5999), 'fault 0', 'to enable it starts its time')
  t.equal(strike(set, {}, 6000), 'none')
  const [added] = set.add([faultOf({ forMs: 1000 })], 7000)
  t.equal(strike(set, {}, 7999), 'a fault')
  set.put(added?.id ?? '', faultOf({ forMs: 1000, name: 'new' }), 7999)
  t.equal(strike(set, {}, 8998), 'new')
  t.equal(strike(set, {}, 8999), 'none')
})

t.test('enable() switches a fault, whose counters stay', async (t) => {
  const set = setOf([{ enabled: false, forMs: 10, times: 2 }])
  t.equal(strike(set), 'none')
  t.match(set.enable('fault-1', true, 100), { enabled: true, seen: 0 })
  t.equal(strike(set, {}, 109), 'fault 0')
  t.match(set.enable('fault-1', false, 109), { enabled: false, seen: 1, hits: 1, left: 1 })
  t.equal(strike(set, {}, 109), 'none')
  set.enable('fault-1', true, 200)
  t.equal(strike(set, {}, 209), 'fault 0')
  t.equal(strike(set, {}, 209), 'none', 'times is used up')
})

t.test('strike() adds delays; the first damage wins and the others are not used up', async (t) => {
  const set = setOf([
    { delay: FIXED, damage: undefined },
    { damage: { kind: 'close' }, times: 1, at: 'request' },
    { damage: { kind: 'reset' }, times: 1 },
    { damage: { kind: 'empty' }, delay: FIXED },
  ])
  const first = set.strike({ request: requestOf(), nowMs: 0 })
  t.match(first, { delayMs: 500, damage: { at: 'request', damage: { kind: 'close' } } })
  t.strictSame(first?.names, ['fault 0', 'fault 1', 'fault 3'])
  t.match(set.get('fault-3'), { seen: 1, hits: 0, left: 1 })
  const second = set.strike({ request: requestOf(), nowMs: 0 })
  t.match(second, { delayMs: 500, damage: { at: 'answer', damage: { kind: 'reset' } } })
  const third = set.strike({ request: requestOf(), nowMs: 0 })
  t.match(third, { delayMs: 500, damage: { damage: { kind: 'empty' } } })
  t.match(set.get('fault-3'), { seen: 3, hits: 1, left: 0 })
  const slow = setOf([{ delay: FIXED, damage: undefined }])
  const only = slow.strike({ request: requestOf(), nowMs: 0 })
  t.strictSame(only, { delayMs: 250, damage: undefined, names: ['fault 0'] })
})

t.test('strike() reads a limited number of characters for one request', async (t) => {
  const request = { table_name: new TextPattern('[0-9]+x') }
  const set = setOf(Array.from({ length: 100 }, () => ({ when: { request } })))
  const text = '7'.repeat(20_000)
  t.equal(strike(set, { request: { table_name: text } }), 'none')
  t.throws(() => strike(set, { request: { table_name: text.repeat(5) } }), MatchError)
})

t.test('strike() with a * covers job endpoints, but no handshake', async (t) => {
  for (const endpoint of ['*', '/*', '/show/*', '/show/system/*', '*/']) {
    const set = setOf([{ when: { endpoint } }])
    for (const spared of ['/', '/show/system/status', '/show/system/properties']) {
      t.equal(strike(set, { endpoint: spared }), 'none', `${endpoint} and ${spared}`)
    }
  }
  const all = setOf([{ when: { endpoint: '*' } }])
  t.equal(strike(all, { endpoint: '/get/job', exactOnly: true }), 'fault 0')
  t.equal(strike(all, { endpoint: '/show/systems' }), 'fault 0')
  for (const endpoint of ['/', '/show/system/status']) {
    t.equal(strike(setOf([{ when: { endpoint } }]), { endpoint }), 'fault 0', endpoint)
  }
})

t.test('a set lists its faults in order, and keeps the ids', async (t) => {
  const set = setOf([{}, {}])
  t.notOk(set.isEmpty)
  t.equal(set.nextId, 'fault-3')
  const added = set.add([faultOf({ name: 'x', times: 4 }), faultOf({ name: 'y' })], 0)
  t.match(added, [{ id: 'fault-3', origin: 'control', left: 4 }, { id: 'fault-4' }])
  const order = () => set.list().map(({ id, fault: { name } }) => `${id} ${name}`)
  t.strictSame(order(), ['fault-3 x', 'fault-4 y', 'fault-1 fault 0', 'fault-2 fault 1'])
  set.remove('fault-4')
  t.equal(strike(set), 'x')
  set.replaceFixtures([faultOf({ name: 'z' })], { nowMs: 0 })
  t.strictSame(order(), ['fault-3 x', 'fault-5 z'])
  t.match(set.list(), [{ hits: 1, left: 3 }, { origin: 'fixture' }])
  t.match(set.put('fault-5', faultOf({ name: 'w' }), 0), { origin: 'control', seen: 0 })
  t.strictSame(order(), ['fault-3 x', 'fault-5 w'])
  set.clear()
  t.ok(set.isEmpty)
  t.equal(strike(set), 'none')
})

t.test('replaceFixtures() leaves faults that did not change as they are', async (t) => {
  const half = { probability: 0.5, delay: FIXED, damage: undefined }
  const parts: readonly FaultParts[] = [
    { name: 'drawn', ...half },
    { name: 'timed', forMs: 100 },
    { name: 'off' },
    { name: 'gone' },
  ]
  const [drawn, timed, off, gone] = parts.map(faultOf)
  if (!(drawn && timed && off && gone)) throw new Error('Cannot test: there are four faults')
  const set = new FaultSet([drawn, timed, off, gone], { nowMs: 0, seed: 1 })
  const undisturbed = setOf([half])
  const next = () => strike(set).includes('drawn')
  const expected = Array.from({ length: 40 }, () => strike(undisturbed) !== 'none')
  const first = Array.from({ length: 20 }, next)
  set.enable('fault-3', false, 0)
  const [moved, fresh] = [{ ...drawn, name: 'drawn' }, faultOf({ name: 'fresh' })]
  const kept = new Map([
    [moved, drawn],
    [timed, timed],
    [off, off],
  ])
  set.replaceFixtures([fresh, timed, off, moved], { nowMs: 90, kept })
  const hits = first.filter(Boolean).length
  t.match(set.list(), [
    { id: 'fault-5', seen: 0, hits: 0 },
    { id: 'fault-2', seen: 20 },
    { id: 'fault-3', enabled: false },
    { id: 'fault-1', seen: 20, hits, fault: moved },
  ])
  set.remove('fault-5')
  t.strictSame([...first, ...Array.from({ length: 20 }, next)], expected)
  t.match(strike(set, {}, 99), /timed/)
  t.notMatch(strike(set, {}, 100), /timed/, 'its time did not start anew')
})

t.test('a set refuses unknown ids and too many faults', async (t) => {
  const set = setOf([{}])
  const reason = 'Cannot find the fault fault-9: no fault has this id'
  const unknown = new RuleError('FAULT_NOT_FOUND', reason)
  t.throws(() => set.get('fault-9'), unknown)
  t.throws(() => set.put('fault-9', faultOf(), 0), unknown)
  t.throws(() => set.enable('fault-9', true, 0), unknown)
  t.throws(() => set.remove('fault-9'), unknown)
  const named = setOf([{}, { name: 'slow' }, { name: 'slow' }])
  t.throws(() => named.get('slow'), {
    message:
      'Cannot find the fault slow: no fault has this id, the one with this name has the id fault-2',
  })
  const message = `Cannot take ${MAX_FAULTS} more faults: the maximum is ${MAX_FAULTS}`
  const full = new RuleError('TOO_MANY_FAULTS', message)
  t.throws(
    () =>
      set.add(
        Array.from({ length: MAX_FAULTS }, () => faultOf()),
        0,
      ),
    full,
  )
  t.equal(set.list().length, 1)
  set.add(
    Array.from({ length: MAX_FAULTS - 1 }, () => faultOf()),
    0,
  )
  t.equal(set.list().length, MAX_FAULTS)
  t.throws(() => set.assertRoomToAdd([faultOf()]), { code: 'TOO_MANY_FAULTS' })
})

t.test('faults count in the bytes of rules, once for all sets that have them', async (t) => {
  const budget = new RuleBudget(100_000)
  const large = (name: string): Fault => ({ ...faultOf({}), name, text: 'x'.repeat(20_000) })
  const [kept, other, more] = [large('kept'), large('other'), large('more')]
  const open = () => new FaultSet([], { nowMs: 0, seed: 1, budget })
  const [first, second] = [open(), open()]
  first.replaceFixtures([kept], { nowMs: 0 })
  const used = budget.usedBytes
  t.ok(used > 40_000)
  second.replaceFixtures([kept], { nowMs: 0 })
  t.equal(budget.usedBytes, used)
  const [added] = first.add([other], 0)
  const id = String(added?.id)
  const code = 'TOO_MANY_RULE_BYTES'
  t.throws(() => second.add([more], 0), { code, message: /, raise max-rule-bytes$/ })
  t.throws(() => second.assertRoom([kept, more]), { code })
  t.equal(second.size, 1)
  first.remove(id)
  t.throws(() => first.assertRoomToAdd([other], [ruleOf({ text: other.text })]), { code })
  const [again] = first.add([other], 0)
  first.put(String(again?.id), more, 0)
  first.remove(String(again?.id))
  t.equal(budget.usedBytes, used)
  for (const set of [first, second]) set.clear()
  t.equal(budget.usedBytes, 0)
})
