import { Type } from '@sinclair/typebox'
import { type Config, checkOptions } from './config.ts'
import { readAccess, readTls } from './config-files.ts'
import { type ConfigOptions, OPTION_NAMES, type OptionName } from './config-options.ts'
import { ConfigError, type Given } from './config-sources.ts'
import { readClusterName } from './control/cluster-control.ts'
import { ScopeControl, type ScopeDocument, toScopeDocument } from './control/scope-control.ts'
import { checkInput } from './control-parts/check-input.ts'
import { didYouMean } from './documents/did-you-mean.ts'
import type { FixtureSource } from './fixtures/parse-sources.ts'
import { clusterUrls, pathOf } from './gpudb/cluster-urls.ts'
import { type LogFormat, type Logging, noticeLine } from './http-parts/logging.ts'
import { type RunningMock, startMock } from './mock.ts'
import { LogQueue, MAX_QUEUED_LOG } from './process/log-queue.ts'
import { Output } from './process/output.ts'
import type { Scope } from './scope/scope.ts'
import { DEFAULT_SCOPE } from './scope/scope-name.ts'
import type { ScopeTable } from './scope/scope-table.ts'

/** A kebab-case name in camelCase: `default-duration` becomes `defaultDuration`. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** The options that are about the process of the command. */
const COMMAND_OPTIONS = ['stop-with-stdin'] as const satisfies readonly OptionName[]
type CommandOption = (typeof COMMAND_OPTIONS)[number]

/** The options of the command line in camelCase, such as `defaultDuration`. */
type CamelCaseOptions = {
  readonly [Name in Exclude<OptionName, CommandOption> as CamelCase<Name>]?: ConfigOptions[Name]
}

/**
 * The options of the command line, with their defaults, except `host` (127.0.0.1), `port` (0, which
 * picks a free one) and `fixtures` (none).
 */
export interface MockGpudbOptions extends Omit<CamelCaseOptions, 'fixtures'> {
  /** Paths of files and folders, and documents, in this order. */
  readonly fixtures?: readonly FixtureSource[]
  /**
   * Whether the server keeps the process alive, as `server.ref()` of Node does. By default it does
   * not: a test that forgets `close()` still ends.
   */
  readonly ref?: boolean
}

/** The input of methods that take the name of a scope. */
const Named = Type.Object({ name: Type.String({ expected: 'the name of a scope' }) })

/**
 * One scope of a mock in this process: the URL for clients, and the methods of the control API. They
 * throw ScopeError once the scope is removed or evicted, also if another one has its name then, and
 * once the mock is closed.
 */
export class MockScope extends ScopeControl {
  /** The URL for clients, such as `http://127.0.0.1:41234/~suite-a`. */
  readonly url: string
  readonly #find: () => Scope

  constructor(name: string, { url, mock }: Pick<RunningMock, 'url' | 'mock'>) {
    const find = mock.scopes.finderOf(name)
    super({ name, find, assertUsable: find }, mock)
    this.url = `${url}${pathOf(name, undefined)}`
    this.#find = find
  }

  /**
   * The URL of a cluster for clients, the same as that in the properties that they read at `url`.
   * Clusters without a host name have different names of this machine.
   *
   * @throws ScopeError if there is no cluster of this name.
   */
  clusterUrl(name: string): string {
    const scope = this.#find()
    const { clusters, first } = scope.ring
    const cluster = scope.ring.get(readClusterName(name))
    const { origin } = new URL(this.url)
    const urls = clusterUrls({ scope, client: { origin }, entry: { cluster: first.name } })
    return String(urls[clusters.indexOf(cluster)])
  }
}

/**
 * A mock in this process. Its methods act on the default scope, at the root path; `scope()` returns
 * others. `await using` closes it. Once it is closed, its methods throw ScopeError with the code
 * MOCK_CLOSED.
 */
export class MockGpudb extends MockScope implements AsyncDisposable {
  readonly #running: RunningMock

