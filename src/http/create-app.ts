import type { IncomingMessage } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
} from 'fastify'
import { readStopwatch } from '../clock/time-source.ts'
import { NO_COMPILERS } from '../control-routes/schema-compilers.ts'
import { refuseUnroutable } from '../control-routes/send-problem.ts'
import { logOptions } from '../http-parts/logging.ts'
import { type ArrivalOf, noteArrivals } from '../http-parts/request-time.ts'
import type { RequestLog } from './request-log.ts'

/** The settings of an instance. */
export interface AppOptions
  extends Pick<FastifyServerOptions, 'serverFactory' | 'clientErrorHandler'> {
  readonly log: FastifyBaseLogger
  /** Returns the URL that the router gets instead. */
  readonly rewriteUrl: (url: string) => string
  /** By default, a request arrives when Fastify gets it. */
  readonly arrivalOf?: ArrivalOf
}

/** The maximum length of a path parameter, in characters: that of all headers, so that 431 comes first. */
const MAX_PARAM_LENGTH = 16_384

/** Creates an instance of Fastify without routes. */
export function createApp(
  requestLog: RequestLog,
  { log, rewriteUrl, arrivalOf = readStopwatch, ...server }: AppOptions,
): FastifyInstance {
  const app = Fastify({
    ...logOptions(log),
    ...server,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }: IncomingMessage) => rewriteUrl(url),
    schemaController: NO_COMPILERS,
    frameworkErrors: (error, request, reply) => {
      // No hook runs for it.
      request.arrivedAtMs = arrivalOf(request.raw)
      requestLog.noteUnrouted(request, reply)
      refuseUnroutable(error, { request, reply })
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    logController: requestLog,
  })
  noteArrivals(app, arrivalOf)
  requestLog.decorate(app)
  return app
}
