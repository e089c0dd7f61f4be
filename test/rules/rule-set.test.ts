import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { OWN_ENDPOINTS } from '../../src/gpudb/own-endpoints.ts'
import type { JobValue } from '../../src/jobs/job.ts'
import { matchesEndpoint } from '../../src/patterns/endpoint-pattern.ts'
import type { Pattern } from '../../src/patterns/pattern.ts'
import { TextPattern } from '../../src/patterns/text-pattern.ts'
import { findFirstShadowed, findShadowed } from '../../src/rules/find-shadowed.ts'
import { matchesRequest } from '../../src/rules/match-request.ts'
import { type IndexedRule, indexedRule, mergeByRank } from '../../src/rules/placed-rule.ts'
import type { Rule, RuleRequest, When } from '../../src/rules/rule.ts'
import { RuleBudget } from '../../src/rules/rule-budget.ts'
import { RuleError } from '../../src/rules/rule-error.ts'
import { RuleIndex } from '../../src/rules/rule-index.ts'
import { RuleSet } from '../../src/rules/rule-set.ts'
import { explainAll, type RuleParts, requestOf, ruleOf } from '../support/rules.ts'

/** The names of the rules that answer a sequence of requests. */
function answers(rules: readonly RuleParts[], requests: readonly Partial<RuleRequest>[]) {
  const set = new RuleSet(rules.map((rule, index) => ruleOf({ name: `rule ${index}`, ...rule })))
  return requests.map((request) => set.choose(requestOf(request))?.name ?? 'none')
}

t.test('choose() returns the first rule that matches, with or without a *', async (t) => {
  const exact = { when: { endpoint: '/alter/table' } }
  const wild = { when: { endpoint: '/alter/*' } }
  const requests = [{ endpoint: '/alter/table' }, { endpoint: '/alter/role' }, { endpoint: '/x' }]
  t.strictSame(answers([exact, wild], requests), ['rule 0', 'rule 1', 'none'])
  t.strictSame(answers([wild, exact], requests), ['rule 0', 'rule 0', 'none'])
})

const CONDITIONS: readonly {
  when: Partial<When>
  hit: Partial<RuleRequest>
  misses: readonly Partial<RuleRequest>[]
}[] = [
  { when: { as: 'job' }, hit: { as: 'job' }, misses: [{ as: 'direct' }] },
  { when: { as: 'direct' }, hit: { as: 'direct' }, misses: [{ as: 'job' }] },
  { when: { tag: 'a' }, hit: { tag: 'a' }, misses: [{ tag: 'ab' }, {}] },
  { when: { tag: new TextPattern('^a') }, hit: { tag: 'ab' }, misses: [{ tag: 'ba' }, {}] },
  { when: { user: 'eve' }, hit: { user: 'eve' }, misses: [{ user: 'adam' }, {}] },
  { when: { encoding: 'snappy' }, hit: { encoding: 'snappy' }, misses: [{ encoding: 'binary' }] },
  {
    when: { request: { options: { ttl: '5' } } },
    hit: { request: { table_name: 'x', options: { ttl: '5', more: 'y' } } },
    misses: [{ request: { options: { ttl: '6' } } }, {}],
  },
]

for (const { when, hit, misses } of CONDITIONS) {
  t.test(`choose() checks ${Object.keys(when).join()}: ${JSON.stringify(when)}`, async (t) => {
    const expected = ['rule 0', ...misses.map(() => 'none')]
    t.strictSame(answers([{ when }], [hit, ...misses]), expected)
  })
}

t.test('choose() limits the answers of a rule to times', async (t) => {
  const rules = [{ times: 2 }, { times: 1 }]
  t.strictSame(answers(rules, [{}, {}, {}, {}]), ['rule 0', 'rule 0', 'rule 1', 'none'])
})

t.test('choose() counts for nth only requests that meet all other conditions', async (t) => {
  const rules = [{ when: { nth: 2, tag: 'a' } }]
  const requests = [{ tag: 'a' }, {}, { tag: 'b' }, { tag: 'a' }, { tag: 'a' }]
  t.strictSame(answers(rules, requests), ['none', 'none', 'none', 'rule 0', 'none'])
})

t.test('choose() counts for nth also requests that an earlier rule answers', async (t) => {
  const rules = [{ when: { nth: 1 } }, { when: { nth: 2 } }, { when: { nth: 3 } }, {}]
  t.strictSame(answers(rules, [{}, {}, {}, {}]), ['rule 0', 'rule 1', 'rule 2', 'rule 3'])
})

t.test('choose() with exactOnly skips rules with a *, whatever the requests before', async (t) => {
  for (const [first, second] of [
    [true, false],
    [false, true],
  ] as const) {
    const set = new RuleSet([ruleOf({ when: { endpoint: '/alter/*' } })])
    const asked = [first, second].map((exactOnly) => {
      return set.choose(requestOf({ exactOnly })) !== undefined
    })
    t.strictSame(asked, [!first, !second])
  }
  const set = new RuleSet([ruleOf({ when: { endpoint: '/alter/table' } })])
  t.ok(set.choose(requestOf({ exactOnly: true })))
})

t.test('size counts the rules', async (t) => {
  t.equal(new RuleSet([]).size, 0)
  t.equal(new RuleSet([ruleOf(), ruleOf({ when: { endpoint: '*' } })]).size, 2)
})

t.test('list() returns the rules in order, with id, origin and count', async (t) => {
  const [first, second] = [ruleOf({ name: 'first', times: 2 }), ruleOf({ name: 'second' })]
  const set = new RuleSet([first, second])
  for (let asked = 0; asked < 5; asked += 1) set.choose(requestOf())
  t.strictSame(set.list(), [
    { id: 'rule-1', origin: 'fixture', rule: first, answered: 2 },
    { id: 'rule-2', origin: 'fixture', rule: second, answered: 3 },
  ])
  t.strictSame(new RuleSet().list(), [])
})

