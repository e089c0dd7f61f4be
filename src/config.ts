import { parseClockSetting } from './clock/clock.ts'
import { parseDuration } from './clock/duration.ts'
import { ConfigOptions, OPTION_NAMES, type OptionName } from './config-options.ts'
import {
  type ConfigSources,
  checkGiven,
  type Given,
  readGiven,
  unknownKeys,
} from './config-sources.ts'
import { FixtureText } from './fixture-format/fixture-text.ts'
import type { ServerOptions } from './http/start-server.ts'
import type { MockSettings } from './mock.ts'
import { ringOf } from './scope/ring.ts'

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

/**
 * Reads the options of `start` from all their sources.
 *
 * @throws ConfigError with all problems, if there are any.
 */
export function readConfig(sources: ConfigSources): Config {
  return checkOptions(readGiven(OPTION_NAMES, sources), unknownKeys(OPTION_NAMES, sources))
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
  const options = checkGiven(ConfigOptions, { given, found: [...found, ...loneTls(given)] })
  return {
    ...toConfig(options),
    defaultFixtures: defaultFixtures(given),
    inlineFixtures: inlineFixtures(given),
  }
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
