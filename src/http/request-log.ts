import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { findTraceParent } from '../calls/trace-parent.ts'
import { logsRequests } from '../http-parts/logging.ts'
import { msSince } from '../http-parts/request-time.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import type { Exchange } from './incoming-request.ts'

/** A call of an endpoint, and its journal entry with the outcome. */
export interface LoggedCall {
  readonly scope: Scope
  readonly entry: JournalEntry
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the line of the request says besides HTTP; null of a request that is no call. */
    loggedCall: LoggedCall | null
  }
}

/** The fields of each request. Fields without a value are not written. */
interface HttpFields {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly traceparent: string | undefined
  readonly duration_ms: number
}

/** The fields of a logged call. */
interface CallFields extends HttpFields {
  readonly scope: string
  /** Only in a scope with a ring. */
  readonly cluster: string | undefined
  readonly endpoint: string
  readonly encoding: string | undefined
  readonly rule: string | undefined
  readonly fault: string | undefined
  readonly job_id: string | undefined
  readonly job_endpoint: string | undefined
  readonly error: string | undefined
}

/** Logs one line for each request at the levels info, debug and trace. */
export class RequestLog extends Fastify.LogController {
  readonly #redaction: Redaction
  /** Requests whose answers a fault broke: they have their line. */
  readonly #broken = new WeakSet<FastifyRequest>()

  constructor(log: FastifyBaseLogger, redaction: Redaction) {
    super({ disableRequestLogging: !logsRequests(log) })
    this.#redaction = redaction
  }

  /** Prepares the requests of a server for `note`. */
  decorate(app: FastifyInstance): void {
    app.decorateRequest('loggedCall', null)
  }

  /** Adds what is known of a call to the line of its request. */
  note(request: FastifyRequest, call: LoggedCall): void {
    if (!this.isLogDisabled(request)) request.loggedCall = call
  }

  /** Lets a request have its line that Fastify refuses before its hooks. */
  noteUnrouted(request: FastifyRequest, reply: FastifyReply): void {
    request.loggedCall = null
    reply.raw.once('finish', () => this.requestCompleted(undefined, request, reply))
  }

  override incomingRequest(): void {}

  override requestCompleted(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // The end of a slow answer is one for Fastify too.
    if (!this.#broken.has(request)) this.#log(reply.statusCode, { request, reply })
  }

  /** The client of a stream leaves when it wants: the line of its request is all there is to log. */
  override streamError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    this.requestCompleted(error, request, reply)
  }

  /** Logs an answer that a fault broke; the status is 0 if the head did not leave. */
  answerBroken(status: number, exchange: Exchange): void {
    this.#broken.add(exchange.request)
    this.#log(status, exchange)
  }

  #log(status: number, { request, reply }: Exchange): void {
    if (this.isLogDisabled(request)) return
    const { method, loggedCall } = request
    const url = this.#redaction.text(request.originalUrl)
    const duration_ms = Math.round(msSince(request.arrivedAtMs) * 1000) / 1000
    const traceparent = findTraceParent(request.headers)
    const http = { method, url, status, traceparent, duration_ms }
    const message = `${method} ${url} ${status} in ${duration_ms.toFixed(1)} ms`
    if (loggedCall === null) {
      reply.log.info(http, message)
    } else {
      const fields = this.#describe(loggedCall, http)
      reply.log.info(fields, message + inWords(fields))
    }
  }

  #describe({ scope, entry }: LoggedCall, http: HttpFields): CallFields {
    const { encoding, rule, faults, jobId, jobEndpoint, error } = entry
    return {
      method: http.method,
      url: http.url,
      status: http.status,
      scope: scope.name,
      cluster: scope.ring.isHa ? entry.cluster : undefined,
      endpoint: entry.endpoint,
      encoding,
      rule,
      fault: faults.length === 0 ? undefined : faults.join(', '),
      // A string: most log readers lose the last digits of a long.
      job_id: jobId === undefined ? undefined : String(jobId),
      job_endpoint: jobEndpoint,
      error: error === '' ? undefined : this.#redaction.text(error),
      traceparent: http.traceparent,
      duration_ms: http.duration_ms,
    }
  }
}

/** The fields for people: ` (scope default, cluster b, json, rule slow, job 7 of /alter/table): error`. */
function inWords(fields: CallFields): string {
  const { cluster, encoding, rule, fault, job_id, job_endpoint, error } = fields
  let facts = `scope ${fields.scope}`
  if (cluster !== undefined) facts += `, cluster ${cluster}`
  if (encoding !== undefined) facts += `, ${encoding}`
  if (rule !== undefined) facts += `, rule ${rule}`
  if (fault !== undefined) facts += `, fault ${fault}`
  // A job that was rejected has no id.
  const id = job_id === undefined ? '' : ` ${job_id}`
  if (job_endpoint !== undefined) facts += `, job${id} of ${job_endpoint}`
  return error === undefined ? ` (${facts})` : ` (${facts}): ${error}`
}
