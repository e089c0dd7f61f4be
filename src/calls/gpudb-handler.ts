import type { IncomingHttpHeaders } from 'node:http'
import type { AvroRecord } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import { NO_ROOM, SMALL_BYTES } from '../connections/in-flight.ts'
import { answerCall } from '../gpudb/answer-call.ts'
import { describeTrouble } from '../gpudb/describe-trouble.ts'
import { readRecorded } from '../gpudb/read-recorded.ts'
import { maxAnswerBytes } from '../gpudb-parts/answer-size.ts'
import type { Delivery } from '../gpudb-parts/call.ts'
import { completeResult } from '../gpudb-parts/complete-result.ts'
import { FinishedAnswers } from '../gpudb-parts/finished-answers.ts'
import { answerEncoding, type Encoding } from '../jobs/encoding.ts'
import { ECHO } from '../jobs/result.ts'
import type { Strike } from '../rules/fault.ts'
import { MAX_TEXT_LENGTH } from '../scope/journal-texts.ts'
import { encodeResult, type PlainResult } from '../wire/encode-result.ts'
import { findEncoding, getEncoding } from '../wire/encoding.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { RecentRequests } from '../wire/recent-requests.ts'
import type { WrappedAnswer, Wrapper } from '../wire/wrapper.ts'
import type { CallCounts } from './call-counts.ts'
import { answerForCluster } from './cluster-answer.ts'
import { type AnswerDamage, bytesThatLeave, statusThatLeaves } from './damage-answer.ts'
import { isUnexpected, STATUSES, statusOf, toGpudbError } from './failure.ts'
import type { HttpAnswer } from './http-answer.ts'
import {
  type CallExchange,
  createEntry,
  encodingOf,
  type IncomingCall,
  type ReceivedCall,
  type ReceivedExchange,
} from './received-call.ts'
import { noAnswer, strikeCall, type Undecodable } from './strike-call.ts'
import { findTraceParent } from './trace-parent.ts'

/** The dependencies and limits of a handler. */
export interface GpudbHandlerOptions {
  readonly catalogue: Catalogue
  readonly wrapper: Wrapper
  readonly damage: AnswerDamage
  /** The maximum size of a body in bytes, before and after decompression. */
  readonly bodyLimit: number
  readonly counts: CallCounts
  readonly log: { warn(fields: object | string, message?: string): void }
}

/**
 * Handles every call: decodes the request by the endpoint's record, calls the endpoint, wraps its
 * answer in the encoding of the request, and records both in the journal of the scope.
 */
export class GpudbHandler {
  readonly #options: GpudbHandlerOptions
  readonly #finished = new FinishedAnswers()
  readonly #recent = new RecentRequests()

  constructor(options: GpudbHandlerOptions) {
    this.#options = options
  }

  /** Answers a call of a known endpoint. Never throws: an error becomes an ERROR wrapper. */
  answer(call: IncomingCall): HttpAnswer {
    const entry = createEntry(call)
    const exchange = { call, entry }
    const asked = this.#read(exchange)
    const outage = this.#outageOf(exchange)
    if (outage) return this.#record(outage, exchange)
    if (call.scope.faults.isEmpty) {
      const answer = this.#attempt(asked, exchange)
      return this.#record(this.#fitting(answer, call), exchange)
    }
    return this.#record(this.#answerStruck(asked, exchange), exchange)
  }

  /** Answers a call that is rejected before it reaches an endpoint, such as over the body limit. */
  refuse(error: unknown, call: ReceivedCall): HttpAnswer {
    return this.#record(this.describe(error, call.headers), { call, entry: createEntry(call) })
  }

  /** What a cluster that does not work answers to such a call instead; undefined if it works. */
  interrupt(call: ReceivedCall): HttpAnswer | undefined {
    const exchange = { call, entry: createEntry(call) }
    const outage = this.#outageOf(exchange)
    return outage && this.#record(outage, exchange)
  }

