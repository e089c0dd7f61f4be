import type { ClockDocument } from './documents.ts'

/** A clock of a scope, and when the page learnt of it. */
export interface ClockReading {
  readonly clock: ClockDocument
  /** By `performance.now()`. */
  readonly readAtMs: number
}

/** How many milliseconds of the scope pass in one of the machine. */
export function rateOf(clock: ClockDocument): number {
  switch (clock.mode) {
    case 'real':
      return 1
    case 'scaled':
      return clock.scale ?? 1
    case 'frozen':
    case 'auto':
      return 0
  }
}

/** The time of the scope, in whole milliseconds, at a later time of `performance.now()`. */
export function timeAt({ clock, readAtMs }: ClockReading, atMs: number): number {
  return clock.now_ms + Math.floor(Math.max(atMs - readAtMs, 0) * rateOf(clock))
}
