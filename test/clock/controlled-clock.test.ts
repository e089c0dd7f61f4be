import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { ClockSetting } from '../../src/clock/clock.ts'
import { ControlledClock, MAX_TIME_MS } from '../../src/clock/controlled-clock.ts'
import { RealTime, type TimeSource } from '../../src/clock/time-source.ts'
import { autoClock, clockOf, frozenClock, ManualTime } from '../support/clocks.ts'
import { nextTurn } from '../support/next-turn.ts'
import { stayAlive } from '../support/stay-alive.ts'

/** Resolves when a clock calls back. */
function waitOn(clock: ControlledClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve)
  })
}

const REAL: ClockSetting = { mode: 'real' }
const FROZEN: ClockSetting = { mode: 'frozen' }
const AUTO: ClockSetting = { mode: 'auto' }
const TENFOLD: ClockSetting = { mode: 'scaled', scale: 10 }

/** Every way in which time passes; the slow one does not divide a millisecond evenly. */
const SETTINGS: readonly ClockSetting[] = [
  REAL,
  FROZEN,
  AUTO,
  TENFOLD,
  { mode: 'scaled', scale: 0.3 },
  { mode: 'scaled', scale: 1_000_000 },
]

/** What was called on a clock, and when each was. */
function diaryOf(clock: ControlledClock) {
  const calls: (readonly [name: string, atMs: number])[] = []
  const note = (name: string) => () => void calls.push([name, clock.now()])
  return { calls, note }
}

/** A source whose timers never end: the process is busy, or has not come round to them. */
class LateTime implements TimeSource {
  nowMs = 1000

  now(): number {
    return this.nowMs
  }

  startTimer(): () => void {
    return () => {}
  }
}

t.test('a clock starts at the time of its source, in whole milliseconds', async (t) => {
  for (const setting of SETTINGS) {
    t.equal(clockOf(setting, new ManualTime(1000.75)).now(), 1000, JSON.stringify(setting))
  }
})

t.test('a clock starts at a given time', async (t) => {
  for (const setting of SETTINGS) {
    const source = new ManualTime(1000)
    const clock = new ControlledClock({ source, setting, pollAdvanceMs: 250, startMs: 5000.5 })
    t.equal(clock.now(), 5000, JSON.stringify(setting))
  }
})

t.test('a real clock passes with its source', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf(REAL, source)
  source.pass(7)
  t.equal(clock.now(), 1007)
  source.pass(3)
  t.equal(clock.now(), 1010)
})

t.test('a real clock over the time of the machine counts in whole milliseconds', async (t) => {
  const clock = clockOf(REAL, new RealTime())
  const times = Array.from({ length: 10_000 }, () => {
    clock.polled()
    return clock.now()
  })
  t.ok(times.every(Number.isSafeInteger))
  t.strictSame(
    times,
    times.toSorted((left, right) => left - right),
  )
})

t.test('schedule() over the time of the machine calls back by itself', async (t) => {
  stayAlive(t)
  const clock = clockOf({ mode: 'scaled', scale: 100 }, new RealTime())
  const dueMs = clock.now() + 200
  await waitOn(clock, 200)
  t.ok(clock.now() >= dueMs)
})

t.test('a scaled clock passes faster than its source', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf(TENFOLD, source)
  source.pass(7)
  t.equal(clock.now(), 1070)
  source.pass(3)
  t.equal(clock.now(), 1100)
})

t.test('a scaled clock passes slower than its source, in whole milliseconds', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf({ mode: 'scaled', scale: 0.25 }, source)
  const times = [3, 1, 7, 1].map((ms) => {
    source.pass(ms)
    return clock.now()
  })
  t.strictSame(times, [1000, 1001, 1002, 1003])
})

t.test('a frozen clock and an auto clock stand still while their source passes', async (t) => {
  for (const setting of [FROZEN, AUTO]) {
    const source = new ManualTime(1000)
    const clock = clockOf(setting, source)
    source.pass(100)
    t.equal(clock.now(), 1000, setting.mode)
  }
})