t.test('get() returns a rule by its id', async (t) => {
  const [first, second] = [ruleOf({ name: 'first' }), ruleOf({ name: 'second' })]
  const set = new RuleSet([first, second])
  set.choose(requestOf())
  t.strictSame(set.get('rule-1'), { id: 'rule-1', origin: 'fixture', rule: first, answered: 1 })
  t.strictSame(set.get('rule-2'), { id: 'rule-2', origin: 'fixture', rule: second, answered: 0 })
})

t.test('get(), put() and remove() reject an unknown id', async (t) => {
  const set = new RuleSet([ruleOf()])
  for (const id of ['rule-2', 'rule-0', '', '1', 'a rule']) {
    const message = `Cannot find the rule ${id}: no rule has this id`
    const refused = { name: 'RuleError', code: 'RULE_NOT_FOUND', message }
    t.throws(() => set.get(id), refused)
    t.throws(() => set.put(id, ruleOf()), refused)
    t.throws(() => set.remove(id), refused)
  }
  t.equal(set.size, 1)
})

t.test('add() puts rules before all others, the newest first', async (t) => {
  const set = new RuleSet([ruleOf({ name: 'fixture' })])
  const added = set.add([ruleOf({ name: 'a', times: 1 }), ruleOf({ name: 'b', times: 1 })])
  set.add([ruleOf({ name: 'newest', times: 1 })])
  t.strictSame(
    added.map(({ id, origin, rule, answered }) => [id, origin, rule.name, answered]),
    [
      ['rule-2', 'control', 'a', 0],
      ['rule-3', 'control', 'b', 0],
    ],
  )
  const answered = Array.from({ length: 4 }, () => set.choose(requestOf())?.name)
  t.strictSame(answered, ['newest', 'a', 'b', 'fixture'])
  t.strictSame(set.add([]), [])
})

t.test('add() keeps the counts of other rules', async (t) => {
  const set = new RuleSet([ruleOf({ name: 'once', times: 1 }), ruleOf({ when: { nth: 2 } })])
  t.equal(set.choose(requestOf())?.name, 'once')
  set.add([ruleOf({ when: { endpoint: '/x' } })])
  t.equal(set.get('rule-1').answered, 1)
  t.equal(set.choose(requestOf())?.name, 'a rule')
})

t.test('nextId is the id of the next added rule, and no id is used twice', async (t) => {
  const set = new RuleSet([ruleOf()])
  const ids = Array.from({ length: 3 }, () => {
    const { nextId } = set
    const [added] = set.add([ruleOf()])
    t.equal(added?.id, nextId)
    set.clear()
    return nextId
  })
  t.strictSame(ids, ['rule-2', 'rule-3', 'rule-4'])
})

t.test('put() replaces a rule at its place and restarts its count', async (t) => {
  const set = new RuleSet(['a', 'b', 'c'].map((name) => ruleOf({ name, times: 1 })))
  set.choose(requestOf())
  set.choose(requestOf())
  const rule = ruleOf({ name: 'other', times: 1 })
  t.strictSame(set.put('rule-2', rule), { id: 'rule-2', origin: 'control', rule, answered: 0 })
  t.strictSame(
    set.list().map(({ id, rule: { name }, answered }) => [id, name, answered]),
    [
      ['rule-1', 'a', 1],
      ['rule-2', 'other', 0],
      ['rule-3', 'c', 0],
    ],
  )
  t.strictSame([set.choose(requestOf())?.name, set.choose(requestOf())?.name], ['other', 'c'])
})

t.test('remove() removes one rule, clear() removes all', async (t) => {
  const set = new RuleSet(['a', 'b'].map((name) => ruleOf({ name })))
  set.remove('rule-1')
  t.strictSame([set.size, set.choose(requestOf())?.name], [1, 'b'])
  set.clear()
  t.strictSame([set.size, set.choose(requestOf()), set.list()], [0, undefined, []])
})

t.test('replaceFixtures() keeps the rules from the control API, before the others', async (t) => {
  const set = new RuleSet([ruleOf({ name: 'old' })])
  set.add([ruleOf({ name: 'own', times: 2 })])
  set.put('rule-1', ruleOf({ name: 'put', times: 1 }))
  t.equal(set.choose(requestOf())?.name, 'own')
  set.replaceFixtures([ruleOf({ name: 'new' })])
  t.strictSame(
    set.list().map(({ id, origin, rule: { name }, answered }) => [id, origin, name, answered]),
    [
      ['rule-2', 'control', 'own', 1],
      ['rule-1', 'control', 'put', 0],
      ['rule-3', 'fixture', 'new', 0],
    ],
  )
})

t.test(
  'replaceFixtures() keeps the counts of rules that did not change and were there',
  async (t) => {
    const rules = Array.from({ length: 100 }, (_, index) => ruleOf({ when: { tag: `${index}` } }))
    const set = new RuleSet(rules)
    for (const tag of ['0', '50', '99', '99', '7']) set.choose(requestOf({ tag }))
    set.remove('rule-8')
    const copies = rules.map((rule) => ({ ...rule }))
    const kept = new Map(copies.map((copy, index) => [copy, rules[index] ?? copy] as const))
    kept.delete(copies[50] ?? ruleOf())
    set.replaceFixtures(copies.toReversed(), kept)
    const counts = set.list().map(({ rule, answered }) => [rule.when.tag, answered] as const)
    t.strictSame(
      counts.filter(([, answered]) => answered > 0),
      [
        ['99', 2],
        ['0', 1],
      ],
    )
  },
)

