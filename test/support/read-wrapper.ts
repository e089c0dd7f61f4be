import type { RawAnswer } from './answer-reader.ts'
import { readReferenceRecord } from './avro-reference-reader.ts'
import type { CatalogueField } from './endpoint-catalogue.ts'

/** The `gpudb_response` record. */
export interface Wrapper {
  readonly status: string
  readonly message: string
  readonly dataType: string
  /** The payload: text in JSON, bytes in Avro. */
  readonly payload: string | Buffer
}

/** The fields of `gpudb_response`, from the documentation. */
const FIELDS: readonly CatalogueField[] = [
  'status',
  'message',
  'data_type',
  'data',
  'data_str',
].map((name) => ({ name, type: name === 'data' ? 'bytes' : 'string' }))

/**
 * Reads a wrapper without code of the product: exactly five fields in their order, and only the
 * payload of its encoding. Throws if it is something else.
 */
export function readWrapper(answer: RawAnswer): Wrapper {
  const type = mediaTypeOf(answer)
  if (type === 'application/json') return readJson(answer.body.toString())
  if (type === 'application/octet-stream') return readAvro(answer.body)
  throw new Error(`a wrapper of type ${type}: ${answer.body.subarray(0, 200)}`)
}

/** The Content-Type of an answer without its parameters; empty if absent. */
export function mediaTypeOf({ headers }: RawAnswer): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? ''
}

function readAvro(bytes: Buffer): Wrapper {
  const { data, data_str, ...texts } = readReferenceRecord(FIELDS, bytes)
  if (data_str !== '' || !Buffer.isBuffer(data)) throw new Error(`data_str is "${data_str}"`)
  return wrapperOf(texts, data)
}

function readJson(text: string): Wrapper {
  const wrapper: Readonly<Record<string, unknown>> = Object(JSON.parse(text))
  const keys = Object.keys(wrapper).join()
  if (keys !== FIELDS.map(({ name }) => name).join()) throw new Error(`a wrapper with ${keys}`)
  const { data, data_str, ...texts } = wrapper
  if (data !== '') throw new Error(`data is ${JSON.stringify(data)}`)
  return wrapperOf(texts, String(data_str))
}

function wrapperOf(texts: Readonly<Record<string, unknown>>, payload: string | Buffer): Wrapper {
  const { status, message, data_type } = texts
  return { status: String(status), message: String(message), dataType: String(data_type), payload }
}
