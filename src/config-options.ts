import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox'
import { CLOCK_FORM, isClockSetting } from './clock/clock.ts'
import { choice, duration } from './documents/schema-kinds.ts'
import { LOG_FORMATS, LOG_LEVELS } from './http/logging.ts'

TypeRegistry.Set('Clock', (_schema, value) => isClockSetting(value))

const text = 'a text'
const path = 'the path of a file'

/**
 * Every option of `start`, by its name as a flag: the one list that flags, environment variables,
 * the config file, `--help` and the README's table come from.
 */
export const ConfigOptions = Type.Object(
  {
    host: Type.String({
      default: '0.0.0.0',
      description: 'the address to listen on',
      expected: text,
    }),
    port: Type.Integer({
      default: 9191,
      minimum: 0,
      maximum: 65535,
      description: 'the port to listen on; 0 picks one and prints it',
      expected: 'a port from 0 to 65535',
    }),
    fixtures: Type.Array(Type.String({ expected: 'a path' }), {
      default: ['./fixtures'],
      description: 'a fixture file, or a folder of them; a folder that is absent is fine',
      expected: 'paths',
    }),
    watch: Type.Boolean({
      default: false,
      description: 'read the fixtures again when a file changes',
      expected: 'true or false',
    }),
    clock: Type.Unsafe<string>({
      [Kind]: 'Clock',
      type: 'string',
      default: 'real',
      description: 'real, frozen, auto (every poll advances it), or a factor such as 10x',
      expected: CLOCK_FORM,
    }),
    'poll-advance': duration({
      default: '250ms',
      description: 'how far one poll of a job moves the auto clock',
    }),
    'default-duration': duration({
      default: '1s',
      description: 'how long a job runs that nobody scripted',
    }),
    strict: Type.Boolean({
      default: false,
      description: 'answer a request that no rule matches with an error',
      expected: 'true or false',
    }),
    seed: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'makes generated tags, ids and {{uuid}} the same in every run',
        expected: text,
      }),
    ),
    user: Type.Array(
      Type.String({ pattern: '^[^:]+:', expected: 'a name and a password as name:password' }),
      { default: [], description: 'name:password of a user; none means open', expected: 'users' },
    ),
    token: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'a bearer token to accept; the control API then wants it',
        expected: text,
      }),
    ),
    'tls-cert': Type.Optional(
      Type.String({ description: 'the certificate as PEM, for HTTPS', expected: path }),
    ),
    'tls-key': Type.Optional(
      Type.String({ description: 'the key of the certificate as PEM', expected: path }),
    ),
    'base-path': Type.Array(
      Type.String({ pattern: '^(/[^/]+)+$', expected: 'a path such as /cluster/gpudb-0' }),
      {
        default: [],
        description: 'a path before the endpoints; /gpudb-<n> is always known',
        expected: 'paths',
      },
    ),
    retention: duration({ default: '24h', description: 'how long a finished job is kept' }),
    'max-finished': Type.Integer({
      default: 10_000,
      minimum: 0,
      description: 'how many finished jobs are kept; the oldest goes first',
      expected: 'a number of jobs',
    }),
    'max-jobs': Type.Integer({
      default: 1_000_000,
      minimum: 1,
      description: 'how many jobs there may be, running and finished',
      expected: 'a number of jobs from 1',
    }),
    'max-scopes': Type.Integer({
      default: 100,
      minimum: 1,
      description: 'how many scopes there may be; the one that is idle the longest goes first',
      expected: 'a number of scopes from 1',
    }),
    'journal-requests': Type.Integer({
      default: 10_000,
      minimum: 0,
      description: 'how many requests the journal of a scope keeps; 0 keeps none',
      expected: 'a number of requests',
    }),
    'journal-bytes': Type.Integer({
      default: 8 * 1024 * 1024,
      minimum: 0,
      description: 'how many bytes of bodies and headers it keeps; the oldest go first',
      expected: 'a number of bytes',
    }),
    'body-limit': Type.Integer({
      default: 16 * 1024 * 1024,
      minimum: 1,
      description: 'the largest request body in bytes',
      expected: 'a number of bytes from 1',
    }),
    'log-level': choice(LOG_LEVELS, {
      default: 'warn',
      description: 'what is logged, to stderr; info has a line for every request',
    }),
    'log-format': choice(LOG_FORMATS, {
      default: 'console',
      description: 'console for people, json for machines',
    }),
  },
  { additionalProperties: false, expected: 'an object with options' },
)

/** The values of all options, checked but not yet read. */
export type ConfigOptions = Static<typeof ConfigOptions>

/** The name of an option, as a flag without its dashes. */
export type OptionName = keyof ConfigOptions

/** The names of all options. */
export const OPTION_NAMES = Object.keys(ConfigOptions.properties) as OptionName[]

/** The environment variable of an option: `MOCK_GPUDB_DEFAULT_DURATION`. */
export function environmentName(option: string): string {
  return `MOCK_GPUDB_${option.toUpperCase().replaceAll('-', '_')}`
}
