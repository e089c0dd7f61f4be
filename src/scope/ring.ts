import type { JobDefinition } from '../jobs/job.ts'
import { FIRST_CLUSTER, ONLY_PLACEMENT, type Placement } from '../jobs/placement.ts'
import type { ClusterMove, ClusterState } from './cluster-move.ts'
import { ScopeError } from './scope-error.ts'
import type { Timeline } from './timeline.ts'

/** Where the jobs of a cluster can be found by their tags: on all clusters, or on their own. */
export const JOB_SHARING = ['replicated', 'own'] as const
export type JobSharing = (typeof JOB_SHARING)[number]

/** A cluster as a ring starts with it. */
export interface ClusterSeed {
  /** Unique in its ring. */
  readonly name: string
  /** The host name in its URL. Undefined: one of the names of this machine. */
  readonly host: string | undefined
  readonly state: ClusterState
}

/** A ring as a scope starts with it. */
export interface RingSeed {
  /** The first is at the scope's own URL. */
  readonly clusters: readonly [ClusterSeed, ...ClusterSeed[]]
  readonly jobs: JobSharing
}

/** A scope without a ring: one cluster. */
export const NO_RING: RingSeed = {
  clusters: [{ name: FIRST_CLUSTER, host: undefined, state: 'up' }],
  jobs: 'replicated',
}

/** The names of the clusters of a ring, by default of a scope without one. */
export function clusterNames({ clusters }: RingSeed = NO_RING): string[] {
  return clusters.map(({ name }) => name)
}

/** The maximum number of clusters of a ring. */
export const MAX_CLUSTERS = 8

/** The ring of `--ring`: clusters named `a`, `b` and so on, with host names of this machine. */
export function ringOf(size: number): RingSeed {
  const [first] = NO_RING.clusters
  const others = Array.from({ length: size - 1 }, (_, index) => {
    return { ...first, name: String.fromCharCode(FIRST_CLUSTER.charCodeAt(0) + 1 + index) }
  })
  return { clusters: [first, ...others], jobs: 'replicated' }
}

/** One member of a ring. Its state is that of the last event that was due. */
export class Cluster {
  readonly name: string
  readonly host: string | undefined
  state: ClusterState
  /** When it got its state, in epoch ms of the scope's clock. */
  sinceMs: number
  /** When it changes its state by itself. Undefined: not. */
  nextAtMs: number | undefined = undefined
  /** How it changes its state then. */
  nextMove: ClusterMove | undefined = undefined

  constructor({ name, host, state }: ClusterSeed, sinceMs: number) {
    this.name = name
    this.host = host
    this.state = state
    this.sinceMs = sinceMs
  }
}

/** What a ring needs besides its clusters. */
export interface RingOptions {
  /** Epoch ms of the scope's clock when it is created. */
  readonly nowMs: number
  /** Plans the end of states. */
  readonly timeline: Timeline
  /** Called when a cluster loses its jobs. */
  readonly lose: (cluster: string) => void
  /** Called after the state of a cluster has changed. */
  readonly changed: () => void
}

