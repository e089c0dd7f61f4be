import { type Command, Option } from 'commander'
import { type Config, readConfig } from './config.ts'
import { type AnyOption, describeOption, optionKind } from './config-any-option.ts'
import { type Environment, readVariable } from './config-environment.ts'
import { readConfigFile } from './config-files.ts'
import { OPTION_NAMES, type OptionName } from './config-options.ts'
import { ConfigError, type Flags } from './config-sources.ts'

/** Adds options of the server to a command, by default all of them. */
export function addOptions(command: Command, names: readonly OptionName[] = OPTION_NAMES): Command {
  command.option('--config <file>', 'a file with options, in JSON with comments or YAML')
  for (const name of names) command.addOption(flagOf(name))
  return command
}

/** The flag of an option. */
export function flagOf(name: AnyOption): Option {
  const kind = optionKind(name)
  const value = kind === 'switch' ? '' : ' <value>'
  const option = new Option(`--${name}${value}`, describeOption(name))
  return kind === 'list' ? option.argParser(collect) : option
}

/** The values of a flag that may be repeated. */
function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value]
}

/** The flags of the command line, keyed by option name. */
export function readFlags(command: Command): Flags {
  const given = command.options.map((option) => [
    option.long?.slice('--'.length),
    command.getOptionValue(option.attributeName()),
  ])
  return Object.fromEntries(given)
}

/** The options of all sources. Throws ConfigError if they are invalid. */
export function configure(flags: Flags, env: Environment): Config {
  const name = flags['config'] ?? readVariable(env, 'config')
  if (name === '') throw new ConfigError(['--config: expected the path of a file, got ""'])
  if (typeof name !== 'string') return readConfig({ flags, env })
  return readConfig({ flags, env, file: readConfigFile(name) })
}
