import { DEFAULT_SCOPE, isScopeName, SCOPE_NAME_FORM, type Scope } from './scope.ts'

/** Why scopes refuse something. */
export type ScopeErrorCode =
  | 'BAD_SCOPE_NAME'
  | 'SCOPE_NOT_FOUND'
  | 'TOO_MANY_SCOPES'
  | 'DEFAULT_SCOPE_STAYS'
  | 'SCOPE_CLOSED'
  | 'MOCK_CLOSED'

/** What the table of scopes, or a scope, refuses; the message says what to do. */
export class ScopeError extends Error {
  readonly code: ScopeErrorCode

  constructor(code: ScopeErrorCode, message: string) {
    super(message)
    this.name = 'ScopeError'
    this.code = code
  }
}

/** What a table of scopes is made from. */
export interface ScopeTableOptions {
  /** Makes a scope as it is at first; its time must not be before `notBeforeMs`. */
  readonly create: (name: string, notBeforeMs: number) => Scope
  /** How many scopes there may be, the default one included. */
  readonly maxScopes: number
}

/** A scope that was made, and what its user should know of that. */
export interface MadeScope {
  readonly scope: Scope
  /** Says which scope was dropped for it, or that it was dropped before; absent: nothing to say. */
  readonly notice?: string
}

/** A scope in the table. */
interface Entry {
  readonly scope: Scope
  /** The count of uses when it was last used. */
  usedAt: number
}

/** How many names of dropped scopes are remembered. */
const MAX_DROPPED = 1000

/** The scopes by their names. One is made when it is first used; there are never too many. */
export class ScopeTable {
  readonly #options: ScopeTableOptions
  readonly #entries = new Map<string, Entry>()
  /** The names of scopes that were dropped to make room. */
  readonly #dropped = new Set<string>()
  #uses = 0
  #isClosed = false

  /** Makes the default scope. */
  constructor(options: ScopeTableOptions) {
    this.#options = options
    this.#add(DEFAULT_SCOPE, 0)
  }

  /** How many scopes there may be. */
  get maxScopes(): number {
    return this.#options.maxScopes
  }

  /** The scope of a name, which counts as used; undefined where it was not made yet. */
  find(name: string): Scope | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    this.#uses += 1
    entry.usedAt = this.#uses
    return entry.scope
  }

  /**
   * The scope of a name. Throws ScopeError if the name is invalid, the scope is missing, or the mock
   * is closed.
   */
  get(name: string): Scope {
    this.assertRuns()
    assertName(name)
    const scope = this.find(name)
    if (scope) return scope
    const advice = 'it was never created, or was removed or dropped'
    throw new ScopeError('SCOPE_NOT_FOUND', `Cannot find the scope ${name}: ${advice}`)
  }

  /** Throws ScopeError if the mock is closed. */
  assertRuns(): void {
    if (!this.#isClosed) return
    throw new ScopeError('MOCK_CLOSED', 'Cannot use the mock: it is closed')
  }

  /** The scope of a name; made where it is not there. Throws as `make` does. */
  open(name: string): Scope {
    return this.find(name) ?? this.make(name).scope
  }

  /**
   * Makes a scope that is not there; where there are too many, the idle one goes that was not used
   * for the longest time.
   *
   * @throws ScopeError where the name is none, or all scopes are waited in.
   */
  make(name: string): MadeScope {
    assertName(name)
    const dropped = this.#makeRoom(name)
    const again = this.#dropped.delete(name)
    const scope = this.#add(name, 0)
    const reason = `it was idle the longest, and there may be ${this.#options.maxScopes}`
    const notices = [
      ...(again ? [`the scope ${name} was dropped before and starts anew`] : []),
      ...(dropped === undefined ? [] : [`dropped the scope ${dropped} for ${name}: ${reason}`]),
    ]
    return notices.length > 0 ? { scope, notice: notices.join('; ') } : { scope }
  }

  /** Puts a scope back to how it is at first. Its time goes on: it never runs backwards. */
  reset(name: string): Scope {
    const old = this.open(name)
    const scope = this.#add(name, old.clock.now())
    old.close()
    return scope
  }

  /** Takes a scope away. Throws ScopeError where there is none, or it is the default one. */
  remove(name: string): void {
    if (name === DEFAULT_SCOPE) {
      const reason = 'it is the one of the root path, reset it instead'
      throw new ScopeError('DEFAULT_SCOPE_STAYS', `Cannot remove the scope ${name}: ${reason}`)
    }
    const entry = this.#entries.get(name)
    if (entry === undefined) {
      throw new ScopeError('SCOPE_NOT_FOUND', `Cannot remove the scope ${name}: it is missing`)
    }
    this.#entries.delete(name)
    entry.scope.close()
  }

  /** Every scope, the default one first, the others in order of creation. */
  list(): Scope[] {
    return Array.from(this.#entries.values(), ({ scope }) => scope)
  }

  /** Whether the server stops, or has stopped. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Ends all that waits in any scope: the server stops. */
  close(): void {
    this.#isClosed = true
    for (const scope of this.list()) scope.close()
  }

  #add(name: string, notBeforeMs: number): Scope {
    const scope = this.#options.create(name, notBeforeMs)
    this.#uses += 1
    this.#entries.set(name, { scope, usedAt: this.#uses })
    return scope
  }

  /** Drops a scope where there are too many; gives its name. */
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
      const reason = `there may be ${maxScopes} and none is idle, raise max-scopes`
      throw new ScopeError('TOO_MANY_SCOPES', `Cannot make the scope ${name}: ${reason}`)
    }
    const [dropped, { scope }] = oldest
    this.#entries.delete(dropped)
    scope.close()
    if (this.#dropped.size >= MAX_DROPPED) this.#dropped.clear()
    this.#dropped.add(dropped)
    return dropped
  }
}

function assertName(name: string): void {
  if (isScopeName(name)) return
  const shown = JSON.stringify(name.length > 70 ? `${name.slice(0, 70)}…` : name)
  throw new ScopeError('BAD_SCOPE_NAME', `Cannot use the scope ${shown}: use ${SCOPE_NAME_FORM}`)
}
