import { ByteChunks } from './byte-chunks.ts'
import type { JournalBudget } from './journal-budget.ts'
import type { JournalEntry } from './journal-entry.ts'
import { JournalTexts } from './journal-texts.ts'

/** How much a journal keeps; 0 requests: nothing. */
export interface JournalLimits {
  readonly maxRequests: number
  /** Everything that is kept of the requests. */
  readonly maxBytes: number
}

/** How many dropped entries leave gaps in the list before it is compacted. */
const MAX_GAPS = 1000

/**
 * The requests that a scope received, the newest ones: the oldest go first if there are too many,
 * here or in all scopes together. To record one costs the same, however many there are.
 */
export class Journal {
  readonly #limits: JournalLimits
  readonly #budget: JournalBudget
  readonly #chunks = new ByteChunks()
  readonly #texts = new JournalTexts()
  /** In order of their ids, without gaps between them, behind the gaps that dropped ones left. */
  #entries: (JournalEntry | undefined)[] = []
  #gaps = 0
  #bytes = 0
  #lastId = 0
  #dropped = 0
  #unmatched = 0

  constructor(limits: JournalLimits, budget: JournalBudget) {
    this.#limits = limits
    this.#budget = budget
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
    return this.#entries.length - this.#gaps
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
      const entry = this.#entries[next - this.#firstId + this.#gaps]
      if (entry) yield entry
    }
  }

  /** A request; undefined if it is no longer there. */
  find(id: number): JournalEntry | undefined {
    const index = id - this.#firstId
    return index < 0 ? undefined : this.#entries[index + this.#gaps]
  }

  /** Adds the entry of an answered request, and gives it its id. It may change the entry. */
  record(entry: JournalEntry): void {
    this.#lastId += 1
    if (entry.unmatched) this.#unmatched += 1
    if (this.#limits.maxRequests === 0) {
      this.#countDropped()
      return
    }
    entry.id = this.#lastId
    entry.body = this.#chunks.keep(entry.body)
    this.#texts.keep(entry)
    this.#entries.push(entry)
    this.#count(entry.bytes)
    const { maxRequests, maxBytes } = this.#limits
    while (this.size > maxRequests || (this.size > 0 && this.#bytes > maxBytes)) this.dropOldest()
    this.#budget.dropTooMany(this)
  }

  /** Drops the oldest request, if there is one, and counts it. */
  dropOldest(): void {
    const entry = this.#entries[this.#gaps]
    if (entry === undefined) return
    this.#entries[this.#gaps] = undefined
    this.#gaps += 1
    this.#countDropped()
    this.#count(-entry.bytes)
    if (this.#gaps < MAX_GAPS || this.#gaps < this.size) return
    this.#entries = this.#entries.slice(this.#gaps)
    this.#gaps = 0
  }

  /** Forgets all requests, and how many were dropped and unmatched; ids go on. */
  clear(): void {
    this.#entries = []
    this.#texts.clear()
    this.#gaps = 0
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
