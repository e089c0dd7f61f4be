import { Command } from 'commander'
import { commandFirst } from './cli-arguments.ts'
import { addOptions, readFlags } from './cli-options.ts'
import { optionKind } from './config-any-option.ts'
import { RECORD_OPTION_NAMES } from './config-record-options.ts'
import type { Flags } from './config-sources.ts'

/**
 * Adds the flags of the container's server, or proxy, to `health` without flags: a health check inherits the
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
  if (first === 'record') return withoutRecordFlags(others)
  return first === 'start' ? others : serverArguments
}

/** Without the flags that only `record` has: its health is that of the database behind it. */
function withoutRecordFlags(flags: readonly string[]): readonly string[] {
  const kept: string[] = []
  for (let place = 0; place < flags.length; place += 1) {
    const word = String(flags[place])
    const name = RECORD_OPTION_NAMES.find((option) => `--${option}` === word.replace(/=.*/s, ''))
    if (name === undefined) kept.push(word)
    else if (optionKind(name) !== 'switch' && !word.includes('=')) place += 1
  }
  return kept
}
