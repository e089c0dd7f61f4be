import type { FixtureLifecycle, FixtureStep } from '../fixture-format/lifecycle-format.ts'
import type { JobStatus } from '../jobs/job-state.ts'
import type { Outcome } from '../jobs/lifecycle.ts'
import { findLine } from './fit-line.ts'
import {
  type Boundary,
  boundaryBetween,
  describeSpread,
  findEvenDuration,
  writeDuration,
} from './round-boundary.ts'

/** Consecutive polls of a job with equal answers. Times are ms since its start. */
export interface PollRun {
  readonly status: JobStatus
  readonly progress: number
  readonly firstMs: number
  readonly lastMs: number
  readonly polls: number
}

/** What was seen of a job. */
export interface SeenJob {
  /** In order of time; only the last one can be the end. */
  readonly runs: readonly PollRun[]
  /** When a client asked to cancel it, in ms since its start; undefined if none did. */
  readonly cancelMs?: number | undefined
  /** Whether it was seen running after that. */
  readonly ranOn: boolean
  /** The message of an ERROR. */
  readonly error: string
}

/** A lifecycle, and what to say about its parts. */
export interface InferredLifecycle {
  readonly lifecycle: FixtureLifecycle
  /** Comments of steps, or of the lifecycle. */
  readonly comments: ReadonlyMap<object, string>
}

/**
 * The lifecycle of which a job that is polled at the same times shows the same statuses and
 * percentages. A step in which progress rises evenly explains as many answers as it can; else equal
 * answers are one step, which ends midway between the last poll of one value and the first of the next.
 */
export function inferLifecycle(seen: SeenJob): InferredLifecycle {
  const end = seen.runs.at(-1)
  const even = seen.cancelMs === undefined ? findEvenDuration(seen.runs) : undefined
  if (even === undefined || end === undefined) return new LifecycleWriter(seen).write()
  const lifecycle = { duration: writeDuration(even.ms) }
  return { lifecycle, comments: new Map([[lifecycle, describeSpread(even)]]) }
}

class LifecycleWriter {
  readonly #seen: SeenJob
  readonly #steps: FixtureStep[] = []
  readonly #comments = new Map<object, string>()
  /** When the present step began. */
  #sinceMs = 0
  #reached = 0

  constructor(seen: SeenJob) {
    this.#seen = seen
  }

  write(): InferredLifecycle {
    const { runs } = this.#seen
    const running = runs.filter(({ status }) => status === 'RUNNING')
    const end = runs.find(({ status }) => status !== 'RUNNING')
    const isCancelled = end !== undefined && this.#wasCancelledBy(end)
    const last = isCancelled ? undefined : end
    const all = last === undefined ? running : [...running, last]
    for (let index = 0; index < running.length; ) index += this.#explain(all.slice(index))
    if (running.length === 0) this.#start(last)
    return { lifecycle: this.#lifecycle(end, isCancelled), comments: this.#comments }
  }

  #lifecycle(end: PollRun | undefined, isCancelled: boolean): FixtureLifecycle {
    const { cancelMs, ranOn, error } = this.#seen
    const isRefused = cancelMs !== undefined && (end !== undefined || ranOn)
    if (end !== undefined && end.status !== 'DONE' && !isCancelled) this.#reach(end.progress)
    const steps = { steps: this.#steps }
    if (isCancelled) return { ...steps, ...this.#cancel(end) }
    const outcome: Outcome = end === undefined || end.status === 'RUNNING' ? 'DONE' : end.status
    return {
      ...steps,
      ...(outcome === 'DONE' ? {} : { outcome }),
      ...(outcome === 'ERROR' ? { error } : {}),
      ...(isRefused ? { cancel: 'refuse' as const } : {}),
    }
  }

  /** Whether the request to cancel it is why a job ended. */
  #wasCancelledBy({ status, firstMs }: PollRun): boolean {
    const { runs, cancelMs, ranOn } = this.#seen
    if (status !== 'CANCELLED' || cancelMs === undefined) return false
    const last = runs.findLast((run) => run.status === 'RUNNING')
    return !ranOn || last === undefined || firstMs > last.lastMs
  }

  /** How the job reacted to the request to cancel it. */
  #cancel(end: PollRun | undefined): Pick<FixtureLifecycle, 'cancel'> {
    const { runs, ranOn, cancelMs = 0 } = this.#seen
    const last = runs.findLast(({ status }) => status === 'RUNNING')
    if (end === undefined || last === undefined || !ranOn) return {}
    const { ms } = boundaryBetween(last.lastMs - cancelMs, end.firstMs - cancelMs)
    return { cancel: { after: writeDuration(ms) } }
  }

  /** A job that was never seen running. */
  #start(end: PollRun | undefined): void {
    if (end === undefined) this.#steps.push({ hold: true })
    else this.#endBetween(0, end.firstMs)
  }

  /** Writes steps for the first of some runs, and returns how many of them they explain. */
  #explain(runs: readonly PollRun[]): number {
    const line = findLine(runs, { sinceMs: this.#sinceMs, reached: this.#reached })
    if (line === undefined) {
      const [run, next] = runs
      if (run) this.#step(run, next)
      return 1
    }
    this.#reached = line.progress
    this.#end(line.end, { progress: line.progress })
    return line.runs
  }

  #step(run: PollRun, next: PollRun | undefined): void {
    if (next === undefined) {
      this.#steps.push({ hold: true, ...this.#progressOf(run) })
    } else if (next.firstMs > run.lastMs) {
      this.#reach(run.progress)
      this.#endBetween(run.lastMs, next.firstMs)
    } else {
      // Both were seen in one millisecond: only the number of polls distinguishes them.
      this.#steps.push({ polls: run.polls, ...this.#progressOf(run) })
      this.#sinceMs = run.lastMs
    }
  }

  /** Progress rises evenly in a step: a step without a duration makes it jump. */
  #reach(progress: number): void {
    if (progress <= this.#reached) return
    this.#reached = progress
    this.#steps.push({ after: 0, progress })
  }

  #progressOf({ progress }: PollRun): Pick<FixtureStep, 'progress'> {
    if (progress <= this.#reached) return {}
    this.#reached = progress
    return { progress }
  }

  #endBetween(lastMs: number, nextMs: number): void {
    this.#end(boundaryBetween(lastMs, nextMs), {})
  }

  /** Adds a step that ends at a time. */
  #end(boundary: Boundary, reached: Pick<FixtureStep, 'progress'>): void {
    const step = { after: writeDuration(boundary.ms - this.#sinceMs), ...reached }
    this.#comments.set(step, describeSpread(boundary))
    this.#steps.push(step)
    this.#sinceMs = boundary.ms
  }
}
