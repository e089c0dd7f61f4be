import type { ResultEncoding } from './encoding.ts'
import type { JobRecord } from './job.ts'

/** The response of an endpoint, as a job or a rule defines it. */
export type Result = FieldsResult | RawResult

/** Fields of the response record. A missing one echoes the request's field, or is zero. */
export interface FieldsResult {
  readonly kind: 'fields'
  readonly fields: JobRecord
}

/** A payload that is sent unchecked: bytes instead of Avro, or a string instead of JSON. */
export interface RawResult {
  readonly kind: 'raw'
  readonly payload: Buffer | string
}

/** A result without fields: every field echoes the request, or is zero. */
export const ECHO: FieldsResult = { kind: 'fields', fields: {} }

/** The only encoding in which a result can be sent; undefined if it can be sent in any. */
export function soleEncoding(result: Result): ResultEncoding | undefined {
  switch (result.kind) {
    case 'fields':
      return undefined
    case 'raw':
      return typeof result.payload === 'string' ? 'json' : 'binary'
  }
}
