import t from 'tap'
import { ControlledClock } from '../../src/clock/controlled-clock.ts'
import type { TimeSource } from '../../src/clock/time-source.ts'
import { TimerQueue } from '../../src/clock/timer-queue.ts'
import { frozenClock } from '../support/clocks.ts'

interface Item {
  readonly name: string
  readonly dueMs: number
}

/** Takes all items in their order. */
function takeAll(queue: TimerQueue<Item>): string[] {
  const names: string[] = []
  for (let item = queue.first(); item; item = queue.first()) {
    names.push(item.name)
    queue.delete(item)
  }
  return names
}

t.test('a queue has its items in order of their times, then of their addition', async (t) => {
  const queue = new TimerQueue<Item>()
  const rows = ['5a', '3a', '5b', '9a', '3b', '5c', '3c']
  const items = rows.map((name) => ({ name, dueMs: Number(name[0]) }))
  for (const item of items) queue.add(item)
  t.equal(queue.size, 7)
  const [first, second, third] = items
  if (first && third) queue.delete(third)
  if (third) queue.delete(third)
  t.strictSame(
    [queue.size, third && queue.has(third), second && queue.has(second)],
    [6, false, true],
  )
  t.strictSame(takeAll(queue), ['3a', '3b', '3c', '5a', '5c', '9a'])
  t.strictSame([queue.size, queue.first()], [0, undefined])
  for (const item of items) queue.add(item)
  t.equal(takeAll(queue).length, 7)
})

t.test('an item may be added for a time that had others, and that is being taken', async (t) => {
  const queue = new TimerQueue<Item>()
  const [one, two, three] = ['one', 'two', 'three'].map((name) => ({ name, dueMs: 7 }))
  if (one) queue.add(one)
  if (two) queue.add(two)
  if (one) queue.delete(one)
  t.equal(queue.first(), two)
  if (three) queue.add(three)
  if (one) queue.add(one)
  t.strictSame(takeAll(queue), ['two', 'three', 'one'])
})

t.test('a queue forgets the times of items that were removed', async (t) => {
  const queue = new TimerQueue<Item>()
  const kept = { name: 'kept', dueMs: 1_000_000 }
  queue.add(kept)
  for (let dueMs = 0; dueMs < 1000; dueMs += 1) {
    const item = { name: 'gone', dueMs }
    queue.add(item)
    queue.delete(item)
  }
  t.equal(queue.first(), kept)
})

/** Counts the timers that are started. */
class CountingTime implements TimeSource {
  started = 0

  now(): number {
    return 1000
  }

  startTimer(): () => void {
    this.started += 1
    return () => {}
  }
}

t.test('a clock has one timer of its source, however many callbacks wait', async (t) => {
  const source = new CountingTime()
  const clock = new ControlledClock({ source, setting: { mode: 'real' }, pollAdvanceMs: 1 })
  const cancels = Array.from({ length: 1000 }, (_, at) => clock.schedule(at + 10, () => {}))
  t.equal(source.started, 1)
  for (let times = 0; times < 10; times += 1) clock.advance(0)
  t.equal(source.started, 11)
  for (const cancel of cancels.toReversed()) cancel()
  t.strictSame([source.started, clock.waiting], [11, 0])
})

/** How often the times of timers are compared while a clock passes many of them. */
function comparisonsOf(count: number): number {
  const clock = frozenClock(0)
  let looks = 0
  const first = TimerQueue.prototype.first
  TimerQueue.prototype.first = function () {
    looks += 1
    return first.call(this)
  }
  for (let at = 0; at < count; at += 1) clock.schedule(1 + (at % 7), () => {})
  clock.advance(10)
  TimerQueue.prototype.first = first
  return looks
}

t.test('to pass many callbacks costs as much for each as to pass few', async (t) => {
  const few = comparisonsOf(100) / 100
  const many = comparisonsOf(10_000) / 10_000
  t.ok(many < few * 1.5, `${few} ${many}`)
})
