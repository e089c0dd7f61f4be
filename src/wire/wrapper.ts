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

/** A response record, and what stands in for it where that is not to be encoded. */
export interface Payload {
  readonly codec: RecordCodec
  readonly record: AvroRecord
  readonly raw?: Buffer | string | undefined
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

  /** Wraps the response record of an endpoint. */
  ok(encoding: Encoding, { codec, record, raw }: Payload): WrappedAnswer {
    if (encoding === 'json' && raw === undefined) return wrapJson(codec, record)
    const payload = raw ?? codec.encode(record)
    const data = typeof payload === 'string' ? NO_BYTES : payload
    const data_str = typeof payload === 'string' ? payload : ''
    const wrapper = { status: 'OK', message: '', data_type: codec.name, data, data_str }
    return this.#encode(encoding, wrapper)
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

/** As the codec writes the wrapper, without looking at the payload twice: it is ASCII already. */
function wrapJson(codec: RecordCodec, record: AvroRecord): WrappedAnswer {
  const head = `{"status":"OK","message":"","data_type":"${codec.name}","data":"","data_str":`
  const body = `${head}${JSON.stringify(encodeJson(codec, record))}}`
  return { contentType: 'application/json', body }
}
