import type { MessageSchema } from '../avro/avro-schema.ts'
import type { AvroRecord } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import { zeroRecord } from '../avro/zero-value.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { CodecMistake, MessagePart } from '../rules/damage.ts'
import type { Draws } from '../rules/draws.ts'
import { writeRecord } from './json-writer.ts'
import { decodeMessage } from './message.ts'
import { compressSnappy } from './snappy.ts'

/** The answer to a call, before it is damaged. */
export interface WholeMessage {
  /** The encoding of the request; an answer to snappy is Avro. */
  readonly encoding: Encoding
  /** The endpoint that was called. */
  readonly endpoint: string
  readonly body: Buffer
}

/** What damaging needs besides the message. */
export interface DamageTools {
  readonly catalogue: Catalogue
  /** The codec of `gpudb_response`. */
  readonly wrapper: RecordCodec
  readonly draws: Draws
}

/** A damaged answer. */
export interface DamagedMessage {
  readonly body: Buffer
  /** The Content-Length that is sent. Undefined: that of the body. */
  readonly contentLength?: number
}

/**
 * Makes one mistake in an answer; all else stays as it is. A part that the answer does not have,
 * such as the result of a running job, cannot be damaged: the answer is then returned as it came.
 */
export function damageMessage(
  mistake: CodecMistake,
  { message, tools }: { readonly message: WholeMessage; readonly tools: DamageTools },
): DamagedMessage {
  const { body } = message
  const opened = new OpenedMessage(message, tools)
  switch (mistake.codec) {
    case 'truncate':
      return opened.change(mistake.part, (bytes) => withoutEnd(bytes, mistake.bytes))
    case 'flip':
      return opened.change(mistake.part, (bytes) => flipBits(bytes, mistake.bits, tools.draws))
    case 'claim':
      return opened.claim(mistake.part, mistake.length)
    case 'record':
      return opened.replaceData(mistake.endpoint)
    case 'data_type':
      return opened.setField('data_type', mistake.text)
    case 'status':
      return opened.setField('status', mistake.text)
    case 'omit':
      return opened.omit(mistake.fields)
    case 'trailing':
      return { body: Buffer.concat([body, randomBytes(mistake.bytes, tools.draws)]) }
    case 'as':
      return opened.encodeAs(mistake.encoding)
  }
}

/** The fields of a wrapper that hold a message: bytes for Avro, text for JSON. */
type Holder = { readonly name: string; readonly isText: boolean }

/** A message with the records in it. */
class OpenedMessage {
  readonly #message: WholeMessage
  readonly #tools: DamageTools
  readonly #isJson: boolean
  readonly #wrapper: AvroRecord

  constructor(message: WholeMessage, tools: DamageTools) {
    this.#message = message
    this.#tools = tools
    this.#isJson = message.encoding === 'json'
    this.#wrapper = decode(tools.wrapper, message.body, this.#isJson)
  }

  /** Changes the bytes of a part. */
  change(part: MessagePart, change: (bytes: Buffer) => Buffer): DamagedMessage {
    const { body } = this.#message
    if (part === 'wrapper') return { body: change(body) }
    const data = this.#dataHolder()
    if (part === 'data') return this.#withData(data, change(readHeld(this.#wrapper, data)))
    const result = this.#result()
    if (result === undefined) return { body }
    const { codec, record, holder } = result
    const changed = hold(record, holder, change(readHeld(record, holder)))
    return this.#withData(data, encode(codec, changed, this.#isJson))
  }

