import type { AvroRecord } from '../avro/avro-value.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import type { ResultEncoding } from '../jobs/encoding.ts'
import type { FieldsResult, RawResult } from '../jobs/result.ts'
import { encodeJson } from './message.ts'

/** What `encodeResult` needs besides the result. */
export interface ResultContext {
  /** The records of the endpoint that produced the result. */
  readonly records: EndpointRecords
  readonly request: AvroRecord
  /** Not used for a raw payload, whose form is fixed. */
  readonly encoding: ResultEncoding
}

/** A result whose rows, if it had any, are fields of the response now. */
export type PlainResult = FieldsResult | RawResult

/** Encodes a result: JSON as a string, Avro as bytes. */
export function encodeResult(
  result: PlainResult,
  { records, request, encoding }: ResultContext,
): Buffer | string {
  switch (result.kind) {
    case 'raw':
      return result.payload
    case 'fields': {
      const record = records.completeResponse(result.fields, request)
      const { response } = records
      return encoding === 'json' ? encodeJson(response, record) : response.encode(record)
    }
  }
}
