import { JobError } from '../jobs/job-error.ts'
import type { JobRegistry } from '../jobs/job-registry.ts'
import type { JobKey } from '../jobs/job-table.ts'
import type { FaultSet } from '../rules/fault-set.ts'
import type { Ring } from './ring.ts'
import type { TimelineAction } from './timeline.ts'

/** The parts of a scope that actions change. */
export interface ActionTargets {
  readonly ring: Ring
  readonly faults: FaultSet
  readonly jobs: JobRegistry
}

/**
 * Performs an action of a timeline at a time, in epoch ms of the scope's clock.
 *
 * @throws JobError, RuleError or ScopeError if it cannot be performed.
 */
export function performAction(
  action: TimelineAction,
  { scope: { ring, faults, jobs }, atMs }: { readonly scope: ActionTargets; readonly atMs: number },
): void {
  switch (action.kind) {
    case 'cluster':
      ring.move(action.name, action.move, atMs)
      break
    case 'fault':
      faults.enableNamed(action.name, action.enabled, atMs)
      break
    case 'release':
      jobs.release(action.job)
      break
    case 'finish':
      jobs.finish(action.job, { outcome: action.outcome, error: action.error })
      break
    case 'cancel':
      cancel(jobs, action.job)
  }
}

function cancel(jobs: JobRegistry, key: JobKey): void {
  const { job, state } = jobs.get(key)
  const result = jobs.cancel(key)
  if (result === 'cancelled') return
  const reason = result === 'refused' ? 'its lifecycle refuses' : `it is already ${state.status}`
  throw new JobError('JOB_FINISHED', `Cannot cancel job ${job.id}: ${reason}`)
}
