import type { AvroRecord } from '../avro/avro-value.ts'
import type { Encoding } from './encoding.ts'

/** Who calls, as far as the wire tells. */
export interface CallSource {
  /** The name of a Basic Authorization header; empty where there is none. */
  readonly user: string
  readonly sourceIp: string
  /** The URL that the caller reached the mock by, without a path: `http://localhost:9191`. */
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

/** What a call is answered with, once `delayMs` have passed on the clock. */
export type CallAnswer =
  | {
      readonly record: AvroRecord
      /** Bytes or text to send in place of the encoded record. */
      readonly raw?: Buffer | string | undefined
      readonly delayMs: number
    }
  | {
      readonly error: string
      /** The HTTP status: from 400 to 599. */
      readonly status: number
      readonly delayMs: number
    }
