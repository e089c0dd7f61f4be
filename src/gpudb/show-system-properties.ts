import type { Call } from '../gpudb-parts/call.ts'
import { defineEndpoint } from '../gpudb-parts/endpoint.ts'
import { clusterUrls } from './cluster-urls.ts'
import { GPUDB_VERSION } from './show-system-status.ts'

/**
 * The properties that clients need to connect (Python, Java and C++ 7.2.3 read them): one host, no
 * worker URLs (`conf.worker_http_server_urls` would replace the URL passed to the client), and the
 * clusters of a ring. `options.properties` is a comma-separated filter.
 */
export const showSystemProperties = defineEndpoint(
  '/show/system/properties',
  ({ options }, call) => {
    const all = properties(call)
    const wanted = (options['properties'] ?? '').split(',').map((name) => name.trim())
    const named = wanted.filter((name) => name !== '')
    const shown = all.filter(([name]) => named.length === 0 || named.includes(name))
    return { property_map: Object.fromEntries(shown), info: {} }
  },
)

function properties(call: Call): (readonly [string, string])[] {
  const { isHa } = call.scope.ring
  const urls = isHa ? clusterUrls(call) : []
  const { protocol } = new URL(call.client.origin)
  return [
    ['version.gpudb_core_version', GPUDB_VERSION],
    ['conf.number_of_hosts', '1'],
    ['conf.host0_public_urls', hostUrl(call)],
    ['conf.enable_worker_http_servers', 'FALSE'],
    ['conf.enable_ha', isHa ? 'TRUE' : 'FALSE'],
    ['conf.ha_ring_head_nodes_full', urls.join(';')],
    ['conf.enable_httpd_proxy', 'FALSE'],
    ['conf.use_https', protocol === 'https:' ? 'TRUE' : 'FALSE'],
    // Read by C++ 7.2.3.
    ...(isHa ? [['conf.ha_ring_head_nodes', urls.join(',')] as const] : []),
  ]
}

/**
 * Scheme and host name of the cluster, nothing else: Python 7.2.3.13 takes a host name that is a part
 * of this text as one of the cluster (`does_cluster_contain_node`).
 */
function hostUrl(call: Call): string {
  const { scope, entry, client } = call
  const { protocol, hostname } = new URL(client.origin)
  return `${protocol}//${scope.ring.get(entry.cluster).host ?? hostname}`
}
