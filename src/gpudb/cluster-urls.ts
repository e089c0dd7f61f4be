import { DEFAULT_SCOPE } from '../scope/scope.ts'
import type { Call } from './call.ts'

/** Host names of one machine; clients tell clusters apart by them (Python and Java 7.2.3). */
const LOCAL_HOSTS: readonly string[] = [
  'localhost',
  ...Array.from({ length: 7 }, (_, index) => `127.0.0.${index + 1}`),
]

/**
 * The URLs of all clusters of the scope of a call, in the order of the ring. A cluster without a host
 * name has the one by which it was called, or else another one of this machine.
 */
export function clusterUrls({
  scope: { name, ring },
  client: { origin },
  entry,
}: Pick<Call, 'scope' | 'client' | 'entry'>): string[] {
  const called = new URL(origin)
  const others = LOCAL_HOSTS.filter((host) => host !== called.hostname)
  return ring.clusters.map((cluster) => {
    const own = cluster.name === entry.cluster ? called.hostname : others.shift()
    const url = new URL(origin)
    url.hostname = cluster.host ?? own ?? called.hostname
    return `${url.origin}${pathOf(name, cluster === ring.first ? undefined : cluster.name)}`
  })
}

/** The path of a cluster of a scope: the first one has that of the scope. */
export function pathOf(scope: string, cluster: string | undefined): string {
  if (cluster !== undefined) return `/~${scope}~${cluster}`
  return scope === DEFAULT_SCOPE ? '' : `/~${scope}`
}
