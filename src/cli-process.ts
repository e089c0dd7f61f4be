import { main } from './cli.ts'
import type { CliHost, ExitCode } from './cli-host.ts'
import { readServerArguments } from './config-files.ts'
import { Output, type OutputStream } from './process/output.ts'

/** A process, as far as the command line uses it. */
export interface CliProcess extends Pick<NodeJS.Process, 'argv' | 'env'> {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  on(event: 'exit', listener: () => void): unknown
}

/** Runs the command line of a process. Resolves with the exit code. */
export function runProcess(process: CliProcess, signals: CliHost['signals']): Promise<ExitCode> {
  const { argv, env } = process
  const stdout = new Output(process.stdout)
  const stderr = new Output(process.stderr)
  // Also after an uncaught error.
  process.on('exit', () => stderr.writeCollected())
  const serverArguments = readServerArguments()
  return main(argv.slice(2), { env, signals, stdout, stderr, serverArguments })
}