  /** The answer for an error, in the encoding of the request; JSON if that is unknown. */
  describe(error: unknown, headers: IncomingHttpHeaders): HttpAnswer {
    const contentType = headers['content-type']
    const refusal = toGpudbError(error, contentType)
    const { message } = refusal
    const status = statusOf(error, refusal)
    if (isUnexpected(error)) this.#options.log.warn({ err: error }, message)
    const encoding = findEncoding(contentType) ?? 'json'
    return this.#refusal({ encoding, message, status, delayMs: 0 })
  }

  #outageOf({ call, entry }: ReceivedExchange): HttpAnswer | undefined {
    const { scope, cluster, endpoint } = call
    const encoding = encodingOf(call)
    const outage = answerForCluster({ scope, cluster, endpoint, encoding }, this.#options.damage)
    if (outage) entry.interrupted = true
    return outage
  }

  /** Decodes a call; what it cannot be decoded for is answered later, perhaps by a fault. */
  #read({ call, entry }: CallExchange): Decoded | Undecodable {
    const { catalogue, bodyLimit: maxBytes } = this.#options
    try {
      const { endpoint, query, body } = call
      const encoding = getEncoding(call.headers['content-type'])
      const records = catalogue.get(endpoint)
      const request = this.#recent.decode(records, { encoding, query, body, maxBytes })
      entry.decoded = true
      return { records, request, encoding, body }
    } catch (error) {
      return { error }
    }
  }

  #attempt(asked: Decoded | Undecodable, { call, entry }: CallExchange): HttpAnswer {
    const { catalogue, bodyLimit: maxBytes } = this.#options
    if ('error' in asked) return this.describe(asked.error, call.headers)
    try {
      const { scope, endpoint, body } = call
      const { encoding, request } = asked
      const finished = this.#finished
      const use = { scope, catalogue, entry, maxBytes, encoding, client: call, finished }
      const answer = answerCall(request, use)
      const { delayMs } = answer
      if ('error' in answer) {
        const { error: message, code, httpStatus: status = STATUSES[code] } = answer
        return this.#refusal({ encoding, message, status, delayMs })
      }
      const result = completeResult(answer.result, { endpoint, request, scope })
      const wrapped = this.#wrap(result, asked)
      if (answer.result === ECHO) assertProportionate(wrapped.body.length, body.length)
      // Written out here and elsewhere: keys after an object spread cost a microsecond on Node 20.
      const { contentType, body: bytes } = wrapped
      return { contentType, body: bytes, status: 200, error: '', delayMs }
    } catch (error) {
      return this.describe(error, call.headers)
    }
  }

  #refusal({ encoding, message, status, delayMs }: Refused): HttpAnswer {
    const { contentType, body } = this.#options.wrapper.error(encoding, message)
    return { contentType, body, status, error: message, delayMs }
  }

  /** The answer, if there is room for it until it is sent. */
  #fitting(answer: HttpAnswer, call: IncomingCall): HttpAnswer {
    return call.hasRoom(answer) ? answer : this.describe(new GpudbError(NO_ROOM), call.headers)
  }

  /** Answers a call in a scope with faults; those that strike it may damage the answer. */
  #answerStruck(asked: Decoded | Undecodable, exchange: CallExchange): HttpAnswer {
    const { call } = exchange
    try {
      const strike = strikeCall(asked, exchange)
      if (strike) return this.#damaged(strike, { asked, exchange })
    } catch (error) {
      return this.describe(error, call.headers)
    }
    return this.#fitting(this.#attempt(asked, exchange), call)
  }

  #damaged(
    strike: Strike,
    { asked, exchange }: { readonly asked: Decoded | Undecodable; readonly exchange: CallExchange },
  ): HttpAnswer {
    const { names, delayMs, damage: struck } = strike
    const { call, entry } = exchange
    const encoding = encodingOf(call)
    entry.faults = names
    this.#options.counts.struck(strike)
    const isUnseen = struck?.at === 'request'
    const answer = isUnseen ? noAnswer(encoding) : this.#attempt(asked, exchange)
    const given = this.#fitting({ ...answer, delayMs: answer.delayMs + delayMs }, call)
    if (struck === undefined) return given
    return this.#options.damage.damage(given, {
      call: { endpoint: call.endpoint, encoding },
      struck,
    })
  }

  #wrap(result: PlainResult, asked: Decoded): WrappedAnswer {
    const kept = result.kind === 'fields' ? this.#finished.encoded(result.fields) : undefined
    const known = kept?.get(asked.encoding)
    if (known) return known
    const wrapped = this.#encode(result, asked)
    kept?.set(asked.encoding, wrapped)
    return wrapped
  }

  #encode(result: PlainResult, { records, request, encoding, body }: Decoded): WrappedAnswer {
    const { wrapper } = this.#options
    const { form, response } = records
    if (result.kind === 'fields' && form === undefined) {
      const record = records.completeResponse(result.fields, request)
      const content = { codec: response, record }
      const isSmall = body.length <= SMALL_BYTES
      return isSmall ? wrapper.okRecord(encoding, content) : wrapper.okLarge(encoding, content)
    }
    const payload = encodeResult(result, { records, request, encoding: answerEncoding(encoding) })
    return wrapper.ok(encoding, { dataType: response.name, payload, form })
  }

  /** Adds the entry with its outcome to the journal, and then logs a request that went wrong. */
  #record(answer: HttpAnswer, { call, entry }: ReceivedExchange): HttpAnswer {
    const { scope } = call
    entry.durationMs = call.elapsedMs
    entry.delayMs = answer.delayMs
    entry.status = statusThatLeaves(answer)
    entry.sentBytes = bytesThatLeave(answer, call.method)
    entry.error = this.#keepable(answer.error, { call, entry })
    this.#options.counts.answered(call, entry)
    scope.record(entry)
    const { catalogue, bodyLimit } = this.#options
    const trouble = describeTrouble(entry, { redaction: scope.redaction, catalogue, bodyLimit })
    if (trouble !== undefined) this.#warn(trouble, { call, entry })
    call.recorded(entry)
    return answer
  }

  /**
   * The error as the journal keeps it. A long one is cut there: the start of a secret that it quotes
   * at the cut could not be found later.
   */
  #keepable(error: string, { call: { scope }, entry }: ReceivedExchange): string {
    if (error.length <= MAX_TEXT_LENGTH) return error
    const { catalogue, bodyLimit } = this.#options
    const requests = readRecorded(entry, { catalogue, bodyLimit })
    return scope.redaction.knowing(requests.map(({ request }) => request)).text(error)
  }

  #warn(reason: string, { call: { scope, headers }, entry }: ReceivedExchange): void {
    // An entry has no id if the journal keeps none.
    const request = scope.journal.lastId
    const place = scope.ring.isHa ? { cluster: entry.cluster } : {}
    const { endpoint } = entry
    const traceparent = findTraceParent(headers)
    const fields = { scope: scope.name, ...place, request, endpoint, traceparent, reason }
    this.#options.log.warn(fields, `request ${request} of scope ${scope.name}: ${reason}`)
  }
}

/** Throws GpudbError if an echo is much larger than what was sent, which was compressed. */
function assertProportionate(bytes: number, sentBytes: number): void {
  if (bytes <= maxAnswerBytes(sentBytes)) return
  const reason = `its ${bytes} bytes would be more than 20 times the ${sentBytes} of the request`
  throw new GpudbError(`Cannot answer with an echo: ${reason}`)
}

/** What an ERROR wrapper is made from. */
interface Refused extends Delivery {
  readonly encoding: Encoding
  readonly message: string
  /** The HTTP status. */
  readonly status: number
}

/** A request of an endpoint, and the body that it was decoded from. */
interface Decoded {
  readonly records: EndpointRecords
  readonly request: AvroRecord
  readonly encoding: Encoding
  readonly body: Buffer
}
