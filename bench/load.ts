import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AnswerCounter } from './answer-counter.ts'
import { sum } from './statistics.ts'

/** The default number of connections. */
export const CONNECTIONS = 20

/** The default number of requests in a journal. */
const DEFAULT_JOURNAL = 10_000

/** A request to a server. */
export interface Message {
  readonly path: string
  readonly contentType: string
  readonly body: string | Buffer
}

/** The bytes of the next request; undefined after the last one. */
export type NextRequest = () => Buffer | undefined

/** The requests that were answered, and the time of all of them in milliseconds. */
export interface Sent {
  readonly answered: number
  readonly ms: number
}

/** A request as HTTP/1.1 with keep-alive. */
export function requestBytes({ path, contentType, body }: Message): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `content-type: ${contentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

/** Sends the requests in turn, again and again. */
export function repeating(requests: readonly Buffer[]): NextRequest {
  let sent = 0
  return () => {
    sent += 1
    return requests[(sent - 1) % requests.length]
  }
}

/** Sends `count` requests at most, made from the numbers from 0. */
export function counting(
  count: number,
  requestOf: (number: number) => Buffer | undefined,
): NextRequest {
  let sent = 0
  return () => {
    if (sent === count) return undefined
    sent += 1
    return requestOf(sent - 1)
  }
}

/** Sends as many requests as a journal holds by default: it is full then, and the code is compiled. */
export async function fillJournal(
  next: NextRequest,
  { url }: { readonly url: string },
): Promise<void> {
  await sendLoad(counting(DEFAULT_JOURNAL, next), { url })
}

/** Where requests are sent, and how. */
export interface LoadOptions {
  readonly url: string
  /** How long requests are sent, in milliseconds. Absent: until there are no more. */
  readonly ms?: number
  /** By default 20. */
  readonly connections?: number | undefined
}

/**
 * Sends requests over some connections, each after the answer of the one before, until there are no
 * more or a time is over. Waits for the answers.
 *
 * @throws Error if a request is not answered with status 200, 201 or 204; its cause is the reason.
 */
export async function sendLoad(
  next: NextRequest,
  { url, ms = Number.POSITIVE_INFINITY, connections = CONNECTIONS }: LoadOptions,
): Promise<Sent> {
  try {
    return await converseAll(await connectAll(url, connections), { next, ms })
  } catch (cause) {
    throw new Error(`Cannot measure: a request to ${url} failed`, { cause })
  }
}

async function converseAll(
  sockets: readonly Socket[],
  { next, ms }: { readonly next: NextRequest; readonly ms: number },
): Promise<Sent> {
  const startedAtMs = performance.now()
  const endsAtMs = startedAtMs + ms
  const nextInTime = () => (performance.now() < endsAtMs ? next() : undefined)
  try {
    const answered = sum(await Promise.all(sockets.map((socket) => converse(socket, nextInTime))))
    const sent = { answered, ms: performance.now() - startedAtMs }
    await Promise.all(sockets.map(close))
    return sent
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

function connectAll(url: string, length: number): Promise<Socket[]> {
  const { hostname, port } = new URL(url)
  const sockets = Array.from({ length }, async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    return socket
  })
  return Promise.all(sockets)
}

/** Sends requests over one connection. Resolves with the number of answers. */
function converse(socket: Socket, next: NextRequest): Promise<number> {
  const answers = new AnswerCounter()
  let answered = 0
  return new Promise((resolve, reject) => {
    const sendNext = (): void => {
      const request = next()
      if (request === undefined) resolve(answered)
      else socket.write(request)
    }
    socket.on('data', (chunk) => {
      try {
        const complete = answers.add(chunk)
        answered += complete
        if (complete > 0) sendNext()
      } catch (error) {
        reject(error)
      }
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The server closed a connection')))
    sendNext()
  })
}

/** Waits for the server's end of a connection: it has nothing left to do for it. */
async function close(socket: Socket): Promise<void> {
  socket.end()
  await once(socket, 'close')
}
