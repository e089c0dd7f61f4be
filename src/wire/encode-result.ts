import type { AvroRecord } from '../avro/avro-value.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import type { ResultEncoding } from '../jobs/encoding.ts'
import type { Result } from '../jobs/result.ts'
import { encodeJson } from './message.ts'

/** What a result is encoded with. */
export interface ResultContext {
  /** Those of the endpoint that produced the result. */
  readonly records: EndpointRecords
  readonly request: AvroRecord
  /** Unused by a raw payload, which has its own form. */
  readonly encoding: ResultEncoding
}

/** Encodes a result: JSON is a text, Avro is bytes. */
export function encodeResult(
  result: Result,
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
