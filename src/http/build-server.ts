import type { IncomingMessage } from 'node:http'
import cors, { type FastifyCorsOptions } from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { ControlContext } from '../control/control-context.ts'
import { Wrapper } from '../wire/wrapper.ts'
import { type Access, requireCredentials, requireToken } from './authentication.ts'
import { answerUnreadable } from './client-error.ts'
import { controlRoutes } from './control-routes.ts'
import { gpudbRoutes } from './gpudb-routes.ts'
import { createRequestLog, type Logging, loggerOptions } from './logging.ts'
import { NOTICE_HEADER } from './open-scope.ts'
import { packageVersion } from './package-version.ts'
import { CONTROL_PREFIX, routedUrl } from './request-path.ts'

/** The settings of a server. */
export interface ServerSettings {
  readonly access: Access
  readonly logging: Logging
  /** See GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
  /** The largest request body in bytes. */
  readonly bodyLimit: number
  /** PEM texts; undefined means plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** What a server is put together from. */
export interface ServerParts extends ServerSettings {
  readonly control: ControlContext
}

/** The longest name of a scope in a path that is looked at, to say that it is too long. */
const MAX_PARAM_LENGTH = 16_384

/**
 * The control API brings compilers of its own. Where these are given, Fastify does not load Ajv and
 * fast-json-stringify, which would be a tenth of the start.
 */
const NO_COMPILERS = { buildValidator: refuseToCompile, buildSerializer: refuseToCompile }

/* c8 ignore next 3 -- nothing but the control API has schemas, so nobody calls it */
function refuseToCompile(): never {
  throw new Error('Cannot compile a schema: only the control API has compilers')
}

/** A page of any origin may call, and drive the mock: the browser client is cross-origin. */
const CORS: FastifyCorsOptions = {
  origin: '*',
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['x-request-time-secs', NOTICE_HEADER],
  strictPreflight: false,
}

/** Wires a server. It does not listen. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { control, access, logging, basePaths, bodyLimit, tls } = parts
  const { scopes, catalogue } = control
  const wrapper = new Wrapper(catalogue.readWrapper())
  const options = {
    logger: loggerOptions(logging),
    logController: createRequestLog(logging.level),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }: IncomingMessage) => routedUrl(url, basePaths),
    schemaController: { compilersFactory: NO_COMPILERS },
    clientErrorHandler: answerUnreadable(wrapper),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A logger of its own for each request would be a tenth of what a poll costs.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
  } as const
  const app: FastifyInstance = tls ? Fastify({ ...options, https: tls }) : Fastify(options)
  app.addHook('preClose', (done) => {
    // Who waits would keep the server from stopping.
    scopes.close()
    done()
  })
  // A preflight brings no credentials, so this comes before the hook that wants them.
  await app.register(cors, CORS)
  const authorize = requireCredentials(access)
  await app.register(gpudbRoutes, { scopes, catalogue, wrapper, basePaths, bodyLimit, authorize })
  await app.register(controlRoutes, {
    prefix: CONTROL_PREFIX,
    context: control,
    basePaths,
    authorize: requireToken(access.token),
    bodyLimit,
    version: packageVersion(),
  })
  return app
}
