import type { JobDocument } from '../control-parts/job-document.ts'
import { countText } from '../documents/count-text.ts'
import type { RequestDocument } from './recorded-request.ts'
import type { Report, ReportCheck } from './report.ts'
import type { RuleDocument } from './rule-control.ts'

/** A finding of each check that lists some. */
const NOUNS = {
  dropped_requests: 'dropped request',
  unmatched: 'unmatched request',
  undecodable: 'undecodable request',
  unused_rules: 'unused rule',
  unused_faults: 'unused fault',
  unfinished_jobs: 'unfinished job',
  unpolled_jobs: 'unpolled job',
  missed_entries: 'missed entry',
} satisfies Record<Exclude<ReportCheck, 'evicted' | 'no_requests'>, string>

/** How many findings of a check a message names. */
const MAX_NAMED = 3

/** The longest part of an endpoint or an error that a message quotes, in characters. */
const MAX_QUOTED = 200

/** The findings of a report in words, the first of each check with its reason. */
export function describeFindings(report: Report): string[] {
  const { counts } = report
  const list = (check: keyof typeof NOUNS, names: readonly string[]): string[] => {
    const number = counts[check]
    if (number === 0) return []
    const more = number > MAX_NAMED ? ', …' : ''
    const named = names.slice(0, MAX_NAMED).join(', ')
    // The journal may have dropped those that were counted.
    if (named === '') return [countText(number, NOUNS[check])]
    return [`${countText(number, NOUNS[check])} (${named}${more})`]
  }
  return [
    ...(counts.evicted > 0 ? ['it was evicted, what came before is lost'] : []),
    ...(counts.no_requests > 0 ? ['no requests came'] : []),
    ...list('dropped_requests', ['raise journal-requests']),
    ...list('unmatched', report.unmatched.map(nameRequest)),
    ...list('undecodable', report.undecodable.map(nameRequest)),
    ...list('unused_rules', report.unused_rules.map(nameRule)),
    ...list(
      'unused_faults',
      report.unused_faults.map(({ name }) => JSON.stringify(name)),
    ),
    ...list('unfinished_jobs', report.unfinished_jobs.map(nameJob)),
    ...list('unpolled_jobs', report.unpolled_jobs.map(nameJob)),
    ...list(
      'missed_entries',
      report.missed_entries.map(({ error }) => shorten(String(error))),
    ),
  ]
}

/** A request that creates a job names the endpoint of the job: a rule for that one is missing. */
function nameRequest(request: RequestDocument): string {
  const { id, endpoint, job_endpoint, error, nearest } = request
  const target = job_endpoint === null ? '' : ` for ${shorten(job_endpoint)}`
  const why = nearest === null ? '' : `the nearest rule is ${nearest.rule}; ${nearest.reason}`
  const reason = error === '' ? why : error
  const place = `request ${id} of ${shorten(endpoint)}${target}`
  return reason === '' ? place : `${place}: ${shorten(reason)}`
}

function shorten(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
}

function nameRule({ id, rule }: RuleDocument): string {
  return `${rule.name === undefined ? id : JSON.stringify(rule.name)} for ${rule.when.endpoint}`
}

function nameJob({ job_id, endpoint, progress }: JobDocument): string {
  return `job ${job_id} of ${endpoint} at ${progress} %`
}
