import cors, { type FastifyCorsOptions } from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { ControlContext } from '../control/control-context.ts'
import { Wrapper } from '../wire/wrapper.ts'
import { type Access, requireCredentials, requireToken } from './authentication.ts'
import { answerUnreadable } from './client-error.ts'
import { controlRoutes } from './control-routes.ts'
import { Desks } from './desks.ts'
import { NOTICE_HEADER } from './gpudb-handler.ts'
import { gpudbRoutes } from './gpudb-routes.ts'
import { createRequestLog, type Logging, loggerOptions } from './logging.ts'
import { packageVersion } from './package-version.ts'

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

/** The paths of the control API; the second is that of a scope with a name. */
const CONTROL_PREFIXES = ['/__mock', '/~:scope/__mock']

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
  const report = (message: string) => app.log.warn(message)
  const desks = new Desks(scopes, { catalogue, maxBytes: bodyLimit, report })
  const authorize = requireCredentials(access)
  const { findDesk, makeDesk } = desks
  await app.register(gpudbRoutes, {
    catalogue,
    wrapper,
    basePaths,
    bodyLimit,
    authorize,
    findDesk,
    makeDesk,
  })
  const controlled = {
    context: control,
    authorize: requireToken(access.token),
    bodyLimit,
    version: packageVersion(),
  }
  for (const prefix of CONTROL_PREFIXES) {
    await app.register(controlRoutes, { ...controlled, prefix })
  }
  return app
}
