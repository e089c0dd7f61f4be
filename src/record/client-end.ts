import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TcpSockets } from '../connections/tcp-sockets.ts'
import { fieldOf } from '../documents/field-of.ts'
import { isHangUp } from './describe-upstream-error.ts'

/** How the upstream has broken off. */
export interface BreakOff {
  readonly error: Error
  /** The bytes of the answer that were no complete head. */
  readonly sent: Buffer
}

/** The connection of a client, which the proxy breaks off as the upstream does. */
export class ClientEnd {
  readonly #socket: Socket
  readonly #tcpSockets: TcpSockets

  constructor(socket: Socket, tcpSockets: TcpSockets) {
    this.#socket = socket
    this.#tcpSockets = tcpSockets
  }

  /** Closes the connection once the bytes before are sent. */
  close(): void {
    this.#socket.destroySoon()
  }

  /**
   * Ends an answer that is not whole, after those before it: by a reset, unless the upstream has sent
   * something or closed the connection in order. The client of an upstream that cannot be reached
   * gets a reset too: it has a connection already, which cannot be refused any more.
   */
  breakOff(response: ServerResponse, { error, sent }: BreakOff): void {
    if (response.socket === null) {
      response.once('socket', () => this.breakOff(response, { error, sent }))
      return
    }
    const isClosed = sent.length > 0 || isHangUp(error) || isAboutBytes(error)
    if (sent.length > 0) this.#socket.write(sent)
    if (isClosed) this.#socket.destroySoon()
    else this.#tcpSockets.reset(this.#socket)
  }
}

/** Whether what came is no HTTP, or too much. */
function isAboutBytes(error: Error): boolean {
  return error instanceof RangeError || /^HPE_/.test(String(fieldOf(error, 'code')))
}
