import { directRequest } from '../rules/rule.ts'
import type { Scope } from '../scope/scope.ts'
import { readUser } from './authentication.ts'
import type { AnswerDamage } from './damage-answer.ts'
import type { HttpAnswer } from './http-answer.ts'

/** Clients compare it exactly, and container wait strategies poll it (Python client 7.2.3). */
const RUNNING = {
  contentType: 'application/octet-stream',
  body: 'Kinetica is running!',
  status: 200,
  error: '',
  delayMs: 0,
} as const satisfies HttpAnswer

/** A GET of the root in a scope; undefined if the scope does not exist, and no fault with it. */
export interface RootRequest {
  readonly scope: Scope | undefined
  readonly authorization: string | undefined
}

/** The answer to a GET of the root. It is no call: the journal has none, but faults can strike it. */
export function answerRoot(
  { scope, authorization }: RootRequest,
  damage: AnswerDamage,
): HttpAnswer {
  if (scope === undefined || scope.faults.isEmpty) return RUNNING
  const call = { endpoint: '/', encoding: 'json' } as const
  const request = directRequest({ ...call, request: {}, user: readUser(authorization) })
  const strike = scope.faults.strike({ request, nowMs: scope.clock.now() })
  if (strike === undefined) return RUNNING
  const answer = { ...RUNNING, delayMs: strike.delayMs }
  return strike.damage ? damage.damage(answer, { call, struck: strike.damage }) : answer
}
