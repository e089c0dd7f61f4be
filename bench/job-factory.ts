import { Catalogue } from '../src/avro/catalogue.ts'
import { answerCall } from '../src/gpudb/answer-call.ts'
import { FinishedAnswers } from '../src/gpudb/finished-answers.ts'
import { JournalEntry } from '../src/scope/journal-entry.ts'
import { Scope } from '../src/scope/scope.ts'
import { unlimitedBudgets } from '../src/scope/scope-budgets.ts'
import { createUuids } from '../src/scope/scope-factory.ts'
import { decodeMessage } from '../src/wire/message.ts'
import { realClock } from './real-clock.ts'

const FINISHED = new FinishedAnswers()

/** The maximum size of a body in bytes; not reached here. */
const MAX_BYTES = 1024 * 1024

const HOUR_MS = 3_600_000

/** A scope whose jobs run for an hour, called as by HTTP but without a server. */
export class JobFactory {
  readonly #catalogue = new Catalogue()
  readonly #scope = new Scope({
    clock: realClock(),
    newUuid: createUuids(undefined),
    limits: { maxJobs: 1_000_000, maxFinished: 10_000, retentionMs: HOUR_MS },
    defaultDurationMs: HOUR_MS,
    journal: { maxRequests: 0, maxBytes: 0 },
    budgets: unlimitedBudgets(),
    seeds: [],
    rules: [],
    faults: [],
    tables: [],
  })

  /** Creates a job that alters a table from bytes: it shares no data with other jobs. */
  create(number: number): void {
    const inner = this.#catalogue.get('/alter/table').request.encode({
      table_name: `sales.orders_${number}`,
      action: 'create_index',
      value: `customer_${number}`,
      options: {},
    })
    this.#call('/create/job', {
      endpoint: '/alter/table',
      request_encoding: 'binary',
      data: inner,
      data_str: '',
      options: {},
    })
  }

  /** Polls a job as /get/job does: from the bytes of the request to the record of the answer. */
  poll(id: bigint): void {
    this.#call('/get/job', { job_id: id, options: {} })
  }

  #call(endpoint: string, record: Parameters<typeof answerCall>[0]): void {
    const codec = this.#catalogue.get(endpoint).request
    const bytes = codec.encode(record)
    const message = { encoding: 'binary', bytes, name: 'the body', maxBytes: MAX_BYTES } as const
    const request = decodeMessage(codec, message)
    answerCall(request, {
      scope: this.#scope,
      catalogue: this.#catalogue,
      entry: new JournalEntry({ ...RECEIVED, endpoint, body: bytes }),
      encoding: 'binary',
      client: { origin: 'http://127.0.0.1:9191' },
      finished: FINISHED,
      maxBytes: MAX_BYTES,
    })
  }
}

/** What the journal notes of each request. */
export const RECEIVED = {
  atMs: 0,
  headers: {},
  encoding: 'binary',
  query: '',
  user: 'admin',
  sourceIp: '127.0.0.1',
  cluster: 'a',
} as const
