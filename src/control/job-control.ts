import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import type { JsonObject } from '../documents/json-value.ts'
import type { JsonProblem } from '../documents/reading.ts'
import { choice, duration } from '../documents/schema-kinds.ts'
import { type FixtureJob, FixtureLifecycle } from '../fixtures/fixture-format.ts'
import type { Job } from '../jobs/job.ts'
import { JobError } from '../jobs/job-error.ts'
import { type JobStatus, nextChangeAtMs } from '../jobs/job-state.ts'
import { OUTCOMES } from '../jobs/lifecycle.ts'
import type { JobView } from '../jobs/stored-job.ts'
import type { Scope } from '../scope/scope.ts'
import type { ScopeContext } from './control-context.ts'
import { ControlError, refuseInput } from './control-error.ts'
import { CLOSED, Paging, page } from './control-kinds.ts'
import { type JobDocument, JobStatusName, toJobDocument } from './job-document.ts'
import { type JobReference, readReference } from './job-reference.ts'
import { readOneJob } from './read-fixtures.ts'
import { readJobLifecycle, readJobResponse } from './read-job-parts.ts'
import { waitUntil } from './wait-until.ts'

/** Which jobs are wanted; what is left out is not looked at. */
export const JobFilter = Type.Object(
  {
    status: Type.Optional(JobStatusName),
    endpoint: Type.Optional(Type.String({ description: 'The endpoint that the job runs.' })),
    tag: Type.Optional(Type.String({ description: 'The tag of the job.' })),
    ...Paging,
  },
  CLOSED,
)
export type JobFilter = Static<typeof JobFilter>

const Response = Type.Unsafe<JsonObject>({
  ...Type.Object({}, { additionalProperties: true, description: 'Fields of the result.' }),
  expected: 'an object with fields of the response record',
})

/** What is to be otherwise about a running job. */
export const JobPatch = Type.Object(
  {
    progress: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 99,
        description: 'Percent: no less than it has reached.',
        expected: 'a percentage from 0 to 99',
      }),
    ),
    response: Type.Optional(Response),
    lifecycle: Type.Optional(FixtureLifecycle),
  },
  CLOSED,
)
export type JobPatch = Static<typeof JobPatch>

/** How a running job ends now. */
export const JobEnd = Type.Object(
  {
    outcome: choice(OUTCOMES, { description: 'How it ends.' }),
    error: Type.Optional(
      Type.String({ description: 'The error_message of an ERROR.', expected: 'a text' }),
    ),
    response: Type.Optional(Response),
  },
  CLOSED,
)
export type JobEnd = Static<typeof JobEnd>

/** What is waited for, and how long. */
export const JobWait = Type.Object(
  {
    status: Type.Optional(JobStatusName),
    timeout: Type.Optional(duration({ description: 'How long, in real time. Left out: 5s.' })),
  },
  CLOSED,
)
export type JobWait = Static<typeof JobWait>

