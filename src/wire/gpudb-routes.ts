import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AvroRecord } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import { readCredentials } from './credentials.ts'
import { findEncoding, getEncoding } from './encoding.ts'
import { describeFailure } from './failure.ts'
import type { CallSource, GpudbCall } from './gpudb-call.ts'
import { GpudbError } from './gpudb-error.ts'
import { decodeMessage } from './message.ts'
import { endpointPath } from './request-path.ts'
import type { WrappedAnswer, Wrapper } from './wrapper.ts'

/** What the GPUdb routes need. */
export interface GpudbRoutesOptions {
  readonly catalogue: Catalogue
  readonly wrapper: Wrapper
  /** Base paths besides the vendor's `/gpudb-<n>`, without a trailing slash. */
  readonly basePaths: readonly string[]
  /** The largest body, and the largest one to decompress, in bytes. */
  readonly bodyLimit: number
  /** Answers a call with the endpoint's response record, or throws a GpudbError. */
  readonly answer: (call: GpudbCall) => AvroRecord
}

/** Clients compare it exactly, and container wait strategies poll it (Python client 7.2.3). */
const RUNNING = 'Kinetica is running!'

const NO_BYTES = Buffer.alloc(0)

/**
 * Every GPUdb endpoint behind one route: the path is looked up in the catalogue, the body decoded
 * by the endpoint's request record, and the answer wrapped in the encoding of the request.
 */
export const gpudbRoutes: FastifyPluginAsyncTypebox<GpudbRoutesOptions> = async (app, options) => {
  const { catalogue, wrapper, basePaths, bodyLimit, answer } = options

  // A connection that is kept open can still bring requests while the server stops.
  let stopping = false
  app.addHook('preClose', (done) => {
    stopping = true
    done()
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.get('*', (request, reply) => {
    if (endpointPath(request.url, basePaths) !== '/') return refuseRoute(request, reply)
    return label(reply).type('application/octet-stream').send(RUNNING)
  })

  app.post('*', { bodyLimit }, (request, reply) => {
    if (stopping) throw new GpudbError('Cannot answer: the mock is stopping', { status: 503 })
    const endpoint = endpointPath(request.url, basePaths)
    const records = catalogue.find(endpoint)
    if (records === undefined) return refuseRoute(request, reply)
    const encoding = getEncoding(request.headers['content-type'])
    const bytes = Buffer.isBuffer(request.body) ? request.body : NO_BYTES
    const message = { encoding, bytes, name: 'the body', maxBytes: bodyLimit }
    const decoded = decodeMessage(records.request, message)
    const record = answer({ endpoint, request: decoded, source: new RequestSource(request) })
    return send(reply, wrapper.ok(encoding, { codec: records.response, record }))
  })

  app.setNotFoundHandler(refuseRoute)

  app.setErrorHandler((error, request, reply) => {
    const { status, message } = describeFailure(error)
    if (!(error instanceof GpudbError)) request.log.warn({ err: error }, message)
    const encoding = findEncoding(request.headers['content-type']) ?? 'json'
    return send(reply.code(status), wrapper.error(encoding, message))
  })

  function refuseRoute(request: FastifyRequest, reply: FastifyReply): never {
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

function send(reply: FastifyReply, answer: WrappedAnswer): FastifyReply {
  return label(reply).type(answer.contentType).send(answer.body)
}

/** Every answer says how long it took, in seconds; clients add it to what they hand over. */
function label(reply: FastifyReply): FastifyReply {
  return reply.header('x-request-time-secs', (reply.elapsedTime / 1000).toFixed(6))
}

class RequestSource implements CallSource {
  readonly #request: FastifyRequest

  constructor(request: FastifyRequest) {
    this.#request = request
  }

  get user(): string {
    const credentials = readCredentials(this.#request.headers.authorization)
    return credentials.scheme === 'basic' ? credentials.user : ''
  }

  get sourceIp(): string {
    return this.#request.ip
  }

  /** HTTP/1.0 (the C++ client) may come without a Host. */
  get url(): string {
    const { host, protocol, socket } = this.#request
    return `${protocol}://${host || `${socket.localAddress}:${socket.localPort}`}`
  }
}
