import type { FixtureContext } from '../fixtures/read-job.ts'
import type { RuleRequest } from '../rules/rule.ts'
import type { JournalEntry } from '../scope/journal.ts'
import type { Scope } from '../scope/scope.ts'
import type { ScopeTable } from '../scope/scope-table.ts'

/** What the control API works with. */
export interface ControlContext extends FixtureContext {
  readonly scopes: ScopeTable
  /** The HTTP header that tells what happened to scopes when the one of the request was made. */
  readonly noticeHeader: string
  /** What a recorded request asked for; empty where its body was no request of the endpoint. */
  readonly readRecorded: (entry: JournalEntry) => readonly RuleRequest[]
  /**
   * Reads the fixture files again, for all scopes.
   *
   * @throws FixtureError where a file is wrong; then all stays as it was.
   */
  readonly reload: () => void
}

/** One scope as the control API sees it: looked up by its name each time, since a reset replaces it. */
export interface ScopeContext extends ControlContext {
  readonly scope: () => Scope
}
