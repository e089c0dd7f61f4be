import { type Static, Type } from '@sinclair/typebox'
import { count } from '../control-parts/control-kinds.ts'
import { JobDocument } from '../control-parts/job-document.ts'
import { CLOSED, choice } from '../documents/schema-kinds.ts'
import { FaultDocument } from './fault-control.ts'
import { RequestDocument } from './recorded-request.ts'
import { RuleDocument } from './rule-control.ts'
import { EntryDocument } from './timeline-control.ts'

/** The checks of a report, in its order. */
export const REPORT_CHECKS = [
  'no_requests',
  'dropped_requests',
  'unmatched',
  'undecodable',
  'unused_rules',
  'unused_faults',
  'unfinished_jobs',
  'unpolled_jobs',
  'missed_entries',
  'evicted',
] as const

/** A check of a report. */
export type ReportCheck = (typeof REPORT_CHECKS)[number]

/**
 * The checks to make: some by name, each on what clients and the test brought; or `all`, which also
 * covers the unused part of the fixtures.
 */
export type ReportChecks = 'all' | readonly (ReportCheck | 'all')[]

/** The findings of a scope at the end of a test. */
export const Report = Type.Object(
  {
    clean: Type.Boolean({ description: 'Whether nothing was found.' }),
    requests: count('How many requests came.'),
    dropped: count('How many of them the journal no longer holds.'),
    counts: Type.Unsafe<Readonly<Record<ReportCheck, number>>>(
      Type.Record(Type.String(), Type.Integer(), {
        description: 'The number of findings of each check.',
      }),
    ),
    unmatched: Type.Array(RequestDocument, {
      description: 'Requests that neither a rule nor a behaviour of the endpoint answered.',
    }),
    undecodable: Type.Array(RequestDocument, {
      description:
        'Requests whose body is no request of the endpoint, or asks for no job that can be read.',
    }),
    unused_rules: Type.Array(RuleDocument, { description: 'Rules that never answered.' }),
    unused_faults: Type.Array(FaultDocument, {
      description: 'Faults that are switched on and never struck.',
    }),
    unfinished_jobs: Type.Array(JobDocument, { description: 'Jobs that are still running.' }),
    unpolled_jobs: Type.Array(JobDocument, { description: 'Jobs that no client polled.' }),
    missed_entries: Type.Array(EntryDocument, {
      description: 'Entries of the timeline that could not be applied at their time.',
    }),
  },
  { title: 'Report' },
)
export type Report = Static<typeof Report>

const Checks = Type.Array(
  choice([...REPORT_CHECKS, 'all'], { description: 'The name of a check, or all of them.' }),
  {
    minItems: 1,
    description:
      'The checks to make. Omitted: each on what clients and the test brought; all: on the unused ' +
      'part of the fixtures too.',
    expected: 'a list of checks',
  },
)

/** The query of a report: the checks, and whether a finding is an error. */
export const ReportQuery = Type.Object(
  {
    fail: Type.Optional(
      Type.Boolean({
        description: 'Whether a finding is answered with 417.',
        expected: 'true or false',
      }),
    ),
    checks: Type.Optional(Checks),
  },
  CLOSED,
)
export type ReportQuery = Static<typeof ReportQuery>

/** The checks as a method takes them. */
export const ReportInput = Type.Object({ checks: Type.Optional(Checks) }, CLOSED)

/** The purpose of a ReportInput or ReportQuery, for the error that rejects it. */
export const TO_REPORT = { action: 'make the report' }
