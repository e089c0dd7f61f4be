import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { nextTurn, type TimeSource } from '../clock/time-source.ts'
import type { Exchange } from '../exchanges/exchange.ts'
import { BodyCopy, type CopyBudget } from './body-copy.ts'
import type { ClientEnd } from './client-end.ts'
import { decodeContent } from './content-coding.ts'
import { describeUpstreamError } from './describe-upstream-error.ts'
import { HeadBytes } from './head-bytes.ts'
import { headProblem, NOTHING, passHead } from './passed-head.ts'
import { originForm, type UpstreamConnection } from './upstream.ts'

/** Takes what passed. */
export interface Recorder {
  add(exchange: Exchange): void
}

/** How a request ended: with the whole answer, a part of it, or without one. */
export type PassageEnd = 'whole' | 'broken' | 'unanswered'

/** What passing needs besides the request. */
export interface PassageTools {
  readonly recorder: Recorder
  readonly copies: CopyBudget
  readonly time: TimeSource
  /** Reports in one line what the client does not see. */
  readonly warn: (message: string) => void
  /** Sends an answer that is not to be passed as it came; undefined for one that is. */
  readonly replace: (answer: IncomingMessage, response: ServerResponse) => Replacing | undefined
  /** Called once, with the end of the passage, and whether it was kept. */
  readonly ended: (end: PassageEnd, isKept: boolean) => void
}

/** Takes the parts of an answer that is sent in another form. */
export interface Replacing {
  /** Throws RangeError if the answer is too large. */
  add(chunk: Buffer): void
  send(): void
}

/** A request and the two connections that it passes. */
export interface PassageParts {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly connection: UpstreamConnection
  readonly client: ClientEnd
}

/** One request on its way to the upstream, and the answer on its way back: both as they come. */
export class Passage {
  readonly #parts: PassageParts
  readonly #tools: PassageTools
  readonly #sent: ClientRequest
  readonly #request: BodyCopy
  readonly #body: BodyCopy
  readonly #head = new HeadBytes()
  #receivedAtMs: number | undefined
  #answer: IncomingMessage | undefined
  #end: PassageEnd | undefined

  constructor(parts: PassageParts, tools: PassageTools) {
    this.#parts = parts
    this.#tools = tools
    this.#request = new BodyCopy(tools.copies)
    this.#body = new BodyCopy(tools.copies)
    const { request, response, connection } = parts
    const { method = '', url: target = '', rawHeaders } = request
    this.#sent = connection.send({ method, target, rawHeaders }, response)
    this.#watch()
    this.#receive(request)
    response.once('close', () => this.#leave())
  }

  /** Ends it at once: the proxy stops. */
  abort(): void {
    this.#leave()
    this.#parts.client.close()
  }

  #watch(): void {
    const sent = this.#sent
    sent.once('socket', (socket: Socket) => this.#head.watch(socket))
    sent.once('continue', () => this.#parts.response.writeContinue())
    sent.once('response', (answer) => this.#take(answer))
    // Without a listener, Node closes the connection and reports nothing.
    sent.once('upgrade', () => this.#refuse('it switches protocols'))
    sent.on('error', (error) => this.#fail(error))
  }

  #receive(request: IncomingMessage): void {
    request.on('data', (chunk: Buffer) => this.#request.add(chunk))
    request.once('end', () => {
      this.#receivedAtMs = this.#tools.time.now()
    })
    // The client sends something that is not HTTP.
    request.on('error', () => this.abort())
    request.pipe(this.#sent)
    if (request.headers.expect !== undefined) this.#sent.write(NOTHING)
  }

  #take(answer: IncomingMessage): void {
    const problem = headProblem(answer)
    if (problem !== undefined) {
      this.#refuse(problem)
      return
    }
    this.#answer = answer
    this.#head.drop()
    const { response } = this.#parts
    const replacing = this.#tools.replace(answer, response)
    answer.on('data', (chunk: Buffer) => this.#body.add(chunk))
    answer.on('error', (error) => this.#fail(error))
    if (replacing) answer.on('data', (chunk: Buffer) => this.#hold(chunk, replacing))
    answer.once('end', () => {
      /* c8 ignore next -- the client has left in the turn of the last bytes */
      if (this.#end !== undefined) return
      this.#finish('whole')
      replacing?.send()
    })
    if (replacing) return
    passHead(answer, response)
    answer.pipe(response)
  }

  /** Gives up on an answer that Node cannot send: its bytes pass as they came. */
  #refuse(problem: string): void {
    this.#fail(new RangeError(problem))
    this.#sent.destroy()
  }

  #hold(chunk: Buffer, replacing: Replacing): void {
    try {
      replacing.add(chunk)
    } catch (error) {
      /* c8 ignore next -- a bug of this code */
      if (!(error instanceof RangeError)) throw error
      this.#sent.destroy(error)
    }
  }

  /** The upstream has broken off: so does the connection of the client, in the same way. */
  #fail(error: Error): void {
    if (this.#end !== undefined) return
    // What came with the bytes that cannot be read passes too.
    while (this.#answer?.read() != null);
    const { request, client, response } = this.#parts
    const [path] = originForm(String(request.url)).split('?', 1)
    const outcome = this.#answer === undefined ? 'was not answered' : 'was not answered in whole'
    this.#tools.warn(`${request.method} ${path} ${outcome}: ${describeUpstreamError(error)}`)
    this.#finish(this.#answer === undefined ? 'unanswered' : 'broken')
    client.breakOff(response, { error, sent: this.#head.bytes })
    this.#head.drop()
  }

  /** The client has left: so does the proxy. */
  #leave(): void {
    if (this.#end !== undefined) return
    this.#finish(this.#answer === undefined ? 'unanswered' : 'broken')
    this.#sent.destroy()
  }

  #finish(end: PassageEnd): void {
    this.#end = end
    const exchange = this.#answer && this.#describe(this.#answer, end === 'whole')
    this.#request.drop()
    this.#body.drop()
    this.#tools.ended(end, exchange !== undefined)
    if (exchange === undefined) return
    // Decoding a large answer takes time: its last bytes leave before.
    void nextTurn().then(() => this.#tools.recorder.add(exchange))
  }

  /** Undefined: it was not kept. */
  #describe(answer: IncomingMessage, whole: boolean): Exchange | undefined {
    const [request, body] = [this.#request.body, this.#body.body]
    if (request === undefined || body === undefined) return undefined
    const { method = '', url: target = '', headers } = this.#parts.request
    const nowMs = this.#tools.time.now()
    return {
      receivedAtMs: this.#receivedAtMs ?? nowMs,
      answeredAtMs: nowMs,
      method,
      target,
      requestType: headers['content-type'],
      request,
      status: Number(answer.statusCode),
      answerType: answer.headers['content-type'],
      answer: decodeContent(body, answer.headers['content-encoding']),
      whole,
    }
  }
}
