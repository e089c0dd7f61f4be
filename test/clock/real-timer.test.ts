import t from 'tap'
import { startRealTimer } from '../../src/clock/real-timer.ts'
import { stayAlive } from '../support/stay-alive.ts'

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

t.test('startRealTimer() gives what cancels it', async (t) => {
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

t.test(
  'startRealTimer() does not call back early where setTimeout cannot wait so long',
  async (t) => {
    stayAlive(t)
    let calls = 0
    const cancel = startRealTimer(2 ** 31, () => {
      calls += 1
    })
    t.teardown(cancel)
    await nextTimer()
    await nextTimer()
    t.equal(calls, 0)
  },
)

/** Comes back after every timer that was started before it and lasts no longer. */
function nextTimer(): Promise<void> {
  return new Promise((resolve) => {
    startRealTimer(1, resolve)
  })
}
