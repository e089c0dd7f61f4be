import type { AvroRecord } from '../avro/avro-value.ts'
import type { Answer, Call, Refusal, Response } from '../gpudb-parts/call.ts'
import { ECHO, type Result } from '../jobs/result.ts'
import { directRequest } from '../rules/rule.ts'
import { isContentError } from '../scope/content-error.ts'
import { findDataEndpoint } from '../table-endpoints/data-endpoints.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { answerDirectly, hasAnswer } from './apply-rule.ts'
import { decide } from './decide.ts'
import { findOwnEndpoint } from './own-endpoints.ts'
import { noteUnmatched } from './unmatched.ts'

/**
 * Answers a call of any endpoint: by the first matching rule, else by the endpoint's own behaviour or
 * by what the mock knows of tables and types, else with an echo: request fields that the response
 * also has are copied, all others are zero values.
 *
 * @throws GpudbError if the scope is strict and no rule matches, the answer is too large, or the regular
 *   expressions of the rules read too much.
 */
export function answerCall(request: AvroRecord, call: Call): Answer {
  const { scope, entry, encoding } = call
  const { endpoint, user, cluster } = entry
  const own = findOwnEndpoint(endpoint)
  const asked = directRequest({
    endpoint,
    exactOnly: own !== undefined,
    request,
    user,
    encoding,
    cluster,
  })
  const rule = decide(() => scope.rules.choose(asked))
  entry.rule = rule?.name
  entry.unmatched = false
  if (rule && (own === undefined || hasAnswer(rule.then))) {
    return answerDirectly({ rule, asked, scope, maxBytes: call.maxBytes })
  }
  const delayMs = rule?.then.delayMs ?? 0
  const known = attempt(() => {
    if (own) return { kind: 'fields', fields: own.answer(request, call) }
    return findDataEndpoint(endpoint)?.answer(request, call)
  })
  if (known) return delayed(known, delayMs)
  entry.unmatched = rule === undefined
  noteUnmatched(asked, call)
  return { result: ECHO, delayMs }
}

/** Written out: a key after an object spread costs a microsecond on Node 20. */
function delayed(answer: Response | Refusal, delayMs: number): Answer {
  if ('result' in answer) return { result: answer.result, delayMs }
  return { error: answer.error, code: answer.code, delayMs }
}

/** Returns an endpoint's error instead of throwing it: a rule may delay it. */
function attempt(answer: () => Result | undefined): Response | Refusal | undefined {
  try {
    const result = answer()
    return result && { result }
  } catch (error) {
    const refusal = isContentError(error) ? new GpudbError(error.message) : error
    if (!(refusal instanceof GpudbError)) throw error
    return { error: refusal.message, code: refusal.code }
  }
}
