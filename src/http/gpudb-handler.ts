import type { IncomingHttpHeaders } from 'node:http'
import type { Catalogue } from '../avro/catalogue.ts'
import { answerCall } from '../gpudb/answer-call.ts'
import type { Client, Delivery } from '../gpudb/call.ts'
import { answerEncoding } from '../jobs/encoding.ts'
import { JournalEntry } from '../scope/journal.ts'
import type { Scope } from '../scope/scope.ts'
import { encodeResult } from '../wire/encode-result.ts'
import { findEncoding, getEncoding } from '../wire/encoding.ts'
import { decodeBody } from '../wire/message.ts'
import type { WrappedAnswer, Wrapper } from '../wire/wrapper.ts'
import { readUser } from './authentication.ts'
import { isUnexpected, STATUSES, toGpudbError } from './failure.ts'

/** A call as it arrived in a scope. */
export interface IncomingCall extends Client {
  readonly scope: Scope
  /** The path of the endpoint, which may be unknown. */
  readonly endpoint: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly sourceIp: string
  /** How long ago it arrived, in ms of real time. */
  readonly elapsedMs: number
}

/** An answer that is ready to be sent. */
export interface HttpAnswer extends WrappedAnswer, Delivery {
  /** The HTTP status. */
  readonly status: number
  /** The message of the ERROR wrapper; empty if the answer is no error. */
  readonly error: string
}

/** What answering calls needs. */
export interface GpudbHandlerOptions {
  readonly catalogue: Catalogue
  readonly wrapper: Wrapper
  /** The largest body, and the largest decompressed one, in bytes. */
  readonly bodyLimit: number
  readonly log: { warn(fields: object | string, message?: string): void }
}

/**
 * The one way of all calls: decodes the request by the endpoint's record, lets the endpoint answer,
 * wraps the answer in the encoding of the request, and keeps both in the journal of the scope.
 */
export class GpudbHandler {
  readonly #options: GpudbHandlerOptions
  readonly #report: (message: string) => void

  constructor(options: GpudbHandlerOptions) {
    this.#options = options
    this.#report = (message) => options.log.warn(message)
  }

  /** Answers a call of a known endpoint. Never throws: a failure is an answer too. */
  answer(call: IncomingCall): HttpAnswer {
    const entry = createEntry(call)
    return record(this.#attempt(call, entry), { call, entry })
  }

  /** Answers a call that was refused before an endpoint saw it, such as one with too large a body. */
  refuse(error: unknown, call: IncomingCall): HttpAnswer {
    return record(this.describe(error, call.headers), { call, entry: createEntry(call) })
  }

  /** The answer that reports an error, in the encoding of the request. */
  describe(error: unknown, headers: IncomingHttpHeaders): HttpAnswer {
    const contentType = headers['content-type']
    const { message, code } = toGpudbError(error, contentType)
    if (isUnexpected(error)) this.#options.log.warn({ err: error }, message)
    const encoding = findEncoding(contentType) ?? 'json'
    const wrapped = this.#options.wrapper.error(encoding, message)
    return { ...wrapped, status: STATUSES[code], error: message, delayMs: 0 }
  }

  #attempt(call: IncomingCall, entry: JournalEntry): HttpAnswer {
    const { catalogue, wrapper, bodyLimit: maxBytes } = this.#options
    try {
      const { scope, endpoint, body } = call
      const encoding = getEncoding(call.headers['content-type'])
      const records = catalogue.get(endpoint)
      const request = decodeBody(records.request, { encoding, body, maxBytes })
      entry.decoded = true
      const shared = { catalogue, maxBytes, report: this.#report }
      const answer = answerCall(request, { scope, entry, encoding, client: call, ...shared })
      const { delayMs, fault } = answer
      if ('error' in answer) {
        const { error, code, httpStatus: status = STATUSES[code] } = answer
        return { ...wrapper.error(encoding, error), status, error, delayMs, fault }
      }
      const context = { records, request, encoding: answerEncoding(encoding) }
      const payload = encodeResult(answer.result, context)
      const wrapped = wrapper.ok(encoding, { dataType: records.response.name, payload })
      return { ...wrapped, status: 200, error: '', delayMs, fault }
    } catch (error) {
      return this.describe(error, call.headers)
    }
  }
}

function createEntry({ scope, endpoint, headers, body, sourceIp }: IncomingCall): JournalEntry {
  return new JournalEntry({
    atMs: scope.clock.now(),
    endpoint,
    headers,
    encoding: findEncoding(headers['content-type']),
    body,
    user: readUser(headers.authorization),
    sourceIp,
  })
}

function record(
  answer: HttpAnswer,
  { call, entry }: { readonly call: IncomingCall; readonly entry: JournalEntry },
): HttpAnswer {
  entry.durationMs = call.elapsedMs
  entry.delayMs = answer.delayMs
  entry.status = answer.fault === undefined ? answer.status : 0
  entry.error = answer.error
  call.scope.record(entry)
  return answer
}
