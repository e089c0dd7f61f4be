import { type Command, Option } from 'commander'
import type { CommandParts } from './cli-host.ts'
import { addOptions, readFlags } from './cli-options.ts'
import type { OptionName } from './config-options.ts'
import {
  describeRecordDefault,
  RECORD_OPTION_NAMES,
  type RecordOptionName,
  RecordOptions,
  recordVariable,
} from './config-record-options.ts'

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
  for (const name of RECORD_OPTION_NAMES) command.addOption(describeOption(name))
  addOptions(command, SHARED).action(async () => {
    // Most processes are servers, which start without it.
    const { record } = await import('./cli-recording.ts')
    exit(await record(readFlags(command), host))
  })
}

function describeOption(name: RecordOptionName): Option {
  const schema = RecordOptions.properties[name]
  const value = schema['type'] === 'boolean' ? '' : ' <value>'
  const fallback = describeRecordDefault(name)
  const note = fallback === '' ? '' : `default: ${fallback}, `
  return new Option(
    `--${name}${value}`,
    `${schema.description} (${note}env: ${recordVariable(name)})`,
  )
}
