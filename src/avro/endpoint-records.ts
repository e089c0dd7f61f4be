import { isDeepStrictEqual } from 'node:util'
import type { EndpointSchema, JsonForm } from './avro-schema.ts'
import type { AvroRecord, AvroValue } from './avro-value.ts'
import { RecordCodec } from './record-codec.ts'
import { zeroValue } from './zero-value.ts'

interface ResponseField {
  readonly name: string
  readonly zero: AvroValue
  /** Whether the request has a field of the same name and type. */
  readonly echoed: boolean
}

/** The request and the response record of one endpoint. */
export class EndpointRecords {
  /** How a request comes to an endpoint that is JSON only; undefined for all others. */
  readonly form: JsonForm | undefined
  readonly request: RecordCodec
  readonly response: RecordCodec
  readonly #fields: readonly ResponseField[]

  constructor(schema: EndpointSchema) {
    this.form = schema.form
    this.request = new RecordCodec(schema.request)
    this.response = new RecordCodec(schema.response)
    this.#fields = schema.response.fields.map(({ name, type }) => ({
      name,
      zero: zeroValue(type),
      echoed: schema.request.fields.some(
        (field) => field.name === name && isDeepStrictEqual(field.type, type),
      ),
    }))
  }

  /**
   * Completes a response of which `given` has some fields. An omitted field echoes the request
   * field of the same name and type, else it is Avro's zero.
   */
  completeResponse(given: AvroRecord, request: AvroRecord): AvroRecord {
    if (this.#isComplete(given)) return given
    const response: Record<string, AvroValue> = {}
    for (const { name, zero, echoed } of this.#fields) {
      response[name] = given[name] ?? (echoed ? request[name] : undefined) ?? zero
    }
    return response
  }

  #isComplete(given: AvroRecord): boolean {
    for (const { name } of this.#fields) if (given[name] == null) return false
    return true
  }
}
