import type { onRequestHookHandler } from 'fastify'
import { RequestError } from '../connections/request-error.ts'

/** A hook that refuses a request of HTTP/1.1 without the header Host (RFC 9112, 3.2). */
export const requireHost: onRequestHookHandler = ({ raw }, _reply, done) => {
  if (raw.headers.host !== undefined || raw.httpVersionMinor === 0) return done()
  done(new RequestError(400, 'Cannot read the request: the header Host is missing'))
}
