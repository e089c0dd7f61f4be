import t from 'tap'
import { AutoClock } from '../../src/clock/auto-clock.ts'

t.test('AutoClock stands still until a job is polled', async (t) => {
  const clock = new AutoClock(1000, 250)
  t.equal(clock.now(), 1000)
  t.equal(clock.now(), 1000)
})

t.test('AutoClock moves on by one step a poll', async (t) => {
  const clock = new AutoClock(1000, 250)
  clock.polled()
  t.equal(clock.now(), 1250)
  clock.polled()
  clock.polled()
  t.equal(clock.now(), 1750)
})

t.test('wait() passes its time at once', async (t) => {
  const clock = new AutoClock(1000, 250)
  await clock.wait(40)
  t.equal(clock.now(), 1040)
})
