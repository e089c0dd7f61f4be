import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Test } from 'tap'
import { RealTime } from '../../src/clock/time-source.ts'
import type { TlsFiles } from '../../src/connections/http-server.ts'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { RecordingProxy, type RecordingProxyOptions } from '../../src/record/recording-proxy.ts'
import { catalogue } from './server.ts'

/** A proxy on a free port, with what it has recorded and reported. */
export interface TestProxy {
  readonly proxy: RecordingProxy
  readonly url: string
  readonly port: number
  readonly exchanges: readonly Exchange[]
  readonly warnings: readonly string[]
}

/** The options of a test proxy besides its upstream. */
export interface TestProxyOptions
  extends Partial<Omit<RecordingProxyOptions, 'upstream' | 'recorder' | 'warn'>> {
  readonly ca?: string
  readonly isInsecure?: boolean
}

/** Starts a proxy in front of an upstream, until the test ends. */
export async function startTestProxy(
  t: Test,
  upstream: string,
  { ca, isInsecure = false, ...options }: TestProxyOptions = {},
): Promise<TestProxy> {
  const exchanges: Exchange[] = []
  const warnings: string[] = []
  const proxy = new RecordingProxy({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 10_000,
    maxCopyBytes: 256 * 1024 * 1024,
    catalogue,
    time: new RealTime(),
    ...options,
    upstream: { url: new URL(upstream), ca, isInsecure },
    recorder: { add: (exchange) => void exchanges.push(exchange) },
    warn: (message) => void warnings.push(message),
  })
  const url = await proxy.start()
  t.teardown(async () => {
    await proxy.drain()
    await proxy.end({ status: 200, document: {} })
  })
  return { proxy, url, port: Number(new URL(url).port), exchanges, warnings }
}

/** An upstream that answers with bytes. */
export interface RawUpstream {
  readonly url: string
  /** Everything that it received, as Latin-1, by connection. */
  readonly received: readonly string[]
  readonly sockets: readonly Socket[]
}

/** What an upstream does with a connection once a request, or a part of it, has arrived. */
export type Answer = (socket: Socket, received: string) => void

/** Starts an upstream that answers by `answer`, which is called with each packet. */
export async function startRawUpstream(
  t: Test,
  answer: Answer,
  tls?: TlsFiles,
): Promise<RawUpstream> {
  const received: string[] = []
  const sockets: Socket[] = []
  const accept = (socket: Socket) => {
    const index = sockets.push(socket) - 1
    received[index] = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received[index] += bytes.toString('latin1')
      answer(socket, String(received[index]))
    })
  }
  const server: Server = tls ? createTlsServer({ ...tls }, accept) : createServer(accept)
  server.on('tlsClientError', () => undefined)
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = Object(server.address())
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, received, sockets }
}
