import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionDamage, CutEnd, PieceDamage } from '../rules/damage.ts'
import type { Draws } from '../rules/draws.ts'

/** An answer as it would leave without damage. */
export interface PlannedAnswer {
  readonly status: number
  /** The reason phrase. Undefined: the usual one of the status. */
  readonly phrase: string | undefined
  /** By their names in lower case; Content-Length and Connection are added. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  /** The Content-Length that is sent. */
  readonly contentLength: number
}

/** The connection of a response, and what schedules on the clock of its scope. */
export interface DamagedConnection {
  readonly response: ServerResponse
  /** The TCP socket, which is below the response's own with TLS. */
  readonly tcp: Socket
  /** Calls back after ms on the clock of the scope. Returns what cancels it. */
  readonly schedule: (ms: number, callback: () => void) => () => void
  /** Calls back after ms of real time; at once if the clock of the scope does not run by itself. */
  readonly pace: (ms: number, callback: () => void) => () => void
  readonly draws: Draws
}

/** The number of bytes of an answer's body that leave; what a connection breaks before is 0. */
export function sentBytes(damage: ConnectionDamage | PieceDamage, body: Buffer): number {
  switch (damage.kind) {
    case 'reset':
    case 'close':
    case 'hang':
    case 'garbage':
      return 0
    case 'cut':
      return damage.part === 'head' ? 0 : cutLength(damage.after, body.length)
    case 'slow':
    case 'chunks':
      return body.length
  }
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
  const start = (): void => new DamagedResponse(answer, connection).send(damage)
  if (response.socket) start()
  else response.once('socket', start)
}

/** The sending of one damaged answer. */
class DamagedResponse {
  readonly #answer: PlannedAnswer
  readonly #connection: DamagedConnection
  readonly #socket: Socket

  constructor(answer: PlannedAnswer, connection: DamagedConnection) {
    this.#answer = answer
    this.#connection = connection
    this.#socket = connection.response.socket ?? connection.tcp
  }

  send(damage: ConnectionDamage | PieceDamage): void {
    const { body } = this.#answer
    switch (damage.kind) {
      case 'reset':
      case 'close':
        return this.#end(damage.kind)
      case 'hang':
        return this.#hang(damage.forMs)
      case 'garbage':
        return this.#write(garbage(damage.bytes, this.#connection.draws), 'close')
      case 'cut': {
        const head = this.#head()
        const isHead = damage.part === 'head'
        const whole = isHead ? head : body
        const part = whole.subarray(0, cutLength(damage.after, whole.length))
        return this.#write(isHead ? part : Buffer.concat([head, part]), damage.end)
      }
      case 'chunks':
        return this.#write(this.#chunked(damage.mistake), 'close')
      case 'slow':
        return this.#sendSlowly(damage)
    }
  }

  #write(bytes: Buffer, end: CutEnd): void {
    if (bytes.length === 0) this.#end(end)
    else this.#socket.write(bytes, () => this.#end(end))
  }

  #end(end: CutEnd): void {
    if (end === 'reset') this.#connection.tcp.resetAndDestroy()
    else if (end === 'close') this.#socket.destroySoon()
  }

  #hang(forMs: number | undefined): void {
    if (forMs === undefined) return
    const cancel = this.#connection.schedule(forMs, () => this.#end('close'))
    this.#socket.once('close', cancel)
  }

  /** Each piece after the former one; the connection can serve a further request then. */
  #sendSlowly({ chunkBytes, everyMs }: Extract<PieceDamage, { kind: 'slow' }>): void {
    const { response, pace } = this.#connection
    const { status, phrase, headers, body, contentLength } = this.#answer
    const all = { ...Object.fromEntries(headers), 'content-length': contentLength }
    if (phrase === undefined) response.writeHead(status, all)
    else response.writeHead(status, phrase, all)
    response.flushHeaders()
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
    const { body } = this.#answer
    const size = mistake === 'bad_size' ? 'not-a-size' : body.length.toString(16)
    const head = this.#head(['transfer-encoding', 'chunked'])
    return Buffer.concat([head, Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n')])
  }

  #head(length: readonly [string, string] = ['content-length', `${this.#answer.contentLength}`]) {
    const { status, phrase = '', headers } = this.#answer
    const lines = [...headers, ['connection', 'close'], length]
    const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    return Buffer.from(`HTTP/1.1 ${status} ${phrase}\r\n${text}\r\n`, 'latin1')
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
