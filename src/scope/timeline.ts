import { TimerQueue } from '../clock/timer-queue.ts'
import type { DatedEvents } from '../jobs/dated-events.ts'
import { JobError } from '../jobs/job-error.ts'
import type { JobKey } from '../jobs/job-table.ts'
import type { Outcome } from '../jobs/lifecycle.ts'
import { RuleError } from '../rules/rule-error.ts'
import type { ClusterMove } from './cluster-move.ts'
import { ScopeError } from './scope-error.ts'

/** What an entry of a timeline does. */
export type TimelineAction =
  | { readonly kind: 'cluster'; readonly name: string; readonly move: ClusterMove }
  | { readonly kind: 'fault'; readonly name: string; readonly enabled: boolean }
  | { readonly kind: 'release' | 'cancel'; readonly job: JobKey }
  | {
      readonly kind: 'finish'
      readonly job: JobKey
      readonly outcome: Outcome
      /** See JobEnding. */
      readonly error: string | undefined
    }

/** An action and its time. */
export interface TimelineEntry {
  /** In ms after the start of its timeline. */
  readonly afterMs: number
  readonly action: TimelineAction
  /** The entry as it was written, for lists and saved fixtures. */
  readonly text: unknown
}

/** An entry in a scope. */
export interface ListedEntry {
  /** When it is due, in epoch ms of the scope's clock. */
  readonly atMs: number
  readonly isApplied: boolean
  /** Why it could not be applied, such as that there was no such job; undefined if it could. */
  readonly error: string | undefined
  readonly entry: TimelineEntry
}

/** The maximum number of entries of a scope. */
export const MAX_ENTRIES = 10_000

/** Something that happens at a set time. */
interface Planned {
  readonly dueMs: number
  readonly happen: () => void
}

/** An entry with its outcome. */
interface PlacedEntry extends Planned {
  readonly entry: TimelineEntry
  isApplied: boolean
  error: string | undefined
}

/** What a timeline needs besides its entries. */
export interface TimelineOptions {
  /** Performs an action at a time. Throws JobError, RuleError or ScopeError if it cannot. */
  readonly perform: (action: TimelineAction, atMs: number) => void
  /** Called after entries were added or removed, and when the time of one has come. */
  readonly changed: () => void
}

/**
 * What happens in a scope at set times: the entries that a test wrote, and what was planned, such as
 * the end of an outage. It has no timer: the scope applies what is due when it is looked at.
 */
export class Timeline implements DatedEvents {
  readonly #options: TimelineOptions
  readonly #queue = new TimerQueue<Planned>()
  readonly #ahead = new Set<Planned>()
  #entries: readonly PlacedEntry[] = []

  constructor(options: TimelineOptions) {
    this.#options = options
  }

  /** All entries, in the order in which they are due; those of one time in the order written. */
  list(): ListedEntry[] {
    return this.#entries.map(({ dueMs: atMs, isApplied, error, entry }) => {
      return { atMs, isApplied, error, entry }
    })
  }

  /** Throws ScopeError if there would be too many entries. */
  assertRoomToAdd(count: number): void {
    assertRoom(this.#entries.length + count)
  }

  /** Adds entries that start now, at `nowMs`. Throws ScopeError if there would be too many. */
  add(entries: readonly TimelineEntry[], nowMs: number): void {
    this.assertRoomToAdd(entries.length)
    const placed = entries.map((entry) => this.#place(entry, nowMs))
    this.#entries = [...this.#entries, ...placed].sort((one, other) => one.dueMs - other.dueMs)
    for (const one of placed) this.#schedule(one)
    this.#options.changed()
  }

  /** Replaces all entries by some that start now. Throws ScopeError if there are too many. */
  replace(entries: readonly TimelineEntry[], nowMs: number): void {
    assertRoom(entries.length)
    for (const one of this.#entries) this.#drop(one)
    this.#entries = []
    this.add(entries, nowMs)
  }

  /** Makes something happen at a time. Returns a function that cancels it. */
  plan(dueMs: number, happen: () => void): () => void {
    const planned = { dueMs, happen }
    this.#schedule(planned)
    return () => this.#drop(planned)
  }

  nextAtMs(): number | undefined {
    return this.#queue.first()?.dueMs
  }

  lastAtMs(): number | undefined {
    let last: number | undefined
    for (const { dueMs } of this.#ahead) if (last === undefined || dueMs > last) last = dueMs
    return last
  }

  apply(atMs: number): void {
    for (let next = this.#queue.first(); next && next.dueMs <= atMs; next = this.#queue.first()) {
      this.#drop(next)
      next.happen()
    }
  }

  #place(entry: TimelineEntry, startMs: number): PlacedEntry {
    const dueMs = startMs + entry.afterMs
    const placed: PlacedEntry = {
      dueMs,
      entry,
      isApplied: false,
      error: undefined,
      happen: () => {
        placed.isApplied = true
        placed.error = this.#attempt(entry.action, dueMs)
        this.#options.changed()
      },
    }
    return placed
  }

  /** Returns why an action cannot be performed; undefined if it was. */
  #attempt(action: TimelineAction, atMs: number): string | undefined {
    try {
      this.#options.perform(action, atMs)
      return undefined
    } catch (error) {
      const isRefusal = [JobError, RuleError, ScopeError].some((kind) => error instanceof kind)
      /* c8 ignore next -- no refusal: a mistake of our own */
      if (!(isRefusal && error instanceof Error)) throw error
      return error.message
    }
  }

  #schedule(planned: Planned): void {
    this.#queue.add(planned)
    this.#ahead.add(planned)
  }

  #drop(planned: Planned): void {
    this.#queue.delete(planned)
    this.#ahead.delete(planned)
  }
}

function assertRoom(count: number): void {
  if (count <= MAX_ENTRIES) return
  const message = `Cannot take ${count} entries of a timeline: the maximum is ${MAX_ENTRIES}`
  throw new ScopeError('TOO_MANY_ENTRIES', message)
}
