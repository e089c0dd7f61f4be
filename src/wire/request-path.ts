/** A base path as the vendor's HTTP proxy gives each node, such as `/gpudb-0`. */
const VENDOR_BASE = /^\/gpudb-\d+(?=\/|$)/

/**
 * The endpoint path that a URL names: without query, doubled or trailing slashes, and base path.
 * The vendor's own base paths (`/gpudb-0`) are always known; `basePaths` are others, without a
 * trailing slash. The root is `/`.
 */
export function endpointPath(url: string, basePaths: readonly string[]): string {
  const [beforeQuery = ''] = url.split('?', 1)
  const path = beforeQuery.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  const base = basePaths.find((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  const rest = base === undefined ? path.replace(VENDOR_BASE, '') : path.slice(base.length)
  return rest || '/'
}
