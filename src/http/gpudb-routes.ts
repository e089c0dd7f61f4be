import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Catalogue } from '../avro/catalogue.ts'
import type { CallCounts } from '../calls/call-counts.ts'
import { answerForCluster } from '../calls/cluster-answer.ts'
import { type AnswerDamage, toBytes } from '../calls/damage-answer.ts'
import type { GpudbHandler } from '../calls/gpudb-handler.ts'
import type { HttpAnswer } from '../calls/http-answer.ts'
import { answerRoot } from '../calls/root-answer.ts'
import { type InFlight, SMALL_BYTES } from '../connections/in-flight.ts'
import { RequestError } from '../connections/request-error.ts'
import type { TcpSockets } from '../connections/tcp-sockets.ts'
import { didYouMean } from '../documents/did-you-mean.ts'
import { CallPaths } from '../http-parts/call-paths.ts'
import { CORS_HEADERS, preflightHeaders } from '../http-parts/cross-origin.ts'
import { assertCluster, openScope } from '../http-parts/open-scope.ts'
import type { BodyReader } from '../http-parts/read-body.ts'
import { methodsOf, type RequestPath, takesGet } from '../http-parts/request-path.ts'
import { secondsSince } from '../http-parts/request-time.ts'
import { requireHost } from '../http-parts/require-host.ts'
import { isContentError } from '../scope/content-error.ts'
import type { Scope } from '../scope/scope.ts'
import { DEFAULT_SCOPE } from '../scope/scope-name.ts'
import type { ScopeTable } from '../scope/scope-table.ts'
import { MEDIA_TYPES } from '../wire/encoding.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { Delivery } from './delivery.ts'
import { type Exchange, type IncomingParts, IncomingRequest } from './incoming-request.ts'
import type { RequestLog } from './request-log.ts'

/** What the GPUdb routes need. */
export interface GpudbRoutesOptions {
  readonly handler: GpudbHandler
  readonly catalogue: Catalogue
  readonly scopes: ScopeTable
  readonly requestLog: RequestLog
  /** Base paths besides the vendor's `/gpudb-<n>`, without a trailing slash. */
  readonly basePaths: readonly string[]
  /** Lets a request pass or refuses it; undefined lets all pass. */
  readonly authorize?: onRequestHookHandler | undefined
  readonly bodies: BodyReader
  readonly inFlight: InFlight
  readonly tcpSockets: TcpSockets
  readonly damage: AnswerDamage
  readonly counts: CallCounts
}

/** All GPUdb endpoints behind one route: the handler reads the path. */
export const gpudbRoutes: FastifyPluginAsyncTypebox<GpudbRoutesOptions> = async (app, options) => {
  const { authorize, bodies } = options
  const routes = new GpudbRoutes(options)
  // A connection that is kept open can still bring requests while the server stops.
  app.addHook('preClose', (done) => {
    routes.stop()
    done()
  })
  app.addHook('onRequest', requireHost)
  if (authorize) app.addHook('onRequest', authorize)
  app.addHook('onRequest', bodies.admit)
  app.removeAllContentTypeParsers()
  // By name too: a type that only `*` covers is parsed for each request.
  app.addContentTypeParser([...MEDIA_TYPES], bodies.read)
  app.addContentTypeParser('*', bodies.read)

  // They return nothing: Fastify would wait for a reply, which it takes for a promise.
  app.get('/', (request, reply) => void routes.get(request, reply))
  app.post('/', (request, reply) => void routes.call(request, reply))
  app.options('/', (request, reply) => void routes.allow(request, reply))
  app.setNotFoundHandler((request, reply) => void routes.refuseMethod(request, reply))
  app.setErrorHandler((error, request, reply) => void routes.refuse(error, { request, reply }))
}

/** Connects the handler of calls to Fastify's requests and replies. */
class GpudbRoutes {
  readonly #options: GpudbRoutesOptions
  readonly #delivery: Delivery
  readonly #paths: CallPaths

  constructor(options: GpudbRoutesOptions) {
    this.#options = options
    this.#delivery = new Delivery(options)
    this.#paths = new CallPaths(options)
  }

  /** Refuses calls from now on, and ends connections that hang. */
  stop(): void {
    this.#delivery.stop()
  }

