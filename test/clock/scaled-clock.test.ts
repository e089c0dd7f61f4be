import t from 'tap'
import { FrozenClock } from '../../src/clock/frozen-clock.ts'
import { ScaledClock } from '../../src/clock/scaled-clock.ts'

t.test('ScaledClock starts at the time of its source', async (t) => {
  const source = new FrozenClock(1000)
  t.equal(new ScaledClock(source, 10).now(), 1000)
})

t.test('ScaledClock runs faster than its source', async (t) => {
  const source = new FrozenClock(1000)
  const clock = new ScaledClock(source, 10)
  source.advance(7)
  t.equal(clock.now(), 1070)
  source.advance(3)
  t.equal(clock.now(), 1100)
})

t.test('ScaledClock runs slower than its source, in whole milliseconds', async (t) => {
  const source = new FrozenClock(1000)
  const clock = new ScaledClock(source, 0.25)
  source.advance(3)
  t.equal(clock.now(), 1000)
  source.advance(1)
  t.equal(clock.now(), 1001)
  source.advance(7)
  t.equal(clock.now(), 1002)
})

t.test('ScaledClock is not moved by polls', async (t) => {
  const clock = new ScaledClock(new FrozenClock(1000), 10)
  clock.polled()
  t.equal(clock.now(), 1000)
})

t.test('wait() lasts until the scaled time has passed', async (t) => {
  const source = new FrozenClock(1000)
  const clock = new ScaledClock(source, 10)
  let backAtMs = 0
  const waiting = clock.wait(50).then(() => {
    backAtMs = clock.now()
  })
  source.advance(4)
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(backAtMs, 0)
  source.advance(1)
  await waiting
  t.equal(backAtMs, 1050)
})

t.test(
  'wait() asks its source for whole milliseconds, so that it never comes back early',
  async (t) => {
    const asked: number[] = []
    const source = {
      now: () => 1000,
      polled: () => {},
      wait: async (ms: number) => {
        asked.push(ms)
      },
    }
    await new ScaledClock(source, 3).wait(5)
    t.strictSame(asked, [2])
  },
)
