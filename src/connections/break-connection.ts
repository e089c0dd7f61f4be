import type { Socket } from 'node:net'
import type { Fault } from '../rules/fault.ts'

/** Ends a TCP connection as a fault says, instead of an answer. */
export function breakConnection(socket: Socket, fault: Fault): void {
  switch (fault.kind) {
    case 'reset':
      socket.resetAndDestroy()
      return
    case 'close':
      socket.destroy()
      return
  }
}
