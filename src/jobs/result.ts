import type { ResultEncoding } from './encoding.ts'
import type { JobRecord } from './job.ts'

/** What a job or a rule produces. */
export type Result = FieldsResult | RawResult

/** Fields of the response record; a missing one echoes the request, or is zero. */
export interface FieldsResult {
  readonly kind: 'fields'
  readonly fields: JobRecord
}

/** A payload that is sent unchecked: bytes instead of Avro, or a text instead of JSON. */
export interface RawResult {
  readonly kind: 'raw'
  readonly payload: Buffer | string
}

/** The result without fields of its own: an echo of the request. */
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
