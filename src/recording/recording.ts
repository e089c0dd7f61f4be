import type { Catalogue } from '../avro/catalogue.ts'
import { type DriftFinding, DriftLog } from '../exchanges/drift.ts'
import type { Exchange } from '../exchanges/exchange.ts'
import { type AnswerParts, AS_USUAL, keepAnswer, lostAnswer } from '../exchanges/kept-answer.ts'
import { withoutTemplates } from '../exchanges/name-templates.ts'
import { CallReader, type ReadCall } from '../exchanges/read-call.ts'
import type { FixtureDocument, FixtureThen } from '../fixture-format/fixture-format.ts'
import { ByteBudget } from '../jobs/byte-budget.ts'
import { isJobRecord } from '../jobs/job.ts'
import type { Redaction } from '../patterns/redaction.ts'
import { isHeartbeat, selectsInteger } from './heartbeat.ts'
import { JobWatcher, type Keeping } from './job-watcher.ts'
import { type CallCondition, RecordedCalls } from './recorded-calls.ts'
import { RecordedJobs } from './recorded-jobs.ts'
import { patternOf, type ReadPattern } from './request-pattern.ts'
import { writeRecorded } from './write-recorded.ts'
import { type RawPolicy, ResultWriter } from './write-result.ts'

/** The settings of a recording. */
export interface RecordingOptions {
  readonly catalogue: Catalogue
  readonly redaction: Redaction
  readonly raw: RawPolicy
  /** The maximum bytes of what is kept, as an estimate. */
  readonly maxBytes: number
}

/** What was recorded. */
export interface RecordingCounts {
  readonly exchanges: number
  readonly rules: number
  /** Jobs of the fixture: those that existed before the recording. */
  readonly jobs: number
  /** Exchanges that were not kept because there was no more room. */
  readonly notKept: number
  /** Answers that were not kept because they are too long. */
  readonly tooLong: number
  /** Findings that are not listed because there are too many different ones. */
  readonly findingsOmitted: number
}

/** A finished recording. */
export interface FinishedRecording {
  readonly fixture: FixtureDocument
  /** Comments by the objects of the fixture that they are about. */
  readonly comments: ReadonlyMap<unknown, string>
  /** The fixture as YAML with comments. */
  readonly text: string
  readonly drift: readonly DriftFinding[]
  readonly counts: RecordingCounts
}

/** The endpoints whose answers are the mock's own, except errors: handshakes and lists of jobs. */
const OWN_ANSWERS = /^\/(?:show\/system\/|admin\/(?:show|alter)\/jobs$)/

/** Missing or wrong credentials say nothing about an endpoint. */
const UNAUTHORIZED: ReadonlySet<number> = new Set([401, 403])

/** Why an answer is not kept. */
const NOT_WRITABLE = 'a fixture cannot hold its answer'
const TOO_LONG = 'its answer is too long'

/** The maximum number of names of paging tables that are remembered. */
const MAX_PAGING_TABLES = 10_000

/** Makes one fixture, and a report of what is strange, of the exchanges that pass through the proxy. */
export class Recording {
  readonly #options: RecordingOptions
  readonly #drift = new DriftLog()
  readonly #reader: CallReader
  readonly #writer: ResultWriter
  readonly #calls: RecordedCalls
  readonly #jobs: RecordedJobs
  readonly #watcher: JobWatcher
  readonly #pagingTables = new Set<unknown>()
  #beganAtMs = Number.POSITIVE_INFINITY
  #exchanges = 0
  #notKept = 0
  #tooLong = 0

  constructor(options: RecordingOptions) {
    this.#options = options
    const { catalogue, redaction } = options
    const budget = new ByteBudget(options.maxBytes)
    this.#reader = new CallReader(catalogue, this.#drift)
    this.#writer = new ResultWriter(options)
    this.#calls = new RecordedCalls(budget)
    this.#jobs = new RecordedJobs(budget)
    this.#watcher = new JobWatcher({ catalogue, redaction, writer: this.#writer, jobs: this.#jobs })
  }

  /** Whether something was not kept because there was no more room. */
  get isFull(): boolean {
    return this.#notKept > 0
  }

  /** Adds an exchange. Never throws: what cannot be read is a finding. */
  add(exchange: Exchange): void {
    this.#exchanges += 1
    this.#beganAtMs = Math.min(this.#beganAtMs, exchange.receivedAtMs)
    const call = this.#reader.read(exchange, this.#exchanges)
    if (call === undefined) return
    const keeping = this.#keep(call)
    if (keeping === 'full') this.#notKept += 1
    if (keeping === 'too long') this.#tooLong += 1
  }

