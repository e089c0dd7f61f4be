import { randomUUID } from 'node:crypto'
import { ControlledClock } from '../clock/controlled-clock.ts'
import { RealTime } from '../clock/time-source.ts'
import { Scope } from '../scope/scope.ts'
import { unlimitedBudgets } from '../scope/scope-budgets.ts'

/** A scope in which the answers of recorded rules are tried: it keeps the types of records only. */
export function scratchScope(): Scope {
  return new Scope({
    clock: new ControlledClock({
      source: new RealTime(),
      setting: { mode: 'frozen' },
      pollAdvanceMs: 0,
    }),
    newUuid: randomUUID,
    limits: { maxJobs: 1, maxFinished: 1, retentionMs: 1 },
    budgets: unlimitedBudgets(),
    journal: { maxRequests: 0, maxBytes: 0 },
    defaultDurationMs: 0,
    seeds: [],
    rules: [],
    faults: [],
    tables: [],
  })
}
