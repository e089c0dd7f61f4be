import { randomUUID } from 'node:crypto'
import { Catalogue } from './avro/catalogue.ts'
import { RealTime, type TimeSource } from './clock/time-source.ts'
import type { ControlContext, ReloadLog } from './control-parts/control-context.ts'
import { countText } from './documents/count-text.ts'
import { type ReadFiles, watchFiles } from './fixture-files/watch-files.ts'
import { type FixtureProblem, formatProblem } from './fixture-format/fixture-problem.ts'
import { compareFixtures } from './fixtures/compare-fixtures.ts'
import { FixtureError, type LoadedFixtures, loadFixtures } from './fixtures/load-fixtures.ts'
import { type AnySource, isPath } from './fixtures/parse-sources.ts'
import { OWN_ENDPOINTS } from './gpudb/own-endpoints.ts'
import { type RunningServer, type ServerOptions, startServer } from './http/start-server.ts'
import { noticeLog } from './http-parts/logging.ts'
import { Redaction } from './patterns/redaction.ts'
import { type ContentError, isContentError } from './scope/content-error.ts'
import { namesGone } from './scope/former-names.ts'
import { clusterNames } from './scope/ring.ts'
import { type Budgets, ScopeBudgets } from './scope/scope-budgets.ts'
import { ScopeFactory, type ScopeSettings } from './scope/scope-factory.ts'
import { ScopeTable } from './scope/scope-table.ts'

/** The settings for all scopes of a mock. */
export interface MockSettings extends Omit<ScopeSettings, 'redaction'> {
  /** The maximum number of scopes. */
  readonly maxScopes: number
  readonly budgets: Budgets
  /** The maximum size of a request body in bytes. */
  readonly bodyLimit: number
  /** Names of secrets besides the usual ones, see Redaction. */
  readonly redact: readonly string[]
}

/** The settings of a mock and its fixtures. */
export interface MockOptions extends MockSettings {
  /** Files, folders, documents and texts, in the order in which they are read. */
  readonly fixtures: readonly AnySource[]
}

/** The settings, catalogue, fixtures and time source of a mock. */
export interface MockParts extends MockOptions {
  readonly catalogue: Catalogue
  /** The content of the fixtures, with which every new scope starts. */
  readonly loaded: LoadedFixtures
  /** The time source of the clocks of all scopes. */
  readonly time: TimeSource
}

/** A mock without a server: the catalogue, the scopes, and the fixtures with which they start. */
export class Mock implements ControlContext {
  readonly catalogue: Catalogue
  readonly ownEndpoints = OWN_ENDPOINTS
  readonly instance = randomUUID()
  readonly defaultDurationMs: number
  readonly scopes: ScopeTable
  readonly budgets: ScopeBudgets
  readonly bodyLimit: number
  readonly redaction: Redaction
  readonly #fixtures: readonly AnySource[]
  /** The clusters of scopes whose fixtures have no ring. */
  readonly #clusters: readonly string[]
  readonly #factory: ScopeFactory
  #loaded: LoadedFixtures
  /** The files of the start, or of the last reload, whether it succeeded or not. */
  #lastRead: ReadFiles

  constructor(parts: MockParts) {
    this.catalogue = parts.catalogue
    this.defaultDurationMs = parts.defaultDurationMs
    this.bodyLimit = parts.bodyLimit
    this.redaction = new Redaction(parts.redact)
    this.#fixtures = parts.fixtures
    this.#clusters = clusterNames(parts.ring)
    this.budgets = new ScopeBudgets(parts.budgets)
    this.#loaded = parts.loaded
    this.#lastRead = this.#filesOf(parts.loaded)
    const { loaded: seeds, time } = parts
    const settings = { ...parts, redaction: this.redaction }
    this.#factory = new ScopeFactory(settings, { seeds, time, budgets: this.budgets })
    const create = this.#factory.create.bind(this.#factory)
    this.scopes = new ScopeTable({ create, maxScopes: parts.maxScopes })
  }

  get loaded(): LoadedFixtures {
    return this.#loaded
  }

