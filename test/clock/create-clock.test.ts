import t from 'tap'
import { createClock } from '../../src/clock/create-clock.ts'
import { FrozenClock } from '../../src/clock/frozen-clock.ts'

t.test('createClock() takes the source itself as the real clock', async (t) => {
  const source = new FrozenClock(1000)
  t.equal(createClock({ mode: 'real' }, { source, pollAdvanceMs: 250 }), source)
})

t.test('createClock() makes a frozen clock at the time of the source', async (t) => {
  const source = new FrozenClock(1000)
  const clock = createClock({ mode: 'frozen' }, { source, pollAdvanceMs: 250 })
  source.advance(10)
  clock.polled()
  t.equal(clock.now(), 1000)
})

t.test('createClock() makes an auto clock at the time of the source', async (t) => {
  const source = new FrozenClock(1000)
  const clock = createClock({ mode: 'auto' }, { source, pollAdvanceMs: 250 })
  source.advance(10)
  t.equal(clock.now(), 1000)
  clock.polled()
  t.equal(clock.now(), 1250)
})

t.test('createClock() makes a scaled clock at the time of the source', async (t) => {
  const source = new FrozenClock(1000)
  const clock = createClock({ mode: 'scaled', scale: 3 }, { source, pollAdvanceMs: 250 })
  clock.polled()
  t.equal(clock.now(), 1000)
  source.advance(10)
  t.equal(clock.now(), 1030)
})
