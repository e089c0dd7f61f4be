import { Command, CommanderError, Option } from 'commander'
import { Catalogue } from './avro/catalogue.ts'
import { CommandLineError, commandFirst } from './cli-arguments.ts'
import { addOptions, readFlags } from './cli-options.ts'
import { RealTime, startRealTimer } from './clock/time-source.ts'
import { type Config, ConfigError, type Flags, readConfig } from './config.ts'
import { type Environment, readVariable, unknownVariables } from './config-environment.ts'
import { readAccess, readConfigFile, readTls } from './config-files.ts'
import { toPrintable, toPrintableLines } from './documents/printable-text.ts'
import { describeFixtures, listContent } from './fixtures/describe-fixtures.ts'
import { renderFixtureSchema } from './fixtures/fixture-format.ts'
import { type FixtureProblem, formatProblem } from './fixtures/fixture-problem.ts'
import { FixtureError, loadFixtures } from './fixtures/load-fixtures.ts'
import { OWN_ENDPOINTS } from './gpudb/own-endpoints.ts'
import { checkHealth } from './http/check-health.ts'
import { describeControl } from './http/control-routes.ts'
import { noticeLine } from './http/logging.ts'
import { packageVersion } from './http/package-version.ts'
import { JobError } from './jobs/job-error.ts'
import { FIRST_CLUSTER } from './jobs/placement.ts'
import { createMock, type RunningMock, startMock } from './mock.ts'
import { LogQueue, MAX_QUEUED_LOG } from './process/log-queue.ts'
import type { TextOutput } from './process/output.ts'
import type { StopSignals } from './process/stop-signals.ts'
import { RuleError } from './rules/rule-error.ts'
import { ScopeError } from './scope/scope-error.ts'
import { TableError } from './tables/table-error.ts'

/** The environment of a command: the process, or a test's replacement for it. */
export interface CliHost {
  readonly env: Environment
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  /** The arguments of the server in this container; empty outside a container. */
  readonly serverArguments: readonly string[]
  readonly signals: Pick<StopSignals, 'received' | 'isReceived' | 'release'>
}

/** The exit code of a command: 0 success, 1 runtime failure, 2 usage error, 3 bad fixtures. */
export type ExitCode = 0 | 1 | 2 | 3

const OK = 0
const FAILED = 1
const USAGE = 2
const BAD_FIXTURES = 3

/** How long a process that was asked to stop waits for the readers of its output, in ms. */
const FLUSH_MS = 100

/**
 * Runs one command line, and waits until its output is read. Never throws: errors are reported on
 * stderr and by the exit code.
 */
export async function main(argv: readonly string[], host: CliHost): Promise<ExitCode> {
  const code = await run(argv, host)
  const flushed = Promise.all([host.stdout.flush(), host.stderr.flush()])
  const [lost] = await Promise.race([flushed, stopDeadline(host)])
  if (code !== OK || lost === undefined) return code
  // A server goes on without readers, and a reader that leaves has read what it wanted.
  if (host.signals.isReceived || Object(lost).code === 'EPIPE') return code
  host.stderr.write(`Cannot write to stdout: ${lost.message}\n`)
  await host.stderr.flush()
  return FAILED
}

/** Resolves soon after a signal to stop. */
async function stopDeadline({ signals }: CliHost): Promise<[]> {
  await signals.received
  await new Promise<void>((resolve) => {
    startRealTimer(FLUSH_MS, resolve, { keepsAlive: true })
  })
  return []
}

async function run(argv: readonly string[], host: CliHost): Promise<ExitCode> {
  let code: ExitCode = OK
  const program = describeProgram(host)
  const act = (action: (flags: Flags, host: CliHost) => Promise<ExitCode>) => {
    return async (_options: unknown, command: Command) => {
      code = await action(readFlags(command), host)
    }
  }
  addOptions(program.command('start', { isDefault: true }))
    .description('start the server')
    .action(act(start))
  addOptions(program.command('health'))
    .description('check whether the server with these options answers')
    .action(act(health))
  addValidate(program).action((paths: string[], { format }: { format: 'text' | 'json' }) => {
    code = validate(paths, { format, host })
  })
  addPrinters(program, host)
  try {
    await program.parseAsync(withServerArguments(commandFirst(argv), host), { from: 'user' })
    return code
  } catch (error) {
    return report(error, host)
  }
}

function addValidate(program: Command): Command {
  return program
    .command('validate')
    .description('check fixture files without starting a server')
    .argument('<paths...>', 'fixture files or folders of fixture files')
    .addOption(
      new Option('--format <format>', 'the output format')
        .choices(['text', 'json'])
        .default('text'),
    )
}

function addPrinters(program: Command, { stdout }: CliHost): void {
  program
    .command('schema')
    .description('print the JSON Schema of fixture files')
    .action(() => stdout.write(renderFixtureSchema(new Catalogue().endpoints)))
  program
    .command('openapi')
    .description('print the OpenAPI 3.1 document of the control API')
    .action(async () => stdout.write(await openapi()))
  program
    .command('version')
    .description('print the version')
    .action(() => stdout.write(`${packageVersion()}\n`))
}

/**
 * Adds the flags of the container's server to `health` without flags: a health check inherits the
 * environment of the container, but not the flags of its server.
 */
