import fc from 'fast-check'
import t from 'tap'
import { matchesEndpoint } from '../../src/rules/endpoint-pattern.ts'
import type { Rule, RuleRequest, When } from '../../src/rules/rule.ts'
import { RuleSet } from '../../src/rules/rule-set.ts'
import { TextPattern } from '../../src/rules/text-pattern.ts'
import { type RuleParts, requestOf, ruleOf } from '../support/rules.ts'

/** The names of the rules that answer requests one after the other. */
function answers(rules: readonly RuleParts[], requests: readonly Partial<RuleRequest>[]) {
  const set = new RuleSet(rules.map((rule, index) => ruleOf({ name: `rule ${index}`, ...rule })))
  return requests.map((request) => set.choose(requestOf(request))?.name ?? 'none')
}

t.test('choose() takes the first rule that matches, exact or not', async (t) => {
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
  t.test(`choose() looks at ${Object.keys(when).join()}: ${JSON.stringify(when)}`, async (t) => {
    const expected = ['rule 0', ...misses.map(() => 'none')]
    t.strictSame(answers([{ when }], [hit, ...misses]), expected)
  })
}

t.test('choose() lets a rule answer as often as times says', async (t) => {
  const rules = [{ times: 2 }, { times: 1 }]
  t.strictSame(answers(rules, [{}, {}, {}, {}]), ['rule 0', 'rule 0', 'rule 1', 'none'])
})

t.test('choose() counts for nth only what matches all else', async (t) => {
  const rules = [{ when: { nth: 2, tag: 'a' } }]
  const requests = [{ tag: 'a' }, {}, { tag: 'b' }, { tag: 'a' }, { tag: 'a' }]
  t.strictSame(answers(rules, requests), ['none', 'none', 'none', 'rule 0', 'none'])
})

t.test('choose() counts for nth what an earlier rule answers too', async (t) => {
  const rules = [{ when: { nth: 1 } }, { when: { nth: 2 } }, { when: { nth: 3 } }, {}]
  t.strictSame(answers(rules, [{}, {}, {}, {}]), ['rule 0', 'rule 1', 'rule 2', 'rule 3'])
})

t.test('choose() with exactOnly takes no rule with a *, whatever was asked before', async (t) => {
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

t.test('isAbout() tells whether an endpoint has rules, matching or not', async (t) => {
  const set = new RuleSet([ruleOf({ when: { endpoint: '/alter/*', as: 'job' } })])
  t.equal(set.isAbout(requestOf({ as: 'direct' })), true)
  t.equal(set.isAbout(requestOf({ endpoint: '/create/table' })), false)
  t.equal(new RuleSet([]).isAbout(requestOf()), false)
})

t.test('explain() names the rule with the fewest mismatches, the first of several', async (t) => {
  const far = ruleOf({ name: 'far', when: { as: 'job', tag: 'x', user: 'y' } })
  const near = ruleOf({ name: 'near', when: { tag: 'x' } })
  const other = ruleOf({ name: 'other', when: { tag: 'z' } })
  t.strictSame(new RuleSet([far, near, other]).explain(requestOf()), {
    rule: near,
    mismatches: [{ path: 'tag', expected: '"x"', got: '""' }],
  })
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
  t.strictSame(set.explain(requestOf({ encoding: 'snappy' }))?.mismatches, [
    { path: 'endpoint', expected: '/create/*', got: '/alter/table' },
    { path: 'as', expected: 'job', got: 'direct' },
    { path: 'tag', expected: '"a"', got: '""' },
    { path: 'user', expected: '"b"', got: '""' },
    { path: 'encoding', expected: '"json"', got: '"snappy"' },
    { path: 'request.c', expected: '"d"', got: 'nothing' },
  ])
})

t.test('explain() says that a rule has answered enough, or waits for its turn', async (t) => {
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
    t.strictSame(explained, mismatches, String(met))
  }
})

t.test('explain() looks at the rules of the endpoint alone where it has some', async (t) => {
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

/** A condition that is there one time in five: else hardly a rule would match. */
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
  request: fields,
})

/** Whether all but nth and times holds. */
function holds({ when }: Rule, request: RuleRequest): boolean {
  const open = !(request.exactOnly && when.endpoint.includes('*'))
  const asked: Readonly<Record<string, unknown>> = request.request
  return [
    open && matchesEndpoint(when.endpoint, request.endpoint),
    when.as === 'any' || when.as === request.as,
    when.tag === undefined || when.tag === request.tag,
    when.user === undefined || when.user === request.user,
    when.encoding === undefined || when.encoding === request.encoding,
    Object.entries(when.request ?? {}).every(([key, value]) => asked[key] === value),
  ].every(Boolean)
}

/** Goes through all rules for every request, and counts for each what it has met and answered. */
function chooseNaively(rules: readonly Rule[], requests: readonly RuleRequest[]) {
  const tallies = rules.map((rule) => ({ rule, met: 0, answered: 0 }))
  return requests.map((request) => {
    const meeting = tallies.filter(({ rule }) => holds(rule, request))
    for (const tally of meeting) tally.met += 1
    const taker = meeting.find(
      ({ rule: { when, times = 99 }, met, answered }) =>
        (when.nth ?? met) === met && answered < times,
    )
    if (taker) taker.answered += 1
    return taker?.rule
  })
}

t.test('choose() agrees with a walk through all rules', async (t) => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 6 }),
      fc.array(anyRequest, { maxLength: 12 }),
      (unnamed, requests) => {
        const rules = unnamed.map((rule, index) => ({ ...rule, name: `rule ${index}` }))
        const set = new RuleSet(rules)
        t.strictSame(
          requests.map((request) => set.choose(request)?.name),
          chooseNaively(rules, requests).map((rule) => rule?.name),
        )
      },
    ),
    { numRuns: 1000 },
  )
})
