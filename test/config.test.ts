import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { readConfig } from '../src/config.ts'
import { describeDefault, environmentName } from '../src/config-any-option.ts'
import { unknownVariables } from '../src/config-environment.ts'
import {
  MAX_CONFIG_BYTES,
  readAccess,
  readConfigFile,
  readServerArguments,
  readTls,
} from '../src/config-files.ts'
import { ConfigOptions, OPTION_NAMES, SECRET_OPTIONS } from '../src/config-options.ts'
import { ConfigError, type ConfigSources } from '../src/config-sources.ts'
import { parseJsonDocument } from '../src/documents/json-document.ts'
import { FixtureText } from '../src/fixture-format/fixture-text.ts'
import { heapShare } from '../src/process/heap-share.ts'
import { ringOf } from '../src/scope/ring.ts'
import { thrownMessage } from './support/thrown-message.ts'

type Given = Partial<Omit<ConfigSources, 'file'>> & { readonly file?: string }

function read({ flags = {}, env = {}, file }: Given) {
  const parsed = file === undefined ? undefined : parseJsonDocument(file)
  const document = parsed && 'value' in parsed ? parsed.value : undefined
  return readConfig({ flags, env, ...(document && { file: { name: 'mock.json', document } }) })
}

function problemsOf(given: Given): readonly string[] {
  try {
    read(given)
    return []
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)]
  }
}

/** The default of a budget: the heap limit of this process is far from the minimum. */
const EIGHTH = Math.floor(getHeapStatistics().heap_size_limit / 8)

const DEFAULTS = {
  host: 'localhost',
  port: 9191,
  fixtures: ['./fixtures'],
  defaultFixtures: ['./fixtures'],
  inlineFixtures: [],
  clock: { mode: 'real' },
  pollAdvanceMs: 250,
  defaultDurationMs: 1000,
  strict: false,
  watch: false,
  stopWithStdin: false,
  access: { users: [] },
  accessFiles: {},
  basePaths: [],
  limits: { retentionMs: 24 * 3_600_000, maxFinished: 10_000, maxJobs: 1_000_000 },
  journal: { maxRequests: 10_000, maxBytes: 8 * 1024 * 1024 },
  budgets: { jobBytes: EIGHTH, journalBytes: EIGHTH, ruleBytes: EIGHTH, tableBytes: EIGHTH },
  connections: {
    headerTimeoutMs: 60_000,
    requestTimeoutMs: 300_000,
    idleTimeoutMs: 75_000,
    maxConnections: 20_000,
  },
  controlOrigins: [],
  page: 'on',
  metricsScopes: false,
  maxBodyBytes: EIGHTH,
  maxScopes: 100,
  bodyLimit: 16 * 1024 * 1024,
  redact: [],
  logging: { level: 'warn', format: 'console' },
}

t.test('readConfig() of empty sources returns the defaults', async (t) => {
  t.strictSame(read({}), DEFAULTS)
  t.strictSame(read({ env: { PATH: '/bin', MOCK_GPUDB_HOST: '' } }), DEFAULTS)
})

t.test(
  'readConfig() prefers flags to the environment, and the environment to the file',
  async (t) => {
    const file = '{ "port": 3, "host": "file", "token": "file", "clock": "auto" }'
    const env = { MOCK_GPUDB_PORT: '2', MOCK_GPUDB_HOST: 'env', MOCK_GPUDB_CONFIG: 'mock.json' }
    const flags = { port: '1' }
    t.strictSame(read({ flags, env, file }), {
      ...DEFAULTS,
      port: 1,
      host: 'env',
      access: { users: [], tokens: ['file'] },
      clock: { mode: 'auto' },
    })
  },
)

