import t from 'tap'
import { CLOCK_FORM, isClockSetting, parseClockSetting } from '../../src/clock/clock.ts'
import { isDuration, parseDuration } from '../../src/clock/duration.ts'

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
    const message = `Cannot read ${written}: expected a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds`
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