  constructor(running: RunningMock) {
    super(DEFAULT_SCOPE, running)
    this.#running = running
  }

  /** Returns a scope and creates it if it is missing. Throws ScopeError if the name is invalid. */
  scope(name: string): MockScope {
    const scopes = this.#scopes
    const checked = readName(name, 'open the scope')
    scopes.open(checked)
    return new MockScope(checked, this.#running)
  }

  /** Lists all scopes, the default one first. */
  scopes(): ScopeDocument[] {
    return this.#scopes.list().map(toScopeDocument)
  }

  /** Removes a scope. Throws ScopeError if it is missing or is the default scope. */
  removeScope(name: string): void {
    this.#scopes.remove(readName(name, 'remove the scope'))
  }

  /** Reloads the fixtures in all scopes. Throws FixtureError if one is invalid or missing. */
  reload(): void {
    this.#running.mock.scopes.assertRuns()
    this.#running.mock.reload()
  }

  /** Stops the mock; waits for the requests in flight, for a second at most. */
  close(): Promise<void> {
    return this.#running.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #scopes(): ScopeTable {
    const { scopes } = this.#running.mock
    scopes.assertRuns()
    return scopes
  }
}

function readName(name: string, action: string): string {
  return checkInput(Named, { name }, { action }).name
}

/**
 * Starts a mock in this process. Environment variables are ignored.
 *
 * @throws ConfigError if an option is invalid, FixtureError if a fixture is, and Node's error if
 *   the server cannot listen.
 */
export async function startMockGpudb(options: MockGpudbOptions = {}): Promise<MockGpudb> {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError(['expected an object with options'])
  }
  const { fixtures = [], ref = false, ...others } = options
  if (typeof ref !== 'boolean') throw new ConfigError([`ref: expected true or false`])
  if (!Array.isArray(fixtures)) {
    throw new ConfigError(['fixtures: expected a list of paths and documents'])
  }
  const config = readOptions(others)
  const { tls, logging, accessFiles, defaultFixtures: _, inlineFixtures, ...settings } = config
  const running = await startMock({
    ...settings,
    fixtures: [...fixtures, ...inlineFixtures],
    access: readAccess({ access: config.access, accessFiles }),
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    logging: { ...logging, ...openLog(logging.format) },
  })
  if (!ref) running.unref()
  return new MockGpudb(running)
}

function readOptions(options: Omit<MockGpudbOptions, 'fixtures' | 'ref'>): Config {
  const given = new Map<OptionName, Given>([
    ['host', { value: '127.0.0.1', origin: 'host' }],
    ['port', { value: 0, origin: 'port' }],
  ])
  const problems: string[] = []
  for (const [origin, value] of Object.entries(options)) {
    const name = OPTIONS_BY_NAME.get(origin)
    if (name === undefined) problems.push(`${origin}: unknown option${suggest(origin)}`)
    else if (value !== undefined) given.set(name, { value, origin })
  }
  return checkOptions(given, problems)
}

/** The names of options by their names in camelCase. */
const OPTIONS_BY_NAME = new Map(
  OPTION_NAMES.filter((name) => !COMMAND_OPTIONS.some((option) => option === name)).map((name) => [
    toCamelCase(name),
    name,
  ]),
)

function suggest(name: string): string {
  return didYouMean(name, [...OPTIONS_BY_NAME.keys(), 'ref'])
}

function toCamelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

let stderr: Output | undefined

/** The stderr of the process of the test: one for all mocks, since each adds listeners. */
function openStderr(): Output {
  const output = new Output(process.stderr)
  process.on('exit', () => output.writeCollected())
  return output
}

/** The log of a mock, on the stderr of the process of the test. */
function openLog(format: LogFormat): Pick<Logging, 'write' | 'dropped'> {
  stderr ??= openStderr()
  const notice = (message: string) => noticeLine(format, message)
  const log = new LogQueue(stderr, { maxQueued: MAX_QUEUED_LOG, notice })
  return { write: (line) => log.write(line), dropped: () => log.dropped }
}
