import type { AvroRecord } from '../avro/avro-value.ts'
import type { Encoding } from './encoding.ts'

/** Who calls, as far as the wire tells. */
export interface CallSource {
  /** The name of a Basic Authorization header; empty where there is none. */
  readonly user: string
  readonly sourceIp: string
  /** The URL that the caller reached the scope by: `http://localhost:9191/~suite-a`. */
  readonly url: string
}

/** A call of an endpoint, decoded. */
export interface GpudbCall {
  /** A path of the catalogue. */
  readonly endpoint: string
  readonly request: AvroRecord
  readonly encoding: Encoding
  readonly source: CallSource
}

/** What the journal is told of a call besides its answer; whoever answers fills it in. */
export interface CallTrace {
  /** Whether the body was a request of the endpoint. */
  decoded: boolean
  /** The name of the rule that answered. */
  rule: string | undefined
  /** Whether neither a rule nor a behaviour of the endpoint's own answered. */
  unmatched: boolean
  /** The job that was created, or asked for and there. */
  jobId: bigint | undefined
  /** What `/get/job` said of that job. */
  jobStatus: string | undefined
}

/** What is known of a call before anybody has looked at it. */
export function createTrace(): CallTrace {
  return {
    decoded: false,
    rule: undefined,
    unmatched: false,
    jobId: undefined,
    jobStatus: undefined,
  }
}

/** What a call is answered with. */
export type CallAnswer = Leaving &
  (
    | {
        readonly record: AvroRecord
        /** Bytes or text to send in place of the encoded record. */
        readonly raw?: Buffer | string | undefined
      }
    | {
        readonly error: string
        /** The HTTP status: from 400 to 599. */
        readonly status: number
      }
  )

/** How an answer leaves. */
export interface Leaving {
  /** How long it waits first, on the clock of the scope. */
  readonly delayMs: number
  /** What the connection comes to instead; absent: the answer leaves. */
  readonly fault?: 'reset' | 'close' | undefined
}