  /** Everything that was recorded until now. */
  finish(): FinishedRecording {
    const { catalogue } = this.#options
    const dropped = (endpoint: string, what: string) =>
      this.#drift.add({ endpoint, path: '', what }, this.#exchanges)
    const written = writeRecorded({ calls: this.#calls, jobs: this.#jobs, catalogue, dropped })
    const { rules = [], jobs = [] } = written.fixture
    const counts = {
      exchanges: this.#exchanges,
      rules: rules.length,
      jobs: jobs.length,
      notKept: this.#notKept,
      tooLong: this.#tooLong,
      findingsOmitted: this.#drift.omitted,
    }
    return { ...written, drift: this.#drift.list(), counts }
  }

  #keep(call: ReadCall): Keeping {
    const { endpoint, answer } = call
    if (answer.kind === 'error' && UNAUTHORIZED.has(answer.status)) return 'kept'
    if (endpoint === '/create/job') return this.#create(call)
    if (endpoint === '/get/job') return this.#poll(call)
    if (endpoint === '/admin/alter/jobs') this.#watcher.cancel(call)
    if (this.#isUsual(call)) return 'kept'
    return this.#keepCall(call)
  }

  #create(call: ReadCall): Keeping {
    const { answer, request, endpoint } = call
    const pattern = this.#watcher.conditionOf(request)
    const condition = { as: 'direct', endpoint, pattern } as const
    if (answer.kind === 'error') return this.#addCall(condition, { text: this.#errorText(call) })
    if (answer.record === undefined) return 'kept'
    const isKept = this.#calls.add(condition, AS_USUAL)
    return isKept ? this.#watcher.create({ ...call, response: answer.record }) : 'full'
  }

  #poll(call: ReadCall): Keeping {
    const { answer } = call
    if (answer.kind === 'error' || answer.record === undefined) return 'kept'
    return this.#watcher.poll({ ...call, response: answer.record }, this.#beganAtMs)
  }

  /** Whether the mock answers so without a rule, to a request that no client sends twice. */
  #isUsual(call: ReadCall): boolean {
    const { endpoint, request, answer } = call
    const { options } = request
    const table = isJobRecord(options) ? options['paging_table'] : undefined
    const isNew = typeof table === 'string' && table !== ''
    if (isNew && this.#pagingTables.size < MAX_PAGING_TABLES) this.#pagingTables.add(table)
    if (answer.kind === 'error') return false
    if (endpoint === '/clear/table') return this.#pagingTables.has(request['table_name'])
    return isHeartbeat(call)
  }

  #keepCall(call: ReadCall): Keeping {
    const { endpoint, request } = call
    const { catalogue, redaction } = this.#options
    const { schema } = catalogue.get(endpoint).request
    const { pattern, secrets } = patternOf(request, { schema, redaction })
    return this.#addCall({ as: 'direct', endpoint, pattern }, this.#write(call, secrets))
  }

  #write(call: ReadCall, secrets: ReadPattern['secrets']): AnswerParts | undefined {
    const { endpoint, encoding, request, exchange, note, answer } = call
    if (answer.kind === 'error') return { text: this.#errorText(call) }
    if (OWN_ANSWERS.test(endpoint)) return AS_USUAL
    const { receivedAtMs: fromMs, answeredAtMs: toMs } = exchange
    const repeated = { secrets, fromMs, toMs }
    const given = { endpoint, request, payload: answer, repeated, encoding, note }
    const written = this.#writer.write(given)
    const isOwn = selectsInteger(call) && Object.keys(written?.text ?? given).length === 0
    return isOwn ? AS_USUAL : written
  }

  #addCall(condition: CallCondition, written: AnswerParts | undefined): Keeping {
    const kept = written === undefined ? lostAnswer(NOT_WRITABLE) : keepAnswer(written)
    if (!this.#calls.add(condition, kept ?? lostAnswer(TOO_LONG))) return 'full'
    return kept === undefined ? 'too long' : 'kept'
  }

  #errorText({ answer, request }: ReadCall): FixtureThen {
    /* c8 ignore next -- only called for errors */
    if (answer.kind !== 'error') return {}
    const error = this.#options.redaction.knowing(request).text(withoutTemplates(answer.message))
    const isOther = answer.status > 400 && answer.status < 600
    return { error, ...(isOther ? { http_status: answer.status } : {}) }
  }
}
