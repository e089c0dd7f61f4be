import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { CallCounts } from '../calls/call-counts.ts'
import { RealTime, startRealTimer } from '../clock/time-source.ts'
import { InFlight } from '../connections/in-flight.ts'
import { type ListenAddress, listen } from '../connections/listen.ts'
import type { ControlContext } from '../control-parts/control-context.ts'
import { fieldOf } from '../documents/field-of.ts'
import { createLog, type Logging } from '../http-parts/logging.ts'
import { buildServer, type ServerSettings } from './build-server.ts'

/** The settings of a server, and the address on which it listens. */
export interface ServerOptions extends ServerSettings, ListenAddress {
  readonly logging: Logging
  /** Whether metrics tell scopes apart. */
  readonly metricsScopes: boolean
  /** The port of the control API; undefined: that of the endpoints. 0 picks a free one. */
  readonly controlPort?: number
  /** The maximum bytes of large bodies and answers in flight, over all connections. */
  readonly maxBodyBytes: number
}

/** A server that listens. */
export interface RunningServer {
  /** The address on which it listens, such as `http://localhost:9191`. */
  readonly url: string
  /** The address of the control API, if it has a port of its own. */
  readonly controlUrl?: string
  readonly log: FastifyBaseLogger
  /** Stops listening and waits for the requests in flight, for a second at most. */
  stop(): Promise<void>
  /** Lets the process exit: neither the server nor its connections keep it alive. */
  unref(): void
}

/** Starts the server of a mock. Throws Node's error if it cannot listen. */
export async function startServer(
  control: ControlContext,
  options: ServerOptions,
): Promise<RunningServer> {
  const { host, port, controlPort, maxBodyBytes, connections, metricsScopes } = options
  const sendTimeoutMs = connections.requestTimeoutMs
  const inFlight = new InFlight({ maxBytes: maxBodyBytes, sendTimeoutMs })
  const log = createLog(options.logging)
  const shared = {
    control,
    log,
    inFlight,
    realTime: new RealTime(),
    counts: new CallCounts({ catalogue: control.catalogue, byScope: metricsScopes }),
    droppedLines: options.logging.dropped ?? (() => 0),
  }
  const parts = { ...options, ...shared }
  const app = await buildServer({ ...parts, serves: controlPort === undefined ? 'both' : 'calls' })
  const main = await run(app, { host, port })
  if (controlPort === undefined) return { ...main, log }
  const clientPort = Number(fieldOf(app.server.address(), 'port'))
  try {
    const control = await buildServer({ ...parts, serves: 'control', clientPort })
    const apart = await run(control, { host, port: controlPort })
    return { ...together([main, apart]), url: main.url, controlUrl: apart.url, log }
  } catch (error) {
    await main.stop()
    throw error
  }
}

/** A server that listens on one port. */
type Running = Pick<RunningServer, 'url' | 'stop' | 'unref'>

/** The time limit for requests in flight when the server stops, in ms. */
const STOP_DEADLINE_MS = 800

async function run(app: FastifyInstance, address: ListenAddress): Promise<Running> {
  const listening = await listen(app, address)
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
  return { url: listening.url, stop, unref }
}

function together(listeners: readonly Running[]): Omit<Running, 'url'> {
  return {
    stop: async () => {
      await Promise.all(listeners.map(({ stop }) => stop()))
    },
    unref: () => {
      for (const { unref } of listeners) unref()
    },
  }
}
