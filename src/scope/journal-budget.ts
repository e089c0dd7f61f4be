import { ByteBudget } from '../jobs/byte-budget.ts'
import { ReceivedParts } from './journal-parts.ts'

/** The journal of one scope, as the budget of all sees it. */
export interface JournalHolder {
  readonly bytes: number
  /** Drops the oldest request, if there is one. */
  dropOldest(): void
}

/** The bytes of the journals of all scopes, as an estimate, and how many requests were dropped. */
export class JournalBudget {
  /** What they share of their requests. */
  readonly received = new ReceivedParts()
  readonly #budget: ByteBudget
  readonly #journals = new Set<JournalHolder>()
  #dropped = 0

  constructor(maxBytes: number) {
    this.#budget = new ByteBudget(maxBytes)
  }

  /** The bytes of all journals. */
  get usedBytes(): number {
    return this.#budget.usedBytes
  }

  /** How many requests were ever dropped, also from journals that are gone. */
  get dropped(): number {
    return this.#dropped
  }

  /** Counts a request as dropped. */
  countDropped(): void {
    this.#dropped += 1
  }

  join(journal: JournalHolder): void {
    this.#journals.add(journal)
  }

  leave(journal: JournalHolder): void {
    this.#journals.delete(journal)
  }

  /** Counts bytes of a journal; fewer than 0 when requests are dropped. */
  add(bytes: number): void {
    this.#budget.take(bytes)
  }

  /**
   * Drops the oldest requests until the maximum is kept: of the journal that has just recorded one,
   * if it holds its share of the maximum, else of the one that holds the most.
   */
  dropTooMany(recording: JournalHolder): void {
    while (!this.#budget.fits(0)) {
      const share = this.#budget.maxBytes / this.#journals.size
      const journal = recording.bytes >= share ? recording : this.#largest(recording)
      journal.dropOldest()
    }
  }

  #largest(recording: JournalHolder): JournalHolder {
    let largest = recording
    for (const journal of this.#journals) if (journal.bytes > largest.bytes) largest = journal
    return largest
  }
}
