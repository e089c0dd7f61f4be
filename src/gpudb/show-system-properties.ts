import { defineEndpoint } from './endpoint.ts'
import { GPUDB_VERSION } from './show-system-status.ts'

/**
 * The properties that clients need to connect (Python, Java and C++ 7.2.3 read them): one host, no
 * high availability, no worker URLs (`conf.worker_http_server_urls` would replace the URL passed to
 * the client). `options.properties` is a comma-separated filter.
 */
export const showSystemProperties = defineEndpoint(
  '/show/system/properties',
  ({ options }, { client }) => {
    const all = properties(client.url)
    const wanted = (options['properties'] ?? '').split(',').map((name) => name.trim())
    const named = wanted.filter((name) => name !== '')
    const shown = all.filter(([name]) => named.length === 0 || named.includes(name))
    return { property_map: Object.fromEntries(shown), info: {} }
  },
)

function properties(url: string): [string, string][] {
  return [
    ['version.gpudb_core_version', GPUDB_VERSION],
    ['conf.number_of_hosts', '1'],
    ['conf.host0_public_urls', url],
    ['conf.enable_worker_http_servers', 'FALSE'],
    ['conf.enable_ha', 'FALSE'],
    ['conf.ha_ring_head_nodes_full', ''],
    ['conf.enable_httpd_proxy', 'FALSE'],
    ['conf.use_https', url.startsWith('https:') ? 'TRUE' : 'FALSE'],
  ]
}
