import { type Lifecycle, OUTCOMES, type Outcome, type Step } from './lifecycle.ts'

/** Values of `job_status` in the response of `/get/job`. */
export const JOB_STATUSES = ['RUNNING', ...OUTCOMES] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** A number of jobs for each status. */
export type JobNumbers = Readonly<Record<JobStatus, number>>

/** The position of a job in its lifecycle. Immutable: each event creates a new state. */
export interface JobState {
  readonly status: JobStatus
  /** Index of the current step; the number of steps after the job has ended. */
  readonly step: number
  /** When the job entered the step or ended, in epoch milliseconds. */
  readonly sinceMs: number
  /** Percent at `sinceMs`. */
  readonly progress: number
  /** Number of polls in the current step. */
  readonly polls: number
  /** When a pending cancellation takes effect, in epoch milliseconds; undefined if none is. */
  readonly cancelAtMs?: number
}

/** A lifecycle and the position in it. */
export interface Run {
  readonly lifecycle: Lifecycle
  readonly state: JobState
}

/** The result of a cancel request, in the words of `/admin/alter/jobs`. */
export type CancelResult = 'cancelled' | 'already done' | 'refused'

/** Percent; 100 is reserved for DONE. */
const MAX_RUNNING_PROGRESS = 99

/** The state of a job that begins now. */
export function begin(nowMs: number): JobState {
  return { status: 'RUNNING', step: 0, sinceMs: nowMs, progress: 0, polls: 0 }
}

/** The state of a running job at the start of another lifecycle; keeps a pending cancellation. */
export function restart(
  { cancelAtMs }: JobState,
  { nowMs, progress }: { readonly nowMs: number; readonly progress: number },
): JobState {
  return { ...begin(nowMs), progress, ...(cancelAtMs === undefined ? {} : { cancelAtMs }) }
}

/**
 * Applies every step end and cancellation that is due by `nowMs`, in order of time. If both are due
 * at the same instant, the step ends before the cancellation takes effect.
 */
export function settle(run: Run, nowMs: number): JobState {
  let { state } = run
  for (;;) {
    const dueAtMs = nextChangeAtMs({ lifecycle: run.lifecycle, state })
    if (dueAtMs === undefined || dueAtMs > nowMs) return state
    const current = { lifecycle: run.lifecycle, state }
    state =
      stepEndsAtMs(current) === dueAtMs
        ? leaveStep(current, dueAtMs)
        : end(current, { status: 'CANCELLED', atMs: dueAtMs })
  }
}

/** When the step ends or a cancellation takes effect by time alone; undefined if neither does. */
export function nextChangeAtMs(run: Run): number | undefined {
  if (run.state.status !== 'RUNNING') return undefined
  const endsAtMs = stepEndsAtMs(run)
  const { cancelAtMs } = run.state
  if (endsAtMs === undefined || cancelAtMs === undefined) return endsAtMs ?? cancelAtMs
  return Math.min(endsAtMs, cancelAtMs)
}

/** The percentage of a settled job: 100 once DONE, else at most 99. */
export function progressAt(run: Run, nowMs: number): number {
  const { state } = run
  const step = currentStep(run)
  if (step?.progress === undefined) return state.progress
  const rise = Math.max(step.progress - state.progress, 0)
  const elapsedMs = Math.max(nowMs - state.sinceMs, 0)
  const isThere = step.ends !== 'after' || elapsedMs >= step.afterMs
  const risen = isThere ? rise : Math.floor((rise * elapsedMs) / step.afterMs)
  return Math.min(state.progress + risen, MAX_RUNNING_PROGRESS)
}

/** Counts a poll of a settled job; the last poll of a `polls` step ends it. */
export function countPoll(run: Run, nowMs: number): JobState {
  const step = currentStep(run)
  if (step?.ends !== 'polls') return run.state
  const polls = run.state.polls + 1
  return polls < step.polls ? { ...run.state, polls } : leaveStep(run, nowMs)
}

/** Ends the current `hold` step of a settled job; returns the same state in any other step. */
export function release(run: Run, nowMs: number): JobState {
  return currentStep(run)?.ends === 'hold' ? leaveStep(run, nowMs) : run.state
}

/** Ends a settled job before its lifecycle does. The error message belongs to the job, not here. */
export function finish(
  run: Run,
  how: { readonly outcome: Outcome; readonly nowMs: number },
): JobState {
  return end(run, { status: how.outcome, atMs: how.nowMs })
}

/** Time of the last change by time alone; undefined if the job will not change. */
export function lastChangeAtMs(run: Run): number | undefined {
  if (nextChangeAtMs(run) === undefined) return undefined
  return settle(run, Number.POSITIVE_INFINITY).sinceMs
}

