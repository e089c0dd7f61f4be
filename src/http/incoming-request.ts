import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpAnswer } from '../calls/http-answer.ts'
import type { IncomingCall } from '../calls/received-call.ts'
import { hostOf, isHost, plainAddress } from '../connections/client-address.ts'
import type { InFlight } from '../connections/in-flight.ts'
import { queryOf, type RequestPath } from '../http-parts/request-path.ts'
import { msSince } from '../http-parts/request-time.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import type { RequestLog } from './request-log.ts'

const NO_BYTES = Buffer.alloc(0)

/** A request of Fastify and its reply. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A request whose path and scope are known. */
export interface IncomingParts extends Exchange {
  readonly path: RequestPath
  readonly scope: Scope
  readonly requestLog: RequestLog
  readonly inFlight: InFlight
}

/** A request of Fastify as the handler sees it; what few calls need is computed when read. */
export class IncomingRequest implements IncomingCall {
  readonly scope: Scope
  readonly #exchange: Exchange
  readonly #path: RequestPath
  readonly #requestLog: RequestLog
  readonly #inFlight: InFlight

  constructor(parts: IncomingParts) {
    this.scope = parts.scope
    this.#path = parts.path
    this.#requestLog = parts.requestLog
    this.#inFlight = parts.inFlight
    this.#exchange = parts
  }

  get method(): string {
    return this.#exchange.request.method
  }

  get endpoint(): string {
    return this.#path.path
  }

  get headers(): IncomingCall['headers'] {
    return this.#exchange.request.headers
  }

  get query(): string {
    return queryOf(this.#exchange.request.originalUrl)
  }

  get body(): Buffer {
    const { body } = this.#exchange.request
    return Buffer.isBuffer(body) ? body : NO_BYTES
  }

  get sourceIp(): string {
    return plainAddress(this.#exchange.request.ip)
  }

  /** HTTP/1.0 (the C++ client) may come without a Host; an invalid one counts as missing. */
  get origin(): string {
    const { host, protocol, socket } = this.#exchange.request
    const { localAddress = '', localPort = '' } = socket
    return `${protocol}://${isHost(host) ? host : hostOf(localAddress, localPort)}`
  }

  get cluster(): string {
    return this.#path.cluster ?? this.scope.ring.first.name
  }

  get elapsedMs(): number {
    return msSince(this.#exchange.request.arrivedAtMs)
  }

  hasRoom(answer: HttpAnswer): boolean {
    return this.#inFlight.hasRoom({ bytes: answer.body.length, delayMs: answer.delayMs })
  }

  recorded(entry: JournalEntry): void {
    this.#requestLog.note(this.#exchange.request, { scope: this.scope, entry })
  }
}
