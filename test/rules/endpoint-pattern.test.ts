import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { matchesEndpoint } from '../../src/rules/endpoint-pattern.ts'

const CASES = [
  { pattern: '/alter/table', endpoint: '/alter/table', matches: true },
  { pattern: '/alter/table', endpoint: '/alter/tables', matches: false },
  { pattern: '/alter/table', endpoint: '/Alter/table', matches: false },
  { pattern: '*', endpoint: '/alter/table', matches: true },
  { pattern: '/alter/*', endpoint: '/alter/table', matches: true },
  { pattern: '/alter/*', endpoint: '/alter/', matches: true },
  { pattern: '/alter/*', endpoint: '/create/table', matches: false },
  { pattern: '*/table', endpoint: '/alter/table', matches: true },
  { pattern: '*/table', endpoint: '/alter/table/columns', matches: false },
  { pattern: '/a*b*c', endpoint: '/a/b/c', matches: true },
  { pattern: '/a*b*c', endpoint: '/a/c/b', matches: false },
  { pattern: '/ab*ba', endpoint: '/aba', matches: false },
  { pattern: '/ab*b*ba', endpoint: '/abba', matches: false },
  { pattern: '**', endpoint: '', matches: true },
  { pattern: '/alter.table', endpoint: '/alter/table', matches: false },
]

for (const { pattern, endpoint, matches } of CASES) {
  t.test(`matchesEndpoint(${pattern}, ${endpoint}) is ${matches}`, async (t) => {
    t.equal(matchesEndpoint(pattern, endpoint), matches)
  })
}

t.test('matchesEndpoint() agrees with a regular expression', async (t) => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 7 })
  const endpoint = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 9 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pattern, endpoint, (pattern, endpoint) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*')
        assert.equal(matchesEndpoint(pattern, endpoint), new RegExp(`^${source}$`).test(endpoint))
      }),
      { numRuns: 3000 },
    ),
  )
})

t.test('matchesEndpoint() does not backtrack', async (t) => {
  const pattern = `${'*a'.repeat(10_000)}*b`
  t.equal(matchesEndpoint(pattern, 'a'.repeat(20_000)), false)
})
