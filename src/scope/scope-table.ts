import { ChangeSignal } from './change-signal.ts'
import { EvictedNames } from './evicted-names.ts'
import type { Scope } from './scope.ts'
import { ScopeError } from './scope-error.ts'
import { DEFAULT_SCOPE, isScopeName, SCOPE_NAME_FORM } from './scope-name.ts'

/** The settings of a table of scopes. */
export interface ScopeTableOptions {
  /** Creates a scope in its initial state; its clock must not start before `notBeforeMs`. */
  readonly create: (name: string, notBeforeMs: number) => Scope
  /** The maximum number of scopes, the default one included. */
  readonly maxScopes: number
  /** How many names of evicted scopes are remembered. Default: 100,000. */
  readonly maxEvicted?: number
}

/** A new scope, and a notice for its user. */
export interface MadeScope {
  readonly scope: Scope
  /** Says which scope was evicted for it, or that it was evicted before; undefined if neither. */
  readonly notice?: string
}

/** Who creates a scope: a test on purpose, or anyone who uses a scope that is missing. */
export type ScopeCreator = 'test' | 'user'

/** The present scope of a name. */
export interface PresentScope {
  readonly scope: Scope
  /** The number of its creation, counted over all scopes; a reset keeps it. */
  readonly birth: number
  /** The number of its last start, counted with `birth`: at its creation, or by a reset since. */
  readonly generation: number
}

/** A scope in the table. */
interface Entry extends PresentScope {
  /** The number of its last use, counted over all scopes. */
  usedAt: number
}

/**
 * The scopes by name. A scope is created on first use; the idle one used least recently is evicted.
 */
export class ScopeTable {
  /** Fires after a change in any scope, and when one is created, reset, removed or evicted. */
  readonly changes = new ChangeSignal()
  readonly #options: ScopeTableOptions
  readonly #entries = new Map<string, Entry>()
  readonly #evicted: EvictedNames
  #uses = 0
  #starts = 0
  #evictions = 0
  #isClosed = false

  /** Creates the default scope. */
  constructor(options: ScopeTableOptions) {
    this.#options = options
    this.#evicted = new EvictedNames(options.maxEvicted)
    this.#add(DEFAULT_SCOPE, { notBeforeMs: 0 })
  }

  /** The maximum number of scopes. */
  get maxScopes(): number {
    return this.#options.maxScopes
  }

  /** How many scopes were ever evicted. */
  get evictions(): number {
    return this.#evictions
  }

