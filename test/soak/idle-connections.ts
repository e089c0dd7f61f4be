import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

/** Descriptors that the process needs for everything else. */
const RESERVED = 200
const AT_ONCE = 200

/** How many connections the limit of open files allows, at most `wanted`. */
export function allowedConnections(wanted: number): number {
  return Math.min(wanted, Math.max(0, openFilesLimit() - RESERVED))
}

/** The soft limit of open files; infinite on systems without /proc. */
function openFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Connections without a request. */
export class IdleConnections {
  readonly #sockets: Socket[] = []

  /** Opens connections, some at a time. Rejects if one is refused. */
  async open(count: number, port: number): Promise<void> {
    while (this.#sockets.length < count) {
      const batch = Math.min(AT_ONCE, count - this.#sockets.length)
      const sockets = Array.from({ length: batch }, () => connect(port, '127.0.0.1'))
      await Promise.all(sockets.map((socket) => once(socket, 'connect')))
      for (const socket of sockets) socket.on('error', () => {})
      this.#sockets.push(...sockets)
    }
  }

  /** How many are still open. */
  get held(): number {
    return this.#sockets.filter(({ readyState }) => readyState === 'open').length
  }

  close(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }
}
