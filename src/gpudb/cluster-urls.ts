import type { Scope } from '../scope/scope.ts'
import { DEFAULT_SCOPE } from '../scope/scope-name.ts'

/** Host names of one machine; clients tell clusters apart by them (Python and Java 7.2.3). */
const LOCAL_HOSTS: readonly string[] = [
  'localhost',
  ...Array.from({ length: 7 }, (_, index) => `127.0.0.${index + 1}`),
]

/** By which origin a cluster is called. */
export interface CalledCluster {
  readonly scope: Pick<Scope, 'name' | 'ring'>
  readonly client: { readonly origin: string }
  /** Its name. */
  readonly entry: { readonly cluster: string }
}

/**
 * The URLs of all clusters of the scope of a call, in the order of the ring. A cluster without a host
 * name has the one by which it was called, or else another one of this machine.
 */
export function clusterUrls({
  scope: { name, ring },
  client: { origin },
  entry,
}: CalledCluster): string[] {
  const called = new URL(origin)
  const taken = [called.hostname, ...ring.clusters.flatMap(({ host }) => host ?? [])]
  const others = LOCAL_HOSTS.filter((host) => !taken.some((one) => isAmbiguous(host, one)))
  return ring.clusters.map((cluster) => {
    const isCalled = cluster.name === entry.cluster
    const url = new URL(origin)
    url.hostname = cluster.host ?? (isCalled ? called.hostname : others.shift()) ?? called.hostname
    return `${url.origin}${pathOf(name, cluster === ring.first ? undefined : cluster.name)}`
  })
}

/** Whether Python 7.2.3.13 takes one of two host names for the other: it looks for parts. */
function isAmbiguous(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one)
}

/** The path of a cluster of a scope: the first one has that of the scope. */
export function pathOf(scope: string, cluster: string | undefined): string {
  if (cluster !== undefined) return `/~${scope}~${cluster}`
  return scope === DEFAULT_SCOPE ? '' : `/~${scope}`
}
