import { ByteChunks } from './byte-chunks.ts'
import { ItemQueue } from './item-queue.ts'
import type { JournalBudget } from './journal-budget.ts'
import { JournalEntry } from './journal-entry.ts'
import { JournalTexts } from './journal-texts.ts'

/** How much a journal keeps; 0 requests: nothing. */
export interface JournalLimits {
  readonly maxRequests: number
  /** Everything that is kept of the requests. */
  readonly maxBytes: number
}

/** An entry that took more is not used again: its body and its texts would stay until then. */
const MAX_SPARE_BYTES = 10_000

/**
 * The requests that a scope received, the newest ones: the oldest go first if there are too many,
 * here or in all scopes together. To record one costs the same, however many there are.
 */
export class Journal {
  readonly #limits: JournalLimits
  readonly #budget: JournalBudget
  readonly #chunks = new ByteChunks()
  readonly #texts = new JournalTexts()
  /** In order of their ids, without gaps between them. */
  #entries = new ItemQueue<JournalEntry>()
  /**
   * A dropped entry, to be used again for the next request. The garbage collector moves a new object
   * that lives long twice, which costs more than all else here.
   */
  #spare: JournalEntry | undefined
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
    return this.#entries.size
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
    const entry = this.#entries.at(id - this.#firstId)
    if (entry) entry.isRead = true
    return entry
  }

  /** Adds a copy of the entry of an answered request. It changes the entry: its id, and long texts. */
  record(entry: JournalEntry): void {
    this.#lastId += 1
    if (entry.unmatched) this.#unmatched += 1
    if (this.#limits.maxRequests === 0) {
      this.#countDropped()
      return
    }
    entry.id = this.#lastId
    this.#texts.keep(entry)
    const kept = this.#spare ?? new JournalEntry(entry)
    this.#spare = undefined
    kept.copy(entry, this.#chunks.keep(entry.body))
    this.#entries.add(kept)
    this.#count(entry.bytes)
    const { maxRequests, maxBytes } = this.#limits
    while (this.size > maxRequests || (this.size > 0 && this.#bytes > maxBytes)) this.dropOldest()
    this.#budget.dropTooMany(this)
  }

  /** Drops the oldest request, if there is one, and counts it. */
  dropOldest(): void {
    const entry = this.#entries.take()
    if (entry === undefined) return
    this.#countDropped()
    this.#count(-entry.bytes)
    if (!entry.isRead && entry.bytes <= MAX_SPARE_BYTES) this.#spare = entry
  }

  /** Forgets all requests, and how many were dropped and unmatched; ids go on. */
  clear(): void {
    this.#entries = new ItemQueue()
    this.#spare = undefined
    this.#texts.clear()
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
