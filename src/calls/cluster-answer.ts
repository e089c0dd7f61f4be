import type { Damage } from '../rules/damage.ts'
import { Draws } from '../rules/draws.ts'
import type { ClusterState } from '../scope/cluster-move.ts'
import type { Scope } from '../scope/scope.ts'
import type { AnswerDamage, DamagedCall } from './damage-answer.ts'
import type { HttpAnswer } from './http-answer.ts'

/** The path by whose GET Java 7.2.3.15 asks whether a cluster can be used. */
const ROOT = '/'

/** What a draining cluster still answers: by it, clients keep away (Python 7.2.3.13). */
const STATUS_ENDPOINTS: ReadonlySet<string> = new Set([
  ROOT,
  '/show/system/properties',
  '/show/system/status',
])

/** The messages by which clients go to the next cluster (Python and Java 7.2.3). */
const DRAINING = refusal(400, 'Unavailable: Draining HA queue')
const STOPPING = refusal(400, 'System shutting down')
const OFFLINE = refusal(503, 'Kinetica is offline')

/** A proxy whose server does not answer. */
const BAD_GATEWAY: Damage = { kind: 'http', status: 502, page: 'html', phrase: undefined }

/** What an offline cluster says to a GET of the root. */
const ROOT_OFFLINE: HttpAnswer = {
  contentType: 'application/octet-stream',
  body: OFFLINE.phrase,
  status: OFFLINE.status,
  error: OFFLINE.phrase,
  delayMs: 0,
}

/** The answer that is damaged: no endpoint has seen the call. */
const NOTHING: HttpAnswer = { contentType: '', body: '', status: 200, error: '', delayMs: 0 }

/** The damage of an outage leaves nothing to chance. */
const NO_DRAWS = new Draws(1)

/**
 * What a cluster answers instead of its endpoints; undefined if they answer. A state shows on all
 * endpoints at once: Python 7.2.3.13 asks a cluster for its status before it leaves it.
 */
export function answerForCluster(call: ClusterCall, damage: AnswerDamage): HttpAnswer | undefined {
  const { ring } = call.scope
  const { cluster = ring.first.name } = call
  const state = ring.find(cluster)?.state ?? 'up'
  if (state === 'offline' && call.endpoint === ROOT) return ROOT_OFFLINE
  const outage = outageOf(state, call.endpoint)
  const struck = outage && ({ at: 'request', damage: outage, draws: NO_DRAWS } as const)
  return struck && damage.damage(NOTHING, { call, struck })
}

/** A request of any kind to a cluster. */
interface ClusterCall extends DamagedCall {
  readonly scope: Scope
  /** Its name. Undefined: the first one. An unknown one is up. */
  readonly cluster: string | undefined
}

function outageOf(state: ClusterState, endpoint: string): Damage | undefined {
  switch (state) {
    case 'up':
      return undefined
    case 'draining':
      return STATUS_ENDPOINTS.has(endpoint) ? undefined : DRAINING
    case 'stopping':
      return endpoint === ROOT ? undefined : STOPPING
    case 'offline':
      return OFFLINE
    case 'down':
      return { kind: 'reset' }
    case 'proxy_down':
      return BAD_GATEWAY
  }
}

function refusal(status: number, phrase: string) {
  return { kind: 'http', status, page: 'wrapper', phrase } as const
}
