import type { Signal } from '@preact/signals'
import { ApiError, type Reader } from './api.ts'
import type {
  ChangesDocument,
  ClusterList,
  FaultList,
  JobPage,
  Report,
  RequestPage,
  RuleList,
  ScopeList,
  TableList,
  Timeline,
  WholeRequest,
} from './documents.ts'
import { type JobFilter, jobsPath, type RequestFilter, requestsPath } from './filters.ts'
import type { JsonValue } from './json-text.ts'
import { LiveList, type Pace } from './live-list.ts'
import type { Selection, Tab } from './page-place.ts'
import { encodePart } from './url-part.ts'

/** What lists depend on. */
export interface ListContext {
  readonly api: Reader
  readonly jobFilter: Signal<JobFilter>
  readonly requestFilter: Signal<RequestFilter>
  readonly selection: Signal<Selection | undefined>
  readonly pace: Pace
  /** The time of the scope, now. */
  readonly now: () => number
}

/** Jobs, the filter that they meet, and the time of the scope when they were as they are listed. */
export interface SampledJobs extends JobPage {
  readonly filter: JobFilter
  readonly atMs: number
}

/** Requests, and the filter that they meet. */
export interface FilteredRequests extends RequestPage {
  readonly filter: RequestFilter
}

/** The selected item, with all its keys. */
export interface Details {
  readonly selection: Selection
  /** Undefined if there is no such item, or no longer. */
  readonly document: JsonValue | undefined
  readonly atMs: number
}

/** All lists that the page shows. */
export type Lists = ReturnType<typeof makeLists>

/** The names of all lists. */
export function listNames(lists: Lists): (keyof Lists)[] {
  return Object.keys(lists).filter((name): name is keyof Lists => name in lists)
}

/** Makes the lists; none of them is on screen yet. */
export function makeLists(context: ListContext) {
  const { api } = context
  const list = <Document>(load: () => Promise<Document>) => new LiveList(load, context.pace)
  return {
    scopes: list(() => api.get<ScopeList>('scopes')),
    jobs: list<SampledJobs>(async () => {
      const filter = context.jobFilter.peek()
      const page = await api.get<JobPage>(jobsPath(filter))
      return { ...page, filter, atMs: context.now() }
    }),
    requests: list<FilteredRequests>(async () => {
      const filter = context.requestFilter.peek()
      return { ...(await api.get<RequestPage>(requestsPath(filter))), filter }
    }),
    rules: list(() => api.get<RuleList>('rules')),
    faults: list(() => api.get<FaultList>('faults')),
    clusters: list(() => api.get<ClusterList>('clusters')),
    timeline: list(() => api.get<Timeline>('timeline')),
    tables: list(() => api.get<TableList>('tables')),
    report: list(() => api.get<Report>('report')),
    details: list(() => loadDetails(context)),
  }
}

/** The lists that changes make stale. */
export function staleLists(changes: ChangesDocument): ReadonlySet<keyof Lists> {
  const stale = new Set<keyof Lists>()
  for (const key of [
    'jobs',
    'rules',
    'faults',
    'clusters',
    'timeline',
    'tables',
    'scopes',
  ] as const) {
    if (changes[key]) stale.add(key)
  }
  // Requests count for rules, faults and polls. A moved clock moves progress.
  const implied: (keyof Lists)[] = changes.requests ? ['requests', 'jobs', 'rules', 'faults'] : []
  for (const key of implied) stale.add(key)
  if (changes.clock) stale.add('jobs')
  if (changes.jobs) stale.add('clusters')
  if (stale.size > 0) stale.add('details')
  return stale
}

/** Whether a list is visible: some always are, one by the tab; of a hidden page, what its title contains. */
export function isSeen(
  list: keyof Lists,
  { tab, isVisible }: { readonly tab: Tab; readonly isVisible: boolean },
): boolean {
  if (list === 'scopes') return true
  if (!isVisible) return false
  return list === 'jobs' || list === 'clusters' || list === 'details' || list === tab
}

async function loadDetails({ api, selection, now }: ListContext): Promise<Details | undefined> {
  const selected = selection.peek()
  if (selected?.key === undefined) return undefined
  const document = await loadItem(api, selected.list, selected.key).catch(ignoreGone)
  return { selection: selected, document, atMs: now() }
}

/** That an item is gone is no failure: the page says so in its place. */
function ignoreGone(error: unknown): undefined {
  if (!(error instanceof ApiError) || !error.code.endsWith('_NOT_FOUND')) throw error
}

/** Loads one item of a list with all its keys. The control API lists requests, and has none by id. */
async function loadItem(
  api: Reader,
  list: Selection['list'],
  key: string,
): Promise<JsonValue | undefined> {
  const id = encodePart(key)
  switch (list) {
    case 'jobs':
    case 'rules':
    case 'faults':
    case 'clusters':
      return await api.get(`${list}/${id}`)
    case 'tables':
      return await api.get(`tables/${id}?limit=20`)
    case 'requests': {
      const after = /^[1-9]\d*$/.test(key) ? Number(key) - 1 : 0
      const path = `requests?after=${after}&limit=1`
      const { requests } = await api.get<{ requests: (WholeRequest & JsonValue)[] }>(path)
      return requests.find((request) => String(request.id) === key)
    }
    case 'timeline':
    case 'report':
      return undefined
  }
}
