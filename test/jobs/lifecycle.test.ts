import t from 'tap'
import { defaultCancelPolicy, evenStep, plainLifecycle } from '../../src/jobs/lifecycle.ts'

t.test('evenStep() moves progress evenly to the end', async (t) => {
  t.strictSame(evenStep(250), { ends: 'after', afterMs: 250, progress: 100 })
})

t.test('plainLifecycle() runs for a time and ends DONE', async (t) => {
  t.strictSame(plainLifecycle(250, { afterMs: 5 }), {
    steps: [{ ends: 'after', afterMs: 250, progress: 100 }],
    outcome: 'DONE',
    error: '',
    cancel: { afterMs: 5 },
  })
})

t.test('defaultCancelPolicy() refuses for inserts, updates and deletes', async (t) => {
  const refusing = [
    '/insert/records',
    '/insert/records/fromfiles',
    '/insert/symbol',
    '/update/records',
    '/update/records/byseries',
    '/delete/records',
  ]
  for (const endpoint of refusing) t.equal(defaultCancelPolicy(endpoint), 'refuse', endpoint)
})

t.test('defaultCancelPolicy() is immediate for every other endpoint', async (t) => {
  const others = [
    '/alter/table',
    '/delete/graph',
    '/delete/records/x',
    '/x/delete/records',
    '/x/insert/records',
    '/insertion/records',
    '/updates',
    '/admin/rebalance',
  ]
  for (const endpoint of others) t.equal(defaultCancelPolicy(endpoint), 'immediate', endpoint)
})
