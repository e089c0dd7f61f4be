import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { readStopwatch } from '../clock/time-source.ts'
import { failBody } from '../connections/failed-connections.ts'
import { PROBLEM_TYPE, toProblem } from '../control-routes/problem.ts'
import { stringifyProblem } from '../control-routes/send-problem.ts'
import { routedUrl } from '../http-parts/request-path.ts'
import { secondsSince } from '../http-parts/request-time.ts'

/** An instance of Fastify that is ready and does not listen. */
export interface BuiltControl {
  readonly routing: RequestListener
  close(): Promise<unknown>
}

/** What a late control API needs. */
export interface LateControlOptions {
  /** See GpudbRoutesOptions. */
  readonly basePaths: readonly string[]
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  /** The server whose requests it gets, see `beside`. */
  readonly server: () => Server
  readonly build: () => Promise<BuiltControl>
}

/**
 * The control API of a server that has endpoints too. It is loaded and built at its first request: to do
 * so takes a sixth of the start time, and the first request of many servers is a call.
 */
export class LateControl {
  readonly #options: LateControlOptions
  #opening: Promise<RequestListener> | undefined
  #app: BuiltControl | undefined
  /** When the requests arrived that waited for it, in ms of the process. */
  readonly #arrivals = new WeakMap<IncomingMessage, number>()
  #isClosed = false

  constructor(options: LateControlOptions) {
    this.#options = options
  }

  /** A listener that passes on the requests that are not for the control API. */
  beside(handle: RequestListener): RequestListener {
    const { basePaths } = this.#options
    return (request, response) => {
      const { url = '/' } = request
      if (routedUrl(url, basePaths) === '/') handle(request, response)
      else this.#handle(request, response)
    }
  }

  /** When a request arrived, which now gets to its routes, in ms of the process. */
  arrivalOf(request: IncomingMessage): number {
    return this.#arrivals.get(request) ?? readStopwatch()
  }

  /** Stops what runs until a client leaves. Requests that still come are answered. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#app) await this.#app.close()
    else await this.#opening
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#app) {
      this.#app.routing(request, response)
      return
    }
    this.#arrivals.set(request, readStopwatch())
    this.#opening ??= this.#open()
    const release = hold(request)
    void this.#opening.then((listener) => {
      const failure = release()
      // A listener would wait for the end of the connection, which was before.
      if (response.destroyed) return
      listener(request, response)
      if (failure) failBody(response, failure)
    })
  }

  /** Resolves with what answers; never rejects. */
  async #open(): Promise<RequestListener> {
    this.#answerHalfClosed(true)
    const listener = await this.#build()
    this.#answerHalfClosed(false)
    return listener
  }

  /** Builds the instance, or what answers that this has failed. */
  async #build(): Promise<RequestListener> {
    try {
      const app = await this.#options.build()
      if (this.#isClosed) await app.close()
      this.#app = app
      return (request, response) => app.routing(request, response)
    } catch (error) {
      const problem = toProblem(error)
      this.#options.log.warn({ err: error }, problem.detail)
      const body = stringifyProblem(problem)
      return (request, response) => {
        const time = secondsSince(this.arrivalOf(request))
        const headers = { 'content-type': PROBLEM_TYPE, 'x-request-time-secs': time }
        response.writeHead(problem.status, headers).end(body)
      }
    }
  }

  /**
   * Whether a client that ends its side gets the answers that it waits for. By default, Node closes
   * its connection, so that a client that leaves is known at once. Node 20 to 26 read this property
   * when a client ends its side (`socketOnEnd` in `_http_server`).
   */
  #answerHalfClosed(httpAllowHalfOpen: boolean): void {
    Object.assign(this.#options.server(), { httpAllowHalfOpen })
  }
}

/**
 * Lets a request wait. Returns a function that returns why its body failed meanwhile, such as by a
 * timeout.
 */
function hold(request: IncomingMessage): () => Error | undefined {
  let failure: Error | undefined
  const fail = (error: Error) => {
    failure = error
  }
  request.on('error', fail)
  return () => {
    request.off('error', fail)
    return failure
  }
}
