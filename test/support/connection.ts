import { connect, type Socket } from 'node:net'
import { startRealTimer } from '../../src/clock/time-source.ts'
import { AnswerReader, type RawAnswer } from './answer-reader.ts'

/** What came back over a connection. */
export interface Exchange {
  readonly answers: readonly RawAnswer[]
  /** Whether the server closed the connection. */
  readonly closed: boolean
  /** Whether the time was over before that, or before the last answer. */
  readonly timedOut: boolean
  /** What is wrong with the bytes; empty if they are HTTP. */
  readonly problem: string
}

/** The options of an exchange. */
export interface ExchangeOptions {
  readonly port: number
  /** The methods of the requests; the exchange ends with as many answers. */
  readonly methods: readonly string[]
  readonly limitMs: number
  /**
   * What the client does after the bytes: `close` ends its half of the connection and waits until the
   * server closes too; `reset` leaves at once, without an answer.
   */
  readonly then?: 'close' | 'reset'
}

/** A kept connection; it is opened again if the server closed it. */
export class Connection {
  #socket: Socket | undefined

  /** Sends requests at once and collects the answers. Never rejects. */
  exchange(bytes: Buffer, options: ExchangeOptions): Promise<Exchange> {
    const socket = this.#open(options.port)
    const reader = new AnswerReader(options.methods)
    return new Promise((resolve) => {
      const finish = (end: { closed?: boolean; timedOut?: boolean; problem?: string }) => {
        cancel()
        socket.removeAllListeners()
        socket.on('error', ignore)
        if (Object.keys(end).length > 0) this.close()
        const { closed = false, timedOut = false, problem = '' } = end
        resolve({ answers: reader.answers, closed, timedOut, problem })
      }
      const cancel = startRealTimer(options.limitMs, () => finish({ timedOut: true }))
      socket.on('error', ignore)
      socket.once('close', () => {
        const problem = problemOf(() => reader.end())
        finish({ closed: true, problem })
      })
      socket.on('data', (chunk: Buffer) => {
        const problem = problemOf(() => reader.push(chunk))
        if (problem !== '') return finish({ problem })
        const isComplete = reader.answers.length === options.methods.length
        if (!isComplete || options.then) return
        finish({})
        if (reader.answers.at(-1)?.headers.get('connection') === 'close') this.close()
      })
      socket.write(bytes, () => {
        if (options.then === 'reset') finish({ closed: true })
      })
      if (options.then === 'close') socket.end()
    })
  }

  close(): void {
    // A reset leaves no port in TIME_WAIT.
    this.#socket?.resetAndDestroy()
    this.#socket = undefined
  }

  #open(port: number): Socket {
    if (this.#socket === undefined || !this.#socket.writable || this.#socket.remotePort !== port) {
      this.close()
      this.#socket = connect(port, '127.0.0.1')
      this.#socket.setNoDelay(true)
    }
    return this.#socket
  }
}

/** Sends bytes over a connection of their own. */
export async function exchangeOnce(bytes: Buffer, options: ExchangeOptions): Promise<Exchange> {
  const connection = new Connection()
  const seen = await connection.exchange(bytes, options)
  connection.close()
  return seen
}

function ignore(): void {}

function problemOf(read: () => void): string {
  try {
    read()
    return ''
  } catch (error) {
    return String(error)
  }
}
