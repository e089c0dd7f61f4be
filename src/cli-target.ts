import type { Command } from 'commander'
import { CommandLineError } from './cli-arguments.ts'
import type { CliHost } from './cli-host.ts'
import { configure, readFlags } from './cli-options.ts'
import { readServerFlags } from './cli-server-arguments.ts'
import type { Config } from './config.ts'
import { readAccess } from './config-files.ts'
import type { OptionName } from './config-options.ts'
import type { Flags } from './config-sources.ts'
import { reachableName } from './http/check-health.ts'
import { DEFAULT_SCOPE, isScopeName, SCOPE_NAME_FORM } from './scope/scope-name.ts'
import { type ControlAddress, readAddress } from './terminal/control-address.ts'
import type { ControlTarget } from './terminal/control-client.ts'

/** The options of the server that say where it is. */
export const PLACE_OPTIONS: readonly OptionName[] = [
  'host',
  'port',
  'tls-cert',
  'tls-key',
  'control-port',
]

/** The options of the server from which a command knows how to reach it. */
export const TARGET_OPTIONS: readonly OptionName[] = [...PLACE_OPTIONS, 'token', 'token-file']

/**
 * The mock and the scope that a command is about: those of its URL, else those of the same options as the
 * server's; in a container without such options, those of its server.
 *
 * @throws AddressError if the URL is invalid, CommandLineError if the scope is, or there are two of them;
 *   ConfigError if an option is.
 */
export function readTarget(
  url: string | undefined,
  { command, host }: { readonly command: Command; readonly host: CliHost },
): ControlTarget {
  const flags = pickFlags(readFlags(command), ['config', ...TARGET_OPTIONS])
  const places = Object.keys(pickFlags(flags, ['config', ...PLACE_OPTIONS]))
  const [place] = places.filter((name) => name !== 'config')
  if (url !== undefined && place !== undefined) {
    throw new CommandLineError(`a URL was given: --${place} has no meaning`)
  }
  const isPlaced = url !== undefined || places.length > 0
  const server = isPlaced ? {} : readServerFlags(host.serverArguments)
  const config = configure({ ...server, ...flags }, host.env)
  const address = url === undefined ? addressOf(config) : readAddress(url)
  const [token] = readTokens(config, flags)
  return { url: address.url, scope: chooseScope(address, command.opts()['scope']), token }
}

/** The flags that are given, of those with these names. */
function pickFlags(flags: Flags, names: readonly string[]): Flags {
  const given = Object.entries(flags).filter(
    ([name, value]) => value !== undefined && names.includes(name),
  )
  return Object.fromEntries(given)
}

function addressOf({ host, port, controlPort = port, tls }: Config): ControlAddress {
  const scheme = tls === undefined ? 'http' : 'https'
  return { url: `${scheme}://${reachableName(host)}:${controlPort}` }
}

/** The tokens of the options; a flag with a file wins over a variable with a token. */
function readTokens(config: Config, flags: Flags): readonly string[] {
  const isOverridden = flags['token-file'] !== undefined && flags['token'] === undefined
  const tokens = isOverridden ? [] : (config.access.tokens ?? [])
  const { tokens: file } = config.accessFiles
  const accessFiles = file === undefined ? {} : { tokens: file }
  return readAccess({ access: { users: [], tokens }, accessFiles }).tokens
}

function chooseScope({ scope: named }: ControlAddress, given: string | undefined): string {
  if (named !== undefined && given !== undefined && named !== given) {
    throw new CommandLineError(`the URL is of the scope ${named}, --scope of ${given}`)
  }
  const scope = given ?? named ?? DEFAULT_SCOPE
  if (isScopeName(scope)) return scope
  throw new CommandLineError(`a scope has ${SCOPE_NAME_FORM}, got '${scope}'`)
}
