import type { FastifyReply } from 'fastify'
import { isUnhurried } from '../calls/damage-answer.ts'
import type { HttpAnswer } from '../calls/http-answer.ts'
import { readStopwatch } from '../clock/time-source.ts'
import { type InFlight, SMALL_BYTES } from '../connections/in-flight.ts'
import { TurnAnswers } from '../connections/turn-answers.ts'
import { CORS_HEADERS } from '../http-parts/cross-origin.ts'
import { NOTICE_HEADER } from '../http-parts/open-scope.ts'
import { secondsSince } from '../http-parts/request-time.ts'
import type { Scope } from '../scope/scope.ts'
import { findReasonPhrase } from '../wire/failover-phrases.ts'
import { type AnswerHeaders, BrokenAnswers, type BrokenAnswersOptions } from './broken-answers.ts'
import type { Exchange } from './incoming-request.ts'

/** What is set before there is an answer; `connection` by Fastify, for a body that it cannot read. */
const GIVEN_HEADERS = [NOTICE_HEADER, 'allow', 'connection', 'www-authenticate'] as const

/** Bytes of this number at most are sent in one piece with the head. */
const MAX_JOINED_BYTES = 16 * 1024

/** What a delivery needs. */
export interface DeliveryOptions extends BrokenAnswersOptions {
  readonly inFlight: InFlight
}

/** An exchange, and the scope on whose clock its answer is sent. */
export interface DeliveredExchange extends Exchange {
  /** Undefined if no scope received the request: its answer is sent at once. */
  readonly scope: Scope | undefined
}

/**
 * Sends the answers to calls, each in one place: whole, or as a fault says, at once or after a delay.
 * It writes to Node's response itself: Fastify's way there costs as much as the call.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #broken: BrokenAnswers
  readonly #answers = new TurnAnswers(readStopwatch)
  #isStopping = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#broken = new BrokenAnswers(options)
  }

  /** Whether connections end with their next answer. */
  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Ends each connection with its next answer, and now those that hang. */
  stop(): void {
    this.#isStopping = true
    this.#broken.stop()
  }

  /** Sends an answer at its time on the clock of the scope, unless the client leaves first. */
  deliver(answer: HttpAnswer, exchange: DeliveredExchange): void {
    const { reply, scope } = exchange
    reply.hijack()
    if (answer.delayMs === 0 || scope === undefined) {
      this.#send(answer, exchange)
      return
    }
    const { raw } = reply
    const leave = () => cancel()
    raw.once('close', leave)
    const cancel = scope.clock.schedule(answer.delayMs, () => {
      raw.off('close', leave)
      this.#send(answer, exchange)
    })
  }

  #send(answer: HttpAnswer, exchange: DeliveredExchange): void {
    const { status, body, broken, error } = answer
    const { raw } = exchange.reply
    const phrase = answer.phrase ?? (error === '' ? undefined : findReasonPhrase(error))
    if (phrase !== undefined) raw.statusMessage = phrase
    if (body.length > SMALL_BYTES && !isUnhurried(answer)) this.#options.inFlight.sending(raw)
    const headers = this.#headersOf(answer, exchange)
    if (broken && exchange.scope) {
      const { request, reply, scope } = exchange
      this.#broken.send({ answer, broken, headers }, { request, reply, scope })
      return
    }
    headers['content-length'] = body.length
    raw.writeHead(status, headers)
    // Head and body can be one piece if both are strings, which costs less to send than two.
    const isJoined = typeof body !== 'string' && body.length <= MAX_JOINED_BYTES
    this.#answers.send(raw, isJoined ? body.toString('latin1') : body)
  }

  /** Every answer says how long it took; clients add it to the response that they return. */
  #headersOf({ contentType }: HttpAnswer, { request, reply }: Exchange): AnswerHeaders {
    const headers: AnswerHeaders = {
      'access-control-allow-origin': CORS_HEADERS['access-control-allow-origin'],
      'access-control-expose-headers': CORS_HEADERS['access-control-expose-headers'],
      'x-request-time-secs': secondsSince(request.arrivedAtMs),
      'content-type': contentType,
    }
    addGiven(headers, reply)
    if (this.#isStopping) headers['connection'] = 'close'
    return headers
  }
}

/** Adds what was set before. To ask by name costs less than the list of all headers. */
function addGiven(headers: AnswerHeaders, reply: FastifyReply): void {
  for (const name of GIVEN_HEADERS) {
    const value = reply.getHeader(name)
    if (value !== undefined) headers[name] = value
  }
}
