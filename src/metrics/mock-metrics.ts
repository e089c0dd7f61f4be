import type { Registry } from 'prom-client'
import { type CallCounts, FAULT_KINDS } from '../calls/call-counts.ts'
import { CLOCK_MODES, type ClockMode } from '../clock/clock.ts'
import type { ControlContext } from '../control-parts/control-context.ts'
import { JOB_STATUSES } from '../jobs/job-state.ts'
import type { Scope } from '../scope/scope.ts'
import { addCounter, addDurations, addGauge, addTotal } from './metric-kinds.ts'

/** What metrics are read from. */
export interface MetricsSources {
  readonly context: Pick<ControlContext, 'scopes' | 'budgets'>
  readonly counts: CallCounts
  /** How many lines of the log were dropped. */
  readonly droppedLines: () => number
  /** The version of the mock. */
  readonly version: string
}

/** Adds the metrics of a mock. What is counted anyway is read when they are rendered. */
export function addMockMetrics(registry: Registry, sources: MetricsSources): void {
  addGauge(registry, {
    name: 'build_info',
    help: 'The version of the mock; always 1.',
    labelNames: ['version'],
    read: () => [{ labels: { version: sources.version }, value: 1 }],
  })
  addCallMetrics(registry, sources.counts)
  addJobMetrics(registry, sources)
  addScopeMetrics(registry, sources)
  addTotal(registry, {
    name: 'log_dropped_total',
    help: 'Log lines that were dropped because their reader was too slow.',
    read: sources.droppedLines,
  })
}

function addCallMetrics(registry: Registry, counts: CallCounts): void {
  addCounter(registry, {
    name: 'requests_total',
    help: 'Requests that scopes received.',
    labelNames: [...scopeLabel(counts), 'endpoint', 'encoding', 'status'],
    *read() {
      for (const { scope, endpoint, encoding, status, count: value } of counts.requests()) {
        const labels = { endpoint, encoding, status }
        yield { labels: counts.byScope ? { scope, ...labels } : labels, value }
      }
    },
  })
  addDurations(registry, {
    name: 'request_duration_seconds',
    help: 'How long it took to produce an answer, in real time without delays.',
    durations: counts.durations,
  })
  addTotal(registry, {
    name: 'unmatched_requests_total',
    help: 'Requests that neither a rule nor a behaviour of the endpoint answered.',
    read: () => counts.unmatched,
  })
  addTotal(registry, {
    name: 'undecodable_requests_total',
    help: 'Requests that were not decoded as a request of an endpoint.',
    read: () => counts.undecodable,
  })
  addTotal(registry, {
    name: 'rule_hits_total',
    help: 'Requests that a rule answered.',
    read: () => counts.ruleHits,
  })
  addCounter(registry, {
    name: 'faults_total',
    help: 'Requests that faults delayed or damaged, by what they did.',
    labelNames: ['kind'],
    read: () => FAULT_KINDS.map((kind) => ({ labels: { kind }, value: counts.faults(kind) })),
  })
}

function addJobMetrics(registry: Registry, { context, counts }: MetricsSources): void {
  const { scopes, budgets } = context
  addGauge(registry, {
    name: 'jobs',
    help: 'Jobs that are there, by status.',
    labelNames: [...scopeLabel(counts), 'status'],
    *read() {
      for (const scope of scopes.list()) {
        const numbers = scope.jobs.countByStatus()
        for (const status of JOB_STATUSES) {
          yield { labels: { ...scopeOf(scope, counts), status }, value: numbers[status] }
        }
      }
    },
  })
  addCounter(registry, {
    name: 'jobs_created_total',
    help: 'Jobs that clients, tests and fixtures created.',
    // Paths of the catalogue: no other endpoint can run as a job.
    labelNames: ['endpoint'],
    *read() {
      for (const [endpoint, value] of budgets.jobs.created) {
        yield { labels: { endpoint }, value }
      }
    },
  })
}

function addScopeMetrics(registry: Registry, { context, counts }: MetricsSources): void {
  const { scopes, budgets } = context
  addGauge(registry, {
    name: 'scopes',
    help: 'Scopes that are there.',
    read: () => [{ value: scopes.list().length }],
  })
  addTotal(registry, {
    name: 'scopes_evicted_total',
    help: 'Scopes that were evicted because there were too many.',
    read: () => scopes.evictions,
  })
  addTotal(registry, {
    name: 'journal_dropped_total',
    help: 'Requests that were dropped from journals because there were too many.',
    read: () => budgets.journals.dropped,
  })
  addGauge(registry, {
    name: 'clock_mode',
    help: 'Scopes whose clock has the mode.',
    labelNames: [...scopeLabel(counts), 'mode'],
    *read() {
      for (const scope of scopes.list()) {
        for (const mode of CLOCK_MODES) {
          yield { labels: { ...scopeOf(scope, counts), mode }, value: hasMode(scope, mode) }
        }
      }
    },
  })
}

function scopeLabel({ byScope }: CallCounts): string[] {
  return byScope ? ['scope'] : []
}

function scopeOf({ name }: Scope, { byScope }: CallCounts): Record<string, string> {
  return byScope ? { scope: name } : {}
}

function hasMode({ clock }: Scope, mode: ClockMode): number {
  return clock.setting.mode === mode ? 1 : 0
}
