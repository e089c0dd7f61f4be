import { Catalogue } from '../avro/catalogue.ts'
import type { ClockSetting } from '../clock/clock.ts'
import { createClock } from '../clock/create-clock.ts'
import { RealClock } from '../clock/real-clock.ts'
import { startRealTimer } from '../clock/real-timer.ts'
import type { FixtureProblem } from '../fixtures/fixture-problem.ts'
import { type LoadedFixtures, loadFixtures } from '../fixtures/load-fixtures.ts'
import { watchFiles } from '../fixtures/watch-files.ts'
import type { JobLimits } from '../jobs/job-registry.ts'
import { Scope } from '../scope/scope.ts'
import { buildServer, type ServerParts } from './build-server.ts'
import { createUuids } from './create-uuids.ts'
import { reloadFixtures } from './reload-fixtures.ts'

/** What a server is started with. */
export interface ServerOptions extends Omit<ServerParts, 'scope' | 'catalogue'> {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** Files and folders, read in this order. */
  readonly fixtures: readonly string[]
  readonly clock: ClockSetting
  readonly pollAdvanceMs: number
  readonly defaultDurationMs: number
  readonly limits: JobLimits
  /** Whether a request that no rule matches is an error. */
  readonly strict: boolean
  /** Whether to read the fixtures again when a file changes. */
  readonly watch: boolean
  /** Makes tags, query ids and `{{uuid}}` the same in every run; absent: random. */
  readonly seed?: string
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://0.0.0.0:9191`. */
  readonly url: string
  readonly scope: Scope
  /** The folders among the fixtures that are not there. */
  readonly absentFixtures: readonly string[]
  /** Stops listening and answers what is in flight, for a second at most. */
  stop(): Promise<void>
}

/** How long requests in flight may take once the server stops, in ms. */
const STOP_DEADLINE_MS = 800

/** Fixtures that cannot be used. */
export class FixtureError extends Error {
  readonly code = 'BAD_FIXTURES'
  readonly problems: readonly FixtureProblem[]

  constructor(problems: readonly FixtureProblem[]) {
    super(`Cannot use the fixtures: ${problems.length} problems`)
    this.name = 'FixtureError'
    this.problems = problems
  }
}

/**
 * Loads the fixtures and then listens.
 *
 * @throws FixtureError where a fixture is wrong, and Node's error where it cannot listen.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const catalogue = new Catalogue()
  const loaded = loadFixtures(options.fixtures, { ...options, catalogue })
  if (loaded.problems.length > 0) throw new FixtureError(loaded.problems)
  const scope = createScope(options, loaded)
  const app = await buildServer({ ...options, scope, catalogue })
  const url = new URL(await app.listen({ host: options.host, port: options.port }))
  // Fastify names an address of the machine where the host is 0.0.0.0; a reader expects the host.
  url.hostname = options.host.includes(':') ? `[${options.host}]` : options.host
  const reload = () => reloadFixtures(scope, { ...options, catalogue, log: app.log })
  const unwatch = options.watch ? watchFiles(options.fixtures, reload) : () => undefined
  const stop = async (): Promise<void> => {
    unwatch()
    const cancel = startRealTimer(STOP_DEADLINE_MS, () => app.server.closeAllConnections())
    await app.close()
    cancel()
  }
  return { url: url.origin, scope, absentFixtures: loaded.absent, stop }
}

function createScope(options: ServerOptions, { seeds, rules }: LoadedFixtures): Scope {
  const { pollAdvanceMs } = options
  const clock = createClock(options.clock, { source: new RealClock(), pollAdvanceMs })
  return new Scope({ ...options, clock, newUuid: createUuids(options.seed), seeds, rules })
}
