import type { Socket } from 'node:net'

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

  /** The TCP socket of a connection; without TLS, it is the given one. */
  below(socket: Socket): Socket {
    return this.#sockets.get(endsOf(socket)) ?? socket
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ')
}
