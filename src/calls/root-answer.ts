import { directRequest } from '../rules/rule.ts'
import type { Scope } from '../scope/scope.ts'
import type { CallCounts } from './call-counts.ts'
import { answerForCluster } from './cluster-answer.ts'
import { readUser } from './credentials.ts'
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
  /** The name of the cluster. Undefined: the first one. */
  readonly cluster: string | undefined
  readonly authorization: string | undefined
}

/** What damages the answer, and counts that. */
export interface RootTools {
  readonly damage: AnswerDamage
  readonly counts: CallCounts
}

/** The answer to a GET of the root. It is no call: the journal has none, but faults can strike it. */
export function answerRoot(
  { scope, cluster, authorization }: RootRequest,
  { damage, counts }: RootTools,
): HttpAnswer {
  if (scope === undefined) return RUNNING
  const call = { endpoint: '/', encoding: 'json' } as const
  const outage = answerForCluster({ scope, cluster, ...call }, damage)
  if (outage || scope.faults.isEmpty) return outage ?? RUNNING
  const user = readUser(authorization)
  const { name } = scope.ring.first
  const request = directRequest({ ...call, request: {}, user, cluster: cluster ?? name })
  const strike = scope.faults.strike({ request, nowMs: scope.clock.now() })
  if (strike === undefined) return RUNNING
  counts.struck(strike)
  const answer = { ...RUNNING, delayMs: strike.delayMs }
  return strike.damage ? damage.damage(answer, { call, struck: strike.damage }) : answer
}
