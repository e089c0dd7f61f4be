import type { Command } from 'commander'
import type { CommandParts } from './cli-host.ts'
import { addOptions, flagOf, readFlags } from './cli-options.ts'
import type { OptionName } from './config-options.ts'
import { RECORD_OPTION_NAMES } from './config-record-options.ts'

/** The options of the server that the proxy has too. */
const SHARED: readonly OptionName[] = [
  'host',
  'port',
  'tls-cert',
  'tls-key',
  'max-connections',
  'stop-with-stdin',
  'redact',
  'log-format',
]

/** Adds the command `record`. */
export function addRecord(program: Command, { host, exit }: CommandParts): void {
  const command = program
    .command('record')
    .description('pass calls to a real database, and record them as a fixture')
  for (const name of RECORD_OPTION_NAMES) command.addOption(flagOf(name))
  addOptions(command, SHARED).action(async () => {
    // Most processes are servers, which start without it.
    const { record } = await import('./cli-recording.ts')
    exit(await record(readFlags(command), host))
  })
}