function withServerArguments(
  argv: readonly string[],
  { serverArguments }: CliHost,
): readonly string[] {
  const [command, ...flags] = argv
  if (command !== 'health' || flags.length > 0) return argv
  const [first, ...others] = commandFirst(serverArguments)
  return ['health', ...(first === 'start' ? others : serverArguments)]
}

async function start(flags: Flags, host: CliHost): Promise<ExitCode> {
  const { tls, logging, accessFiles, defaultFixtures, ...config } = configure(flags, host)
  const notice = (message: string) => noticeLine(logging.format, message)
  for (const warning of unknownVariables(host.env)) host.stderr.write(notice(warning))
  const log = new LogQueue(host.stderr, { maxQueued: MAX_QUEUED_LOG, notice })
  const starting = startMock({
    ...config,
    access: readAccess({ access: config.access, accessFiles }),
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    logging: { ...logging, write: (line) => log.write(line) },
  })
  const mock = await untilSignal(starting, host)
  if (mock === undefined) return OK
  const { line, warnings } = describeFixtures(mock.loaded, defaultFixtures)
  host.stderr.write(noticeLine(logging.format, line, { level: 'info' }))
  for (const warning of warnings) host.stderr.write(notice(warning))
  const apart = mock.controlUrl === undefined ? '' : `control API on ${mock.controlUrl}\n`
  host.stdout.write(`${apart}listening on ${mock.url}\n`)
  await host.signals.received
  await mock.stop()
  return OK
}

/** The started mock; undefined if a signal is received before it listens: it then stops at once. */
async function untilSignal(
  starting: Promise<RunningMock>,
  { signals }: CliHost,
): Promise<RunningMock | undefined> {
  const mock = await Promise.race([starting, signals.received])
  if (mock !== undefined) return mock
  void starting.then(
    ({ stop }) => stop(),
    () => undefined,
  )
  return undefined
}

async function health(flags: Flags, host: CliHost): Promise<ExitCode> {
  const answer = await checkHealth(configure(flags, host))
  const stream = answer.healthy ? host.stdout : host.stderr
  stream.write(`${toPrintable(answer.message)}\n`)
  return answer.healthy ? OK : FAILED
}

async function openapi(): Promise<string> {
  const { mock } = createMock(
    { ...readConfig({ flags: {}, env: {} }), fixtures: [] },
    new RealTime(),
  )
  const document = await describeControl({ context: mock, version: packageVersion() })
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Checks fixtures as `start` does. Problems go to stderr as text, or to stdout as JSON. */
function validate(
  paths: readonly string[],
  { format, host }: { readonly format: 'text' | 'json'; readonly host: CliHost },
): ExitCode {
  const { problems, absent, ...content } = loadFixtures(paths, {
    catalogue: new Catalogue(),
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 0,
    clusters: [FIRST_CLUSTER],
  })
  const missing = absent.map((file) => ({ file, message: 'this cannot be read: ENOENT' }))
  const all = [...missing, ...problems]
  if (format === 'json') host.stdout.write(`${JSON.stringify({ problems: all }, null, 2)}\n`)
  else writeProblems(all, host)
  if (all.length > 0) return BAD_FIXTURES
  if (format === 'text') host.stdout.write(`ok: ${listContent(content).join(', ')}\n`)
  return OK
}

function writeProblems(problems: readonly FixtureProblem[], { stderr }: CliHost): void {
  stderr.write(problems.map((problem) => `${formatProblem(problem)}\n`).join(''))
}

function configure(flags: Flags, { env }: CliHost): Config {
  const name = flags['config'] ?? readVariable(env, 'config')
  if (name === '') throw new ConfigError(['--config: expected the path of a file, got ""'])
  if (typeof name !== 'string') return readConfig({ flags, env })
  return readConfig({ flags, env, file: readConfigFile(name) })
}

function report(error: unknown, host: CliHost): ExitCode {
  const { stderr } = host
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE
  if (error instanceof CommandLineError) {
    stderr.write(`${toPrintableLines(error.message)}\n`)
    return USAGE
  }
  if (error instanceof ConfigError) {
    stderr.write(error.problems.map((problem) => `${toPrintable(problem)}\n`).join(''))
    return USAGE
  }
  if (error instanceof FixtureError) {
    writeProblems(error.problems, host)
    return BAD_FIXTURES
  }
  stderr.write(`${toPrintable(describeFailure(error))}\n`)
  // The fixtures have more jobs or rules than the options allow.
  const isContent = [JobError, RuleError, ScopeError, TableError].some(
    (kind) => error instanceof kind,
  )
  return isContent ? BAD_FIXTURES : FAILED
}

/** The option that helps against an error of Node when a server starts to listen. */
const LISTEN_OPTIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: '--port',
  EACCES: '--port',
  EADDRNOTAVAIL: '--host',
  ENOTFOUND: '--host',
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const option = 'code' in error ? LISTEN_OPTIONS[String(error.code)] : undefined
  return option === undefined ? error.message : `Cannot start: ${error.message}, change ${option}`
}

function describeProgram({ stdout, stderr, signals }: CliHost): Command {
  return new Command('mock-gpudb')
    .description('A test double of GPUdb (the Kinetica database) for asynchronous jobs.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .hook('preAction', (_program, command) => {
      // Only the server stops by itself; a signal ends other commands at once.
      if (command.name() !== 'start') signals.release()
    })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(toPrintableLines(text)),
    })
}
