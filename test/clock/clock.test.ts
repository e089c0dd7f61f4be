import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { CLOCK_FORM, isClockSetting, parseClockSetting } from '../../src/clock/clock.ts'
import { isDuration, parseDuration } from '../../src/clock/duration.ts'
import { showDate, showTime, showTimeOfDay } from '../../src/clock/show-time.ts'
import { RealTime, readSystemClock, runSoon, startRealTimer } from '../../src/clock/time-source.ts'
import { nextTurn } from '../support/next-turn.ts'
import { stayAlive } from '../support/stay-alive.ts'

t.test('parseClockSetting() reads the name of a clock', async (t) => {
  t.strictSame(parseClockSetting('real'), { mode: 'real' })
  t.strictSame(parseClockSetting('frozen'), { mode: 'frozen' })
  t.strictSame(parseClockSetting('auto'), { mode: 'auto' })
})

t.test('parseClockSetting() reads a factor, up to a million', async (t) => {
  t.strictSame(parseClockSetting('10x'), { mode: 'scaled', scale: 10 })
  t.strictSame(parseClockSetting('0.5x'), { mode: 'scaled', scale: 0.5 })
  t.strictSame(parseClockSetting('1x'), { mode: 'scaled', scale: 1 })
  t.strictSame(parseClockSetting('1000000x'), { mode: 'scaled', scale: 1_000_000 })
})

const NO_CLOCKS = ['', 'Real', 'fast', 'x', '10', '0x', '-1x', '.5x', '1.x', '1e3x', '10x ', '10X']

t.test('parseClockSetting() rejects other texts', async (t) => {
  for (const text of [...NO_CLOCKS, '1000001x', 'real\n', 'scaled']) {
    const message = `Cannot read the clock ${text}: expected real, frozen, auto, or a factor such as 10x`
    t.throws(() => parseClockSetting(text), { name: 'RangeError', message }, JSON.stringify(text))
  }
})

t.test('isClockSetting() accepts what parseClockSetting() reads', async (t) => {
  for (const text of ['real', 'frozen', 'auto', '10x', '0.5x']) t.ok(isClockSetting(text), text)
  for (const text of NO_CLOCKS) t.notOk(isClockSetting(text), JSON.stringify(text))
})

t.test('isClockSetting() accepts nothing but text', async (t) => {
  for (const value of [10, undefined, null, true, ['real'], { mode: 'real' }]) {
    t.notOk(isClockSetting(value), JSON.stringify(value))
  }
})

t.test('CLOCK_FORM names only clocks that can be read', async (t) => {
  const named = CLOCK_FORM.match(/real|frozen|auto|\d+x/g) ?? []
  t.strictSame(named, ['real', 'frozen', 'auto', '10x'])
  t.ok(named.every(isClockSetting))
})

const HUNDRED_YEARS_MS = 3_153_600_000_000

const DURATIONS: readonly (readonly [written: string | number, ms: number])[] = [
  ['250ms', 250],
  ['2s', 2000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1.5s', 1500],
  ['0.25h', 900_000],
  ['0s', 0],
  ['007ms', 7],
  ['300', 300],
  [300, 300],
  [0, 0],
  ['876000h', HUNDRED_YEARS_MS],
  [HUNDRED_YEARS_MS, HUNDRED_YEARS_MS],
]

t.test('parseDuration() reads a duration as milliseconds', async (t) => {
  for (const [written, ms] of DURATIONS) {
    t.equal(parseDuration(written), ms, String(written))
    t.ok(isDuration(written), String(written))
  }
})

t.test('parseDuration() rounds to whole milliseconds', async (t) => {
  t.equal(parseDuration('0.0004s'), 0)
  t.equal(parseDuration('1.4ms'), 1)
  t.equal(parseDuration('1.5ms'), 2)
  t.equal(parseDuration(2.6), 3)
})

const WRONG_TEXTS = [
  '',
  ' ',
  's',
  '2 s',
  ' 2s',
  '2s\n',
  '-2s',
  '+2s',
  '1e3',
  '.5s',
  '1.s',
  '2d',
  '2S',
]

t.test('parseDuration() rejects other texts and numbers', async (t) => {
  for (const written of [...WRONG_TEXTS, '2s5ms', 'Infinity', -1, Number.NaN, Infinity]) {
    const message = `Cannot read ${written}: expected a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds, at most 876000h`
    const label = JSON.stringify(written)
    t.throws(() => parseDuration(written), { name: 'RangeError', message }, label)
    t.notOk(isDuration(written), label)
  }
})

t.test('parseDuration() rejects more than a hundred years', async (t) => {
  for (const written of ['876001h', HUNDRED_YEARS_MS + 1, `${'9'.repeat(400)}h`]) {
    t.throws(() => parseDuration(written), { name: 'RangeError' })
    t.notOk(isDuration(written))
  }
})

t.test('isDuration() accepts nothing but text and numbers', async (t) => {
  for (const value of [undefined, null, true, 5n, ['5s'], { ms: 5 }]) {
    t.notOk(isDuration(value), String(value))
  }
})

/** The system's clock may be set while the tests run; real time does not follow it. */
const TOLERANCE_MS = 60_000

t.test('a time is shown in UTC, with milliseconds', async (t) => {
  t.equal(showTime(1_700_000_000_123), '2023-11-14 22:13:20.123')
  t.equal(showDate(1_700_000_000_123), '2023-11-14')
  t.equal(showTimeOfDay(5), '00:00:00.005')
})

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
