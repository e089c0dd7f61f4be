import t from 'tap'
import { RealClock } from '../../src/clock/real-clock.ts'
import { stayAlive } from '../support/stay-alive.ts'

/** The system's clock may be set while the tests run; the real clock does not follow it. */
const TOLERANCE_MS = 60_000

t.test('RealClock tells the time of the machine', async (t) => {
  // biome-ignore lint/style/noRestrictedGlobals: what the clock is compared with
  const machineMs = Date.now()
  t.ok(Math.abs(new RealClock().now() - machineMs) < TOLERANCE_MS)
})

t.test('RealClock counts in whole milliseconds', async (t) => {
  const clock = new RealClock()
  const times = Array.from({ length: 100 }, () => clock.now())
  t.strictSame(times.filter(Number.isSafeInteger), times)
})

t.test('RealClock never runs backwards, also when a job is polled', async (t) => {
  const clock = new RealClock()
  const times = Array.from({ length: 10_000 }, () => {
    clock.polled()
    return clock.now()
  })
  t.strictSame(
    times,
    times.toSorted((left, right) => left - right),
  )
})

t.test('wait() comes back by itself', async (t) => {
  stayAlive(t)
  await t.resolves(new RealClock().wait(0))
})
