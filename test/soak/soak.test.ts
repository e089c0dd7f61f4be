import t from 'tap'
import { MemoryWindows } from './memory-windows.ts'
import { readSoakOptions } from './soak-options.ts'

/** Windows of one reading each, in megabytes. */
function windowsOf(megabytes: readonly number[]): MemoryWindows {
  const windows = new MemoryWindows()
  for (const value of megabytes) windows.add([value * 1e6, value * 2e6])
  return windows
}

t.test('memory is flat if it grows in the first quarter only', async (t) => {
  const windows = windowsOf([10, 50, 90, 90, 91, 95, 91, 90])
  t.equal(windows.isFlat, true)
  t.equal(String(windows), '10 50 90 90 91 95 91 90 MB, growth 1.000 (at most 1.15)')
})

t.test('memory that grows to the end is not flat', async (t) => {
  t.equal(windowsOf([10, 20, 30, 40, 50, 60, 70, 80]).isFlat, false)
})

t.test('readSoakOptions() reads the command line', async (t) => {
  t.strictSame(readSoakOptions([]), { minutes: 10, idle: 10_000 })
  t.strictSame(readSoakOptions(['0.5', '--idle', '0']), { minutes: 0.5, idle: 0 })
  for (const argv of [
    ['x'],
    ['0'],
    ['1', '2'],
    ['--idle', '-1'],
    ['--idle=-1'],
    ['--idle', '1.5'],
  ]) {
    t.throws(() => readSoakOptions(argv))
  }
})