  /** Answers a GET of the root, or of the endpoint that takes GET. Throws GpudbError for others. */
  get(request: FastifyRequest, reply: FastifyReply): void {
    const path = this.#pathOf(request)
    if (takesGet(path.path)) {
      this.call(request, reply)
      return
    }
    if (path.path !== '/') throw this.#unknownCall(request, reply)
    const scope = this.#findScope(path)
    if (scope) refused(() => assertCluster(scope, path))
    const { authorization } = request.headers
    const { cluster } = path
    const answer = answerRoot({ scope, cluster, authorization }, this.#options)
    this.#delivery.deliver(answer, { request, reply, scope })
  }

  /** Answers a call. Throws GpudbError if the endpoint is unknown, or while the server stops. */
  call(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#delivery.isStopping) {
      throw new GpudbError('Cannot answer: the mock is stopping', { code: 'STOPPING' })
    }
    if (request.body instanceof RequestError) throw request.body
    const path = this.#pathOf(request)
    if (!this.#options.catalogue.has(path.path)) throw this.#unknownCall(request, reply)
    const scope = this.#openScope(path, reply)
    const { handler, inFlight } = this.#options
    const answer = outsideHeap(handler.answer(this.#receive({ request, reply, path, scope })))
    if (answer.body.length > SMALL_BYTES || !inFlight.isEmpty) {
      request.body = undefined
      inFlight.answered(reply.raw, answer.body.length)
    }
    this.#delivery.deliver(answer, { request, reply, scope })
  }

  /** Answers OPTIONS, which browsers send before a call of another origin. */
  allow(request: FastifyRequest, reply: FastifyReply): void {
    const asked = this.#pathOf(request)
    const { path } = asked
    const scope = this.#findScope(asked)
    const outage = this.#outageOf(asked, scope)
    if (outage) {
      this.#delivery.deliver(outage, { request, reply, scope })
      return
    }
    const isWhole = request.originalUrl === '*'
    const preflight = preflightHeaders(request.headers['access-control-request-headers'])
    reply.code(204).headers({
      ...CORS_HEADERS,
      ...preflight,
      allow: isWhole ? 'GET, HEAD, POST' : methodsOf(path),
    })
    reply.header('x-request-time-secs', secondsSince(request.arrivedAtMs)).send()
  }

  /** Refuses an unknown path, or a method that the path does not take. Throws GpudbError. */
  refuseMethod(request: FastifyRequest, reply: FastifyReply): never {
    throw this.#unknownCall(request, reply)
  }

  /** Answers a request that no endpoint saw; a call to a scope that exists is recorded. */
  refuse(error: unknown, { request, reply }: Exchange): void {
    const path = this.#pathOf(request)
    const scope = this.#findScope(path)
    const { handler } = this.#options
    // Fastify requires a Content-Type of a QUERY before it looks for a route.
    const isQuery = request.method === 'QUERY'
    const refusal = isQuery ? this.#unknownCall(request, reply) : error
    if (scope === undefined || request.method !== 'POST') {
      const answer = this.#outageOf(path, scope) ?? handler.describe(refusal, request.headers)
      this.#delivery.deliver(answer, { request, reply, scope })
      return
    }
    const call = this.#receive({ request, reply, path, scope })
    const answer = handler.interrupt(call) ?? handler.refuse(refusal, call)
    this.#delivery.deliver(answer, { request, reply, scope })
  }

  /** The scope of a path, if it exists. */
  #findScope(path: RequestPath): Scope | undefined {
    const scope = this.#options.scopes.find(nameOf(path))
    scope?.settle()
    return scope
  }

  /** What a cluster that does not work answers to what is no call; undefined if it works. */
  #outageOf({ path, cluster }: RequestPath, scope: Scope | undefined): HttpAnswer | undefined {
    if (scope === undefined) return undefined
    const call = { scope, endpoint: path, encoding: 'json', cluster } as const
    return answerForCluster(call, this.#options.damage)
  }

  #receive({ request, reply, path, scope }: ReceivedParts): IncomingRequest {
    const { requestLog, inFlight } = this.#options
    return new IncomingRequest({ request, reply, path, scope, requestLog, inFlight })
  }

  #unknownCall(request: FastifyRequest, reply: FastifyReply): GpudbError {
    const { path, isControl } = this.#pathOf(request)
    if (path !== '/' && !this.#options.catalogue.has(path)) {
      const hint = didYouMean(path, this.#options.catalogue.endpoints)
      const reason = isControl ? 'the control API has a port of its own' : `GPUdb has none${hint}`
      const message = `Cannot find the endpoint ${path}: ${reason}`
      return new GpudbError(message, { code: 'UNKNOWN_ENDPOINT' })
    }
    const allowed = methodsOf(path)
    reply.header('allow', allowed)
    const message = `Cannot ${request.method} ${path}: it takes ${allowed}`
    return new GpudbError(message, { code: 'WRONG_METHOD' })
  }

  #pathOf({ originalUrl }: FastifyRequest): RequestPath {
    return this.#paths.of(originalUrl)
  }

  /** The scope of a call. Throws GpudbError if there is no room for it, or no such cluster in it. */
  #openScope(path: RequestPath, reply: FastifyReply): Scope {
    return refused(() => {
      const scope = openScope(this.#options, { name: nameOf(path), reply })
      assertCluster(scope, path)
      scope.settle()
      return scope
    })
  }
}

/** What a request brings, besides what all share. */
type ReceivedParts = Omit<IncomingParts, 'requestLog' | 'inFlight'>

/** A large text would stay in the heap until it is sent. */
function outsideHeap(answer: HttpAnswer): HttpAnswer {
  const { body } = answer
  if (typeof body !== 'string' || body.length <= SMALL_BYTES) return answer
  return { ...answer, body: toBytes(body) }
}

/** What a function returns. Throws GpudbError if a scope refuses, such as for want of room. */
function refused<Value>(attempt: () => Value): Value {
  try {
    return attempt()
  } catch (cause) {
    /* c8 ignore next -- no refusal: a mistake of our own */
    if (!isContentError(cause)) throw cause
    throw new GpudbError(cause.message, { cause })
  }
}

function nameOf({ scope = DEFAULT_SCOPE }: RequestPath): string {
  return scope
}
