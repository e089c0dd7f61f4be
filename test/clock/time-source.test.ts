import t from 'tap'
import { RealTime } from '../../src/clock/time-source.ts'
import { stayAlive } from '../support/stay-alive.ts'

/** The system's clock may be set while the tests run; real time does not follow it. */
const TOLERANCE_MS = 60_000

t.test('RealTime tells the time of the machine', async (t) => {
  // biome-ignore lint/style/noRestrictedGlobals: what the time is compared with
  const machineMs = Date.now()
  t.ok(Math.abs(new RealTime().now() - machineMs) < TOLERANCE_MS)
})

t.test('RealTime never runs backwards', async (t) => {
  const time = new RealTime()
  const times = Array.from({ length: 10_000 }, () => time.now())
  t.strictSame(
    times,
    times.toSorted((left, right) => left - right),
  )
})

t.test('startTimer() calls back once its time has passed', async (t) => {
  stayAlive(t)
  const time = new RealTime()
  const startedAtMs = time.now()
  await new Promise<void>((resolve) => {
    time.startTimer(5, resolve)
  })
  // A timer of Node counts from the start of its round, in whole milliseconds.
  t.ok(time.now() - startedAtMs >= 3)
})

t.test('startTimer() gives what cancels it', async (t) => {
  stayAlive(t)
  const time = new RealTime()
  const called: string[] = []
  const cancel = time.startTimer(0, () => called.push('cancelled'))
  cancel()
  await new Promise<void>((resolve) => {
    time.startTimer(1, resolve)
  })
  t.strictSame(called, [])
})
