import type { Catalogue } from '../avro/catalogue.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { Result } from '../jobs/result.ts'
import type { Fault } from '../rules/fault.ts'
import type { JournalEntry } from '../scope/journal.ts'
import type { Scope } from '../scope/scope.ts'
import type { GpudbErrorCode } from '../wire/gpudb-error.ts'

/** A call whose request was decoded, and what answering it may use. */
export interface Call {
  readonly scope: Scope
  readonly catalogue: Catalogue
  /** Says which endpoint is called and by whom; what answering the call does is noted in it. */
  readonly entry: JournalEntry
  readonly encoding: Encoding
  readonly client: Client
  /** The largest message that may be inside another one, in bytes. */
  readonly maxBytes: number
  /** Logs why no rule matched a request. */
  readonly report: (message: string) => void
}

/** How the client reached the mock. */
export interface Client {
  /** The URL of the scope, such as `http://localhost:9191/~suite-a`. */
  readonly url: string
}

/** How a call is answered. */
export type Answer = Delivery & (Response | Refusal)

/** How an answer is sent. */
export interface Delivery {
  /** How long it waits first, in ms on the clock of the scope. */
  readonly delayMs: number
  /** How the connection is broken instead of sending the answer; undefined sends it normally. */
  readonly fault?: Fault | undefined
}

/** The response record, not yet complete, or a payload instead of it. */
export interface Response {
  readonly result: Result
}

/** An error for the client. */
export interface Refusal {
  readonly error: string
  readonly code: GpudbErrorCode
  /** The HTTP status that a rule demands, from 400 to 599; undefined means that of the code. */
  readonly httpStatus?: number
}
