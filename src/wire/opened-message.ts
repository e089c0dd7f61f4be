import { isRecordSchema } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import { AvroError } from '../avro/check-bytes.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import { zeroRecord } from '../avro/zero-value.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { MessagePart } from '../rules/damage.ts'
import { GpudbError } from './gpudb-error.ts'
import {
  changed,
  decodeJson,
  encodeRecord,
  type Held,
  heldBytes,
  NO_BYTES,
  shorten,
  withLength,
} from './held-message.ts'
import { jsonText } from './json-writer.ts'
import { compressSnappy } from './snappy.ts'

/** The answer to a call, before it is damaged. */
export interface WholeMessage {
  /** The encoding of the request; an answer to snappy is Avro. */
  readonly encoding: Encoding
  /** The endpoint that was called. */
  readonly endpoint: string
  readonly body: Buffer
}

/** What opening a message needs besides it. */
export interface MessageCodecs {
  readonly catalogue: Catalogue
  /** The codec of `gpudb_response`. */
  readonly wrapper: RecordCodec
}

/** The fields that hold the payload in a wrapper, and the result in an answer of `/get/job`. */
const PAYLOADS = ['data', 'data_str']
const RESULTS = ['job_response', 'job_response_str']

/** The wrapper of an endpoint that is JSON only: `data` is an object. */
const OBJECT_WRAPPER = /^(\{"status":.*?,"data":)(\{.*\})(,"data_str":""\})$/s

/** The place of a `data` that is an object, while the wrapper is read and written. */
const NO_DATA = '"data":""'

/** An answer with the messages in it. Its methods return the body of another answer. */
export class OpenedMessage {
  readonly #message: WholeMessage
  readonly #codecs: MessageCodecs
  readonly #isJson: boolean
  readonly #wrapper: AvroRecord

  constructor(message: WholeMessage, codecs: MessageCodecs) {
    this.#message = message
    this.#codecs = codecs
    this.#isJson = message.encoding === 'json'
    this.#wrapper = this.#open()
  }

