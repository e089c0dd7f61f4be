import type { Lifecycle, Outcome, Step } from './lifecycle.ts'

/** What `/get/job` calls a job's status. */
export type JobStatus = 'RUNNING' | Outcome

/** Where a job is in its lifecycle. A state is never changed: each event makes a new one. */
export interface JobState {
  readonly status: JobStatus
  /** The index of the step that the job is in; past the last one once it has ended. */
  readonly step: number
  /** When it entered that step, or ended. */
  readonly sinceMs: number
  /** The percentage at that moment. */
  readonly progress: number
  /** How often it was polled in that step. */
  readonly polls: number
  /** When a cancellation takes effect; absent unless one is under way. */
  readonly cancelAtMs?: number
}

/** A lifecycle and how far it got. */
export interface Run {
  readonly lifecycle: Lifecycle
  readonly state: JobState
}

/** What a request to cancel came to, in the words of `/admin/alter/jobs`. */
export type CancelResult = 'cancelled' | 'already done' | 'refused'

/** A running job never shows 100: that is kept for DONE. */
const MAX_RUNNING_PROGRESS = 99

/** The state of a job that begins now. */
export function begin(nowMs: number): JobState {
  return { status: 'RUNNING', step: 0, sinceMs: nowMs, progress: 0, polls: 0 }
}

/**
 * Walks as many steps as are over by now, and cancels where that is due; what happens first comes
 * first, and at one instant a step ends before a cancellation takes effect.
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

/** When the job changes by time alone: its step ends, or a cancellation takes effect. */
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
  const target = Math.min(Math.max(step.progress, state.progress), MAX_RUNNING_PROGRESS)
  if (step.ends !== 'after' || nowMs - state.sinceMs >= step.afterMs) return target
  const elapsedMs = Math.max(nowMs - state.sinceMs, 0)
  return state.progress + Math.floor(((target - state.progress) * elapsedMs) / step.afterMs)
}

/** Counts a poll of a settled job; the last poll of a `polls` step ends it. */
export function countPoll(run: Run, nowMs: number): JobState {
  const step = currentStep(run)
  if (step?.ends !== 'polls') return run.state
  const polls = run.state.polls + 1
  return polls < step.polls ? { ...run.state, polls } : leaveStep(run, nowMs)
}

/** Ends the hold that a settled job is in; a job that is in none stays as it is. */
export function release(run: Run, nowMs: number): JobState {
  return currentStep(run)?.ends === 'hold' ? leaveStep(run, nowMs) : run.state
}

/** Asks a settled job to stop, as its cancel policy allows; a cancellation under way goes on. */
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

function currentStep({ lifecycle, state }: Run): Step | undefined {
  return state.status === 'RUNNING' ? lifecycle.steps[state.step] : undefined
}

/** A lifecycle without steps, or past its last one, is over at once. */
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
