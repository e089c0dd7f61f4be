import t from 'tap'
import { CLOCK_FORM, isClockSetting, parseClockSetting } from '../../src/clock/clock.ts'

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

t.test('parseClockSetting() refuses what names no clock', async (t) => {
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
