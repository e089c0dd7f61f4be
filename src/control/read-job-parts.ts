import { readRecord } from '../avro/json-reader.ts'
import type { JsonObject } from '../documents/json-value.ts'
import { type JsonProblem, within } from '../documents/reading.ts'
import { FIXTURE_DIALECT } from '../fixtures/fixture-dialect.ts'
import type { FixtureLifecycle } from '../fixtures/fixture-format.ts'
import type { FixtureContext } from '../fixtures/read-job.ts'
import { readLifecycle } from '../fixtures/read-lifecycle.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import { refuseInput } from './control-error.ts'

/** The context of reading parts of a job. */
export interface JobPartContext extends FixtureContext {
  /** Such as `finish the job`, for the error. */
  readonly action: string
  /** The endpoint of the job. */
  readonly endpoint: string
}

/** Reads the fields of a job's result. Throws ControlError with every problem. */
export function readJobResponse(
  fields: JsonObject,
  { action, endpoint, catalogue }: JobPartContext,
): JobRecord {
  const { schema } = catalogue.get(endpoint).response
  const reading = readRecord(schema, { value: fields, dialect: FIXTURE_DIALECT })
  refuse(within(['response'], reading.problems), action)
  return reading.record
}

/** Reads a job's lifecycle. Throws ControlError with every problem. */
export function readJobLifecycle(
  text: FixtureLifecycle,
  { action, endpoint, defaultDurationMs }: JobPartContext,
): Lifecycle {
  const reading = readLifecycle(text, { endpoint, durationMs: defaultDurationMs })
  refuse(within(['lifecycle'], reading.problems), action)
  return reading.lifecycle
}

function refuse(problems: readonly JsonProblem[], action: string): void {
  if (problems.length > 0) throw refuseInput(problems, { action, code: 'BAD_FIXTURES' })
}
