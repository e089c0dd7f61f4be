import t from 'tap'
import { ChangeSignal } from '../../src/scope/change-signal.ts'
import { nextTurn } from '../support/next-turn.ts'

t.test('fire() calls listeners after the present task, once for all its changes', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.listen(() => called.push('first'))
  signal.listen(() => called.push('second'))
  signal.fire()
  signal.fire()
  t.strictSame(called, [])
  await nextTurn()
  t.strictSame(called, ['first', 'second'])
})

t.test('fire() calls again for each change that comes later', async (t) => {
  const signal = new ChangeSignal()
  let calls = 0
  signal.listen(() => {
    calls += 1
  })
  for (const expected of [1, 2, 3]) {
    signal.fire()
    await nextTurn()
    t.equal(calls, expected)
  }
})

t.test('fire() without listeners has no effect on later ones', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.fire()
  signal.listen(() => called.push('late'))
  await nextTurn()
  t.strictSame(called, [])
})

t.test('listen() returns what ends it, also when a call is due', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  const stop = signal.listen(() => called.push('stopped'))
  const stopOther = signal.listen(() => called.push('other'))
  t.equal(signal.size, 2)
  signal.fire()
  stop()
  stop()
  t.equal(signal.size, 1)
  await nextTurn()
  t.strictSame(called, ['other'])
  stopOther()
  t.equal(signal.size, 0)
})

t.test('a listener may end another that has not been called yet', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.listen(() => {
    called.push('first')
    stopSecond()
  })
  const stopSecond = signal.listen(() => called.push('second'))
  signal.fire()
  await nextTurn()
  t.strictSame(called, ['first'])
})

t.test('a listener that listens anew waits for the next change', async (t) => {
  const signal = new ChangeSignal()
  let calls = 0
  const listenOnce = (): void => {
    const stop = signal.listen(() => {
      calls += 1
      stop()
      listenOnce()
    })
  }
  listenOnce()
  signal.fire()
  await nextTurn()
  t.equal(calls, 1)
  signal.fire()
  await nextTurn()
  t.strictSame([calls, signal.size], [2, 1])
})

t.test('a change that a listener makes calls all once more', async (t) => {
  const signal = new ChangeSignal()
  let left = 3
  let calls = 0
  signal.listen(() => {
    left -= 1
    if (left > 0) signal.fire()
  })
  signal.listen(() => {
    calls += 1
  })
  signal.fire()
  await nextTurn()
  t.strictSame([left, calls], [0, 3])
})
