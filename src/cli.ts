import { Command, CommanderError, Option } from 'commander'
import { Catalogue } from './avro/catalogue.ts'
import { RealTime } from './clock/time-source.ts'
import {
  type Config,
  ConfigError,
  type Environment,
  type Flags,
  readConfig,
  readConfigFile,
  readTls,
} from './config.ts'
import {
  ConfigOptions,
  describeDefault,
  environmentName,
  OPTION_NAMES,
  type OptionName,
} from './config-options.ts'
import { countText } from './documents/count-text.ts'
import { renderFixtureSchema } from './fixtures/fixture-format.ts'
import { type FixtureProblem, formatProblem } from './fixtures/fixture-problem.ts'
import { FixtureError, loadFixtures } from './fixtures/load-fixtures.ts'
import { OWN_ENDPOINTS } from './gpudb/own-endpoints.ts'
import { checkHealth } from './http/check-health.ts'
import { describeControl } from './http/control-routes.ts'
import { packageVersion } from './http/package-version.ts'
import { JobError } from './jobs/job-error.ts'
import { createMock, startMock } from './mock.ts'
import { RuleError } from './rules/rule-error.ts'

/** The environment of a command: the process, or a test's replacement for it. */
export interface CliHost {
  readonly env: Environment
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  /** The arguments of the server in this container; empty outside a container. */
  readonly serverArguments: readonly string[]
  /** Calls the listener when the process receives the signal. */
  once(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
}

/** The exit code of a command: 0 success, 1 runtime failure, 2 usage error, 3 bad fixtures. */
export type ExitCode = 0 | 1 | 2 | 3

const OK = 0
const FAILED = 1
const USAGE = 2
const BAD_FIXTURES = 3

/** Runs one command line. Never throws: errors are reported on stderr and by the exit code. */
export async function main(argv: readonly string[], host: CliHost): Promise<ExitCode> {
  let code: ExitCode = OK
  const program = describeProgram(host)
  const run = (action: (flags: Flags, host: CliHost) => Promise<ExitCode>) => {
    return async (_options: unknown, command: Command) => {
      code = await action(readFlags(command), host)
    }
  }
  addOptions(program.command('start', { isDefault: true }))
    .description('start the server')
    .action(run(start))
  addOptions(program.command('health'))
    .description('check whether the server with these options answers')
    .action(run(health))
  program
    .command('validate')
    .description('check fixture files without starting a server')
    .argument('<paths...>', 'fixture files or folders of fixture files')
    .addOption(
      new Option('--format <format>', 'the output format')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action((paths: string[], { format }: { format: 'text' | 'json' }) => {
      code = validate(paths, { format, host })
    })
  program
    .command('schema')
    .description('print the JSON Schema of fixture files')
    .action(() => void host.stdout.write(renderFixtureSchema()))
  program
    .command('openapi')
    .description('print the OpenAPI 3.1 document of the control API')
    .action(async () => void host.stdout.write(await openapi()))
  program
    .command('version')
    .description('print the version')
    .action(() => void host.stdout.write(`${packageVersion()}\n`))
  try {
    await program.parseAsync(withServerArguments(argv, host), { from: 'user' })
    return code
  } catch (error) {
    return report(error, host)
  }
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
  return ['health', ...serverArguments.filter((argument) => argument !== 'start')]
}

async function start(flags: Flags, host: CliHost): Promise<ExitCode> {
  const stopped = new Promise<void>((resolve) => {
    host.once('SIGTERM', resolve)
    host.once('SIGINT', resolve)
  })
  const { tls, logging, ...config } = configure(flags, host)
  const mock = await startMock({
    ...config,
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    logging: { ...logging, write: (line) => host.stderr.write(line) },
  })
  for (const folder of mock.loaded.absent) {
    host.stderr.write(`no fixtures from ${folder}: the folder does not exist\n`)
  }
  host.stdout.write(`listening on ${mock.url}\n`)
  await stopped
  await mock.stop()
  return OK
}

async function health(flags: Flags, host: CliHost): Promise<ExitCode> {
  const answer = await checkHealth(configure(flags, host))
  const stream = answer.healthy ? host.stdout : host.stderr
  stream.write(`${answer.message}\n`)
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
  const { seeds, rules, problems, absent } = loadFixtures(paths, {
    catalogue: new Catalogue(),
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 0,
  })
  const missing = absent.map((file) => ({ file, message: 'this cannot be read: ENOENT' }))
  const all = [...missing, ...problems]
  if (format === 'json') host.stdout.write(`${JSON.stringify({ problems: all }, null, 2)}\n`)
  else writeProblems(all, host)
  if (all.length > 0) return BAD_FIXTURES
  if (format === 'text')
    host.stdout.write(`ok: ${countText(seeds.length, 'job')}, ${countText(rules.length, 'rule')}\n`)
  return OK
}

function writeProblems(problems: readonly FixtureProblem[], { stderr }: CliHost): void {
  stderr.write(problems.map((problem) => `${formatProblem(problem)}\n`).join(''))
}

function configure(flags: Flags, { env }: CliHost): Config {
  const name = flags['config'] ?? env[environmentName('config')]
  if (typeof name !== 'string') return readConfig({ flags, env })
  return readConfig({ flags, env, file: readConfigFile(name) })
}

function report(error: unknown, host: CliHost): ExitCode {
  const { stderr } = host
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE
  if (error instanceof ConfigError) {
    stderr.write(error.problems.map((problem) => `${problem}\n`).join(''))
    return USAGE
  }
  if (error instanceof FixtureError) {
    writeProblems(error.problems, host)
    return BAD_FIXTURES
  }
  stderr.write(`${error instanceof Error ? error.message : error}\n`)
  // The fixtures have more jobs or rules than the options allow.
  return error instanceof JobError || error instanceof RuleError ? BAD_FIXTURES : FAILED
}

function describeProgram({ stdout, stderr }: CliHost): Command {
  return new Command('mock-gpudb')
    .description('A test double of GPUdb (the Kinetica database) for asynchronous jobs.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })
}

function addOptions(command: Command): Command {
  command.option('--config <file>', 'a file with options, in JSON with comments or YAML')
  for (const name of OPTION_NAMES) command.addOption(describeOption(name))
  return command
}

function describeOption(name: OptionName): Option {
  const schema = ConfigOptions.properties[name]
  const value = { array: ' <value...>', boolean: '' }[String(schema['type'])] ?? ' <value>'
  const fallback = describeDefault(name)
  const note = fallback === '' ? '' : `default: ${fallback}, `
  const help = `${schema.description} (${note}env: ${environmentName(name)})`
  return new Option(`--${name}${value}`, help)
}

/** The flags of the command line, keyed by option name. */
function readFlags(command: Command): Flags {
  const given = command.options.map((option) => [
    option.long?.slice('--'.length),
    command.getOptionValue(option.attributeName()),
  ])
  return Object.fromEntries(given)
}
