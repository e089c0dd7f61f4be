import { existsSync, readFileSync } from 'node:fs'
import { parseClockSetting } from './clock/clock.ts'
import { parseDuration } from './clock/duration.ts'
import { ConfigOptions, environmentName, OPTION_NAMES, type OptionName } from './config-options.ts'
import { checkShape } from './documents/check-shape.ts'
import { didYouMean } from './documents/did-you-mean.ts'
import { isJsonObject, type JsonValue } from './documents/json-value.ts'
import type { LocatedDocument } from './documents/located-document.ts'
import { parseNamedDocument } from './documents/parse-document.ts'
import type { ServerOptions } from './http/start-server.ts'
import type { MockSettings } from './mock.ts'

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The value of a flag: a string, strings if the flag repeats, true if it has no value. */
export type FlagValue = string | readonly string[] | true

/** Flags, by option name. */
export type Flags = Readonly<Record<string, FlagValue | undefined>>

/** The sources of options. Flags override the environment, which overrides the file. */
export interface ConfigSources {
  readonly flags: Flags
  readonly env: Environment
  /** Values from code, by option name; they override all other sources. */
  readonly values?: Readonly<Partial<Record<OptionName, JsonValue>>>
  readonly file?: { readonly name: string; readonly document: LocatedDocument }
}

/** The options of `start` and `health`. */
export interface Config extends MockSettings, Omit<ServerOptions, 'tls' | 'logging'> {
  /** Fixture files and folders. */
  readonly fixtures: readonly string[]
  /** Whether to read the fixtures again when a file changes. */
  readonly watch: boolean
  readonly logging: Omit<ServerOptions['logging'], 'write'>
  /** Paths of PEM files. Undefined: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Invalid options. Each problem names its source: flag, variable, or file, line and column. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Cannot use the options: ${problems.join('; ')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** A value and its source, as problems name it. */
interface Given {
  readonly value: JsonValue
  readonly origin: string
}

/** The prefix of all environment variables of the mock. */
const PREFIX = environmentName('')

/** A variable of the mock that is not an option: the path of the config file. */
const CONFIG_VARIABLE = environmentName('config')

/**
 * Reads the options of `start` from all their sources.
 *
 * @throws ConfigError with all problems, if there are any.
 */
export function readConfig(sources: ConfigSources): Config {
  const given = new Map<OptionName, Given>()
  for (const name of OPTION_NAMES) {
    const found = READERS.map((read) => read(sources, name)).find((one) => one !== undefined)
    if (found) given.set(name, found)
  }
  const defaults = OPTION_NAMES.map((name) => [name, ConfigOptions.properties[name].default])
  const values = Object.fromEntries([
    ...defaults.filter(([, value]) => value !== undefined),
    ...Array.from(given, ([name, { value }]) => [name, value]),
  ])
  const shaped = checkShape(ConfigOptions, values)
  const problems = [...unknownNames(sources), ...loneTls(given)]
  if ('problems' in shaped) {
    for (const { path, message } of shaped.problems) {
      const name = OPTION_NAMES.find((option) => option === path[0])
      problems.push(`${name && given.get(name)?.origin}: ${message}`)
    }
  }
  if (problems.length > 0 || 'problems' in shaped) throw new ConfigError(problems)
  return toConfig(shaped.value)
}

/**
 * Reads a config file: JSON with comments or YAML, with option names as keys.
 *
 * @throws ConfigError if the file cannot be read or parsed.
 */
export function readConfigFile(name: string): NonNullable<ConfigSources['file']> {
  const parsed = parseNamedDocument(name, readText(name))
  if ('value' in parsed) return { name, document: parsed.value }
  const problems = parsed.problems.map(
    ({ position, message }) => `${name}:${position.line}:${position.column}: ${message}`,
  )
  throw new ConfigError(problems)
}

/** Reads the PEM files. Throws ConfigError if one cannot be read. */
export function readTls(tls: NonNullable<Config['tls']>): NonNullable<ServerOptions['tls']> {
  return { cert: readText(tls.cert), key: readText(tls.key) }
}

/** The file with the arguments of process 1 on Linux; in a container, that is the server. */
const PROCESS_1 = '/proc/1/cmdline'

/** The arguments of the server in a container; empty if process 1 is not the server. */
export function readServerArguments(path: string = PROCESS_1): readonly string[] {
  const parts = existsSync(path) ? readFileSync(path, 'utf8').split('\0') : []
  const program = parts.findIndex((part) => /\bmock-gpudb(\.js)?$/.test(part))
  return program < 0 ? [] : parts.slice(program + 1).filter((part) => part !== '')
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`${path}: this cannot be read: ${Object(error).code}`])
  }
}

