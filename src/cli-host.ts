import type { Environment } from './config-environment.ts'
import type { CommandOutput, TextOutput } from './process/output.ts'
import type { StopSignals } from './process/stop-signals.ts'

/** The environment of a command: the process, or a test's replacement for it. */
export interface CliHost {
  readonly env: Environment
  readonly stdout: CommandOutput
  readonly stderr: TextOutput
  /** The arguments of the server in this container; empty outside a container. */
  readonly serverArguments: readonly string[]
  readonly signals: Pick<StopSignals, 'received' | 'isReceived' | 'release' | 'inputEnd'>
}

/**
 * The exit code of a command: 0 success, 1 runtime failure, 2 usage error, 3 bad fixtures, 4 a recording with
 * drift.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4

export const OK = 0
export const FAILED = 1
export const USAGE = 2
export const BAD_FIXTURES = 3
export const DRIFT = 4

/** What a command gets besides its arguments. */
export interface CommandParts {
  readonly host: CliHost
  /** Takes the exit code; without a call, the command was successful. */
  readonly exit: (code: ExitCode) => void
}