  /** The answer with other bytes instead of a part. Undefined: it does not have the part. */
  change(part: MessagePart, change: (bytes: Buffer) => Buffer): Buffer | undefined {
    if (part === 'wrapper') return change(this.#message.body)
    const payload = this.#payload()
    if (part === 'data') return payload && this.#encode(changed(payload, change))
    const result = this.#result()
    return result && this.#withResponse(this.#encodeIn(result.codec, changed(result, change)))
  }

  /** The answer in Avro with another length before a part. Undefined: it does not have the part. */
  claim(part: Exclude<MessagePart, 'wrapper'>, length: number): Buffer | undefined {
    if (part === 'job_response') {
      const result = this.#result()
      return result && this.#withResponse(withLength(result, length))
    }
    const payload = this.#payload()
    return payload && withLength(payload, length)
  }

  /** Whether the answer has a part. */
  has(part: MessagePart): boolean {
    if (part === 'wrapper') return true
    return (part === 'data' ? this.#payload() : this.#result()) !== undefined
  }

  /** The answer with the zero value of the response of another endpoint. */
  withZero(endpoint: string): Buffer | undefined {
    const payload = this.#payload()
    const { response } = this.#codecs.catalogue.get(endpoint)
    if (payload === undefined || !this.#canEncode(response)) return undefined
    const zero = this.#encodeIn(response, zeroRecord(response.schema))
    return this.#encode(changed(payload, () => zero))
  }

  /** The answer with another value of a field of the wrapper. */
  withField(name: string, value: string): Buffer {
    return this.#encode({ ...this.#wrapper, [name]: value })
  }

  /** The answer without some fields, of the wrapper and of the response in it. */
  without(names: readonly string[]): Buffer {
    const response = this.#response()
    const inner = response && shorten(response.codec, names)
    const payload = this.#payload()
    const isChanged = payload && response && inner && inner !== response.codec
    const wrapper = isChanged
      ? changed(payload, () => this.#encodeIn(inner, response.record))
      : this.#wrapper
    return this.#encode(wrapper, shorten(this.#codecs.wrapper, names))
  }

  /** The answer in an encoding; what is inside cannot always be converted, and then stays. */
  as(encoding: Encoding): Buffer {
    const isJson = encoding === 'json'
    const { body } = this.#message
    const converted = isJson === this.#isJson ? body : this.#converted(isJson)
    return encoding === 'snappy' ? compressSnappy(converted) : converted
  }

  #converted(isJson: boolean): Buffer {
    const { wrapper } = this.#codecs
    const response = this.#response()
    if (response && (isJson || isRecordSchema(response.codec.schema))) {
      const bytes = encodeRecord(response.codec, { record: response.record, isJson })
      const held = isJson ? { data_str: bytes.toString('latin1') } : { data: bytes }
      const record = { ...this.#wrapper, data: NO_BYTES, data_str: '', ...held }
      return encodeRecord(wrapper, { record, isJson })
    }
    const data = heldBytes(this.#wrapper['data'])
    return encodeRecord(wrapper, { record: { ...this.#wrapper, data }, isJson })
  }

  /** Reads the wrapper; a `data` that is an object becomes a text, which `#encode` writes as it is. */
  #open(): AvroRecord {
    const { body } = this.#message
    const { wrapper } = this.#codecs
    if (!this.#isJson) return wrapper.decode(body)
    const [, before, data, after] = OBJECT_WRAPPER.exec(body.toString('latin1')) ?? []
    if (data === undefined) return decodeJson(wrapper, body)
    return { ...decodeJson(wrapper, Buffer.from(`${before}""${after}`)), data }
  }

  #encode(record: AvroRecord, codec: RecordCodec = this.#codecs.wrapper): Buffer {
    const { data } = record
    if (typeof data !== 'string') return this.#encodeIn(codec, record)
    const text = jsonText.record(codec.schema, { ...record, data: NO_BYTES })
    return Buffer.from(
      text.replace(NO_DATA, () => `"data":${data}`),
      'latin1',
    )
  }

  #canEncode({ schema }: RecordCodec): boolean {
    return this.#isJson || isRecordSchema(schema)
  }

  #encodeIn(codec: RecordCodec, record: AvroRecord): Buffer {
    return encodeRecord(codec, { record, isJson: this.#isJson })
  }

  #withResponse(bytes: Buffer): Buffer | undefined {
    const payload = this.#payload()
    return payload && this.#encode(changed(payload, () => bytes))
  }

  /** The payload; undefined for an error, which has none. */
  #payload(): Held | undefined {
    if (this.#wrapper['data_type'] === 'none') return undefined
    const empty = this.#isJson ? 'data_str' : 'data'
    const name = PAYLOADS.find((one) => heldBytes(this.#wrapper[one]).length > 0) ?? empty
    return { codec: this.#codecs.wrapper, record: this.#wrapper, name }
  }

  /** The response record; undefined for an error, and for bytes that are something else. */
  #response(): Omit<Held, 'name'> | undefined {
    const payload = this.#payload()
    if (payload === undefined) return undefined
    const { response: codec } = this.#codecs.catalogue.get(this.#message.endpoint)
    if (!this.#canEncode(codec)) return undefined
    const bytes = heldBytes(payload.record[payload.name])
    try {
      const record = this.#isJson
        ? decodeJson(codec, bytes)
        : codec.decode(bytes, Number.POSITIVE_INFINITY)
      return { codec, record }
    } catch (error) {
      /* c8 ignore next -- not about the bytes: a bug of this code */
      if (!(error instanceof AvroError || error instanceof GpudbError)) throw error
      return undefined
    }
  }

  /** The result in the answer of `/get/job`; undefined if the job has no result. */
  #result(): Held | undefined {
    const response = this.#response()
    const name = response && RESULTS.find((one) => heldBytes(response.record[one]).length > 0)
    return response && name !== undefined ? { ...response, name } : undefined
  }
}
