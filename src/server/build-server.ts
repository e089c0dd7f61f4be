import cors from '@fastify/cors'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Catalogue } from '../avro/catalogue.ts'
import { answerCall } from '../gpudb/answer-call.ts'
import type { Scope } from '../scope/scope.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { gpudbRoutes } from '../wire/gpudb-routes.ts'
import { Wrapper } from '../wire/wrapper.ts'
import { type Access, requireCredentials } from './authentication.ts'
import { answerUnreadable } from './client-error.ts'
import { createRequestLog, type Logging, loggerOptions } from './logging.ts'

/** What a server is wired from. */
export interface ServerParts {
  readonly scope: Scope
  readonly catalogue: Catalogue
  readonly access: Access
  readonly logging: Logging
  /** See GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
  /** The largest request body in bytes. */
  readonly bodyLimit: number
  /** PEM texts; absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Wires a server. It does not listen. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { scope, catalogue, access, logging, basePaths, bodyLimit, tls } = parts
  const wrapper = new Wrapper(catalogue.readWrapper())
  const options = {
    logger: loggerOptions(logging),
    logController: createRequestLog(logging.level),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable(wrapper),
  } as const
  const app: FastifyInstance = tls ? Fastify({ ...options, https: tls }) : Fastify(options)
  // A preflight brings no credentials, so this comes before the hook that wants them.
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['x-request-time-secs'],
    strictPreflight: false,
  })
  refuseWhileStopping(app)
  app.addHook('onRequest', requireCredentials(access))
  const context = { scope, catalogue, maxBytes: bodyLimit }
  await app.register(gpudbRoutes, {
    catalogue,
    wrapper,
    basePaths,
    bodyLimit,
    answer: (call) => answerCall(call, context),
  })
  return app
}

/** A connection that is kept open can still bring requests while the server stops. */
function refuseWhileStopping(app: FastifyInstance): void {
  let stopping = false
  app.addHook('preClose', (done) => {
    stopping = true
    done()
  })
  app.addHook('onRequest', (_request, _reply, done) => {
    done(
      stopping ? new GpudbError('Cannot answer: the mock is stopping', { status: 503 }) : undefined,
    )
  })
}
