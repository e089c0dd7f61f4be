import { type Static, Type } from '@sinclair/typebox'
import { choice } from '../documents/schema-kinds.ts'
import { readRecorded } from '../gpudb/read-recorded.ts'
import type { JournalEntry } from '../scope/journal.ts'
import type { ScopeContext } from './control-context.ts'
import { ControlError } from './control-error.ts'
import { CLOSED, count } from './control-kinds.ts'
import { JobDocument, toJobDocument } from './job-document.ts'
import { RequestDocument, toRequestDocument } from './recorded-request.ts'
import { RuleDocument, toRuleDocument } from './rule-control.ts'

/** What a report looks for. */
export const REPORT_CHECKS = [
  'unmatched',
  'undecodable',
  'unused_rules',
  'unfinished_jobs',
  'unpolled_jobs',
] as const

/** One of them. */
export type ReportCheck = (typeof REPORT_CHECKS)[number]

/** Tells whether a text names one of them. */
export function isReportCheck(text: string): text is ReportCheck {
  return REPORT_CHECKS.some((check) => check === text)
}

/** How many findings of a kind are told. */
const MAX_TOLD = 100

/** What a test may look at once, when it is over. */
export const Report = Type.Object(
  {
    clean: Type.Boolean({ description: 'Whether nothing was found.' }),
    requests: count('How many requests came.'),
    dropped: count('How many of them the journal no longer holds.'),
    counts: Type.Record(Type.String(), Type.Integer(), {
      description: 'How much was found of each kind.',
    }),
    unmatched: Type.Array(RequestDocument, {
      description: 'Requests that neither a rule nor a behaviour of the endpoint answered.',
    }),
    undecodable: Type.Array(RequestDocument, { description: 'Requests whose body was none.' }),
    unused_rules: Type.Array(RuleDocument, { description: 'Rules that never answered.' }),
    unfinished_jobs: Type.Array(JobDocument, { description: 'Jobs that still run.' }),
    unpolled_jobs: Type.Array(JobDocument, { description: 'Jobs that nobody asked about.' }),
  },
  { title: 'Report' },
)
export type Report = Static<typeof Report>

/** Which findings are wanted, and whether they fail. */
export const ReportQuery = Type.Object(
  {
    fail: Type.Optional(
      choice(['true', 'false'], { description: 'Whether a finding is answered with 417.' }),
    ),
    checks: Type.Optional(
      Type.Unsafe<string>({
        ...Type.String({
          pattern: `^(${REPORT_CHECKS.join('|')})(,(${REPORT_CHECKS.join('|')}))*$`,
          description: 'What is looked for, separated by commas. Left out: everything.',
        }),
        expected: `some of ${REPORT_CHECKS.join(', ')}, separated by commas`,
      }),
    ),
  },
  CLOSED,
)
export type ReportQuery = Static<typeof ReportQuery>

/** Looks for what a test may have forgotten or got wrong in a scope. */
export function makeReport(
  context: ScopeContext,
  checks: readonly ReportCheck[] = REPORT_CHECKS,
): Report {
  const { jobs, rules, journal } = context.scope()
  const wants = (check: ReportCheck) => checks.includes(check)
  const entries = journal.list()
  const views = jobs.list()
  const found = {
    unmatched: entries.filter(({ unmatched }) => wants('unmatched') && unmatched),
    undecodable: entries.filter(({ decoded }) => wants('undecodable') && !decoded),
    unused_rules: rules.list().filter(({ answered }) => wants('unused_rules') && answered === 0),
    unfinished_jobs: views.filter(
      ({ state }) => wants('unfinished_jobs') && state.status === 'RUNNING',
    ),
    unpolled_jobs: views.filter(({ polls }) => wants('unpolled_jobs') && polls === 0),
  }
  const counts = Object.entries(found).map(([check, list]) => [check, list.length] as const)
  const toRequest = (entry: JournalEntry) =>
    toRequestDocument({ entry, asked: readRecorded(entry, context) })
  return {
    clean: counts.every(([, number]) => number === 0),
    requests: entries.length + journal.dropped,
    dropped: journal.dropped,
    counts: Object.fromEntries(counts),
    unmatched: found.unmatched.slice(0, MAX_TOLD).map(toRequest),
    undecodable: found.undecodable.slice(0, MAX_TOLD).map(toRequest),
    unused_rules: found.unused_rules.slice(0, MAX_TOLD).map(toRuleDocument),
    unfinished_jobs: found.unfinished_jobs.slice(0, MAX_TOLD).map(toJobDocument),
    unpolled_jobs: found.unpolled_jobs.slice(0, MAX_TOLD).map(toJobDocument),
  }
}

/** As makeReport. Throws ControlError where anything was found; the report is in it. */
export function makeCleanReport(context: ScopeContext, checks?: readonly ReportCheck[]): Report {
  const report = makeReport(context, checks)
  if (report.clean) return report
  const told = Object.entries(report.counts)
    .filter(([, number]) => number > 0)
    .map(([check, number]) => `${number} ${check.replace('_', ' ')}`)
  const { name } = context.scope()
  throw new ControlError('FINDINGS', `The scope ${name} is not clean: ${told.join(', ')}`, {
    found: report,
  })
}
