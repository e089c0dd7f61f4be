import type { AvroRecord } from '../../src/avro/avro-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import type { RawAnswer } from './answer-reader.ts'
import { Connection } from './connection.ts'
import { checkPayload, decodePayload, isPollAnswer, responseOf } from './decode-payload.ts'
import { ENCODINGS, encodeRecord, MEDIA_TYPES } from './encode-record.ts'
import { catalogueLines } from './endpoint-catalogue.ts'
import { readWrapper } from './read-wrapper.ts'
import type { PollAnswer } from './truth-table.ts'

const REQUESTS = new Map(catalogueLines.map(({ endpoint, request }) => [endpoint, request.fields]))

/** The options of a client. */
export interface ReferenceClientOptions {
  readonly port: number
  /** The path of its scope, such as `/~name`; empty for the default scope. */
  readonly scope: string
  /** The time limit of each call. */
  readonly limitMs: number
}

/** A response record; numbers and bytes in the form of either encoding. */
export type Response = Readonly<Record<string, unknown>>

/**
 * A client over one kept connection, without code of the product. It uses the three encodings in
 * turn. Methods reject if an answer does not come in time, is not exactly what it must be, or is an
 * error.
 */
export class ReferenceClient {
  readonly #options: ReferenceClientOptions
  readonly #connection = new Connection()
  #calls = 0

  constructor(options: ReferenceClientOptions) {
    this.#options = options
  }

  /** Creates a job of /alter/table and returns its id. */
  async createJob(options: Readonly<Record<string, string>> = {}): Promise<bigint> {
    const record = { table_name: 'orders', action: 'ttl', value: '1', options: {} }
    const encoding = this.#nextEncoding()
    const payload = encodeRecord(REQUESTS.get('/alter/table') ?? [], { encoding, record })
    const isJson = encoding === 'json'
    const response = await this.call('/create/job', {
      endpoint: '/alter/table',
      request_encoding: encoding,
      data: isJson ? Buffer.alloc(0) : payload,
      data_str: isJson ? payload.toString() : '',
      options,
    })
    return BigInt(String(response['job_id']))
  }

  /** Polls a job; the answer obeys the truth table, and its result is decoded. */
  async poll(job_id: bigint): Promise<PollAnswer> {
    const response = await this.call('/get/job', { job_id, options: {} })
    if (!isPollAnswer(response)) throw new Error('the answer of /get/job lacks fields')
    return response
  }

  async cancelJob(id: bigint): Promise<void> {
    await this.call('/admin/alter/jobs', { job_ids: [id], action: 'cancel', options: {} })
  }

  async call(endpoint: string, record: AvroRecord): Promise<Response> {
    const encoding = this.#nextEncoding()
    const body = encodeRecord(REQUESTS.get(endpoint) ?? [], { encoding, record })
    const answer = await this.#send(endpoint, { type: MEDIA_TYPES[encoding], body })
    const { status, message, payload } = readWrapper(answer)
    if (status !== 'OK') throw new Error(`${endpoint} answers ${answer.status}: ${message}`)
    checkPayload(endpoint, payload)
    return decodePayload(responseOf(endpoint), payload)
  }

  /** Sends JSON to a POST route of the control API of the scope. Returns the text of the answer. */
  async control(route: string, document: unknown = {}): Promise<string> {
    const body = Buffer.from(JSON.stringify(document))
    const answer = await this.#send(`/__mock${route}`, { type: MEDIA_TYPES.json, body })
    const text = answer.body.toString()
    if (answer.status >= 300) throw new Error(`${route} answers ${answer.status}: ${text}`)
    return text
  }

  close(): void {
    this.#connection.close()
  }

  async #send(path: string, { type, body }: { type: string; body: Buffer }): Promise<RawAnswer> {
    const { port, scope, limitMs } = this.#options
    const head = [
      `POST ${scope}${path} HTTP/1.1`,
      ...['Host: localhost', `Content-Type: ${type}`, `Content-Length: ${body.length}`],
    ]
    const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
    const exchange = await this.#connection.exchange(bytes, { port, methods: ['POST'], limitMs })
    const [answer] = exchange.answers
    if (answer !== undefined && exchange.problem === '') return answer
    const reason = exchange.problem || (exchange.timedOut ? `over ${limitMs} ms` : 'closed')
    throw new Error(`${path} gets no answer: ${reason}`)
  }

  #nextEncoding(): Encoding {
    this.#calls += 1
    return ENCODINGS[this.#calls % ENCODINGS.length] ?? 'json'
  }
}
