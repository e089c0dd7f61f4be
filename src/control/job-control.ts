import { type Static, Type } from '@sinclair/typebox'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError, refuseInput } from '../control-parts/control-error.ts'
import { inOrder, pageRange, text } from '../control-parts/control-kinds.ts'
import {
  type BriefJobDocument,
  type JobDocument,
  toBriefJob,
  toJobDocument,
} from '../control-parts/job-document.ts'
import { type JobReference, readReference } from '../control-parts/job-reference.ts'
import { readOneJob } from '../control-parts/read-fixtures.ts'
import { readJobLifecycle, readJobResult } from '../control-parts/read-job-parts.ts'
import type { WaitSignal } from '../control-parts/wait-until.ts'
import type { JsonObject } from '../documents/json-value.ts'
import type { JsonProblem } from '../documents/reading.ts'
import { CLOSED, choice } from '../documents/schema-kinds.ts'
import { FixtureJob } from '../fixture-format/fixture-format.ts'
import { FixtureLifecycle } from '../fixture-format/lifecycle-format.ts'
import { JobError } from '../jobs/job-error.ts'
import type { JobKey } from '../jobs/job-table.ts'
import { OUTCOMES } from '../jobs/lifecycle.ts'
import type { JobView } from '../jobs/stored-job.ts'
import type { Scope } from '../scope/scope.ts'
import { type JobFilter, jobMatcher, readJobFilter } from './job-filter.ts'
import { type JobWait, waitForJob } from './wait-for-job.ts'

/** A part of a list of jobs. */
export interface JobList<Document extends BriefJobDocument = JobDocument> {
  readonly jobs: Document[]
  /** The number of jobs that match, whatever part of them is returned. */
  readonly total: number
}

const Response = Type.Unsafe<JsonObject>({
  ...Type.Object({}, { additionalProperties: true, description: 'Fields of the result.' }),
  expected: 'an object with fields of the response record',
})

/** Changes to a running job. Omitted keys are unchanged. */
export const JobPatch = Type.Object(
  {
    progress: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 99,
        description: 'Percent: at least what the job has reached.',
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
    outcome: choice(OUTCOMES, { description: 'The final status.' }),
    error: Type.Optional(text('The error_message of an ERROR.')),
    response: Type.Optional(Response),
  },
  CLOSED,
)
export type JobEnd = Static<typeof JobEnd>

/** The jobs of a scope. */
export class JobControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /**
   * The jobs that match a filter, all of them unless `limit` is given. With `brief`, they are
   * without lifecycle, request and result.
   */
  list(filter?: JobFilter & { readonly brief?: false }): JobList
  list(filter: JobFilter): JobList<BriefJobDocument>
  list(filter: JobFilter = {}): JobList<BriefJobDocument> {
    this.#context.assertUsable()
    const checked = readJobFilter(filter, this.#context)
    const { jobs: registry, redaction } = this.#scope
    const { views, total } = registry.select({
      tag: checked.tag,
      isWanted: jobMatcher(checked),
      range: (number) => pageRange(number, checked),
    })
    const describe = checked.brief ? toBriefJob : toJobDocument
    const jobs = inOrder(views, checked).map((view) => describe(view, redaction))
    return { jobs, total }
  }

  /** A job. Throws JobError if it is missing. */
  get(reference: JobReference): JobDocument {
    return this.#describe(this.#view(reference))
  }

  /**
   * Creates a job from a fixture.
   *
   * @throws ControlError if the fixture is invalid, JobError if its id or tag is in use.
   */
  create(fixture: FixtureJob): JobDocument {
    this.#context.assertUsable()
    const action = 'create the job'
    const checked = checkInput(FixtureJob, fixture, { action, code: 'BAD_FIXTURES' })
    const job = readOneJob(checked, { ...this.#context, action })
    return this.get(this.#scope.jobs.add(this.#scope.ring.placed(job)).id)
  }

  /**
   * Changes a running job.
   *
   * @throws JobError if it is missing or has ended, or its progress would fall; ControlError if the
   *   patch is invalid. Nothing is changed then.
   */
  patch(reference: JobReference, patch: JobPatch): JobDocument {
    this.#context.assertUsable()
    const { progress, response, lifecycle } = checkInput(JobPatch, patch, TO_CHANGE)
    const { job } = this.#view(reference)
    const parts = { ...this.#context, ...TO_CHANGE, endpoint: job.endpoint }
    const revision = {
      progress,
      result: response && readJobResult(response, parts),
      lifecycle: lifecycle && readJobLifecycle(lifecycle, parts),
    }
    return this.#describe(this.#scope.jobs.revise({ id: job.id }, revision))
  }

  /** Ends the hold that a job is in. Throws JobError if it is missing, or not in a hold. */
  release(reference: JobReference): JobDocument {
    const key = this.#key(reference)
    return this.#describe(this.#scope.jobs.release(key))
  }

  /**
   * Ends a running job now, whatever its lifecycle says.
   *
   * @throws JobError if it is missing or has ended, ControlError if the ending is invalid.
   */
  finish(reference: JobReference, end: JobEnd): JobDocument {
    this.#context.assertUsable()
    const checked = checkInput(JobEnd, end, TO_FINISH)
    assertFits(checked)
    const { job } = this.#view(reference)
    const { outcome, error, response } = checked
    const parts = { ...this.#context, ...TO_FINISH, endpoint: job.endpoint }
    const ending = { outcome, error, result: response && readJobResult(response, parts) }
    return this.#describe(this.#scope.jobs.finish({ id: job.id }, ending))
  }

  /**
   * Requests that a job stops, as `/admin/alter/jobs` does.
   *
   * @throws JobError if it is missing or has ended, ControlError if its lifecycle refuses.
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

  /** Removes a job. Throws JobError if it is missing. */
  remove(reference: JobReference): void {
    const key = this.#key(reference)
    this.#scope.jobs.remove(key)
  }

  /**
   * Resolves with the job as soon as it has a status: by default DONE.
   *
   * @throws JobError if the job is missing or is removed meanwhile; ControlError if the time is over,
   *   the status can never come or the signal is aborted; ScopeError if the scope is reset meanwhile.
   */
  async wait(reference: JobReference, options: JobWait & WaitSignal = {}): Promise<JobDocument> {
    this.#context.assertUsable()
    return await waitForJob(reference, { options, context: this.#context })
  }

  get #scope(): Scope {
    return this.#context.scope()
  }

  #describe(view: JobView): JobDocument {
    return toJobDocument(view, this.#scope.redaction)
  }

  #view(reference: JobReference): JobView {
    const key = this.#key(reference)
    return this.#scope.jobs.get(key)
  }

  #key(reference: JobReference): JobKey {
    this.#context.assertUsable()
    return readReference(reference)
  }
}

const TO_CHANGE = { action: 'change the job' }
const TO_FINISH = { action: 'finish the job' }

function assertFits({ outcome, error, response }: JobEnd): void {
  const misfits = [
    ...(error === undefined || outcome === 'ERROR' ? [] : [['error', 'ERROR'] as const]),
    ...(response === undefined || outcome === 'DONE' ? [] : [['response', 'DONE'] as const]),
  ].map(([key, wanted]): JsonProblem => {
    const message = `only a job that ends in ${wanted} has one, this one ends in ${outcome}`
    return { path: [key], part: 'key', message }
  })
  if (misfits.length > 0) throw refuseInput(misfits, TO_FINISH)
}