  /** The scope of a name, which counts as a use; undefined if it does not exist. */
  find(name: string): Scope | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    this.#uses += 1
    entry.usedAt = this.#uses
    return entry.scope
  }

  /**
   * As `find`, but it does not count as a use, and the result distinguishes a reset scope from another
   * one.
   */
  peek(name: string): PresentScope | undefined {
    return this.#entries.get(name)
  }

  /**
   * The scope of a name. Throws ScopeError if the name is invalid, the scope is missing, or the
   * mock is closed.
   */
  get(name: string): Scope {
    this.assertRuns()
    assertScopeName(name)
    const scope = this.find(name)
    if (scope) return scope
    const advice = this.#evicted.has(name)
      ? 'it was evicted, raise max-scopes'
      : 'it was never created, or was removed'
    throw new ScopeError('SCOPE_NOT_FOUND', `Cannot find the scope ${name}: ${advice}`)
  }

  /**
   * Returns what finds the present scope of a name again, also after a reset. It throws ScopeError
   * as `get` does, and if another scope has the name by then.
   */
  finderOf(name: string): () => Scope {
    const birth = this.#entries.get(name)?.birth
    return () => {
      const scope = this.get(name)
      if (this.#entries.get(name)?.birth === birth) return scope
      const reason = 'it was removed or evicted, and another one has its name'
      throw new ScopeError('SCOPE_CLOSED', `Cannot use the scope ${name}: ${reason}, open it again`)
    }
  }

  /** Throws ScopeError if the mock is closed. */
  assertRuns(): void {
    if (!this.#isClosed) return
    throw new ScopeError('MOCK_CLOSED', 'Cannot use the mock: it is closed')
  }

  /** The scope of a name, created if missing. Throws as `make` does. */
  open(name: string): Scope {
    return this.find(name) ?? this.make(name).scope
  }

  /**
   * Creates a missing scope. If there are too many, evicts the idle one that was used least
   * recently. A scope of a name that was evicted before is marked, except if a test creates it.
   *
   * @throws ScopeError if the name is invalid, or no scope is idle; JobError or RuleError if there
   *   is no room for the fixtures.
   */
  make(name: string, creator: ScopeCreator = 'user'): MadeScope {
    assertScopeName(name)
    const evicted = this.#makeRoom(name)
    const again = this.#evicted.has(name)
    if (creator === 'test') this.#evicted.delete(name)
    const scope = this.#add(name, { notBeforeMs: 0 })
    scope.wasEvicted = again && creator === 'user'
    const reason = `the maximum is ${this.#options.maxScopes}, and it was used least recently`
    const notices = [
      ...(again ? [`the scope ${name} was evicted before and starts anew`] : []),
      ...(evicted === undefined ? [] : [`evicted the scope ${evicted} for ${name}: ${reason}`]),
    ]
    return notices.length > 0 ? { scope, notice: notices.join('; ') } : { scope }
  }

  /** Replaces a scope by one in the initial state. Its time continues: it never runs backwards. */
  reset(name: string): Scope {
    const old = this.open(name)
    const birth = this.#entries.get(name)?.birth
    old.clear()
    const scope = this.#add(name, { notBeforeMs: old.clock.now(), birth })
    this.#evicted.delete(name)
    old.dispose()
    return scope
  }

  /** Removes a scope. Throws ScopeError if it is missing, or the default one. */
  remove(name: string): void {
    if (name === DEFAULT_SCOPE) {
      const reason = 'it has the root path, reset it instead'
      throw new ScopeError('DEFAULT_SCOPE_STAYS', `Cannot remove the scope ${name}: ${reason}`)
    }
    const entry = this.#entries.get(name)
    if (entry === undefined) {
      throw new ScopeError('SCOPE_NOT_FOUND', `Cannot remove the scope ${name}: it is missing`)
    }
    this.#entries.delete(name)
    this.#evicted.delete(name)
    entry.scope.dispose()
  }

  /** Every scope, the default one first, the others in order of creation. */
  list(): Scope[] {
    return Array.from(this.#entries.values(), ({ scope }) => scope)
  }

  /** Whether the server is stopping or has stopped. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Closes all scopes: the server is stopping. */
  close(): void {
    this.#isClosed = true
    for (const scope of this.list()) scope.close()
  }

  #add(name: string, { notBeforeMs, birth }: { notBeforeMs: number; birth?: number | undefined }) {
    // A copy: a name that is a part of a URL would keep all of it.
    const own = Buffer.from(name).toString()
    const scope = this.#options.create(own, notBeforeMs)
    this.#uses += 1
    this.#starts += 1
    const generation = this.#starts
    this.#entries.set(own, { scope, usedAt: this.#uses, birth: birth ?? generation, generation })
    scope.changes.reportTo(this.changes)
    this.changes.fire('scopes')
    return scope
  }

  /** Evicts a scope if there are too many; returns its name. */
  #makeRoom(name: string): string | undefined {
    const { maxScopes } = this.#options
    if (this.#entries.size < maxScopes) return undefined
    let oldest: [string, Entry] | undefined
    for (const [other, entry] of this.#entries) {
      const isIdle = other !== DEFAULT_SCOPE && !entry.scope.isWaitedIn
      if (isIdle && (oldest === undefined || entry.usedAt < oldest[1].usedAt)) {
        oldest = [other, entry]
      }
    }
    if (oldest === undefined) {
      const reason = `the maximum is ${maxScopes}, and none is idle: raise max-scopes`
      throw new ScopeError('TOO_MANY_SCOPES', `Cannot create the scope ${name}: ${reason}`)
    }
    const [evicted, { scope }] = oldest
    this.#entries.delete(evicted)
    scope.dispose()
    this.#evicted.add(evicted)
    this.#evictions += 1
    return evicted
  }
}

/** Throws ScopeError for a name that no scope can have. */
export function assertScopeName(name: string): void {
  if (isScopeName(name)) return
  const shown = JSON.stringify(name.length > 70 ? `${name.slice(0, 70)}…` : name)
  throw new ScopeError('BAD_SCOPE_NAME', `Cannot use the scope ${shown}: use ${SCOPE_NAME_FORM}`)
}
