import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { assertNotEvicted } from '../control-parts/assert-not-evicted.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError } from '../control-parts/control-error.ts'
import { type JobDocument, JobStatusName, toJobDocument } from '../control-parts/job-document.ts'
import { type JobReference, readReference } from '../control-parts/job-reference.ts'
import { splitSignal, type WaitSignal, waitUntil } from '../control-parts/wait-until.ts'
import { CLOSED, duration } from '../documents/schema-kinds.ts'
import { earliest } from '../jobs/dated-events.ts'
import type { Job } from '../jobs/job.ts'
import { type JobStatus, nextChangeAtMs } from '../jobs/job-state.ts'
import type { Scope } from '../scope/scope.ts'

/** The status to wait for, and how long. */
export const JobWait = Type.Object(
  {
    status: Type.Optional(JobStatusName),
    timeout: Type.Optional(duration({ description: 'How long, in real time. Omitted: 5s.' })),
  },
  CLOSED,
)
export type JobWait = Static<typeof JobWait>

const TO_WAIT = { action: 'wait for the job' }

/** Resolves with a job as soon as it has a status; rejects as JobControl.wait does. */
export async function waitForJob(
  reference: JobReference,
  { options, context }: { readonly options: JobWait & WaitSignal; readonly context: ScopeContext },
): Promise<JobDocument> {
  const { signal, input } = splitSignal(options, TO_WAIT)
  const { status = 'DONE', timeout = '5s' } = checkInput(JobWait, input, TO_WAIT)
  const key = readReference(reference)
  const scope = context.scope()
  assertNotEvicted(scope, TO_WAIT.action)
  const { job } = scope.jobs.get(key)
  assertCanHold(job, { status, scope })
  const look = () => {
    const view = scope.jobs.get({ id: job.id })
    if (view.state.status === status) return view
    if (view.state.status !== 'RUNNING') assertCanHold(view.job, { status, scope })
    return undefined
  }
  // An entry of the timeline may release the job, or end it.
  const nextAtMs = () => earliest(nextChangeAtMs(job), scope.timeline.nextAtMs())
  const timeoutMs = parseDuration(timeout)
  const { action } = TO_WAIT
  const found = await waitUntil(look, { scope, timeoutMs, nextAtMs, signal, action })
  if (found) return toJobDocument(found, scope.redaction)
  const now = toJobDocument(scope.jobs.get({ id: job.id }), scope.redaction)
  const message = `Cannot wait longer for job ${job.id}: after ${timeout} it is ${now.status}, not ${status}`
  throw new ControlError('WAIT_TIMED_OUT', message, { found: { job: now } })
}

/** Rejects a wait for a status that can never come. */
function assertCanHold(
  job: Job,
  { status, scope }: { readonly status: JobStatus; readonly scope: Scope },
): void {
  const now = job.state.status
  if (now === status) return
  const refuse = (reason: string) =>
    new ControlError('WAIT_CANNOT_HOLD', `Cannot wait for job ${job.id} to be ${status}: ${reason}`)
  if (now !== 'RUNNING') throw refuse(`it is ${now}, which never changes`)
  const leftMs = (nextChangeAtMs(job) ?? scope.clock.now()) - scope.clock.now()
  if (scope.clock.setting.mode !== 'frozen' || leftMs <= 0) return
  throw refuse(`the clock is frozen, and the job changes in ${leftMs} ms: advance the clock`)
}
