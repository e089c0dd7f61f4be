import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { startRealTimer } from '../clock/time-source.ts'
import {
  FailedConnections,
  type RawAnswer,
  type RefusedRequest,
} from '../connections/failed-connections.ts'
import { createHttpServer, type TlsFiles } from '../connections/http-server.ts'
import {
  type ListenAddress,
  type Listening,
  listen,
  toListeningApp,
} from '../connections/listen.ts'
import type { RequestError } from '../connections/request-error.ts'
import { TcpSockets } from '../connections/tcp-sockets.ts'
import { PassedCalls, type PassedCallsOptions } from './passed-calls.ts'
import { type ProxyAnswer, ProxyRoutes } from './proxy-routes.ts'
import { Upstream, type UpstreamOptions } from './upstream.ts'

/** The settings of a proxy. */
export interface RecordingProxyOptions
  extends ListenAddress,
    Omit<PassedCallsOptions, 'upstream' | 'tcpSockets' | 'isTls'> {
  readonly upstream: UpstreamOptions
  /** Undefined: clients use plain HTTP. */
  readonly tls?: TlsFiles | undefined
  readonly maxConnections: number
}

/** The time limit for requests in flight, and then for the last answers, when the proxy stops, in ms. */
const STOP_DEADLINE_MS = 800

/**
 * Neither a body nor an idle connection has a limit: how long to wait is up to the client and the
 * upstream.
 */
const LIMITS = { headerTimeoutMs: 60_000, requestTimeoutMs: 0, idleTimeoutMs: 0 }

/**
 * Passes requests to the upstream and its answers back, and hands a copy of both to the recorder. Only
 * the answer of `/show/system/properties` is changed.
 */
export class RecordingProxy {
  /** Resolves when a client asks for the end of the recording. */
  readonly stopRequested: Promise<void>
  readonly #options: RecordingProxyOptions
  readonly #upstream: Upstream
  readonly #calls: PassedCalls
  readonly #routes: ProxyRoutes
  readonly #server: Server
  #listening: Listening | undefined
  #isDrained = false

  constructor(options: RecordingProxyOptions) {
    const { upstream, tls, ...others } = options
    const isTls = tls !== undefined
    const tcpSockets = new TcpSockets()
    this.#options = options
    this.#upstream = new Upstream(upstream)
    this.#calls = new PassedCalls({ ...others, upstream: this.#upstream, tcpSockets, isTls })
    const ending = new AbortController()
    this.stopRequested = new Promise((resolve) => {
      ending.signal.addEventListener('abort', () => resolve())
    })
    const stop = () => ending.abort()
    this.#routes = new ProxyRoutes({ describe: () => this.describe(), stop, isTls })
    this.#server = this.#createServer(tcpSockets)
  }

  /** Starts to listen, and returns the URL for clients. Throws Node's error if it cannot. */
  async start(): Promise<string> {
    this.#listening = await listen(toListeningApp(this.#server), this.#options)
    return this.#listening.url
  }

  /** What has passed yet, as `GET /__mock/record` shows it. */
  describe() {
    const { whole, broken, unanswered, notKept } = this.#calls.counts
    return {
      upstream: this.#upstream.name,
      requests: whole + broken + unanswered,
      answered: whole,
      broken,
      unanswered,
      not_kept: notKept,
      in_flight: this.#calls.inFlight,
    }
  }

  /** The same in words. */
  describeInWords(): string {
    return this.#calls.counts.describe()
  }

  /** Accepts no more connections, and waits for the requests in flight, for a second at most. */
  async drain(): Promise<void> {
    void this.#listening?.close()
    this.#server.close()
    this.#server.closeIdleConnections()
    await this.#calls.end(STOP_DEADLINE_MS)
    this.#isDrained = true
  }

  /** Answers those who asked for the end, and closes all connections. */
  async end(answer: ProxyAnswer): Promise<void> {
    const { waiting } = this.#routes
    const sent = Promise.all(Array.from(waiting, (response) => closed(response)))
    this.#routes.finish(answer)
    const close = () => this.#server.closeAllConnections()
    const cancel = startRealTimer(STOP_DEADLINE_MS, close, { keepsAlive: true })
    await sent
    cancel()
    close()
    await this.#listening?.close()
  }

  #createServer(tcpSockets: TcpSockets): Server {
    const { tls, warn, maxConnections } = this.#options
    const failed = new FailedConnections({ refuse: refuseUnreadable, warn })
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      if (this.#routes.handle(request, response)) return
      if (this.#isDrained) request.socket.destroySoon()
      else this.#calls.pass(request, response)
    }
    const limits = { ...LIMITS, maxConnections }
    const server = createHttpServer(handle, { limits, tls, failed, tcpSockets })
    server.on('clientError', (error, socket) => failed.fail(error, socket))
    // Whether the client may continue, the upstream says.
    server.on('checkContinue', (request, response) => {
      failed.begin(response)
      handle(request, response)
    })
    return server
  }
}

/** What Node cannot read as HTTP cannot be passed as HTTP. */
function refuseUnreadable(
  _request: RefusedRequest,
  { statusCode, message }: RequestError,
): RawAnswer {
  const body = `${message}\n`
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(Buffer.byteLength(body)),
  }
  return { status: statusCode, headers, body }
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => void response.once('close', () => resolve()))
}
