import type { ClockSetting } from '../../src/clock/clock.ts'
import { ControlledClock } from '../../src/clock/controlled-clock.ts'
import type { TimeSource } from '../../src/clock/time-source.ts'

/** Time that passes when a test says so; its timers are called as it passes. */
export class ManualTime implements TimeSource {
  readonly #timers = new Map<() => void, number>()
  #nowMs: number

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  startTimer(ms: number, callback: () => void): () => void {
    const timer = () => callback()
    this.#timers.set(timer, this.#nowMs + ms)
    return () => void this.#timers.delete(timer)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Lets time pass, and calls the timers whose time has come in the order of that time. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#timers].filter(([, atMs]) => atMs <= untilMs)
      const [next] = due.sort(([, left], [, right]) => left - right)
      if (next === undefined) break
      const [timer, atMs] = next
      this.#timers.delete(timer)
      this.#nowMs = Math.max(atMs, this.#nowMs)
      timer()
    }
    this.#nowMs = untilMs
  }
}

/** A clock that stands still until the test moves it. */
export function frozenClock(startMs: number): ControlledClock {
  return clockOf({ mode: 'frozen' }, new ManualTime(startMs))
}

/** A clock that every poll moves by `pollAdvanceMs`. */
export function autoClock(startMs: number, pollAdvanceMs: number): ControlledClock {
  return clockOf({ mode: 'auto' }, new ManualTime(startMs), pollAdvanceMs)
}

/** A clock over time that the test moves. */
export function clockOf(
  setting: ClockSetting,
  source: TimeSource,
  pollAdvanceMs = 250,
): ControlledClock {
  return new ControlledClock({ source, setting, pollAdvanceMs })
}
