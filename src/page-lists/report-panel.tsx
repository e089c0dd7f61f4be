import { Icon } from '../page-parts/icon.tsx'
import { ListError } from '../page-parts/list-error.tsx'
import { useStore } from '../page-parts/store-context.ts'
import type { Report } from '../page-state/documents.ts'
import { groupedCountText } from '../page-state/grouped-count.ts'
import { keyOf } from '../page-state/progress.ts'
import { toShort } from '../page-state/short-text.ts'

/** The names of checks in words. */
const CHECKS: Readonly<Record<keyof Report['counts'], string>> = {
  no_requests: 'no request came: the client may use another URL',
  dropped_requests: 'requests that the journal dropped',
  unmatched: 'unmatched requests',
  undecodable: 'requests that could not be decoded',
  unused_rules: 'rules that never answered',
  unused_faults: 'faults that never struck',
  unfinished_jobs: 'jobs that are still running',
  unpolled_jobs: 'jobs that no client polled',
  missed_entries: 'entries of the timeline that could not be applied',
  evicted: 'the scope was evicted: what came before is lost',
}

/** What a test may have forgotten or got wrong. It is made when asked for: reports are large. */
export function ReportPanel() {
  const { report } = useStore().lists
  const document = report.document.value
  return (
    <div class="report">
      <ListError list={report} />
      <div class="report-head">
        {document && <Verdict report={document} />}
        {report.isStale.value && document && (
          <span class="muted">The scope has changed since.</span>
        )}
        <button type="button" class="button" onClick={() => report.invalidate()}>
          Make the report again
        </button>
      </div>
      {document && <Findings report={document} />}
    </div>
  )
}

function Verdict({ report: { clean, requests } }: { readonly report: Report }) {
  return (
    <p class={`state ${clean ? 'ok' : 'bad'}`}>
      <Icon name={clean ? 'done' : 'error'} /> {clean ? 'clean' : 'not clean'},{' '}
      {groupedCountText(requests, 'request')}
    </p>
  )
}

function Findings({ report }: { readonly report: Report }) {
  const found = checksOf(report).filter(([, count]) => count > 0)
  return (
    <ul class="findings">
      {found.map(([check, count]) => (
        <li key={check}>
          <strong>{CHECKS[check]}</strong> <span class="count">{count}</span>
          <FindingLinks report={report} check={check} />
        </li>
      ))}
    </ul>
  )
}

const MAX_LINKS = 20

function FindingLinks(props: { readonly report: Report; readonly check: keyof Report['counts'] }) {
  const links = linksOf(props.report, props.check)
  if (links.length === 0) return null
  return (
    <ul class="finding-links">
      {links.slice(0, MAX_LINKS).map(({ href, text }) => (
        <li key={href}>
          <a href={href}>{text}</a>
        </li>
      ))}
      {links.length > MAX_LINKS && <li>and {links.length - MAX_LINKS} more</li>}
    </ul>
  )
}

interface Link {
  readonly href: string
  readonly text: string
}

function linksOf(report: Report, check: keyof Report['counts']): Link[] {
  switch (check) {
    case 'unmatched':
    case 'undecodable':
      return report[check].map(({ id, endpoint }) => ({
        href: `#requests/${id}`,
        text: `request ${id} of ${toShort(endpoint, 40)}`,
      }))
    case 'unused_rules':
      return report.unused_rules.map(({ id, rule }) => ({
        href: `#rules/${id}`,
        text: `${id} ${toShort(rule.name ?? '', 40)}`,
      }))
    case 'unused_faults':
      return report.unused_faults.map(({ id, name }) => ({
        href: `#faults/${id}`,
        text: toShort(name, 40),
      }))
    case 'unfinished_jobs':
    case 'unpolled_jobs':
      return report[check].map(({ job_id }) => ({
        href: `#jobs/${keyOf(job_id)}`,
        text: `job ${keyOf(job_id)}`,
      }))
    case 'no_requests':
    case 'dropped_requests':
    case 'missed_entries':
    case 'evicted':
      return []
  }
}

function checksOf({ counts }: Report): [keyof Report['counts'], number][] {
  const checks = Object.keys(CHECKS).filter(
    (check): check is keyof Report['counts'] => check in counts,
  )
  return checks.map((check) => [check, counts[check]])
}
