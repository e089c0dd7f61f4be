import type { AvroRecord } from '../avro/avro-value.ts'
import { AvroError, MAX_VALUES } from '../avro/check-bytes.ts'
import { type JsonDialect, readRecord } from '../avro/json-reader.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import { describeJson, isJsonObject, type JsonValue } from '../documents/json-value.ts'
import type { JsonProblem } from '../documents/reading.ts'
import { GpudbError } from './gpudb-error.ts'
import { parseJson } from './json-text.ts'
import { jsonText } from './json-writer.ts'
import { decompressSnappy } from './snappy.ts'

/** A message to decode. Errors call it `name`; `maxBytes` limits its decompressed size. */
export type EncodedMessage = {
  readonly name: string
  readonly maxBytes: number
} & (
  | { readonly encoding: 'binary' | 'snappy'; readonly bytes: Buffer }
  /** JSON inside another message is a text already. */
  | { readonly encoding: 'json'; readonly bytes: Buffer | string }
)

/**
 * How many values a compressed message may have besides one for each byte that was sent: the cost
 * of a message must follow its size.
 */
export const COMPRESSED_VALUES = 40_000

/** The maximum number of problems that an error lists. */
const MAX_LISTED = 5

/**
 * JSON as the official clients write it: the JavaScript clients 7.2.2 omit fields or send null.
 * Differs: integers in quotes are read too, the only exact form that JavaScript can write.
 */
export const WIRE_DIALECT: JsonDialect = {
  absent: 'default',
  quotedIntegers: true,
  readBytes: readWireBytes,
  bytesForm: 'bytes as a string with one character U+0000 to U+00FF a byte',
  describe: describeKind,
}

/**
 * Decodes a record in any encoding.
 *
 * @throws GpudbError with the path of each invalid field and the reason.
 */
export function decodeMessage(codec: RecordCodec, message: EncodedMessage): AvroRecord {
  const { name, maxBytes } = message
  switch (message.encoding) {
    case 'json':
      return decodeJson(codec, { value: parseJson(message.bytes, name), name })
    case 'binary':
      return decodeAvro(codec, { bytes: message.bytes, name, maxValues: MAX_VALUES })
    case 'snappy': {
      const { bytes } = message
      const maxValues = Math.min(COMPRESSED_VALUES + bytes.length, MAX_VALUES)
      const decompressed = decompressSnappy(bytes, { name, maxBytes })
      return decodeAvro(codec, { bytes: decompressed, name, maxValues })
    }
  }
}

/** An empty JSON body means this: the Java client 7.1.10 sends it for a request without fields. */
const NO_FIELDS = Buffer.from('{}')

/** Decodes the body of a request. Throws as decodeMessage does. */
export function decodeBody(
  codec: RecordCodec,
  { encoding, body, maxBytes }: Pick<EncodedMessage, 'encoding' | 'maxBytes'> & { body: Buffer },
): AvroRecord {
  const bytes = encoding === 'json' && body.length === 0 ? NO_FIELDS : body
  return decodeMessage(codec, { encoding, bytes, name: 'the body', maxBytes })
}

function decodeAvro(
  codec: RecordCodec,
  avro: { readonly bytes: Buffer; readonly name: string; readonly maxValues: number },
): AvroRecord {
  try {
    return codec.decode(avro.bytes, avro.maxValues)
  } catch (cause) {
    if (!(cause instanceof AvroError)) throw cause
    const { offset, reason } = cause
    const message = `Cannot read ${avro.name} as ${codec.name}: at byte ${offset}, ${reason}`
    throw new GpudbError(message, { cause })
  }
}

/**
 * Reads a JSON value as a record. `name` says in errors where it comes from.
 *
 * @throws GpudbError with the path of each invalid field and the reason.
 */
export function decodeJson(
  codec: RecordCodec,
  json: { readonly value: JsonValue; readonly name: string },
): AvroRecord {
  const reading = readRecord(codec.schema, { value: json.value, dialect: WIRE_DIALECT })
  if ('value' in reading) return reading.value
  const problems = describeProblems(reading.problems)
  throw new GpudbError(`Cannot read ${json.name} as ${codec.name}: ${problems}`)
}

/** The first problems of a record, on one line. */
export function describeProblems(problems: readonly JsonProblem[]): string {
  const named = problems.slice(0, MAX_LISTED).map(describeProblem)
  const more = problems.length > named.length ? `; and ${problems.length - named.length} more` : ''
  return `${named.join('; ')}${more}`
}

function describeProblem({ path, message }: JsonProblem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}

/** Describes a value of a request without its text: that may be a secret. */
export function describeKind(value: JsonValue, expected: string): string {
  if (typeof value === 'string') return 'a string'
  // A number that was to be a text may be a secret too.
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return isNumber && expected === 'a string' ? 'a number' : describeJson(value)
}

/** Reads Avro's JSON form of bytes. Differs: also Node's `{"type":"Buffer","data":[…]}`. */
function readWireBytes(value: JsonValue): Buffer | undefined {
  if (typeof value === 'string') {
    return /^[\0-\xff]*$/.test(value) ? Buffer.from(value, 'latin1') : undefined
  }
  const data = isJsonObject(value) && value['type'] === 'Buffer' ? value['data'] : undefined
  return isByteList(data) ? Buffer.from(data) : undefined
}

function isByteList(value: JsonValue | undefined): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)
  )
}

/** Encodes a record as JSON in ASCII, the form in which it is sent. */
export function encodeJson(codec: RecordCodec, record: AvroRecord): string {
  return jsonText.record(codec.schema, record)
}
