import type { Encoding } from '../jobs/encoding.ts'

/** The facts about a request that are known when it arrives. */
export interface ReceivedRequest {
  /** When it arrived, in epoch ms of the scope's clock. */
  readonly atMs: number
  /** The endpoint that it names, which may be unknown. */
  readonly endpoint: string
  readonly headers: Headers
  /** Undefined if the Content-Type names no encoding. */
  readonly encoding: Encoding | undefined
  readonly body: Buffer
  /** The name in a Basic Authorization header; empty without one. */
  readonly user: string
  readonly sourceIp: string
}

/** A request that a scope received. The handlers of the call note the outcome in it. */
export class JournalEntry implements ReceivedRequest {
  /** Counts from 1 in each scope; 0 until the entry is in the journal. */
  id = 0
  readonly atMs: number
  readonly endpoint: string
  headers: Headers
  readonly encoding: Encoding | undefined
  readonly body: Buffer
  readonly user: string
  readonly sourceIp: string
  /** How long it took to produce the answer, in ms of real time, without the delay of a rule. */
  durationMs = 0
  /** How long the answer waited, in ms on the scope's clock. */
  delayMs = 0
  /** The HTTP status of the answer; 0 if the connection was broken instead. */
  status = 0
  /** The message of the ERROR wrapper; empty if the answer is no error. */
  error = ''
  /** Whether the body was a request of the endpoint. */
  decoded = false
  /** The name of the rule that answered. */
  rule: string | undefined = undefined
  /** Whether neither a rule nor a behaviour of the endpoint itself answered. */
  unmatched = false
  /** The job that was created or found. */
  jobId: bigint | undefined = undefined
  /** The status of that job in the answer of `/get/job`. */
  jobStatus: string | undefined = undefined

  constructor(received: ReceivedRequest) {
    this.atMs = received.atMs
    this.endpoint = received.endpoint
    this.headers = received.headers
    this.encoding = received.encoding
    this.body = received.body
    this.user = received.user
    this.sourceIp = received.sourceIp
  }
}

/** HTTP headers by their names in lower case; one that comes several times may be a list. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** How much a journal keeps; 0 requests: nothing. */
export interface JournalLimits {
  readonly maxRequests: number
  /** Bodies and headers together. */
  readonly maxBytes: number
}

/** About what an entry takes in memory besides its body and its headers, in bytes. */
const ENTRY_BYTES = 400

/** The requests that a scope received, the newest ones: of too many the oldest go first. */
export class Journal {
  readonly #limits: JournalLimits
  /** By id, the oldest first. */
  readonly #entries = new Map<number, JournalEntry>()
  #bytes = 0
  #headers: Headers = {}
  #lastId = 0
  #dropped = 0

  constructor(limits: JournalLimits) {
    this.#limits = limits
  }

  /** How many requests were dropped since the journal was last cleared. */
  get dropped(): number {
    return this.#dropped
  }

  /** The id of the last request; 0 before the first. */
  get lastId(): number {
    return this.#lastId
  }

  /** How many requests it can hold. */
  get capacity(): number {
    return this.#limits.maxRequests
  }

  /** The requests that are still there, the oldest first. */
  list(): readonly JournalEntry[] {
    return [...this.#entries.values()]
  }

  /** Those of them with a higher id. */
  since(id: number): readonly JournalEntry[] {
    const first = this.#lastId - this.#entries.size + 1
    return this.list().slice(Math.max(id - first + 1, 0))
  }

  /** Adds the entry of an answered request, and gives it its id. */
  record(entry: JournalEntry): void {
    this.#lastId += 1
    if (this.#limits.maxRequests === 0) {
      this.#dropped += 1
      return
    }
    entry.id = this.#lastId
    entry.headers = this.#shareHeaders(entry.headers)
    this.#entries.set(entry.id, entry)
    this.#bytes += bytesOf(entry)
    this.#dropOldest()
  }

  /** Forgets all requests, and how many were dropped; ids go on. */
  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
    this.#dropped = 0
  }

  /** One object for requests in a row with the same headers, which are most of what they take. */
  #shareHeaders(headers: Headers): Headers {
    if (!areSame(headers, this.#headers)) this.#headers = headers
    return this.#headers
  }

  #isOver(): boolean {
    const { maxRequests, maxBytes } = this.#limits
    const { size } = this.#entries
    return size > maxRequests || (size > 0 && this.#bytes > maxBytes)
  }

  /** Drops as many as are too many. */
  #dropOldest(): void {
    for (const entry of this.#entries.values()) {
      if (!this.#isOver()) return
      this.#entries.delete(entry.id)
      this.#bytes -= bytesOf(entry)
      this.#dropped += 1
    }
  }
}

function areSame(left: Headers, right: Headers): boolean {
  for (const name in left) if (left[name] !== right[name]) return false
  for (const name in right) if (left[name] === undefined) return false
  return true
}

function bytesOf({ headers, body }: JournalEntry): number {
  let bytes = ENTRY_BYTES + body.length
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0)
  return bytes
}
