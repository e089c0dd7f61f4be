import Fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Redaction } from '../rules/redaction.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import type { Exchange } from './incoming-request.ts'
import { logsRequests } from './logging.ts'
import { msSince } from './request-time.ts'

/** A call of an endpoint, and its journal entry with the outcome. */
export interface LoggedCall {
  readonly scope: Scope
  readonly entry: JournalEntry
}

/** The fields of a logged call, besides those of every request. */
interface CallFields {
  readonly scope: string
  /** Only in a scope with a ring. */
  readonly cluster?: string
  readonly endpoint: string
  readonly encoding?: string
  readonly rule?: string
  readonly fault?: string
  readonly job_id?: string
  readonly job_endpoint?: string
  readonly error?: string
}

/** Logs one line for each request at the levels info, debug and trace. */
export class RequestLog extends Fastify.LogController {
  readonly #redaction: Redaction
  readonly #calls = new WeakMap<FastifyRequest, LoggedCall>()
  /** Requests whose answers a fault broke: they have their line. */
  readonly #broken = new WeakSet<FastifyRequest>()

  constructor(log: FastifyBaseLogger, redaction: Redaction) {
    super({ disableRequestLogging: !logsRequests(log) })
    this.#redaction = redaction
  }

  /** Adds what is known of a call to the line of its request. */
  note(request: FastifyRequest, call: LoggedCall): void {
    if (!this.isLogDisabled(request)) this.#calls.set(request, call)
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
    const call = this.#calls.get(request)
    const { method } = request
    const url = this.#redaction.text(request.originalUrl)
    const fields = call === undefined ? {} : this.#describe(call)
    const durationMs = Math.round(msSince(request.arrivedAtMs) * 1000) / 1000
    const message = `${method} ${url} ${status} in ${durationMs.toFixed(1)} ms${inWords(fields)}`
    reply.log.info({ method, url, status, ...fields, duration_ms: durationMs }, message)
  }

  #describe({ scope, entry }: LoggedCall): CallFields {
    const { encoding, rule, faults, jobId, jobEndpoint, error } = entry
    return {
      scope: scope.name,
      ...(scope.ring.isHa ? { cluster: entry.cluster } : {}),
      endpoint: entry.endpoint,
      ...(encoding === undefined ? {} : { encoding }),
      ...(rule === undefined ? {} : { rule }),
      ...(faults.length === 0 ? {} : { fault: faults.join(', ') }),
      // A string: most log readers lose the last digits of a long.
      ...(jobId === undefined ? {} : { job_id: String(jobId) }),
      ...(jobEndpoint === undefined ? {} : { job_endpoint: jobEndpoint }),
      ...(error === '' ? {} : { error: this.#redaction.text(error) }),
    }
  }
}

/** The fields for people: ` (scope default, cluster b, json, rule slow, job 7 of /alter/table): error`. */
function inWords(fields: Partial<CallFields>): string {
  const { scope, cluster, encoding, rule, fault, job_id, job_endpoint, error } = fields
  if (scope === undefined) return ''
  const job = [job_id ?? [], job_endpoint === undefined ? [] : `of ${job_endpoint}`].flat()
  const facts = [
    `scope ${scope}`,
    ...(cluster === undefined ? [] : [`cluster ${cluster}`]),
    ...(encoding === undefined ? [] : [encoding]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(fault === undefined ? [] : [`fault ${fault}`]),
    ...(job.length === 0 ? [] : [`job ${job.join(' ')}`]),
  ]
  return ` (${facts.join(', ')})${error === undefined ? '' : `: ${error}`}`
}
