import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * The responses of each connection. Node notifies only the first of several that wait for their turn
 * when the connection closes; here, all of them emit `close`.
 */
export class OpenResponses {
  readonly #last = new WeakMap<Duplex, ServerResponse>()
  readonly #queued = new WeakMap<Duplex, Set<ServerResponse>>()

  /** Notes the response of a request whose headers have arrived. */
  add(response: ServerResponse): void {
    const { socket } = response.req
    const before = this.#last.get(socket)
    this.#last.set(socket, response)
    if (before !== undefined && !before.closed) this.#queue(response, socket)
  }

  /** The response to the last request of a connection. */
  lastOf(socket: Duplex): ServerResponse | undefined {
    return this.#last.get(socket)
  }

  #queue(response: ServerResponse, socket: Duplex): void {
    const queued = this.#queued.get(socket) ?? this.#watch(socket)
    queued.add(response)
    response.once('close', () => queued.delete(response))
  }

  #watch(socket: Duplex): Set<ServerResponse> {
    const queued = new Set<ServerResponse>()
    this.#queued.set(socket, queued)
    socket.once('close', () => {
      for (const response of queued) response.emit('close')
    })
    return queued
  }
}
