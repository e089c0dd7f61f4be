import { writeFields } from '../fixture-format/fixture-dialect.ts'
import type { FixtureJob } from '../fixture-format/fixture-format.ts'
import type { FixtureLifecycle, FixtureStep } from '../fixture-format/lifecycle-format.ts'
import { resumingLifecycle } from '../jobs/job-state.ts'
import type { CancelPolicy, Lifecycle, Step } from '../jobs/lifecycle.ts'
import type { Result } from '../jobs/result.ts'
import type { JobView } from '../jobs/stored-job.ts'
import { writeRowSet } from './write-row-set.ts'

/** Writes a job as a fixture: a job loaded from it has the same state and continues like it. */
export function writeJob({ job }: JobView, nowMs: number): FixtureJob {
  const lifecycle = writeLifecycle(resumingLifecycle(job, nowMs))
  return {
    job_id: job.id,
    tag: job.tag,
    endpoint: job.endpoint,
    encoding: job.encoding,
    lifecycle,
    request: writeFields(job.request),
    // A fixture with a result for another outcome would be rejected.
    ...(lifecycle.outcome === 'DONE' ? writeResult(job.result) : {}),
  }
}

/** Writes a lifecycle as the `lifecycle` of a fixture. */
export function writeLifecycle({ steps, outcome, error, cancel }: Lifecycle): FixtureLifecycle {
  return {
    steps: steps.map(writeStep),
    outcome,
    ...(outcome === 'ERROR' ? { error } : {}),
    cancel: writeCancel(cancel),
  }
}

/** Writes a result as the keys of a fixture job that describe it. */
export function writeResult(
  result: Result,
): Pick<FixtureJob, 'response' | 'columns' | 'rows' | 'response_text' | 'response_base64'> {
  switch (result.kind) {
    case 'fields':
      return { response: writeFields(result.fields) }
    case 'rows': {
      const isEmpty = Object.keys(result.fields).length === 0
      return {
        ...writeRowSet(result.set),
        ...(isEmpty ? {} : { response: writeFields(result.fields) }),
      }
    }
    case 'raw':
      return typeof result.payload === 'string'
        ? { response_text: result.payload }
        : { response_base64: result.payload.toString('base64') }
  }
}

function writeStep(step: Step): FixtureStep {
  const progress = step.progress === undefined ? {} : { progress: step.progress }
  switch (step.ends) {
    case 'after':
      return { after: step.afterMs, ...progress }
    case 'polls':
      return { polls: step.polls, ...progress }
    case 'hold':
      return { hold: true, ...progress }
  }
}

function writeCancel(cancel: CancelPolicy): NonNullable<FixtureLifecycle['cancel']> {
  return typeof cancel === 'string' ? cancel : { after: cancel.afterMs }
}
