import { showDuration, showTime } from '../clock/show-time.ts'
import type { ClockDocument } from '../control/clock-control.ts'
import type { ScopeDocument } from '../control/scope-control.ts'
import { countText } from '../documents/count-text.ts'
import { type Column, renderTable, type TablePlace } from './columns.ts'
import { fitText, widthOf } from './fit-text.ts'
import { renderReasons, renderRequests } from './render-requests.ts'
import type { StatusDocument } from './status-snapshot.ts'
import { type Paint, paintNothing, styleOfStatus } from './style.ts'

/** How many scopes are listed. */
const MAX_SCOPES = 8

/** The status as lines; none is longer than the width. */
export function renderStatus(status: StatusDocument, place: TablePlace): string[] {
  const { requests } = status
  return [
    ...renderHead(status, place),
    '',
    ...renderScopes(status, place),
    ...(requests.length > 0 ? ['', ...renderRequests(requests, place)] : []),
    ...renderUnmatched(status, place),
  ]
}

function renderHead(status: StatusDocument, { width, paint }: TablePlace): string[] {
  const { url, version, scope, clock } = status
  const title = fitText(`mock-gpudb ${version} at ${url}, scope ${scope}`, width)
  if (clock === null) {
    return [paint(title, 'bold'), fitText(`The scope ${scope} does not exist yet`, width)]
  }
  return [
    paint(title, 'bold'),
    fitText(`clock     ${describeClock(clock)}`, width),
    renderJobCounts(status, { width, paint }),
    fitText(`requests  ${describeRequests(status)}`, width),
  ]
}

function describeClock({
  mode,
  scale,
  now_ms,
  next_change_at_ms: nextAtMs,
}: ClockDocument): string {
  const speed = mode === 'scaled' ? `${scale}x` : mode
  const ahead = nextAtMs === null ? 0 : Math.max(nextAtMs - now_ms, 0)
  const next = nextAtMs === null ? 'nothing ahead' : `next change in ${showDuration(ahead)}`
  return `${speed}, ${showTime(now_ms)}, ${next}`
}

function renderJobCounts({ jobs }: StatusDocument, { width, paint }: TablePlace): string {
  const counts = Object.entries(jobs).filter(([, number]) => number > 0)
  const write = (paintOne: Paint) =>
    counts
      .map(([status, number]) => `${number} ${paintOne(status, styleOfStatus(status))}`)
      .join(', ')
  const text = `jobs      ${write(paintNothing) || 'none'}`
  return widthOf(text) > width || counts.length === 0
    ? fitText(text, width)
    : `jobs      ${write(paint)}`
}

function describeRequests(status: StatusDocument): string {
  const own = status.scopes.find(({ name }) => name === status.scope)
  const { requests = 0, unmatched = 0 } = own ?? {}
  const hint = `none yet: let a client use ${status.client_url}`
  return requests === 0 ? hint : `${requests}, ${unmatched} unmatched`
}

const COUNTS = ['jobs', 'rules', 'faults', 'requests', 'unmatched'] as const

const COLUMNS: readonly Column[] = [
  { title: 'SCOPE', shrinks: true },
  ...COUNTS.map((name) => ({ title: name.toUpperCase(), align: 'right' }) as const),
]

/** The scopes; the one that the rest is about is always among them. */
function renderScopes({ scopes, scope }: StatusDocument, place: TablePlace): string[] {
  const shown = scopes.filter(({ name }, index) => index < MAX_SCOPES || name === scope)
  const rows = shown.map((one) => [
    { text: one.name, style: one.name === scope ? 'bold' : undefined } as const,
    ...COUNTS.map((name) => ({ text: String(one[name]), style: styleOfCount(one, name) })),
  ])
  const more = scopes.length - shown.length
  const rest = more > 0 ? [fitText(`and ${countText(more, 'more scope')}`, place.width)] : []
  return [...renderTable(COLUMNS, rows, place), ...rest]
}

function styleOfCount(scope: ScopeDocument, name: (typeof COUNTS)[number]): 'yellow' | undefined {
  return name === 'unmatched' && scope.unmatched > 0 ? 'yellow' : undefined
}

function renderUnmatched({ unmatched }: StatusDocument, place: TablePlace): string[] {
  if (unmatched.length === 0) return []
  const { width, paint } = place
  const lines = unmatched.flatMap((request) => [
    fitText(`request ${request.id} of ${request.endpoint}`, width),
    ...renderReasons(request, place),
  ])
  return ['', paint(fitText('UNMATCHED', width), 'dim'), ...lines]
}
