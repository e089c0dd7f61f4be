import cors from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Catalogue } from '../avro/catalogue.ts'
import { answerCall } from '../gpudb/answer-call.ts'
import type { Scope } from '../scope/scope.ts'
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
    // A logger of its own for each request would be a tenth of what a poll costs.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
  } as const
  const app: FastifyInstance = tls ? Fastify({ ...options, https: tls }) : Fastify(options)
  // A preflight brings no credentials, so this comes before the hook that wants them.
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['x-request-time-secs'],
    strictPreflight: false,
  })
  const guard = requireCredentials(access)
  if (guard) app.addHook('onRequest', guard)
  const report = (message: string) => app.log.warn(message)
  const context = { scope, catalogue, maxBytes: bodyLimit, report }
  await app.register(gpudbRoutes, {
    catalogue,
    wrapper,
    basePaths,
    bodyLimit,
    answer: (call) => answerCall(call, context),
    wait: (ms) => scope.clock.wait(ms),
  })
  return app
}
