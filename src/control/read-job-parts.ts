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

/** What parts of a job are read with. */
export interface JobPartContext extends FixtureContext {
  /** The endpoint that the job runs. */
  readonly endpoint: string
}

/** Reads the fields of a job's result. Throws ControlError with every problem. */
export function readJobResponse(
  fields: JsonObject,
  { endpoint, catalogue }: JobPartContext,
): JobRecord {
  const { schema } = catalogue.get(endpoint).response
  const reading = readRecord(schema, { value: fields, dialect: FIXTURE_DIALECT })
  refuseWith('response', reading.problems)
  return reading.record
}

/** Reads a job's lifecycle. Throws ControlError with every problem. */
export function readJobLifecycle(
  text: FixtureLifecycle,
  { endpoint, defaultDurationMs }: JobPartContext,
): Lifecycle {
  const reading = readLifecycle(text, { endpoint, durationMs: defaultDurationMs })
  refuseWith('lifecycle', reading.problems)
  return reading.lifecycle
}

function refuseWith(key: string, problems: readonly JsonProblem[]): void {
  if (problems.length > 0) throw refuseInput('BAD_FIXTURES', 'the job', within([key], problems))
}
