import { createHash, timingSafeEqual } from 'node:crypto'
import type { onRequestHookHandler } from 'fastify'
import { type Credentials, readCredentials } from '../calls/credentials.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** The accepted credentials; without users and tokens, every call is accepted. */
export interface Access {
  /** Basic credentials, as `name:password`. */
  readonly users: readonly string[]
  /** Bearer tokens; undefined means none. */
  readonly tokens?: readonly string[]
}

/** A control request without the token; Fastify answers it with the status 401. */
class MissingTokenError extends Error {
  readonly statusCode = 401

  constructor() {
    super('Cannot answer: the token is missing or wrong, send it as Authorization: Bearer <token>')
  }
}

/**
 * A hook that answers calls without accepted credentials with 401; undefined if every call is
 * accepted. GET and HEAD are always accepted: container wait strategies poll without credentials.
 */
export function requireCredentials({
  users,
  tokens = [],
}: Access): onRequestHookHandler | undefined {
  const accepted = [
    ...users.map((user) => digest(`basic ${user}`)),
    ...tokens.map((token) => digest(`bearer ${token}`)),
  ]
  if (accepted.length === 0) return undefined
  const schemes = [
    ...(users.length > 0 ? ['Basic realm="GPUdb", charset="UTF-8"'] : []),
    ...(tokens.length > 0 ? ['Bearer realm="GPUdb"'] : []),
  ].join(', ')
  return (request, reply, done) => {
    const open = request.method !== 'POST'
    if (open || isAccepted(readCredentials(request.headers.authorization), accepted)) return done()
    reply.header('www-authenticate', schemes)
    done(
      new GpudbError('Cannot answer: the user name, password or token is wrong', {
        code: 'UNAUTHORIZED',
      }),
    )
  }
}

/** Control routes that need no token: container probes cannot send one, nor can the links of a page. */
const OPEN_ROUTES = /\/__mock\/(?:health|ready|version|page-:hash\.(?:js|css))?$/

/** A hook that answers control requests without a token with 401; undefined if there are no tokens. */
export function requireToken({ tokens = [] }: Access): onRequestHookHandler | undefined {
  if (tokens.length === 0) return undefined
  const accepted = tokens.map((token) => digest(`bearer ${token}`))
  return (request, reply, done) => {
    const open = OPEN_ROUTES.test(String(request.routeOptions.url))
    if (open || isAccepted(readCredentials(request.headers.authorization), accepted)) return done()
    reply.header('www-authenticate', 'Bearer realm="mock-gpudb"')
    done(new MissingTokenError())
  }
}

/** Compares with all accepted credentials; the duration does not reveal which one matches. */
function isAccepted(credentials: Credentials, accepted: readonly Buffer[]): boolean {
  const given = digest(describe(credentials))
  return accepted.map((one) => timingSafeEqual(one, given)).includes(true)
}

function describe(credentials: Credentials): string {
  switch (credentials.scheme) {
    case 'basic':
      return `basic ${credentials.user}:${credentials.password}`
    case 'bearer':
      return `bearer ${credentials.token}`
    case 'none':
      return 'none'
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