const VALUES = [
  { name: 'host', text: '::1', json: '"::1"', config: { host: '::1' } },
  { name: 'port', text: '0', json: '0', config: { port: 0 } },
  { name: 'port', text: '65535', json: '65535', config: { port: 65535 } },
  { name: 'clock', text: '10x', json: '"10x"', config: { clock: { mode: 'scaled', scale: 10 } } },
  { name: 'clock', text: 'frozen', json: '"frozen"', config: { clock: { mode: 'frozen' } } },
  { name: 'poll-advance', text: '2s', json: '"2s"', config: { pollAdvanceMs: 2000 } },
  { name: 'default-duration', text: '20', json: '20', config: { defaultDurationMs: 20 } },
  { name: 'strict', text: 'true', json: 'true', config: { strict: true } },
  { name: 'strict', text: 'false', json: 'false', config: { strict: false } },
  { name: 'seed', text: 'ci', json: '"ci"', config: { seed: 'ci' } },
  { name: 'ring', text: '2', json: '2', config: { ring: ringOf(2) } },
  { name: 'ring', text: '8', json: '8', config: { ring: ringOf(8) } },
  { name: 'token', text: 't', json: '"t"', config: { access: { users: [], tokens: ['t'] } } },
  { name: 'user-file', text: 'u', json: '"u"', config: { accessFiles: { users: 'u' } } },
  { name: 'token-file', text: 't', json: '"t"', config: { accessFiles: { tokens: 't' } } },
  {
    name: 'retention',
    text: '5m',
    json: '"5m"',
    config: { limits: { ...DEFAULTS.limits, retentionMs: 300_000 } },
  },
  {
    name: 'max-finished',
    text: '0',
    json: '0',
    config: { limits: { ...DEFAULTS.limits, maxFinished: 0 } },
  },
  {
    name: 'max-jobs',
    text: '5',
    json: '5',
    config: { limits: { ...DEFAULTS.limits, maxJobs: 5 } },
  },
  {
    name: 'max-job-bytes',
    text: '6',
    json: '6',
    config: { budgets: { ...DEFAULTS.budgets, jobBytes: 6 } },
  },
  {
    name: 'max-rule-bytes',
    text: '7',
    json: '7',
    config: { budgets: { ...DEFAULTS.budgets, ruleBytes: 7 } },
  },
  {
    name: 'max-table-bytes',
    text: '8',
    json: '8',
    config: { budgets: { ...DEFAULTS.budgets, tableBytes: 8 } },
  },
  {
    name: 'max-journal-bytes',
    text: '0',
    json: '0',
    config: { budgets: { ...DEFAULTS.budgets, journalBytes: 0 } },
  },
  { name: 'body-limit', text: '1', json: '1', config: { bodyLimit: 1 } },
  { name: 'max-body-bytes', text: '9', json: '9', config: { maxBodyBytes: 9 } },
  { name: 'control-port', text: '0', json: '0', config: { controlPort: 0 } },
  { name: 'page', text: 'read-only', json: '"read-only"', config: { page: 'read-only' } },
  { name: 'stop-with-stdin', text: 'true', json: 'true', config: { stopWithStdin: true } },
  { name: 'metrics-scopes', text: 'true', json: 'true', config: { metricsScopes: true } },
  {
    name: 'header-timeout',
    text: '5s',
    json: '"5s"',
    config: { connections: { ...DEFAULTS.connections, headerTimeoutMs: 5000 } },
  },
  {
    name: 'request-timeout',
    text: '0',
    json: '0',
    config: { connections: { ...DEFAULTS.connections, requestTimeoutMs: 0 } },
  },
  {
    name: 'idle-timeout',
    text: '2m',
    json: '"2m"',
    config: { connections: { ...DEFAULTS.connections, idleTimeoutMs: 120_000 } },
  },
  {
    name: 'max-connections',
    text: '1',
    json: '1',
    config: { connections: { ...DEFAULTS.connections, maxConnections: 1 } },
  },
  {
    name: 'log-level',
    text: 'info',
    json: '"info"',
    config: { logging: { level: 'info', format: 'console' } },
  },
  {
    name: 'log-format',
    text: 'json',
    json: '"json"',
    config: { logging: { level: 'warn', format: 'json' } },
  },
]

