import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionDamage, CutEnd, PieceDamage } from '../rules/damage.ts'
import type { Draws } from '../rules/draws.ts'

/** An answer as it would leave without damage. */
export interface PlannedAnswer {
  readonly status: number
  /** The reason phrase; empty for none. */
  readonly phrase: string
  /** By their names in lower case; Content-Length and Connection are added. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  /** Whether only the head leaves: the request is HEAD. */
  readonly isHead: boolean
  /** The Content-Length that is sent. */
  readonly contentLength: number
}

/** The connection of a response, and the time in which an answer is sent. */
export interface DamagedConnection {
  readonly response: ServerResponse
  /** Resets a connection, also under TLS. */
  readonly reset: (socket: Socket) => void
  /** Calls back after ms on the clock of the scope. Returns what cancels it. */
  readonly schedule: (ms: number, callback: () => void) => () => void
  /** Calls back after ms of real time. Undefined: the clock of the scope stands, so all is sent at once. */
  readonly pace: ((ms: number, callback: () => void) => () => void) | undefined
  readonly draws: Draws
}

/** Whether the head of an answer leaves, with its status. */
export function sendsHead(damage: ConnectionDamage | PieceDamage): boolean {
  switch (damage.kind) {
    case 'reset':
    case 'close':
    case 'hang':
    case 'garbage':
      return false
    case 'cut':
      return damage.part === 'body'
    case 'slow':
    case 'chunks':
      return true
  }
}

/** The number of bytes of an answer's body that leave. */
export function sentBytes(damage: ConnectionDamage | PieceDamage, bodyBytes: number): number {
  if (!sendsHead(damage)) return 0
  return damage.kind === 'cut' ? cutLength(damage.after, bodyBytes) : bodyBytes
}

/** Whether the connection stays open without an answer, until its time is over or the client leaves. */
export function isHanging(damage: ConnectionDamage | PieceDamage): boolean {
  return damage.kind === 'hang' || (damage.kind === 'cut' && damage.end === 'hang')
}

/** Sends an answer with damage, when it is the turn of the response on its connection. */
export function sendDamaged(
  damage: ConnectionDamage | PieceDamage,
  {
    answer,
    connection,
  }: { readonly answer: PlannedAnswer; readonly connection: DamagedConnection },
): void {
  const { response } = connection
  const start = (socket: Socket): void => {
    new DamagedResponse({ answer, connection, socket }).send(damage)
  }
  // A response that waits for its turn has no socket yet.
  if (response.socket) start(response.socket)
  else response.once('socket', start)
}

/** The sending of one damaged answer. */
class DamagedResponse {
  readonly #answer: PlannedAnswer
  readonly #connection: DamagedConnection
  readonly #socket: Socket

  constructor(parts: { answer: PlannedAnswer; connection: DamagedConnection; socket: Socket }) {
    this.#answer = parts.answer
    this.#connection = parts.connection
    this.#socket = parts.socket
  }

  send(damage: ConnectionDamage | PieceDamage): void {
    switch (damage.kind) {
      case 'reset':
      case 'close':
        this.#end(damage.kind)
        break
      case 'hang':
        this.#hang(damage.forMs)
        break
      case 'garbage':
        this.#write(garbage(damage.bytes, this.#connection.draws), 'close')
        break
      case 'cut':
        this.#write(this.#cut(damage), damage.end)
        break
      case 'chunks':
        this.#write(this.#chunked(damage.mistake), 'close')
        break
      case 'slow':
        this.#sendSlowly(damage)
    }
  }

  #write(bytes: Buffer, end: CutEnd): void {
    if (bytes.length === 0) this.#end(end)
    else this.#socket.write(bytes, () => this.#end(end))
  }

  #end(end: CutEnd): void {
    if (end === 'reset') this.#connection.reset(this.#socket)
    else if (end === 'close') this.#socket.destroySoon()
  }

  #hang(forMs: number | undefined): void {
    if (forMs === undefined) return
    const cancel = this.#connection.schedule(forMs, () => this.#end('close'))
    this.#socket.once('close', cancel)
  }

  #cut({ after, part }: Extract<PieceDamage, { kind: 'cut' }>): Buffer {
    const { body } = this.#answer
    const head = this.#head('content-length', `${this.#answer.contentLength}`)
    if (part === 'head') return head.subarray(0, cutLength(after, head.length))
    return Buffer.concat([head, body.subarray(0, cutLength(after, body.length))])
  }

  /** Each piece after the former one; the connection can serve a further request then. */
  #sendSlowly({ chunkBytes, everyMs }: Extract<PieceDamage, { kind: 'slow' }>): void {
    const { response, pace } = this.#connection
    const { status, phrase, headers, body, contentLength } = this.#answer
    const all = { ...Object.fromEntries(headers), 'content-length': contentLength }
    response.writeHead(status, phrase, all)
    if (pace === undefined) {
      response.end(body)
      return
    }
    let cancel = (): void => {}
    const sendFrom = (at: number): void => {
      response.write(body.subarray(at, at + chunkBytes))
      const next = at + chunkBytes
      if (next >= body.length) response.end()
      else cancel = pace(everyMs, () => sendFrom(next))
    }
    response.once('close', () => cancel())
    sendFrom(0)
  }

  #chunked(mistake: 'bad_size' | 'no_end'): Buffer {
    const { body, isHead } = this.#answer
    const size = mistake === 'bad_size' ? 'not-a-size' : body.length.toString(16)
    const head = this.#head('transfer-encoding', 'chunked')
    if (isHead) return head
    return Buffer.concat([head, Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n')])
  }

  #head(name: string, value: string): Buffer {
    const { status, phrase, headers } = this.#answer
    const all = new Map([...headers, ['connection', 'close'], [name, value]])
    const lines = Array.from(all, ([key, text]) => `${key}: ${text}\r\n`).join('')
    return Buffer.from(`HTTP/1.1 ${status} ${phrase}\r\n${lines}\r\n`, 'latin1')
  }
}

function cutLength(
  after: { readonly bytes: number } | { readonly percent: number },
  whole: number,
) {
  const bytes = 'bytes' in after ? after.bytes : Math.floor((whole * after.percent) / 100)
  return Math.min(bytes, whole)
}

/** The first byte is no letter: no client can take it for HTTP. */
function garbage(count: number, draws: Draws): Buffer {
  return Buffer.from(
    Array.from({ length: count }, (_, index) => draws.integer(index === 0 ? 128 : 0, 255)),
  )
}
