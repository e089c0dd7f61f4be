import type { JsonForm } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import type { Encoding } from '../jobs/encoding.ts'
import { jsonText, quotedJson, toAscii } from './json-writer.ts'
import { encodeJson } from './message.ts'
import { writeNested } from './nested-json.ts'

/** The body of an answer and its Content-Type. */
export interface WrappedAnswer {
  readonly contentType: 'application/json' | 'application/octet-stream'
  /** A string for JSON: it is ASCII, and Node writes it in one piece with the headers. */
  readonly body: Buffer | string
}

/** The encoded response record of an endpoint. */
export interface Payload {
  /** The name of the response record, such as `get_job_response`. */
  readonly dataType: string
  /** A string for JSON, bytes for Avro. */
  readonly payload: Buffer | string
  /** The form of an endpoint that is JSON only. */
  readonly form?: JsonForm | undefined
}

/** A response record and its codec. */
export interface RecordResponse {
  readonly codec: RecordCodec
  readonly record: AvroRecord
}

const NO_BYTES = Buffer.alloc(0)

/** How the JSON of a wrapper ends with data_str, its last field, if that is empty. */
const EMPTY_END = '""}'

/** An empty data_str in Avro. */
const NO_TEXT = Buffer.alloc(1)

/** The Content-Type of an answer to a request in an encoding. */
export function contentTypeOf(encoding: Encoding): WrappedAnswer['contentType'] {
  return encoding === 'json' ? 'application/json' : 'application/octet-stream'
}

/**
 * Wraps answers in the `gpudb_response` record: status, message, data_type, data, data_str. A JSON
 * request is answered in JSON, with the payload as text in data_str; a binary or snappy one in Avro,
 * never compressed, with the payload in data. Source: documentation 7.2, official clients 7.2.3.
 */
export class Wrapper {
  readonly #codec: RecordCodec
  /** The JSON of wrappers before data_str, by data_type: each endpoint has one. */
  readonly #starts = new Map<string, string>()
  /** The same in Avro, before data. */
  readonly #bytes = new Map<string, Buffer>()

  constructor(codec: RecordCodec) {
    this.#codec = codec
  }

  /** Wraps a response. A string goes into data_str and bytes into data, in every encoding. */
  ok(encoding: Encoding, { dataType, payload, form }: Payload): WrappedAnswer {
    if (form !== undefined) return wrapObject(form, { dataType, payload })
    const isText = typeof payload === 'string'
    if (isText && encoding === 'json') {
      const body = `${this.#startOf(dataType)}${jsonText.string(payload)}}`
      return { contentType: contentTypeOf(encoding), body }
    }
    const data = isText ? NO_BYTES : payload
    const data_str = isText ? payload : ''
    return this.#encode(encoding, success({ data_type: dataType, data, data_str }))
  }

  /** As `ok`, of a response record: wrapper and record are written at once. */
  okRecord(encoding: Encoding, { codec, record }: RecordResponse): WrappedAnswer {
    const contentType = contentTypeOf(encoding)
    if (encoding === 'json') {
      const text = quotedJson.record(codec.schema, record)
      return { contentType, body: `${this.#startOf(codec.name)}"${text}"}` }
    }
    const around = { before: this.#bytesBefore(codec.name), after: NO_TEXT }
    return { contentType, body: codec.encodeWithin(record, around) }
  }

  /**
   * As `okRecord`, of a record that may be large, such as an echo of a large request: nothing but the
   * bytes of the body is allocated.
   */
  okLarge(encoding: Encoding, { codec, record }: RecordResponse): WrappedAnswer {
    if (encoding !== 'json') return this.okRecord(encoding, { codec, record })
    const content = { schema: codec.schema, record }
    const before = `${this.#startOf(codec.name)}"`
    const body = writeNested(content, { before, after: '"}' })
    return { contentType: contentTypeOf(encoding), body }
  }

  /** Wraps an error; its data_type is `none`, as in the documentation. */
  error(encoding: Encoding, message: string): WrappedAnswer {
    return this.#encode(encoding, {
      status: 'ERROR',
      message,
      data_type: 'none',
      data: NO_BYTES,
      data_str: '',
    })
  }

  #startOf(dataType: string): string {
    const known = this.#starts.get(dataType)
    if (known !== undefined) return known
    const whole = encodeJson(this.#codec, success({ data_type: dataType }))
    const start = whole.slice(0, -EMPTY_END.length)
    this.#starts.set(dataType, start)
    return start
  }

  /** The bytes of a wrapper in Avro before the lengths of data and data_str, which are 0. */
  #bytesBefore(dataType: string): Buffer {
    const known = this.#bytes.get(dataType)
    if (known !== undefined) return known
    const bytes = this.#codec.encode(success({ data_type: dataType })).subarray(0, -2)
    this.#bytes.set(dataType, bytes)
    return bytes
  }

  #encode(encoding: Encoding, wrapper: AvroRecord): WrappedAnswer {
    const contentType = contentTypeOf(encoding)
    if (encoding === 'json') return { contentType, body: encodeJson(this.#codec, wrapper) }
    return { contentType, body: this.#codec.encode(wrapper) }
  }
}

/** The wrapper of a response; empty if nothing is given. */
function success({
  data_type,
  data = NO_BYTES,
  data_str = '',
}: {
  readonly data_type: string
  readonly data?: Buffer
  readonly data_str?: string
}): AvroRecord {
  return { status: 'OK', message: '', data_type, data, data_str }
}

/**
 * The wrapper of an endpoint that is JSON only: `data` is an object, in a chat inside another one
 * with a status of its own (langchain-kinetica 1.3.0, `_KdtCompletionResponse`). `data_str` is empty:
 * the JavaScript clients 7.2.2 read `data` only if they cannot parse it.
 */
function wrapObject(form: JsonForm, { dataType, payload }: Payload): WrappedAnswer {
  const object = typeof payload === 'string' ? toAscii(payload) : jsonText.value(payload)
  const data = form === 'body' ? `{"status":"OK","data":${object}}` : object
  const start = `{"status":"OK","message":"","data_type":"${dataType}","data":`
  return { contentType: 'application/json', body: `${start}${data},"data_str":""}` }
}
