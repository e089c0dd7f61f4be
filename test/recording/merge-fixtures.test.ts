import t from 'tap'
import type { FixtureDocument } from '../../src/fixture-format/fixture-format.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { type MergePolicy, mergeFixtures } from '../../src/recording/merge-fixtures.ts'
import { catalogue, FIXTURE_CONTEXT } from '../support/server.ts'

function merge(existing: FixtureDocument, recorded: FixtureDocument, policy: MergePolicy) {
  const merged = mergeFixtures(existing, recorded, { policy, catalogue })
  t.strictSame(loadFixtures([merged], FIXTURE_CONTEXT).problems, [])
  return merged
}

function rule(endpoint: string, table_name: string, error: string, parts: object = {}) {
  const when = { endpoint, as: 'direct' as const, request: { table_name }, ...parts }
  return { when, then: { error } }
}

const FILE: FixtureDocument = {
  $schema: 'x',
  jobs: [
    { job_id: 1, endpoint: '/has/table' },
    { job_id: 2, tag: 'nightly', endpoint: '/has/table' },
  ],
  rules: [
    rule('/has/table', 'a', 'file 1', { nth: 1 }),
    rule('/has/table', 'a', 'file 2'),
    rule('/has/table', 'b', 'file b'),
    { when: { endpoint: '/has/*' }, then: { error: 'file *' } },
  ],
  faults: [{ delay: '1s' }],
}

const RECORDED: FixtureDocument = {
  jobs: [
    { tag: 'nightly', endpoint: '/has/schema' },
    { job_id: 3, endpoint: '/has/schema' },
  ],
  rules: [
    rule('/has/table', 'a', 'new a', { request: { table_name: 'a' } }),
    rule('/has/table', 'c', 'new c', { nth: 1 }),
    rule('/has/table', 'c', 'new c 2'),
    rule('/clear/table', 'd', 'new d'),
  ],
}

function errorsOf({ rules }: FixtureDocument) {
  return rules?.map(({ then }) => then.error)
}

t.test('replace: what was recorded replaces the same of the file', async (t) => {
  const merged = merge(FILE, RECORDED, 'replace')
  t.strictSame(errorsOf(merged), ['new a', 'file b', 'new c', 'new c 2', 'file *', 'new d'])
  t.strictSame(
    merged.jobs?.map(({ job_id, tag }) => [job_id, tag]),
    [
      [1, undefined],
      [undefined, 'nightly'],
      [3, undefined],
    ],
  )
  t.strictSame([merged.$schema, merged.faults], ['x', [{ delay: '1s' }]])
})

t.test('replace: rules keep the names that the file gives them', async (t) => {
  const named = [
    { name: 'first', ...rule('/has/table', 'a', 'file 1', { nth: 1 }) },
    rule('/has/table', 'a', 'file 2', { nth: 2 }),
    { name: 'last', ...rule('/has/table', 'a', 'file 3') },
    { name: 'other', ...rule('/has/table', 'b', 'file b') },
  ]
  const recorded = [
    rule('/has/table', 'a', 'new 1', { nth: 1 }),
    rule('/has/table', 'a', 'new 2'),
    rule('/has/table', 'b', 'new b'),
    rule('/has/table', 'c', 'new c'),
  ]
  const merged = merge({ rules: named }, { rules: recorded }, 'replace')
  t.strictSame(
    merged.rules?.map(({ name, then }) => [name, then.error]),
    [
      ['first', 'new 1'],
      [undefined, 'new 2'],
      ['other', 'new b'],
      [undefined, 'new c'],
    ],
  )
})

t.test('keep: what the file has stays', async (t) => {
  const merged = merge(FILE, RECORDED, 'keep')
  t.strictSame(errorsOf(merged), [
    'file 1',
    'file 2',
    'file b',
    'new c',
    'new c 2',
    'file *',
    'new d',
  ])
  t.strictSame(
    merged.jobs?.map(({ job_id, tag }) => [job_id, tag]),
    [
      [1, undefined],
      [2, 'nightly'],
      [3, undefined],
    ],
  )
})

t.test('nothing and nothing are nothing', async (t) => {
  t.strictSame(merge({}, {}, 'keep'), {})
  t.strictSame(merge({ rules: [] }, RECORDED, 'keep').rules, RECORDED.rules)
})

t.test('a rule that only answers some requests hides no other', async (t) => {
  const file = { rules: [{ when: { endpoint: '/has/table' }, times: 1, then: { error: 'once' } }] }
  t.strictSame(errorsOf(merge(file, RECORDED, 'keep')), [
    'once',
    'new a',
    'new c',
    'new c 2',
    'new d',
  ])
})

t.test('a condition that cannot be read hides nothing', async (t) => {
  const file = { rules: [{ when: { endpoint: '/has/tabel' }, then: {} }] }
  const merged = mergeFixtures(file, RECORDED, { policy: 'keep', catalogue })
  t.equal(merged.rules?.length, 5)
  t.equal(mergeFixtures({}, file, { policy: 'keep', catalogue }).rules?.length, 1)
})
