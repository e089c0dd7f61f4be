import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox'
import { CLOCK_FORM, isClockSetting } from './clock/clock.ts'
import { PAGE_MODES } from './control-routes/page-routes.ts'
import { choice, duration } from './documents/schema-kinds.ts'
import { LOG_FORMATS, LOG_LEVELS } from './http-parts/logging.ts'
import { heapShare } from './process/heap-share.ts'
import { MAX_CLUSTERS } from './scope/ring.ts'

TypeRegistry.Set('Clock', (_schema, value) => isClockSetting(value))

const text = 'a string that is not empty'
const path = 'the path of a file'

/** A default that depends on the machine, and the text that stands for it in `--help` and README. */
const EIGHTH_OF_HEAP = { default: heapShare(8), computed: 'an eighth of the heap limit' }

/** The schema of a budget in bytes for one kind of content of all scopes. */
const budget = (description: string) =>
  Type.Integer({ ...EIGHTH_OF_HEAP, minimum: 0, description, expected: 'a number of bytes' })

/**
 * The options of `start`, keyed by flag name. Flags, environment variables, keys of the config file,
 * `--help` and the table in the README are derived from this schema.
 */
export const ConfigOptions = Type.Object(
  {
    host: Type.String({
      default: 'localhost',
      minLength: 1,
      description: 'the address to listen on; localhost means both 127.0.0.1 and ::1',
      expected: text,
    }),
    port: Type.Integer({
      default: 9191,
      minimum: 0,
      maximum: 65535,
      description: 'the port to listen on; 0 picks a free port',
      expected: 'a port from 0 to 65535',
    }),
    fixtures: Type.Array(Type.String({ expected: 'a path' }), {
      default: ['./fixtures'],
      description: 'a fixture file or a folder of fixture files; a missing folder is not an error',
      expected: 'a list of paths',
    }),
    'fixtures-inline': Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'the text of a fixture in JSON or YAML; its rules are tried before those of the files',
        expected: 'the text of a fixture',
      }),
    ),
    watch: Type.Boolean({
      default: false,
      description: 'reload the fixtures when a file changes',
      expected: 'true or false',
    }),
    'stop-with-stdin': Type.Boolean({
      default: false,
      description:
        'stop when the standard input ends, as it does when the program that writes to it ends',
      expected: 'true or false',
    }),
    clock: Type.Unsafe<string>({
      [Kind]: 'Clock',
      type: 'string',
      default: 'real',
      description: 'real, frozen, auto (each poll advances it), or a factor such as 10x',
      expected: CLOCK_FORM,
    }),
    'poll-advance': duration({
      default: '250ms',
      description: 'how far each poll of a job advances the auto clock',
    }),
    'default-duration': duration({
      default: '1s',
      description: 'the duration of a job without a lifecycle',
    }),
    strict: Type.Boolean({
      default: false,
      description: 'reject requests that no rule matches',
      expected: 'true or false',
    }),
    seed: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'makes generated tags, ids, {{uuid}} and the random faults the same in each run',
        expected: text,
      }),
    ),
    ring: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: MAX_CLUSTERS,
        description: 'the number of clusters, named a, b and so on; a ring in the fixtures wins',
        expected: `a number of clusters from 2 to ${MAX_CLUSTERS}`,
      }),
    ),
    user: Type.Array(
      Type.String({ pattern: '^[^:]+:', expected: 'a name and a password as name:password' }),
      {
        default: [],
        description:
          'name:password of an accepted user; calls then need credentials, the control API does not',
        expected: 'a list of users',
      },
    ),
    token: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'an accepted bearer token; the control API then requires it',
        expected: text,
      }),
    ),
    'user-file': Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'a file with more users, a name:password on each line; lines that start with # are comments',
        expected: path,
      }),
    ),
    'token-file': Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'a file with more tokens, one on each line; lines that start with # are comments',
        expected: path,
      }),
    ),
    'tls-cert': Type.Optional(
      Type.String({ description: 'a PEM file with the certificate, for HTTPS', expected: path }),
    ),
    'tls-key': Type.Optional(
      Type.String({
        description: 'a PEM file with the private key of the certificate',
        expected: path,
      }),
    ),
    'base-path': Type.Array(
      Type.String({
        // A part with ~ is a scope, and __mock the control API: neither could be reached.
        pattern: '^(/(?!~|__mock(/|$))[^/?#]+)+$',
        expected: 'a path such as /cluster/gpudb-0',
      }),
      {
        default: [],
        description: 'a path prefix of the endpoints; /gpudb-<n> is always accepted',
        expected: 'a list of paths',
      },
    ),
    'control-port': Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65535,
        description: 'a port of its own for the control API; by default it is on the main port',
        expected: 'a port from 0 to 65535',
      }),
    ),
    'control-origin': Type.Array(
      Type.String({
        pattern: '^https?://[^/]+$',
        expected: 'an origin such as http://localhost:3000',
      }),
      {
        default: [],
        description: 'an origin whose pages may use the control API, such as http://localhost:3000',
        expected: 'a list of origins',
      },
    ),
    page: choice(PAGE_MODES, {
      default: 'on',
      description: 'the live page at /__mock/: on, read-only (without buttons), or off',
    }),
    'metrics-scopes': Type.Boolean({
      default: false,
      description: 'tell scopes apart in the metrics, by a label',
      expected: 'true or false',
    }),
    retention: duration({ default: '24h', description: 'how long a finished job is kept' }),
    'max-finished': Type.Integer({
      default: 10_000,
      minimum: 0,
      description: 'the maximum number of finished jobs; the oldest is removed first',
      expected: 'a number of jobs',
    }),
    'max-jobs': Type.Integer({
      default: 1_000_000,
      minimum: 1,
      description: 'the maximum number of jobs, running and finished',
      expected: 'a number of jobs from 1',
    }),
    'max-job-bytes': budget(
      'the maximum bytes of the jobs of all scopes; the oldest finished ones are removed first',
    ),
    'max-rule-bytes': budget('the maximum bytes of the rules and faults of all scopes'),
    'max-table-bytes': budget('the maximum bytes of the tables, types and schemas of all scopes'),
    'max-scopes': Type.Integer({
      default: 100,
      minimum: 1,
      description: 'the maximum number of scopes; the one idle for longest is removed first',
      expected: 'a number of scopes from 1',
    }),
    'journal-requests': Type.Integer({
      default: 10_000,
      minimum: 0,
      description: 'the maximum number of requests in the journal of a scope; 0 keeps none',
      expected: 'a number of requests',
    }),
    'journal-bytes': Type.Integer({
      default: 8 * 1024 * 1024,
      minimum: 0,
      description:
        'the maximum bytes of the requests in the journal of a scope; the oldest are removed first',
      expected: 'a number of bytes',
    }),
    'max-journal-bytes': budget(
      'the maximum bytes of the requests in the journals of all scopes; the oldest are removed first',
    ),
    'body-limit': Type.Integer({
      default: 16 * 1024 * 1024,
      minimum: 1,
      description: 'the maximum size of a request body, in bytes',
      expected: 'a number of bytes from 1',
    }),
    'max-body-bytes': budget(
      'the maximum bytes of large bodies and answers in flight; further bodies wait',
    ),
    'max-connections': Type.Integer({
      default: 20_000,
      minimum: 1,
      description: 'the maximum number of connections to one address',
      expected: 'a number of connections from 1',
    }),
    'header-timeout': duration({
      default: '60s',
      description: 'how long the headers of a request may take to arrive; 0 sets no limit',
    }),
    'request-timeout': duration({
      default: '5m',
      description: 'how long a request may take to arrive with its body; 0 sets no limit',
    }),
    'idle-timeout': duration({
      default: '75s',
      description: 'how long a connection without requests is kept open; 0 sets no limit',
    }),
    redact: Type.Array(Type.String({ pattern: '[^*]', expected: 'a name, with * for any text' }), {
      default: [],
      description: 'a field, option or header whose values are not shown, besides the usual ones',
      expected: 'a list of names',
    }),
    'log-level': choice(LOG_LEVELS, {
      default: 'warn',
      description: 'the level of the log on stderr; info logs each request',
    }),
    'log-format': choice(LOG_FORMATS, {
      default: 'console',
      description: 'console for people, json for programs',
    }),
  },
  { additionalProperties: false, expected: 'an object with options' },
)

/** The values of all options: checked, with durations and the clock still as text. */
export type ConfigOptions = Static<typeof ConfigOptions>

/** The name of an option: its flag without the dashes, such as `default-duration`. */
export type OptionName = keyof ConfigOptions

/** The names of all options, in the order of `--help`. */
export const OPTION_NAMES = Object.keys(ConfigOptions.properties) as OptionName[]

/** The options whose values are never shown. */
export const SECRET_OPTIONS: ReadonlySet<OptionName> = new Set(['user', 'token'])

/** The options that are texts with lines and columns: nothing is trimmed. */
export const TEXT_OPTIONS: ReadonlySet<string> = new Set<OptionName>(['fixtures-inline'])