for (const { name, text, json, config } of VALUES) {
  t.test(`readConfig() reads ${name} ${text} from every source`, async (t) => {
    const expected = { ...DEFAULTS, ...config }
    const variable = `MOCK_GPUDB_${name.toUpperCase().replaceAll('-', '_')}`
    t.strictSame(read({ flags: { [name]: text } }), expected, 'flag')
    t.strictSame(read({ env: { [variable]: text } }), expected, variable)
    t.strictSame(read({ file: `{ "${name}": ${json} }` }), expected, 'file')
  })
}

const LISTS = [
  {
    name: 'fixtures',
    values: ['a', 'b.json'],
    config: { fixtures: ['a', 'b.json'], defaultFixtures: [] },
  },
  { name: 'user', values: ['a:b', 'c:'], config: { access: { users: ['a:b', 'c:'] } } },
  { name: 'base-path', values: ['/a', '/b/c'], config: { basePaths: ['/a', '/b/c'] } },
  {
    name: 'control-origin',
    values: ['http://a', 'https://b.example:81'],
    config: { controlOrigins: ['http://a', 'https://b.example:81'] },
  },
  { name: 'redact', values: ['ssn', 'x-*'], config: { redact: ['ssn', 'x-*'] } },
]

for (const { name, values, config } of LISTS) {
  t.test(`readConfig() reads several values of ${name}`, async (t) => {
    const expected = { ...DEFAULTS, ...config }
    const variable = `MOCK_GPUDB_${name.toUpperCase().replaceAll('-', '_')}`
    t.strictSame(read({ flags: { [name]: values } }), expected)
    t.strictSame(read({ env: { [variable]: values.join(',') } }), expected)
    t.strictSame(read({ file: JSON.stringify({ [name]: values }) }), expected)
  })
}

t.test('readConfig() reads a flag without a value as true', async (t) => {
  t.strictSame(read({ flags: { strict: true } }), { ...DEFAULTS, strict: true })
})

t.test('readConfig() reads a certificate and its key', async (t) => {
  const flags = { 'tls-cert': 'c.pem' }
  const env = { MOCK_GPUDB_TLS_KEY: 'k.pem' }
  t.strictSame(read({ flags, env }), { ...DEFAULTS, tls: { cert: 'c.pem', key: 'k.pem' } })
})

const DURATION =
  'a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds, at most 876000h'

