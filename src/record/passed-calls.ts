import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Catalogue } from '../avro/catalogue.ts'
import { nextTurn, startRealTimer, type TimeSource } from '../clock/time-source.ts'
import { hostOf, isHost } from '../connections/client-address.ts'
import type { TcpSockets } from '../connections/tcp-sockets.ts'
import { CopyBudget } from './body-copy.ts'
import { ClientEnd } from './client-end.ts'
import { DeferredRecorder } from './deferred-recorder.ts'
import { Passage, type PassageTools, type Recorder, type Replacing } from './passage.ts'
import { PassageCounts } from './passage-counts.ts'
import { ReplacedProperties } from './replaced-properties.ts'
import {
  isPropertiesCall,
  PropertiesRewriter,
  type RewrittenProperties,
} from './rewrite-properties.ts'
import { type Upstream, UpstreamConnection } from './upstream.ts'

/** What passing calls needs. */
export interface PassedCallsOptions {
  readonly upstream: Upstream
  readonly recorder: Recorder
  readonly catalogue: Catalogue
  readonly time: TimeSource
  readonly tcpSockets: TcpSockets
  /** Whether clients use TLS. */
  readonly isTls: boolean
  /** The maximum bytes of the bodies in flight that are copied. */
  readonly maxCopyBytes: number
  /** Reports in one line what the client does not see. */
  readonly warn: (message: string) => void
}

/** The calls that pass the proxy. */
export class PassedCalls {
  readonly counts = new PassageCounts()
  readonly #options: PassedCallsOptions
  readonly #rewriter: PropertiesRewriter
  readonly #connections = new WeakMap<Socket, UpstreamConnection>()
  readonly #passages = new Set<Passage>()
  readonly #copies: CopyBudget
  readonly #recorder: DeferredRecorder
  /** What was reported already, and is not again. */
  readonly #reported = new Set<string>()
  #whenEmpty: () => void = () => undefined

  constructor(options: PassedCallsOptions) {
    this.#options = options
    this.#rewriter = new PropertiesRewriter(options.catalogue)
    this.#copies = new CopyBudget(options.maxCopyBytes)
    this.#recorder = new DeferredRecorder({ ...options, calls: this })
  }

  /** The number of requests in flight. */
  get inFlight(): number {
    return this.#passages.size
  }

  /** Passes a request on. */
  pass(request: IncomingMessage, response: ServerResponse): void {
    this.#recorder.postpone()
    const client = new ClientEnd(request.socket, this.#options.tcpSockets)
    const connection = this.#connectionOf(request.socket)
    const tools: PassageTools = {
      ...this.#options,
      recorder: this.#recorder,
      copies: this.#copies,
      replace: (answer) => this.#replace(answer, response),
      ended: (end, isKept) => {
        this.counts.add(end, isKept)
        if (end !== 'unanswered' && !isKept) this.#reportOnce(NOT_KEPT)
        this.#passages.delete(passage)
        if (this.#passages.size === 0) this.#whenEmpty()
      },
    }
    const passage = new Passage({ request, response, connection, client }, tools)
    this.#passages.add(passage)
  }

  /** Waits for the requests in flight, and ends those that take longer than a time limit in ms. */
  async end(deadlineMs: number): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
      if (this.#passages.size === 0) resolve()
    })
    const abort = () => {
      for (const passage of this.#passages) passage.abort()
    }
    const cancel = startRealTimer(deadlineMs, abort, { keepsAlive: true })
    await over
    cancel()
    // What has passed is recorded in the next turn.
    await nextTurn()
    this.#recorder.flush()
  }

  #connectionOf(socket: Socket): UpstreamConnection {
    const known = this.#connections.get(socket)
    if (known) return known
    const connection = new UpstreamConnection(this.#options.upstream, socket)
    this.#connections.set(socket, connection)
    return connection
  }

  #replace(answer: IncomingMessage, response: ServerResponse): Replacing | undefined {
    const { method, url = '', headers, socket } = response.req
    if (answer.statusCode !== 200 || method !== 'POST' || !isPropertiesCall(url)) return undefined
    const { localAddress = '', localPort = '' } = socket
    const host = isHost(headers.host ?? '') ? headers.host : hostOf(localAddress, localPort)
    const { protocol, hostname } = new URL(`${this.#options.isTls ? 'https' : 'http'}://${host}`)
    return new ReplacedProperties(answer, {
      rewriter: this.#rewriter,
      // Without port: Python 7.2.3.13 looks for host names in this text.
      hostUrl: `${protocol}//${hostname}`,
      response,
      done: (result) => this.#reportRewriting(result),
    })
  }

  #reportRewriting(result: RewrittenProperties): void {
    if ('reason' in result) {
      const advice = 'clients may call the database past the proxy'
      this.#reportOnce(`cannot rewrite /show/system/properties, ${advice}: ${result.reason}`)
    } else if (result.names.length > 0) {
      const what = 'the only answer that is changed, so that clients stay at the proxy'
      this.#reportOnce(`rewrote /show/system/properties, ${what}: ${result.names.join(', ')}`)
    }
  }

  #reportOnce(message: string): void {
    if (this.#reported.has(message)) return
    this.#reported.add(message)
    this.#options.warn(message)
  }
}

const NOT_KEPT =
  'did not keep all bodies, which were too many at a time: their calls passed, but are not recorded'
