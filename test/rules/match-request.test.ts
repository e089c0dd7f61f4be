import t from 'tap'
import { conditionMisses, matchesRequest, meetsConditions } from '../../src/rules/match-request.ts'
import type { RuleRequest, When } from '../../src/rules/rule.ts'
import { TextPattern } from '../../src/rules/text-pattern.ts'
import { requestOf } from '../support/rules.ts'

const MATCHES: readonly {
  readonly when: Partial<When>
  readonly hit: Partial<RuleRequest>
  readonly miss: Partial<RuleRequest>
  readonly path: string
}[] = [
  { when: { as: 'job' }, hit: { as: 'job' }, miss: { as: 'direct' }, path: 'as' },
  { when: { tag: 'a' }, hit: { tag: 'a' }, miss: { tag: 'b' }, path: 'tag' },
  {
    when: { user: new TextPattern('^a') },
    hit: { user: 'ann' },
    miss: { user: 'bob' },
    path: 'user',
  },
  {
    when: { encoding: 'snappy' },
    hit: { encoding: 'snappy' },
    miss: { encoding: 'json' },
    path: 'encoding',
  },
  {
    when: { request: { options: { ttl: '5' } } },
    hit: { request: { table_name: 'x', options: { ttl: '5' } } },
    miss: { request: { options: { ttl: '6' } } },
    path: 'request.options.ttl',
  },
]

function whenOf(parts: Partial<When> = {}): When {
  return { endpoint: '/alter/table', as: 'any', ...parts }
}

for (const { when, hit, miss, path } of MATCHES) {
  t.test(`matchesRequest() checks ${path}`, async (t) => {
    t.equal(matchesRequest(whenOf(when), requestOf(hit)), true)
    t.equal(matchesRequest(whenOf(when), requestOf(miss)), false)
    t.strictSame([...conditionMisses(whenOf(when), requestOf(hit))], [])
    t.strictSame(
      [...conditionMisses(whenOf(when), requestOf(miss))].map((mismatch) => mismatch.path),
      [path],
    )
  })
}

t.test('matchesRequest() checks the endpoint, meetsConditions() does not', async (t) => {
  const request = requestOf({ endpoint: '/alter/table' })
  const cases = [
    ['/alter/table', true],
    ['/alter/*', true],
    ['*', true],
    ['/alter', false],
    ['/get/job', false],
  ] as const
  for (const [endpoint, expected] of cases) {
    t.equal(matchesRequest(whenOf({ endpoint }), request), expected, endpoint)
    t.equal(meetsConditions(whenOf({ endpoint }), request), true, endpoint)
  }
})

t.test('matchesRequest() does not check nth, which depends on a rule set', async (t) => {
  t.equal(matchesRequest(whenOf({ nth: 7 }), requestOf()), true)
})

t.test('conditionMisses() reports every failed condition and the expected value', async (t) => {
  const when = whenOf({ as: 'direct', tag: 'a', request: { table_name: 'x', value: '7' } })
  const request = requestOf({ as: 'job', tag: 'b', request: { table_name: 'y', value: '7' } })
  t.strictSame(
    [...conditionMisses(when, request)],
    [
      { path: 'as', expected: 'direct', got: 'job' },
      { path: 'tag', expected: '"a"', got: '"b"' },
      { path: 'request.table_name', expected: '"x"', got: '"y"' },
    ],
  )
})
