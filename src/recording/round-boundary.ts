import { parseDuration } from '../clock/duration.ts'
import type { PollRun } from './infer-lifecycle.ts'

/** A time between two polls, in ms, and how far it may be off. */
export interface Boundary {
  readonly ms: number
  readonly spreadMs: number
}

/**
 * The time midway after `lastMs` and at or before `nextMs`, rounded to two significant digits if that
 * is still between them, else to more.
 */
export function boundaryBetween(lastMs: number, nextMs: number): Boundary {
  const middle = (lastMs + nextMs) / 2
  const spreadMs = Math.ceil((nextMs - lastMs) / 2)
  for (let digits = 2; digits < 16; digits += 1) {
    const ms = Math.round(Number(middle.toPrecision(digits)))
    if (ms > lastMs && ms <= nextMs) return { ms, spreadMs }
  }
  return { ms: nextMs, spreadMs }
}

/** A boundary in a comment. */
export function describeSpread({ spreadMs }: Boundary): string {
  return spreadMs === 0 ? 'exactly' : `±${writeDuration(spreadMs)}`
}

/** A duration as people write it. */
export function writeDuration(ms: number): string {
  const seconds = `${ms / 1000}s`
  return ms >= 1000 && seconds.length <= 6 && parseDuration(seconds) === ms ? seconds : `${ms}ms`
}

/**
 * The duration of a job that ends DONE after rising evenly from 0, if that explains all percentages
 * that were seen; undefined otherwise, also if none was.
 */
export function findEvenDuration(runs: readonly PollRun[]): Boundary | undefined {
  const end = runs.at(-1)
  const running = runs.slice(0, -1)
  if (end?.status !== 'DONE' || !running.some(({ progress }) => progress > 0)) return undefined
  let [min, max] = [0, end.firstMs]
  for (const { progress, firstMs, lastMs } of running) {
    min = Math.max(min, lastMs, (100 * lastMs) / (progress + 1))
    if (progress > 0) max = Math.min(max, (100 * firstMs) / progress)
  }
  if (min >= max) return undefined
  const { ms } = boundaryBetween(min, max)
  const isExplained = Number.isInteger(ms) && running.every((run) => isOnLine(run, ms))
  return isExplained ? { ms, spreadMs: Math.ceil((max - min) / 2) } : undefined
}

function isOnLine({ progress, firstMs, lastMs }: PollRun, ms: number): boolean {
  return [firstMs, lastMs].every((atMs) => {
    return atMs < ms && Math.min(Math.floor((100 * atMs) / ms), 99) === progress
  })
}