t.test('replaceFixtures() restarts the count of a rule that is loaded again', async (t) => {
  const rule = ruleOf({ times: 1 })
  const set = new RuleSet([rule])
  set.choose(requestOf())
  set.replaceFixtures([rule])
  t.equal(set.choose(requestOf()), rule)
})

t.test('a set rejects more than a hundred thousand rules and is then unchanged', async (t) => {
  const rule = ruleOf()
  const many = Array.from({ length: 99_999 }, () => rule)
  const own = ruleOf({ name: 'own' })
  const set = new RuleSet([rule])
  const [added] = set.add([own])
  const refused = {
    name: 'RuleError',
    code: 'TOO_MANY_RULES',
    message: 'Cannot take 100001 rules: the maximum is 100000',
  }
  t.throws(() => set.replaceFixtures([rule, ...many]), refused)
  t.throws(() => set.add(many), refused)
  t.strictSame(
    set.list().map(({ id }) => id),
    [added?.id, 'rule-1'],
  )
  t.equal(set.nextId, 'rule-3')
  set.replaceFixtures(many)
  t.equal(set.size, 100_000)
  t.throws(() => set.add([rule]), refused)
  const full = new RuleSet(many)
  full.add([rule])
  t.equal(full.size, 100_000)
  t.throws(() => full.add([rule]), refused)
})

t.test('put() and remove() of rules from fixtures concern only their own set', async (t) => {
  const rules = ['a', 'b', 'c'].map((name) => ruleOf({ name, times: 1 }))
  const [changed, other] = [new RuleSet(rules), new RuleSet(rules)]
  changed.put('rule-2', ruleOf({ name: 'put', times: 1 }))
  changed.remove('rule-1')
  t.throws(() => changed.get('rule-1'), { code: 'RULE_NOT_FOUND' })
  t.throws(() => changed.remove('rule-1'), { code: 'RULE_NOT_FOUND' })
  t.equal(changed.size, 2)
  const names = (set: RuleSet) => Array.from({ length: 4 }, () => set.choose(requestOf())?.name)
  t.strictSame(names(changed), ['put', 'c', undefined, undefined])
  t.strictSame(names(other), ['a', 'b', 'c', undefined])
  t.strictSame(
    other.list().map(({ id, answered }) => [id, answered]),
    [
      ['rule-1', 1],
      ['rule-2', 1],
      ['rule-3', 1],
    ],
  )
  changed.remove('rule-2')
  t.strictSame(
    changed.list().map(({ id }) => id),
    ['rule-3'],
  )
})

/** A list of rules that counts how often the conditions of one of them are read. */
function countReads(
  count: number,
  whenOf: (index: number) => Partial<When> = () => ({}),
): { rules: readonly Rule[]; reads: () => number } {
  let reads = 0
  const rules = Array.from({ length: count }, (_, index) => {
    const rule = ruleOf({ name: `rule ${index}`, when: whenOf(index) })
    return Object.defineProperty({ ...rule }, 'when', {
      get() {
        reads += 1
        return rule.when
      },
    })
  })
  return { rules, reads: () => reads }
}

t.test('sets with one list of rules share its index', async (t) => {
  const { rules, reads } = countReads(1000)
  const budget = new RuleBudget(Number.POSITIVE_INFINITY)
  const first = new RuleSet(rules, { budget })
  const counted = reads()
  const others = Array.from({ length: 49 }, () => new RuleSet(rules, { budget }))
  t.equal(reads(), counted, 'the bytes of the list are counted once')
  first.choose(requestOf({ endpoint: '/x' }))
  const once = reads()
  t.ok(once > counted, 'the list is indexed at the first request')
  for (const set of [first, ...others]) set.choose(requestOf({ endpoint: '/x' }))
  t.equal(reads(), once)
})

t.test('a change of a large set reads no other rules of other endpoints', async (t) => {
  const { rules, reads } = countReads(1000)
  const set = new RuleSet(rules)
  set.choose(requestOf({ endpoint: '/x' }))
  const once = reads()
  const other = ruleOf({ when: { endpoint: '/x' } })
  for (let count = 0; count < 100; count += 1) {
    const [added] = set.add([other])
    set.put(added?.id ?? '', other)
    t.equal(set.choose(requestOf({ endpoint: '/x' })), other)
    set.remove(added?.id ?? '')
    set.put(`rule-${count + 1}`, other)
    set.remove(`rule-${count + 501}`)
    t.equal(set.choose(requestOf({ endpoint: '/x' })), other)
  }
  t.equal(set.size, 900)
  t.ok(reads() <= once + 200, `${reads()} reads, ${once} of them by the index`)
})

t.test('choose() reads no rules behind the one that answers, unless they have nth', async (t) => {
  const { rules, reads } = countReads(1000)
  const set = new RuleSet([ruleOf(), ...rules])
  set.choose(requestOf())
  const once = reads()
  set.choose(requestOf())
  t.equal(reads(), once)
})

/** Rules with conditions that differ, and a request that meets those of rule 7. */
const DISTINCT: readonly {
  readonly what: string
  readonly when: (index: number) => Partial<When>
  readonly asked: Partial<RuleRequest>
}[] = [
  { what: 'a tag', when: (index) => ({ tag: `${index}` }), asked: { tag: '7' } },
  {
    what: 'a tag for any endpoint',
    when: (index) => ({ endpoint: '*', tag: `${index}` }),
    asked: { tag: '7' },
  },
  {
    what: 'a number in a list',
    when: (index) => ({ request: { a: ['x', index] } }),
    asked: { request: { a: ['x', 7n], b: 'y' } },
  },
  {
    what: 'a common field and another',
    when: (index) => ({ encoding: 'json', request: { a: 'x', b: Buffer.from(`${index}`) } }),
    asked: { request: { a: 'x', b: Buffer.from('7') } },
  },
  {
    what: 'a common regular expression and a text',
    when: (index) => ({ user: new TextPattern('x'), tag: `${index}` }),
    asked: { user: 'xx', tag: '7' },
  },
  {
    what: 'a regular expression for fields of different names',
    when: (index) => ({ request: { o: { [`k${index}`]: new TextPattern('x') } } }),
    asked: { request: { o: { a: '', k7: 'x' } } },
  },
  {
    what: 'nth and a tag',
    when: (index) => ({ tag: `${index}`, nth: 1 }),
    asked: { tag: '7' },
  },
]

