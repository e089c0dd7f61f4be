/** How many jobs or requests are on screen at once. */
export const PAGE_SIZE = 30

/** Which jobs are on screen. */
export interface JobFilter {
  /** Empty: all. */
  readonly status: string
  readonly offset: number
}

/** Which requests are on screen. Empty texts match every request. */
export interface RequestFilter {
  readonly endpoint: string
  readonly user: string
  readonly fault: string
  readonly isUnmatched: boolean
  readonly offset: number
}

export const ALL_JOBS: JobFilter = { status: '', offset: 0 }
export const ALL_REQUESTS: RequestFilter = {
  endpoint: '',
  user: '',
  fault: '',
  isUnmatched: false,
  offset: 0,
}

/** The path of a list of jobs, the newest first. */
export function jobsPath({ status, offset }: JobFilter): string {
  return listPath('jobs', { status, ...pageOf(offset) })
}

/** The path of a list of requests, the newest first. A part of an endpoint's path is enough. */
export function requestsPath(filter: RequestFilter): string {
  const { endpoint, user, fault, isUnmatched, offset } = filter
  return listPath('requests', {
    endpoint: endpoint === '' || endpoint.includes('*') ? endpoint : `*${endpoint}*`,
    user,
    fault,
    unmatched: isUnmatched ? 'true' : '',
    ...pageOf(offset),
  })
}

function pageOf(offset: number): Readonly<Record<string, string>> {
  return {
    brief: 'true',
    order: 'newest',
    limit: String(PAGE_SIZE),
    offset: offset === 0 ? '' : String(offset),
  }
}

function listPath(list: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  return `${list}?${new URLSearchParams(given)}`
}