/** The readers of the sources, in order of precedence. */
const READERS = [fromValues, fromFlags, fromEnvironment, fromFile]

function fromValues({ values }: ConfigSources, name: OptionName): Given | undefined {
  const value = values?.[name]
  return value === undefined ? undefined : { value, origin: name }
}

function fromFlags({ flags }: ConfigSources, name: OptionName): Given | undefined {
  const value = flags[name]
  return value === undefined ? undefined : { value: readValue(name, value), origin: `--${name}` }
}

function fromEnvironment({ env }: ConfigSources, name: OptionName): Given | undefined {
  const origin = environmentName(name)
  const value = env[origin]
  const isList = ConfigOptions.properties[name]['type'] === 'array'
  if (value === undefined || value === '') return undefined
  return { value: readValue(name, isList ? value.split(',') : value), origin }
}

function fromFile({ file }: ConfigSources, name: OptionName): Given | undefined {
  const value = file && Object(file.document.value)[name]
  if (file === undefined || value === undefined) return undefined
  const { line, column } = file.document.locate([name], 'value')
  return { value, origin: `${file.name}:${line}:${column}: ${name}` }
}

/** Converts the string of a flag or variable to the option's type, if it is written as such. */
function readValue(name: OptionName, value: FlagValue): JsonValue {
  const type = ConfigOptions.properties[name]['type']
  if (typeof value !== 'string') return value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return type === 'integer' && /^\d+$/.test(value) ? Number(value) : value
}

function unknownNames({ env, file, values = {} }: ConfigSources): string[] {
  const variables = [CONFIG_VARIABLE, ...OPTION_NAMES.map(environmentName)]
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !variables.includes(name),
  )
  const names: readonly string[] = OPTION_NAMES
  if (file && !isJsonObject(file.document.value)) {
    return [`${file.name}: expected an object with options`]
  }
  const keys = Object.keys(Object(file?.document.value))
  return [
    ...unknown.map((name) => `${name}: unknown option${suggest(name, variables)}`),
    ...keys
      .filter((key) => !names.includes(key))
      .map((key) => `${file?.name}: unknown option ${key}${didYouMean(key, names)}`),
    ...Object.keys(values)
      .filter((key) => !names.includes(key))
      .map((key) => `${key}: unknown option${didYouMean(key, names)}`),
  ]
}

/** Compares names without their common prefix, which would make all of them similar. */
function suggest(variable: string, known: readonly string[]): string {
  const bare = known.map((name) => name.slice(PREFIX.length))
  return didYouMean(variable.slice(PREFIX.length), bare).replace('mean ', `mean ${PREFIX}`)
}

function loneTls(given: ReadonlyMap<OptionName, Given>): string[] {
  const [cert, key] = [given.get('tls-cert'), given.get('tls-key')]
  if (cert && key) return []
  const lone = cert ?? key
  return lone ? [`${lone.origin}: tls-cert and tls-key must be set together`] : []
}

function toConfig(options: ConfigOptions): Config {
  const { host, port, fixtures, token, user: users } = options
  const cert = options['tls-cert']
  const key = options['tls-key']
  return {
    host,
    port,
    fixtures,
    clock: parseClockSetting(options.clock),
    pollAdvanceMs: parseDuration(options['poll-advance']),
    defaultDurationMs: parseDuration(options['default-duration']),
    strict: options.strict,
    watch: options.watch,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    access: { users, ...(token === undefined ? {} : { token }) },
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    basePaths: options['base-path'],
    limits: {
      retentionMs: parseDuration(options.retention),
      maxFinished: options['max-finished'],
      maxJobs: options['max-jobs'],
    },
    journal: { maxRequests: options['journal-requests'], maxBytes: options['journal-bytes'] },
    budgets: {
      jobBytes: options['max-job-bytes'],
      journalBytes: options['max-journal-bytes'],
      ruleBytes: options['max-rule-bytes'],
    },
    maxScopes: options['max-scopes'],
    bodyLimit: options['body-limit'],
    logging: { level: options['log-level'], format: options['log-format'] },
  }
}
