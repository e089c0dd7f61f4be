import { Command } from 'commander'
import { commandFirst } from './cli-arguments.ts'
import { addOptions, readFlags } from './cli-options.ts'
import type { Flags } from './config.ts'

/**
 * Adds the flags of the container's server to `health` without flags: a health check inherits the
 * environment of the container, but not the flags of its server.
 */
export function withServerArguments(
  argv: readonly string[],
  serverArguments: readonly string[],
): readonly string[] {
  const [command, ...flags] = argv
  if (command !== 'health' || flags.length > 0) return argv
  return ['health', ...withoutCommand(serverArguments)]
}

/** The flags of the container's server. */
export function readServerFlags(serverArguments: readonly string[]): Flags {
  const command = addOptions(new Command('start')).exitOverride()
  command.parse(withoutCommand(serverArguments), { from: 'user' })
  return readFlags(command)
}

function withoutCommand(serverArguments: readonly string[]): readonly string[] {
  const [first, ...others] = commandFirst(serverArguments)
  return first === 'start' ? others : serverArguments
}
