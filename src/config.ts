import { parseClockSetting } from './clock/clock.ts'
import { parseDuration } from './clock/duration.ts'
import { type Environment, readVariable } from './config-environment.ts'
import {
  ConfigOptions,
  environmentName,
  OPTION_NAMES,
  type OptionName,
  SECRET_OPTIONS,
} from './config-options.ts'
import { checkShape } from './documents/check-shape.ts'
import { didYouMean } from './documents/did-you-mean.ts'
import { isJsonList, isJsonObject, type JsonValue } from './documents/json-value.ts'
import type { LocatedDocument } from './documents/located-document.ts'
import { cutText } from './documents/quote-text.ts'
import type { JsonPath } from './documents/reading.ts'
import { FixtureText } from './fixture-format/fixture-text.ts'
import type { ServerOptions } from './http/start-server.ts'
import type { MockSettings } from './mock.ts'
import { ringOf } from './scope/ring.ts'

/** The value of a flag: a string, strings if the flag repeats, true if it has no value. */
export type FlagValue = string | readonly string[] | true

/** Flags, by option name. */
export type Flags = Readonly<Record<string, FlagValue | undefined>>

/** The sources of options. Flags override the environment, which overrides the file. */
export interface ConfigSources {
  readonly flags: Flags
  readonly env: Environment
  readonly file?: { readonly name: string; readonly document: LocatedDocument }
}

/** The options of `start` and `health`. */
export interface Config extends MockSettings, Omit<ServerOptions, 'tls' | 'logging'> {
  /** Fixture files and folders. */
  readonly fixtures: readonly string[]
  /** Those of them that are the default: the user has not named them. */
  readonly defaultFixtures: readonly string[]
  /** Fixtures that are options themselves, named by their source; they are read after the files. */
  readonly inlineFixtures: readonly FixtureText[]
  /** Whether to read the fixtures again when a file changes. */
  readonly watch: boolean
  /** Whether the end of the standard input stops the command. */
  readonly stopWithStdin: boolean
  readonly logging: Omit<ServerOptions['logging'], 'write' | 'dropped'>
  /** Paths of PEM files. Undefined: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Paths of files with more users and tokens. */
  readonly accessFiles: { readonly users?: string; readonly tokens?: string }
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
export interface Given {
  readonly value: JsonValue
  readonly origin: string
}

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
  return checkOptions(given, unknownKeys(sources))
}

/**
 * Checks options and adds the defaults.
 *
 * @throws ConfigError with all problems: those that are already found, and those of the values.
 */
export function checkOptions(
  given: ReadonlyMap<OptionName, Given>,
  found: readonly string[],
): Config {
  const defaults = OPTION_NAMES.map((name) => [name, ConfigOptions.properties[name].default])
  const values = Object.fromEntries([
    ...defaults.filter(([, value]) => value !== undefined),
    ...Array.from(given, ([name, { value }]) => [name, value]),
  ])
  const shaped = checkShape(ConfigOptions, values)
  const problems = [...found, ...loneTls(given)]
  if ('problems' in shaped) {
    for (const { path, message } of shaped.problems) {
      const name = OPTION_NAMES.find((option) => option === path[0])
      const isSecret = name !== undefined && SECRET_OPTIONS.has(name)
      problems.push(
        `${name && given.get(name)?.origin}: ${isSecret ? withoutValue(message) : message}`,
      )
    }
  }
  if (problems.length > 0 || 'problems' in shaped) throw new ConfigError(problems)
  return {
    ...toConfig(shaped.value),
    defaultFixtures: defaultFixtures(given),
    inlineFixtures: inlineFixtures(given),
  }
}

/** Removes the wrong value from a message. */
function withoutValue(message: string): string {
  return message.replace(/, got .*$/s, '')
}

/** The readers of the sources, in order of precedence. */
const READERS = [fromFlags, fromEnvironment, fromFile]

function fromFlags({ flags }: ConfigSources, name: OptionName): Given | undefined {
  const value = flags[name]
  return value === undefined ? undefined : { value: readValue(name, value), origin: `--${name}` }
}

function fromEnvironment({ env }: ConfigSources, name: OptionName): Given | undefined {
  const text = readVariable(env, name)
  if (text === undefined) return undefined
  const value = readValue(name, text)
  // Only commas: unset, like an empty variable.
  if (isJsonList(value) && value.length === 0) return undefined
  return { value, origin: environmentName(name) }
}

