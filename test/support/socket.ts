import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A connection for raw bytes. */
export interface RawSocket {
  write(bytes: string | Buffer): void
  /** Closes the sending half of the connection. */
  end(): void
  /** Resolves with the next bytes, as Latin-1. */
  next(): Promise<string>
  /** Resolves with all remaining bytes when the connection is closed. */
  rest(): Promise<string>
}

/** How to connect. */
export interface ConnectOptions {
  /** Whether to use TLS; the certificate of the server is not checked. */
  readonly isTls?: boolean
  /** By default 127.0.0.1. */
  readonly host?: string
}

/** Opens a connection to a port of the loopback. */
export function openSocket(
  port: number,
  { isTls = false, host = '127.0.0.1' }: ConnectOptions = {},
): RawSocket {
  const socket = isTls
    ? connectTls({ host, port, rejectUnauthorized: false })
    : connect({ host, port })
  const closed = once(socket, 'close')
  let unread = ''
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    unread += text
  })
  const take = () => {
    const text = unread
    unread = ''
    return text
  }
  return {
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    next: async () => {
      if (unread === '') await once(socket, 'data')
      return take()
    },
    rest: async () => {
      await closed
      return take()
    },
  }
}

/** Sends bytes over a new connection and returns all received bytes when it is closed. */
export function sendBytes(
  port: number,
  bytes: string | Buffer,
  options: ConnectOptions = {},
): Promise<string> {
  const socket = openSocket(port, options)
  socket.write(bytes)
  return socket.rest()
}

/** Resolves when no server listens on a port. */
export async function refusesConnections(port: number): Promise<void> {
  while (await accepts(port));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