/** The clusters of a scope: one, unless there is a ring. */
export class Ring {
  readonly clusters: readonly Cluster[]
  readonly first: Cluster
  readonly seed: RingSeed
  readonly #options: RingOptions
  readonly #byName: ReadonlyMap<string, Cluster>
  readonly #pending = new Map<Cluster, () => void>()
  readonly #names: readonly string[]
  /** Equal placements are one object. */
  readonly #placements = new Map<string, Placement>([
    [keyOf(ONLY_PLACEMENT.home, [...ONLY_PLACEMENT.on]), ONLY_PLACEMENT],
  ])

  constructor(seed: RingSeed, options: RingOptions) {
    this.seed = seed
    this.#options = options
    const [first, ...others] = seed.clusters
    this.first = new Cluster(first, options.nowMs)
    this.clusters = [this.first, ...others.map((one) => new Cluster(one, options.nowMs))]
    this.#byName = new Map(this.clusters.map((cluster) => [cluster.name, cluster]))
    this.#names = [...this.#byName.keys()]
  }

  /** Whether there are several clusters. */
  get isHa(): boolean {
    return this.clusters.length > 1
  }

  /** Whether another ring has the same clusters, whatever their states. */
  isLike({ clusters, jobs }: RingSeed): boolean {
    const describe = (one: Pick<ClusterSeed, 'name' | 'host'>) => `${one.name} ${one.host ?? ''}`
    return (
      jobs === this.seed.jobs &&
      clusters.map(describe).join() === this.clusters.map(describe).join()
    )
  }

  /** A cluster by its name; undefined if it is missing. */
  find(name: string): Cluster | undefined {
    // Most calls are to the first, and most rings have no other.
    return name === this.first.name ? this.first : this.#byName.get(name)
  }

  /** A cluster by its name. Throws ScopeError if it is missing. */
  get(name: string): Cluster {
    const cluster = this.find(name)
    if (cluster) return cluster
    const names = this.#names.join(', ')
    const message = `Cannot find the cluster ${name}: the clusters are ${names}`
    throw new ScopeError('CLUSTER_NOT_FOUND', message)
  }

  /** Moves a cluster, at `nowMs`. Throws ScopeError if there is no such cluster. */
  move(name: string, move: ClusterMove, nowMs: number): Cluster {
    const cluster = this.get(name)
    this.#pending.get(cluster)?.()
    this.#pending.delete(cluster)
    const { drainMs } = move
    if (drainMs === undefined) this.#enter(cluster, { move, nowMs })
    else {
      this.#change(cluster, 'draining', nowMs)
      this.#plan(cluster, { ...move, drainMs: undefined }, nowMs + drainMs)
    }
    return cluster
  }

  /**
   * Where a job is that is created on a cluster, by default the first. `foundOn` are the clusters on
   * which its tag finds it; by default the ring decides. Throws ScopeError if there is no such cluster.
   */
  place(name = this.first.name, foundOn?: readonly string[]): Placement {
    const home = this.get(name).name
    if (foundOn === undefined) {
      return this.#share(home, this.seed.jobs === 'own' ? [home] : this.#names)
    }
    const wanted = new Set(foundOn.map((one) => this.get(one).name))
    return this.#share(
      home,
      this.#names.filter((one) => wanted.has(one)),
    )
  }

  /** A job's definition with the clusters that it will be on. Throws ScopeError if one is unknown. */
  placed(definition: JobDefinition): JobDefinition & { readonly placement: Placement } {
    return { ...definition, placement: this.place(definition.cluster, definition.foundOn) }
  }

  /** The placement without a cluster; undefined if no cluster is left. */
  without(cluster: string, placement: Placement): Placement | undefined {
    const { home, on } = placement
    if (!on.has(cluster)) return placement
    const left = [...on].filter((name) => name !== cluster)
    return left.length === 0 ? undefined : this.#share(home, left)
  }

  /** Cancels what it has planned: another ring takes its place. */
  close(): void {
    for (const cancel of this.#pending.values()) cancel()
  }

  #share(home: string, on: readonly string[]): Placement {
    const key = keyOf(home, on)
    const known = this.#placements.get(key)
    if (known) return known
    const placement = { home, on: new Set(on) }
    this.#placements.set(key, placement)
    return placement
  }

  #enter(
    cluster: Cluster,
    { move: { state, forMs, jobs }, nowMs }: { readonly move: ClusterMove; readonly nowMs: number },
  ): void {
    this.#change(cluster, state, nowMs)
    if (jobs === 'lose') this.#options.lose(cluster.name)
    if (forMs === undefined) return
    this.#plan(cluster, RETURN, nowMs + forMs)
  }

  #change(cluster: Cluster, state: ClusterState, nowMs: number): void {
    cluster.state = state
    cluster.sinceMs = nowMs
    cluster.nextAtMs = undefined
    cluster.nextMove = undefined
    this.#options.changed()
  }

  #plan(cluster: Cluster, move: ClusterMove, dueMs: number): void {
    cluster.nextAtMs = dueMs
    cluster.nextMove = move
    const happen = () => this.#enter(cluster, { move, nowMs: dueMs })
    this.#pending.set(cluster, this.#options.timeline.plan(dueMs, happen))
  }
}

/** The end of an outage. */
const RETURN: ClusterMove = { state: 'up', drainMs: undefined, forMs: undefined, jobs: 'keep' }

function keyOf(home: string, on: readonly string[]): string {
  return `${home} ${on.join(' ')}`
}
