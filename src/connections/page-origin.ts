import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** A request that a page may have sent. */
export interface PageRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** The origin by which the server was called, such as `http://localhost:9191`. */
  readonly ownOrigin: string
}

/** Whether a browser sent the request for a page of another origin. Test code and curl send no such headers. */
export function isForeignPage({ method, headers, ownOrigin }: PageRequest): boolean {
  const { origin } = headers
  if (origin !== undefined) return !isOwnOrigin(origin, ownOrigin)
  // A link on another site may open a page of the server: that reads only, and only the user sees it.
  const opensPage = method === 'GET' && headers['sec-fetch-dest'] === 'document'
  return headers['sec-fetch-site'] === 'cross-site' && !opensPage
}

/** Whether a page of this origin was loaded from the server, under a name that is surely its own. */
function isOwnOrigin(origin: string, own: string): boolean {
  if (!URL.canParse(origin) || !URL.canParse(own)) return false
  const { host, protocol, hostname } = new URL(own)
  const given = new URL(origin)
  return given.host === host && given.protocol === protocol && isLocalName(hostname)
}

/**
 * Whether a name is an address, localhost, or has no dots, as in a network of containers. Any other
 * name may belong to an attacker, who lets it lead to this machine (DNS rebinding): its pages have
 * the same origin as the server.
 */
function isLocalName(name: string): boolean {
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true
  return !name.includes('.') || name.endsWith('.localhost')
}
