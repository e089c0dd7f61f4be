import type { AvroRecord } from '../src/avro/avro-value.ts'
import { Catalogue } from '../src/avro/catalogue.ts'
import { ControlledClock } from '../src/clock/controlled-clock.ts'
import { RealTime } from '../src/clock/time-source.ts'
import { answerCall } from '../src/gpudb/answer-call.ts'
import { completeResult } from '../src/gpudb-parts/complete-result.ts'
import { FinishedAnswers } from '../src/gpudb-parts/finished-answers.ts'
import { JournalEntry } from '../src/scope/journal-entry.ts'
import { Scope, type ScopeOptions } from '../src/scope/scope.ts'
import { unlimitedBudgets } from '../src/scope/scope-budgets.ts'
import { createUuids } from '../src/scope/scope-factory.ts'
import { encodeResult } from '../src/wire/encode-result.ts'
import { decodeMessage } from '../src/wire/message.ts'

/** The descriptions of all endpoints. */
export const catalogue = new Catalogue()

/** The maximum size of a message in bytes; not reached here. */
const MAX_BYTES = 16 * 1024 * 1024

const HOUR_MS = 3_600_000

/** What the journal notes of each request. */
const RECEIVED = {
  atMs: 0,
  headers: {},
  encoding: 'binary',
  query: '',
  user: 'admin',
  sourceIp: '127.0.0.1',
  cluster: 'a',
} as const

/** What a call came to before its answer is encoded. */
interface Asked {
  readonly request: AvroRecord
  readonly answer: ReturnType<typeof answerCall>
  readonly entry: JournalEntry
}

/** A scope that is called as by HTTP in binary but without a server and a journal. */
export class DirectMock {
  readonly #finished = new FinishedAnswers()
  readonly #scope: Scope

  /** By default without fixtures; jobs run for an hour. */
  constructor(options: Partial<ScopeOptions> = {}) {
    this.#scope = new Scope({
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
      ...options,
    })
  }

  /** A call from the bytes of the request to the record of the answer. */
  ask(endpoint: string, bytes: Buffer): Asked {
    const message = { encoding: 'binary', bytes, name: 'the body', maxBytes: MAX_BYTES } as const
    const request = decodeMessage(catalogue.get(endpoint).request, message)
    // The spread last: a key after one leaves garbage of hundreds of bytes behind on Node 20.
    const entry = new JournalEntry({ endpoint, ...RECEIVED }, bytes)
    const answer = answerCall(request, {
      scope: this.#scope,
      catalogue,
      entry,
      encoding: 'binary',
      client: { origin: 'http://127.0.0.1:9191' },
      finished: this.#finished,
      maxBytes: MAX_BYTES,
    })
    return { request, answer, entry }
  }

  /** A call from the bytes of the request to the bytes of the answer. Throws if it is an error. */
  call(endpoint: string, bytes: Buffer): void {
    const { request, answer } = this.ask(endpoint, bytes)
    if (!('result' in answer)) throw new Error(`Cannot measure: ${answer.error}`)
    const result = completeResult(answer.result, { endpoint, request, scope: this.#scope })
    encodeResult(result, { records: catalogue.get(endpoint), request, encoding: 'binary' })
  }
}

/** The default clock of a server. */
function realClock(): ControlledClock {
  const setting = { mode: 'real' } as const
  return new ControlledClock({ source: new RealTime(), setting, pollAdvanceMs: 250 })
}