t.test('polled() moves an auto clock by one step, and no other clock', async (t) => {
  const clock = autoClock(1000, 40)
  clock.polled()
  t.equal(clock.now(), 1040)
  clock.polled()
  clock.polled()
  t.equal(clock.now(), 1120)
  for (const setting of SETTINGS.filter(({ mode }) => mode !== 'auto')) {
    const other = clockOf(setting, new ManualTime(1000))
    other.polled()
    t.equal(other.now(), 1000, JSON.stringify(setting))
  }
})

t.test('a clock reports its mode, and whether time passes by itself', async (t) => {
  for (const setting of SETTINGS) {
    const clock = clockOf(setting, new ManualTime(1000), 40)
    t.equal(clock.setting, setting)
    t.equal(clock.pollAdvanceMs, 40)
    t.equal(clock.runs, setting.mode === 'real' || setting.mode === 'scaled')
  }
})

t.test('set() continues from now, whatever the mode was before', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf(REAL, source)
  const times = [TENFOLD, FROZEN, AUTO, REAL].map((setting) => {
    source.pass(10)
    const before = clock.now()
    clock.set(setting)
    t.equal(clock.now(), before)
    t.equal(clock.setting, setting)
    return before
  })
  t.strictSame(times, [1010, 1110, 1110, 1110])
  source.pass(10)
  t.equal(clock.now(), 1120)
})

t.test('set() keeps the step of a poll by default', async (t) => {
  const clock = autoClock(1000, 250)
  clock.set(FROZEN)
  clock.set(AUTO)
  clock.polled()
  t.equal(clock.now(), 1250)
  clock.set(AUTO, { pollAdvanceMs: 40 })
  t.equal(clock.pollAdvanceMs, 40)
  clock.polled()
  t.equal(clock.now(), 1290)
})

t.test('advance() moves time on, whether it passes by itself or not', async (t) => {
  for (const setting of SETTINGS) {
    const clock = clockOf(setting, new ManualTime(1000))
    const times = [250, 0, 1].map((ms) => {
      clock.advance(ms)
      return clock.now()
    })
    t.strictSame(times, [1250, 1250, 1251], JSON.stringify(setting))
  }
})

t.test('advance() adds to the time that passes by itself', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf(TENFOLD, source)
  source.pass(3)
  clock.advance(5)
  source.pass(2)
  t.equal(clock.now(), 1055)
})

t.test('advance() rejects all but whole numbers from 0, and changes nothing', async (t) => {
  const clock = frozenClock(1000)
  for (const ms of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
    const message = `Cannot advance the clock by ${ms} ms: use a whole number from 0`
    t.throws(() => clock.advance(ms), { name: 'RangeError', message })
  }
  t.equal(clock.now(), 1000)
})

t.test('no clock passes the latest time that it can show', async (t) => {
  const clock = frozenClock(1000)
  clock.advance(MAX_TIME_MS - 1001)
  t.equal(clock.now(), MAX_TIME_MS - 1)
  clock.advance(5)
  t.equal(clock.now(), MAX_TIME_MS)
  const source = new ManualTime(0)
  const scaled = new ControlledClock({
    ...{ source, setting: { mode: 'scaled', scale: 1000 }, pollAdvanceMs: 0 },
    startMs: MAX_TIME_MS - 10,
  })
  const called: string[] = []
  scaled.schedule(10, () => called.push('at the end'))
  scaled.schedule(11, () => called.push('after it'))
  source.pass(5)
  t.strictSame([scaled.now(), called, scaled.waiting], [MAX_TIME_MS, ['at the end'], 1])
  t.equal(source.waiting, 0)
})

t.test('an auto clock at the latest time passes a wait, and a poll, without moving', async (t) => {
  const source = new ManualTime(0)
  const clock = new ControlledClock({
    ...{ source, setting: { mode: 'auto' }, pollAdvanceMs: 250, startMs: MAX_TIME_MS - 100 },
  })
  clock.polled()
  await waitOn(clock, 10)
  t.strictSame([clock.now(), clock.waiting], [MAX_TIME_MS, 0])
})

