import { runSoon } from '../clock/time-source.ts'

/** What can change: in a scope, and `scopes` for which scopes there are. */
export const CHANGE_KINDS = [
  'jobs',
  'requests',
  'clock',
  'rules',
  'faults',
  'clusters',
  'timeline',
  'tables',
  'scopes',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** How often something of each kind has changed. */
export type Revisions = Readonly<Record<ChangeKind, number>>

/**
 * Counts the changes of each kind in a scope, and notifies listeners. They are called after the task
 * that made the change, once for all changes of that task. A signal may have a parent, which gets
 * all its changes too: that of all scopes.
 */
export class ChangeSignal {
  readonly #listeners = new Set<() => void>()
  readonly #revisions = {
    jobs: 0,
    requests: 0,
    clock: 0,
    rules: 0,
    faults: 0,
    clusters: 0,
    timeline: 0,
    tables: 0,
    scopes: 0,
  } satisfies Record<ChangeKind, number>
  #parent: ChangeSignal | undefined
  #isDue = false

  /** The number of its own listeners. */
  get size(): number {
    return this.#listeners.size
  }

  /** The present revisions; a later change does not change the result. */
  get revisions(): Revisions {
    return { ...this.#revisions }
  }

  /** Reports all later changes to a parent too. */
  reportTo(parent: ChangeSignal): void {
    this.#parent = parent
  }

  /** Calls back after every later change. Returns a function that ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Reports a change. */
  fire(kind: ChangeKind): void {
    this.#revisions[kind] += 1
    this.#parent?.fire(kind)
    if (this.#listeners.size === 0 || this.#isDue) return
    this.#isDue = true
    runSoon(() => this.#notify())
  }

  #notify(): void {
    this.#isDue = false
    // A listener that is added from here on waits for the next change.
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) listener()
    }
  }
}
