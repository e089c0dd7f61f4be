import type { FastifyInstance } from 'fastify'
import { controlRoutes } from '../control-routes/control-routes.ts'
import { requireToken } from '../http-parts/authentication.ts'
import type { BodyReader } from '../http-parts/read-body.ts'
import { CONTROL_PREFIX, routedUrl } from '../http-parts/request-path.ts'
import { type ArrivalOf, msSince } from '../http-parts/request-time.ts'
import { Metrics } from '../metrics/metrics.ts'
import type { ServerParts } from './build-server.ts'
import { createApp } from './create-app.ts'
import { packageVersion } from './package-version.ts'
import type { RequestLog } from './request-log.ts'

/** What the control API shares with its server. */
export interface ControlAppParts extends ServerParts {
  readonly bodies: BodyReader
  readonly requestLog: RequestLog
  /** When the server started, in ms of the process. */
  readonly startedAtMs: number
  /** When a request arrived that may have waited for the control API. */
  readonly arrivalOf: ArrivalOf
}

/** Builds the control API as an instance that does not listen. */
export async function buildControlApp(parts: ControlAppParts): Promise<FastifyInstance> {
  const { log, basePaths, requestLog, arrivalOf } = parts
  const rewriteUrl = (url: string) => routedUrl(url, basePaths)
  const app = createApp(requestLog, { log, rewriteUrl, arrivalOf })
  await registerControl(app, parts)
  await app.ready()
  return app
}

/** Adds the control API to an instance. */
export async function registerControl(app: FastifyInstance, parts: ControlAppParts): Promise<void> {
  const { control, log, access, basePaths, controlOrigins: origins, bodies, inFlight } = parts
  const { realTime, page, pageFolder, counts, droppedLines, clientPort, startedAtMs } = parts
  const version = packageVersion()
  const metrics = new Metrics({ context: control, counts, droppedLines, version })
  await app.register(controlRoutes, {
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
