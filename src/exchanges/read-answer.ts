import type { AvroRecord } from '../avro/avro-value.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import { isJsonObject, type JsonValue } from '../documents/json-value.ts'
import { writeJson } from '../documents/write-json.ts'
import { answerEncoding, type Encoding } from '../jobs/encoding.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { parseJson } from '../wire/json-text.ts'
import { jsonText } from '../wire/json-writer.ts'
import type { Note } from './drift.ts'
import type { Exchange } from './exchange.ts'
import { readBytes, readJsonValue } from './read-tolerantly.ts'

/** The payload of an answer, and the record that it is. */
export interface ReadPayload {
  /** Undefined: it could not be read. */
  readonly record: AvroRecord | undefined
  /** Text for JSON. */
  readonly payload: Buffer | string
  /** Whether the record, encoded again, is the same payload. */
  readonly isExact: boolean
}

/** What an answer says. */
export type ReadAnswer =
  | ({ readonly kind: 'ok' } & ReadPayload)
  | { readonly kind: 'error'; readonly message: string; readonly status: number }

/** What an answer is read with. */
export interface AnswerContext {
  readonly wrapper: RecordCodec
  readonly records: EndpointRecords
  /** The encoding of the request. */
  readonly encoding: Encoding
  readonly note: Note
}

/** Reads an answer. Undefined if it broke off, or is no wrapper, which is noted. */
export function readAnswer(exchange: Exchange, context: AnswerContext): ReadAnswer | undefined {
  const { note, encoding } = context
  // That says nothing about the schemas, and was reported when it happened.
  if (!exchange.whole) return undefined
  const isJson = answerEncoding(encoding) === 'json'
  const { answerType = 'without a Content-Type' } = exchange
  const type = answerType.split(';', 1)[0]?.trim()
  const expected = isJson ? 'application/json' : 'application/octet-stream'
  if (type !== expected) return refuse(note, `the answer to ${encoding} is ${type}`)
  const wrapper = isJson ? readJsonWrapper(exchange, context) : readAvroWrapper(exchange, context)
  return wrapper && readWrapper(wrapper, { ...context, status: exchange.status })
}

/**
 * The statuses of errors: of an endpoint, of missing or wrong credentials, of a body over the limit, and
 * of a server that stops.
 */
const ERROR_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 413, 503])

/** A wrapper with the value of its payload. */
interface OpenWrapper {
  readonly record: AvroRecord
  readonly payload: Buffer | string
  /** The payload of an endpoint that is JSON only. */
  readonly object?: JsonValue | undefined
}

function readAvroWrapper(
  { answer }: Exchange,
  { wrapper, note }: AnswerContext,
): OpenWrapper | undefined {
  const read = readBytes(wrapper, answer, { path: 'wrapper', note })
  if (read === undefined) return undefined
  const { data, data_str } = read.record
  if (data_str !== '') note('wrapper.data_str', 'an answer in Avro has text')
  return { record: read.record, payload: toBuffer(data) }
}

function readJsonWrapper(
  { answer }: Exchange,
  { wrapper, records, note }: AnswerContext,
): OpenWrapper | undefined {
  const value = parse(answer, { path: 'wrapper', note })
  if (value === undefined) return undefined
  const object = records.form !== undefined && isJsonObject(value) ? value['data'] : undefined
  const isObject = isJsonObject(object)
  const given = isObject && isJsonObject(value) ? { ...value, data: '' } : value
  const read = readJsonValue(wrapper, given, { path: 'wrapper', note })
  if (read === undefined) return undefined
  const payload = String(read.record['data_str'] ?? '')
  return { record: read.record, payload, object: isObject ? object : undefined }
}

function readWrapper(
  { record, ...content }: OpenWrapper,
  context: AnswerContext & { readonly status: number },
): ReadAnswer | undefined {
  const { note, status, records } = context
  const { status: word, message, data_type: type } = record
  if (word === 'ERROR') {
    if (!ERROR_STATUSES.has(status)) note('status', `an error has HTTP status ${status}`)
    if (type !== 'none') note('wrapper.data_type', 'is not none in an error')
    return { kind: 'error', message: String(message ?? ''), status }
  }
  if (word !== 'OK') return refuse(note, 'the status of the wrapper is neither OK nor ERROR')
  if (status !== 200) note('status', `an OK answer has HTTP status ${status}`)
  const { name } = records.response
  if (type !== name) note('wrapper.data_type', `is ${JSON.stringify(type)}, not ${name}`)
  return { kind: 'ok', ...readPayload(content, context) }
}

/** Reads a response record, in the answer to a direct call. */
function readPayload(
  { payload, object }: Pick<OpenWrapper, 'payload' | 'object'>,
  { records, note }: AnswerContext,
): ReadPayload {
  if (object === undefined) return readResponse(payload, { records, note })
  const inner = records.form === 'body' && isJsonObject(object) ? object['data'] : object
  const read = readJsonValue(records.response, inner ?? null, { path: 'response', note })
  return {
    record: read?.record,
    payload: writeJson(inner ?? {}),
    isExact: read !== undefined,
  }
}

/** Reads a response record in JSON or in Avro. */
export function readResponse(
  payload: Buffer | string,
  { records, note }: Pick<AnswerContext, 'records' | 'note'>,
): ReadPayload {
  const { response } = records
  const read =
    typeof payload === 'string'
      ? readText(payload, { response, note })
      : readAvro(payload, { records, note })
  return read ?? { record: undefined, payload, isExact: false }
}

function readText(
  payload: string,
  { response, note }: { readonly response: RecordCodec; readonly note: Note },
): ReadPayload | undefined {
  const place = { path: 'response', note }
  const value = parse(payload, place)
  const read = value === undefined ? undefined : readJsonValue(response, value, place)
  if (read === undefined) return undefined
  const { record, isWhole } = read
  return {
    record,
    payload,
    isExact: isWhole && jsonText.record(response.schema, record) === payload,
  }
}

function readAvro(
  payload: Buffer,
  { records: { response, form }, note }: Pick<AnswerContext, 'records' | 'note'>,
): ReadPayload | undefined {
  const read =
    form === undefined ? readBytes(response, payload, { path: 'response', note }) : undefined
  if (read === undefined) return undefined
  const { record, isWhole } = read
  const isExact = isWhole && response.encode(record).equals(payload)
  if (isWhole && !isExact) note('response', 'the record has another form in bytes')
  return { record, payload, isExact }
}

function parse(
  json: Buffer | string,
  { path, note }: { readonly path: string; readonly note: Note },
): JsonValue | undefined {
  try {
    return parseJson(json, path)
  } catch (error) {
    /* c8 ignore next -- not about the text: a bug of this code */
    if (!(error instanceof GpudbError)) throw error
    note(path, 'is not JSON')
    return undefined
  }
}

function refuse(note: Note, what: string): undefined {
  note('', what)
}

function toBuffer(value: unknown): Buffer {
  /* c8 ignore next -- the field is of the type bytes */
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}
