import type { ClockSetting } from '../../src/clock/clock.ts'
import { ControlledClock } from '../../src/clock/controlled-clock.ts'
import type { TimeSource } from '../../src/clock/time-source.ts'

/** Time that passes when a test advances it; due timers are then called. */
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

  /** The number of pending timers. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Advances the time and calls the due timers in order of their deadlines. */
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

/** A frozen clock, which only the test advances. */
export function frozenClock(startMs: number): ControlledClock {
  return clockOf({ mode: 'frozen' }, new ManualTime(startMs))
}

/** A clock that every poll advances by `pollAdvanceMs`. */
export function autoClock(startMs: number, pollAdvanceMs: number): ControlledClock {
  return clockOf({ mode: 'auto' }, new ManualTime(startMs), pollAdvanceMs)
}

/** A clock whose time source the test advances. */
export function clockOf(
  setting: ClockSetting,
  source: TimeSource,
  pollAdvanceMs = 250,
): ControlledClock {
  return new ControlledClock({ source, setting, pollAdvanceMs })
}