/** The jobs of a scope. */
export class JobControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** The jobs that a filter wants, in order of creation, and how many there are in all. */
  list(filter: JobFilter = {}): { readonly jobs: JobDocument[]; readonly total: number } {
    const { status, endpoint, tag } = filter
    const views = this.#scope.jobs.list().filter(({ job, state }) => {
      const wanted = status === undefined || state.status === status
      const named = (endpoint ?? job.endpoint) === job.endpoint && (tag ?? job.tag) === job.tag
      return wanted && named
    })
    return { jobs: page(views, filter).map(toJobDocument), total: views.length }
  }

  /** A job. Throws JobError where there is none. */
  get(reference: JobReference): JobDocument {
    return toJobDocument(this.#view(reference))
  }

  /**
   * Creates a job from a fixture.
   *
   * @throws ControlError where the fixture is wrong, JobError where its id or tag is in use.
   */
  create(fixture: FixtureJob): JobDocument {
    return this.get(this.#scope.jobs.add(readOneJob(fixture, this.#context)).id)
  }

  /**
   * Changes a running job from now on.
   *
   * @throws JobError where there is none, it has ended, or its progress would fall; ControlError
   *   where the response or the lifecycle is wrong.
   */
  patch(reference: JobReference, patch: JobPatch): JobDocument {
    const { job } = this.#view(reference)
    const { progress, response, lifecycle } = patch
    const parts = { ...this.#context, endpoint: job.endpoint }
    const revision = {
      ...(progress === undefined ? {} : { progress }),
      ...(response === undefined ? {} : { response: readJobResponse(response, parts) }),
      ...(lifecycle === undefined ? {} : { lifecycle: readJobLifecycle(lifecycle, parts) }),
    }
    return toJobDocument(this.#scope.jobs.revise({ id: job.id }, revision))
  }

  /** Ends the hold that a job is in. Throws JobError where there is no such job, or no hold. */
  release(reference: JobReference): JobDocument {
    return toJobDocument(this.#scope.jobs.release(readReference(reference)))
  }

  /**
   * Ends a running job now, whatever its lifecycle says.
   *
   * @throws JobError where there is none, or it has ended; ControlError where the parts do not fit.
   */
  finish(reference: JobReference, end: JobEnd): JobDocument {
    const { job } = this.#view(reference)
    const { outcome, error, response } = end
    assertFits(end)
    const parts = { ...this.#context, endpoint: job.endpoint }
    const fallback = job.lifecycle.error || `${job.endpoint} failed`
    const ending = {
      outcome,
      error: outcome === 'ERROR' ? (error ?? fallback) : '',
      ...(response === undefined ? {} : { response: readJobResponse(response, parts) }),
    }
    return toJobDocument(this.#scope.jobs.finish({ id: job.id }, ending))
  }

  /**
   * Asks a job to stop, as `/admin/alter/jobs` does.
   *
   * @throws JobError where there is none, or it has ended; ControlError where it refuses.
   */
  cancel(reference: JobReference): JobDocument {
    const { job, state } = this.#view(reference)
    const result = this.#scope.jobs.cancel({ id: job.id })
    if (result === 'already done') {
      throw new JobError(
        'JOB_FINISHED',
        `Cannot cancel job ${job.id}: it is already ${state.status}`,
      )
    }
    if (result === 'refused') {
      const advice = 'its lifecycle refuses, finish it with the outcome CANCELLED'
      throw new ControlError('CANCEL_REFUSED', `Cannot cancel job ${job.id}: ${advice}`)
    }
    return this.get(job.id)
  }

  /** Forgets a job. Throws JobError where there is none. */
  remove(reference: JobReference): void {
    this.#scope.jobs.remove(readReference(reference))
  }

  /**
   * Comes back with the job the moment it has a status: DONE unless another is given.
   *
   * @throws JobError where there is none, or it is gone meanwhile; ControlError where the time is
   *   over, or the status can never come; ScopeError where the scope is reset meanwhile.
   */
  async wait(
    reference: JobReference,
    wait: JobWait = {},
    signal?: AbortSignal,
  ): Promise<JobDocument> {
    const { status = 'DONE', timeout = '5s' } = wait
    const scope = this.#scope
    const { job } = scope.jobs.get(readReference(reference))
    assertCanHold(job, { status, scope })
    const look = () => {
      const view = scope.jobs.get({ id: job.id })
      if (view.state.status === status) return view
      if (view.state.status !== 'RUNNING') assertCanHold(view.job, { status, scope })
      return undefined
    }
    const nextAtMs = () => nextChangeAtMs(job)
    const timeoutMs = parseDuration(timeout)
    const found = await waitUntil(look, { scope, timeoutMs, nextAtMs, signal })
    if (found) return toJobDocument(found)
    const now = toJobDocument(scope.jobs.get({ id: job.id }))
    const message = `Cannot wait longer for job ${job.id}: after ${timeout} it is ${now.status}, not ${status}`
    throw new ControlError('WAIT_TIMED_OUT', message, { found: { job: now } })
  }

  get #scope(): Scope {
    return this.#context.scope()
  }

  #view(reference: JobReference): JobView {
    return this.#scope.jobs.get(readReference(reference))
  }
}

function assertFits({ outcome, error, response }: JobEnd): void {
  const misfits = [
    ...(error === undefined || outcome === 'ERROR' ? [] : [['error', 'ERROR'] as const]),
    ...(response === undefined || outcome === 'DONE' ? [] : [['response', 'DONE'] as const]),
  ].map(([key, wanted]): JsonProblem => {
    const message = `only a job that ends in ${wanted} has one, this one is to end in ${outcome}`
    return { path: [key], part: 'key', message }
  })
  if (misfits.length > 0) throw refuseInput('BAD_REQUEST', 'the body', misfits)
}

/** Refuses at once to wait for what can never come. */
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
  throw refuse(`the clock is frozen, and the job goes on in ${leftMs} ms: advance the clock`)
}
