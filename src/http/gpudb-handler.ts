import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerOptions, answerRequest, type WireAnswer } from '../wire/answer-request.ts'
import { findEncoding } from '../wire/encoding.ts'
import { findReasonPhrase } from '../wire/failover-phrases.ts'
import { describeFailure } from '../wire/failure.ts'
import { type CallTrace, createTrace } from '../wire/gpudb-call.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import type { ScopeDesk } from '../wire/scope-desk.ts'
import type { WrappedAnswer } from '../wire/wrapper.ts'
import { readUser } from './credentials.ts'
import { type RequestPath, readRequestPath } from './request-path.ts'
import { RequestSource } from './request-source.ts'

/** What answering calls over HTTP needs. */
export interface CallHandlerOptions extends AnswerOptions {
  /** Base paths besides the vendor's `/gpudb-<n>`, without a trailing slash. */
  readonly basePaths: readonly string[]
  /** The desk of a scope that is there; the scope of the root path has no name. */
  readonly findDesk: (scope: string | undefined) => ScopeDesk | undefined
  /**
   * The desk of a scope that is not there yet, and what its user should know.
   *
   * @throws GpudbError where the name is none, or there are too many scopes.
   */
  readonly makeDesk: (scope: string | undefined) => {
    readonly desk: ScopeDesk
    readonly notice?: string
  }
}

/** Clients compare it exactly, and container wait strategies poll it (Python client 7.2.3). */
const RUNNING = { contentType: 'application/octet-stream', body: 'Kinetica is running!' } as const

/** Tells what happened to scopes when the one of the request was made. */
export const NOTICE_HEADER = 'x-mock-gpudb-notice'

const NO_BYTES = Buffer.alloc(0)

/** What the journal calls the HTTP status of an answer that never left. */
const NO_STATUS = 0

/** Takes HTTP requests to the desks of their scopes, and the answers back. */
export class CallHandler {
  readonly #options: CallHandlerOptions
  #isStopping = false

  constructor(options: CallHandlerOptions) {
    this.#options = options
  }

  /** Refuses calls from now on. */
  stop(): void {
    this.#isStopping = true
  }

  /** Answers a GET of the root. Throws GpudbError for another path. */
  greet(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return this.#pathOf(request).endpoint === '/'
      ? this.#send(reply, RUNNING)
      : this.refuse(request, reply)
  }

  /** Answers a call. Throws GpudbError for what is no endpoint, or while the server stops. */
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    if (this.#isStopping)
      throw new GpudbError('Cannot answer: the mock is stopping', { status: 503 })
    const path = this.#pathOf(request)
    const desk = this.#options.findDesk(path.scope) ?? this.#openDesk(path, reply)
    if (!this.#options.catalogue.has(path.endpoint)) return this.refuse(request, reply)
    const incoming = { request, reply, path, desk, trace: createTrace(), atMs: desk.now() }
    const answer = this.#attempt(incoming)
    record(incoming, answer)
    return answer.delayMs === 0
      ? this.#leave(incoming, answer)
      : desk.wait(answer.delayMs).then(() => this.#leave(incoming, answer))
  }

  /** Refuses what is no endpoint, or another method than it takes. Throws GpudbError. */
  refuse(request: FastifyRequest, reply: FastifyReply): never {
    const { endpoint } = this.#pathOf(request)
    const allowed = endpoint === '/' ? 'GET, HEAD' : 'POST'
    if (endpoint !== '/' && !this.#options.catalogue.has(endpoint)) {
      throw new GpudbError(`Cannot find the endpoint ${endpoint}: GPUdb has none`, { status: 404 })
    }
    reply.header('allow', allowed)
    const reason = `it takes ${allowed}`
    throw new GpudbError(`Cannot ${request.method} ${endpoint}: ${reason}`, { status: 405 })
  }

  /** Answers what was refused before a desk had it; a call that reached a scope is recorded. */
  fail(
    error: unknown,
    { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  ): FastifyReply {
    const answer = this.#refusal(error, request)
    const path = this.#pathOf(request)
    const desk = request.method === 'POST' ? this.#options.findDesk(path.scope) : undefined
    if (desk) {
      record({ request, reply, path, desk, trace: createTrace(), atMs: desk.now() }, answer)
    }
    return this.#send(reply.code(answer.status), answer)
  }

  #pathOf({ url }: FastifyRequest): RequestPath {
    return readRequestPath(url, this.#options.basePaths)
  }

  #openDesk({ scope }: RequestPath, reply: FastifyReply): ScopeDesk {
    const { desk, notice } = this.#options.makeDesk(scope)
    if (notice !== undefined) reply.header(NOTICE_HEADER, notice)
    return desk
  }

  #attempt({ request, path, desk, trace }: Incoming): WireAnswer {
    const { endpoint, scope } = path
    const contentType = request.headers['content-type']
    const source = new RequestSource(request, scope)
    const body = bodyOf(request)
    try {
      return answerRequest({ endpoint, contentType, body, source, desk, trace }, this.#options)
    } catch (error) {
      return this.#refusal(error, request)
    }
  }

  #leave({ request, reply }: Incoming, answer: WireAnswer): FastifyReply {
    if (answer.fault === undefined) {
      const phrase = findReasonPhrase(answer.error)
      if (phrase !== undefined) reply.raw.statusMessage = phrase
      return this.#send(reply.code(answer.status), answer)
    }
    const { socket } = request.raw
    if (answer.fault === 'reset') socket.resetAndDestroy()
    else socket.destroy()
    return reply.hijack()
  }

  #refusal(error: unknown, request: FastifyRequest): WireAnswer {
    const contentType = request.headers['content-type']
    const { status, message } = describeFailure(error, contentType)
    if (isOurFault(error)) request.log.warn({ err: error }, message)
    const encoding = findEncoding(contentType) ?? 'json'
    const wrapped = this.#options.wrapper.error(encoding, message)
    return { ...wrapped, status, error: message, delayMs: 0 }
  }

  /** Every answer says how long it took, in seconds; clients add it to what they hand over. */
  #send(reply: FastifyReply, { contentType, body }: WrappedAnswer): FastifyReply {
    if (this.#isStopping) reply.header('connection', 'close')
    reply.header('x-request-time-secs', (reply.elapsedTime / 1000).toFixed(6))
    // With a serializer, Fastify leaves the type as it is; without, it would add a charset to JSON.
    return reply.type(contentType).serializer(String).send(body)
  }
}

/** A request that reached a scope. */
interface Incoming {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly path: RequestPath
  readonly desk: ScopeDesk
  readonly trace: CallTrace
  /** When it came, on the scope's clock. */
  readonly atMs: number
}

function record(incoming: Incoming, { status, error, delayMs, fault }: WireAnswer): void {
  const { request, reply, path, desk, trace, atMs } = incoming
  const { headers, ip: sourceIp } = request
  const { decoded, rule, unmatched, jobId, jobStatus } = trace
  desk.record({
    atMs,
    durationMs: reply.elapsedTime,
    delayMs,
    endpoint: path.endpoint,
    headers,
    encoding: findEncoding(headers['content-type']),
    body: bodyOf(request),
    user: readUser(headers.authorization),
    sourceIp,
    status: fault === undefined ? status : NO_STATUS,
    error,
    decoded,
    rule,
    unmatched,
    jobId,
    jobStatus,
  })
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : NO_BYTES
}

/** What Fastify refuses has a status; what nobody foresaw has none. */
function isOurFault(error: unknown): boolean {
  return !(error instanceof GpudbError || (error instanceof Error && 'statusCode' in error))
}
