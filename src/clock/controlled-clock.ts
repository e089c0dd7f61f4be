import type { Clock, ClockSetting } from './clock.ts'
import type { TimeSource } from './time-source.ts'

/** What a clock is made from. */
export interface ControlledClockOptions {
  readonly source: TimeSource
  readonly setting: ClockSetting
  /** How far one poll moves the clock while it is auto. */
  readonly pollAdvanceMs: number
  /** When it starts, in epoch milliseconds; absent: at the time of the source. */
  readonly startMs?: number
}

/** A callback that waits for its time. */
interface Timer {
  readonly dueMs: number
  readonly callback: () => void
  /** Ends the wait in real time; absent while the clock stands still. */
  stop?: () => void
}

/** The latest time that a clock can show, in epoch milliseconds; a JavaScript date goes no further. */
export const MAX_TIME_MS = 8_640_000_000_000_000

/**
 * The clock of a scope. It passes with its source, a number of times as fast, or stands still, and
 * that can be changed while it is in use; what waits on it goes on waiting for the same moment.
 */
export class ControlledClock implements Clock {
  readonly #source: TimeSource
  readonly #timers = new Set<Timer>()
  #pollAdvanceMs: number
  #setting: ClockSetting
  #scale: number
  #anchorMs: number
  #anchorSourceMs: number
  #isClosed = false

  constructor({ source, setting, pollAdvanceMs, startMs }: ControlledClockOptions) {
    this.#source = source
    this.#pollAdvanceMs = pollAdvanceMs
    this.#setting = setting
    this.#scale = scaleOf(setting)
    this.#anchorSourceMs = source.now()
    this.#anchorMs = Math.floor(startMs ?? this.#anchorSourceMs)
  }

  /** How time passes now. */
  get setting(): ClockSetting {
    return this.#setting
  }

  /** How far one poll moves the clock while it is auto. */
  get pollAdvanceMs(): number {
    return this.#pollAdvanceMs
  }

  /** How many callbacks wait for their time. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Whether time passes by itself. */
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

  /** Lets time pass otherwise from now on. */
  set(setting: ClockSetting, { pollAdvanceMs = this.#pollAdvanceMs } = {}): void {
    this.#anchorAt(this.now())
    this.#setting = setting
    this.#scale = scaleOf(setting)
    this.#pollAdvanceMs = pollAdvanceMs
    this.#restartTimers()
  }

  /**
   * Moves time on. What is due is called in the order of its time, then of its creation; each sees
   * its own time as now, and what it schedules within the advance is called too. The clock stops at
   * the latest time that it can show.
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
    this.#restartTimers()
  }

  /** Calls back once `ms` have passed. Gives what cancels it. An auto clock passes them at once. */
  schedule(ms: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.now() + Math.ceil(Math.max(ms, 0)), callback }
    this.#timers.add(timer)
    if (ms <= 0 || this.#isClosed) this.#fire(timer)
    else if (this.#setting.mode === 'auto') this.#pass(timer, Math.ceil(ms))
    else this.#startTimer(timer)
    return () => this.#forget(timer)
  }

  /** Comes back once `ms` have passed, or the clock is closed. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve)
    })
  }

  /** Calls all that waits, and at once all that is yet to: the scope of the clock is gone. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) this.#fire(timer)
  }

  /** Advances to the time of a timer; at the end of time, which is before it, calls it as well. */
  #pass(timer: Timer, ms: number): void {
    this.advance(ms)
    if (this.#timers.has(timer)) this.#fire(timer)
  }

  /** Goes on from a time; from now where that is past, since a callback may have moved it. */
  #anchorAt(ms: number): void {
    this.#anchorMs = Math.max(ms, this.now())
    this.#anchorSourceMs = this.#source.now()
  }

  /** The timer that is due first, of those due by `untilMs`; sets keep the order of creation. */
  #next(untilMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }

  #restartTimers(): void {
    for (const timer of this.#timers) this.#startTimer(timer)
  }

  #startTimer(timer: Timer): void {
    timer.stop?.()
    if (!this.runs) return
    const leftMs = Math.max(timer.dueMs - this.now(), 0) / this.#scale
    timer.stop = this.#source.startTimer(Math.ceil(leftMs), () => this.#catchUp(timer))
  }

  /** Fires all that is due: on a fast clock, timers far apart end in one millisecond of the source. */
  #catchUp(timer: Timer): void {
    const nowMs = this.now()
    for (let next = this.#next(nowMs); next !== undefined; next = this.#next(nowMs)) {
      this.#fire(next)
    }
    // A timer of the source may be early by a part of a millisecond.
    if (this.#timers.has(timer) && nowMs < MAX_TIME_MS) this.#startTimer(timer)
  }

  #fire(timer: Timer): void {
    this.#forget(timer)
    timer.callback()
  }

  #forget(timer: Timer): void {
    timer.stop?.()
    this.#timers.delete(timer)
  }
}

function scaleOf(setting: ClockSetting): number {
  if (setting.mode === 'scaled') return setting.scale
  return setting.mode === 'real' ? 1 : 0
}