const BAD = [
  { name: 'port', text: 'x', problem: 'expected a port from 0 to 65535, got "x"' },
  { name: 'port', text: '-1', problem: 'expected a port from 0 to 65535, got "-1"' },
  { name: 'port', text: '65536', problem: 'expected a port from 0 to 65535, got 65536' },
  { name: 'port', text: '80.5', problem: 'expected a port from 0 to 65535, got "80.5"' },
  { name: 'ring', text: '1', problem: 'expected a number of clusters from 2 to 8, got 1' },
  { name: 'ring', text: '9', problem: 'expected a number of clusters from 2 to 8, got 9' },
  { name: 'ring', text: 'two', problem: 'expected a number of clusters from 2 to 8, got "two"' },
  {
    name: 'clock',
    text: '0x',
    problem: 'expected real, frozen, auto, or a factor such as 10x, got "0x"',
  },
  { name: 'poll-advance', text: 'soon', problem: `expected ${DURATION}, got "soon"` },
  { name: 'default-duration', text: '-1s', problem: `expected ${DURATION}, got "-1s"` },
  { name: 'retention', text: '1d', problem: `expected ${DURATION}, got "1d"` },
  { name: 'strict', text: 'yes', problem: 'expected true or false, got "yes"' },
  { name: 'host', text: '', problem: 'expected a string that is not empty, got ""' },
  { name: 'user', text: ':secret', problem: 'expected a name and a password as name:password' },
  { name: 'token', text: '', problem: 'expected a string that is not empty' },
  ...['/__mock', '/a/__mock', '/~x', '/a/~x', '/a?b'].map((text) => ({
    name: 'base-path',
    text,
    problem: `expected a path such as /cluster/gpudb-0, got "${text}"`,
  })),
  { name: 'base-path', text: 'a', problem: 'expected a path such as /cluster/gpudb-0, got "a"' },
  {
    name: 'base-path',
    text: '/a/',
    problem: 'expected a path such as /cluster/gpudb-0, got "/a/"',
  },
  {
    name: 'control-origin',
    text: 'http://a/',
    problem: 'expected an origin such as http://localhost:3000, got "http://a/"',
  },
  { name: 'page', text: 'yes', problem: 'expected one of on, read-only, off, got "yes"' },
  { name: 'control-port', text: '65536', problem: 'expected a port from 0 to 65535, got 65536' },
  { name: 'idle-timeout', text: 'long', problem: `expected ${DURATION}, got "long"` },
  { name: 'max-connections', text: '0', problem: 'expected a number of connections from 1, got 0' },
  { name: 'max-jobs', text: '0', problem: 'expected a number of jobs from 1, got 0' },
  { name: 'max-finished', text: 'all', problem: 'expected a number of jobs, got "all"' },
  { name: 'max-job-bytes', text: '-1', problem: 'expected a number of bytes, got "-1"' },
  { name: 'body-limit', text: '0', problem: 'expected a number of bytes from 1, got 0' },
  { name: 'redact', text: '*', problem: 'expected a name, with * for any text, got "*"' },
  {
    name: 'log-level',
    text: 'INFO',
    problem: 'expected one of fatal, error, warn, info, debug, trace, silent, got "INFO"',
  },
  { name: 'log-format', text: 'xml', problem: 'expected one of console, json, got "xml"' },
]

for (const { name, text, problem } of BAD) {
  t.test(`readConfig() rejects ${name} ${text} and names the source`, async (t) => {
    const variable = `MOCK_GPUDB_${name.toUpperCase().replaceAll('-', '_')}`
    const isList = LISTS.some((list) => list.name === name)
    const flag = isList ? [text] : text
    t.strictSame(problemsOf({ flags: { [name]: flag } }), [`--${name}: ${problem}`])
    // An empty variable is unset.
    const expected = text === '' ? [] : [`${variable}: ${problem}`]
    t.strictSame(problemsOf({ env: { [variable]: text } }), expected)
  })
}

t.test('readConfig() never shows a secret in a problem', async (t) => {
  const wrong = [
    '7351',
    '"hunter2"',
    '["hunter2, got hunter2"]',
    '[7351]',
    '{"hunter2":"hunter2"}',
    '[["hunter2"]]',
  ]
  for (const name of SECRET_OPTIONS) {
    for (const value of wrong) {
      const problems = problemsOf({ file: `{ "${name}": ${value} }` })
      if (name === 'token' && value === '"hunter2"') continue
      t.equal(problems.length, 1, `${name}: ${value}`)
      t.notMatch(problems.join(), /hunter2|7351/, `${name}: ${value}`)
    }
  }
})

t.test('readConfig() takes an empty variable as unset', async (t) => {
  for (const name of OPTION_NAMES) {
    for (const value of ['', ' ', '\n']) {
      t.strictSame(read({ env: { [environmentName(name)]: value } }), DEFAULTS, name)
    }
  }
  t.strictSame(read({ env: { MOCK_GPUDB_FIXTURES: ' , ', MOCK_GPUDB_USER: ',' } }), DEFAULTS)
})

