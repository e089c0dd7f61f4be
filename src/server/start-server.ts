import { startRealTimer } from '../clock/real-timer.ts'
import type { ControlContext } from '../control/control-context.ts'
import { watchFiles } from '../fixtures/watch-files.ts'
import { buildServer, type ServerParts } from './build-server.ts'
import { type ControlOptions, createControl } from './create-control.ts'

/** What a server is started with. */
export interface ServerOptions extends Omit<ServerParts, 'control'>, ControlOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** Whether to read the fixtures again when a file changes. */
  readonly watch: boolean
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://0.0.0.0:9191`. */
  readonly url: string
  /** What a test can do with it, in the same process. */
  readonly control: ControlContext
  /** The folders among the fixtures that are not there. */
  readonly absentFixtures: readonly string[]
  /** Stops listening and answers what is in flight, for a second at most. */
  stop(): Promise<void>
}

/** How long requests in flight may take once the server stops, in ms. */
const STOP_DEADLINE_MS = 800

/**
 * Loads the fixtures and then listens.
 *
 * @throws FixtureError where a fixture is wrong, and Node's error where it cannot listen.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { control, absentFixtures, reloadTo } = createControl(options)
  const app = await buildServer({ ...options, control })
  const url = new URL(await app.listen({ host: options.host, port: options.port }))
  // Fastify names an address of the machine where the host is 0.0.0.0; a reader expects the host.
  url.hostname = options.host.includes(':') ? `[${options.host}]` : options.host
  const watched = options.fixtures.filter((source) => typeof source === 'string')
  const unwatch = options.watch ? watchFiles(watched, () => reloadTo(app.log)) : () => undefined
  const stop = async (): Promise<void> => {
    unwatch()
    const cancel = startRealTimer(STOP_DEADLINE_MS, () => app.server.closeAllConnections())
    await app.close()
    cancel()
  }
  return { url: url.origin, control, absentFixtures, stop }
}
