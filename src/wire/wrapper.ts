import type { AvroRecord } from '../avro/avro-value.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import type { Encoding } from '../jobs/encoding.ts'
import { encodeJson } from './message.ts'

/** The body of an answer and how it is labelled. */
export interface WrappedAnswer {
  readonly contentType: 'application/json' | 'application/octet-stream'
  /** JSON is ASCII text, which Node writes in one piece with the head. */
  readonly body: Buffer | string
}

/** The response of an endpoint, encoded. */
export interface Payload {
  /** The name of the response record. */
  readonly dataType: string
  /** JSON as a text, Avro as bytes. */
  readonly payload: Buffer | string
}

const NO_BYTES = Buffer.alloc(0)

/**
 * Puts answers into the `gpudb_response` record: status, message, data_type, data, data_str. A JSON
 * request gets JSON with the payload as text in data_str; a binary or snappy one gets Avro, never
 * compressed, with the payload in data.
 */
export class Wrapper {
  readonly #codec: RecordCodec

  constructor(codec: RecordCodec) {
    this.#codec = codec
  }

  /** Wraps a response. A text goes into data_str and bytes into data, whatever the encoding. */
  ok(encoding: Encoding, { dataType, payload }: Payload): WrappedAnswer {
    const isText = typeof payload === 'string'
    const data = isText ? NO_BYTES : payload
    const data_str = isText ? payload : ''
    return this.#encode(encoding, {
      status: 'OK',
      message: '',
      data_type: dataType,
      data,
      data_str,
    })
  }

  /** Wraps an error. */
  error(encoding: Encoding, message: string): WrappedAnswer {
    const payload = { data_type: 'none', data: NO_BYTES, data_str: '' }
    return this.#encode(encoding, { status: 'ERROR', message, ...payload })
  }

  #encode(encoding: Encoding, wrapper: AvroRecord): WrappedAnswer {
    if (encoding === 'json') {
      return { contentType: 'application/json', body: encodeJson(this.#codec, wrapper) }
    }
    return { contentType: 'application/octet-stream', body: this.#codec.encode(wrapper) }
  }
}
