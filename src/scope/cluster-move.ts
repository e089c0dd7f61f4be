/** The states of a cluster, which show on all its endpoints at once. */
export const CLUSTER_STATES = [
  'up',
  'draining',
  'stopping',
  'offline',
  'down',
  'proxy_down',
] as const
export type ClusterState = (typeof CLUSTER_STATES)[number]

/** What becomes of the jobs of a cluster that changes its state. */
export const KEPT_JOBS = ['keep', 'lose'] as const
export type KeptJobs = (typeof KEPT_JOBS)[number]

/** A change of the state of a cluster. */
export interface ClusterMove {
  readonly state: ClusterState
  /** How long it is draining first. Undefined: not at all. */
  readonly drainMs: number | undefined
  /** How long it has the state, before it is up again. Undefined: until it is moved again. */
  readonly forMs: number | undefined
  /** Whether the cluster still has its jobs when it has the state. */
  readonly jobs: KeptJobs
}
