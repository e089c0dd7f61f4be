import { type ServerResponse, STATUS_CODES } from 'node:http'
import { statusThatLeaves, toBytes } from '../calls/damage-answer.ts'
import type { BrokenDelivery, HttpAnswer } from '../calls/http-answer.ts'
import { startRealTimer } from '../clock/time-source.ts'
import { isHanging, type PlannedAnswer, sendDamaged } from '../connections/damaged-response.ts'
import type { TcpSockets } from '../connections/tcp-sockets.ts'
import type { Scope } from '../scope/scope.ts'
import type { Exchange } from './incoming-request.ts'
import type { RequestLog } from './request-log.ts'

/** What sends answers that are not sent whole. */
export interface BrokenAnswersOptions {
  readonly tcpSockets: TcpSockets
  readonly requestLog: RequestLog
}

/** Headers of an answer by their names. */
export type AnswerHeaders = Record<string, string | number | string[]>

/** An answer that a fault broke, its headers, and its delivery. */
export interface BrokenAnswer {
  readonly answer: HttpAnswer
  readonly headers: Readonly<AnswerHeaders>
  readonly broken: BrokenDelivery
}

/** Sends answers in part, in pieces, or not at all; Fastify sends the others. */
export class BrokenAnswers {
  readonly #options: BrokenAnswersOptions
  readonly #hanging = new Set<ServerResponse>()

  constructor(options: BrokenAnswersOptions) {
    this.#options = options
  }

  /** Closes the connections that hang: they would keep the server from stopping. */
  stop(): void {
    for (const response of this.#hanging) response.destroy()
  }

  /** Sends a broken answer. */
  send(
    { answer, headers, broken }: BrokenAnswer,
    { request, reply, scope }: Exchange & { readonly scope: Scope },
  ): void {
    const { damage, draws } = broken
    const { raw } = reply
    const { clock } = scope
    const connection = {
      response: raw,
      reset: this.#options.tcpSockets.reset.bind(this.#options.tcpSockets),
      schedule: clock.schedule.bind(clock),
      pace: clock.runs ? startRealTimer : undefined,
      draws,
    }
    if (isHanging(damage)) this.#hold(raw)
    sendDamaged(damage, {
      answer: plan({ answer, headers, broken }, { request, reply }),
      connection,
    })
    // Fastify logs answers only.
    this.#options.requestLog.answerBroken(statusThatLeaves(answer), { request, reply })
  }

  #hold(response: ServerResponse): void {
    this.#hanging.add(response)
    response.once('close', () => this.#hanging.delete(response))
  }
}

function plan(
  { answer: { body: text, status }, headers, broken }: BrokenAnswer,
  { request, reply }: Exchange,
): PlannedAnswer {
  const body = toBytes(text)
  const isHead = request.method === 'HEAD'
  const fields = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  return {
    status,
    phrase: reply.raw.statusMessage || STATUS_CODES[status] || '',
    headers: new Map(fields),
    body: isHead ? NO_BYTES : body,
    isHead,
    contentLength: broken.contentLength ?? body.length,
  }
}

const NO_BYTES = Buffer.alloc(0)
