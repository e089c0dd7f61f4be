import type { Encoding } from '../jobs/encoding.ts'
import type { BytesPlace } from './byte-chunks.ts'

/** HTTP headers by their names in lower case; one that comes several times may be a list. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The facts about a request that are known when it arrives. */
export interface ReceivedRequest {
  /** When it arrived, in epoch ms of the scope's clock. */
  readonly atMs: number
  /** The endpoint that it names, which may be unknown. */
  readonly endpoint: string
  readonly headers: Headers
  /** Undefined if the Content-Type names no encoding. */
  readonly encoding: Encoding | undefined
  /** What follows the `?` in the URL; without it, some requests cannot be decoded. */
  readonly query: string
  readonly body: Buffer
  /** The name in a Basic Authorization header; empty without one. */
  readonly user: string
  readonly sourceIp: string
  /** The name of the cluster that was called, which may be unknown. */
  readonly cluster: string
}

/** The rule that a request without a matching rule was nearest to. */
export interface NearestRule {
  /** The name of the rule. */
  readonly rule: string
  /** The conditions that the request did not meet, without secrets. */
  readonly reason: string
}

const NO_FAULTS: readonly string[] = []

/**
 * A request that a scope received. The handlers of the call note the outcome in it. The journal keeps
 * a copy in an object that was there before.
 */
export class JournalEntry implements ReceivedRequest {
  /** Counts from 1 in each scope; 0 until the entry is in the journal. */
  id = 0
  // A number from the start: V8 then stores later ones in place, without an object for each.
  atMs = 0
  endpoint: string
  headers: Headers
  encoding: Encoding | undefined
  query: string
  user: string
  sourceIp: string
  cluster: string
  /** Whether a reader of the journal may hold it: it is not used again for another request. */
  isRead = false
  /** An estimate of what it takes in memory; 0 until it is in the journal. */
  bytes = 0
  /** How long it took to produce the answer, in ms of real time, without delays. */
  durationMs = 0
  /** How long the answer waited, in ms on the scope's clock. */
  delayMs = 0
  /** The HTTP status of the answer; 0 if the connection broke before the end of the head. */
  status = 0
  /** The number of bytes of the body that are sent. */
  sentBytes = 0
  /** The message of the ERROR wrapper; empty if the answer is no error. */
  error = ''
  /** Whether the body was a request of the endpoint. */
  decoded = false
  /** The name of the rule that answered. */
  rule: string | undefined = undefined
  /** The names of the faults that struck it. */
  faults: readonly string[] = NO_FAULTS
  /** Whether neither a rule nor a behaviour of the endpoint itself answered. */
  unmatched = false
  /** Why no rule matched; undefined if one did, or the scope has no rules. */
  nearest: NearestRule | undefined = undefined
  /** The endpoint that `/create/job` was asked to run. */
  askedEndpoint: string | undefined = undefined
  /** The job that was created or found. */
  jobId: bigint | undefined = undefined
  /** The endpoint of that job. */
  jobEndpoint: string | undefined = undefined
  /** The status of that job in the answer of `/get/job`. */
  jobStatus: string | undefined = undefined
  #memory: Buffer
  #start = 0
  #length: number

  constructor(received: ReceivedRequest) {
    this.atMs = received.atMs
    this.endpoint = received.endpoint
    this.headers = received.headers
    this.encoding = received.encoding
    this.query = received.query
    this.user = received.user
    this.sourceIp = received.sourceIp
    this.cluster = received.cluster
    this.#memory = received.body
    this.#length = received.body.length
  }

  get body(): Buffer {
    const memory = this.#memory
    if (this.#length === memory.length) return memory
    return memory.subarray(this.#start, this.#start + this.#length)
  }

  /** Becomes a copy of another entry, whose body has a copy in `memory` from `start` on. */
  copy(other: JournalEntry, { memory, start }: BytesPlace): void {
    this.#memory = memory
    this.#start = start
    this.#length = other.#length
    this.id = other.id
    this.atMs = other.atMs
    this.endpoint = other.endpoint
    this.headers = other.headers
    this.encoding = other.encoding
    this.query = other.query
    this.user = other.user
    this.sourceIp = other.sourceIp
    this.cluster = other.cluster
    this.bytes = other.bytes
    this.durationMs = other.durationMs
    this.delayMs = other.delayMs
    this.status = other.status
    this.sentBytes = other.sentBytes
    this.error = other.error
    this.decoded = other.decoded
    this.rule = other.rule
    this.faults = other.faults
    this.unmatched = other.unmatched
    this.nearest = other.nearest
    this.askedEndpoint = other.askedEndpoint
    this.jobId = other.jobId
    this.jobEndpoint = other.jobEndpoint
    this.jobStatus = other.jobStatus
  }
}
