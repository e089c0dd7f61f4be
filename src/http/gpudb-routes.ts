import type { Socket } from 'node:net'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { JobError } from '../jobs/job-error.ts'
import type { Fault } from '../rules/fault.ts'
import { RuleError } from '../rules/rule-error.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { DEFAULT_SCOPE, type Scope } from '../scope/scope.ts'
import { ScopeError, type ScopeTable } from '../scope/scope-table.ts'
import { findReasonPhrase } from '../wire/failover-phrases.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import type { WrappedAnswer } from '../wire/wrapper.ts'
import {
  GpudbHandler,
  type GpudbHandlerOptions,
  type HttpAnswer,
  type IncomingCall,
} from './gpudb-handler.ts'
import { openScope } from './open-scope.ts'
import type { RequestLog } from './request-log.ts'
import { type RequestPath, readRequestPath } from './request-path.ts'

/** What the GPUdb routes need. */
export interface GpudbRoutesOptions extends Omit<GpudbHandlerOptions, 'log'> {
  readonly scopes: ScopeTable
  readonly requestLog: RequestLog
  /** Base paths besides the vendor's `/gpudb-<n>`, without a trailing slash. */
  readonly basePaths: readonly string[]
  /** Lets a request pass or refuses it; undefined lets all pass. */
  readonly authorize?: onRequestHookHandler | undefined
}

/** Clients compare it exactly, and container wait strategies poll it (Python client 7.2.3). */
const RUNNING = { contentType: 'application/octet-stream', body: 'Kinetica is running!' } as const

const NO_BYTES = Buffer.alloc(0)

/** All GPUdb endpoints behind one route: the handler reads the path. */
export const gpudbRoutes: FastifyPluginAsyncTypebox<GpudbRoutesOptions> = async (app, options) => {
  const routes = new GpudbRoutes(options, new GpudbHandler({ ...options, log: app.log }))
  // A connection that is kept open can still bring requests while the server stops.
  app.addHook('preClose', (done) => {
    routes.stop()
    done()
  })
  if (options.authorize) app.addHook('onRequest', options.authorize)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.get('*', (request, reply) => routes.greet(request, reply))
  app.post('*', { bodyLimit: options.bodyLimit }, (request, reply) => routes.call(request, reply))
  app.setNotFoundHandler((request, reply) => routes.refuseMethod(request, reply))
  app.setErrorHandler((error, request, reply) => routes.refuse(error, { request, reply }))
}

/** Connects the handler of calls to Fastify's requests and replies. */
class GpudbRoutes {
  readonly #options: GpudbRoutesOptions
  readonly #handler: GpudbHandler
  #isStopping = false

  constructor(options: GpudbRoutesOptions, handler: GpudbHandler) {
    this.#options = options
    this.#handler = handler
  }

  /** Refuses calls from now on. */
  stop(): void {
    this.#isStopping = true
  }

  /** Answers a GET of the root. Throws GpudbError for another path. */
  greet(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { path } = this.#pathOf(request)
    return path === '/' ? this.#send(reply, RUNNING) : this.refuseMethod(request, reply)
  }

