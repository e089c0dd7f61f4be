import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { CallCounts } from '../calls/call-counts.ts'
import { AnswerDamage } from '../calls/damage-answer.ts'
import { GpudbHandler } from '../calls/gpudb-handler.ts'
import { readStopwatch, type TimeSource } from '../clock/time-source.ts'
import { FailedConnections } from '../connections/failed-connections.ts'
import {
  type ConnectionLimits,
  createHttpServer,
  type HttpServerOptions,
  type TlsFiles,
} from '../connections/http-server.ts'
import type { InFlight } from '../connections/in-flight.ts'
import { TcpSockets } from '../connections/tcp-sockets.ts'
import type { ControlContext } from '../control-parts/control-context.ts'
import { controlRoutes, refuseUnroutable } from '../control-routes/control-routes.ts'
import type { PageMode } from '../control-routes/page-routes.ts'
import { NO_COMPILERS } from '../control-routes/schema-compilers.ts'
import { type Access, requireCredentials, requireToken } from '../http-parts/authentication.ts'
import { logOptions } from '../http-parts/logging.ts'
import { BodyReader } from '../http-parts/read-body.ts'
import {
  CONTROL_PREFIX,
  NO_CONTROL_ROUTE,
  type RequestPath,
  routedUrl,
} from '../http-parts/request-path.ts'
import { msSince, noteArrivals } from '../http-parts/request-time.ts'
import { Metrics } from '../metrics/metrics.ts'
import { Wrapper } from '../wire/wrapper.ts'
import { gpudbRoutes } from './gpudb-routes.ts'
import { packageVersion } from './package-version.ts'
import { createRefusals } from './refusals.ts'
import { RequestLog } from './request-log.ts'

/** What a port serves: the endpoints of GPUdb, the control API, or both. */
export type Served = 'calls' | 'control' | 'both'

/** The settings of a server. */
export interface ServerSettings {
  readonly access: Access
  /** Path prefixes of the endpoints, see GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
  /** The maximum size of a request body in bytes. */
  readonly bodyLimit: number
  readonly connections: ConnectionLimits
  /** Whether there is the live page, and whether it can change anything. */
  readonly page: PageMode
  /** Origins whose pages may use the control API, such as `http://localhost:3000`. */
  readonly controlOrigins: readonly string[]
  /** Undefined means plain HTTP. */
  readonly tls?: TlsFiles
}

/** The settings of a server, and the mock that it serves. */
export interface ServerParts extends ServerSettings {
  readonly control: ControlContext
  readonly log: FastifyBaseLogger
  readonly serves: Served
  readonly inFlight: InFlight
  /** Real time, for the pauses of event streams. */
  readonly realTime: TimeSource
  /** Counts requests over all servers of the mock. */
  readonly counts: CallCounts
  /** How many lines of the log were dropped. */
  readonly droppedLines: () => number
  /** The port of the endpoints, if this server has only the control API. */
  readonly clientPort?: number | undefined
  /** The folder of the live page's files. Undefined: that of the bundle. */
  readonly pageFolder?: string
}

/** The maximum length of a path parameter, in characters: that of all headers, so that 431 comes first. */
const MAX_PARAM_LENGTH = 16_384

/** Builds the server of a mock, which does not listen yet. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { control, log, serves, access, basePaths, bodyLimit: maxBytes, inFlight, counts } = parts
  const { scopes, catalogue } = control
  const tcpSockets = new TcpSockets()
  const failed: FailedConnections = new FailedConnections({
    refuse: (request, error) => refuse(request, error),
    warn: (message) => log.warn(message),
  })
  const requestLog = new RequestLog(log, control.redaction)
  const app = Fastify({
    ...serverOptions(parts),
    ...nodeServer(parts, { failed, tcpSockets }),
    logController: requestLog,
  })
  noteArrivals(app)
  requestLog.decorate(app)
  const codec = catalogue.readWrapper()
  const wrapper = new Wrapper(codec)
  const damage = new AnswerDamage({ catalogue, wrapper, codec })
  const common = { catalogue, damage, counts }
  const handler = new GpudbHandler({ ...common, wrapper, bodyLimit: maxBytes, log })
  const refuse = createRefusals({
    handler,
    scopes,
    basePaths,
    isControl: (path) => isControlOn(serves, path),
  })
  const bodies = new BodyReader({ inFlight, maxBytes })
  app.addHook('preClose', (done) => {
    // Requests that wait would keep the server from stopping.
    scopes.close()
    done()
  })
  if (serves !== 'control') {
    const authorize = requireCredentials(access)
    const parts = { ...common, handler, scopes, basePaths, bodies, inFlight, authorize }
    await app.register(gpudbRoutes, { ...parts, tcpSockets, requestLog })
  }
  if (serves !== 'calls') await registerControl(app, { ...parts, bodies })
  return app
}

function registerControl(
  app: FastifyInstance,
  parts: ServerParts & { readonly bodies: BodyReader },
) {
  const { control, log, access, basePaths, controlOrigins: origins, bodies, inFlight } = parts
  const { realTime, page, pageFolder, counts, droppedLines, clientPort } = parts
  const version = packageVersion()
  const startedAtMs = readStopwatch()
  const metrics = new Metrics({ context: control, counts, droppedLines, version })
  return app.register(controlRoutes, {
    prefix: CONTROL_PREFIX,
    context: control,
    log,
    basePaths,
    authorize: requireToken(access),
    origins,
    bodies,
    inFlight,
    realTime,
    page,
    pageFolder,
    version,
    uptimeMs: () => msSince(startedAtMs),
    clientPort,
    renderMetrics: () => metrics.render(),
  })
}

function serverOptions({ log, basePaths, serves }: ServerParts) {
  const route = {
    both: (url: string) => routedUrl(url, basePaths),
    // The paths of the control API are unknown endpoints here.
    calls: () => '/',
    control: (url: string) => {
      const routed = routedUrl(url, basePaths)
      return routed === '/' ? NO_CONTROL_ROUTE : routed
    },
  }[serves]
  return {
    ...logOptions(log),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }: IncomingMessage) => route(url),
    schemaController: NO_COMPILERS,
    frameworkErrors: refuseUnroutable,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  } as const
}

/** Lets Fastify use a server of ours, whose own refusals have answers too. */
function nodeServer(
  { connections: limits, tls }: ServerParts,
  parts: Pick<HttpServerOptions, 'failed' | 'tcpSockets'>,
) {
  const { failed } = parts
  return {
    serverFactory: (handle: RequestListener) => createHttpServer(handle, { ...parts, limits, tls }),
    clientErrorHandler: (error: Error, socket: Duplex) => failed.fail(error, socket),
  }
}

function isControlOn(serves: Served, { isControl }: RequestPath): boolean {
  return serves === 'control' || (serves === 'both' && isControl)
}
