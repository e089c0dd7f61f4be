import { isIP } from 'node:net'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { RequestError } from '../connections/request-error.ts'
import { preflightHeaders } from './cross-origin.ts'

/**
 * A hook that refuses control requests of pages of other origins with 403, before anything is done.
 * Requests without browser headers pass: test code and curl send none. A page of an allowed origin
 * may call, and its preflights are answered.
 */
export function requireOrigin(allowed: readonly string[]): onRequestHookHandler {
  return (request, reply, done) => {
    const { origin } = request.headers
    const isAllowed = origin !== undefined && allowed.includes(origin)
    if (!isAllowed && isForeign(request)) return done(refusePage(origin))
    if (!isAllowed) return done()
    reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
    return isPreflight(request) ? void answerPreflight(request, reply) : done()
  }
}

function refusePage(origin = 'of another site'): RequestError {
  const reason = `the page ${origin} has another origin than the mock, allow it with control-origin`
  return new RequestError(403, `Cannot answer: ${reason}`)
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const { vary, ...others } = preflightHeaders(headers['access-control-request-headers'])
  void reply
    .headers({ ...others, vary: `Origin, ${vary}` })
    .code(204)
    .send()
}

/** Whether a browser sent the request for a page of another origin. */
function isForeign({ method, headers, protocol, host }: FastifyRequest): boolean {
  const { origin } = headers
  if (origin !== undefined) return !isOwnOrigin(origin, `${protocol}://${host}`)
  // A link on another site may open the live page: its request reads only, and only the user sees it.
  const opensPage = method === 'GET' && headers['sec-fetch-dest'] === 'document'
  return headers['sec-fetch-site'] === 'cross-site' && !opensPage
}

/** Whether a page of this origin was loaded from the mock, under a name that is surely its own. */
function isOwnOrigin(origin: string, own: string): boolean {
  if (!URL.canParse(origin) || !URL.canParse(own)) return false
  const { host, protocol, hostname } = new URL(own)
  const given = new URL(origin)
  return given.host === host && given.protocol === protocol && isLocalName(hostname)
}

/**
 * Whether a name is an address, localhost, or has no dots, as in a network of containers. Any other
 * name may belong to an attacker, who lets it lead to this machine (DNS rebinding): its pages have
 * the same origin as the mock.
 */
function isLocalName(name: string): boolean {
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true
  return !name.includes('.') || name.endsWith('.localhost')
}
