import type { Catalogue } from '../avro/catalogue.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { Result } from '../jobs/result.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import type { GpudbErrorCode } from '../wire/gpudb-error.ts'
import type { FinishedAnswers } from './finished-answers.ts'

/** A call with a decoded request, and everything that is needed to answer it. */
export interface Call {
  readonly scope: Scope
  readonly catalogue: Catalogue
  /** Holds the endpoint and the caller; the job, the rule and the outcome are added to it. */
  readonly entry: JournalEntry
  readonly encoding: Encoding
  readonly client: Client
  /** Kept from earlier calls. */
  readonly finished: FinishedAnswers
  /** The maximum size of a message inside another message, in bytes. */
  readonly maxBytes: number
}

/** What the mock knows of the client's connection. */
export interface Client {
  /** Scheme, host and port by which it called, such as `http://localhost:9191`. */
  readonly origin: string
}

/** How a call is answered. */
export type Answer = Delivery & (Response | Refusal)

/** How an answer is sent. */
export interface Delivery {
  /** The delay before it is sent, in ms on the clock of the scope. */
  readonly delayMs: number
}

/** A successful answer; its result may be incomplete fields or a raw payload. */
export interface Response {
  readonly result: Result
}

/** An error for the client. */
export interface Refusal {
  readonly error: string
  readonly code: GpudbErrorCode
  /** The HTTP status set by a rule, from 400 to 599; undefined means that of the code. */
  readonly httpStatus?: number
}
