import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { startRealTimer } from '../clock/time-source.ts'
import type { ControlContext } from '../control/control-context.ts'
import { buildServer, type ServerSettings } from './build-server.ts'

/** The settings of a server, and the address on which it listens. */
export interface ServerOptions extends ServerSettings {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
}

/** A server that listens. */
export interface RunningServer {
  /** The address on which it listens, such as `http://0.0.0.0:9191`. */
  readonly url: string
  readonly log: FastifyBaseLogger
  /** Stops listening and waits for the requests in flight, for a second at most. */
  stop(): Promise<void>
  /** Lets the process exit: neither the server nor its connections keep it alive. */
  unref(): void
}

/** The time limit for requests in flight when the server stops, in ms. */
const STOP_DEADLINE_MS = 800

/** Starts the server of a mock. Throws Node's error if it cannot listen. */
export async function startServer(
  control: ControlContext,
  options: ServerOptions,
): Promise<RunningServer> {
  const app = await buildServer({ ...options, control })
  const url = new URL(await app.listen({ host: options.host, port: options.port }))
  // Fastify returns an address of the machine if the host is 0.0.0.0; users expect the host.
  url.hostname = options.host.includes(':') ? `[${options.host}]` : options.host
  const stop = async (): Promise<void> => {
    const cut = () => app.server.closeAllConnections()
    // If the server is unreferenced, only this timer keeps the process alive until it has stopped.
    const cancel = startRealTimer(STOP_DEADLINE_MS, cut, { keepsAlive: true })
    await app.close()
    cancel()
  }
  const unref = (): void => {
    app.server.unref()
    app.server.on('connection', (socket: Socket) => socket.unref())
  }
  return { url: url.origin, log: app.log, stop, unref }
}