for (const { what, when, asked } of DISTINCT) {
  t.test(`choose() compares at most two of 10,000 rules if each has ${what}`, async (t) => {
    const { rules, reads } = countReads(10_000, when)
    const set = new RuleSet(rules)
    set.match(requestOf(asked))
    const once = reads()
    t.equal(set.choose(requestOf(asked))?.name, 'rule 7')
    t.ok(reads() - once <= 2 * 2, `${reads() - once} reads`)
  })

  t.test(`a change of many rules with ${what} reads only the changed rules`, async (t) => {
    const { rules, reads } = countReads(2000, when)
    const set = new RuleSet()
    const added = set.add(rules)
    set.match(requestOf(asked))
    const once = reads()
    const other = ruleOf({ when: when(7) })
    for (const { id } of added.slice(8, 108)) {
      set.remove(id)
      const [before] = set.add([other])
      set.choose(requestOf(asked))
      set.remove(before?.id ?? '')
      set.put(added[7]?.id ?? '', other)
    }
    t.equal(set.choose(requestOf(asked)), other)
    t.equal(set.size, 1900)
    t.ok(reads() - once <= 1000, `${reads() - once} reads`)
  })
}

t.test('remove() finds a rule by the one of its conditions by which it is found', async (t) => {
  const whenK = (k: string) => ruleOf({ when: { request: { k } } })
  const request = { k: 'x', l: 'y' }
  for (const alone of [true, false]) {
    const set = new RuleSet()
    const [first] = set.add([whenK('x')])
    const [other] = set.add([whenK('z')])
    // Fewer rules are found by l than by k.
    const [both] = set.add([ruleOf({ when: { request } })])
    if (alone) set.remove(first?.id ?? '')
    set.remove(both?.id ?? '')
    t.equal(set.choose(requestOf({ request })), alone ? undefined : first?.rule)
    t.equal(set.choose(requestOf({ request: { k: 'z' } })), other?.rule)
  }
})

t.test('a request is not searched for what only deleted rules require', async (t) => {
  let looks = 0
  const options = new Proxy(
    { k0: 'x' },
    {
      getOwnPropertyDescriptor(...parts) {
        looks += 1
        return Reflect.getOwnPropertyDescriptor(...parts)
      },
    },
  )
  const set = new RuleSet()
  const added = set.add(
    Array.from({ length: 10 }, (_, index) => ruleOf({ when: { request: { [`k${index}`]: 'x' } } })),
  )
  const asked = requestOf({ request: options })
  set.match(asked)
  t.equal(looks, 10)
  for (const { id } of added.slice(1)) set.remove(id)
  looks = 0
  set.match(asked)
  t.equal(looks, 1)
})

t.test('explain() prefers rules with a value of the request to others', async (t) => {
  const { rules, reads } = countReads(10_000, (index) => ({ tag: `${index}`, user: 'x' }))
  const set = new RuleSet(rules)
  const asked = requestOf({ tag: '7000' })
  set.match(asked)
  const once = reads()
  t.equal(set.explain(asked)?.rule.name, 'rule 7000')
  t.ok(reads() - once <= 1000, `${reads() - once} reads`)
})

t.test('explain() compares at most 200 rules', async (t) => {
  for (const endpoint of ['/alter/table', '/x']) {
    const far = Array.from({ length: 200 }, () => ruleOf({ when: { tag: 'a', user: 'b' } }))
    const near = ruleOf({ name: 'near', when: { tag: 'a' } })
    const asked = requestOf({ endpoint })
    t.equal(new RuleSet([...far.slice(1), near]).explain(asked)?.rule, near, endpoint)
    t.equal(new RuleSet([...far, near]).explain(asked)?.rule, far[0], endpoint)
    const added = new RuleSet([near])
    added.add(far)
    t.not(added.explain(asked)?.rule, near, endpoint)
  }
})

t.test('explain() compares fewer rules if their expressions read too much', async (t) => {
  const user = 'x'.repeat(400_000)
  const far = Array.from({ length: 100 }, (_, index) => {
    return ruleOf({ when: { user: new TextPattern(`[y${index}]$`), tag: 'a' } })
  })
  const near = ruleOf({ name: 'near', when: { tag: 'a' } })
  const explained = new RuleSet([...far, near]).explain(requestOf({ user }))
  t.equal(explained?.rule, far[0])
  t.equal(explained?.mismatches.length, 2)
})

t.test('explain() names at most 20 conditions of a rule', async (t) => {
  const entries = Array.from({ length: 100 }, (_, index) => [`f${index}`, 'x'] as const)
  const set = new RuleSet([ruleOf({ when: { request: Object.fromEntries(entries) } })])
  t.equal(set.explain(requestOf())?.mismatches.length, 20)
})

t.test('isAbout() is true if an endpoint has rules, matching or not', async (t) => {
  const set = new RuleSet([ruleOf({ when: { endpoint: '/alter/*', as: 'job' } })])
  t.equal(set.isAbout(requestOf({ as: 'direct' })), true)
  t.equal(set.isAbout(requestOf({ endpoint: '/create/table' })), false)
  t.equal(new RuleSet([]).isAbout(requestOf()), false)
})

