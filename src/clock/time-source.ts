import { performance } from 'node:perf_hooks'
import timers from 'node:timers'

// Fake timers of a test replace globals and methods after this file is loaded. The mock keeps the
// real ones: its clocks, waits and shutdown work in a test that fakes time.
const { setTimeout, clearTimeout, setImmediate } = timers
const sinceOriginMs = performance.now.bind(performance)
const { timeOrigin } = performance
const systemTimeMs = Date.now

/** The longest time that setTimeout can wait, in ms; with a longer one it calls back at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** Time that passes by itself. */
export interface TimeSource {
  /** Now, in epoch milliseconds with a fraction; never runs backwards. */
  now(): number
  /** Calls back once after `ms`. Returns a function that cancels it. */
  startTimer(ms: number, callback: () => void): () => void
}

/**
 * The time of the machine, from a monotonic source: setting the system's clock does not move it.
 */
export class RealTime implements TimeSource {
  now(): number {
    return timeOrigin + sinceOriginMs()
  }

  startTimer(ms: number, callback: () => void): () => void {
    return startRealTimer(ms, callback)
  }
}

/** The time since the process started, in ms, from a monotonic source: for durations. */
export function readStopwatch(): number {
  return sinceOriginMs()
}

/** The system's clock in whole epoch milliseconds, for log lines; it can be set back. */
export function readSystemClock(): number {
  return systemTimeMs()
}

/**
 * Calls back once in real time, independent of the clock of any scope: for the process itself, such
 * as the deadline of its shutdown. Only with `keepsAlive` it keeps the process alive. Returns what
 * cancels it.
 */
export function startRealTimer(
  ms: number,
  callback: () => void,
  { keepsAlive = false }: { readonly keepsAlive?: boolean } = {},
): () => void {
  let timer: NodeJS.Timeout
  const wait = (leftMs: number): void => {
    const over = leftMs <= MAX_TIMEOUT_MS
    /* c8 ignore next -- the second call comes after 25 days */
    const next = over ? callback : () => wait(leftMs - MAX_TIMEOUT_MS)
    timer = setTimeout(next, over ? leftMs : MAX_TIMEOUT_MS)
    if (!keepsAlive) timer.unref()
  }
  wait(ms)
  return () => clearTimeout(timer)
}

/** Resolves in the next turn of the event loop: requests that came meanwhile are handled before. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

/** Calls back after the present task. A promise does so, since fakes replace queueMicrotask. */
export function runSoon(callback: () => void): void {
  void Promise.resolve().then(callback)
}
