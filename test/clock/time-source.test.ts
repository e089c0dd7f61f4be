import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { RealTime, readSystemClock, runSoon, startRealTimer } from '../../src/clock/time-source.ts'
import { nextTurn } from '../support/next-turn.ts'
import { stayAlive } from '../support/stay-alive.ts'

/** The system's clock may be set while the tests run; real time does not follow it. */
const TOLERANCE_MS = 60_000

t.test('RealTime and readSystemClock() return the time of the machine', async (t) => {
  // biome-ignore lint/style/noRestrictedGlobals: the expected time
  const machineMs = Date.now()
  t.ok(Math.abs(new RealTime().now() - machineMs) < TOLERANCE_MS)
  t.ok(Math.abs(readSystemClock() - machineMs) < TOLERANCE_MS)
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

t.test('startTimer() returns what cancels it', async (t) => {
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

t.test('startRealTimer() calls back once', async (t) => {
  stayAlive(t)
  let calls = 0
  await new Promise<void>((resolve) => {
    startRealTimer(0, () => {
      calls += 1
      resolve()
    })
  })
  await nextTimer()
  t.equal(calls, 1)
})

t.test('startRealTimer() does not call back within the call', async (t) => {
  let calls = 0
  const cancel = startRealTimer(0, () => {
    calls += 1
  })
  cancel()
  t.equal(calls, 0)
})

t.test('startRealTimer() returns what cancels it', async (t) => {
  stayAlive(t)
  let calls = 0
  const cancel = startRealTimer(0, () => {
    calls += 1
  })
  cancel()
  await nextTimer()
  t.equal(calls, 0)
})

t.test('a timer can be cancelled after it has called back, and twice', async (t) => {
  stayAlive(t)
  let cancel = () => {}
  await new Promise<void>((resolve) => {
    cancel = startRealTimer(0, resolve)
  })
  cancel()
  t.doesNotThrow(cancel)
})

t.test('startRealTimer() does not call back early if setTimeout cannot wait so long', async (t) => {
  stayAlive(t)
  let calls = 0
  const cancel = startRealTimer(2 ** 31, () => {
    calls += 1
  })
  t.teardown(cancel)
  await nextTimer()
  await nextTimer()
  t.equal(calls, 0)
})

/** Resolves after every timer that was started before it and lasts no longer. */
function nextTimer(): Promise<void> {
  return new Promise((resolve) => {
    startRealTimer(1, resolve)
  })
}

t.test('runSoon() calls back after the present task, in order', async (t) => {
  const called: string[] = []
  runSoon(() => called.push('first'))
  runSoon(() => called.push('second'))
  t.strictSame(called, [])
  await nextTurn()
  t.strictSame(called, ['first', 'second'])
})

t.test('a process with a pending timer ends', async (t) => {
  const module = new URL('../../src/clock/time-source.ts', import.meta.url)
  const text = `import { startRealTimer } from '${module}'
    startRealTimer(3_600_000, () => {})
    console.log('started')`
  const argv = [...process.execArgv, '--input-type=module', '--eval', text]
  // The child is stopped, and the test fails, only if the timer keeps it alive.
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 120_000 })
  t.equal(stdout, 'started\n')
})