  /**
   * Reloads the fixtures. In every scope, the rules and faults of files are replaced, jobs with a new
   * id or tag and tables with a new name are created; existing jobs and tables, and rules and faults
   * added by tests, are unchanged. A folder that was missing at the last load may still be missing.
   * Logs what changed.
   *
   * @throws FixtureError if a file is invalid or missing, JobError, RuleError, TableError or
   *   ScopeError if the content exceeds a limit of a scope, or the ring would change although clients
   *   have called. After an error, all scopes are unchanged.
   */
  reload(log?: ReloadLog): void {
    const loaded = loadFixtures(this.#fixtures, {
      catalogue: this.catalogue,
      ownEndpoints: this.ownEndpoints,
      defaultDurationMs: this.defaultDurationMs,
      clusters: this.#clusters,
    })
    this.#lastRead = this.#filesOf(loaded)
    const problems = [...this.#lostFolders(loaded), ...loaded.problems]
    if (problems.length > 0) throw new FixtureError(problems)
    const { summary, kept, after, lostRules } = compareFixtures(this.#loaded, loaded)
    const gone = namesGone(this.#loaded, after)
    const changes = this.scopes.list().map((scope) => {
      return scope.prepareFixtures({ ...after, kept, gone })
    })
    const jobs = changes.flatMap(({ missing }) => missing)
    this.budgets.jobs.makeRoom(this.budgets.jobs.bytesFor(jobs))
    this.#factory.replaceSeeds(after)
    for (const { apply } of changes) apply()
    this.#loaded = after
    log?.info(`reloaded the fixtures: ${summary}`)
    if (lostRules) log?.warn('the fixtures have no rules any more: all were removed')
  }

  /** Reloads the fixtures when a file changes, and logs the result. Returns a function to stop. */
  watch(log: ReloadLog): () => void {
    return watchFiles({ lastRead: () => this.#lastRead, changed: () => this.reloadTo(log) })
  }

  /** Reloads the fixtures and logs the result. Invalid fixtures are logged and change nothing. */
  reloadTo(log: ReloadLog): void {
    try {
      this.reload(log)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const problems = error instanceof FixtureError ? error.problems : []
      const reason = problems.length === 0 ? error.message : countText(problems.length, 'problem')
      log.error(`Cannot reload the fixtures: ${reason}`)
      for (const problem of problems) log.error(formatProblem(problem))
    }
  }

  #filesOf({ rowsFiles, stamp }: LoadedFixtures): ReadFiles {
    const paths = this.#fixtures.filter(isPath)
    return { paths: [...paths, ...rowsFiles], stamp }
  }

  /** While a folder is being replaced, it is missing for a moment: that must not remove its rules. */
  #lostFolders({ absent }: LoadedFixtures): FixtureProblem[] {
    const lost = absent.filter((folder) => !this.#loaded.absent.includes(folder))
    return lost.map((file) => ({ file, message: 'does not exist' }))
  }
}

/** Whether content is invalid, or exceeds a limit. */
function isRefusal(error: unknown): error is FixtureError | ContentError {
  return error instanceof FixtureError || isContentError(error)
}

/**
 * Loads the fixtures and creates the default scope.
 *
 * @throws FixtureError if a fixture is invalid.
 */
export function createMock(
  options: MockOptions,
  time: TimeSource,
): { readonly mock: Mock; readonly loaded: LoadedFixtures } {
  const catalogue = new Catalogue()
  const { defaultDurationMs, ring } = options
  const loaded = loadFixtures(options.fixtures, {
    catalogue,
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs,
    clusters: clusterNames(ring),
  })
  if (loaded.problems.length > 0) throw new FixtureError(loaded.problems)
  return { mock: new Mock({ ...options, catalogue, loaded, time }), loaded }
}

/** A mock and its server. */
export interface RunningMock extends Pick<RunningServer, 'url' | 'controlUrl' | 'stop' | 'unref'> {
  readonly mock: Mock
  readonly loaded: LoadedFixtures
}

/**
 * Creates a mock, starts its server, and reloads fixtures when they change if `watch` is true.
 *
 * @throws FixtureError if a fixture is invalid, and Node's error if the server cannot listen.
 */
export async function startMock(
  options: MockOptions & ServerOptions & { readonly watch: boolean },
): Promise<RunningMock> {
  const { mock, loaded } = createMock(options, new RealTime())
  const server = await startServer(mock, options)
  const unwatch = options.watch ? mock.watch(noticeLog(server.log)) : () => undefined
  const stop = async (): Promise<void> => {
    unwatch()
    await server.stop()
  }
  const { url, controlUrl } = server
  const urls = controlUrl === undefined ? { url } : { url, controlUrl }
  return { ...urls, mock, loaded, stop, unref: server.unref }
}
