import type { Id, JobRow } from './documents.ts'

/** A step of a lifecycle, as the document of a job has it. */
export interface ShownStep {
  readonly after?: number | string
  readonly polls?: number
  readonly hold?: true
  readonly progress?: number
}

/** A job and the time of its scope when it had this progress. */
export interface JobSample {
  readonly job: Pick<JobRow, 'status' | 'progress' | 'step' | 'changed_at_ms'>
  readonly atMs: number
}

/** Percent; 100 is reserved for DONE. */
const MAX_RUNNING_PROGRESS = 99

/**
 * The percentage of a job at a later time of its scope, with fractions: an `after` step moves evenly
 * to its own. Without its steps, or in another step, it stays as it was.
 */
export function progressAt(
  { job, atMs }: JobSample,
  { steps, nowMs }: { readonly steps: readonly ShownStep[] | undefined; readonly nowMs: number },
): number {
  const step = job.status === 'RUNNING' ? steps?.[job.step] : undefined
  if (typeof step?.after !== 'number' || step.progress === undefined) return job.progress
  const leftMs = job.changed_at_ms + step.after - atMs
  const target = Math.min(step.progress, MAX_RUNNING_PROGRESS)
  if (leftMs <= 0 || target <= job.progress) return job.progress
  const share = Math.min(Math.max(nowMs - atMs, 0) / leftMs, 1)
  return job.progress + (target - job.progress) * share
}

/** What a job becomes when its step ends: the status, or the next step. */
export function nextOf(
  job: Pick<JobRow, 'step'>,
  lifecycle: { readonly steps?: readonly ShownStep[]; readonly outcome?: string } | undefined,
): string | undefined {
  const steps = lifecycle?.steps
  if (steps === undefined) return undefined
  if (job.step + 1 >= steps.length) return lifecycle?.outcome ?? 'DONE'
  return `step ${job.step + 2} of ${steps.length}`
}

/** The text by which ids are compared: a number and a bigint are never the same. */
export function keyOf(id: Id): string {
  return String(id)
}