/** The rest of a settled job's lifecycle; its first step is the rest of the current step. */
export function remainingLifecycle(run: Run, nowMs: number): Lifecycle {
  const { lifecycle, state } = run
  const step = currentStep(run)
  if (step === undefined) return { ...lifecycle, steps: [] }
  const rest = lifecycle.steps.slice(state.step + 1)
  return { ...lifecycle, steps: [remainingStep(step, { state, nowMs }), ...rest] }
}

/**
 * The lifecycle with which a new job starts in the state of a settled one and continues like it.
 * A pending cancellation becomes the last step, during which progress moves evenly.
 */
export function resumingLifecycle(run: Run, nowMs: number): Lifecycle {
  const { lifecycle, state } = run
  const progress = progressAt(run, nowMs)
  const reached: Step = { ends: 'after', afterMs: 0, progress }
  if (state.status !== 'RUNNING') return { ...lifecycle, steps: [reached], outcome: state.status }
  const cancelled = findCancelled(run)
  if (cancelled !== undefined) {
    const afterMs = cancelled.sinceMs - nowMs
    const last: Step = { ends: 'after', afterMs, progress: cancelled.progress }
    return { ...lifecycle, steps: [reached, last], outcome: 'CANCELLED' }
  }
  const { steps } = remainingLifecycle(run, nowMs)
  return { ...lifecycle, steps: [reached, ...steps.map((step) => atLeast(step, progress))] }
}

/** Requests cancellation by the job's cancel policy; a pending cancellation keeps its time. */
export function requestCancel(
  run: Run,
  nowMs: number,
): { readonly state: JobState; readonly result: CancelResult } {
  const { state, lifecycle } = run
  if (state.status !== 'RUNNING') return { state, result: 'already done' }
  if (lifecycle.cancel === 'refuse') return { state, result: 'refused' }
  if (state.cancelAtMs !== undefined) return { state, result: 'cancelled' }
  const cancelled =
    lifecycle.cancel === 'immediate'
      ? end(run, { status: 'CANCELLED', atMs: nowMs })
      : { ...state, cancelAtMs: nowMs + lifecycle.cancel.afterMs }
  return { state: cancelled, result: 'cancelled' }
}

/** The end by a pending cancellation; undefined if none is pending or the job ends earlier. */
function findCancelled({ lifecycle, state: { cancelAtMs, ...uncancelled } }: Run) {
  if (cancelAtMs === undefined) return undefined
  const run = { lifecycle, state: settle({ lifecycle, state: uncancelled }, cancelAtMs) }
  if (run.state.status !== 'RUNNING') return undefined
  return end(run, { status: 'CANCELLED', atMs: cancelAtMs })
}

function currentStep({ lifecycle, state }: Run): Step | undefined {
  return state.status === 'RUNNING' ? lifecycle.steps[state.step] : undefined
}

function remainingStep(step: Step, { state, nowMs }: { state: JobState; nowMs: number }): Step {
  switch (step.ends) {
    case 'after':
      return { ...step, afterMs: Math.max(state.sinceMs + step.afterMs - nowMs, 0) }
    case 'polls':
      return { ...step, polls: step.polls - state.polls }
    case 'hold':
      return step
  }
}

/** Raises a step's progress to the progress reached: fixtures reject a progress that falls. */
function atLeast(step: Step, progress: number): Step {
  if (step.progress === undefined) return step
  return { ...step, progress: Math.max(step.progress, progress) }
}

/** Without a current step, a lifecycle ends at once. */
function stepEndsAtMs(run: Run): number | undefined {
  const step = currentStep(run)
  if (step === undefined) return run.state.sinceMs
  return step.ends === 'after' ? run.state.sinceMs + step.afterMs : undefined
}

function leaveStep(run: Run, atMs: number): JobState {
  const { state, lifecycle } = run
  const step = state.step + 1
  if (step >= lifecycle.steps.length) return end(run, { status: lifecycle.outcome, atMs })
  const progress = progressAt(run, atMs)
  const cancel = state.cancelAtMs === undefined ? {} : { cancelAtMs: state.cancelAtMs }
  return { status: 'RUNNING', step, sinceMs: atMs, progress, polls: 0, ...cancel }
}

function end(run: Run, how: { readonly status: Outcome; readonly atMs: number }): JobState {
  const progress = how.status === 'DONE' ? 100 : progressAt(run, how.atMs)
  const step = run.lifecycle.steps.length
  return { status: how.status, step, sinceMs: how.atMs, progress, polls: 0 }
}