t.test('readConfig() trims variables and the values of a list, and drops empty ones', async (t) => {
  for (const [text, fixtures] of [
    ['a.yaml, b.yaml', ['a.yaml', 'b.yaml']],
    ['a.yaml,', ['a.yaml']],
    [',a b,, c ,', ['a b', 'c']],
    ['a\n', ['a']],
  ] as const) {
    const expected = { ...DEFAULTS, fixtures, defaultFixtures: [] }
    t.strictSame(read({ env: { MOCK_GPUDB_FIXTURES: text } }), expected, text)
    t.strictSame(read({ flags: { fixtures: [text] } }), expected, text)
  }
  t.strictSame(read({ flags: { fixtures: ['a,b', 'c'] } }).fixtures, ['a', 'b', 'c'])
  t.strictSame(read({ flags: { fixtures: [''] } }).fixtures, [])
  t.equal(read({ env: { MOCK_GPUDB_PORT: ' 80\n' } }).port, 80)
  t.strictSame(read({ env: { MOCK_GPUDB_TOKEN: 't\n' } }).access.tokens, ['t'])
})

t.test(
  'readConfig() keeps the lines of an inline fixture, and names it by its source',
  async (t) => {
    const text = '\n# a, b\njobs: []\n'
    const name = 'MOCK_GPUDB_FIXTURES_INLINE'
    const from = (name: string) => [new FixtureText({ name, text })]
    t.strictSame(read({ env: { [name]: text } }), { ...DEFAULTS, inlineFixtures: from(name) })
    const flags = { 'fixtures-inline': text }
    t.strictSame(read({ flags }).inlineFixtures, from('--fixtures-inline'))
    const file = `{\n "fixtures-inline": ${JSON.stringify(text)} }`
    t.strictSame(read({ file }).inlineFixtures, from('mock.json:2:21: fixtures-inline'))
    t.strictSame(problemsOf({ file: '{ "fixtures-inline": { "jobs": [] } }' }), [
      'mock.json:1:22: fixtures-inline: expected the text of a fixture, got an object',
    ])
  },
)

/** The variables that Kubernetes sets in the pods of a service. */
function serviceLinks(service: string): Record<string, string> {
  return {
    [`${service}_SERVICE_HOST`]: '10.96.0.12',
    [`${service}_SERVICE_PORT`]: '9191',
    [`${service}_SERVICE_PORT_HTTP`]: '9191',
    [`${service}_PORT`]: 'tcp://10.96.0.12:9191',
    [`${service}_PORT_9191_TCP`]: 'tcp://10.96.0.12:9191',
    [`${service}_PORT_9191_TCP_PROTO`]: 'tcp',
    [`${service}_PORT_9191_TCP_PORT`]: '9191',
    [`${service}_PORT_9191_TCP_ADDR`]: '10.96.0.12',
    [`${service}_PORT_53_UDP`]: 'udp://10.96.0.12:53',
  }
}

t.test('the variables of Kubernetes services are ignored', async (t) => {
  for (const service of ['MOCK_GPUDB', 'MOCK_GPUDB_SUITE_A']) {
    const env = serviceLinks(service)
    t.strictSame(read({ env }), DEFAULTS)
    t.strictSame(unknownVariables(env), [])
  }
  const udp = { MOCK_GPUDB_PORT: 'udp://10.96.0.12:53' }
  t.strictSame(read({ env: udp }), DEFAULTS)
  t.equal(read({ env: udp, file: '{ "port": 3 }' }).port, 3)
})

t.test('readConfig() reports the position of a problem in the file', async (t) => {
  const file = '{\n  "port": "80",\n  "user": ["a:b", 7],\n  "colour": 1, "log-levl": "info"\n}'
  t.strictSame(problemsOf({ file }), [
    'mock.json:4:3: unknown option colour',
    'mock.json:4:16: unknown option log-levl (did you mean log-level?)',
    'mock.json:2:11: port: expected a port from 0 to 65535, got "80"',
    'mock.json:3:11: user: expected a name and a password as name:password',
  ])
})

t.test('readConfig() rejects a config file that is not an object', async (t) => {
  for (const file of ['7', 'null', '[]', '"port"']) t.not(problemsOf({ file }).length, 0, file)
})

