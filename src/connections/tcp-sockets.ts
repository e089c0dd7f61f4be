import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * The TCP sockets below TLS sockets, by the addresses of both ends: Node's TLS socket can close a
 * connection, but not reset it.
 */
export class TcpSockets {
  readonly #sockets = new Map<string, Socket>()

  /** Remembers the TCP socket of a TLS connection until it closes. */
  track(socket: Socket): void {
    const key = endsOf(socket)
    this.#sockets.set(key, socket)
    socket.once('close', () => this.#sockets.delete(key))
  }

  /** Resets a connection. One whose client has left already may have no TCP socket below its own. */
  reset(socket: Socket): void {
    const below = this.#sockets.get(endsOf(socket))
    if (below === undefined && socket instanceof TLSSocket) socket.destroy()
    else (below ?? socket).resetAndDestroy()
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ')
}
