import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { isForeignPage } from '../connections/page-origin.ts'
import { RequestError } from '../connections/request-error.ts'
import { preflightHeaders } from '../http-parts/cross-origin.ts'

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

function isForeign({ method, headers, protocol, host }: FastifyRequest): boolean {
  return isForeignPage({ method, headers, ownOrigin: `${protocol}://${host}` })
}
