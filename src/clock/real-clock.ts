import type { Clock } from './clock.ts'
import { startRealTimer } from './real-timer.ts'

/** The time of the machine, from a monotonic source: setting the system's clock does not move it. */
export class RealClock implements Clock {
  now(): number {
    return Math.floor(performance.timeOrigin + performance.now())
  }

  polled(): void {}

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      startRealTimer(ms, resolve)
    })
  }
}
