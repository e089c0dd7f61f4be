import { isDeepStrictEqual } from 'node:util'
import type { EndpointSchema, FieldSchema } from './avro-schema.ts'
import type { AvroRecord } from './avro-value.ts'
import { RecordCodec } from './record-codec.ts'
import { zeroValue } from './zero-value.ts'

/** The request and the response record of one endpoint. */
export class EndpointRecords {
  readonly request: RecordCodec
  readonly response: RecordCodec
  readonly #echoed: ReadonlySet<string>

  constructor(schema: EndpointSchema) {
    this.request = new RecordCodec(schema.request)
    this.response = new RecordCodec(schema.response)
    this.#echoed = new Set(schema.response.fields.filter(isIn(schema.request.fields)).map(nameOf))
  }

  /**
   * Completes a response of which `given` holds some fields: another field echoes the request's
   * field of the same name and type, and is Avro's zero where there is none.
   */
  completeResponse(given: AvroRecord, request: AvroRecord): AvroRecord {
    const response: Record<string, AvroRecord[string]> = {}
    for (const { name, type } of this.response.schema.fields) {
      const echo = this.#echoed.has(name) ? request[name] : undefined
      response[name] = given[name] ?? echo ?? zeroValue(type)
    }
    return response
  }
}

function isIn(fields: readonly FieldSchema[]): (field: FieldSchema) => boolean {
  return ({ name, type }) =>
    fields.some((field) => field.name === name && isDeepStrictEqual(field.type, type))
}

function nameOf(field: FieldSchema): string {
  return field.name
}
