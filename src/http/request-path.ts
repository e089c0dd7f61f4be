/** A base path as the vendor's HTTP proxy gives each node, such as `/gpudb-0`. */
const VENDOR_BASE = /^\/gpudb-\d+(?=\/|$)/

/** What stands before the name of a scope in a path; some clients escape the tilde. */
const SCOPE_MARK = /^\/(?:~|%7E)/i

/** What a URL names. */
export interface RequestPath {
  /** The name of the scope, unchecked; absent: the scope of the root path. */
  readonly scope?: string
  /** The path of an endpoint; the root is `/`. */
  readonly endpoint: string
}

/**
 * Reads a URL: without query, doubled or trailing slashes, base path, and `/~name` of a scope. The
 * vendor's own base paths (`/gpudb-0`) are always known; `basePaths` are others, without a trailing
 * slash.
 */
export function readRequestPath(url: string, basePaths: readonly string[]): RequestPath {
  const [beforeQuery = ''] = url.split('?', 1)
  const path = beforeQuery.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  const base = basePaths.find((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  const rest = base === undefined ? path.replace(VENDOR_BASE, '') : path.slice(base.length)
  const mark = SCOPE_MARK.exec(rest)?.[0]
  if (mark === undefined) return { endpoint: rest || '/' }
  const end = rest.indexOf('/', mark.length)
  if (end < 0) return { scope: rest.slice(mark.length), endpoint: '/' }
  return { scope: rest.slice(mark.length, end), endpoint: rest.slice(end) }
}
