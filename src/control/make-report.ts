import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError } from '../control-parts/control-error.ts'
import { toJobDocument } from '../control-parts/job-document.ts'
import { isUnread } from '../gpudb/read-recorded.ts'
import type { JobRegistry } from '../jobs/job-registry.ts'
import type { JobView, StoredJob } from '../jobs/stored-job.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import type { Scope } from '../scope/scope.ts'
import { describeFindings } from './describe-findings.ts'
import { describeRequests } from './describe-requests.ts'
import { toFaultDocument } from './fault-control.ts'
import {
  REPORT_CHECKS,
  type Report,
  type ReportCheck,
  type ReportChecks,
  ReportInput,
  TO_REPORT,
} from './report.ts'
import { toRuleDocument } from './rule-control.ts'
import { toEntryDocument } from './timeline-control.ts'

/** How many findings of a check a report holds; `counts` has the number of all. */
const MAX_LISTED = 100

/**
 * Collects the findings of a scope.
 *
 * @throws ControlError if a check is unknown.
 */
export function makeReport(context: ScopeContext, checks?: ReportChecks): Report {
  context.assertUsable()
  const given = checks === 'all' ? [checks] : checks
  const { checks: wanted = [...REPORT_CHECKS] } = checkInput(
    ReportInput,
    { checks: given },
    TO_REPORT,
  )
  const withFixtures = wanted.includes('all')
  const wants = (check: ReportCheck) => withFixtures || wanted.includes(check)
  const scope = context.scope()
  const { dropped } = scope.journal
  const requests = scope.journal.size + dropped
  const found = find(context, { wants, withFixtures })
  const counts = {
    no_requests: wants('no_requests') && requests === 0 ? 1 : 0,
    dropped_requests: wants('dropped_requests') ? dropped : 0,
    unmatched: wants('unmatched') ? scope.journal.unmatched : 0,
    undecodable: found.undecodable.length,
    unused_rules: found.unused_rules.length,
    unused_faults: found.unused_faults.length,
    unfinished_jobs: found.unfinished_jobs.total,
    unpolled_jobs: found.unpolled_jobs.total,
    missed_entries: found.missed_entries.length,
    evicted: wants('evicted') && scope.wasEvicted ? 1 : 0,
  }
  return {
    clean: Object.values(counts).every((number) => number === 0),
    requests,
    dropped,
    counts,
    ...describeFound(found, context),
  }
}

/** The first findings of each check. */
function describeFound(found: ReturnType<typeof find>, context: ScopeContext) {
  const { redaction } = context.scope()
  const first = <Item, Shown>(items: readonly Item[], show: (item: Item) => Shown) =>
    items.slice(0, MAX_LISTED).map(show)
  const describe = (entries: readonly JournalEntry[]) =>
    describeRequests(entries.slice(0, MAX_LISTED), context)
  const toJob = (view: JobView) => toJobDocument(view, redaction)
  return {
    unmatched: describe(found.unmatched),
    undecodable: describe(found.undecodable),
    unused_rules: first(found.unused_rules, (rule) => toRuleDocument(rule, redaction)),
    unused_faults: first(found.unused_faults, (fault) => toFaultDocument(fault, redaction)),
    unfinished_jobs: found.unfinished_jobs.views.map(toJob),
    unpolled_jobs: found.unpolled_jobs.views.map(toJob),
    missed_entries: first(found.missed_entries, (entry) => toEntryDocument(entry, redaction)),
  }
}

/** The scope of the checks: which are wanted, and whether the unused fixtures count. */
interface Search {
  readonly wants: (check: ReportCheck) => boolean
  readonly withFixtures: boolean
}

function find(context: ScopeContext, { wants, withFixtures }: Search) {
  const scope = context.scope()
  const entries = scope.journal.list()
  const rules = wants('unused_rules') ? scope.rules.list() : []
  const faults = wants('unused_faults') ? scope.faults.list() : []
  const timeline = wants('missed_entries') ? scope.timeline.list() : []
  // A job of the fixtures counts once a client has polled it.
  const counts = (job: StoredJob) => withFixtures || job.polls > 0 || !scope.isFromFixtures(job)
  const isBad = (entry: JournalEntry) => isUnread(entry, context)
  const jobsOf = (check: ReportCheck, isFound: (job: StoredJob) => boolean) =>
    wants(check) ? selectFirst(scope, (job) => isFound(job) && counts(job)) : NO_JOBS
  return {
    unmatched: entries.filter(({ unmatched }) => wants('unmatched') && unmatched),
    undecodable: wants('undecodable') ? entries.filter(isBad) : [],
    unused_rules: rules.filter(
      ({ answered, origin }) => answered === 0 && (withFixtures || origin === 'control'),
    ),
    unused_faults: faults.filter(
      ({ hits, enabled, origin }) =>
        enabled && hits === 0 && (withFixtures || origin === 'control'),
    ),
    unfinished_jobs: jobsOf('unfinished_jobs', ({ state }) => state.status === 'RUNNING'),
    unpolled_jobs: jobsOf('unpolled_jobs', ({ polls }) => polls === 0),
    missed_entries: timeline.filter(({ error }) => error !== undefined),
  }
}

const NO_JOBS: FoundJobs = { views: [], total: 0 }

/** The first jobs that are findings, and how many all are: there may be a million. */
type FoundJobs = ReturnType<JobRegistry['select']>

function selectFirst({ jobs }: Scope, isWanted: (job: StoredJob) => boolean): FoundJobs {
  return jobs.select({ isWanted, range: () => ({ start: 0, end: MAX_LISTED }) })
}

/** As makeReport. Throws ControlError, with the report, if anything was found. */
export function makeCleanReport(context: ScopeContext, checks?: ReportChecks): Report {
  const report = makeReport(context, checks)
  if (report.clean) return report
  const { name } = context.scope()
  const message = `The scope ${name} is not clean: ${describeFindings(report).join('; ')}`
  throw new ControlError('FINDINGS', message, { found: report })
}
