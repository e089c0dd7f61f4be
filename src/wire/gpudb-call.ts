import type { AvroRecord } from '../avro/avro-value.ts'

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
  readonly source: CallSource
}