function fromFile({ file }: ConfigSources, name: OptionName): Given | undefined {
  const value = file && Object(file.document.value)[name]
  if (file === undefined || value === undefined) return undefined
  const { line, column } = file.document.locate([name], 'value')
  return { value, origin: `${file.name}:${line}:${column}: ${name}` }
}

/** Converts the text of a flag or variable to the option's type, if it is written as such. */
function readValue(name: OptionName, value: FlagValue): JsonValue {
  const type = ConfigOptions.properties[name]['type']
  if (type === 'array' && value !== true) return [value].flat().flatMap(splitList)
  if (typeof value !== 'string') return value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return type === 'integer' && /^\d+$/.test(value) ? Number(value) : value
}

/** The values of a list: `a, b` and `a,b,` are two. */
function splitList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '')
}

function unknownKeys({ file }: ConfigSources): string[] {
  if (file === undefined) return []
  const { value } = file.document
  const placeOf = (path: JsonPath) => {
    const { line, column } = file.document.locate(path, 'key')
    return `${file.name}:${line}:${column}`
  }
  if (!isJsonObject(value)) return [`${placeOf([])}: expected an object with options`]
  const names: readonly string[] = OPTION_NAMES
  return Object.keys(value)
    .filter((key) => !names.includes(key))
    .map((key) => `${placeOf([key])}: unknown option ${cutText(key)}${didYouMean(key, names)}`)
}

function loneTls(given: ReadonlyMap<OptionName, Given>): string[] {
  const [cert, key] = [given.get('tls-cert'), given.get('tls-key')]
  if (cert && key) return []
  const lone = cert ?? key
  return lone ? [`${lone.origin}: tls-cert and tls-key must be set together`] : []
}

function defaultFixtures(given: ReadonlyMap<OptionName, Given>): readonly string[] {
  return given.has('fixtures') ? [] : ConfigOptions.properties.fixtures.default
}

function inlineFixtures(given: ReadonlyMap<OptionName, Given>): readonly FixtureText[] {
  const { value, origin: name } = given.get('fixtures-inline') ?? {}
  return name === undefined || typeof value !== 'string'
    ? []
    : [new FixtureText({ name, text: value })]
}

function toConfig(options: ConfigOptions): Omit<Config, 'defaultFixtures' | 'inlineFixtures'> {
  const { host, port, fixtures, token, user: users } = options
  const cert = options['tls-cert']
  const key = options['tls-key']
  const userFile = options['user-file']
  const tokenFile = options['token-file']
  const controlPort = options['control-port']
  return {
    host,
    port,
    fixtures,
    clock: parseClockSetting(options.clock),
    pollAdvanceMs: parseDuration(options['poll-advance']),
    defaultDurationMs: parseDuration(options['default-duration']),
    strict: options.strict,
    watch: options.watch,
    stopWithStdin: options['stop-with-stdin'],
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.ring === undefined ? {} : { ring: ringOf(options.ring) }),
    access: { users, ...(token === undefined ? {} : { tokens: [token] }) },
    accessFiles: {
      ...(userFile === undefined ? {} : { users: userFile }),
      ...(tokenFile === undefined ? {} : { tokens: tokenFile }),
    },
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    ...(controlPort === undefined ? {} : { controlPort }),
    ...toConnections(options),
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
      tableBytes: options['max-table-bytes'],
    },
    maxScopes: options['max-scopes'],
    bodyLimit: options['body-limit'],
    redact: options.redact,
    logging: { level: options['log-level'], format: options['log-format'] },
  }
}

/** The options about connections, and about what they may bring at once. */
function toConnections(
  options: ConfigOptions,
): Pick<Config, 'connections' | 'controlOrigins' | 'maxBodyBytes' | 'metricsScopes' | 'page'> {
  return {
    connections: {
      headerTimeoutMs: parseDuration(options['header-timeout']),
      requestTimeoutMs: parseDuration(options['request-timeout']),
      idleTimeoutMs: parseDuration(options['idle-timeout']),
      maxConnections: options['max-connections'],
    },
    controlOrigins: options['control-origin'],
    page: options.page,
    metricsScopes: options['metrics-scopes'],
    maxBodyBytes: options['max-body-bytes'],
  }
}
