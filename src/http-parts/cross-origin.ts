import { NOTICE_HEADER } from './open-scope.ts'

/**
 * The headers of every answer to a call: the browser client runs on pages of other origins, and
 * reads how long a call took.
 */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': `x-request-time-secs, ${NOTICE_HEADER}`,
} as const

/** The methods that a preflight allows. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/**
 * The headers of the answer to a preflight: the methods, and the headers that the page wants to send.
 */
export function preflightHeaders(requested: string | undefined): Record<string, string> {
  return {
    'access-control-allow-methods': METHODS,
    vary: 'Access-Control-Request-Headers',
    ...(requested === undefined ? {} : { 'access-control-allow-headers': requested }),
  }
}