t.test('unknownVariables() lists unknown variables that are set', async (t) => {
  const env = {
    MOCK_GPUDB_PROT: '1',
    MOCK_GPUDB_ADDITIONAL_THINGS: 'hunter2',
    MOCK_GPUDB_COLOUR: '',
    MOCK_GPUDB_SERVICE_HOSTS: '1',
    MOCK_GPUDB_URL: 'http://localhost:9191',
    MOCK_GPUDB_CONFIG: 'mock.json',
    MOCK_GPUDB_COMMAND: 'npx mock-gpudb',
    MOCK_GPUDB_IMAGE: 'mock-gpudb:latest',
    OTHER_PORT: '1',
  }
  t.strictSame(unknownVariables(env), [
    'MOCK_GPUDB_PROT: unknown option (did you mean MOCK_GPUDB_PORT?)',
    'MOCK_GPUDB_ADDITIONAL_THINGS: unknown option',
    'MOCK_GPUDB_SERVICE_HOSTS: unknown option',
  ])
  t.strictSame(read({ env }), DEFAULTS)
  const known = OPTION_NAMES.map((name) => [environmentName(name), '1'])
  t.strictSame(unknownVariables(Object.fromEntries(known)), [])
})

t.test(
  'readConfig() rejects a certificate without a key, and a key without a certificate',
  async (t) => {
    const reason = 'tls-cert and tls-key must be set together'
    t.strictSame(problemsOf({ flags: { 'tls-cert': 'c' } }), [`--tls-cert: ${reason}`])
    t.strictSame(problemsOf({ env: { MOCK_GPUDB_TLS_KEY: 'k' } }), [
      `MOCK_GPUDB_TLS_KEY: ${reason}`,
    ])
  },
)

t.test('readConfig() reports all problems at once', async (t) => {
  const flags = { port: 'x', clock: 'y' }
  const message =
    'Cannot use the options: --port: expected a port from 0 to 65535, got "x"; ' +
    '--clock: expected real, frozen, auto, or a factor such as 10x, got "y"'
  t.throws(() => read({ flags }), { code: 'BAD_CONFIG', name: 'ConfigError', message })
})

t.test('readConfigFile() reads JSON with comments', async (t) => {
  const folder = t.testdir({ 'mock.json': '// mine\n{ "port": 0, }' })
  const name = join(folder, 'mock.json')
  const file = readConfigFile(name)
  t.equal(file.name, name)
  t.equal(readConfig({ flags: {}, env: {}, file }).port, 0)
})

t.test('readConfigFile() rejects a missing file and invalid JSON', async (t) => {
  const folder = t.testdir({ 'mock.json': '{\n  "port" 0 }' })
  const absent = join(folder, 'nothing.json')
  const broken = join(folder, 'mock.json')
  t.equal(
    thrownMessage(() => readConfigFile(absent)),
    `Cannot use the options: config: ${absent}: this cannot be read: there is no such file or folder`,
  )
  t.equal(
    thrownMessage(() => readConfigFile(broken)),
    `Cannot use the options: ${broken}:2:10: this is not JSON: colon expected`,
  )
})

t.test(
  'readConfigFile() names the key of a problem, unless the file may have secrets',
  async (t) => {
    for (const [text, message] of [
      ['port: 0\nport: 1', ':2:1: port: the key "port" is repeated'],
      ['token: a\ntoken: b', ':2:1: the key "token" is repeated'],
    ]) {
      const path = join(t.testdir({ 'mock.yaml': `${text}` }), 'mock.yaml')
      t.equal(
        thrownMessage(() => readConfigFile(path)),
        `Cannot use the options: ${path}${message}`,
      )
    }
  },
)

t.test('readConfig() rejects a file without options with its position', async (t) => {
  t.strictSame(problemsOf({ file: ' [1]' }), ['mock.json:1:2: expected an object with options'])
})

