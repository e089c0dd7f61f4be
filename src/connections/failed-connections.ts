import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { readSystemClock, startRealTimer } from '../clock/time-source.ts'
import { OpenResponses } from './open-responses.ts'
import {
  describeFailure,
  findRequestLine,
  isAboutRequest,
  type ParseError,
} from './parse-failure.ts'
import { RequestError } from './request-error.ts'

/** A request that no route sees. */
export interface RefusedRequest {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** The address of the client. */
  readonly address: string
}

/** An answer as it is sent. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/** What the answers need. */
export interface FailedConnectionsOptions {
  /** Writes the answer for a refused request, and records it. */
  readonly refuse: (request: RefusedRequest, error: RequestError) => RawAnswer
  /** Writes a line to the log. */
  readonly warn: (message: string) => void
}

/** How long a connection stays open so that the client can read the last answer, in ms. */
const LINGER_MS = 2000

/** The least time between two warnings about too many connections, in ms. */
const WARN_EVERY_MS = 60_000

/**
 * Answers the requests that Node's HTTP server refuses itself: bytes that are not HTTP, too large
 * headers, requests that take too long. The answers to the requests before them leave first.
 */
export class FailedConnections {
  readonly #options: FailedConnectionsOptions
  readonly #responses = new OpenResponses()
  readonly #failed = new WeakSet<Duplex>()
  #warnedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: FailedConnectionsOptions) {
    this.#options = options
  }

  /** Notes the response of a request whose headers have arrived. */
  begin(response: ServerResponse): void {
    this.#responses.add(response)
  }

  /** Handles an error of a connection. */
  fail(error: ParseError, socket: Duplex): void {
    // More bytes of a client that was refused: they are not read.
    if (this.#failed.has(socket)) return
    this.#failed.add(socket)
    const isUnused = 'bytesRead' in socket && socket.bytesRead === 0
    if (socket.writable && isAboutRequest(error) && !isUnused) this.#answer(error, socket)
    else socket.destroy()
  }

  /** Answers a request whose header Expect asks for something else than `100-continue`. */
  refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
    this.begin(response)
    const { method = '', url: target = '/', headers, socket } = request
    const reason = `it expects ${headers.expect}, and only 100-continue is known`
    const refused = { method, target, headers, address: addressOf(socket) }
    const error = new RequestError(417, `Cannot answer the request: ${reason}`)
    const answer = this.#options.refuse(refused, error)
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }

  /** Answers a CONNECT request, which asks a proxy for a tunnel. */
  refuseTunnel({ url: target = '/', headers }: IncomingMessage, socket: Duplex): void {
    const request = { method: 'CONNECT', target, headers, address: addressOf(socket) }
    const failure = new RequestError(405, `Cannot CONNECT ${target}: the mock is no proxy`)
    this.#failed.add(socket)
    this.#sendAfter(this.#responses.lastOf(socket), { socket, request, failure })
  }

  /** Reports that a connection was closed since there are too many; at most once a minute. */
  reportDrop(maxConnections: number): void {
    const nowMs = readSystemClock()
    if (nowMs - this.#warnedAtMs < WARN_EVERY_MS) return
    this.#warnedAtMs = nowMs
    const reason = `there are ${maxConnections} already, raise max-connections`
    this.#options.warn(`closed a new connection: ${reason}`)
  }

  #answer(error: ParseError, socket: Duplex): void {
    const last = this.#responses.lastOf(socket)
    const line = findRequestLine(error)
    const failure = describeFailure(error, line)
    if (last && !last.req.complete) {
      failBody(last, failure)
      return
    }
    const request = { method: '', target: '/', headers: {}, address: addressOf(socket), ...line }
    this.#sendAfter(last, { socket, request, failure })
  }

  #sendAfter(last: ServerResponse | undefined, refusal: Refusal): void {
    const { socket, request, failure } = refusal
    const send = () => {
      if (!socket.writable) return void socket.destroy()
      const answer = this.#options.refuse(request, failure)
      socket.end(toBytes(answer))
      socket.once(
        'close',
        startRealTimer(LINGER_MS, () => void socket.destroy()),
      )
    }
    if (last === undefined || last.closed) send()
    else last.once('close', send)
  }
}

/** A request that is refused, and the connection for the answer. */
interface Refusal {
  readonly socket: Duplex
  readonly request: RefusedRequest
  readonly failure: RequestError
}

/**
 * Ends a request whose body is broken or does not arrive: the reader of the body answers. Without a
 * reader there is an answer already, and the connection closes behind it.
 */
export function failBody(response: ServerResponse, failure: Error): void {
  const { req: request } = response
  if (request.listenerCount('error') > 0) request.emit('error', failure)
  else if (response.closed) request.socket.destroy()
  else response.once('close', () => request.socket.destroy())
}

function addressOf(socket: Duplex): string {
  const address = 'remoteAddress' in socket ? socket.remoteAddress : undefined
  return typeof address === 'string' ? address : ''
}

function toBytes({ status, headers, body }: RawAnswer): Buffer {
  const fields = Object.entries({ ...headers, connection: 'close' })
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)])
}