t.test('explain() names the rule with the fewest mismatches, the first of several', async (t) => {
  const far = ruleOf({ name: 'far', when: { as: 'job', tag: 'x', user: 'y' } })
  const near = ruleOf({ name: 'near', when: { tag: 'x' } })
  const other = ruleOf({ name: 'other', when: { tag: 'z' } })
  const explained = new RuleSet([far, near, other]).explain(requestOf())
  t.equal(explained?.rule, near)
  t.strictSame(explainAll(explained?.mismatches ?? []), [
    { path: 'tag', expected: '"x"', got: '""' },
  ])
})

t.test('explain() names every condition that fails', async (t) => {
  const when = {
    endpoint: '/create/*',
    as: 'job',
    tag: 'a',
    user: 'b',
    encoding: 'json',
    request: { c: 'd' },
  } as const
  const set = new RuleSet([ruleOf({ when })])
  t.strictSame(explainAll(set.explain(requestOf({ encoding: 'snappy' }))?.mismatches ?? []), [
    { path: 'endpoint', expected: '/create/*', got: '/alter/table' },
    { path: 'as', expected: 'job', got: 'direct' },
    { path: 'tag', expected: '"a"', got: '""' },
    { path: 'user', expected: '"b"', got: '""' },
    { path: 'encoding', expected: '"json"', got: '"snappy"' },
    { path: 'request.c', expected: '"d"', got: 'nothing' },
  ])
})

t.test('explain() reports that a rule has reached times, or has another nth', async (t) => {
  const set = new RuleSet([ruleOf({ times: 1, when: { nth: 2 } })])
  for (const [met, mismatches] of [
    [1, [{ path: 'nth', expected: 'request 2', got: 'request 1' }]],
    [2, undefined],
    [
      3,
      [
        { path: 'nth', expected: 'request 2', got: 'request 3' },
        { path: 'times', expected: 'at most 1', got: 'one more' },
      ],
    ],
  ] as const) {
    const chosen = set.choose(requestOf())
    const explained = chosen ? undefined : set.explain(requestOf())?.mismatches
    t.strictSame(explained && explainAll(explained), mismatches, String(met))
  }
})

t.test('explain() compares only the rules of the endpoint if it has any', async (t) => {
  const other = ruleOf({ name: 'other', when: { endpoint: '/create/table' } })
  const own = ruleOf({ name: 'own', when: { as: 'job', tag: 'x', user: 'y' } })
  t.equal(new RuleSet([other, own]).explain(requestOf())?.rule, own)
  t.equal(new RuleSet([other]).explain(requestOf())?.rule, other)
  t.equal(new RuleSet([]).explain(requestOf()), undefined)
})

const endpoint = fc.constantFrom('/a', '/b')
const name = fc.constantFrom('', 'x')
const small = fc.integer({ min: 1, max: 3 })
const fields = fc.record({ f: name }, { requiredKeys: [] })

/** A condition that is present one time in five: otherwise almost no rule would match. */
function seldom<Value>(arbitrary: fc.Arbitrary<Value>) {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

const anyRule = fc
  .record({
    endpoint: fc.constantFrom('/a', '/b', '/*', '*', '*b'),
    as: fc.constantFrom('any', 'any', 'job', 'direct'),
    tag: seldom(name),
    user: seldom(name),
    encoding: seldom(fc.constantFrom('json', 'binary')),
    request: seldom(fields),
    nth: seldom(small),
    times: seldom(small),
  })
  .map(({ times, ...given }) => {
    const when = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    )
    return ruleOf(times === undefined ? { when } : { when, times })
  })

const anyRequest: fc.Arbitrary<RuleRequest> = fc.record({
  endpoint,
  exactOnly: fc.boolean(),
  as: fc.constantFrom('job', 'direct'),
  tag: name,
  user: name,
  encoding: fc.constantFrom('json', 'binary', 'snappy'),
  cluster: name,
  request: fields,
})

/** Whether all conditions except nth and times hold. */
function holds({ when }: Rule, request: RuleRequest): boolean {
  const open = !(request.exactOnly && when.endpoint.includes('*'))
  return open && matchesRequest(when, request)
}

/** An operation on a set. */
type Action =
  | { readonly kind: 'add'; readonly rules: readonly Rule[] }
  | { readonly kind: 'put'; readonly pick: number; readonly rule: Rule }
  | { readonly kind: 'remove'; readonly pick: number }
  | { readonly kind: 'replaceFixtures'; readonly rules: readonly Rule[] }
  | { readonly kind: 'choose'; readonly request: RuleRequest }
  | { readonly kind: 'clear' }

/** A simple rule set without an index. */
class ModelSet {
  #rules: { origin: string; rule: Rule; met: number; answered: number }[]

  constructor(rules: readonly Rule[]) {
    this.#rules = rules.map((rule) => count('fixture', rule))
  }

  get listed() {
    return this.#rules.map(({ origin, rule, answered }) => ({ origin, rule, answered }))
  }

  do(action: Action): Rule | undefined {
    switch (action.kind) {
      case 'add':
        this.#rules = [...action.rules.map((rule) => count('control', rule)), ...this.#rules]
        return undefined
      case 'put':
        this.#rules = this.#rules.map((old, index) => {
          return index === action.pick ? count('control', action.rule) : old
        })
        return undefined
      case 'remove':
        this.#rules = this.#rules.filter((_, index) => index !== action.pick)
        return undefined
      case 'replaceFixtures': {
        const own = this.#rules.filter(({ origin }) => origin === 'control')
        this.#rules = [...own, ...action.rules.map((rule) => count('fixture', rule))]
        return undefined
      }
      case 'choose':
        return this.#choose(action.request)
      case 'clear':
        this.#rules = []
        return undefined
    }
  }

  #choose(request: RuleRequest): Rule | undefined {
    const meeting = this.#rules.filter(({ rule }) => holds(rule, request))
    for (const entry of meeting) entry.met += 1
    const taker = meeting.find(({ rule: { when, times = 99 }, met, answered }) => {
      return (when.nth ?? met) === met && answered < times
    })
    if (taker) taker.answered += 1
    return taker?.rule
  }
}

