import type { Encoding } from '../jobs/encoding.ts'
import { type BytesPlace, bytesAt } from './byte-chunks.ts'

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

/** What is known of a request when it arrives, besides its time and its body. */
export type Received = Readonly<Omit<ReceivedRequest, 'atMs' | 'body'>>

/** What the handlers of a call note of it, besides its duration. */
export type Outcome = Readonly<
  Omit<JournalEntry, keyof ReceivedRequest | 'id' | 'durationMs' | 'note'>
>

/**
 * A request that a scope received. The handlers of the call note the outcome in it. The journal keeps
 * its parts, and returns a new entry to each reader.
 */
export class JournalEntry implements ReceivedRequest {
  /** Counts from 1 in each scope; 0 until the entry is in the journal. */
  id = 0
  readonly atMs: number
  endpoint: string
  headers: Headers
  readonly encoding: Encoding | undefined
  query: string
  user: string
  sourceIp: string
  cluster: string
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
  /** Whether its cluster did not work: no endpoint handled it. */
  interrupted = false
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

  readonly #body: Buffer | BytesPlace

  /** The bytes at a place of the body must not change. */
  constructor(received: Omit<ReceivedRequest, 'body'>, body: Buffer | BytesPlace) {
    this.atMs = received.atMs
    this.endpoint = received.endpoint
    this.headers = received.headers
    this.encoding = received.encoding
    this.query = received.query
    this.user = received.user
    this.sourceIp = received.sourceIp
    this.cluster = received.cluster
    this.#body = body
  }

  get body(): Buffer {
    return Buffer.isBuffer(this.#body) ? this.#body : bytesAt(this.#body)
  }

  /** Takes over the outcome of another entry. */
  note(outcome: Outcome): void {
    this.delayMs = outcome.delayMs
    this.status = outcome.status
    this.sentBytes = outcome.sentBytes
    this.error = outcome.error
    this.decoded = outcome.decoded
    this.interrupted = outcome.interrupted
    this.rule = outcome.rule
    this.faults = outcome.faults
    this.unmatched = outcome.unmatched
    this.nearest = outcome.nearest
    this.askedEndpoint = outcome.askedEndpoint
    this.jobId = outcome.jobId
    this.jobEndpoint = outcome.jobEndpoint
    this.jobStatus = outcome.jobStatus
  }
}
