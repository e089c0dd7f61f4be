import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { matchesEndpoint } from '../../src/rules/endpoint-pattern.ts'
import type { Rule } from '../../src/rules/rule.ts'
import { RuleIndex } from '../../src/rules/rule-index.ts'
import { requestOf, ruleOf } from '../support/rules.ts'

function rulesFor(endpoints: readonly string[]): Rule[] {
  return endpoints.map((endpoint, index) => ruleOf({ name: `rule ${index}`, when: { endpoint } }))
}

function candidates(index: RuleIndex, endpoint: string, exactOnly = false): string[] {
  return index.candidatesOf(requestOf({ endpoint, exactOnly })).map(({ when }) => when.endpoint)
}

t.test(
  'candidatesOf() returns the rules of an endpoint in order, with or without a *',
  async (t) => {
    const index = new RuleIndex(rulesFor(['/a/*', '/a/b', '*', '/c', '/a/b', '*/b']))
    t.strictSame(candidates(index, '/a/b'), ['/a/*', '/a/b', '*', '/a/b', '*/b'])
    t.strictSame(candidates(index, '/c'), ['*', '/c'])
    t.strictSame(candidates(index, '/d'), ['*'])
  },
)

t.test('candidatesOf() with exactOnly returns only rules without a *', async (t) => {
  const index = new RuleIndex(rulesFor(['/a/*', '/a/b', '*', '/a/b']))
  t.strictSame(candidates(index, '/a/b', true), ['/a/b', '/a/b'])
  t.strictSame(candidates(index, '/a/c', true), [])
  t.strictSame(candidates(index, '/a/b'), ['/a/*', '/a/b', '*', '/a/b'])
})

t.test('candidatesOf() returns the same list for all requests of an endpoint', async (t) => {
  const index = new RuleIndex(rulesFor(['/a', '*']))
  const first = index.candidatesOf(requestOf({ endpoint: '/a', tag: 'x' }))
  t.equal(index.candidatesOf(requestOf({ endpoint: '/a', tag: 'y' })), first)
})

t.test('candidatesOf() agrees with a search through all rules', async (t) => {
  const endpoint = fc.constantFrom('/a', '/b', '/a/b', '*', '/*', '/a*', '*b')
  const asked = fc.record({ endpoint, exactOnly: fc.boolean() })
  const property = fc.property(fc.array(endpoint), fc.array(asked), (endpoints, requests) => {
    const rules = rulesFor(endpoints)
    const index = new RuleIndex(rules)
    for (const parts of requests) {
      const expected = rules.filter(({ when }) => {
        const open = !(parts.exactOnly && when.endpoint.includes('*'))
        return open && matchesEndpoint(when.endpoint, parts.endpoint)
      })
      assert.deepEqual(index.candidatesOf(requestOf(parts)), expected)
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})
