import type { Catalogue } from '../avro/catalogue.ts'
import type { JsonObject } from '../documents/json-value.ts'
import type { FixtureThen } from '../fixture-format/fixture-format.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Scope } from '../scope/scope.ts'
import type { Note } from './drift.ts'
import type { Repeated } from './name-templates.ts'
import type { ReadPayload } from './read-answer.ts'

/** A response and the request that it answers. */
export interface RecordedResult {
  readonly endpoint: string
  readonly request: JobRecord
  readonly payload: ReadPayload
  readonly repeated: Repeated
  /** The encoding of the request. */
  readonly encoding: Encoding
  readonly note: Note
}

/** A response whose record was read. */
export interface ReadResult extends Omit<RecordedResult, 'payload'> {
  readonly response: JobRecord
  readonly scope: Scope
}

/** A response to write. */
export interface GivenResponse extends ReadResult {
  /** The response with templates and without secrets. */
  readonly shown: JobRecord
  readonly catalogue: Catalogue
}

/** The key of some fields of the response. */
export function thenOf(fields: JsonObject): FixtureThen {
  return Object.keys(fields).length === 0 ? {} : { response: { ...fields } }
}

/** Some fields of a record. */
export function pick(record: JobRecord, names: readonly string[]): JobRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
}
