import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { OWN_ENDPOINTS } from '../../src/gpudb/own-endpoints.ts'
import { findShadowed } from '../../src/rules/find-shadowed.ts'
import type { When } from '../../src/rules/rule.ts'
import { RuleSet } from '../../src/rules/rule-set.ts'
import { TextPattern } from '../../src/rules/text-pattern.ts'
import { type RuleParts, requestOf, ruleOf } from '../support/rules.ts'

/** Pairs of a shadowed rule and the rule that shadows it, by their indexes. */
function shadowsOf(parts: readonly RuleParts[]): (readonly [number, number])[] {
  const rules = parts.map(ruleOf)
  return findShadowed(rules, OWN_ENDPOINTS).map(({ rule, by }) => [
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

t.test('findShadowed() compares a rule with at most 400 others', async (t) => {
  let comparisons = 0
  /** Conditions that count how often their tag is compared. */
  const counting = (endpoint: string, tag: string): When => ({
    endpoint,
    as: 'any',
    get tag() {
      comparisons += 1
      return tag
    },
  })
  for (const endpoint of ['/alter/table', '/alter/*']) {
    const rules = Array.from({ length: 1000 }, (_, index) => ({
      ...ruleOf(),
      when: counting(endpoint, `tag-${index}`),
    }))
    comparisons = 0
    t.strictSame(findShadowed(rules, OWN_ENDPOINTS), [])
    // Each comparison reads the tag of the earlier rule twice and that of the later one once.
    const most = 3 * 400 * rules.length
    t.ok(comparisons > 0 && comparisons <= most, `${endpoint}: ${comparisons}`)
  }
})

t.test('findShadowed() compares a rule with at most 200 earlier ones of its kind', async (t) => {
  for (const endpoint of ['/alter/table', '/alter/*']) {
    const apart = Array.from({ length: 200 }, (_, index) => ({
      when: { endpoint, tag: `tag-${index}` },
    }))
    const twice = { when: { endpoint, tag: 'twice' } }
    t.strictSame(shadowsOf([...apart.slice(1), twice, twice]), [[200, 199]], endpoint)
    t.strictSame(shadowsOf([...apart, twice, twice]), [], endpoint)
  }
})

const text = fc.constantFrom('', 'x', 'y')
const fields = fc.record({ f: text, g: text }, { requiredKeys: [] })

const anyRule = fc
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
          request: fields,
          nth: fc.integer({ min: 1, max: 2 }),
        },
        { requiredKeys: ['endpoint', 'as'] },
      ),
      times: fc.integer({ min: 1, max: 2 }),
    },
    { requiredKeys: ['when'] },
  )
  .map(ruleOf)

const anyRequest = fc
  .record({
    endpoint: fc.constantFrom('/a', '/b', '/ab'),
    as: fc.constantFrom('job', 'direct'),
    tag: text,
    request: fields,
  })
  .map(requestOf)

t.test('findShadowed() finds only rules that never answer', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.array(anyRule, { minLength: 2, maxLength: 6 }),
        fc.array(anyRequest, { minLength: 5, maxLength: 20 }),
        (rules, requests) => {
          const set = new RuleSet(rules)
          const dead = new Set(findShadowed(rules, OWN_ENDPOINTS).map(({ rule }) => rule))
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
