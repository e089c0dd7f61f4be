import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FailedConnections } from './failed-connections.ts'
import type { TcpSockets } from './tcp-sockets.ts'

/** The limits of connections; times in ms of real time, 0 for no limit. */
export interface ConnectionLimits {
  /** The maximum time from the start of a request to the end of its headers. */
  readonly headerTimeoutMs: number
  /** The maximum time from the start of a request to the end of its body. */
  readonly requestTimeoutMs: number
  /** How long a connection without a request is kept. */
  readonly idleTimeoutMs: number
  /** The maximum number of connections to one address. */
  readonly maxConnections: number
}

/** PEM texts. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** The settings of an HTTP server. */
export interface HttpServerOptions {
  readonly limits: ConnectionLimits
  readonly tls?: TlsFiles | undefined
  readonly failed: FailedConnections
  readonly tcpSockets: TcpSockets
}

/** The longest time between two looks for requests that take too long; Node's default. */
const MAX_CHECK_MS = 30_000

/** Creates Node's server; a request that it refuses itself is answered by `failed`. */
export function createHttpServer(
  handle: RequestListener,
  { limits, tls, failed, tcpSockets }: HttpServerOptions,
): Server {
  const { headerTimeoutMs, requestTimeoutMs, idleTimeoutMs } = limits
  const times = [headerTimeoutMs, requestTimeoutMs].filter((ms) => ms > 0)
  const options = {
    // A request without Host gets an answer of ours.
    requireHostHeader: false,
    connectionsCheckingInterval: Math.ceil(Math.min(...times.map((ms) => ms / 2), MAX_CHECK_MS)),
    // Node requires that it is not longer than that of the whole request.
    headersTimeout: requestTimeoutMs === 0 ? headerTimeoutMs : Math.min(...times),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
    // Under TLS too, Node's HTTP server decides what becomes of a client that ends its side.
    allowHalfOpen: true,
  }
  const listener: RequestListener = (request, response) => {
    failed.begin(response)
    handle(request, response)
  }
  const server = tls
    ? createTlsServer({ ...options, ...tls }, listener)
    : createServer(options, listener)
  if (tls) server.on('connection', (socket: Socket) => tcpSockets.track(socket))
  server.maxConnections = limits.maxConnections
  server.on('drop', () => failed.reportDrop(limits.maxConnections))
  server.on('checkExpectation', (request, response) => failed.refuseExpectation(request, response))
  server.on('connect', (request, socket) => failed.refuseTunnel(request, socket))
  return server
}
