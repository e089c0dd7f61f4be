/** The cluster of a scope without a ring, and the first cluster of a ring without names. */
export const FIRST_CLUSTER = 'a'

/** The clusters of a ring on which a job is. Jobs that are placed alike share one object. */
export interface Placement {
  /** The cluster that created it: only there it can be found by its id. */
  readonly home: string
  /** The clusters on which it can be found by its tag. */
  readonly on: ReadonlySet<string>
}

/** The placement of all jobs of a scope without a ring. */
export const ONLY_PLACEMENT: Placement = { home: FIRST_CLUSTER, on: new Set([FIRST_CLUSTER]) }
