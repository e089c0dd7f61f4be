import type { AvroRecord } from '../avro/avro-value.ts'
import { decide } from '../gpudb/decide.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { Strike } from '../rules/fault.ts'
import { directRequest } from '../rules/rule.ts'
import { contentTypeOf } from '../wire/wrapper.ts'
import type { HttpAnswer } from './http-answer.ts'
import { type CallExchange, encodingOf } from './received-call.ts'

/** A call that cannot be decoded. */
export interface Undecodable {
  readonly error: unknown
}

/** A decoded call. */
export interface Asked {
  readonly request: AvroRecord
  readonly encoding: Encoding
}

/**
 * Counts a call for the faults of its scope.
 *
 * @throws GpudbError if the regular expressions of the faults read too much.
 */
export function strikeCall(
  asked: Asked | Undecodable,
  { call, entry }: CallExchange,
): Strike | undefined {
  const { endpoint, scope } = call
  const { user, cluster, atMs: nowMs } = entry
  const decoded = 'error' in asked ? { request: {}, encoding: encodingOf(call) } : asked
  const { request, encoding } = decoded
  const direct = directRequest({ endpoint, request, user, encoding, cluster })
  return decide(() => scope.faults.strike({ request: direct, nowMs }))
}

/** What is damaged if the endpoint never sees a call. */
export function noAnswer(encoding: Encoding): HttpAnswer {
  return { contentType: contentTypeOf(encoding), body: '', status: 200, error: '', delayMs: 0 }
}
