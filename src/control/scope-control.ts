import { type Static, Type } from '@sinclair/typebox'
import type { ControlContext, ScopeAccess, ScopeContext } from '../control-parts/control-context.ts'
import { count } from '../control-parts/control-kinds.ts'
import type { Scope } from '../scope/scope.ts'
import type { ScopeTable } from '../scope/scope-table.ts'
import { ClockControl } from './clock-control.ts'
import { ClusterControl } from './cluster-control.ts'
import { FaultControl } from './fault-control.ts'
import { FixtureControl } from './fixture-control.ts'
import { JobControl } from './job-control.ts'
import { makeCleanReport, makeReport } from './make-report.ts'
import { PollControl } from './poll-control.ts'
import type { Report, ReportChecks } from './report.ts'
import { RequestControl } from './request-control.ts'
import { RuleControl } from './rule-control.ts'
import { TableControl } from './table-control.ts'
import { TimelineControl } from './timeline-control.ts'

/** A scope as the control API lists it. */
export const ScopeDocument = Type.Object(
  {
    name: Type.String(),
    jobs: count('The number of its jobs.'),
    jobs_by_status: Type.Object({
      RUNNING: count('How many of them run.'),
      DONE: count('How many ended as DONE.'),
      ERROR: count('How many ended as ERROR.'),
      CANCELLED: count('How many were cancelled.'),
    }),
    rules: count('The number of its rules.'),
    faults: count('The number of its faults.'),
    requests: count('The number of requests that it received.'),
    unmatched: count(
      'How many requests neither a rule nor the endpoint itself answered, since they were last removed.',
    ),
    waited_in: Type.Boolean({
      description: 'Whether a call waits in it; it is not dropped then.',
    }),
  },
  { title: 'Scope' },
)
export type ScopeDocument = Static<typeof ScopeDocument>

/** Describes a scope. */
export function toScopeDocument({
  name,
  jobs,
  rules,
  faults,
  journal,
  isWaitedIn,
}: Scope): ScopeDocument {
  return {
    name,
    jobs: jobs.count(),
    jobs_by_status: { ...jobs.countByStatus() },
    rules: rules.size,
    faults: faults.size,
    requests: journal.lastId,
    unmatched: journal.unmatched,
    waited_in: isWaitedIn,
  }
}

/** Everything that a test can do in one scope. */
export class ScopeControl {
  readonly name: string
  readonly clock: ClockControl
  readonly jobs: JobControl
  readonly rules: RuleControl
  readonly faults: FaultControl
  readonly clusters: ClusterControl
  readonly timeline: TimelineControl
  readonly tables: TableControl
  readonly requests: RequestControl
  readonly polls: PollControl
  readonly fixtures: FixtureControl
  readonly #context: ScopeContext
  readonly #scopes: ScopeTable

  constructor({ name, find, assertUsable }: ScopeAccess, context: ControlContext) {
    this.name = name
    const { catalogue, ownEndpoints, defaultDurationMs, bodyLimit, scopes } = context
    this.#scopes = scopes
    const settings = { catalogue, ownEndpoints, defaultDurationMs, bodyLimit }
    const scope = () => {
      const found = find()
      found.settle()
      return found
    }
    this.#context = { ...settings, scope, assertUsable }
    this.clock = new ClockControl(this.#context)
    this.jobs = new JobControl(this.#context)
    this.rules = new RuleControl(this.#context)
    this.faults = new FaultControl(this.#context)
    this.clusters = new ClusterControl(this.#context)
    this.timeline = new TimelineControl(this.#context)
    this.tables = new TableControl(this.#context)
    this.requests = new RequestControl(this.#context)
    this.polls = new PollControl(this.#context)
    this.fixtures = new FixtureControl(this.#context)
  }

  /**
   * The findings at the end of a test: by default of every check, on what clients and the test
   * brought. `checks` names some checks, or is `all`, which adds the unused part of the fixtures.
   *
   * @throws ControlError if a check is unknown.
   */
  report(checks?: ReportChecks): Report {
    return makeReport(this.#context, checks)
  }

  /** As report. Throws ControlError, which names the first findings, if anything was found. */
  assertClean(checks?: ReportChecks): Report {
    return makeCleanReport(this.#context, checks)
  }

  /**
   * Starts the scope again, with the jobs, rules, faults and tables of the fixtures and an empty
   * journal. Its time goes on. Handles stay valid; waits in the scope end with SCOPE_CLOSED.
   */
  reset(): void {
    this.#context.scope()
    this.#scopes.reset(this.name)
  }
}
