import type { IncomingMessage } from 'node:http'
import cors, { type FastifyCorsOptions } from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { ControlContext } from '../control/control-context.ts'
import { Wrapper } from '../wire/wrapper.ts'
import { type Access, requireCredentials, requireToken } from './authentication.ts'
import { controlRoutes } from './control-routes.ts'
import { answerUnreadable } from './failure.ts'
import { gpudbRoutes } from './gpudb-routes.ts'
import { type Logging, loggerOptions } from './logging.ts'
import { NOTICE_HEADER } from './open-scope.ts'
import { packageVersion } from './package-version.ts'
import { RequestLog } from './request-log.ts'
import { CONTROL_PREFIX, routedUrl } from './request-path.ts'

/** The settings of a server. */
export interface ServerSettings {
  readonly access: Access
  readonly logging: Logging
  /** Path prefixes of the endpoints, see GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
  /** The maximum size of a request body in bytes. */
  readonly bodyLimit: number
  /** PEM texts; undefined means plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** The settings of a server, and the mock that it serves. */
export interface ServerParts extends ServerSettings {
  readonly control: ControlContext
}

/** The maximum length of a path parameter, in characters: the error for a longer one is unclear. */
const MAX_PARAM_LENGTH = 16_384

/**
 * Replaces Ajv and fast-json-stringify; loading them would take a tenth of the start time. The
 * control API has its own compilers.
 */
const NO_COMPILERS = { buildValidator: refuseToCompile, buildSerializer: refuseToCompile }

/* c8 ignore next 3 -- only the control API has schemas, so this is never called */
function refuseToCompile(): never {
  throw new Error('Cannot compile a schema: only the control API has compilers')
}

/** Every origin may call: the browser client runs on pages of other origins. */
const CORS: FastifyCorsOptions = {
  origin: '*',
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['x-request-time-secs', NOTICE_HEADER],
  strictPreflight: false,
}

/** Builds the server of a mock, which does not listen yet. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { control, access, logging, basePaths, bodyLimit, tls } = parts
  const { scopes, catalogue } = control
  const wrapper = new Wrapper(catalogue.readWrapper())
  const requestLog = new RequestLog(logging.level, control.redaction)
  const options = {
    logger: loggerOptions(logging),
    logController: requestLog,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }: IncomingMessage) => routedUrl(url, basePaths),
    schemaController: { compilersFactory: NO_COMPILERS },
    clientErrorHandler: answerUnreadable(wrapper),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A logger for each request would cost a tenth of a poll.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
  } as const
  const app: FastifyInstance = tls ? Fastify({ ...options, https: tls }) : Fastify(options)
  app.addHook('preClose', (done) => {
    // Requests that wait would keep the server from stopping.
    scopes.close()
    done()
  })
  // A preflight has no credentials, so this comes before the hook that checks them.
  await app.register(cors, CORS)
  const authorize = requireCredentials(access)
  const shared = { catalogue, basePaths, bodyLimit, requestLog }
  await app.register(gpudbRoutes, { ...shared, scopes, wrapper, authorize })
  await app.register(controlRoutes, {
    prefix: CONTROL_PREFIX,
    context: control,
    basePaths,
    authorize: requireToken(access),
    bodyLimit,
    version: packageVersion(),
  })
  return app
}
