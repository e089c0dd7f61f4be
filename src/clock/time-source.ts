import { startRealTimer } from './real-timer.ts'

/** Time that passes by itself. */
export interface TimeSource {
  /** Now, in epoch milliseconds; never runs backwards. */
  now(): number
  /** Calls back once after `ms`. Gives what cancels it. */
  startTimer(ms: number, callback: () => void): () => void
}

/** The time of the machine, from a monotonic source: setting the system's clock does not move it. */
export class RealTime implements TimeSource {
  now(): number {
    return performance.timeOrigin + performance.now()
  }

  startTimer(ms: number, callback: () => void): () => void {
    return startRealTimer(ms, callback)
  }
}
