/** The first path segment of the control API, after a scope. */
export const CONTROL_SEGMENT = '__mock'

/** The prefix of all control routes in the router. */
export const CONTROL_PREFIX = `/${CONTROL_SEGMENT}`

/** A URL in the router that no control route has. */
export const NO_CONTROL_ROUTE = `${CONTROL_PREFIX}/~`

/** The base path of a node behind Kinetica's HTTP proxy, such as `/gpudb-0` (documentation 7.2). */
const VENDOR_BASE = /^\/gpudb-\d+(?=\/|$)/

/** The target of a request to a proxy: `http://host/get/job` means `/get/job` (RFC 9112, 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i

/** The parts of a URL: it is a call of an endpoint, or a request to the control API. */
export interface RequestPath {
  /** The name of the scope, unchecked; undefined means the one at the root path. */
  readonly scope?: string
  /** The name of the cluster, unchecked; undefined means the first one of the scope. */
  readonly cluster?: string
  /** Whether the request is for the control API. */
  readonly isControl: boolean
  /** The path of an endpoint (`/` at the root), or of a control route below its prefix. */
  readonly path: string
}

/**
 * Reads the target of a request. The grammar, for calls and for the control API alike:
 * `[base path][/~scope[~cluster]](/__mock[/route] | [/endpoint])[?query]`. Doubled and trailing
 * slashes are ignored. Scope, cluster and `__mock` may be percent-encoded. Base paths such as `/gpudb-0` are always
 * accepted; `basePaths` adds others, without a trailing slash.
 */
export function readRequestPath(target: string, basePaths: readonly string[]): RequestPath {
  const [beforeQuery = ''] = target.replace(ABSOLUTE_FORM, '').split('?', 1)
  const path = withoutBase(beforeQuery.replace(/\/{2,}/g, '/').replace(/\/$/, ''), basePaths)
  const [, first = '', ...others] = path.split('/')
  const name = decodeSegment(first)
  if (!name.startsWith('~')) return readRoute([first, ...others])
  const { isControl, path: route } = readRoute(others)
  const [, scope = '', ...clusters] = name.split('~')
  // Written out: a key after an object spread costs a microsecond on Node 20.
  if (clusters.length === 0) return { scope, isControl, path: route }
  return { scope, cluster: clusters.join('~'), isControl, path: route }
}

/** What follows the first `?` in the target of a request; empty without one. */
export function queryOf(target: string): string {
  const start = target.indexOf('?')
  return start < 0 ? '' : target.slice(start + 1)
}

/** The methods that the path of an endpoint takes, as in the header Allow. */
export function methodsOf(path: string): string {
  if (takesGet(path)) return 'GET, HEAD, POST'
  return path === '/' ? 'GET, HEAD' : 'POST'
}

/** Whether an endpoint takes GET: it has no body, and the documentation (7.2) calls it so by curl. */
export function takesGet(path: string): boolean {
  return path === '/get/records/json'
}

/**
 * The URL by which the router finds a control route, and `/` for a call: calls have one route, whose
 * handler reads the path.
 */
export function routedUrl(target: string, basePaths: readonly string[]): string {
  // Most calls need no second reading: a control route holds `__mock`, perhaps percent-encoded.
  if (!target.includes(CONTROL_SEGMENT) && !target.includes('%')) return '/'
  const { isControl, path } = readRequestPath(target, basePaths)
  if (!isControl) return '/'
  const query = target.indexOf('?')
  return CONTROL_PREFIX + path + (query < 0 ? '' : target.slice(query))
}

function withoutBase(path: string, basePaths: readonly string[]): string {
  const base = basePaths.find((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  return base === undefined ? path.replace(VENDOR_BASE, '') : path.slice(base.length)
}

/** Reads what follows a scope. */
function readRoute(segments: readonly string[]): Pick<RequestPath, 'isControl' | 'path'> {
  const isControl = decodeSegment(segments[0] ?? '') === CONTROL_SEGMENT
  const path = `/${(isControl ? segments.slice(1) : segments).join('/')}`
  return { isControl, path }
}

/** Decodes a segment; one with an invalid escape is returned unchanged. */
function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
