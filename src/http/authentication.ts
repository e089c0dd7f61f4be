import { createHash, timingSafeEqual } from 'node:crypto'
import type { onRequestHookHandler } from 'fastify'
import { GpudbError } from '../wire/gpudb-error.ts'
import { type Credentials, readCredentials } from './credentials.ts'

/** Who may call. */
export interface Access {
  /** Basic credentials, as `name:password`. */
  readonly users: readonly string[]
  /** The bearer token; absent: none is accepted. */
  readonly token?: string
}

/** A call of the control API without the token. */
class MissingTokenError extends Error {
  readonly statusCode = 401

  constructor() {
    super('Cannot answer: the token is missing or wrong, send it as Authorization: Bearer <token>')
  }
}

/**
 * A hook that answers 401 to a call without the right credentials; undefined where there are neither
 * users nor a token. GET and HEAD pass: wait strategies poll them without credentials.
 */
export function requireCredentials({ users, token }: Access): onRequestHookHandler | undefined {
  const accepted = [
    ...users.map((user) => digest(`basic ${user}`)),
    ...(token === undefined ? [] : [digest(`bearer ${token}`)]),
  ]
  if (accepted.length === 0) return undefined
  const schemes = [
    ...(users.length > 0 ? ['Basic realm="GPUdb", charset="UTF-8"'] : []),
    ...(token === undefined ? [] : ['Bearer realm="GPUdb"']),
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

/** Routes of the control API that answer without a token: probes have none. */
const OPEN_ROUTES = /\/__mock\/(?:health|ready|version)$/

/** A hook that answers 401 to a call without the token; undefined where there is none. */
export function requireToken(token: string | undefined): onRequestHookHandler | undefined {
  if (token === undefined) return undefined
  const accepted = [digest(`bearer ${token}`)]
  return (request, reply, done) => {
    const open = OPEN_ROUTES.test(String(request.routeOptions.url))
    if (open || isAccepted(readCredentials(request.headers.authorization), accepted)) return done()
    reply.header('www-authenticate', 'Bearer realm="mock-gpudb"')
    done(new MissingTokenError())
  }
}

/** Compares with every accepted one, in a time that does not depend on which it is. */
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
