import type { Clock } from './clock.ts'

/** The time of the machine, from a monotonic source: setting the system's clock does not move it. */
export class RealClock implements Clock {
  now(): number {
    return Math.floor(performance.timeOrigin + performance.now())
  }

  polled(): void {}
}
