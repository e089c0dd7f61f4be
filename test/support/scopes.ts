import { Scope, type ScopeOptions } from '../../src/scope/scope.ts'
import { budgetsOf } from './budgets.ts'
import { frozenClock } from './clocks.ts'
import { START_MS } from './server.ts'

/** A small scope without content, whose clock is frozen; `parts` overrides options. */
export function scopeOf(parts: Partial<ScopeOptions> = {}): Scope {
  let made = 0
  const newUuid = () => {
    made += 1
    return `made-${made}`
  }
  return new Scope({
    clock: frozenClock(START_MS),
    newUuid,
    limits: { maxJobs: 10, maxFinished: 10, retentionMs: 1000 },
    defaultDurationMs: 500,
    journal: { maxRequests: 10, maxBytes: 10_000 },
    budgets: budgetsOf(),
    seeds: [],
    rules: [],
    faults: [],
    tables: [],
    ...parts,
  })
}
