import type { FixtureClusterMove } from '../fixture-format/cluster-move-format.ts'
import type { FixtureTimelineEntry } from '../fixture-format/timeline-format.ts'
import type { JobKey } from '../jobs/job-table.ts'
import type { ClusterMove } from '../scope/cluster-move.ts'
import type { Cluster, Ring } from '../scope/ring.ts'
import type { Scope } from '../scope/scope.ts'
import type { ListedEntry, TimelineAction } from '../scope/timeline.ts'

/**
 * Writes what is still to come in a scope as a timeline that starts now: the entries that are not
 * applied, and what clusters do by themselves, such as the end of an outage. Entries about clusters and
 * faults that are gone are omitted: a document with them is invalid.
 */
export function writeTimeline(scope: Scope): FixtureTimelineEntry[] {
  const nowMs = scope.clock.now()
  const { ring } = scope
  const faults = new Set(scope.faults.list().map(({ fault }) => fault.name))
  const ahead = scope.timeline
    .list()
    .filter((one) => !one.isApplied && isWritable(one, { ring, faults }))
  // A single cluster gets its state by an entry, since a ring has several.
  const isWritten = ring.isHa
  return [
    ...ring.clusters.flatMap((cluster) => [
      ...(isWritten || cluster.state === 'up' ? [] : [writeState(cluster)]),
      ...writeNextMove(cluster, { nowMs, ahead }),
    ]),
    ...ahead.map(({ atMs, entry }) => writeEntry(entry.action, atMs - nowMs)),
  ]
}

/** The names of the faults that entries which are still to come switch. */
export function faultsAhead({ timeline }: Scope): ReadonlySet<string> {
  return new Set(
    timeline.list().flatMap(({ isApplied, entry: { action } }) => {
      return !isApplied && action.kind === 'fault' ? [action.name] : []
    }),
  )
}

function isWritable(
  { entry: { action } }: ListedEntry,
  { ring, faults }: { readonly ring: Ring; readonly faults: ReadonlySet<string> },
): boolean {
  if (action.kind === 'cluster') return ring.find(action.name) !== undefined
  return action.kind !== 'fault' || faults.has(action.name)
}

function writeState({ name, state }: Cluster): FixtureTimelineEntry {
  return { at: 0, cluster: name, state }
}

/** What a cluster does by itself, unless an entry moves it before. */
function writeNextMove(
  { name, nextAtMs, nextMove }: Cluster,
  { nowMs, ahead }: { readonly nowMs: number; readonly ahead: readonly ListedEntry[] },
): FixtureTimelineEntry[] {
  if (nextAtMs === undefined || nextMove === undefined) return []
  const isMoved = ahead.some(({ atMs, entry: { action } }) => {
    return atMs <= nextAtMs && action.kind === 'cluster' && action.name === name
  })
  return isMoved ? [] : [{ at: nextAtMs - nowMs, cluster: name, ...writeMove(nextMove) }]
}

function writeEntry(action: TimelineAction, at: number): FixtureTimelineEntry {
  switch (action.kind) {
    case 'cluster':
      return { at, cluster: action.name, ...writeMove(action.move) }
    case 'fault':
      return { at, fault: action.name, enabled: action.enabled }
    case 'release':
      return { at, job: writeKey(action.job), release: true }
    case 'cancel':
      return { at, job: writeKey(action.job), cancel: true }
    case 'finish': {
      const { outcome, error } = action
      const finish = { outcome, ...(error === undefined ? {} : { error }) }
      return { at, job: writeKey(action.job), finish }
    }
  }
}

function writeMove({ state, drainMs, forMs, jobs }: ClusterMove): FixtureClusterMove {
  return {
    state,
    ...(drainMs === undefined ? {} : { drain: drainMs }),
    ...(forMs === undefined ? {} : { for: forMs }),
    ...(jobs === 'keep' ? {} : { jobs }),
  }
}

function writeKey(key: JobKey): string | bigint {
  return 'tag' in key ? key.tag : key.id
}
