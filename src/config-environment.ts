import { ALL_OPTIONS, type AnyOption, environmentName } from './config-any-option.ts'
import { TEXT_OPTIONS } from './config-options.ts'
import { didYouMean } from './documents/did-you-mean.ts'

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The prefix of all environment variables of the mock. */
const PREFIX = environmentName('')

/** Variables that are not options: the config file, and how the helpers of test suites find a mock. */
const OTHERS = ['config', 'url', 'command', 'image']

/**
 * The names of variables that Kubernetes and Docker set for a service: `…_SERVICE_HOST`,
 * `…_SERVICE_PORT_HTTP`, `…_PORT_9191_TCP_ADDR`.
 */
const LINK_NAME =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/

/** The value of `…_PORT` that they set: `tcp://10.96.0.12:9191`. */
const LINK_VALUE = /^(?:tcp|udp|sctp):\/\//

/** The value of a variable of the mock; undefined if it is not set, empty, or of a service link. */
export function readVariable(env: Environment, option: AnyOption | 'config'): string | undefined {
  const name = environmentName(option)
  const text = env[name]
  const value = text?.trim() ?? ''
  if (value === '' || isServiceLink(name, value)) return undefined
  return TEXT_OPTIONS.has(option) ? text : value
}

/** One line for each variable of the mock that has a value and is not known. */
export function unknownVariables(env: Environment): string[] {
  const known = [...ALL_OPTIONS, ...OTHERS].map(environmentName)
  return Object.entries(env)
    .filter(([name, value = '']) => name.startsWith(PREFIX) && value.trim() !== '')
    .filter(([name, value = '']) => !known.includes(name) && !isServiceLink(name, value))
    .map(([name]) => `${name}: unknown option${suggest(name, known)}`)
}

function isServiceLink(name: string, value: string): boolean {
  return LINK_NAME.test(name) || (name.endsWith('_PORT') && LINK_VALUE.test(value))
}

/** Compares names without their common prefix, which would make all of them similar. */
function suggest(variable: string, known: readonly string[]): string {
  const bare = known.map((name) => name.slice(PREFIX.length))
  return didYouMean(variable.slice(PREFIX.length), bare).replace('mean ', `mean ${PREFIX}`)
}
