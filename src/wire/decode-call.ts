import type { JsonForm } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import { isJsonList, isJsonObject, type JsonValue } from '../documents/json-value.ts'
import type { Encoding } from '../jobs/encoding.ts'
import { GpudbError } from './gpudb-error.ts'
import { parseJson } from './json-text.ts'
import { decodeBody, decodeJson, describeKind } from './message.ts'

/** The parts of a call that hold its request. */
export interface EncodedCall {
  readonly encoding: Encoding
  /** What follows the `?` in the URL; only endpoints that are JSON only read it. */
  readonly query: string
  readonly body: Buffer
  /** The maximum size of the body after decompression, in bytes. */
  readonly maxBytes: number
}

/**
 * Decodes the request of a call, which the body holds alone, or the query of the URL as well.
 *
 * @throws GpudbError with the path of each invalid field and the reason.
 */
export function decodeCall(
  { form, request }: Pick<EndpointRecords, 'form' | 'request'>,
  call: EncodedCall,
): AvroRecord {
  if (form === undefined) return decodeBody(request, call)
  if (call.encoding !== 'json') {
    throw new GpudbError(`Cannot read the body as ${request.name}: send application/json`)
  }
  return decodeJsonForm(request, { ...call, form })
}

/**
 * The forms of Python 7.2.3.13 (`insert_records_json`, `get_records_json`), Java 7.2.3.15, the
 * JavaScript clients 7.2.2.0, and langchain-kinetica 1.3.0 (`ChatKinetica._submit_completion`).
 */
function decodeJsonForm(
  codec: RecordCodec,
  { form, query, body }: EncodedCall & { readonly form: JsonForm },
): AvroRecord {
  switch (form) {
    case 'body':
      return decodeJson(codec, { value: parseJson(body, 'the body'), name: 'the body' })
    case 'query':
      return decodeJson(codec, { value: readQuery(codec, query), name: 'the query' })
    case 'query and records': {
      const value = { ...readQuery(codec, query), records: readRecords(body) }
      return decodeJson(codec, { value, name: 'the query and the body' })
    }
  }
}

/**
 * The arguments of a query as the fields of their names, and all others as `options`. An empty one
 * is no argument; of two with one name, the last one counts.
 */
function readQuery({ schema }: RecordCodec, query: string): Record<string, JsonValue> {
  const fields = new Map<string, JsonValue>()
  const options = new Map<string, JsonValue>()
  for (const [name, text] of new URLSearchParams(query)) {
    const type = schema.fields.find((field) => field.name === name)?.type
    if (type !== 'string' && type !== 'long') options.set(name, text)
    else if (text !== '') fields.set(name, text)
  }
  return { ...Object.fromEntries(fields), options: Object.fromEntries(options) }
}

/** The records of a body: a list of objects, or a single object. */
function readRecords(body: Buffer): JsonValue {
  const value = parseJson(body, 'the body')
  if (isJsonList(value)) return value
  if (isJsonObject(value)) return [value]
  const form = 'an object or a list of objects'
  throw new GpudbError(`Cannot read the body: expected ${form}, got ${describeKind(value, form)}`)
}