  /** Writes another length before a part. JSON has no lengths but that of the body. */
  claim(part: MessagePart, length: number): DamagedMessage {
    const { body } = this.#message
    if (part === 'wrapper' || this.#isJson) return { body, contentLength: length }
    const data = this.#dataHolder()
    if (part === 'data') {
      return {
        body: withLength(this.#tools.wrapper, { record: this.#wrapper, name: data.name, length }),
      }
    }
    const result = this.#result()
    if (result === undefined) return { body }
    const { codec, record, holder } = result
    return this.#withData(data, withLength(codec, { record, name: holder.name, length }))
  }

  /** Sends the zero value of the response of another endpoint. */
  replaceData(endpoint: string): DamagedMessage {
    const { response } = this.#tools.catalogue.get(endpoint)
    const zero = encode(response, zeroRecord(response.schema), this.#isJson)
    return this.#withData(this.#dataHolder(), zero)
  }

  setField(name: string, value: string): DamagedMessage {
    return { body: this.#encodeWrapper({ ...this.#wrapper, [name]: value }) }
  }

  /** Leaves fields out, of the wrapper and of the response in it. */
  omit(names: readonly string[]): DamagedMessage {
    const response = this.#response()
    const { schema } = response.codec
    const isInside = schema.fields.some(({ name }) => names.includes(name))
    const inside =
      isInside && encodeWithout(schema, { record: response.record, names, isJson: this.#isJson })
    const wrapper = inside ? hold(this.#wrapper, this.#dataHolder(), inside) : this.#wrapper
    const rest = { record: wrapper, names, isJson: this.#isJson }
    return { body: encodeWithout(this.#tools.wrapper.schema, rest) }
  }

  /** Writes the answer in an encoding, whatever the answer says. */
  encodeAs(encoding: Encoding): DamagedMessage {
    const isJson = encoding === 'json'
    const { codec, record } = this.#response()
    const payload = encode(codec, record, isJson)
    const holder = { name: isJson ? 'data_str' : 'data', isText: isJson }
    const empty = { ...this.#wrapper, data: Buffer.alloc(0), data_str: '' }
    const body = encode(this.#tools.wrapper, hold(empty, holder, payload), isJson)
    return { body: encoding === 'snappy' ? compressSnappy(body) : body }
  }

  #dataHolder(): Holder {
    return this.#isJson ? { name: 'data_str', isText: true } : { name: 'data', isText: false }
  }

  #withData(holder: Holder, bytes: Buffer): DamagedMessage {
    return { body: this.#encodeWrapper(hold(this.#wrapper, holder, bytes)) }
  }

  #encodeWrapper(wrapper: AvroRecord): Buffer {
    return encode(this.#tools.wrapper, wrapper, this.#isJson)
  }

  /** The response record; that of an error has no fields. */
  #response(): { readonly codec: RecordCodec; readonly record: AvroRecord } {
    const isError = this.#wrapper['data_type'] === 'none'
    const codec = isError ? NO_RESPONSE : this.#tools.catalogue.get(this.#message.endpoint).response
    const bytes = readHeld(this.#wrapper, this.#dataHolder())
    return { codec, record: isError ? {} : decode(codec, bytes, this.#isJson) }
  }

  /** The result in the answer of `/get/job`; undefined if there is none. */
  #result() {
    const { codec, record } = this.#response()
    const holder = HELD_RESULTS.find((one) => readHeld(record, one).length > 0)
    return holder && { codec, record, holder }
  }
}

const NO_RESPONSE = new RecordCodec({ type: 'record', name: 'none', fields: [] })

const HELD_RESULTS: readonly Holder[] = [
  { name: 'job_response', isText: false },
  { name: 'job_response_str', isText: true },
]

function readHeld(record: AvroRecord, { name }: Holder): Buffer {
  const value = record[name]
  if (typeof value === 'string') return Buffer.from(value, 'latin1')
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

/** The texts are ASCII; a flipped bit makes another character of one byte. */
function hold(record: AvroRecord, { name, isText }: Holder, bytes: Buffer): AvroRecord {
  return { ...record, [name]: isText ? bytes.toString('latin1') : bytes }
}

function decode(codec: RecordCodec, bytes: Buffer, isJson: boolean): AvroRecord {
  if (!isJson) return codec.decode(bytes)
  const maxBytes = bytes.length
  return decodeMessage(codec, { encoding: 'json', bytes, name: 'the answer', maxBytes })
}

function encode(codec: RecordCodec, record: AvroRecord, isJson: boolean): Buffer {
  return isJson ? Buffer.from(writeRecord(codec.schema, record), 'latin1') : codec.encode(record)
}

function encodeWithout(
  schema: MessageSchema,
  { record, names, isJson }: { record: AvroRecord; names: readonly string[]; isJson: boolean },
): Buffer {
  const fields = schema.fields.filter(({ name }) => !names.includes(name))
  return encode(new RecordCodec({ ...schema, fields }), record, isJson)
}

/** Encodes a record in Avro with another length before the bytes of a field. */
function withLength(
  codec: RecordCodec,
  { record, name, length }: { record: AvroRecord; name: string; length: number },
): Buffer {
  const whole = codec.encode(record)
  const empty = codec.encode({ ...record, [name]: Buffer.alloc(0) })
  const one = codec.encode({ ...record, [name]: Buffer.alloc(1) })
  // Up to the length, which is the first difference, both are the same.
  const at = empty.findIndex((byte, index) => byte !== one[index])
  const tail = empty.length - at - 1
  const held = readHeld(record, { name, isText: false })
  return Buffer.concat([
    whole.subarray(0, at),
    LENGTHS.encode({ length: BigInt(length) }),
    held,
    whole.subarray(whole.length - tail),
  ])
}

/** Avro writes the length before bytes as a long. */
const LENGTHS = new RecordCodec({
  type: 'record',
  name: 'length',
  fields: [{ name: 'length', type: 'long' }],
})

function withoutEnd(bytes: Buffer, count: number): Buffer {
  return bytes.subarray(0, Math.max(0, bytes.length - count))
}

/** Inverts seeded bits, each at another place; no more than there are. */
function flipBits(bytes: Buffer, count: number, draws: Draws): Buffer {
  const changed = Buffer.from(bytes)
  const size = bytes.length * 8
  const places = new Set<number>()
  while (places.size < Math.min(count, size)) places.add(draws.integer(0, size - 1))
  for (const place of places) {
    const at = Math.floor(place / 8)
    changed[at] = (changed[at] ?? 0) ^ (1 << (place % 8))
  }
  return changed
}

function randomBytes(count: number, draws: Draws): Buffer {
  return Buffer.from(Array.from({ length: count }, () => draws.integer(0, 255)))
}
