import type { JournalBudget } from './journal-budget.ts'
import { JournalEntry } from './journal-entry.ts'
import { RecentParts } from './journal-parts.ts'
import { type KeptRequest, KeptRequests } from './kept-requests.ts'

/** How much a journal keeps; 0 requests: nothing. */
export interface JournalLimits {
  readonly maxRequests: number
  /** Everything that is kept of the requests. */
  readonly maxBytes: number
}

/**
 * The requests that a scope received, the newest ones: the oldest go first if there are too many,
 * here or in all scopes together. To record one costs the same, however many there are.
 */
export class Journal {
  readonly #limits: JournalLimits
  readonly #budget: JournalBudget
  readonly #parts: RecentParts
  /** In order of their ids, without gaps between them. */
  #requests = new KeptRequests()
  #bytes = 0
  #lastId = 0
  #dropped = 0
  #unmatched = 0

  constructor(limits: JournalLimits, budget: JournalBudget) {
    this.#limits = limits
    this.#budget = budget
    this.#parts = new RecentParts(budget.received)
    budget.join(this)
  }

  /** How many requests were dropped since the journal was last cleared. */
  get dropped(): number {
    return this.#dropped
  }

  /** How many unmatched requests came since the journal was last cleared, dropped ones included. */
  get unmatched(): number {
    return this.#unmatched
  }

  /** The id of the last request; 0 before the first. */
  get lastId(): number {
    return this.#lastId
  }

  /** How many requests it can hold. */
  get capacity(): number {
    return this.#limits.maxRequests
  }

  /** How many requests are still there. */
  get size(): number {
    return this.#requests.size
  }

  /** An estimate of what they take in memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** The requests that are still there, the oldest first. */
  list(): readonly JournalEntry[] {
    return [...this.since(0)]
  }

  /**
   * Those of them with a higher id, the oldest first. Requests that are recorded or dropped while
   * the result is iterated are, or are not, a part of it.
   */
  *since(id: number): Generator<JournalEntry, void, undefined> {
    for (let next = id + 1; next <= this.#lastId; next += 1) {
      next = Math.max(next, this.#firstId)
      const entry = this.find(next)
      if (entry) yield entry
    }
  }

  /** A request; undefined if it is no longer there. */
  find(id: number): JournalEntry | undefined {
    const kept = this.#requests.at(id - this.#firstId)
    return kept && entryOf(kept, id)
  }

  /** Keeps the entry of an answered request. It changes the entry: its id, and long texts. */
  record(entry: JournalEntry): void {
    this.#lastId += 1
    if (entry.unmatched) this.#unmatched += 1
    if (this.#limits.maxRequests === 0) {
      this.#countDropped()
      return
    }
    entry.id = this.#lastId
    const { atMs, durationMs } = entry
    const parts = this.#parts.keep(entry)
    this.#requests.add({ atMs, durationMs, parts })
    this.#count(parts.bytes)
    const { maxRequests, maxBytes } = this.#limits
    while (this.size > maxRequests || (this.size > 0 && this.#bytes > maxBytes)) this.dropOldest()
    this.#budget.dropTooMany(this)
  }

  /** Drops the oldest request, if there is one, and counts it. */
  dropOldest(): void {
    const parts = this.#requests.take()
    if (parts === undefined) return
    this.#parts.free(parts)
    this.#countDropped()
    this.#count(-parts.bytes)
  }

  /** Forgets all requests, and how many were dropped and unmatched; ids go on. */
  clear(): void {
    this.#requests = new KeptRequests()
    this.#parts.clear()
    this.#dropped = 0
    this.#unmatched = 0
    this.#count(-this.#bytes)
  }

  /** Forgets all requests: their scope is gone. */
  close(): void {
    this.clear()
    this.#budget.leave(this)
  }

  get #firstId(): number {
    return this.#lastId - this.size + 1
  }

  #countDropped(): void {
    this.#dropped += 1
    this.#budget.countDropped()
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#budget.add(bytes)
  }
}

/** The entry of a request for a reader, which may hold it as long as it likes. */
function entryOf({ atMs, durationMs, parts }: KeptRequest, id: number): JournalEntry {
  const { received, outcome, body } = parts
  body.chunk.isHeld = true
  const facts = {
    atMs,
    endpoint: received.endpoint,
    headers: received.headers,
    encoding: received.encoding,
    query: received.query,
    user: received.user,
    sourceIp: received.sourceIp,
    cluster: received.cluster,
  }
  const entry = new JournalEntry(facts, body)
  entry.id = id
  entry.durationMs = durationMs
  entry.note(outcome)
  return entry
}
