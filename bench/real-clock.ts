import { ControlledClock } from '../src/clock/controlled-clock.ts'
import { RealTime } from '../src/clock/time-source.ts'

/** The default clock of a server. */
export function realClock(): ControlledClock {
  const setting = { mode: 'real' } as const
  return new ControlledClock({ source: new RealTime(), setting, pollAdvanceMs: 250 })
}
