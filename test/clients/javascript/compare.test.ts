import t from 'tap'
import { findMismatch, resolve } from './compare.ts'

t.test('resolve() replaces longs and saved names', async (t) => {
  const saved = new Map<string, unknown>([['job', 7]])
  const written = { ids: ['long:9007199254740993', '$job'], path: '/jobs/$job/$other', n: 1 }
  t.strictSame(resolve(written, saved), {
    ids: [9007199254740993n, 7],
    path: '/jobs/7/$other',
    n: 1,
  })
})

t.test('findMismatch() returns undefined for a subset', async (t) => {
  const actual = { id: 7n, list: [1, 'a'], map: { a: 'x', b: 'text' }, more: true }
  const wanted = [
    { id: 7, list: [1n, 'a'] },
    { map: { b: { $contains: 'ex' } }, more: { $present: true } },
    {},
  ]
  for (const one of wanted) t.strictSame(findMismatch(actual, one), undefined)
})

t.test('findMismatch() returns the path of the difference', async (t) => {
  const actual = { id: 7n, list: [1, 'a'], map: { a: 'x' } }
  const table = [
    [{ id: 8 }, 'answer.id is "7" instead of 8'],
    [{ id: '7' }, 'answer.id is "7" instead of "7"'],
    [{ list: [1] }, 'answer.list is [1,"a"] instead of [1]'],
    [{ list: [1, 'b'] }, 'answer.list[1] is "a" instead of "b"'],
    [{ map: { b: { $present: true } } }, 'answer.map.b is undefined instead of {"$present":true}'],
    [{ map: { a: { $contains: 'y' } } }, 'answer.map.a is "x" instead of {"$contains":"y"}'],
    [{ id: { a: 1 } }, 'answer.id is "7" instead of {"a":1}'],
  ] as const
  for (const [wanted, place] of table) t.strictSame(findMismatch(actual, wanted), place)
})