function count(origin: string, rule: Rule) {
  return { origin, rule, met: 0, answered: 0 }
}

t.test('choose() agrees with a search through all rules', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.array(anyRule, { maxLength: 6 }),
        fc.array(anyRequest, { maxLength: 12 }),
        (unnamed, requests) => {
          const rules = unnamed.map((rule, index) => ({ ...rule, name: `rule ${index}` }))
          const set = new RuleSet(rules)
          const model = new ModelSet(rules)
          assert.deepEqual(
            requests.map((request) => set.choose(request)?.name),
            requests.map((request) => model.do({ kind: 'choose', request })?.name),
          )
        },
      ),
      { numRuns: 1000 },
    ),
  )
})

/** Values that equal each other as values of requests, or that are found in similar ways. */
const VALUES: readonly JobValue[] = [
  ...['', 'x', '\0regex x', '\0text \0regex x', '\0bytes x', '0', 'null', 'x'.repeat(200)],
  ...[0, -0, 1, 1n, 1.5, 2 ** 62, 2n ** 62n, 2n ** 62n + 1n, Number.NaN, null, true, false],
  ...[Buffer.from('x'), Buffer.from('\0regex x'), Buffer.alloc(200), Buffer.alloc(201)],
]

/** Patterns, of which one has a key of most objects, and keys in which others look. */
const REGEXES = ['x', '^x$', 'regex', '^$'].map((source) => new TextPattern(source))

/** Values of requests, and patterns with `leaf`: many with the same keys. */
function nested<Leaf extends Pattern>(leaf: fc.Arbitrary<Leaf>) {
  const keys = fc.constantFrom('0', '1', 'a', '', '__proto__', 'toString')
  const list = fc.array(leaf, { maxLength: 2 })
  const inside = fc.oneof(leaf, list, fc.dictionary(keys, fc.oneof(leaf, list), { maxKeys: 3 }))
  return fc.dictionary(keys, inside, { maxKeys: 3 })
}

const anyText = fc.constantFrom('', 'x', '\0regex x', 'y')
const anyDeepRequest = fc
  .record({ tag: anyText, user: anyText, request: nested(fc.constantFrom(...VALUES)) })
  .map(requestOf)

/** Some rules, and requests of which some have the values of a rule. */
const anyDeepCase = fc.array(anyDeepRequest, { minLength: 10, maxLength: 10 }).chain((requests) =>
  fc.record({
    requests: fc.constant(requests),
    rules: fc.array(
      fc.record(
        {
          when: fc.record(
            {
              endpoint: fc.constantFrom('/alter/table', '/alter/*', '/x'),
              tag: fc.oneof(anyText, fc.constantFrom(...REGEXES)),
              user: fc.oneof(anyText, fc.constantFrom(...REGEXES)),
              request: fc.oneof(
                nested(fc.constantFrom<Pattern>(...VALUES, ...REGEXES)),
                fc.constantFrom(...requests.map(({ request }) => request)),
              ),
              nth: fc.constantFrom(1, 2),
            },
            { requiredKeys: ['endpoint'] },
          ),
        },
        { requiredKeys: ['when'] },
      ),
      { maxLength: 40 },
    ),
  }),
)

t.test('choose() agrees with a search through all rules for values of all kinds', async (t) => {
  const property = fc.property(anyDeepCase, ({ rules: parts, requests }) => {
    const rules = parts.map(({ when }, index) => ruleOf({ name: `rule ${index}`, when }))
    const [set, model] = [new RuleSet(rules), new ModelSet(rules)]
    assert.deepEqual(
      requests.map((request) => set.choose(request)?.name),
      requests.map((request) => model.do({ kind: 'choose', request })?.name),
    )
  })
  // Ten choices each.
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

const anyRules = fc.array(anyRule, { maxLength: 3 })

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add'), rules: anyRules }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('put'), pick: fc.nat(5), rule: anyRule }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), pick: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replaceFixtures'), rules: anyRules }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('choose'), request: anyRequest }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear') }) },
)

function doTo(set: RuleSet, action: Action): Rule | undefined {
  const idAt = (pick: number) => set.list()[pick]?.id
  switch (action.kind) {
    case 'add':
      set.add(action.rules)
      return undefined
    case 'put': {
      const id = idAt(action.pick)
      if (id !== undefined) set.put(id, action.rule)
      return undefined
    }
    case 'remove': {
      const id = idAt(action.pick)
      if (id !== undefined) set.remove(id)
      return undefined
    }
    case 'replaceFixtures':
      set.replaceFixtures(action.rules)
      return undefined
    case 'choose':
      return set.choose(action.request)
    case 'clear':
      set.clear()
      return undefined
  }
}

