import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerOptions, answerRequest } from './answer-request.ts'
import { findEncoding } from './encoding.ts'
import { describeFailure } from './failure.ts'
import { GpudbError } from './gpudb-error.ts'
import { endpointPath } from './request-path.ts'
import { RequestSource } from './request-source.ts'
import type { WrappedAnswer } from './wrapper.ts'

/** What the GPUdb routes need. */
export interface GpudbRoutesOptions extends AnswerOptions {
  /** Base paths besides the vendor's `/gpudb-<n>`, without a trailing slash. */
  readonly basePaths: readonly string[]
  /** Waits on the clock by which answers are delayed. */
  readonly wait: (ms: number) => Promise<void>
}

/** Clients compare it exactly, and container wait strategies poll it (Python client 7.2.3). */
const RUNNING = { contentType: 'application/octet-stream', body: 'Kinetica is running!' } as const

const NO_BYTES = Buffer.alloc(0)

/** Every GPUdb endpoint behind one route: which one it is, the catalogue knows. */
export const gpudbRoutes: FastifyPluginAsyncTypebox<GpudbRoutesOptions> = async (app, options) => {
  const { catalogue, wrapper, basePaths, bodyLimit, wait } = options
  const refuse = refuseWith(options)

  // A connection that is kept open can still bring requests while the server stops.
  let stopping = false
  app.addHook('preClose', (done) => {
    stopping = true
    done()
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.get('*', (request, reply) => {
    return endpointPath(request.url, basePaths) === '/'
      ? send(reply, RUNNING)
      : refuse(request, reply)
  })

  app.post('*', { bodyLimit }, (request, reply) => {
    if (stopping) throw new GpudbError('Cannot answer: the mock is stopping', { status: 503 })
    const endpoint = endpointPath(request.url, basePaths)
    if (!catalogue.has(endpoint)) return refuse(request, reply)
    const contentType = request.headers['content-type']
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BYTES
    const source = new RequestSource(request)
    const answer = answerRequest({ endpoint, contentType, body, source }, options)
    reply.code(answer.status)
    return answer.delayMs === 0
      ? send(reply, answer)
      : wait(answer.delayMs).then(() => send(reply, answer))
  })

  app.setNotFoundHandler(refuse)

  app.setErrorHandler((error, request, reply) => {
    const contentType = request.headers['content-type']
    const { status, message } = describeFailure(error, contentType)
    if (isOurFault(error)) request.log.warn({ err: error }, message)
    return send(reply.code(status), wrapper.error(findEncoding(contentType) ?? 'json', message))
  })

  /** Every answer says how long it took, in seconds; clients add it to what they hand over. */
  function send(reply: FastifyReply, { contentType, body }: WrappedAnswer): FastifyReply {
    if (stopping) reply.header('connection', 'close')
    reply.header('x-request-time-secs', (reply.elapsedTime / 1000).toFixed(6))
    // With a serializer, Fastify leaves the type as it is; without, it would add a charset to JSON.
    return reply.type(contentType).serializer(String).send(body)
  }
}

/** Refuses what is no endpoint, or another method than it takes. */
function refuseWith({ catalogue, basePaths }: GpudbRoutesOptions) {
  return (request: FastifyRequest, reply: FastifyReply): never => {
    const path = endpointPath(request.url, basePaths)
    const allowed = path === '/' ? 'GET, HEAD' : 'POST'
    if (path !== '/' && !catalogue.has(path)) {
      throw new GpudbError(`Cannot find the endpoint ${path}: GPUdb has none`, { status: 404 })
    }
    reply.header('allow', allowed)
    const reason = `it takes ${allowed}`
    throw new GpudbError(`Cannot ${request.method} ${path}: ${reason}`, { status: 405 })
  }
}

/** What Fastify refuses has a status; what nobody foresaw has none. */
function isOurFault(error: unknown): boolean {
  return !(error instanceof GpudbError || (error instanceof Error && 'statusCode' in error))
}