t.test('schedule() calls back at its time, in the order of these times', async (t) => {
  const clock = frozenClock(1000)
  const back: string[] = []
  const wait = (name: string, ms: number) => waitOn(clock, ms).then(() => back.push(name))
  const waiting = [wait('30', 30), wait('10', 10), wait('20', 20), wait('20 again', 20)]
  clock.advance(9)
  await nextTurn()
  t.strictSame(back, [])
  clock.advance(1)
  await nextTurn()
  t.strictSame(back, ['10'])
  clock.advance(100)
  await Promise.all(waiting)
  t.strictSame(back, ['10', '20', '20 again', '30'])
})

t.test('schedule() of no time calls back at once', async (t) => {
  for (const setting of SETTINGS) {
    const clock = clockOf(setting, new ManualTime(1000))
    await waitOn(clock, 0)
    await waitOn(clock, -5)
    t.equal(clock.now(), 1000, JSON.stringify(setting))
  }
})

t.test('schedule() on an auto clock passes its time at once', async (t) => {
  const clock = autoClock(1000, 250)
  await waitOn(clock, 39.5)
  t.equal(clock.now(), 1040)
})

t.test('schedule() calls back when the scaled time has passed', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf(TENFOLD, source)
  const { calls, note } = diaryOf(clock)
  clock.schedule(50, note('50'))
  source.pass(4)
  t.strictSame(calls, [])
  source.pass(1)
  t.strictSame(calls, [['50', 1050]])
})

t.test('schedule() never calls back early, also with an uneven scale', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf({ mode: 'scaled', scale: 3 }, source)
  const { calls, note } = diaryOf(clock)
  clock.schedule(5, note('5'))
  source.pass(1)
  t.strictSame(calls, [])
  source.pass(1)
  t.strictSame(calls, [['5', 1006]])
})

t.test('schedule() waits again if a timer of the source is early', async (t) => {
  const source = new ManualTime(1000)
  const early: TimeSource = {
    now: () => source.now(),
    startTimer: (ms, callback) => source.startTimer(Math.max(ms - 0.5, 0.25), callback),
  }
  const clock = clockOf(REAL, early)
  const { calls, note } = diaryOf(clock)
  clock.schedule(5, note('5'))
  source.pass(4.5)
  t.strictSame(calls, [])
  t.equal(clock.waiting, 1)
  source.pass(0.5)
  t.strictSame(calls, [['5', 1005]])
  t.equal(source.waiting, 0)
})

t.test('schedule() returns what cancels it, before and after the call', async (t) => {
  for (const setting of [REAL, FROZEN]) {
    const source = new ManualTime(1000)
    const clock = clockOf(setting, source)
    const { calls, note } = diaryOf(clock)
    const cancel = clock.schedule(5, note('cancelled'))
    const cancelLater = clock.schedule(5, note('called'))
    t.equal(clock.waiting, 2)
    cancel()
    t.equal(clock.waiting, 1)
    clock.advance(5)
    cancel()
    cancelLater()
    t.strictSame(calls, [['called', 1005]])
    t.strictSame([clock.waiting, source.waiting], [0, 0])
  }
})

t.test('on a fast clock, what ends in one millisecond is called in order', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf({ mode: 'scaled', scale: 1_000_000 }, source)
  const { calls, note } = diaryOf(clock)
  for (const ms of [900, 100, 500, 100, 2_000_000]) clock.schedule(ms, note(String(ms)))
  source.pass(1)
  t.strictSame(
    calls.map(([name]) => name),
    ['100', '100', '500', '900'],
  )
  source.pass(1)
  t.equal(calls.at(-1)?.[0], '2000000')
  t.strictSame([clock.waiting, source.waiting], [0, 0])
})

t.test('advance() calls what is scheduled within it too, each at its own time', async (t) => {
  const clock = frozenClock(1000)
  const { calls, note } = diaryOf(clock)
  clock.schedule(10, () => {
    note('10')()
    clock.schedule(5, note('5 more'))
    clock.schedule(500, note('500 more'))
  })
  clock.schedule(12, note('12'))
  clock.advance(100)
  t.strictSame(calls, [
    ['10', 1010],
    ['12', 1012],
    ['5 more', 1015],
  ])
  t.strictSame([clock.now(), clock.waiting], [1100, 1])
})

