import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { startRealTimer } from '../clock/time-source.ts'
import type { ControlContext } from '../control/control-context.ts'
import { buildServer, type ServerSettings } from './build-server.ts'
import { type ListenAddress, listen } from './listen.ts'

/** The settings of a server, and the address on which it listens. */
export interface ServerOptions extends ServerSettings, ListenAddress {}

/** A server that listens. */
export interface RunningServer {
  /** The address on which it listens, such as `http://localhost:9191`. */
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
  const listening = await listen(app, { host: options.host, port: options.port })
  const stop = async (): Promise<void> => {
    const cut = () => app.server.closeAllConnections()
    // If the server is unreferenced, only this timer keeps the process alive until it has stopped.
    const cancel = startRealTimer(STOP_DEADLINE_MS, cut, { keepsAlive: true })
    await Promise.all([listening.close(), app.close()])
    cancel()
  }
  const unref = (): void => {
    listening.unref()
    app.server.unref()
    app.server.on('connection', (socket: Socket) => socket.unref())
  }
  return { url: listening.url, log: app.log, stop, unref }
}