t.test('files of options must be UTF-8 files of at most 1 MiB', async (t) => {
  const folder = t.testdir({
    'latin-1.json': Buffer.from('{ "seed": "caf\u00e9" }', 'latin1'),
    'utf-16.yaml': Buffer.from('\ufeffport: 0', 'utf16le'),
    'huge.json': ' '.repeat(MAX_CONFIG_BYTES + 1),
    'largest.json': '{}'.padEnd(MAX_CONFIG_BYTES),
    'mark.yaml': '\ufeffport: 0',
  })
  const cases = [
    {
      path: join(folder, 'latin-1.json'),
      at: ':1:15',
      message: 'this is not UTF-8: save the file as UTF-8',
    },
    {
      path: join(folder, 'utf-16.yaml'),
      at: ':1:1',
      message: 'this is UTF-16: save the file as UTF-8',
    },
    { path: join(folder, 'huge.json'), message: 'this is larger than 1048576 bytes' },
    { path: '/dev/zero', message: 'this is larger than 1048576 bytes' },
    { path: folder, message: 'this is a folder' },
    { path: join(folder, 'none'), message: 'this cannot be read: there is no such file or folder' },
    { path: 'a\0b', message: 'this cannot be read: ERR_INVALID_ARG_VALUE' },
  ]
  for (const { path, at = '', message } of cases) {
    const place = `${path}${at}: ${message}`
    const users = { access: { users: [] }, accessFiles: { users: path } }
    const tokens = { access: { users: [] }, accessFiles: { tokens: path } }
    const cert = join(folder, 'mark.yaml')
    for (const [option, readIt] of [
      ['config', () => readConfigFile(path)],
      ['user-file', () => readAccess(users)],
      ['token-file', () => readAccess(tokens)],
      ['tls-cert', () => readTls({ cert: path, key: path })],
      ['tls-key', () => readTls({ cert, key: path })],
    ] as const) {
      t.equal(thrownMessage(readIt), `Cannot use the options: ${option}: ${place}`)
    }
  }
  t.strictSame(readConfigFile(join(folder, 'largest.json')).document.value, {})
  t.strictSame(readConfigFile(join(folder, 'mark.yaml')).document.value, { port: 0 })
})

t.test('readConfigFile() quotes nothing of a file with secrets that it cannot parse', async (t) => {
  for (const text of [
    'token: *hunter2',
    'token: !hunter2 x',
    'token: |hunter2',
    'user:\n- !hunter2 x',
    '- a\ntoken: hunter2',
  ]) {
    const path = join(t.testdir({ 'mock.yaml': text }), 'mock.yaml')
    const message = thrownMessage(() => readConfigFile(path)).replaceAll(path, 'mock.yaml')
    t.match(message, /^Cannot use the options: mock\.yaml:\d+:\d+: this is not YAML$/)
  }
})

t.test('readAccess() adds the users and tokens of files', async (t) => {
  const folder = t.testdir({
    users: '# the team\n\nann:hunter2\r\n  bob:pass:word # 1  \n \n',
    tokens: '\ufefft0ken\n# old\nother',
  })
  const accessFiles = { users: join(folder, 'users'), tokens: join(folder, 'tokens') }
  const access = { users: ['jo:x'], tokens: ['first'] }
  t.strictSame(readAccess({ access, accessFiles }), {
    users: ['jo:x', 'ann:hunter2', 'bob:pass:word # 1'],
    tokens: ['first', 't0ken', 'other'],
  })
  t.strictSame(readAccess({ access: { users: [] }, accessFiles: {} }), { users: [], tokens: [] })
})

t.test('readAccess() names the option, file and line of a problem, and no secret', async (t) => {
  const folder = t.testdir({
    users: 'ann:a\nhunter2\n# x\n:hunter2',
    tokens: '\nhunter2 hunter3',
    empty: '# nobody\n\n',
  })
  const access = { users: [] }
  for (const [accessFiles, problems] of [
    [
      { users: join(folder, 'users') },
      [
        `user-file: ${folder}/users:2: expected a name and a password as name:password`,
        `user-file: ${folder}/users:4: expected a name and a password as name:password`,
      ],
    ],
    [
      { tokens: join(folder, 'tokens') },
      [`token-file: ${folder}/tokens:2: expected a token without spaces`],
    ],
    [{ users: join(folder, 'empty') }, [`user-file: ${folder}/empty: expected at least one user`]],
    [
      { tokens: join(folder, 'empty') },
      [`token-file: ${folder}/empty: expected at least one token`],
    ],
  ] as const) {
    t.throws(() => readAccess({ access, accessFiles }), new ConfigError(problems))
  }
})