t.test('advance() does not call what was cancelled within it', async (t) => {
  const clock = frozenClock(1000)
  const { calls, note } = diaryOf(clock)
  const cancel = clock.schedule(20, note('20'))
  clock.schedule(10, cancel)
  clock.advance(100)
  t.strictSame(calls, [])
})

t.test('a callback that moves time on is not taken back by what moved it there', async (t) => {
  const clock = frozenClock(1000)
  const { calls, note } = diaryOf(clock)
  clock.schedule(10, () => clock.advance(500))
  clock.schedule(20, note('20'))
  clock.advance(100)
  t.strictSame(calls, [['20', 1020]])
  t.equal(clock.now(), 1510)
})

t.test('advance() of a running clock shows no callback a time that is over', async (t) => {
  const source = new LateTime()
  const clock = clockOf(REAL, source)
  const { calls, note } = diaryOf(clock)
  clock.schedule(50, () => {
    note('50')()
    source.nowMs += 30
  })
  clock.schedule(60, note('60'))
  clock.schedule(300, note('300'))
  source.nowMs += 100
  t.equal(clock.now(), 1100)
  clock.advance(10)
  t.strictSame(calls, [
    ['50', 1100],
    ['60', 1130],
  ])
  t.equal(clock.now(), 1130)
})

t.test('set() keeps what waits, for the moment that it waits for', async (t) => {
  const source = new ManualTime(1000)
  const clock = clockOf(FROZEN, source)
  const { calls, note } = diaryOf(clock)
  for (const ms of [30, 100, 200, 450]) clock.schedule(ms, note(String(ms)))
  source.pass(1000)
  t.equal(source.waiting, 0)
  clock.set(REAL)
  source.pass(50)
  clock.set(TENFOLD)
  source.pass(10)
  clock.set(FROZEN)
  source.pass(1000)
  clock.advance(50)
  clock.set(AUTO)
  source.pass(1000)
  clock.polled()
  t.strictSame(calls, [
    ['30', 1030],
    ['100', 1100],
    ['200', 1200],
    ['450', 1450],
  ])
})

t.test('close() calls all that waits, and what is scheduled later at once', async (t) => {
  for (const setting of SETTINGS) {
    const source = new ManualTime(1000)
    const clock = clockOf(FROZEN, source)
    const { calls, note } = diaryOf(clock)
    clock.schedule(50, note('50'))
    clock.schedule(10, () => clock.schedule(5, note('nested')))
    clock.set(setting)
    clock.close()
    clock.schedule(20, note('later'))
    await waitOn(clock, 1000)
    t.strictSame(
      calls,
      ['nested', '50', 'later'].map((name) => [name, 1000]),
      JSON.stringify(setting),
    )
    t.strictSame([clock.waiting, source.waiting], [0, 0])
  }
})

/** What may be done with a clock. */
type Action =
  | { readonly kind: 'set'; readonly setting: ClockSetting }
  | { readonly kind: 'advance' | 'pass' | 'schedule' | 'cancel'; readonly by: number }
  | { readonly kind: 'polled' }

const anyShort = fc.integer({ min: 0, max: 40 })

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('set'), setting: fc.constantFrom(...SETTINGS) }),
  fc.record({ kind: fc.constantFrom('advance', 'pass', 'schedule', 'schedule'), by: anyShort }),
  fc.record({ kind: fc.constant('cancel'), by: anyShort }),
  fc.record({ kind: fc.constant('polled') }),
)

const anyActions = fc.array(anyAction, { maxLength: 40, size: 'max' })

/** A callback that was scheduled, and when it was called. */
interface Scheduled {
  readonly order: number
  readonly dueMs: number
  readonly cancel: () => void
  isCancelled: boolean
}

/** A clock that is used, and all that was seen of it. */
class UsedClock {
  readonly source = new ManualTime(1000)
  readonly clock = clockOf(FROZEN, this.source, 15)
  readonly scheduled: Scheduled[] = []
  readonly called: { readonly order: number; readonly dueMs: number; readonly atMs: number }[] = []
  /** Every time that the clock has shown. */
  readonly shown = [1000]

