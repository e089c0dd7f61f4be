import { createServer, type Server } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { fieldOf } from '../documents/field-of.ts'
import { hostOf } from './client-address.ts'

/** The address of a server. */
export interface ListenAddress {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
}

/** What accepts the connections of a server. */
export interface Listening {
  /** The URL of the server; its host is the one of the address. */
  readonly url: string
  /** Stops accepting connections; resolves when those that were accepted here are closed. */
  close(): Promise<void>
  /** Lets the process exit. */
  unref(): void
}

/** A server that listens on request; Fastify's instance. */
export interface ListeningApp {
  readonly server: Server
  listen(
    options: ListenAddress & { readonly listenTextResolver: (address: string) => string },
  ): Promise<string>
}

/** How often a free port is picked: a port can be free on one loopback address only. */
const MAX_TRIES = 10

/**
 * Starts to listen. `localhost` means both loopback addresses with one port, if the machine has both.
 *
 * @throws Node's error if it cannot listen, also on one of the two addresses.
 */
export async function listen(app: ListeningApp, { host, port }: ListenAddress): Promise<Listening> {
  if (host === 'localhost') return listenOnLoopbacks(app, { port, tries: MAX_TRIES })
  const url = await listenAt(app, { host, port })
  // Fastify returns an address of the machine if the host is 0.0.0.0; users expect the host.
  url.hostname = host.includes(':') ? `[${host}]` : host
  return { url: url.origin, close: async () => undefined, unref: () => undefined }
}

/** Fastify's own way to listen on localhost ignores errors of the second address. */
async function listenOnLoopbacks(
  app: ListeningApp,
  { port, tries }: { readonly port: number; readonly tries: number },
): Promise<Listening> {
  const second = await acceptOn(app.server, { host: '::1', port })
  try {
    const url = await listenAt(app, { host: '127.0.0.1', port: second.port })
    url.hostname = 'localhost'
    return { url: url.origin, ...second }
  } catch (error) {
    await second.close()
    const isTaken = fieldOf(error, 'code') === 'EADDRINUSE'
    if (port !== 0 || !isTaken || tries === 1) throw error
    return listenOnLoopbacks(app, { port, tries: tries - 1 })
  }
}

async function listenAt(app: ListeningApp, address: ListenAddress): Promise<URL> {
  // Fastify does not see whether the server of ours has a certificate.
  const scheme = app.server instanceof TlsServer ? 'https:' : 'http:'
  const rename = (text: string) => text.replace('http:', scheme)
  const listenTextResolver = (text: string) => `listening at ${rename(text)}`
  return new URL(rename(await app.listen({ ...address, listenTextResolver })))
}

/** Errors of a machine without IPv6. */
const NO_SUCH_ADDRESS: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/** Accepts connections at one more address of a server; nothing if the machine has no such address. */
export async function acceptOn(
  server: Server,
  { host, port }: ListenAddress,
): Promise<Omit<Listening, 'url'> & { readonly port: number }> {
  // As the servers of Node do: HTTP answers a client that has ended its side.
  const allowHalfOpen = !(server instanceof TlsServer)
  const acceptor = createServer({ allowHalfOpen, noDelay: true })
  acceptor.maxConnections = server.maxConnections
  acceptor.on('connection', (socket) => server.emit('connection', socket))
  acceptor.on('drop', (dropped) => server.emit('drop', dropped))
  const close = () => new Promise<void>((resolve) => void acceptor.close(() => resolve()))
  const unref = () => void acceptor.unref()
  try {
    await new Promise<void>((resolve, reject) => {
      acceptor.once('error', reject).listen({ host, port }, resolve)
    })
  } catch (error) {
    if (NO_SUCH_ADDRESS.has(String(fieldOf(error, 'code')))) return { port, close, unref }
    throw error
  }
  return { port: Number(fieldOf(acceptor.address(), 'port')), close, unref }
}

/** A server of Node, which listens as Fastify's instance does. */
export function toListeningApp(server: Server): ListeningApp {
  const listenOnce = ({ host, port }: ListenAddress) =>
    new Promise<string>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, () => {
        server.off('error', reject)
        const bound = server.address()
        const host = String(fieldOf(bound, 'address'))
        resolve(`http://${hostOf(host, Number(fieldOf(bound, 'port')))}`)
      })
    })
  return { server, listen: listenOnce }
}
