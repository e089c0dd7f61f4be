import { type Static, Type } from '@sinclair/typebox'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { type InputUse, refuseInput } from '../control-parts/control-error.ts'
import { count, moment } from '../control-parts/control-kinds.ts'
import { CLOSED } from '../documents/schema-kinds.ts'
import { ClusterStateName, FixtureClusterMove } from '../fixture-format/cluster-move-format.ts'
import { readClusterMove } from '../fixtures/read-cluster-move.ts'
import { pathOf } from '../gpudb/cluster-urls.ts'
import type { ClusterMove } from '../scope/cluster-move.ts'
import type { Cluster } from '../scope/ring.ts'
import type { Scope } from '../scope/scope.ts'

/** A cluster of a scope as the control API shows it. */
export const ClusterDocument = Type.Object(
  {
    name: Type.String({ description: 'Identifies the cluster in its scope.' }),
    host: Type.Union([Type.String(), Type.Null()], {
      description: 'The host name in its URL. null: one of the names of the machine.',
    }),
    path: Type.String({
      description: 'The path of its URL, before that of an endpoint; empty at the root.',
    }),
    state: ClusterStateName,
    changed_at_ms: moment('When it got its state'),
    next_change_at_ms: Type.Union(
      [moment('When its state changes by itself, after drain or for'), Type.Null()],
      { description: 'null: it stays until the cluster is moved again.' },
    ),
    jobs: count('The number of jobs that it can find by their ids: those created on it.'),
  },
  { title: 'Cluster' },
)
export type ClusterDocument = Static<typeof ClusterDocument>

const Named = Type.Object({ name: Type.String({ expected: 'the name of a cluster' }) }, CLOSED)

const TO_MOVE = { action: 'move the cluster' }

/** The clusters of a scope: several if it has a ring, otherwise one. */
export class ClusterControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** All clusters, in the order of the ring. */
  list(): ClusterDocument[] {
    const scope = this.#context.scope()
    const counts = scope.jobs.countByHome()
    return scope.ring.clusters.map((cluster) => toClusterDocument(cluster, { scope, counts }))
  }

  /** A cluster. Throws ScopeError if it is missing. */
  get(name: string): ClusterDocument {
    const scope = this.#context.scope()
    const cluster = scope.ring.get(readClusterName(name))
    return toClusterDocument(cluster, { scope, counts: scope.jobs.countByHome() })
  }

  /**
   * Moves a cluster to another state. What was planned for it, such as the end of its last state, is
   * cancelled.
   *
   * @throws ScopeError if the cluster is missing, ControlError if the move is invalid.
   */
  patch(name: string, move: FixtureClusterMove): ClusterDocument {
    this.#context.assertUsable()
    const read = readMove(checkInput(FixtureClusterMove, move, TO_MOVE))
    const { ring, clock, jobs } = this.#context.scope()
    const { name: moved } = ring.move(readClusterName(name), read, clock.now())
    // A state of no duration is over at once.
    jobs.settle()
    return this.get(moved)
  }
}

/** Reads the name of a cluster. Throws ControlError if it is no text. */
export function readClusterName(name: string, use: InputUse = TO_FIND): string {
  return checkInput(Named, { name }, use).name
}

const TO_FIND = { action: 'find the cluster' }

function readMove(move: FixtureClusterMove): ClusterMove {
  const reading = readClusterMove(move)
  if ('value' in reading) return reading.value
  throw refuseInput(reading.problems, { ...TO_MOVE, code: 'BAD_FIXTURES' })
}

function toClusterDocument(
  { name, host, state, sinceMs, nextAtMs }: Cluster,
  { scope, counts }: { readonly scope: Scope; readonly counts: ReadonlyMap<string, number> },
): ClusterDocument {
  return {
    name,
    host: host ?? null,
    path: pathOf(scope.name, name === scope.ring.first.name ? undefined : name),
    state,
    changed_at_ms: sinceMs,
    next_change_at_ms: nextAtMs ?? null,
    jobs: counts.get(name) ?? 0,
  }
}
