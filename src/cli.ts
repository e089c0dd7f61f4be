import { Command, CommanderError } from 'commander'
import { CommandLineError, commandFirst } from './cli-arguments.ts'
import { addCommands } from './cli-commands.ts'
import { BAD_FIXTURES, type CliHost, type ExitCode, FAILED, OK, USAGE } from './cli-host.ts'
import { withServerArguments } from './cli-server-arguments.ts'
import { isLasting } from './cli-terminal.ts'
import { writeProblems } from './cli-validate.ts'
import { startRealTimer } from './clock/time-source.ts'
import { ConfigError } from './config-sources.ts'
import { fieldOf } from './documents/field-of.ts'
import { toPrintable, toPrintableLines } from './documents/printable-text.ts'
import { FixtureError } from './fixtures/load-fixtures.ts'
import { packageVersion } from './http/package-version.ts'
import { isContentError } from './scope/content-error.ts'
import { AddressError } from './terminal/control-address.ts'

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
  if (host.signals.isReceived || fieldOf(lost, 'code') === 'EPIPE') return code
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
  addCommands(program, {
    host,
    exit: (given) => {
      code = given
    },
  })
  try {
    const whole = withServerArguments(commandFirst(argv), host.serverArguments)
    await program.parseAsync(whole, { from: 'user' })
    return code
  } catch (error) {
    return report(error, host)
  }
}

function report(error: unknown, host: CliHost): ExitCode {
  const { stderr } = host
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE
  if (error instanceof CommandLineError || error instanceof AddressError) {
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
  return isContentError(error) ? BAD_FIXTURES : FAILED
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
  const option = LISTEN_OPTIONS[String(fieldOf(error, 'code'))]
  return option === undefined ? error.message : `Cannot start: ${error.message}, change ${option}`
}

function describeProgram({ stdout, stderr, signals }: CliHost): Command {
  return new Command('mock-gpudb')
    .description('A test double of GPUdb (the Kinetica database) for asynchronous jobs.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .hook('preAction', (_program, command) => {
      // What runs until a signal comes stops by itself; the signal ends other commands at once.
      const isEndedBySignal = command.name() === 'start' || command.name() === 'record'
      if (!isEndedBySignal && !isLasting(command)) signals.release()
    })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(toPrintableLines(text)),
    })
}
