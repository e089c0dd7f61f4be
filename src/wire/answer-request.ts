import type { Catalogue } from '../avro/catalogue.ts'
import { getEncoding } from './encoding.ts'
import type { CallSource, CallTrace, Leaving } from './gpudb-call.ts'
import { decodeBody } from './message.ts'
import type { ScopeDesk } from './scope-desk.ts'
import type { WrappedAnswer, Wrapper } from './wrapper.ts'

/** What answering needs. */
export interface AnswerOptions {
  readonly catalogue: Catalogue
  readonly wrapper: Wrapper
  /** The largest body, and the largest one to decompress, in bytes. */
  readonly bodyLimit: number
}

/** A request for an endpoint of the catalogue, as it came. */
export interface WireRequest {
  readonly endpoint: string
  readonly contentType: string | undefined
  readonly body: Buffer
  readonly source: CallSource
  /** Where it is answered. */
  readonly desk: ScopeDesk
  /** Is told how far the request came. */
  readonly trace: CallTrace
}

/** An answer as it leaves. */
export interface WireAnswer extends WrappedAnswer, Leaving {
  readonly status: number
  /** What the ERROR wrapper says; empty where it is none. */
  readonly error: string
}

/**
 * The one pipeline of all endpoints: decodes a request by the endpoint's record, has it answered,
 * and wraps the answer in the encoding of the request.
 *
 * @throws GpudbError for what is refused.
 */
export function answerRequest(request: WireRequest, options: AnswerOptions): WireAnswer {
  const { endpoint, body, source, desk, trace } = request
  const { wrapper, bodyLimit: maxBytes } = options
  const records = options.catalogue.get(endpoint)
  const encoding = getEncoding(request.contentType)
  const decoded = decodeBody(records.request, { encoding, body, maxBytes })
  trace.decoded = true
  const given = desk.answer({ endpoint, request: decoded, encoding, source }, trace)
  const { delayMs, fault } = given
  if ('error' in given) {
    const { error, status } = given
    return { ...wrapper.error(encoding, error), status, error, delayMs, fault }
  }
  const payload = { codec: records.response, record: given.record, raw: given.raw }
  return { ...wrapper.ok(encoding, payload), status: 200, error: '', delayMs, fault }
}