  /** Answers a call. Throws GpudbError if the endpoint is unknown, or while the server stops. */
  call(request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    if (this.#isStopping) {
      throw new GpudbError('Cannot answer: the mock is stopping', { code: 'STOPPING' })
    }
    const path = this.#pathOf(request)
    if (!this.#options.catalogue.has(path.path)) return this.refuseMethod(request, reply)
    const scope = this.#openScope(path, reply)
    const answer = this.#handler.answer(this.#receive({ request, reply, path, scope }))
    if (answer.delayMs === 0) return this.#deliver(answer, { request, reply })
    return scope.clock.wait(answer.delayMs).then(() => this.#deliver(answer, { request, reply }))
  }

  /** Refuses an unknown path, or a method that the path does not take. Throws GpudbError. */
  refuseMethod(request: FastifyRequest, reply: FastifyReply): never {
    const { path } = this.#pathOf(request)
    const allowed = path === '/' ? 'GET, HEAD' : 'POST'
    if (path !== '/' && !this.#options.catalogue.has(path)) {
      const message = `Cannot find the endpoint ${path}: GPUdb has none`
      throw new GpudbError(message, { code: 'UNKNOWN_ENDPOINT' })
    }
    reply.header('allow', allowed)
    const message = `Cannot ${request.method} ${path}: it takes ${allowed}`
    throw new GpudbError(message, { code: 'WRONG_METHOD' })
  }

  /** Answers a request that no endpoint saw; a call to a scope that exists is recorded. */
  refuse(error: unknown, { request, reply }: Exchange): FastifyReply {
    const path = this.#pathOf(request)
    const scope = request.method === 'POST' ? this.#options.scopes.find(nameOf(path)) : undefined
    const answer = scope
      ? this.#handler.refuse(error, this.#receive({ request, reply, path, scope }))
      : this.#handler.describe(error, request.headers)
    return this.#send(reply.code(answer.status), answer)
  }

  #receive({ request, reply, path, scope }: Omit<IncomingParts, 'requestLog'>): Incoming {
    const { requestLog } = this.#options
    return new Incoming({ request, reply, path, scope, requestLog })
  }

  #pathOf({ originalUrl }: FastifyRequest): RequestPath {
    return readRequestPath(originalUrl, this.#options.basePaths)
  }

  #openScope(path: RequestPath, reply: FastifyReply): Scope {
    try {
      return openScope(this.#options, { name: nameOf(path), reply })
    } catch (cause) {
      // The jobs or the rules of the fixtures may not fit the budgets of all scopes.
      const isRefusal = [ScopeError, JobError, RuleError].some((kind) => cause instanceof kind)
      /* c8 ignore next -- no refusal: a mistake of our own */
      if (!(isRefusal && cause instanceof Error)) throw cause
      throw new GpudbError(cause.message, { cause })
    }
  }

  #deliver(answer: HttpAnswer, { request, reply }: Exchange): FastifyReply {
    if (answer.fault !== undefined) {
      breakConnection(request.raw.socket, answer.fault)
      // Fastify logs answers only.
      this.#options.requestLog.requestCompleted(undefined, request, reply)
      return reply.hijack()
    }
    const phrase = findReasonPhrase(answer.error)
    if (phrase !== undefined) reply.raw.statusMessage = phrase
    return this.#send(reply.code(answer.status), answer)
  }

  /** Every answer says how long it took, in seconds; clients add it to the response they return. */
  #send(reply: FastifyReply, { contentType, body }: WrappedAnswer): FastifyReply {
    if (this.#isStopping) reply.header('connection', 'close')
    reply.header('x-request-time-secs', (reply.elapsedTime / 1000).toFixed(6))
    // With a serializer, Fastify leaves the type as it is; without, it would add a charset to JSON.
    return reply.type(contentType).serializer(String).send(body)
  }
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

interface IncomingParts extends Exchange {
  readonly path: RequestPath
  readonly scope: Scope
  readonly requestLog: RequestLog
}

/** A request of Fastify as the handler sees it; what few calls need is computed when read. */
class Incoming implements IncomingCall {
  readonly scope: Scope
  readonly #exchange: Exchange
  readonly #path: RequestPath
  readonly #requestLog: RequestLog

  constructor(parts: IncomingParts) {
    this.scope = parts.scope
    this.#path = parts.path
    this.#requestLog = parts.requestLog
    this.#exchange = parts
  }

  get endpoint(): string {
    return this.#path.path
  }

  get headers(): IncomingCall['headers'] {
    return this.#exchange.request.headers
  }

  get body(): Buffer {
    const { body } = this.#exchange.request
    return Buffer.isBuffer(body) ? body : NO_BYTES
  }

  get sourceIp(): string {
    return this.#exchange.request.ip
  }

  /** HTTP/1.0 (the C++ client) may come without a Host. */
  get url(): string {
    const { host, protocol, socket } = this.#exchange.request
    const origin = `${protocol}://${host || `${socket.localAddress}:${socket.localPort}`}`
    return this.#path.scope === undefined ? origin : `${origin}/~${this.#path.scope}`
  }

  get elapsedMs(): number {
    return this.#exchange.reply.elapsedTime
  }

  recorded(entry: JournalEntry, fault: Fault | undefined): void {
    this.#requestLog.note(this.#exchange.request, { scope: this.scope, entry, fault })
  }
}

function nameOf({ scope = DEFAULT_SCOPE }: RequestPath): string {
  return scope
}

function breakConnection(socket: Socket, fault: Fault): void {
  switch (fault.kind) {
    case 'reset':
      socket.resetAndDestroy()
      return
    case 'close':
      socket.destroy()
      return
  }
}
