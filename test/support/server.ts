import { createRequire } from 'node:module'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import type { RecordCodec } from '../../src/avro/record-codec.ts'
import { zeroRecord } from '../../src/avro/zero-value.ts'
import { CallCounts } from '../../src/calls/call-counts.ts'
import type { ControlledClock } from '../../src/clock/controlled-clock.ts'
import { RealTime, type TimeSource } from '../../src/clock/time-source.ts'
import type { ConnectionLimits } from '../../src/connections/http-server.ts'
import { InFlight } from '../../src/connections/in-flight.ts'
import { listen } from '../../src/connections/listen.ts'
import type { LoadedFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { FixtureSource } from '../../src/fixtures/parse-sources.ts'
import type { LoadedTable } from '../../src/fixtures/read-table.ts'
import { OWN_ENDPOINTS } from '../../src/gpudb/own-endpoints.ts'
import { buildServer, type ServerParts, type ServerSettings } from '../../src/http/build-server.ts'
import { createLog, type Logging } from '../../src/http-parts/logging.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import type { JobDefinition } from '../../src/jobs/job.ts'
import type { JobLimits } from '../../src/jobs/job-store.ts'
import { Mock } from '../../src/mock.ts'
import type { Fault } from '../../src/rules/fault.ts'
import type { Rule } from '../../src/rules/rule.ts'
import type { JournalLimits } from '../../src/scope/journal.ts'
import type { RingSeed } from '../../src/scope/ring.ts'
import type { Scope } from '../../src/scope/scope.ts'
import type { Budgets } from '../../src/scope/scope-budgets.ts'
import { DEFAULT_SCOPE } from '../../src/scope/scope-name.ts'
import { decodeMessage, encodeJson } from '../../src/wire/message.ts'
import { ManualTime } from './clocks.ts'
import { type HttpAnswer, sendHttp } from './http.ts'
import { jobOf } from './job-definition.ts'
import { toVectorForm } from './vectors.ts'

const { compressSync }: typeof import('snappy') = createRequire(import.meta.url)('snappy')

/** The initial time of the clock of a test server. */
export const START_MS = 1_700_000_000_000

export const catalogue = new Catalogue()

/** The context in which tests read fixtures. */
export const FIXTURE_CONTEXT = {
  catalogue,
  ownEndpoints: OWN_ENDPOINTS,
  defaultDurationMs: 1000,
  clusters: ['a'],
  known: { clusters: ['a'], faults: new Set<string>() },
} as const

const wrapperCodec = catalogue.readWrapper()

/** The encodings of requests; tests run a table of cases through each. */
export const ENCODINGS: readonly Encoding[] = ['json', 'binary', 'snappy']

const MEDIA_TYPES = {
  json: 'application/json',
  binary: 'application/octet-stream',
  snappy: 'application/x-snappy',
} satisfies Record<Encoding, string>

/** Limits of a journal that are never reached in tests. */
export const ROOMY_JOURNAL: JournalLimits = { maxRequests: 10_000, maxBytes: 64 * 1024 * 1024 }

const BODY_LIMIT = 1024 * 1024

const ROOMY_BUDGETS: Budgets = {
  jobBytes: 256 * 1024 * 1024,
  journalBytes: 256 * 1024 * 1024,
  ruleBytes: 256 * 1024 * 1024,
  tableBytes: 256 * 1024 * 1024,
}

const MAX_BODY_BYTES = 64 * 1024 * 1024

/** Limits of connections that are never reached in tests. */
export const ROOMY_CONNECTIONS: ConnectionLimits = {
  headerTimeoutMs: 60_000,
  requestTimeoutMs: 300_000,
  idleTimeoutMs: 75_000,
  maxConnections: 1000,
}

const FEW_JOBS: JobLimits = { maxJobs: 1000, maxFinished: 100, retentionMs: 3_600_000 }

/** The options of a test server; by default, the clock is frozen and there are no fixtures. */
export interface TestServerOptions
  extends Partial<
    ServerSettings &
      Pick<ServerParts, 'serves' | 'realTime' | 'pageFolder' | 'clientPort' | 'counts'>
  > {
  /** By default warnings, as JSON, into `logged`. */
  readonly logging?: Logging
  /** Whether metrics tell scopes apart; by default not. */
  readonly metricsScopes?: boolean
  /** The maximum bytes of large bodies and answers in flight; by default 64 MiB. */
  readonly maxBodyBytes?: number
  readonly seeds?: readonly JobDefinition[]
  /** In order of precedence. */
  readonly rules?: readonly Rule[]
  /** In order of precedence. */
  readonly faults?: readonly Fault[]
  readonly tables?: readonly LoadedTable[]
  /** By default a single cluster. */
  readonly ring?: RingSeed
  /** Read by a reload; the scopes start with only `seeds`, `rules`, `faults` and `tables`. */
  readonly fixtures?: readonly FixtureSource[]
  /** With what the mock starts, instead of `seeds` and `rules`. */
  readonly loaded?: LoadedFixtures
  readonly defaultDurationMs?: number
  readonly strict?: boolean
  /** By default 1000 jobs, 100 of them finished, which are kept for an hour. */
  readonly limits?: JobLimits
  readonly journal?: JournalLimits
  readonly maxScopes?: number
  /** By default 256 MiB each. */
  readonly budgets?: Partial<Budgets>
  /** Names of secrets besides the usual ones. */
  readonly redact?: readonly string[]
}

/** A server on a free port of the loopback, whose time the test advances. */
export interface TestServer {
  readonly url: string
  readonly port: number
  readonly scope: Scope
  readonly clock: ControlledClock
  /** The time source of all clocks. */
  readonly time: ManualTime
  readonly mock: Mock
  readonly inFlight: InFlight
  /** The JSON lines of the log. */
  readonly logged: readonly string[]
  /** Sends JSON and returns the HTTP status and the parsed wrapper. */
  post(path: string, body: unknown): Promise<{ status: number; wrapper: JsonWrapper }>
  /** Sends JSON, which must succeed, and returns the parsed payload. */
  call(path: string, body: unknown): Promise<Record<string, unknown>>
  /** Sends a record in an encoding; omitted fields are Avro's zero. */
  ask(encoding: Encoding, endpoint: string, fields: AvroRecord): Promise<Answer>
  close(): Promise<void>
}

/** The `gpudb_response` record in JSON. */
export interface JsonWrapper {
  readonly status: string
  readonly message: string
  readonly data_type: string
  readonly data: string
  readonly data_str: string
}

/** An answer whose body was decoded by its Content-Type. */
export interface Answer {
  readonly httpStatus: number
  readonly contentType: string
  readonly status: string
  readonly message: string
  readonly dataType: string
  /** The response record in the form of the vectors; null on an error. */
  readonly response: unknown
}

/** A job as a fixture defines it, with a duration of one second by default. */
export function seedJob(given: Partial<JobDefinition> = {}): JobDefinition {
  return jobOf({ keep: 'always', ...given })
}

/** The body of a request; omitted fields are Avro's zero. */
export function encodeRequest(encoding: Encoding, endpoint: string, fields: AvroRecord): Buffer {
  const { request } = catalogue.get(endpoint)
  const record = { ...zeroRecord(request.schema), ...fields }
  if (encoding === 'json') return Buffer.from(encodeJson(request, record))
  const bytes = request.encode(record)
  return encoding === 'binary' ? bytes : Buffer.from(compressSync(bytes))
}

/** Decodes an answer by its Content-Type. Throws if that is neither JSON nor Avro. */
export function readAnswer(endpoint: string, answer: HttpAnswer): Answer {
  const contentType = String(answer.headers['content-type'])
  const bytes = answer.body
  const encoding = contentType.startsWith(MEDIA_TYPES.json) ? 'json' : 'binary'
  if (!contentType.startsWith(MEDIA_TYPES[encoding])) throw new Error(`is ${contentType}`)
  const wrapper = decode(wrapperCodec, encoding, bytes)
  const payload = wrapper[encoding === 'json' ? 'data_str' : 'data'] ?? ''
  const record = wrapper['status'] === 'OK' && decodePayload(endpoint, encoding, payload)
  return {
    httpStatus: answer.status,
    contentType,
    status: String(wrapper['status']),
    message: String(wrapper['message']),
    dataType: String(wrapper['data_type']),
    response: record ? toVectorForm(record) : null,
  }
}

function decodePayload(endpoint: string, encoding: 'json' | 'binary', payload: unknown) {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(String(payload))
  return decode(catalogue.get(endpoint).response, encoding, bytes)
}

function decode(codec: RecordCodec, encoding: 'json' | 'binary', bytes: Buffer): AvroRecord {
  const name = `an answer of ${codec.name}`
  return decodeMessage(codec, { encoding, bytes, name, maxBytes: Number.POSITIVE_INFINITY })
}

const NOTHING_LOADED = {
  ring: undefined,
  timeline: [],
  problems: [],
  absent: [],
  sources: [],
  rowsFiles: [],
  stamp: '',
}

/** A mock whose time the test advances; its UUIDs are the same in every run. */
export function createTestMock(
  options: TestServerOptions = {},
  time: TimeSource = new ManualTime(START_MS),
): Mock {
  const { seeds = [], rules = [], faults = [], tables = [], fixtures = [] } = options
  const { limits = FEW_JOBS, strict = false } = options
  const { defaultDurationMs = 1000, journal = ROOMY_JOURNAL, maxScopes = 100 } = options
  const budgets = { ...ROOMY_BUDGETS, ...options.budgets }
  const settings = { limits, budgets, strict, defaultDurationMs, journal, maxScopes, seed: 'test' }
  const clock = { clock: { mode: 'frozen' }, pollAdvanceMs: 250 } as const
  const bodyLimit = options.bodyLimit ?? BODY_LIMIT
  return new Mock({
    ...settings,
    ...clock,
    ...(options.ring === undefined ? {} : { ring: options.ring }),
    catalogue,
    loaded: options.loaded ?? { ...NOTHING_LOADED, seeds, rules, faults, tables },
    fixtures,
    time,
    bodyLimit,
    redact: options.redact ?? [],
  })
}

/** Counters of requests for a server. */
export function countsOf({ metricsScopes = false }: TestServerOptions = {}): CallCounts {
  return new CallCounts({ catalogue, byScope: metricsScopes })
}

/** Starts a server on a real socket. Close it in `t.teardown`. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const time = new ManualTime(START_MS)
  const mock = createTestMock(options, time)
  const logged: string[] = []
  const write = (line: string) => void logged.push(line)
  const { logging = { level: 'warn', format: 'json', write } } = options
  const inFlight = new InFlight({
    maxBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    sendTimeoutMs: 0,
  })
  const app = await buildServer({
    serves: 'both',
    page: 'on',
    realTime: new RealTime(),
    inFlight,
    connections: ROOMY_CONNECTIONS,
    controlOrigins: [],
    access: { users: [] },
    basePaths: [],
    bodyLimit: BODY_LIMIT,
    counts: countsOf(options),
    droppedLines: logging.dropped ?? (() => 0),
    ...options,
    log: createLog(logging),
    control: mock,
  })
  const { url } = await listen(app, { host: '127.0.0.1', port: 0 })
  const port = Number(new URL(url).port)
  const post: TestServer['post'] = async (path, body) => {
    const headers = { 'content-type': 'application/json' }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: text })
    return { status: response.status, wrapper: JSON.parse(await response.text()) }
  }
  const call: TestServer['call'] = async (path, body) => {
    const { status, wrapper } = await post(path, body)
    if (status !== 200) throw new Error(`${path} answered ${status}: ${wrapper.message}`)
    return JSON.parse(wrapper.data_str)
  }
  const ask: TestServer['ask'] = async (encoding, endpoint, fields) => {
    const headers = { 'content-type': MEDIA_TYPES[encoding] }
    const body = encodeRequest(encoding, endpoint, fields)
    const sent = { method: 'POST', path: endpoint, headers, body }
    return readAnswer(endpoint, await sendHttp(port, sent))
  }
  const close = () => app.close()
  const scope = mock.scopes.open(DEFAULT_SCOPE)
  const { clock } = scope
  return { url, port, scope, clock, time, mock, inFlight, logged, post, call, ask, close }
}
