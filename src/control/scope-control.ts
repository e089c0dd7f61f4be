import type { Scope } from '../scope/scope.ts'
import type { ScopeTable } from '../scope/scope-table.ts'
import { ClockControl } from './clock-control.ts'
import type { ControlContext, ScopeContext } from './control-context.ts'
import { FixtureControl } from './fixture-control.ts'
import { JobControl } from './job-control.ts'
import { PollControl } from './poll-control.ts'
import { makeCleanReport, makeReport, type Report, type ReportCheck } from './report.ts'
import { RequestControl } from './request-control.ts'
import { RuleControl } from './rule-control.ts'

/** Everything that a test can do in one scope. */
export class ScopeControl {
  readonly name: string
  readonly clock: ClockControl
  readonly jobs: JobControl
  readonly rules: RuleControl
  readonly requests: RequestControl
  readonly polls: PollControl
  readonly fixtures: FixtureControl
  readonly #context: ScopeContext
  readonly #scopes: ScopeTable

  constructor(name: string, context: ControlContext) {
    this.name = name
    const { catalogue, defaultDurationMs, bodyLimit, scopes } = context
    this.#scopes = scopes
    const scope = (): Scope => scopes.open(name)
    this.#context = { catalogue, defaultDurationMs, bodyLimit, scope }
    this.clock = new ClockControl(this.#context)
    this.jobs = new JobControl(this.#context)
    this.rules = new RuleControl(this.#context)
    this.requests = new RequestControl(this.#context)
    this.polls = new PollControl(this.#context)
    this.fixtures = new FixtureControl(this.#context)
  }

  /** What may be forgotten or wrong; `checks` are what is looked for: everything unless given. */
  report(checks?: readonly ReportCheck[]): Report {
    return makeReport(this.#context, checks)
  }

  /** As report. Throws ControlError where anything was found. */
  assertClean(checks?: readonly ReportCheck[]): Report {
    return makeCleanReport(this.#context, checks)
  }

  /** Puts jobs, rules, clock and journal back to how they were at first; time goes on. */
  reset(): void {
    this.#scopes.reset(this.name)
  }
}
