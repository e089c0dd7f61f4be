import type { AvroRecord } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import type { Encoding } from '../jobs/encoding.ts'
import { decodeCall } from '../wire/decode-call.ts'
import { findEncoding } from '../wire/encoding.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { parseJson } from '../wire/json-text.ts'
import type { DriftLog, Note } from './drift.ts'
import type { Exchange } from './exchange.ts'
import { findEndpoint } from './find-endpoint.ts'
import { type ReadAnswer, readAnswer } from './read-answer.ts'
import { readBytes, readJsonValue } from './read-tolerantly.ts'

/** The maximum size of a request after decompression. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024

/** A call of an endpoint with its decoded request and answer. */
export interface ReadCall {
  readonly exchange: Exchange
  readonly endpoint: string
  readonly encoding: Encoding
  readonly request: AvroRecord
  readonly answer: ReadAnswer
  readonly note: Note
}

/** A request that is not decoded. */
interface UnreadCall {
  readonly exchange: Exchange
  readonly records: EndpointRecords
  readonly encoding: Encoding
  readonly query: string
  readonly note: Note
}

/** Reads exchanges as calls, and logs what is strange about them. */
export class CallReader {
  readonly #catalogue: Catalogue
  readonly #drift: DriftLog
  readonly #wrapper: RecordCodec

  constructor(catalogue: Catalogue, drift: DriftLog) {
    this.#catalogue = catalogue
    this.#drift = drift
    this.#wrapper = catalogue.readWrapper()
  }

  /** Undefined for what is no call of an endpoint, or cannot be read; `number` counts exchanges. */
  read(exchange: Exchange, number: number): ReadCall | undefined {
    if (exchange.method !== 'POST' && exchange.method !== 'GET') return undefined
    const { path, query, endpoint } = findEndpoint(exchange.target, this.#catalogue)
    if (path === '/' || path.includes('/__mock')) return undefined
    const note = this.#drift.noteFor(endpoint ?? path, number)
    if (endpoint === undefined) {
      // A server answers to what it does not know with an error.
      if (exchange.status === 200) note('', 'an unknown endpoint')
      return undefined
    }
    const encoding = findEncoding(exchange.requestType)
    if (encoding === undefined) {
      note('', 'the Content-Type of the request is unknown')
      return undefined
    }
    const records = this.#catalogue.get(endpoint)
    const request = readRequest({ exchange, records, encoding, query, note })
    const wrapper = this.#wrapper
    const answer = readAnswer(exchange, { wrapper, records, encoding, note })
    return request && answer && { exchange, endpoint, encoding, request, answer, note }
  }
}

function readRequest(call: UnreadCall): AvroRecord | undefined {
  const { exchange, records, encoding, query } = call
  const body = exchange.request
  try {
    return decodeCall(records, { encoding, query, body, maxBytes: MAX_REQUEST_BYTES })
  } catch (error) {
    /* c8 ignore next -- not about the request: a bug of this code */
    if (!(error instanceof GpudbError)) throw error
    // A request that the real server refuses too says nothing about it.
    if (exchange.status === 200) explain(call)
    return undefined
  }
}

/** Notes why a request that the real server accepts is invalid for the mock. */
function explain({ exchange, records: { request, form }, encoding, note }: UnreadCall): void {
  const place = { path: 'request', note }
  if (form === undefined && encoding === 'binary') readBytes(request, exchange.request, place)
  else if ((form ?? 'body') === 'body' && encoding === 'json')
    explainJson(exchange.request, request, note)
  else note('request', 'the request cannot be read')
}

function explainJson(body: Buffer, codec: RecordCodec, note: Note): void {
  try {
    readJsonValue(codec, parseJson(body, 'the body'), { path: 'request', note })
  } catch (error) {
    /* c8 ignore next -- not about the request: a bug of this code */
    if (!(error instanceof GpudbError)) throw error
    note('request', 'the request is not JSON')
  }
}