t.test('a set under changes agrees with its model', async (t) => {
  const anyActions = fc.array(anyAction, { maxLength: 30, size: 'max' })
  const property = fc.property(anyRules, anyActions, (rules, actions) => {
    const set = new RuleSet(rules)
    const model = new ModelSet(rules)
    for (const action of actions) {
      assert.equal(doTo(set, action), model.do(action))
      const listed = set.list()
      assert.deepEqual(
        listed.map(({ origin, rule, answered }) => ({ origin, rule, answered })),
        model.listed,
      )
      assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length)
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

function rulesFor(endpoints: readonly string[]): Rule[] {
  return endpoints.map((endpoint, index) => ruleOf({ name: `rule ${index}`, when: { endpoint } }))
}

function indexOf(endpoints: readonly string[]): RuleIndex<IndexedRule> {
  return new RuleIndex(rulesFor(endpoints).map(indexedRule))
}

function candidates(index: RuleIndex<IndexedRule>, parts: Partial<RuleRequest>): Rule[] {
  const { lists } = index.candidatesOf(requestOf(parts))
  return Array.from(mergeByRank(lists), ({ rule }) => rule)
}

function candidateNames(
  index: RuleIndex<IndexedRule>,
  endpoint: string,
  exactOnly = false,
): string[] {
  return candidates(index, { endpoint, exactOnly }).map(({ when }) => when.endpoint)
}

t.test(
  'candidatesOf() returns the rules of an endpoint in order, with or without a *',
  async (t) => {
    const index = indexOf(['/a/*', '/a/b', '*', '/c', '/a/b', '*/b'])
    t.strictSame(candidateNames(index, '/a/b'), ['/a/*', '/a/b', '*', '/a/b', '*/b'])
    t.strictSame(candidateNames(index, '/c'), ['*', '/c'])
    t.strictSame(candidateNames(index, '/d'), ['*'])
  },
)

t.test('candidatesOf() with exactOnly returns only rules without a *', async (t) => {
  const index = indexOf(['/a/*', '/a/b', '*', '/a/b'])
  t.strictSame(candidateNames(index, '/a/b', true), ['/a/b', '/a/b'])
  t.strictSame(candidateNames(index, '/a/c', true), [])
  t.strictSame(candidateNames(index, '/a/b'), ['/a/*', '/a/b', '*', '/a/b'])
})

t.test('candidatesOf() agrees with a search through all rules', async (t) => {
  const endpoint = fc.constantFrom('/a', '/b', '/a/b', '*', '/*', '/a*', '*b')
  const asked = fc.record({ endpoint, exactOnly: fc.boolean() })
  const property = fc.property(fc.array(endpoint), fc.array(asked), (endpoints, requests) => {
    const rules = rulesFor(endpoints)
    const index = new RuleIndex(rules.map(indexedRule))
    for (const parts of requests) {
      const expected = rules.filter(({ when }) => {
        const open = !(parts.exactOnly && when.endpoint.includes('*'))
        return open && matchesEndpoint(when.endpoint, parts.endpoint)
      })
      assert.deepEqual(candidates(index, parts), expected)
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test('findFirstShadowed() looks at no rule after the last that it returns', async (t) => {
  let looks = 0
  const rules = Array.from({ length: 1000 }, () => {
    const { when, ...rest } = ruleOf()
    const look = () => {
      looks += 1
      return when
    }
    return Object.defineProperty({ ...rest, when }, 'when', { get: look })
  })
  const search = { ownEndpoints: OWN_ENDPOINTS, max: 10 }
  t.equal(findFirstShadowed(rules, search).length, 10)
  t.ok(looks < 200, `${looks}`)
})

/** Pairs of a shadowed rule and the rule that shadows it, by their indexes. */
function shadowsOf(parts: readonly RuleParts[]): (readonly [number, number])[] {
  const rules = parts.map(ruleOf)
  return Array.from(findShadowed(rules, OWN_ENDPOINTS), ({ rule, by }) => [
    rules.indexOf(rule),
    rules.indexOf(by),
  ])
}

const SHADOWED: readonly { wide: Partial<When>; narrow: Partial<When> }[] = [
  { wide: {}, narrow: {} },
  { wide: {}, narrow: { as: 'job', tag: 'a', user: 'b', encoding: 'json', nth: 2 } },
  { wide: { endpoint: '/alter/*' }, narrow: {} },
  { wide: { endpoint: '*' }, narrow: { endpoint: '/alter/*' } },
  { wide: { as: 'job' }, narrow: { as: 'job' } },
  { wide: { request: { a: 'b' } }, narrow: { request: { a: 'b', c: 'd' } } },
  { wide: { tag: new TextPattern('a') }, narrow: { tag: 'xax' } },
  { wide: { user: new TextPattern('a') }, narrow: { user: new TextPattern('a') } },
  { wide: { encoding: 'json' }, narrow: { encoding: 'json' } },
]

for (const { wide, narrow } of SHADOWED) {
  t.test(`${JSON.stringify(wide)} shadows ${JSON.stringify(narrow)}`, async (t) => {
    t.strictSame(shadowsOf([{ when: wide }, { when: narrow }]), [[1, 0]])
  })
}

const OPEN: readonly { wide: Partial<When>; narrow: Partial<When> }[] = [
  { wide: { endpoint: '/alter/role' }, narrow: {} },
  { wide: {}, narrow: { endpoint: '/alter/*' } },
  { wide: { endpoint: '/alter/*' }, narrow: { endpoint: '*' } },
  { wide: { as: 'job' }, narrow: {} },
  { wide: { as: 'job' }, narrow: { as: 'direct' } },
  { wide: { request: { a: 'b', c: 'd' } }, narrow: { request: { a: 'b' } } },
  { wide: { request: {} }, narrow: {} },
  { wide: { tag: 'a' }, narrow: { tag: new TextPattern('^a$') } },
  { wide: { user: new TextPattern('a+') }, narrow: { user: new TextPattern('aa') } },
  { wide: { encoding: 'json' }, narrow: { encoding: 'binary' } },
  { wide: { nth: 1 }, narrow: {} },
]

for (const { wide, narrow } of OPEN) {
  t.test(`${JSON.stringify(wide)} does not shadow ${JSON.stringify(narrow)}`, async (t) => {
    t.strictSame(shadowsOf([{ when: wide }, { when: narrow }]), [])
  })
}

t.test('findShadowed() does not report rules behind a rule with times', async (t) => {
  t.strictSame(shadowsOf([{ times: 5 }, { times: 5 }, {}, { times: 5 }, {}]), [
    [3, 2],
    [4, 2],
  ])
})

/** The number of times that `findShadowed` looks at the endpoints of rules. */
function countLooks(whens: readonly Partial<When>[]): number {
  let looks = 0
  const rules = whens.map((when) => {
    const rule = ruleOf({ when })
    const counted = Object.defineProperty({ ...rule.when }, 'endpoint', {
      get() {
        looks += 1
        return rule.when.endpoint
      },
    })
    return { ...rule, when: counted }
  })
  t.strictSame([...findShadowed(rules, OWN_ENDPOINTS)], [])
  return looks
}

const MANY_CONDITIONS: readonly { what: string; when: (index: number) => Partial<When> }[] = [
  { what: 'a tag', when: (index) => ({ tag: `tag-${index}` }) },
  { what: 'a tag for *', when: (index) => ({ endpoint: '/alter/*', tag: `tag-${index}` }) },
  { what: 'a common and another field', when: (index) => ({ request: { a: 'x', b: index } }) },
  { what: 'a regular expression', when: (index) => ({ user: new TextPattern(`u${index}`) }) },
  {
    what: 'a text, most after regular expressions',
    when: (index) => ({ user: index < 100 ? new TextPattern(`^u${index}$`) : `v${index}` }),
  },
  { what: 'another pattern of endpoints', when: (index) => ({ endpoint: `/alter/${index}.*` }) },
  {
    what: 'some of the same fields',
    when: (index) => ({
      request: Object.fromEntries(
        Array.from(index.toString(2).padStart(12, '0'), (digit, key) => [key, digit]),
      ),
    }),
  },
]

for (const { what, when } of MANY_CONDITIONS) {
  t.test(`findShadowed() is linear in the number of rules with ${what}`, async (t) => {
    const [some, many] = [300, 3000].map((count) =>
      Array.from({ length: count }, (_, at) => when(at)),
    )
    const [few = 0, most = 0] = [some ?? [], many ?? []].map(countLooks)
    t.ok(few > 0 && most <= few * 15, `${few} looks for 300 rules, ${most} for 3000`)
  })
}

t.test('findShadowed() finds the same conditions among any number of others', async (t) => {
  for (const part of [
    { tag: 'twice' },
    { tag: new TextPattern('twice') },
    { request: { a: 'x', b: [1, 'twice'] } },
    { request: { a: Buffer.from('twice'), b: null, c: true } },
    { request: { a: 'x'.repeat(1000) } },
  ]) {
    for (const endpoint of ['/alter/table', '/alter/*']) {
      const apart = Array.from({ length: 300 }, (_, index) => ({
        when: { endpoint, request: { a: 'x', b: [1, `${index}`] }, tag: `tag-${index}` },
      }))
      const twice = { when: { endpoint, ...part } }
      t.strictSame(shadowsOf([...apart, twice, twice]), [[301, 300]])
    }
  }
})

t.test('findShadowed() compares a text with 20 regular expressions of its place', async (t) => {
  const apart = Array.from({ length: 20 }, (_, index) => ({
    when: { tag: new TextPattern(`^${index}$`) },
  }))
  const rules = [{ when: { tag: new TextPattern('x') } }, { when: { tag: 'x' } }]
  t.strictSame(shadowsOf([...apart.slice(1), ...rules]), [[20, 19]])
  t.strictSame(shadowsOf([...apart, ...rules]), [])
})

const text = fc.constantFrom('', 'x', 'y')
const fewFields = fc.record({ f: text, g: text }, { requiredKeys: [] })

const anyPlainRule = fc
  .record(
    {
      when: fc.record(
        {
          endpoint: fc.constantFrom('/a', '/b', '/*', '*', '*b', '/*b', '**'),
          as: fc.constantFrom('any', 'job', 'direct'),
          tag: fc.oneof(
            text,
            text.map((source) => new TextPattern(source)),
          ),
          request: fewFields,
          nth: fc.integer({ min: 1, max: 2 }),
        },
        { requiredKeys: ['endpoint', 'as'] },
      ),
      times: fc.integer({ min: 1, max: 2 }),
    },
    { requiredKeys: ['when'] },
  )
  .map(ruleOf)

const anyPlainRequest = fc
  .record({
    endpoint: fc.constantFrom('/a', '/b', '/ab'),
    as: fc.constantFrom('job', 'direct'),
    tag: text,
    request: fewFields,
  })
  .map(requestOf)

t.test('findShadowed() finds only rules that never answer', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.array(anyPlainRule, { minLength: 2, maxLength: 6 }),
        fc.array(anyPlainRequest, { minLength: 5, maxLength: 20 }),
        (rules, requests) => {
          const set = new RuleSet(rules)
          const dead = new Set([...findShadowed(rules, OWN_ENDPOINTS)].map(({ rule }) => rule))
          for (const request of requests) {
            const chosen = set.choose(request)
            assert.ok(!(chosen && dead.has(chosen)))
          }
        },
      ),
      { numRuns: 1000 },
    ),
  )
})

t.test('RuleError has a code and a message', async (t) => {
  const error = new RuleError('RULE_NOT_FOUND', 'Cannot find the rule rule-7: no rule has this id')
  t.type(error, Error)
  t.match(error, {
    name: 'RuleError',
    code: 'RULE_NOT_FOUND',
    message: 'Cannot find the rule rule-7: no rule has this id',
  })
})