const COMMAND_LINES = [
  { words: ['node', 'dist/bin/mock-gpudb.js', '--port', '1'], found: ['--port', '1'] },
  {
    words: ['/usr/bin/node', '/app/mock-gpudb', 'start', '--strict'],
    found: ['start', '--strict'],
  },
  { words: ['mock-gpudb'], found: [] },
  { words: ['/sbin/init', 'splash'], found: [] },
  { words: ['node', 'mock-gpudb.js.bak', '--port', '1'], found: [] },
]

t.test('readServerArguments() reads the command line of process 1', async (t) => {
  for (const { words, found } of COMMAND_LINES) {
    const folder = t.testdir({ cmdline: `${words.join('\0')}\0` })
    t.strictSame(readServerArguments(join(folder, 'cmdline')), found, words.join(' '))
  }
  t.strictSame(readServerArguments('/nowhere/cmdline'), [])
})

t.test('readTls() reads the PEM files', async (t) => {
  const folder = t.testdir({ 'c.pem': 'cert', 'k.pem': 'key' })
  const [cert, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')]
  t.strictSame(readTls({ cert, key }), { cert: 'cert', key: 'key' })
})

t.test('environmentName() is the name in upper snake case with a prefix', async (t) => {
  t.equal(environmentName('default-duration'), 'MOCK_GPUDB_DEFAULT_DURATION')
  t.equal(environmentName('port'), 'MOCK_GPUDB_PORT')
})

// Scripts and files of users contain these names: renaming an option breaks them.
t.test('the names of the options are stable', async (t) => {
  t.strictSame(OPTION_NAMES, [
    ...[
      'host',
      'port',
      'fixtures',
      'fixtures-inline',
      'watch',
      'stop-with-stdin',
      'clock',
      'poll-advance',
      'default-duration',
    ],
    ...[
      'strict',
      'seed',
      'ring',
      'user',
      'token',
      'user-file',
      'token-file',
      'tls-cert',
      'tls-key',
    ],
    ...['base-path', 'control-port', 'control-origin', 'page', 'metrics-scopes'],
    ...['retention', 'max-finished', 'max-jobs', 'max-job-bytes', 'max-rule-bytes'],
    'max-table-bytes',
    ...['max-scopes', 'journal-requests', 'journal-bytes', 'max-journal-bytes', 'body-limit'],
    ...['max-body-bytes', 'max-connections', 'header-timeout', 'request-timeout', 'idle-timeout'],
    ...['redact', 'log-level', 'log-format'],
  ])
})

t.test('heapShare() is a part of the heap limit, and at least 8 MiB', async (t) => {
  const MiB = 1024 * 1024
  t.equal(heapShare(8, 128 * MiB), 16 * MiB)
  t.equal(heapShare(8, 4096 * MiB + 7), 512 * MiB)
  t.equal(heapShare(8, 10 * MiB), 8 * MiB)
})

t.test('describeDefault() is the text of a computed default, not its value', async (t) => {
  t.equal(describeDefault('max-job-bytes'), 'an eighth of the heap limit')
  t.equal(describeDefault('port'), '9191')
  t.equal(describeDefault('token'), '')
})

t.test('ConfigOptions has a description, an expectation and a valid default', async (t) => {
  for (const name of OPTION_NAMES) {
    const schema = ConfigOptions.properties[name]
    t.match(schema.description, /\w/, name)
    t.match(schema['expected'], /\w/, name)
    t.ok(schema.default === undefined || Value.Check(schema, schema.default), name)
  }
})
