import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { DueQueue } from '../../src/jobs/due-queue.ts'
import { nextTurn } from '../support/next-turn.ts'

t.test('an empty DueQueue returns undefined', async (t) => {
  const queue = new DueQueue<string>()
  t.equal(queue.nextAt(), undefined)
  t.equal(queue.peek(), undefined)
  t.equal(queue.pop(), undefined)
})

t.test('DueQueue returns the item with the smallest number first', async (t) => {
  const queue = new DueQueue<string>()
  queue.push('later', 30)
  queue.push('soon', 10)
  queue.push('between', 20)
  t.equal(queue.nextAt(), 10)
  t.equal(queue.peek(), 'soon')
  t.strictSame(
    [queue.pop(), queue.pop(), queue.pop(), queue.pop()],
    ['soon', 'between', 'later', undefined],
  )
})

t.test('peek() and nextAt() do not remove the item', async (t) => {
  const queue = new DueQueue<string>()
  queue.push('only', 5)
  queue.peek()
  queue.nextAt()
  t.equal(queue.pop(), 'only')
})

t.test('DueQueue keeps the order for any sequence of pushes and pops', async (t) => {
  const anyActions = fc.array(fc.option(fc.integer({ min: 0, max: 20 })), { size: 'medium' })
  const property = fc.property(anyActions, (actions) => {
    const queue = new DueQueue<number>()
    let expected: number[] = []
    return actions.every((at) => {
      if (at === null) {
        const [least, ...rest] = expected
        expected = rest
        return queue.nextAt() === least && queue.peek() === least && queue.pop() === least
      }
      queue.push(at, at)
      expected = [...expected, at].sort((left, right) => left - right)
      return queue.nextAt() === expected[0]
    })
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('DueQueue releases the memory of popped items', async (t) => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const queue = new DueQueue<object>()
  const items = Array.from({ length: 10 }, (_, at) => pushNew(queue, at))
  takeMany(queue, 9)
  await nextTurn()
  collectGarbage()
  const kept = items.map((item) => item.deref() !== undefined)
  t.strictSame(kept, [...Array(9).fill(false), true])
  t.equal(queue.nextAt(), 9)
})

function pushNew(queue: DueQueue<object>, at: number): WeakRef<object> {
  const item = { at }
  queue.push(item, at)
  return new WeakRef(item)
}

function takeMany(queue: DueQueue<object>, count: number): void {
  for (let taken = 0; taken < count; taken += 1) queue.pop()
}
