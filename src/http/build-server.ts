import type { RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
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
import type { PageMode } from '../control-routes/page-routes.ts'
import { type Access, requireCredentials } from '../http-parts/authentication.ts'
import { BodyReader } from '../http-parts/read-body.ts'
import { NO_CONTROL_ROUTE, type RequestPath, routedUrl } from '../http-parts/request-path.ts'
import { Wrapper } from '../wire/wrapper.ts'
import type { ControlAppParts } from './control-app.ts'
import { createApp } from './create-app.ts'
import { gpudbRoutes } from './gpudb-routes.ts'
import { LateControl } from './late-control.ts'
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
  const bodies = new BodyReader({ inFlight, maxBytes })
  const late = new LateControl({
    basePaths,
    log,
    server: () => app.server,
    build: () => buildControl(controlParts),
  })
  const arrivalOf = late.arrivalOf.bind(late)
  const controlParts = { ...parts, bodies, requestLog, startedAtMs: readStopwatch(), arrivalOf }
  const app = createApp(requestLog, {
    ...nodeServer(parts, { failed, tcpSockets, late }),
    rewriteUrl: rewriteTo(parts),
    log,
  })
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
  app.addHook('preClose', async () => {
    // Requests that wait would keep the server from stopping.
    scopes.close()
    await late.close()
  })
  if (serves === 'control') {
    const { registerControl } = await import('./control-app.ts')
    await registerControl(app, controlParts)
  } else {
    const authorize = requireCredentials(access)
    const parts = { ...common, handler, scopes, basePaths, bodies, inFlight, authorize }
    await app.register(gpudbRoutes, { ...parts, tcpSockets, requestLog })
  }
  return app
}

/** Loaded with its routes when it is built. */
async function buildControl(parts: ControlAppParts): Promise<FastifyInstance> {
  const { buildControlApp } = await import('./control-app.ts')
  return buildControlApp(parts)
}

/** What the router gets instead of a URL: endpoints have one route, whose handler reads the path. */
function rewriteTo({ serves, basePaths }: ServerParts): (url: string) => string {
  if (serves !== 'control') return () => '/'
  return (url) => {
    const routed = routedUrl(url, basePaths)
    return routed === '/' ? NO_CONTROL_ROUTE : routed
  }
}

/** Lets Fastify use a server of ours, whose own refusals have answers too. */
function nodeServer(
  { connections: limits, serves, tls }: ServerParts,
  { late, ...parts }: Pick<HttpServerOptions, 'failed' | 'tcpSockets'> & { late: LateControl },
) {
  const { failed } = parts
  const listener = (handle: RequestListener) => (serves === 'both' ? late.beside(handle) : handle)
  return {
    serverFactory: (handle: RequestListener) =>
      createHttpServer(listener(handle), { ...parts, limits, tls }),
    clientErrorHandler: (error: Error, socket: Duplex) => failed.fail(error, socket),
  }
}

function isControlOn(serves: Served, { isControl }: RequestPath): boolean {
  return serves === 'control' || (serves === 'both' && isControl)
}
