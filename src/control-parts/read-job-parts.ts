import { readRecord } from '../avro/json-reader.ts'
import type { JsonObject } from '../documents/json-value.ts'
import { at, type Reading } from '../documents/reading.ts'
import { FIXTURE_DIALECT } from '../fixture-format/fixture-dialect.ts'
import type { FixtureLifecycle } from '../fixture-format/lifecycle-format.ts'
import type { FixtureContext } from '../fixtures/read-job.ts'
import { readLifecycle } from '../fixtures/read-lifecycle.ts'
import type { Lifecycle } from '../jobs/lifecycle.ts'
import type { FieldsResult } from '../jobs/result.ts'
import { refuseInput } from './control-error.ts'

/** The context of reading parts of a job. */
export interface JobPartContext extends FixtureContext {
  /** Such as `finish the job`, for the error. */
  readonly action: string
  /** The endpoint of the job. */
  readonly endpoint: string
}

/** Reads a job's result from its fields. Throws ControlError with every problem. */
export function readJobResult(
  fields: JsonObject,
  { action, endpoint, catalogue }: JobPartContext,
): FieldsResult {
  const { schema } = catalogue.get(endpoint).response
  const reading = readRecord(schema, { value: fields, dialect: FIXTURE_DIALECT })
  return { kind: 'fields', fields: partOf(at(['response'], reading), action) }
}

/** Reads a job's lifecycle. Throws ControlError with every problem. */
export function readJobLifecycle(
  text: FixtureLifecycle,
  { action, endpoint, defaultDurationMs }: JobPartContext,
): Lifecycle {
  const reading = readLifecycle(text, { endpoint, durationMs: defaultDurationMs })
  return partOf(at(['lifecycle'], reading), action)
}

function partOf<Value>(reading: Reading<Value>, action: string): Value {
  if ('value' in reading) return reading.value
  throw refuseInput(reading.problems, { action, code: 'BAD_FIXTURES' })
}
