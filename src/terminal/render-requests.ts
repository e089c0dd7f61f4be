import { showTimeOfDay } from '../clock/show-time.ts'
import type { BriefRequestDocument } from '../control/recorded-request.ts'
import { type Cell, type Column, renderRows, renderTable, type TablePlace } from './columns.ts'
import { fitText } from './fit-text.ts'
import type { Style } from './style.ts'

/** The share of the line that endpoints have. */
const ENDPOINT_SHARE = 0.3

/**
 * The columns have the same places in every list of the same width, so that lines that come later are
 * below the titles.
 */
function columnsOf(width: number): Column[] {
  const endpoint = Math.max(Math.floor(width * ENDPOINT_SHARE), 10)
  return [
    { title: 'ID', align: 'right', min: 5 },
    { title: 'TIME', min: 12 },
    { title: 'ENDPOINT', min: endpoint, max: endpoint },
    { title: 'HTTP', align: 'right' },
    { title: 'ANSWER', shrinks: true },
  ]
}

/** The place of a list of requests. */
export interface RequestPlace extends TablePlace {
  /** Whether unmatched requests are explained on lines of their own. */
  readonly explains?: boolean | undefined
}

/** The requests as a table, in the order in which they are given. */
export function renderRequests(
  requests: readonly BriefRequestDocument[],
  place: RequestPlace,
): string[] {
  const titles = renderTable(columnsOf(place.width), [], place)
  return [...titles, ...renderMoreRequests(requests, place)]
}

/** As renderRequests, but without titles: what follows a table. */
export function renderMoreRequests(
  requests: readonly BriefRequestDocument[],
  place: RequestPlace,
): string[] {
  const { width, explains = false } = place
  return requests.flatMap((request) => [
    ...renderRows(columnsOf(width), [cellsOf(request, { explains })], place),
    ...(explains ? renderReasons(request, place) : []),
  ])
}

/** Why no rule answered a request, on lines of their own; none if something answered. */
export function renderReasons(request: BriefRequestDocument, { width }: TablePlace): string[] {
  if (!request.unmatched) return []
  return explainUnmatched(request).map((reason) => fitText(`    ${reason}`, width))
}

function cellsOf(
  request: BriefRequestDocument,
  { explains }: { readonly explains: boolean },
): Cell[] {
  return [
    { text: String(request.id) },
    { text: showTimeOfDay(request.at_ms), style: 'dim' },
    { text: request.endpoint },
    // The connection broke before the end of the head.
    { text: request.status === 0 ? '-' : String(request.status) },
    {
      text: [describeAnswerer(request), explains && request.unmatched ? '' : explainAnswer(request)]
        .filter((part) => part !== '')
        .join(': '),
      style: styleOf(request),
    },
  ]
}

function styleOf({ unmatched, decoded, error }: BriefRequestDocument): Style | undefined {
  if (unmatched) return 'yellow'
  return error !== '' || !decoded ? 'red' : undefined
}

/** What answered: `rule orders exist`, `job 42 DONE`, `cluster a`, `unmatched`. */
function describeAnswerer(request: BriefRequestDocument): string {
  const { fault, rule, unmatched, decoded, interrupted, cluster } = request
  return [
    ...fault.map((name) => `fault ${name}`),
    ...(unmatched ? ['unmatched'] : []),
    ...(interrupted ? [`cluster ${cluster}`] : []),
    ...(decoded || interrupted ? [] : ['undecodable']),
    ...(rule === null ? [] : [`rule ${rule}`]),
    ...(request.job_id === null ? [] : [describeJob(request)]),
  ].join(', ')
}

/** Why the answer is an error or not that of a rule; the mismatches first: the line may be cut. */
function explainAnswer({ unmatched, nearest, error, job_endpoint }: BriefRequestDocument): string {
  if (!unmatched) return error
  if (nearest !== null) return `${nearest.reason} (rule ${nearest.rule})`
  return job_endpoint === null ? 'no rule' : `no rule for ${job_endpoint}`
}

function describeJob({ job_id, job_status }: BriefRequestDocument): string {
  return job_status === null ? `job ${job_id}` : `job ${job_id} ${job_status}`
}

function explainUnmatched({ nearest, endpoint, job_endpoint }: BriefRequestDocument): string[] {
  if (nearest === null) return [`no rule is for ${job_endpoint ?? endpoint}`]
  return [`the nearest rule is ${nearest.rule}`, ...nearest.reason.split('; ')]
}
