import { AutoClock } from './auto-clock.ts'
import type { Clock, ClockSetting } from './clock.ts'
import { FrozenClock } from './frozen-clock.ts'
import { ScaledClock } from './scaled-clock.ts'

/** What a clock is made from. */
export interface ClockSources {
  /** The clock whose time the new one starts at. */
  readonly source: Clock
  /** How far one poll moves an auto clock. */
  readonly pollAdvanceMs: number
}

/** Makes the clock that a setting asks for. */
export function createClock(setting: ClockSetting, sources: ClockSources): Clock {
  const { source, pollAdvanceMs } = sources
  switch (setting.mode) {
    case 'real':
      return source
    case 'scaled':
      return new ScaledClock(source, setting.scale)
    case 'frozen':
      return new FrozenClock(source.now())
    case 'auto':
      return new AutoClock(source.now(), pollAdvanceMs)
  }
}
