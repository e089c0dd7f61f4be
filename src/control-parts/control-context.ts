import type { LoadedFixtures } from '../fixtures/load-fixtures.ts'
import type { FixtureContext } from '../fixtures/read-job.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { Scope } from '../scope/scope.ts'
import type { ScopeBudgets } from '../scope/scope-budgets.ts'
import type { ScopeTable } from '../scope/scope-table.ts'

/** The log for the results of reloads. */
export interface ReloadLog {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** The mock that the control API acts on. */
export interface ControlContext extends FixtureContext {
  readonly scopes: ScopeTable
  /** What all scopes together may hold, and counters of what became of it. */
  readonly budgets: ScopeBudgets
  /** The fixtures of the start, or of the last reload that succeeded. */
  readonly loaded: LoadedFixtures
  /** A UUID of this mock: after a restart it is another one. */
  readonly instance: string
  /** The largest request body in bytes. */
  readonly bodyLimit: number
  /** Hides secrets in what is shown outside of a scope, such as the log. */
  readonly redaction: Redaction
  /**
   * Reads the fixture files again, for all scopes, and logs what changed.
   *
   * @throws FixtureError if a file is wrong; nothing is changed then.
   */
  reload(log?: ReloadLog): void
}

/** A scope as a handle keeps it: by name, since a reset replaces the scope. */
export interface ScopeAccess {
  readonly name: string
  /** Looks the scope up. Throws ScopeError if it is missing or the mock is closed. */
  readonly find: () => Scope
  /** Throws ScopeError if the handle cannot be used any more; a missing scope is not created. */
  readonly assertUsable: () => void
}

/** One scope as the control API sees it. */
export interface ScopeContext extends FixtureContext {
  readonly bodyLimit: number
  /** Looks the scope up; what its timeline has due by now has happened. */
  readonly scope: () => Scope
  /** See ScopeAccess: called before the input is checked, which may be wrong too. */
  readonly assertUsable: () => void
}
