import type { Clock, ClockSetting } from './clock.ts'
import type { TimeSource } from './time-source.ts'
import { TimerQueue } from './timer-queue.ts'

/** The settings of a clock and its source of time. */
export interface ControlledClockOptions {
  readonly source: TimeSource
  readonly setting: ClockSetting
  /** How far one poll advances the clock in the mode auto. */
  readonly pollAdvanceMs: number
  /** The time at which it starts, in epoch milliseconds; undefined starts at the source's time. */
  readonly startMs?: number
}

/** A scheduled callback. */
interface Timer {
  readonly dueMs: number
  readonly callback: () => void
  /** Whether it only observes the time, see `watch`. */
  readonly isWatch: boolean
}

/** The timer in real time for the first of the scheduled callbacks. */
interface Alarm {
  readonly dueMs: number
  readonly stop: () => void
}

/** The latest time of a clock, in epoch milliseconds: the last that a JavaScript date can hold. */
export const MAX_TIME_MS = 8_640_000_000_000_000

/**
 * The clock of a scope. It passes with its source, at a multiple of its speed, or stands still. The
 * mode can change while callbacks are scheduled; they keep their times.
 */
export class ControlledClock implements Clock {
  readonly #source: TimeSource
  readonly #timers = new TimerQueue<Timer>()
  #alarm: Alarm | undefined
  #pollAdvanceMs: number
  #setting: ClockSetting
  #scale: number
  #anchorMs: number
  #anchorSourceMs: number
  #watches = 0
  #isClosed = false

  constructor({ source, setting, pollAdvanceMs, startMs }: ControlledClockOptions) {
    this.#source = source
    this.#pollAdvanceMs = pollAdvanceMs
    this.#setting = setting
    this.#scale = scaleOf(setting)
    this.#anchorSourceMs = source.now()
    this.#anchorMs = Math.floor(startMs ?? this.#anchorSourceMs)
  }

  /** The present mode. */
  get setting(): ClockSetting {
    return this.#setting
  }

  /** How far one poll advances the clock in the mode auto. */
  get pollAdvanceMs(): number {
    return this.#pollAdvanceMs
  }

  /** The number of scheduled callbacks, without those of `watch`. */
  get waiting(): number {
    return this.#timers.size - this.#watches
  }

  /** Whether time passes without polls and advances. */
  get runs(): boolean {
    return this.#scale > 0
  }

  now(): number {
    if (this.#scale === 0) return this.#anchorMs
    const passedMs = (this.#source.now() - this.#anchorSourceMs) * this.#scale
    return Math.min(Math.floor(this.#anchorMs + passedMs), MAX_TIME_MS)
  }

  polled(): void {
    if (this.#setting.mode === 'auto') this.advance(this.#pollAdvanceMs)
  }

  /** Changes the mode; time continues from now. */
  set(setting: ClockSetting, { pollAdvanceMs = this.#pollAdvanceMs } = {}): void {
    this.#anchorAt(this.now())
    this.#setting = setting
    this.#scale = scaleOf(setting)
    this.#pollAdvanceMs = pollAdvanceMs
    this.#restartAlarm()
  }

  /**
   * Advances the clock. Due callbacks run in order of their time, then of creation. Each sees its own
   * time as now, and callbacks that it schedules within the advance run too. The clock stops at the
   * latest time.
   *
   * @throws RangeError unless `ms` is a whole number from 0.
   */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new RangeError(`Cannot advance the clock by ${ms} ms: use a whole number from 0`)
    }
    const targetMs = Math.min(this.now() + ms, MAX_TIME_MS)
    for (let next = this.#next(targetMs); next !== undefined; next = this.#next(targetMs)) {
      this.#anchorAt(next.dueMs)
      this.#fire(next)
    }
    this.#anchorAt(targetMs)
    this.#restartAlarm()
  }

  /** Calls back after `ms`; an auto clock advances at once. Returns a function that cancels it. */
  schedule(ms: number, callback: () => void): () => void {
    const dueMs = this.now() + Math.ceil(Math.max(ms, 0))
    const timer: Timer = { dueMs, callback, isWatch: false }
    this.#timers.add(timer)
    if (ms <= 0 || this.#isClosed) this.#fire(timer)
    else if (this.#setting.mode === 'auto') this.#pass(timer, Math.ceil(ms))
    else this.#setAlarm()
    return () => this.#forget(timer)
  }

  /**
   * Calls back once the time is `atMs`, or the clock is closed, however the time gets there: unlike
   * `schedule`, this neither moves an auto clock nor counts as waiting. A closed clock does not call
   * back any more. Returns a function that cancels it.
   */
  watch(atMs: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: atMs, callback, isWatch: true }
    if (this.#isClosed) return () => {}
    this.#timers.add(timer)
    this.#watches += 1
    this.#setAlarm()
    return () => this.#forget(timer)
  }

  /** Runs all scheduled callbacks, and later ones at once: the scope of the clock is gone. */
  close(): void {
    this.#isClosed = true
    for (let timer = this.#timers.first(); timer; timer = this.#timers.first()) this.#fire(timer)
  }

  /** Advances to the time of a timer; the latest time may be before it, and runs it as well. */
  #pass(timer: Timer, ms: number): void {
    this.advance(ms)
    if (this.#timers.has(timer)) this.#fire(timer)
  }

  /** Continues from a time; from now if it is past: a callback may have advanced the clock. */
  #anchorAt(ms: number): void {
    this.#anchorMs = Math.max(ms, this.now())
    this.#anchorSourceMs = this.#source.now()
  }

  /** The first timer due by `untilMs`; of those of one time, the one that was created first. */
  #next(untilMs: number): Timer | undefined {
    const first = this.#timers.first()
    return first !== undefined && first.dueMs <= untilMs ? first : undefined
  }

  /** Starts the alarm anew: the time or its speed has changed. */
  #restartAlarm(): void {
    this.#stopAlarm()
    this.#setAlarm()
  }

  #stopAlarm(): void {
    this.#alarm?.stop()
    this.#alarm = undefined
  }

  /** Sets the alarm to the first timer, while the clock runs. */
  #setAlarm(): void {
    const first = this.#timers.first()
    if (first !== undefined && first.dueMs === this.#alarm?.dueMs) return
    this.#stopAlarm()
    const nowMs = this.now()
    if (first === undefined || !this.runs || nowMs >= MAX_TIME_MS) return
    const leftMs = Math.max(first.dueMs - nowMs, 0) / this.#scale
    const stop = this.#source.startTimer(Math.ceil(leftMs), () => this.#catchUp())
    this.#alarm = { dueMs: first.dueMs, stop }
  }

  /**
   * Fires all due timers: on a fast clock, several are due within one millisecond of the source. A
   * timer of the source may be early by a part of a millisecond; the alarm is then set again.
   */
  #catchUp(): void {
    this.#alarm = undefined
    const nowMs = this.now()
    for (let next = this.#next(nowMs); next !== undefined; next = this.#next(nowMs)) {
      this.#fire(next)
    }
    this.#setAlarm()
  }

  #fire(timer: Timer): void {
    this.#forget(timer)
    timer.callback()
  }

  #forget(timer: Timer): void {
    if (!this.#timers.delete(timer)) return
    if (timer.isWatch) this.#watches -= 1
    this.#setAlarm()
  }
}

function scaleOf(setting: ClockSetting): number {
  if (setting.mode === 'scaled') return setting.scale
  return setting.mode === 'real' ? 1 : 0
}
