/** A request that a scope received, and what became of it. */
export interface JournalEntry {
  /** Counts from 1 in each scope. */
  readonly id: number
  /** When it came, in epoch milliseconds of the scope's clock. */
  readonly atMs: number
  /** How long the answer took to make, in real time; a rule's delay is not in it. */
  readonly durationMs: number
  /** How long the answer waited on the scope's clock. */
  readonly delayMs: number
  /** The endpoint that it asked for, which may be none of GPUdb's. */
  readonly endpoint: string
  readonly headers: Headers
  /** Absent where the Content-Type named none. */
  readonly encoding: 'json' | 'binary' | 'snappy' | undefined
  readonly body: Buffer
  readonly user: string
  readonly sourceIp: string
  /** The HTTP status of the answer; 0 where the connection was cut instead. */
  readonly status: number
  /** What the ERROR wrapper said; empty where the answer was none. */
  readonly error: string
  /** Whether the body was a request of the endpoint. */
  readonly decoded: boolean
  /** The name of the rule that answered. */
  readonly rule: string | undefined
  /** Whether neither a rule nor a behaviour of the endpoint's own answered. */
  readonly unmatched: boolean
  /** The job that was created, or asked for and there. */
  readonly jobId: bigint | undefined
  /** What `/get/job` said of that job. */
  readonly jobStatus: string | undefined
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

  /** Keeps a request. */
  record(request: Omit<JournalEntry, 'id'>): void {
    this.#lastId += 1
    if (this.#limits.maxRequests === 0) return
    const entry = this.#createEntry(request)
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

  /** Field by field: to spread a request costs more than all else that is done to keep it. */
  #createEntry(request: Omit<JournalEntry, 'id'>): JournalEntry {
    return {
      id: this.#lastId,
      atMs: request.atMs,
      durationMs: request.durationMs,
      delayMs: request.delayMs,
      endpoint: request.endpoint,
      headers: this.#shareHeaders(request.headers),
      encoding: request.encoding,
      body: request.body,
      user: request.user,
      sourceIp: request.sourceIp,
      status: request.status,
      error: request.error,
      decoded: request.decoded,
      rule: request.rule,
      unmatched: request.unmatched,
      jobId: request.jobId,
      jobStatus: request.jobStatus,
    }
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
