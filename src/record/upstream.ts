import { Agent, type ClientRequest, request as requestPlain, type ServerResponse } from 'node:http'
import { request as requestTls, Agent as TlsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'

/** The database whose answers are recorded. */
export interface UpstreamOptions {
  /** `http:` or `https:`, without user, query and fragment; its path comes before that of each call. */
  readonly url: URL
  /** The PEM text of the certificates that sign the upstream's. Undefined: those that Node trusts. */
  readonly ca?: string | undefined
  /** Whether any certificate is accepted. */
  readonly isInsecure: boolean
}

/** A request as the client sent it. */
export interface PassedRequest {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
}

/** The largest headers of an answer, in bytes; Node's default would change larger ones into an error. */
export const MAX_HEADER_BYTES = 256 * 1024

/** The form of a target that names the server: `http://host/get/job` (RFC 9112, 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i

/** A target without scheme and host. */
export function originForm(target: string): string {
  const path = target.replace(ABSOLUTE_FORM, '')
  return path.startsWith('/') || path === '*' ? path : `/${path}`
}

/** Opens connections to the upstream. */
export class Upstream {
  readonly #options: UpstreamOptions

  constructor(options: UpstreamOptions) {
    this.#options = options
  }

  /** Its URL without a trailing slash. */
  get name(): string {
    const { origin, pathname } = this.#options.url
    return `${origin}${pathname.replace(/\/$/, '')}`
  }

  /** An agent that keeps one connection. */
  createAgent(): Agent {
    const { url, ca, isInsecure } = this.#options
    const shared = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 }
    if (url.protocol === 'http:') return new Agent(shared)
    const trusted = ca === undefined ? {} : { ca }
    return new TlsAgent({ ...shared, ...trusted, rejectUnauthorized: !isInsecure })
  }

  /** Sends the head of a request. All headers stay, but Host names the upstream. */
  send({ method, target, rawHeaders }: PassedRequest, agent: Agent): ClientRequest {
    const { url } = this.#options
    const send = url.protocol === 'http:' ? requestPlain : requestTls
    const path = originForm(target)
    return send({
      ...urlToHttpOptions(url),
      agent,
      method,
      path: path === '*' ? path : `${url.pathname.replace(/\/$/, '')}${path}`,
      headers: withHost(withLength(rawHeaders, method), url.host),
      setHost: false,
      maxHeaderSize: MAX_HEADER_BYTES,
    })
  }
}

/** HTTP/1.1 requires Host; a client of HTTP/1.0 need not send it. */
function withHost(rawHeaders: readonly string[], host: string): string[] {
  const pairs = toPairs(rawHeaders)
  const hasHost = pairs.some(([name]) => name.toLowerCase() === 'host')
  const named = hasHost ? pairs : [['Host', ''] as const, ...pairs]
  return named.flatMap(([name, value]) => [name, name.toLowerCase() === 'host' ? host : value])
}

/** Without a length, a POST has no body: Node would announce chunks. */
function withLength(rawHeaders: readonly string[], method: string): readonly string[] {
  const hasLength = toPairs(rawHeaders).some(([name]) => FRAMING.has(name.toLowerCase()))
  const isBodiless = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'].includes(method)
  return hasLength || isBodiless ? rawHeaders : [...rawHeaders, 'Content-Length', '0']
}

const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** Headers as pairs of name and value; Node lists them one after the other. */
export function toPairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => {
    return [String(rawHeaders[2 * index]), String(rawHeaders[2 * index + 1])] as const
  })
}

/**
 * The connection to the upstream that belongs to the connection of a client: if one of them is
 * closed, so is the other. The client sees when the upstream closes, as without a proxy.
 */
export class UpstreamConnection {
  readonly #upstream: Upstream
  readonly #client: Socket
  readonly #agent: Agent
  #socket: Socket | undefined
  #open = 0

  constructor(upstream: Upstream, client: Socket) {
    this.#upstream = upstream
    this.#client = client
    this.#agent = upstream.createAgent()
    client.once('close', () => this.#agent.destroy())
  }

  /** Sends the head of a request whose answer goes to `response`. */
  send(request: PassedRequest, response: ServerResponse): ClientRequest {
    this.#open += 1
    response.once('close', () => {
      this.#open -= 1
      this.#settle()
    })
    const sent = this.#upstream.send(request, this.#agent)
    sent.once('socket', (socket: Socket) => this.#watch(socket))
    return sent
  }

  #watch(socket: Socket): void {
    if (this.#socket === socket) return
    this.#socket = socket
    socket.once('close', () => this.#settle())
  }

  #settle(): void {
    if (this.#open === 0 && this.#socket?.destroyed) this.#client.destroySoon()
  }
}
