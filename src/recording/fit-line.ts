import type { PollRun } from './infer-lifecycle.ts'
import { type Boundary, boundaryBetween } from './round-boundary.ts'

/** Fewer answers fit almost any line. */
const MIN_RUNS = 3

/** Where a step begins, in ms since the start of the job, and the progress there. */
export interface LineStart {
  readonly sinceMs: number
  readonly reached: number
}

/** A step in which progress rises evenly, and that explains several answers. */
export interface Line {
  /** How many runs it explains. */
  readonly runs: number
  /** Its end. */
  readonly end: Boundary
  /** The progress at its end. */
  readonly progress: number
}

/** The percentages in 1 ms that all answers allow: at least `min`, less than `max`. */
interface Slopes {
  readonly min: number
  readonly max: number
}

/**
 * The step with even progress that explains the most of the first runs exactly; undefined if it would
 * be few. `runs` are those of a job while it runs, and the one after them, if there is one.
 */
export function findLine(runs: readonly PollRun[], start: LineStart): Line | undefined {
  let slopes: Slopes = { min: 0, max: Number.POSITIVE_INFINITY }
  let best: Line | undefined
  for (const [index, run] of runs.slice(0, -1).entries()) {
    slopes = narrow(slopes, run, start)
    if (run.status !== 'RUNNING' || slopes.min >= slopes.max) break
    if (index + 1 >= MIN_RUNS) best = endLine(runs.slice(0, index + 2), { slopes, start }) ?? best
  }
  return best
}

function narrow({ min, max }: Slopes, run: PollRun, { sinceMs, reached }: LineStart): Slopes {
  const risen = run.progress - reached
  const [firstMs, lastMs] = [run.firstMs - sinceMs, run.lastMs - sinceMs]
  const least = risen === 0 ? 0 : risen / firstMs
  return { min: Math.max(min, least), max: Math.min(max, (risen + 1) / lastMs) }
}

/** Ends a line between the last two runs, as high as it can. */
function endLine(
  runs: readonly PollRun[],
  { slopes, start }: { readonly slopes: Slopes; readonly start: LineStart },
): Line | undefined {
  const [last, next] = runs.slice(-2)
  /* c8 ignore next -- there are at least four */
  if (last === undefined || next === undefined) return undefined
  const { sinceMs, reached } = start
  const explained = runs.slice(0, -1)
  const highest = next.status === 'DONE' ? 100 : next.progress
  for (let progress = highest; progress >= last.progress; progress -= 1) {
    const rise = progress - reached
    const min = Math.max(last.lastMs - sinceMs, rise / slopes.max)
    const max = Math.min(next.firstMs - sinceMs, rise / slopes.min)
    const { ms, spreadMs } = boundaryBetween(min, max)
    const line = { afterMs: ms, rise, start }
    const isExact = min < max && Number.isInteger(ms) && explained.every((run) => isOn(line, run))
    if (isExact) return { runs: explained.length, end: { ms: sinceMs + ms, spreadMs }, progress }
  }
  return undefined
}

interface WrittenLine {
  readonly afterMs: number
  readonly rise: number
  readonly start: LineStart
}

/** Whether a job shows the same, as it rounds. */
function isOn({ afterMs, rise, start }: WrittenLine, { progress, firstMs, lastMs }: PollRun) {
  const { sinceMs, reached } = start
  return [firstMs - sinceMs, lastMs - sinceMs].every((elapsedMs) => {
    const shown = reached + Math.floor((rise * elapsedMs) / afterMs)
    return elapsedMs < afterMs && Math.min(shown, 99) === progress
  })
}