  do(action: Action): void {
    switch (action.kind) {
      case 'set':
        this.clock.set(action.setting)
        break
      case 'advance':
        this.clock.advance(action.by)
        break
      case 'pass':
        this.source.pass(action.by)
        break
      case 'schedule':
        this.#schedule(action.by)
        break
      case 'cancel':
        this.#cancel(action.by)
        break
      case 'polled':
        this.clock.polled()
    }
    this.shown.push(this.clock.now())
  }

  #schedule(ms: number): void {
    const order = this.scheduled.length
    const dueMs = this.clock.now() + ms
    const cancel = this.clock.schedule(ms, () => {
      const atMs = this.clock.now()
      this.called.push({ order, dueMs, atMs })
      this.shown.push(atMs)
    })
    this.scheduled.push({ order, dueMs, cancel, isCancelled: false })
  }

  #cancel(pick: number): void {
    const chosen = this.scheduled[pick]
    if (chosen === undefined) return
    chosen.cancel()
    chosen.isCancelled = !this.called.some(({ order }) => order === chosen.order)
  }
}

function useClock(actions: readonly Action[]): UsedClock {
  const used = new UsedClock()
  for (const action of actions) used.do(action)
  return used
}

t.test('time never runs backwards, whatever is done', async (t) => {
  const property = fc.property(anyActions, (actions) => {
    const { shown } = useClock(actions)
    assert.deepEqual(
      shown,
      shown.toSorted((left, right) => left - right),
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('what is scheduled is called in order of its time, then of creation', async (t) => {
  const property = fc.property(anyActions, (actions) => {
    const { called } = useClock(actions)
    assert.deepEqual(
      called,
      called.toSorted((left, right) => left.dueMs - right.dueMs || left.order - right.order),
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a clock that is moved calls each at its own time, one that runs not before', async (t) => {
  const property = fc.property(anyActions, (actions) => {
    const used = new UsedClock()
    for (const action of actions) {
      const before = used.called.length
      used.do(action)
      for (const { atMs, dueMs } of used.called.slice(before)) {
        assert.equal(action.kind === 'pass' ? atMs >= dueMs : atMs === dueMs, true)
      }
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('nothing that waits is lost or called twice, however the mode changes', async (t) => {
  const property = fc.property(anyActions, (actions) => {
    const { clock, scheduled, called } = useClock(actions)
    const left = scheduled.filter(({ isCancelled }) => !isCancelled).length - called.length
    assert.equal(clock.waiting, left)
    clock.set(FROZEN)
    clock.advance(50)
    assert.equal(clock.waiting, 0)
    assert.deepEqual(
      called.map(({ order }) => order).sort((one, other) => one - other),
      scheduled.filter(({ isCancelled }) => !isCancelled).map(({ order }) => order),
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('watch() calls back at a time, in each mode, and does not count as waiting', async (t) => {
  for (const setting of [REAL, TENFOLD, FROZEN, AUTO]) {
    const source = new ManualTime(0)
    const clock = clockOf(setting, source)
    const called: number[] = []
    clock.watch(100, () => called.push(clock.now()))
    const stop = clock.watch(50, () => called.push(-1))
    t.strictSame([clock.waiting, clock.now()], [0, 0], `${setting.mode} does not move`)
    stop()
    stop()
    clock.schedule(0, () => undefined)
    if (clock.runs) source.pass(setting === TENFOLD ? 10 : 100)
    else clock.advance(100)
    t.strictSame(called, [100], setting.mode)
    t.equal(clock.waiting, 0)
  }
})

t.test('watch() calls back when the clock is closed, and not after', async (t) => {
  const clock = frozenClock(0)
  let calls = 0
  const count = () => {
    calls += 1
  }
  clock.watch(100, count)
  clock.close()
  t.equal(calls, 1)
  clock.watch(100, count)()
  clock.advance(200)
  t.strictSame([calls, clock.waiting], [1, 0])
})
