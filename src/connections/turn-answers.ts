import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { nextTurn } from '../clock/time-source.ts'

/** How long an answer may wait for others of its turn, in ms of real time. */
const MAX_WAIT_MS = 2

/** A response whose head is set, and its body. */
interface ReadyAnswer {
  readonly response: ServerResponse
  readonly body: Buffer | string
}

/**
 * Sends the answers of one turn of the event loop together, after the last of its requests. An answer
 * that is sent by itself wakes a client that waits, which costs about a third of a call; while the
 * client is awake, it costs much less. In a long turn, they do not wait for its end.
 */
export class TurnAnswers {
  #ready: ReadyAnswer[] = []
  /** When the first one was ready. */
  #readyAtMs = 0
  readonly #known = new WeakSet<Socket>()
  readonly #readMs: () => number

  /** `readMs` reads real time, in ms. */
  constructor(readMs: () => number) {
    this.#readMs = readMs
  }

  /** Ends a response, whose head is set, with its body at the end of the turn. A string is Latin-1. */
  send(response: ServerResponse, body: Buffer | string): void {
    const nowMs = this.#readMs()
    if (this.#ready.length === 0) {
      this.#readyAtMs = nowMs
      void nextTurn().then(this.#sendAll)
    }
    this.#ready.push({ response, body })
    const { socket } = response
    if (socket !== null && !this.#known.has(socket)) this.#watch(socket)
    if (nowMs - this.#readyAtMs > MAX_WAIT_MS || socket?.readableEnded) this.#sendAll()
  }

  /** If a client ends its side behind its request, Node ends the other side at once. */
  #watch(socket: Socket): void {
    this.#known.add(socket)
    socket.prependListener('end', this.#sendAll)
  }

  readonly #sendAll = (): void => {
    const ready = this.#ready
    this.#ready = []
    for (const { response, body } of ready) end(response, body)
  }
}

/** Node's `end` with a body writes twice: the body, and nothing. Head and body are one write here. */
function end(response: ServerResponse, body: Buffer | string): void {
  const { socket } = response
  if (socket === null || typeof body !== 'string') {
    response.end(body, 'latin1')
    return
  }
  socket.cork()
  response.write(body, 'latin1')
  socket.uncork()
  response.end()
}
