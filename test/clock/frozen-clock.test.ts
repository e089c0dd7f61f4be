import t from 'tap'
import { FrozenClock } from '../../src/clock/frozen-clock.ts'

t.test('FrozenClock stands still, also when a job is polled', async (t) => {
  const clock = new FrozenClock(1000)
  clock.polled()
  t.equal(clock.now(), 1000)
  t.equal(clock.now(), 1000)
})

t.test('advance() moves time on', async (t) => {
  const clock = new FrozenClock(1000)
  clock.advance(250)
  t.equal(clock.now(), 1250)
  clock.advance(0)
  t.equal(clock.now(), 1250)
  clock.advance(1)
  t.equal(clock.now(), 1251)
})

t.test('advance() refuses what is no whole number from 0, and moves nothing', async (t) => {
  const clock = new FrozenClock(1000)
  for (const ms of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
    const message = `Cannot advance the clock by ${ms} ms: give a whole number from 0`
    t.throws(() => clock.advance(ms), { name: 'RangeError', message })
  }
  t.equal(clock.now(), 1000)
})

t.test('wait() comes back once its time is reached, in the order of that time', async (t) => {
  const clock = new FrozenClock(1000)
  const back: string[] = []
  const wait = (name: string, ms: number) => clock.wait(ms).then(() => back.push(name))
  const waiting = [wait('30', 30), wait('10', 10), wait('20', 20), wait('20 again', 20)]
  clock.advance(9)
  await settled()
  t.strictSame(back, [])
  clock.advance(1)
  await settled()
  t.strictSame(back, ['10'])
  clock.advance(100)
  await Promise.all(waiting)
  t.strictSame(back, ['10', '20', '20 again', '30'])
})

t.test('wait() of no time comes back at once', async (t) => {
  const clock = new FrozenClock(1000)
  let back = false
  clock.wait(0).then(() => {
    back = true
  })
  await settled()
  t.ok(back)
})

/** Lets every promise that is resolved by now go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
